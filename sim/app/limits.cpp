#include "sim/app/limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "sim/app/spectrum.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using io::Node;
using Kind = LimitRule::Kind;

struct KindInfo {
  Kind kind;
  std::vector<std::string> keys, required;
};
const std::map<std::string, KindInfo>& kinds() {
  static const std::map<std::string, KindInfo> k{
      {"mask", {Kind::mask, {"unit", "normal", "lower", "upper", "shape"}, {"normal"}}},
      {"range", {Kind::range, {"unit", "min", "max", "for"}, {}}},
      {"ramp", {Kind::ramp, {"unit", "up", "down", "window"}, {"window"}}},
      {"swing", {Kind::swing, {"unit", "most", "window"}, {"most", "window"}}},
      {"band", {Kind::band, {"from", "to", "most"}, {"from", "to", "most"}}},
      {"recovery",
       {Kind::recovery,
        {"trigger", "threshold", "share", "within"},
        {"trigger", "threshold", "share", "within"}}},
  };
  return k;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : root_(io::load_yaml_file(file)) {}

  LimitsFile read() {
    LimitsFile out;
    io::check_keys(root_, {"steppe", "limits", "title", "source", "note", "rules"}, d_,
                   "limits file");
    text(root_, "limits", out.name, true);
    text(root_, "title", out.title, false);
    text(root_, "source", out.source, true);
    const Node* rules = root_.find("rules");
    if (!rules || !rules->is_sequence() || rules->seq.empty())
      d_.error(rules ? rules->loc : root_.loc, "a limits file has a list 'rules'");
    else
      for (const auto& n : rules->seq) rule(n, out);
    d_.throw_if_errors();
    return out;
  }

 private:
  void text(const Node& map, const char* key, std::string& to, bool needed) {
    const Node* n = map.find(key);
    if (n) {
      if (const auto t = io::read_text(*n, d_, key)) to = *t;
    } else if (needed) {
      d_.error(map.loc, fmt::format("'{}' is missing", key));
    }
  }
  double number(const Node& map, const char* key, std::string_view unit, double otherwise) {
    const Node* n = map.find(key);
    if (!n) return otherwise;
    return io::read_quantity(*n, unit, d_, key).value_or(otherwise);
  }
  void points(const Node& map, const char* key, const std::string& unit,
              std::vector<std::pair<double, double>>& to) {
    const Node* list = map.find(key);
    if (!list) return;
    if (!list->is_sequence() || list->seq.empty())
      return d_.error(list->loc, fmt::format("'{}' is a list of points [time, value]", key));
    for (const auto& p : list->seq) {
      if (!p.is_sequence() || p.seq.size() != 2) {
        d_.error(p.loc, "expected a point [time, value], like [0.5 s, 0.7]");
        continue;
      }
      const auto t = io::read_quantity(p.seq[0], "s", d_, "time");
      const auto v = io::read_quantity(p.seq[1], unit, d_, "value");
      if (!t || !v) continue;
      if (!to.empty() && *t <= to.back().first)
        d_.error(p.loc, "times of a mask rise");
      else if (to.empty() && *t != 0.0)
        d_.error(p.loc, "a mask begins at 0 s, when the signal leaves its normal range");
      to.emplace_back(*t, *v);
    }
  }
  void rule(const Node& n, LimitsFile& out) {
    if (!n.is_map()) return d_.error(n.loc, "a rule is a map with name, kind and signal");
    LimitRule r;
    r.where = n.loc;
    std::string kind;
    text(n, "name", r.name, true);
    text(n, "kind", kind, true);
    text(n, "signal", r.signal, true);
    const auto k = kinds().find(kind);
    if (k == kinds().end()) {
      std::vector<std::string> names;
      for (const auto& [name, info] : kinds()) names.push_back(name);
      const Node* at = n.find("kind");
      const auto near = nearest(kind, names);
      if (at)
        d_.error(at->loc, fmt::format("'{}' is no kind of limit", kind),
                 near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                              : fmt::format("did you mean '{}'?", near));
      return;
    }
    std::vector<std::string> keys{"name", "kind", "signal", "note"};
    keys.insert(keys.end(), k->second.keys.begin(), k->second.keys.end());
    if (!io::check_keys(n, keys, d_, fmt::format("rule '{}' ({})", r.name, kind))) return;
    for (const auto& key : k->second.required)
      if (!n.find(key))
        d_.error(n.loc, fmt::format("rule '{}' ({}) needs '{}'", r.name, kind, key));
    r.kind = k->second.kind;
    text(n, "unit", r.unit, false);
    const std::string unit = r.unit.empty() ? "1" : r.unit;
    const double inf = std::numeric_limits<double>::infinity();
    switch (r.kind) {
      case Kind::mask: {
        if (const Node* normal = n.find("normal")) {
          if (normal->is_sequence() && normal->seq.size() == 2) {
            r.normal_lo = io::read_quantity(normal->seq[0], unit, d_, "normal").value_or(0.0);
            r.normal_hi = io::read_quantity(normal->seq[1], unit, d_, "normal").value_or(0.0);
          } else {
            d_.error(normal->loc, "'normal' is a pair [lowest, highest]");
          }
        }
        points(n, "lower", unit, r.lower);
        points(n, "upper", unit, r.upper);
        std::string shape;
        text(n, "shape", shape, false);
        r.lines = shape == "lines";
        if (!shape.empty() && shape != "lines" && shape != "steps")
          d_.error(n.find("shape")->loc, fmt::format("shape '{}': expected steps or lines", shape));
        if (r.lower.empty() && r.upper.empty())
          d_.error(n.loc, fmt::format("rule '{}' (mask) needs 'lower' or 'upper'", r.name));
        break;
      }
      case Kind::range:
        r.lo = number(n, "min", unit, -inf);
        r.hi = number(n, "max", unit, inf);
        r.time = number(n, "for", "s", 0.0);
        if (!n.find("min") && !n.find("max"))
          d_.error(n.loc, fmt::format("rule '{}' (range) needs 'min' or 'max'", r.name));
        break;
      case Kind::ramp:
        r.hi = number(n, "up", unit + "/s", inf);
        r.lo = number(n, "down", unit + "/s", inf);
        r.time = number(n, "window", "s", 1.0);
        if (!n.find("up") && !n.find("down"))
          d_.error(n.loc, fmt::format("rule '{}' (ramp) needs 'up' or 'down'", r.name));
        break;
      case Kind::swing:
        r.hi = number(n, "most", unit, inf);
        r.time = number(n, "window", "s", 60.0);
        break;
      case Kind::band:
        r.from = number(n, "from", "Hz", 0.1);
        r.to = number(n, "to", "Hz", 20.0);
        r.hi = number(n, "most", "1", inf);
        break;
      case Kind::recovery:
        text(n, "trigger", r.trigger, true);
        r.threshold = number(n, "threshold", "1", 0.9);
        r.share = number(n, "share", "1", 0.9);
        r.time = number(n, "within", "s", 1.0);
        break;
    }
    if ((r.kind == Kind::ramp || r.kind == Kind::swing) && r.time <= 0.0)
      d_.error(n.loc, fmt::format("rule '{}': 'window' must be positive", r.name));
    out.rules.push_back(std::move(r));
  }

  Node root_;
  Diagnostics d_;
};

double mask_at(const std::vector<std::pair<double, double>>& points, double t, bool lines) {
  const auto after = std::upper_bound(points.begin(), points.end(), t,
                                      [](double x, const auto& p) { return x < p.first; });
  const auto before = std::prev(after);
  if (!lines || after == points.end()) return before->second;
  return before->second +
         (after->second - before->second) * (t - before->first) / (after->first - before->first);
}

/// Keeps the smallest margin.
void take(Verdict& v, double worst, double limit, double margin, double at) {
  if (!(margin < v.margin)) return;
  v.worst = worst;
  v.limit = limit;
  v.margin = margin;
  v.at = at;
}

Verdict start() {
  Verdict v;
  v.margin = std::numeric_limits<double>::infinity();
  return v;
}

Verdict judge_mask(const LimitRule& r, const std::vector<double>& t, const std::vector<double>& x) {
  Verdict v = start();
  double left = -1.0;  // since when it is outside
  for (size_t k = 0; k < t.size(); ++k) {
    if (x[k] >= r.normal_lo && x[k] <= r.normal_hi) {
      left = -1.0;
      take(v, x[k], x[k] - r.normal_lo < r.normal_hi - x[k] ? r.normal_lo : r.normal_hi,
           std::min(x[k] - r.normal_lo, r.normal_hi - x[k]), t[k]);
      continue;
    }
    if (left < 0.0) {
      left = t[k];
      if (k > 0) {
        // Where the straight line between two samples leaves the range.
        const double edge = x[k] < r.normal_lo ? r.normal_lo : r.normal_hi;
        const double share = (edge - x[k - 1]) / (x[k] - x[k - 1]);
        left = t[k - 1] + std::clamp(share, 0.0, 1.0) * (t[k] - t[k - 1]);
      }
    }
    // Up to its very end a step of the mask belongs to what it allowed.
    const double since = std::max(0.0, t[k] - left - 1e-9);
    const double lower = r.lower.empty() ? -std::numeric_limits<double>::infinity()
                                         : mask_at(r.lower, since, r.lines);
    const double upper = r.upper.empty() ? std::numeric_limits<double>::infinity()
                                         : mask_at(r.upper, since, r.lines);
    if (x[k] < r.normal_lo)
      take(v, x[k], lower, x[k] - lower, t[k]);
    else
      take(v, x[k], upper, upper - x[k], t[k]);
  }
  v.pass = v.margin >= -1e-9;
  return v;
}

Verdict judge_range(const LimitRule& r, const std::vector<double>& t,
                    const std::vector<double>& x) {
  Verdict v = start();
  double left = -1.0;
  for (size_t k = 0; k < t.size(); ++k) {
    const double margin = std::min(x[k] - r.lo, r.hi - x[k]);
    const double limit = x[k] - r.lo < r.hi - x[k] ? r.lo : r.hi;
    if (margin >= 0.0) {
      left = -1.0;
    } else if (left < 0.0) {
      left = t[k];
    }
    if (margin < 0.0 && t[k] - left < r.time) continue;  // allowed for a while
    take(v, x[k], limit, margin, t[k]);
  }
  v.pass = v.margin >= 0.0;
  return v;
}

Verdict judge_ramp(const LimitRule& r, const std::vector<double>& t, const std::vector<double>& x) {
  Verdict v = start();
  size_t first = 0;
  for (size_t k = 1; k < t.size(); ++k) {
    while (first + 1 < k && t[first + 1] <= t[k] - r.time * (1.0 - 1e-9)) ++first;
    const double dt = t[k] - t[first];
    if (dt < r.time * (1.0 - 1e-9)) continue;
    const double slope = (x[k] - x[first]) / dt;
    take(v, slope, r.hi, r.hi - slope, t[k]);
    take(v, slope, -r.lo, slope + r.lo, t[k]);
  }
  if (!std::isfinite(v.margin)) v.note = "the run is shorter than the window";
  v.pass = v.margin >= 0.0;
  return v;
}

Verdict judge_swing(const LimitRule& r, const std::vector<double>& t,
                    const std::vector<double>& x) {
  Verdict v = start();
  std::vector<size_t> high, low;  // monotone queues, front at `h`, `l`
  size_t h = 0, l = 0;
  for (size_t k = 0; k < t.size(); ++k) {
    while (high.size() > h && x[high.back()] <= x[k]) high.pop_back();
    while (low.size() > l && x[low.back()] >= x[k]) low.pop_back();
    high.push_back(k);
    low.push_back(k);
    while (t[high[h]] < t[k] - r.time) ++h;
    while (t[low[l]] < t[k] - r.time) ++l;
    const double range = x[high[h]] - x[low[l]];
    take(v, range, r.hi, r.hi - range, t[k]);
  }
  v.pass = v.margin >= 0.0;
  return v;
}

Verdict judge_band(const LimitRule& r, const std::vector<double>& t, const std::vector<double>& x) {
  Verdict v;
  const auto line = largest_line(t, x, r.from, r.to);
  if (!line.found) {
    v.note = line.why;
    return v;
  }
  v.worst = line.amplitude / std::abs(line.mean);
  v.limit = r.hi;
  v.margin = v.limit - v.worst;
  v.at = line.start;
  v.pass = v.margin >= 0.0;
  v.note = fmt::format("at {:.4g} Hz", line.frequency);
  return v;
}

Verdict judge_recovery(const LimitRule& r, const std::vector<double>& t,
                       const std::vector<double>& x, const std::vector<double>& trigger) {
  Verdict v = start();
  bool down = false;
  double before = 0.0, back = -1.0;
  for (size_t k = 0; k < t.size(); ++k) {
    if (trigger[k] < r.threshold) {
      if (!down && back < 0.0) before = k > 0 ? x[k - 1] : x[k];
      down = true;
      back = -1.0;
      continue;
    }
    if (down) {
      down = false;
      back = t[k];
    }
    if (back < 0.0) continue;
    if (x[k] >= r.share * before) {
      take(v, t[k] - back, r.time, r.time - (t[k] - back), t[k]);
      back = -1.0;
    } else if (t[k] - back > r.time) {
      take(v, t[k] - back, r.time, r.time - (t[k] - back), t[k]);
    }
  }
  if (!std::isfinite(v.margin)) {
    v.margin = 0.0;
    v.note = "the trigger stayed above its threshold: nothing to recover from";
  }
  v.pass = v.margin >= 0.0;
  return v;
}

}  // namespace

LimitsFile load_limits(const std::string& name, const std::string& data_dir) {
  const fs::path shipped = fs::path(data_dir) / "limits";
  std::string file = name;
  std::error_code ec;
  if (!fs::exists(file, ec)) {
    file = (shipped / (name + ".yaml")).string();
    if (!fs::exists(file, ec)) {
      std::vector<std::string> names;
      for (const auto& e : fs::directory_iterator(shipped, ec))
        if (e.path().extension() == ".yaml") names.push_back(e.path().stem().string());
      std::sort(names.begin(), names.end());
      const auto near = nearest(name, names);
      throw UserError(fmt::format("there are no limits '{}': neither a file nor one of {}{}", name,
                                  fmt::join(names, ", "),
                                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    }
  }
  return Reader(file).read();
}

Verdict judge(const LimitRule& r, const std::vector<double>& t, const std::vector<double>& x,
              const std::vector<double>& trigger) {
  if (t.size() < 2) {
    Verdict v;
    v.note = "no samples";
    return v;
  }
  switch (r.kind) {
    case Kind::mask:
      return judge_mask(r, t, x);
    case Kind::range:
      return judge_range(r, t, x);
    case Kind::ramp:
      return judge_ramp(r, t, x);
    case Kind::swing:
      return judge_swing(r, t, x);
    case Kind::band:
      return judge_band(r, t, x);
    case Kind::recovery:
      return judge_recovery(r, t, x, trigger);
  }
  return {};
}

}  // namespace steppe::app
