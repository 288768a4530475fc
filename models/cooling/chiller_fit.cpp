#include "models/cooling/chiller_fit.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr size_t kLeastRows = 50;
constexpr double kZero = 273.15;

double median(std::vector<double> v) {
  if (v.empty()) return 0.0;
  const auto mid = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), mid, v.end());
  return *mid;
}
double quantile(std::vector<double> v, double p) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

/// A row ready for fitting: temperatures from the reference [K], load, power over the scale.
struct Row {
  double x, y, u, p;
};

/// Which terms the curves have. EIRFT = 1 + terms in (x, y); EIRFPLR = Σ c_k u^k with Σ c_k = 1.
struct Form {
  std::array<bool, 5> eir{};  ///< x, x², y, y², xy
  std::array<bool, 3> plr{};  ///< 1, u, u²
  int size() const {
    return 1 +
           static_cast<int>(std::count(eir.begin(), eir.end(), true) +
                            std::count(plr.begin(), plr.end(), true)) -
           1;
  }
};
std::array<double, 5> eir_terms(const Row& r) {
  return {r.x, r.x * r.x, r.y, r.y * r.y, r.x * r.y};
}

/// Parameters of a form as one vector: scale, EIR terms, PLR terms but the last (it follows from
/// Σ = 1).
struct Curves {
  double scale = 1.0;
  std::array<double, 5> eir{};
  std::array<double, 3> plr{0.0, 1.0, 0.0};
};
Curves unpack(const Form& f, const Vector& v) {
  Curves c;
  int k = 0;
  c.scale = v[k++];
  for (size_t i = 0; i < 5; ++i) c.eir[i] = f.eir[i] ? v[k++] : 0.0;
  size_t last = 2;
  while (!f.plr[last]) --last;
  double sum = 0.0;
  for (size_t i = 0; i < 3; ++i) {
    c.plr[i] = 0.0;
    if (f.plr[i] && i != last) sum += c.plr[i] = v[k++];
  }
  c.plr[last] = 1.0 - sum;
  return c;
}
double predict(const Curves& c, const Row& r) {
  double e = 1.0;
  const auto t = eir_terms(r);
  for (size_t i = 0; i < 5; ++i) e += c.eir[i] * t[i];
  return c.scale * e * (c.plr[0] + r.u * (c.plr[1] + r.u * c.plr[2]));
}
Vector gradient(const Form& f, const Curves& c, const Row& r) {
  Vector g(f.size());
  double e = 1.0;
  const auto t = eir_terms(r);
  for (size_t i = 0; i < 5; ++i) e += c.eir[i] * t[i];
  const double part = c.plr[0] + r.u * (c.plr[1] + r.u * c.plr[2]);
  int k = 0;
  g[k++] = e * part;
  for (size_t i = 0; i < 5; ++i)
    if (f.eir[i]) g[k++] = c.scale * part * t[i];
  const std::array<double, 3> power{1.0, r.u, r.u * r.u};
  size_t last = 2;
  while (!f.plr[last]) --last;
  for (size_t i = 0; i < 3; ++i)
    if (f.plr[i] && i != last) g[k++] = c.scale * e * (power[i] - power[last]);
  return g;
}

struct Solution {
  Curves curves;
  Matrix normal;  ///< Σ w g gᵀ
  double sigma = 0.0;
};

/// Levenberg-Marquardt on biweighted residuals; `use`: rows that count.
Solution solve(const Form& f, const std::vector<Row>& rows, const std::vector<char>& use) {
  constexpr double kTune = 4.685, kMad = 1.4826;  // 95 % efficiency on normal errors
  Vector v = Vector::Zero(f.size());
  std::vector<double> p;
  for (size_t i = 0; i < rows.size(); ++i)
    if (use[i]) p.push_back(rows[i].p / std::max(rows[i].u, 0.05));
  v[0] = median(p);
  Solution s;
  std::vector<double> weight(rows.size(), 1.0);
  double damping = 1e-3, last = std::numeric_limits<double>::infinity();
  for (int iteration = 0; iteration < 200; ++iteration) {
    s.curves = unpack(f, v);
    if (iteration > 0 && iteration % 5 == 0) {
      std::vector<double> a;
      for (size_t i = 0; i < rows.size(); ++i)
        if (use[i]) a.push_back(std::abs(rows[i].p - predict(s.curves, rows[i])));
      const double width = std::max(kTune * kMad * median(a), 1e-6 * std::abs(v[0]));
      for (size_t i = 0; i < rows.size(); ++i) {
        const double z = (rows[i].p - predict(s.curves, rows[i])) / width;
        weight[i] = std::abs(z) < 1.0 ? (1.0 - z * z) * (1.0 - z * z) : 0.0;
      }
      last = std::numeric_limits<double>::infinity();
    }
    Matrix n = Matrix::Zero(f.size(), f.size());
    Vector b = Vector::Zero(f.size());
    double cost = 0.0, count = 0.0;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!use[i] || weight[i] == 0.0) continue;
      const Vector g = gradient(f, s.curves, rows[i]);
      const double e = rows[i].p - predict(s.curves, rows[i]);
      n.noalias() += weight[i] * g * g.transpose();
      b.noalias() += weight[i] * e * g;
      cost += weight[i] * e * e;
      count += weight[i];
    }
    s.normal = n;
    s.sigma = std::sqrt(cost / std::max(1.0, count - f.size()));
    damping = cost <= last ? damping * 0.3 : damping * 10.0;
    last = cost;
    Matrix damped = n;
    for (int k = 0; k < f.size(); ++k) damped(k, k) *= 1.0 + damping;
    const Vector step = damped.ldlt().solve(b);
    if (!step.allFinite()) break;
    v += step;
    if (iteration > 20 && step.norm() < 1e-10 * (1.0 + v.norm())) break;
  }
  s.curves = unpack(f, v);
  return s;
}

/// Forms from the simplest to the fullest.
std::vector<Form> forms() {
  std::vector<Form> out;
  const std::array<std::array<bool, 5>, 6> eir{{{},
                                                {false, false, true, false, false},
                                                {true, false, true, false, false},
                                                {false, false, true, true, false},
                                                {true, false, true, true, false},
                                                {true, true, true, true, true}}};
  const std::array<std::array<bool, 3>, 3> plr{
      {{false, true, false}, {true, true, false}, {true, true, true}}};
  for (const auto& e : eir)
    for (const auto& p : plr) out.push_back({e, p});
  std::stable_sort(out.begin(), out.end(),
                   [](const Form& a, const Form& b) { return a.size() < b.size(); });
  return out;
}
std::string describe(const Form& f) {
  constexpr std::array<const char*, 5> eir{"x", "x²", "y", "y²", "xy"};
  constexpr std::array<const char*, 3> plr{"1", "u", "u²"};
  std::string out = "EIRFT 1";
  for (size_t i = 0; i < 5; ++i)
    if (f.eir[i]) out += fmt::format(" {}", eir[i]);
  out += ", EIRFPLR";
  for (size_t i = 0; i < 3; ++i)
    if (f.plr[i]) out += fmt::format(" {}", plr[i]);
  return out;
}

/// The simplest form whose error on blocks it has not seen lies within half a standard error of the
/// best.
Form choose(const std::vector<Row>& rows) {
  constexpr int kBlocks = 6;
  struct Score {
    Form form;
    double mean, error;
  };
  std::vector<Score> scores;
  for (const auto& f : forms()) {
    std::vector<double> block;
    for (int k = 0; k < kBlocks; ++k) {
      const size_t from = rows.size() * static_cast<size_t>(k) / kBlocks,
                   to = rows.size() * static_cast<size_t>(k + 1) / kBlocks;
      std::vector<char> use(rows.size(), 1);
      std::fill(use.begin() + static_cast<std::ptrdiff_t>(from),
                use.begin() + static_cast<std::ptrdiff_t>(to), 0);
      const Solution s = solve(f, rows, use);
      // The median of squares: a second state of the machine must not choose the curves.
      std::vector<double> a;
      for (size_t i = from; i < to; ++i) {
        const double e = predict(s.curves, rows[i]) - rows[i].p;
        a.push_back(e * e);
      }
      block.push_back(std::sqrt(median(a)));
    }
    double mean = 0.0, spread = 0.0;
    for (double b : block) mean += b / kBlocks;
    for (double b : block) spread += (b - mean) * (b - mean) / (kBlocks - 1);
    scores.push_back({f, mean, std::sqrt(spread / kBlocks)});
  }
  const auto best = std::min_element(scores.begin(), scores.end(),
                                     [](auto& a, auto& b) { return a.mean < b.mean; });
  for (const auto& s : scores)
    if (s.mean <= best->mean + 0.5 * best->error) return s.form;
  return best->form;
}

/// Median of `v` over about an hour, within stretches without gaps: around each row before `known`,
/// and from there on over the rows before it alone, its own not among them.
std::vector<double> hourly_median(const std::vector<double>& v, const std::vector<ChillerSample>& s,
                                  size_t known) {
  std::vector<double> out(v.size());
  constexpr size_t kWithoutTime = 12, kMost = 400;  // rows of an hour; rows that count
  for (size_t i = 0; i < v.size(); ++i) {
    const bool past = i >= known;
    std::vector<double> near;
    const auto inside = [&](size_t k) {
      const size_t rows = k > i ? k - i : i - k;
      if (std::isnan(s[k].time) || std::isnan(s[i].time))
        return rows <= (past ? kWithoutTime : kWithoutTime / 2);
      return std::abs(s[k].time - s[i].time) <= (past ? 3600.0 : 1800.0);
    };
    for (size_t k = i; k-- > 0 && inside(k) && near.size() < kMost;) near.push_back(v[k]);
    for (size_t k = i; !past && k < v.size() && inside(k) && near.size() < kMost; ++k)
      near.push_back(v[k]);
    out[i] = near.size() >= 3 ? median(near) : 0.0;
  }
  return out;
}

/// Correlation of neighbouring values.
double neighbour_correlation(const std::vector<double>& v) {
  double mean = 0.0, a = 0.0, b = 0.0;
  for (double x : v) mean += x / static_cast<double>(v.size());
  for (size_t i = 0; i < v.size(); ++i) a += (v[i] - mean) * (v[i] - mean);
  for (size_t i = 1; i < v.size(); ++i) b += (v[i] - mean) * (v[i - 1] - mean);
  return a > 0.0 ? std::clamp(b / a, 0.0, 0.999) : 0.0;
}

void screen(std::vector<ChillerSample>& s, const ChillerFitOptions& o, ChillerFit& f) {
  f.rows = s.size();
  const auto bad = [](const ChillerSample& r) {
    return !std::isfinite(r.power) || !std::isfinite(r.cooling) || !std::isfinite(r.evap_out) ||
           !std::isfinite(r.cond_in) || r.power < 0.0 || r.evap_out < kZero - 25.0 ||
           r.evap_out > kZero + 45.0 || r.cond_in < kZero - 10.0 || r.cond_in > kZero + 70.0;
  };
  const bool timed =
      std::all_of(s.begin(), s.end(), [](const ChillerSample& r) { return std::isfinite(r.time); });
  if (timed) std::stable_sort(s.begin(), s.end(), [](auto& a, auto& b) { return a.time < b.time; });
  std::vector<double> power, cooling;
  for (const auto& r : s)
    if (!bad(r)) {
      power.push_back(r.power);
      cooling.push_back(r.cooling);
    }
  if (power.empty()) throw UserError("no row has power, cooling and both temperatures");
  const double p_high = quantile(power, 0.95), q_high = quantile(cooling, 0.95);
  if (p_high <= 0.0 || q_high <= 0.0)
    throw UserError("power or cooling is never above zero; are the columns or signs mixed up?");
  std::vector<ChillerSample> kept;
  double started = -std::numeric_limits<double>::infinity();
  bool running = true;  // the file may begin in the middle of a run
  int since = 1 << 20;
  for (const auto& r : s) {
    if (bad(r)) {
      ++f.bad;
      continue;
    }
    if (r.power < 0.05 * p_high || r.cooling < 0.03 * q_high) {
      ++f.off;
      running = false;
      continue;
    }
    if (!running) {
      running = true;
      started = r.time;
      since = 0;
    }
    // A coefficient of performance that no chiller has, or a spike far above all others.
    const double cop = r.cooling / r.power;
    if (cop > 30.0 || cop < 0.3 || r.power > 2.5 * p_high || r.cooling > 2.5 * q_high) {
      ++f.bad;
      continue;
    }
    const bool settling = timed ? r.time - started < o.settle : since++ < 3;
    if (settling) {
      ++f.settling;
      continue;
    }
    kept.push_back(r);
  }
  s = std::move(kept);
}

FitError error_of(const std::vector<ChillerSample>& s, const std::vector<double>& p, size_t from,
                  size_t to) {
  FitError e;
  e.rows = to - from;
  double mean = 0.0, square = 0.0, bias = 0.0;
  for (size_t i = from; i < to; ++i) {
    const double d = p[i] - s[i].power;
    mean += s[i].power;
    square += d * d;
    bias += d;
  }
  const auto n = static_cast<double>(e.rows);
  e.cv_rmse = std::sqrt(square / n) / (mean / n);
  e.nmbe = bias / mean;
  return e;
}

}  // namespace

ChillerFit fit_chiller(std::vector<ChillerSample> s, const ChillerFitOptions& o) {
  ChillerFit f;
  screen(s, o, f);
  f.fitted = static_cast<size_t>(o.first * static_cast<double>(s.size()));
  f.checked = s.size() - f.fitted;
  if (f.fitted < kLeastRows || (f.checked < kLeastRows && o.first < 1.0))
    throw UserError(fmt::format(
        "{} rows of a running chiller remain ({} in all: {} bad, {} off, {} within {:g} s of a "
        "start); each part needs {}",
        s.size(), f.rows, f.bad, f.off, f.settling, o.settle, kLeastRows));
  const auto begin = s.begin(), split = begin + static_cast<std::ptrdiff_t>(f.fitted);
  f.split_time = f.fitted < s.size() ? split->time : s.back().time;
  const auto column = [&](auto member) {
    std::vector<double> v;
    for (auto r = begin; r != split; ++r) v.push_back((*r).*member);
    return v;
  };
  const auto evap = column(&ChillerSample::evap_out), cond = column(&ChillerSample::cond_in),
             cooling = column(&ChillerSample::cooling), power = column(&ChillerSample::power);
  const double capacity = o.capacity > 0.0 ? o.capacity : quantile(cooling, 1.0);
  const double load_low = quantile(cooling, 0.005) / capacity;
  const double load_high = quantile(cooling, 1.0) / capacity;
  if (load_high - load_low < 0.05)
    throw UserError("the cooling hardly varies in the part to be fitted: nothing can be learned");
  const double x0 = median(evap), y0 = median(cond), p0 = median(power);
  f.ref_evap = x0 - kZero;
  f.ref_cond = y0 - kZero;
  std::vector<Row> rows;
  for (const auto& r : s)
    rows.push_back({r.evap_out - x0, r.cond_in - y0, r.cooling / capacity, r.power / p0});
  const std::vector<Row> first(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(f.fitted));

  // Relation of the main state, then what lies off it for an hour or more.
  const Form form = choose(first);
  f.terms = describe(form);
  std::vector<char> use(first.size(), 1);
  Solution main = solve(form, first, use);
  std::vector<double> residual;
  for (const auto& r : rows) residual.push_back(r.p - predict(main.curves, r));
  const std::vector<double> smooth = hourly_median(residual, s, f.fitted);
  std::vector<double> magnitude;
  for (size_t i = 0; i < f.fitted; ++i) magnitude.push_back(std::abs(residual[i]));
  const double noise = 1.4826 * median(magnitude);
  if (o.find_state) {
    // Candidates lie beyond 3 σ and 5 % on one side; the side with more of them is the state.
    std::array<std::vector<double>, 2> side;
    for (size_t i = 0; i < f.fitted; ++i)
      if (std::abs(smooth[i]) > std::max(3.0 * noise, 0.05))
        side[smooth[i] > 0.0].push_back(residual[i]);
    const auto& state = side[side[1].size() >= side[0].size()];
    const double share = static_cast<double>(state.size()) / static_cast<double>(f.fitted);
    if (share > 0.02 && share < 0.45 && state.size() >= 24) {
      const double offset = median(state);
      double spread = 0.0;
      for (double e : state) spread += (e - offset) * (e - offset);
      spread = std::sqrt(spread / static_cast<double>(state.size()));
      if (spread < 0.5 * std::abs(offset)) {  // a state, not a scatter
        f.offset = offset * p0;
        const double rho = neighbour_correlation(state);
        f.offset_error =
            spread * p0 / std::sqrt(static_cast<double>(state.size()) * (1.0 - rho) / (1.0 + rho));
      }
    }
  }
  std::vector<char> second_state(rows.size(), 0);
  if (f.offset != 0.0) {
    for (size_t i = 0; i < rows.size(); ++i) second_state[i] = smooth[i] * p0 / f.offset > 0.5;
    for (size_t i = 0; i < f.fitted; ++i) use[i] = !second_state[i];
    main = solve(form, first, use);
  }

  // What steppe runs: the model's own kernel with these curves.
  auto& p = f.params;
  ChillerWaterCooled::params().set_defaults(&p);
  p.capacity = capacity;
  p.cop = capacity / (main.curves.scale * p0);
  p.cap_ft = {1, 0, 0, 0, 0, 0};
  const double a = f.ref_evap, b = f.ref_cond;
  const auto& e = main.curves.eir;
  p.eir_ft = {1.0 - e[0] * a + e[1] * a * a - e[2] * b + e[3] * b * b + e[4] * a * b,
              e[0] - 2.0 * e[1] * a - e[4] * b,
              e[1],
              e[2] - 2.0 * e[3] * b - e[4] * a,
              e[3],
              e[4]};
  p.eir_plr.assign(main.curves.plr.begin(), main.curves.plr.end());
  const auto limits = [](const std::vector<double>& v, double& lo, double& hi) {
    lo = quantile(v, 0.0);
    hi = quantile(v, 1.0);
    const double more = std::max(1.0, 0.2 * (hi - lo));
    lo -= more;
    hi += more;
  };
  limits(evap, p.evap_min, p.evap_max);
  limits(cond, p.cond_min, p.cond_max);
  p.min_load = std::clamp(load_low, 0.01, 0.6);
  p.max_load = std::clamp(1.05 * load_high, 0.5, 1.5);
  ChillerWaterCooled::prepare(p, core::Setup{});

  std::vector<double> known, blind;
  for (size_t i = 0; i < s.size(); ++i) {
    double share = 0.0, drawn = 0.0;
    const double load = s[i].cooling / capacity;
    ChillerWaterCooled::performance(p, s[i].evap_out - kZero, s[i].cond_in - kZero, load, share,
                                    drawn);
    blind.push_back(drawn * capacity / p.cop);
    known.push_back(blind.back() + (second_state[i] ? f.offset : 0.0));
    f.offset_fitted += second_state[i] && i < f.fitted;
    f.offset_checked += second_state[i] && i >= f.fitted;
    f.beyond += i >= f.fitted && (s[i].evap_out < p.evap_min || s[i].evap_out > p.evap_max ||
                                  s[i].cond_in < p.cond_min || s[i].cond_in > p.cond_max ||
                                  load < p.min_load || load > load_high);
  }
  f.first = error_of(s, known, 0, f.fitted);
  f.first_blind = error_of(s, blind, 0, f.fitted);
  if (f.checked > 0) {
    f.second = error_of(s, known, f.fitted, s.size());
    f.second_blind = error_of(s, blind, f.fitted, s.size());
  }

  // Uncertainty: the residuals of neighbouring rows are alike, so fewer rows count than there are.
  std::vector<double> left;
  for (size_t i = 0; i < f.fitted; ++i)
    if (use[i]) left.push_back(first[i].p - predict(main.curves, first[i]));
  const double rho = neighbour_correlation(left);
  const Matrix covariance = main.normal.completeOrthogonalDecomposition().pseudoInverse() *
                            (main.sigma * main.sigma * (1.0 + rho) / (1.0 - rho));
  const auto deviation = [&](int k) { return std::sqrt(std::max(0.0, covariance(k, k))); };
  int k = 0;
  const double relative = deviation(k++) / main.curves.scale;
  f.parameters.push_back({"cop", p.cop, p.cop * relative});
  constexpr std::array<const char*, 5> eir{"eir_ft x", "eir_ft x²", "eir_ft y", "eir_ft y²",
                                           "eir_ft xy"};
  for (size_t i = 0; i < 5; ++i)
    if (form.eir[i]) f.parameters.push_back({eir[i], e[i], deviation(k++)});
  constexpr std::array<const char*, 3> plr{"eir_plr 1", "eir_plr u", "eir_plr u²"};
  size_t last = 2;
  while (!form.plr[last]) --last;
  for (size_t i = 0; i < last; ++i)
    if (form.plr[i]) f.parameters.push_back({plr[i], main.curves.plr[i], deviation(k++)});
  return f;
}

}  // namespace steppe::models
