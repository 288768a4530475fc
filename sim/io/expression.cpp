#include "sim/io/expression.h"

#include <fmt/format.h>
#include <muParser.h>

#include <cmath>
#include <vector>

#include "sim/base/units.h"

namespace steppe::io {
namespace {

// muParser calls these through C-style pointers.
double f_ceil(double x) { return std::ceil(x); }
double f_floor(double x) { return std::floor(x); }
double f_round(double x) { return std::round(x); }
double f_sqrt(double x) { return std::sqrt(x); }
double f_abs(double x) { return std::abs(x); }
double f_exp(double x) { return std::exp(x); }
double f_ln(double x) { return std::log(x); }
double f_min(const double* x, int n) {
  double out = x[0];
  for (int i = 1; i < n; ++i) out = std::fmin(out, x[i]);
  return out;
}
double f_max(const double* x, int n) {
  double out = x[0];
  for (int i = 1; i < n; ++i) out = std::fmax(out, x[i]);
  return out;
}

constexpr const char* kFunctions[] = {"ceil", "floor", "round", "min", "max",
                                      "sqrt", "abs",   "exp",   "ln"};
constexpr size_t kMaxExpression = 1000;  // the parser recurses into brackets

/// muParser's own set of functions is replaced: ours is the documented one, and assignment
/// operators are out.
mu::Parser make_parser() {
  mu::Parser p;
  p.ClearFun();
  p.ClearConst();
  p.DefineFun("ceil", f_ceil);
  p.DefineFun("floor", f_floor);
  p.DefineFun("round", f_round);
  p.DefineFun("sqrt", f_sqrt);
  p.DefineFun("abs", f_abs);
  p.DefineFun("exp", f_exp);
  p.DefineFun("ln", f_ln);
  p.DefineFun("min", f_min);
  p.DefineFun("max", f_max);
  p.DefineConst("pi", 3.14159265358979323846);
  p.SetArgSep(',');
  return p;
}

/// `loc` moved `offset` bytes to the right and `length` wide; unchanged when the text is not what
/// stands there.
SourceLoc inside(SourceLoc loc, size_t offset, size_t length) {
  if (!loc.source || loc.line <= 0) return loc;
  loc.column += static_cast<int>(offset);
  loc.length = static_cast<int>(length == 0 ? 1 : length);
  return loc;
}

std::string message_of(const mu::Parser::exception_type& e) {
  switch (e.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
      return "ends too early";
    case mu::ecUNEXPECTED_PARENS:
      return "has a ')' too many or a misplaced one";
    case mu::ecMISSING_PARENS:
      return "lacks a ')'";
    case mu::ecUNEXPECTED_OPERATOR:
      return fmt::format("has a misplaced operator '{}'", e.GetToken());
    case mu::ecUNEXPECTED_VAL:
    case mu::ecUNEXPECTED_VAR:
      return fmt::format("lacks an operator before '{}'", e.GetToken());
    case mu::ecUNEXPECTED_FUN:
      return fmt::format("has a misplaced function '{}'", e.GetToken());
    case mu::ecTOO_MANY_PARAMS:
      return "gives a function too many arguments";
    case mu::ecTOO_FEW_PARAMS:
      return "gives a function too few arguments";
    case mu::ecMISSING_ELSE_CLAUSE:
      return "has a '?' without its ':'";
    case mu::ecMISPLACED_COLON:
      return "has a misplaced ':'";
    default:
      break;
  }
  return fmt::format("cannot be evaluated: {}", e.GetMsg());
}

/// Replaces all `${…}` of one text; nullopt after an error.
std::optional<std::string> substitute(const Node& node, const Variables& variables,
                                      Diagnostics& d) {
  const std::string& s = node.scalar;
  const size_t width = node.range.end - node.range.begin;
  const size_t quote = node.quoted && width == s.size() + 2 ? 1 : 0;
  const bool in_place =
      width == s.size() + 2 * quote;  // the text of the file is the text of the value
  std::string out;
  for (size_t i = 0; i < s.size();) {
    const size_t open = s.find("${", i);
    if (open == std::string::npos) return out + s.substr(i);
    if (open > i && s[open - 1] == '$') {
      out += s.substr(i, open - i) + "{";
      i = open + 2;
      continue;
    }
    out += s.substr(i, open - i);
    const size_t close = s.find('}', open);
    const SourceLoc at =
        in_place ? inside(node.loc, quote + open, close == std::string::npos ? 2 : close + 1 - open)
                 : node.loc;
    if (close == std::string::npos) {
      d.error(at, "this '${' has no '}'");
      return std::nullopt;
    }
    const auto value =
        evaluate(std::string_view(s).substr(open + 2, close - open - 2), variables,
                 in_place ? inside(node.loc, quote + open + 2, close - open - 2) : node.loc, d);
    if (!value) return std::nullopt;
    out += fmt::format("{}", *value);  // shortest text that reads back as the same double
    i = close + 1;
  }
  return out;
}

void expand_in(Node& node, const Variables& variables, Diagnostics& d) {
  if (node.is_scalar() && node.scalar.find("${") != std::string::npos) {
    const bool whole = node.scalar.starts_with("${");
    const bool bare = whole && node.scalar.find('}') + 1 == node.scalar.size();
    if (auto text = substitute(node, variables, d)) {
      node.scalar = std::move(*text);
      // A flow map asks for quotes around "${n}"; the number in them is meant as a number all the
      // same.
      if (whole) node.quoted = false;
      if (bare) node.tag = kSiTag;
    } else {
      node.tag = kFailedTag;
    }
  }
  for (Entry& e : node.items) expand_in(e.value, variables, d);
  for (Node& n : node.seq) expand_in(n, variables, d);
}

}  // namespace

std::optional<double> evaluate(std::string_view expression, const Variables& variables,
                               const SourceLoc& where, Diagnostics& d) {
  const std::string text(expression);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    d.error(where, "this expression is empty");
    return std::nullopt;
  }
  if (text.size() > kMaxExpression) {
    d.error(where, fmt::format("this expression is longer than {} characters", kMaxExpression));
    return std::nullopt;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') continue;
    const bool doubled = i + 1 < text.size() && text[i + 1] == '=';
    if (!doubled &&
        (i == 0 || std::string_view("=<>!").find(text[i - 1]) == std::string_view::npos)) {
      d.error(where, fmt::format("the expression '{}' has a single '='; '==' compares", text));
      return std::nullopt;
    }
    i += doubled ? 1 : 0;
  }
  Variables values = variables;  // muParser wants addresses of doubles that it could write to
  try {
    mu::Parser parser = make_parser();
    for (auto& [name, value] : values) {
      if (parser.GetFunDef().contains(name) || name == "pi")
        throw InternalError(fmt::format("variable '{}' has the name of a function", name));
      parser.DefineVar(name, &value);
    }
    parser.SetExpr(text);
    const double result = parser.Eval();
    if (parser.GetNumResults() != 1) {
      d.error(where, fmt::format("the expression '{}' has a ',' outside a function", text));
      return std::nullopt;
    }
    if (std::isfinite(result)) return result;
    d.error(where, fmt::format("'{}' gives {}, expected a finite number", text,
                               std::isnan(result) ? "no number" : "infinity"));
  } catch (const mu::Parser::exception_type& e) {
    const bool located = where.length == static_cast<int>(text.size()) &&
                         static_cast<size_t>(e.GetPos()) < text.size() &&
                         text.find('\n') == std::string::npos;
    const std::string& token = e.GetToken();
    if (e.GetCode() == mu::ecUNASSIGNABLE_TOKEN || e.GetCode() == mu::ecINVALID_NAME) {
      std::string name = token.substr(0, token.find_first_of(" \t+-*/^(),<>=!&|?:"));
      if (name.empty()) name = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
      std::vector<std::string> names(std::begin(kFunctions), std::end(kFunctions));
      for (const auto& v : variables) names.push_back(v.first);
      const std::string near = nearest(name, names);
      std::string hint;
      if (near == name) {
        hint = fmt::format("a function: write {}(…)", name);
      } else if (parse_unit(name)) {
        hint = fmt::format("a unit stands behind the bracket: ${{…}} {}", name);
      } else if (!near.empty()) {
        hint = fmt::format("did you mean '{}'?", near);
      } else if (!variables.empty()) {
        hint = "known:";
        size_t shown = 0;
        for (const auto& v : variables) {
          if (shown++ == 12) {
            hint += " …";
            break;
          }
          hint += " " + v.first;
        }
      }
      const auto pos = static_cast<size_t>(e.GetPos());
      d.error(located ? inside(where, pos, name.size()) : where,
              fmt::format("unknown name '{}' in the expression '{}'", name, text), hint);
    } else {
      d.error(where, fmt::format("the expression '{}' {}", text, message_of(e)));
    }
  }
  return std::nullopt;
}

Node expand(const Node& node, const Variables& variables, Diagnostics& d) {
  Node out = node;
  expand_in(out, variables, d);
  return out;
}

}  // namespace steppe::io
