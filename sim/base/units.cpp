#include "sim/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <numbers>

#include "sim/base/error.h"

namespace steppe {
namespace {

constexpr int kMaxExponent = 24;  // of any base unit; keeps int8_t arithmetic safe
constexpr int kMaxNesting = 8;
constexpr size_t kMaxLength = 80;
constexpr double kZeroCelsius = 273.15;
constexpr double kHour = 3600.0;
constexpr double kDay = 86400.0;

constexpr Dimension dim(int m, int kg, int s, int a = 0, int k = 0, int cny = 0, int token = 0,
                        int request = 0) {
  return {{static_cast<int8_t>(m), static_cast<int8_t>(kg), static_cast<int8_t>(s),
           static_cast<int8_t>(a), static_cast<int8_t>(k), static_cast<int8_t>(cny),
           static_cast<int8_t>(token), static_cast<int8_t>(request)}};
}
constexpr Dimension kNone = dim(0, 0, 0);
constexpr Dimension kLength = dim(1, 0, 0);
constexpr Dimension kMass = dim(0, 1, 0);
constexpr Dimension kTime = dim(0, 0, 1);
constexpr Dimension kRate = dim(0, 0, -1);
constexpr Dimension kCurrent = dim(0, 0, 0, 1);
constexpr Dimension kTemperature = dim(0, 0, 0, 0, 1);
constexpr Dimension kMoney = dim(0, 0, 0, 0, 0, 1);
constexpr Dimension kToken = dim(0, 0, 0, 0, 0, 0, 1);
constexpr Dimension kRequest = dim(0, 0, 0, 0, 0, 0, 0, 1);
constexpr Dimension kForce = dim(1, 1, -2);
constexpr Dimension kPressure = dim(-1, 1, -2);
constexpr Dimension kEnergy = dim(2, 1, -2);
constexpr Dimension kPower = dim(2, 1, -3);
constexpr Dimension kCharge = dim(0, 0, 1, 1);
constexpr Dimension kVoltage = dim(2, 1, -3, -1);
constexpr Dimension kResistance = dim(2, 1, -3, -2);
constexpr Dimension kConductance = dim(-2, -1, 3, 2);
constexpr Dimension kCapacitance = dim(-2, -1, 4, 2);
constexpr Dimension kInductance = dim(2, 1, -2, -2);
constexpr Dimension kVolume = dim(3, 0, 0);
constexpr Dimension kVolumeFlow = dim(3, 0, -1);

struct Named {
  std::string_view name;
  Dimension dimension;
  double scale;
  std::string_view prefixes;  ///< one-letter prefixes that may stand in front
  double offset = 0.0;
};

constexpr std::string_view kAllPrefixes = "pnumkMGTPE";
constexpr std::string_view kLargePrefixes = "kMGTPE";

// An exact name wins over prefix + name: "min" is the minute, "Pa" the pascal, "m" the metre, "d"
// the day.
constexpr Named kUnits[] = {
    {"1", kNone, 1, ""},
    {"-", kNone, 1, ""},
    {"%", kNone, 0.01, ""},
    {"ppm", kNone, 1e-6, ""},
    {"pu", kNone, 1, ""},
    {"rad", kNone, 1, "m"},
    {"deg", kNone, std::numbers::pi / 180, ""},
    {"B", kNone, 1, kLargePrefixes},
    {"bit", kNone, 0.125, kLargePrefixes},
    {"KiB", kNone, 1024.0, ""},
    {"MiB", kNone, 1048576.0, ""},
    {"GiB", kNone, 1073741824.0, ""},
    {"TiB", kNone, 1099511627776.0, ""},
    {"FLOP", kNone, 1, kLargePrefixes},
    {"FLOPS", kRate, 1, kLargePrefixes},
    {"m", kLength, 1, "numkcd"},
    {"g", kMass, 1e-3, "numk"},
    {"t", kMass, 1e3, "kMG"},
    {"gCO2", kMass, 1e-3, "k"},  // mass of carbon dioxide: the unit of carbon accounts
    {"tCO2", kMass, 1e3, "kMG"},
    {"s", kTime, 1, "pnum"},
    {"min", kTime, 60, ""},
    {"h", kTime, kHour, ""},
    {"d", kTime, kDay, ""},
    {"day", kTime, kDay, ""},
    {"days", kTime, kDay, ""},
    {"week", kTime, 7 * kDay, ""},
    {"weeks", kTime, 7 * kDay, ""},
    {"a", kTime, 365 * kDay, ""},  // a year of 8760 h, as tariffs and energy statistics count
    {"year", kTime, 365 * kDay, ""},
    {"years", kTime, 365 * kDay, ""},
    {"A", kCurrent, 1, kAllPrefixes},
    {"K", kTemperature, 1, "m"},
    {"degC", kTemperature, 1, "", kZeroCelsius},
    {"°C", kTemperature, 1, "", kZeroCelsius},
    {"℃", kTemperature, 1, "", kZeroCelsius},
    {"degF", kTemperature, 5.0 / 9.0, "", kZeroCelsius - 32.0 * 5.0 / 9.0},
    {"°F", kTemperature, 5.0 / 9.0, "", kZeroCelsius - 32.0 * 5.0 / 9.0},
    {"CNY", kMoney, 1, "kM"},
    {"RMB", kMoney, 1, ""},
    {"yuan", kMoney, 1, ""},
    {"元", kMoney, 1, ""},
    {"¥", kMoney, 1, ""},
    {"￥", kMoney, 1, ""},
    {"fen", kMoney, 0.01, ""},
    {"token", kToken, 1, kLargePrefixes},
    {"tokens", kToken, 1, kLargePrefixes},
    {"request", kRequest, 1, kLargePrefixes},
    {"requests", kRequest, 1, kLargePrefixes},
    {"N", kForce, 1, kAllPrefixes},
    {"Pa", kPressure, 1, "umhkMG"},
    {"bar", kPressure, 1e5, "m"},
    {"J", kEnergy, 1, kAllPrefixes},
    {"Wh", kEnergy, kHour, kAllPrefixes},
    {"W", kPower, 1, kAllPrefixes},
    {"RT", kPower, 3516.8528, ""},  // ton of refrigeration
    {"tonR", kPower, 3516.8528, ""},
    {"hp", kPower, 745.69987, ""},
    {"Btu", kEnergy, 1055.05585, "kM"},
    {"VA", kPower, 1, kAllPrefixes},
    {"var", kPower, 1, kAllPrefixes},
    {"V", kVoltage, 1, kAllPrefixes},
    {"C", kCharge, 1, kAllPrefixes},
    {"Ah", kCharge, kHour, kAllPrefixes},
    {"ohm", kResistance, 1, kAllPrefixes},
    {"Ohm", kResistance, 1, kAllPrefixes},
    {"Ω", kResistance, 1, kAllPrefixes},
    {"S", kConductance, 1, kAllPrefixes},
    {"F", kCapacitance, 1, kAllPrefixes},
    {"H", kInductance, 1, kAllPrefixes},
    {"Hz", kRate, 1, kAllPrefixes},
    {"rpm", kRate, 1.0 / 60, ""},
    {"gal", kVolume, 3.785411784e-3, ""},  // US gallon
    {"gpm", kVolumeFlow, 3.785411784e-3 / 60, ""},
    {"L", kVolume, 1e-3, "um"},
    {"l", kVolume, 1e-3, "um"},
};

double prefix_scale(char c) {
  switch (c) {
    case 'p':
      return 1e-12;
    case 'n':
      return 1e-9;
    case 'u':
      return 1e-6;
    case 'm':
      return 1e-3;
    case 'c':
      return 1e-2;
    case 'd':
      return 1e-1;
    case 'h':
      return 1e2;
    case 'k':
      return 1e3;
    case 'M':
      return 1e6;
    case 'G':
      return 1e9;
    case 'T':
      return 1e12;
    case 'P':
      return 1e15;
    case 'E':
      return 1e18;
    default:
      return 0.0;
  }
}

struct NameMatch {
  const Named* unit = nullptr;
  double prefix = 1.0;
};

NameMatch match_name(std::string_view name) {
  for (const Named& u : kUnits)
    if (u.name == name) return {&u, 1.0};
  if (name.size() < 2) return {};
  for (const Named& u : kUnits) {
    if (name.substr(1) != u.name || u.prefixes.find(name[0]) == std::string_view::npos) continue;
    return {&u, prefix_scale(name[0])};
  }
  return {};
}

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::string replaced(std::string s, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = s.find(from, at)) != std::string::npos; at += to.size())
    s.replace(at, from.size(), to);
  return s;
}

/// The typographic spellings people paste, as the plain ones the grammar knows.
std::string plain_spelling(std::string_view text) {
  std::string s(text);
  if (std::all_of(s.begin(), s.end(), [](char c) { return static_cast<signed char>(c) >= 0; }))
    return s;
  struct Pair {
    std::string_view from, to;
  };
  constexpr Pair kPairs[] = {{"·", "*"}, {"⋅", "*"},      {"×", "*"},     {"−", "-"},
                             {"²", "2"}, {"³", "3"},      {"µ", "u"},     {"μ", "u"},
                             {"Ω", "Ω"}, {"\u00a0", " "}, {"\u202f", " "}};
  for (const auto& [from, to] : kPairs) s = replaced(std::move(s), from, to);
  return s;
}

/// unit := factor { ('.' | '*' | '/') factor };   factor := ( name | '(' unit ')' ) [ ['^'] integer
/// ] As ISO 80000 asks, "J/kg.K" is refused: it must be written "J/(kg.K)".
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : rest_(text) {}

  std::optional<Unit> parse() {
    auto u = product(0);
    skip_space();
    if (!u || !rest_.empty()) return std::nullopt;
    return u;
  }

 private:
  std::optional<Unit> product(int depth) {
    auto out = factor(depth);
    bool divided = false;
    while (out) {
      skip_space();
      if (rest_.empty() || rest_.front() == ')') break;
      const char op = rest_.front();
      if (op != '.' && op != '*' && op != '/') return std::nullopt;
      if (op != '/' && divided) return std::nullopt;
      divided = divided || op == '/';
      rest_.remove_prefix(1);
      const auto next = factor(depth);
      if (!next || out->offset != 0.0 || next->offset != 0.0) return std::nullopt;
      out = combine(*out, *next, op == '/' ? -1 : 1);
    }
    return out;
  }

  std::optional<Unit> factor(int depth) {
    skip_space();
    if (rest_.empty()) return std::nullopt;
    std::optional<Unit> base;
    if (rest_.front() == '(') {
      if (depth >= kMaxNesting) return std::nullopt;
      rest_.remove_prefix(1);
      base = product(depth + 1);
      skip_space();
      if (!base || rest_.empty() || rest_.front() != ')') return std::nullopt;
      rest_.remove_prefix(1);
    } else {
      base = name();
    }
    if (!base) return std::nullopt;
    const auto n = exponent();
    if (!n) return std::nullopt;
    if (*n == 1) return base;
    if (base->offset != 0.0) return std::nullopt;
    return combine({}, *base, *n);
  }

  std::optional<Unit> name() {
    if (is_digit(rest_.front())) {
      const bool one = rest_.front() == '1' && (rest_.size() < 2 || !is_digit(rest_[1]));
      if (!one) return std::nullopt;
      rest_.remove_prefix(1);
      return Unit{};
    }
    constexpr std::string_view kEnds = " \t.*/^()+-0123456789";
    size_t n = std::min(rest_.find_first_of(kEnds, 1), rest_.size());
    // The digit of "gCO2" belongs to the name.
    if (rest_.substr(0, n).ends_with("CO") && n < rest_.size() && rest_[n] == '2') ++n;
    const NameMatch found = match_name(rest_.substr(0, n));
    if (!found.unit) return std::nullopt;
    rest_.remove_prefix(n);
    return Unit{found.unit->dimension, found.unit->scale * found.prefix, found.unit->offset};
  }

  /// 1 when there is none; nullopt when it is malformed or out of range.
  std::optional<int> exponent() {
    const bool caret = !rest_.empty() && rest_.front() == '^';
    if (caret) rest_.remove_prefix(1);
    size_t n = !rest_.empty() && rest_.front() == '-' ? 1 : 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    if (n == 0) return caret ? std::nullopt : std::optional<int>(1);
    int value = 0;
    const auto [end, ec] = std::from_chars(rest_.data(), rest_.data() + n, value);
    if (ec != std::errc() || end != rest_.data() + n || value == 0 || std::abs(value) > 9)
      return std::nullopt;
    rest_.remove_prefix(n);
    return value;
  }

  static std::optional<Unit> combine(const Unit& a, const Unit& b, int n) {
    Unit out = a;
    for (size_t i = 0; i < out.dimension.exponent.size(); ++i) {
      const int e = a.dimension.exponent[i] + n * b.dimension.exponent[i];
      if (std::abs(e) > kMaxExponent) return std::nullopt;
      out.dimension.exponent[i] = static_cast<int8_t>(e);
    }
    // Products and quotients of exact powers of ten stay exact; pow() would not always.
    for (int i = 0; i < std::abs(n); ++i)
      out.scale = n > 0 ? out.scale * b.scale : out.scale / b.scale;
    if (!std::isfinite(out.scale) || out.scale <= 0.0) return std::nullopt;
    return out;
  }

  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

/// Splits "10 min 3 s" after the unit of its first part: a part ends where space is followed by a
/// digit.
size_t end_of_unit(std::string_view s) {
  for (size_t i = 1; i < s.size(); ++i) {
    const bool number = is_digit(s[i]) || (s[i] == '.' && i + 1 < s.size() && is_digit(s[i + 1]));
    if (number && is_space(s[i - 1])) {
      // "W / 2"? A number after an operator is no new part.
      const auto before = trim(s.substr(0, i));
      if (!before.empty() &&
          std::string_view("./*^(").find(before.back()) == std::string_view::npos)
        return i;
    }
  }
  return s.size();
}

/// Reads the number at the front of `s`; words such as "nan" and "inf" are no numbers here.
std::optional<double> take_number(std::string_view& s) {
  const bool minus = !s.empty() && s.front() == '-';
  std::string_view digits = s;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  const bool starts =
      !digits.empty() &&
      (is_digit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && is_digit(digits[1])));
  if (!starts) return std::nullopt;
  double value = 0.0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  s = digits.substr(static_cast<size_t>(end - digits.data()));
  return minus ? -value : value;
}

struct NamedDimension {
  Dimension dimension;
  std::string_view name;
};

constexpr NamedDimension kDimensionNames[] = {
    {kNone, "a dimensionless number"},
    {kLength, "length"},
    {dim(2, 0, 0), "area"},
    {kVolume, "volume"},
    {kMass, "mass"},
    {kTime, "time"},
    {kRate, "frequency"},
    {kCurrent, "electric current"},
    {kTemperature, "temperature"},
    {kMoney, "money"},
    {kToken, "tokens"},
    {kRequest, "requests"},
    {kForce, "force"},
    {kPressure, "pressure"},
    {kEnergy, "energy"},
    {kPower, "power"},
    {kCharge, "electric charge"},
    {kVoltage, "voltage"},
    {kResistance, "electric resistance"},
    {kConductance, "electric conductance"},
    {kCapacitance, "capacitance"},
    {kInductance, "inductance"},
    {dim(1, 0, -1), "speed"},
    {dim(1, 0, -2), "acceleration"},
    {dim(2, 0, -1), "diffusivity"},
    {dim(3, 0, -1), "volume flow"},
    {dim(0, 1, -1), "mass flow"},
    {dim(-3, 1, 0), "density"},
    {dim(3, -1, 0), "specific volume"},
    {dim(-2, 1, -1), "mass flux"},
    {dim(-1, 1, -1), "viscosity"},
    {dim(2, 0, -2), "specific energy"},
    {dim(2, 0, -2, 0, -1), "specific heat capacity"},
    {dim(2, 1, -2, 0, -1), "heat capacity"},
    {dim(2, 1, -3, 0, -1), "thermal conductance"},
    {dim(-2, -1, 3, 0, 1), "thermal resistance"},
    {dim(0, 1, -3, 0, -1), "heat transfer coefficient"},
    {dim(1, 1, -3, 0, -1), "thermal conductivity"},
    {dim(0, 1, -3), "power per area"},
    {dim(-1, 1, -3), "power per volume"},
    {dim(2, 1, -4), "power ramp"},
    {dim(0, 0, -1, 0, 1), "temperature rate"},
    {dim(0, 0, 0, 0, -1), "temperature coefficient"},
    {dim(-1, 1, -3, 0, 0), "pressure rate"},
    {dim(2, 1, 0), "moment of inertia"},
    {dim(-2, -1, 2, 0, 0, 1), "price of energy"},
    {dim(-2, -1, 3, 0, 0, 1), "price of power"},
    {dim(0, -1, 0, 0, 0, 1), "price of mass"},
    {dim(-3, 0, 0, 0, 0, 1), "price of volume"},
    {dim(0, 0, -1, 0, 0, 1), "money per time"},
    {dim(0, 0, 0, 0, 0, 1, -1), "money per token"},
    {dim(-2, 0, 2), "mass per energy"},
    {dim(0, 0, -1, 0, 0, 0, 1), "token rate"},
    {dim(0, 0, -1, 0, 0, 0, 0, 1), "request rate"},
    {dim(0, 0, 0, 0, 0, 0, 1, -1), "tokens per request"},
    {dim(2, 1, -2, 0, 0, 0, -1), "energy per token"},
    {dim(2, 1, -2, 0, 0, 0, 0, -1), "energy per request"},
    {dim(0, 0, 1, 0, 0, 0, -1), "time per token"},
    {dim(0, 1, 0, 0, 0, 0, -1), "mass per token"},
};

/// Decimal text with `digits` significant digits, without trailing zeros and without an exponent
/// where one can read it.
std::string number_text(double x, int digits) {
  if (x == 0.0) return "0";
  const double magnitude = std::abs(x);
  if (magnitude < 1e-4 || magnitude >= 1e9) return fmt::format("{:.{}g}", x, digits);
  const int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  std::string s = fmt::format("{:.{}f}", x, std::max(0, digits - 1 - exponent));
  if (s.find('.') != std::string::npos) {
    while (s.back() == '0') s.pop_back();
    if (s.back() == '.') s.pop_back();
  }
  return s == "-0" ? "0" : s;
}

double rounded(double x, int digits) {
  if (x == 0.0 || !std::isfinite(x)) return x;
  const std::string s = fmt::format("{:.{}e}", x, std::max(0, digits - 1));
  double out = x;
  std::from_chars(s.data(), s.data() + s.size(), out);
  return out;
}

struct Prefix {
  std::string_view symbol;
  double scale;
};
constexpr Prefix kDisplayPrefixes[] = {{"E", 1e18}, {"P", 1e15}, {"T", 1e12}, {"G", 1e9},
                                       {"M", 1e6},  {"k", 1e3},  {"", 1.0},   {"m", 1e-3},
                                       {"u", 1e-6}, {"n", 1e-9}, {"p", 1e-12}};

/// `value` is in the unprefixed unit `symbol` + `tail`.
std::string with_prefix(double value, const Named& base, std::string_view symbol,
                        std::string_view tail, int digits) {
  const double r = std::abs(rounded(value, digits));
  const Prefix* best = nullptr;
  for (const Prefix& p : kDisplayPrefixes) {
    const bool allowed = p.symbol.empty() || base.prefixes.find(p.symbol) != std::string_view::npos;
    if (!allowed) continue;
    best = &p;  // the smallest that is allowed when nothing fits
    if (r >= p.scale ||
        (p.symbol.empty() && (r == 0.0 || base.prefixes.find('m') == std::string_view::npos)))
      break;
  }
  return fmt::format("{} {}{}{}", number_text(value / best->scale, digits), best->symbol, symbol,
                     tail);
}

const Named& named(std::string_view name) { return *match_name(name).unit; }

}  // namespace

std::optional<Unit> parse_unit(std::string_view text) {
  if (text.size() > kMaxLength) return std::nullopt;
  const std::string plain = plain_spelling(trim(text));
  if (plain.empty()) return std::nullopt;
  if (plain == "-") return Unit{};
  return UnitParser(plain).parse();
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.size() > 4 * kMaxLength) return std::nullopt;
  const std::string plain = plain_spelling(trim(text));
  std::string_view rest = plain;
  Quantity sum;
  for (int part = 0; part == 0 || !rest.empty(); ++part) {
    if (part > 0 && !is_digit(rest.front()) && rest.front() != '.') return std::nullopt;
    const auto number = take_number(rest);
    if (!number) return std::nullopt;
    rest = trim(rest);
    if (part == 0 && rest.empty()) return Quantity{*number, {}, false};
    const size_t n = end_of_unit(rest);
    const auto unit = parse_unit(rest.substr(0, n));
    rest = trim(rest.substr(n));
    if (!unit) return std::nullopt;
    if (part == 0 && rest.empty()) {
      const double value = *number * unit->scale + unit->offset;
      if (!std::isfinite(value)) return std::nullopt;
      return Quantity{value, unit->dimension, true};
    }
    if (unit->offset != 0.0) return std::nullopt;  // a sum of temperatures means nothing
    if (part > 0 && unit->dimension != sum.dimension) return std::nullopt;
    // The sign of the first part holds for the whole: "-2 h 10 min" is minus 130 minutes.
    sum.value += (plain.front() == '-' && part > 0 ? -*number : *number) * unit->scale;
    sum.dimension = unit->dimension;
    sum.has_unit = true;
  }
  if (!std::isfinite(sum.value)) return std::nullopt;
  return sum;
}

double quantity_as(std::string_view text, std::string_view unit, std::string& error) {
  error.clear();
  const std::string_view target_text = unit.empty() ? std::string_view("1") : unit;
  const auto target = parse_unit(target_text);
  if (!target) throw InternalError(fmt::format("unknown unit '{}' in a parameter table", unit));
  auto expected = [&] {
    if (target->dimension == kNone) return std::string("a plain number");
    if (target->dimension == kTemperature && target->offset == 0.0)
      return fmt::format("temperature or temperature difference [{}]", target_text);
    return fmt::format("{} [{}]", dimension_name(target->dimension), target_text);
  };
  if (const auto q = parse_quantity(text)) {
    if (!q->has_unit) {
      const double value = q->value * target->scale + target->offset;
      if (!std::isfinite(value)) error = "is too large";
      return value;
    }
    if (q->dimension == target->dimension) return q->value;
    error = q->dimension == kNone ? fmt::format("has no dimension, expected {}", expected())
                                  : fmt::format("has unit of {}, expected {}",
                                                dimension_name(q->dimension), expected());
    if (target->dimension == kTemperature && q->dimension == kCharge) error += "; write degC";
    return 0.0;
  }
  const std::string plain = plain_spelling(trim(text));
  std::string_view rest = plain;
  if (plain.empty()) {
    error = fmt::format("is empty, expected {}", expected());
  } else if (!take_number(rest)) {
    std::string lower(plain);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    while (!lower.empty() && (lower[0] == '-' || lower[0] == '+' || lower[0] == '.'))
      lower.erase(0, 1);
    const bool not_finite = lower == "nan" || lower == "inf" || lower == "infinity" ||
                            is_digit(lower.empty() ? 'x' : lower[0]);
    error = not_finite ? fmt::format("is not a finite number, expected {}", expected())
                       : fmt::format("is not a number with a unit, expected {}", expected());
  } else {
    rest = trim(rest);
    rest = trim(rest.substr(0, end_of_unit(rest)));
    error = parse_unit(rest)
                ? fmt::format("is not a number with a unit, expected {}", expected())
                : fmt::format("has the unknown unit '{}', expected {}", rest, expected());
  }
  return 0.0;
}

std::string dimension_name(const Dimension& d) {
  for (const auto& n : kDimensionNames)
    if (n.dimension == d) return std::string(n.name);
  constexpr std::string_view kBase[] = {"m", "kg", "s", "A", "K", "CNY", "token", "request"};
  std::string out;
  for (size_t i = 0; i < d.exponent.size(); ++i) {
    if (d.exponent[i] == 0) continue;
    if (!out.empty()) out += '.';
    out += kBase[i];
    if (d.exponent[i] != 1) out += fmt::format("^{}", static_cast<int>(d.exponent[i]));
  }
  return out;
}

std::string format_quantity(double si, std::string_view unit, int digits) {
  if (std::isnan(si)) return "nan";
  if (std::isinf(si)) return si > 0 ? "inf" : "-inf";
  if (unit.empty() || unit == "1" || unit == "-") return number_text(si, digits);
  const auto u = parse_unit(unit);
  if (!u) return fmt::format("{} {}", number_text(si, digits), unit);
  if (u->offset != 0.0) {
    const bool fahrenheit = u->scale != 1.0;
    const double shown = (si - u->offset) / u->scale;
    // 25 °C is stored as 298.15 K; a difference of two doubles leaves 1e-14 that nobody wants to
    // read.
    return fmt::format("{} {}", number_text(std::abs(shown) < 1e-9 ? 0.0 : shown, digits),
                       fahrenheit ? "°F" : "°C");
  }
  // The first name of the expression carries the prefix: "W/K" -> "kW/K"; "m3/h" and "kg/s" keep
  // their own.
  const std::string plain = plain_spelling(unit);
  const size_t n = std::min(plain.find_first_of("./*^(0123456789- "), plain.size());
  const NameMatch first = match_name(std::string_view(plain).substr(0, n));
  const bool alone = n == plain.size();
  if (alone && first.unit) {
    if (u->dimension == kTime && std::abs(si) >= 60.0) {
      // Seconds of a life of years are nobody's question.
      const double days = std::abs(si) / 86400.0;
      const double grain = days < 1.0 ? 0.0 : days < 10.0 ? 60.0 : days < 100.0 ? 3600.0 : 86400.0;
      return format_duration(grain > 0.0 && digits <= 6 ? grain * std::round(si / grain) : si);
    }
    if (u->dimension == kTime) return with_prefix(si, named("s"), "s", "", digits);
    if (u->dimension == kEnergy)
      return std::abs(si) >= 3.6e5 ? with_prefix(si / kHour, named("Wh"), "Wh", "", digits)
                                   : with_prefix(si, named("J"), "J", "", digits);
    if (u->dimension == kMass && first.unit->name.find("CO2") == std::string_view::npos)
      return std::abs(si) >= 1e3 ? with_prefix(si / 1e3, named("t"), "t", "", digits)
                                 : with_prefix(si * 1e3, named("g"), "g", "", digits);
  }
  const bool power_of_name = !alone && (plain[n] == '^' || is_digit(plain[n]) || plain[n] == '-');
  const bool scaled = first.unit && !first.unit->prefixes.empty() && !power_of_name &&
                      first.unit->dimension != kMass && first.unit->dimension != kMoney &&
                      first.unit->dimension != kTemperature && first.unit->dimension != kTime;
  if (!scaled) return fmt::format("{} {}", number_text(si / u->scale, digits), unit);
  return with_prefix(si / u->scale * first.prefix, *first.unit, first.unit->name,
                     std::string_view(plain).substr(n), digits);
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds)) return std::isnan(seconds) ? "nan" : seconds > 0 ? "inf" : "-inf";
  const std::string sign = seconds < 0 ? "-" : "";
  const double x = std::abs(seconds);
  if (rounded(x, 4) < 1.0) return x == 0.0 ? "0 s" : sign + with_prefix(x, named("s"), "s", "", 4);
  if (x >= 1e12) return sign + fmt::format("{:.4g} s", x);
  // Whole milliseconds, so that 59.9996 s does not become "59 min 60 s".
  auto ms = static_cast<int64_t>(std::llround(x * 1e3));
  const int64_t days = ms / 86'400'000;
  ms %= 86'400'000;
  const int64_t hours = ms / 3'600'000;
  ms %= 3'600'000;
  const int64_t minutes = ms / 60'000;
  ms %= 60'000;
  std::string out;
  auto add = [&](std::string part) { out += (out.empty() ? "" : " ") + part; };
  if (days > 0) add(fmt::format("{} d", days));
  if (hours > 0) add(fmt::format("{} h", hours));
  if (minutes > 0) add(fmt::format("{} min", minutes));
  if (ms > 0 || out.empty()) add(number_text(static_cast<double>(ms) / 1e3, 6) + " s");
  return sign + out;
}

}  // namespace steppe
