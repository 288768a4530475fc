#include "models/grid/recording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "models/grid/phasor.h"
#include "models/grid/recorded_samples.h"

namespace steppe::models {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double median(std::vector<double> v) {
  const auto mid = v.begin() + static_cast<long>(v.size() / 2);
  std::nth_element(v.begin(), mid, v.end());
  return *mid;
}

/// Median of the samples that say something; 0 without any.
double known_median(std::vector<double> v) {
  v.erase(std::remove_if(v.begin(), v.end(), [](double x) { return std::isnan(x); }), v.end());
  return v.empty() ? 0.0 : median(std::move(v));
}

/// Refuses missing samples and steps of time beyond the limit.
void check_gaps(const RecordingParams& p, const RecordedSamples& s, const std::string& id,
                bool waveform) {
  std::vector<double> steps;
  for (size_t k = 1; k < s.time.size(); ++k) steps.push_back(s.time[k] - s.time[k - 1]);
  // A waveform may be thinned by its recorder to a sample a cycle; a series keeps its interval.
  const double usual = waveform ? 1.5 / p.nominal_frequency : 5.5 * median(steps);
  const double limit = p.max_gap > 0.0 ? p.max_gap : usual;
  std::vector<double> last(s.values.size(), 0.0);
  for (size_t k = 0; k < s.time.size(); ++k)
    for (size_t c = 0; c < s.values.size(); ++c) {
      if (std::isnan(s.values[c][k]) && k + 1 < s.time.size()) continue;
      const double gap = s.time[k] - last[c];
      if (gap > limit * (1.0 + 1e-9))
        throw UserError(
            s.where(k),
            fmt::format(
                "recording '{}': {} has a gap of {:.6g} s before this sample ({:.6g} s after "
                "the first)",
                id, s.names[c], gap, s.time[k]),
            fmt::format("gaps up to {:.6g} s are bridged by a straight line; to allow more, set "
                        "max_gap: {:.3g} s",
                        limit, 1.01 * gap));
      last[c] = s.time[k];
    }
}

/// Straight lines over the samples that say nothing.
void bridge(const std::vector<double>& time, std::vector<double>& v) {
  size_t before = time.size();
  for (size_t k = 0; k < time.size(); ++k) {
    if (std::isnan(v[k])) continue;
    if (before == time.size())
      std::fill(v.begin(), v.begin() + static_cast<long>(k), v[k]);
    else
      for (size_t j = before + 1; j < k; ++j)
        v[j] = v[before] + (v[k] - v[before]) * (time[j] - time[before]) / (time[k] - time[before]);
    before = k;
  }
  for (size_t j = before + 1; j < time.size(); ++j) v[j] = v[before];
}

Polyline polyline(const std::vector<double>& time, std::vector<double> value, double tolerance) {
  Polyline out;
  for (size_t k : thin(time, value, tolerance)) {
    out.time.push_back(time[k]);
    out.value.push_back(value[k]);
  }
  return out;
}

bool changes_sign(const std::vector<double>& v) {
  double lo = 0.0, hi = 0.0;
  for (double x : v) {
    if (std::isnan(x)) continue;
    lo = std::min(lo, x);
    hi = std::max(hi, x);
  }
  return lo < -0.2 * hi && hi > -0.2 * lo;
}

/// Magnitude and angle of the voltage at each sample; NaN where the window says nothing. Gives true
/// when the phases follow each other backwards at the start and are taken in the other order.
bool voltage(const RecordingParams& p, const RecordedSamples& s, bool waveform,
             std::vector<double>& magnitude, std::vector<double>& angle) {
  const size_t n = s.time.size();
  magnitude.assign(n, std::nan(""));
  angle.assign(n, std::nan(""));
  if (!waveform) {
    for (size_t k = 0; k < n; ++k) {
      double least = s.values[0][k], sum = 0.0;
      for (const auto& v : s.values) {
        least = std::min(least, v[k]);
        sum += v[k];
      }
      magnitude[k] =
          p.reduction == Reduction::lowest ? least : sum / static_cast<double>(s.values.size());
      angle[k] = 0.0;
    }
    return false;
  }
  std::vector<std::vector<std::complex<double>>> phase;
  for (size_t c = 0; c < s.values.size(); ++c) {
    phase.push_back(sliding_phasor(s.time, s.values[c], p.nominal_frequency, p.cycles));
    if (c >= s.skew.size() || s.skew[c] == 0.0) continue;
    const auto back = std::polar(1.0, -2.0 * std::numbers::pi * p.nominal_frequency * s.skew[c]);
    for (auto& v : phase.back()) v *= back;  // what the channel was at the time stamp
  }
  bool backwards = false;
  if (phase.size() == 3) {
    size_t k = 0;
    while (k + 1 < n && std::isnan(std::abs(phase[0][k] + phase[1][k] + phase[2][k]))) ++k;
    backwards = std::abs(positive_sequence(phase[0][k], phase[2][k], phase[1][k])) >
                std::abs(positive_sequence(phase[0][k], phase[1][k], phase[2][k]));
    if (backwards) std::swap(phase[1], phase[2]);
  }
  for (size_t k = 0; k < n; ++k) {
    const auto first = phase[0][k];
    if (phase.size() == 1) {
      magnitude[k] = std::abs(first);
      angle[k] = std::arg(first);
      continue;
    }
    const auto v1 = positive_sequence(phase[0][k], phase[1][k], phase[2][k]);
    const double a = std::abs(phase[0][k]), b = std::abs(phase[1][k]), c = std::abs(phase[2][k]);
    angle[k] = std::arg(v1);
    switch (p.reduction) {
      case Reduction::positive_sequence:
        magnitude[k] = std::abs(v1);
        break;
      case Reduction::lowest:
        magnitude[k] = std::min({a, b, c});
        break;
      case Reduction::mean:
        magnitude[k] = (a + b + c) / 3.0;
        break;
    }
  }
  return backwards;
}

}  // namespace

std::pair<double, double> Polyline::at(double t) const {
  if (t < time.front()) return {value.front(), 0.0};
  const auto after = std::upper_bound(time.begin(), time.end(), t);
  if (after == time.end()) return {value.back(), 0.0};
  const auto k = static_cast<size_t>(after - time.begin());
  const double slope = (value[k] - value[k - 1]) / (time[k] - time[k - 1]);
  return {value[k - 1] + slope * (t - time[k - 1]), slope};
}

double Polyline::next(double t) const {
  const auto after = std::upper_bound(time.begin(), time.end(), t);
  return after == time.end() ? kNever : *after;
}

RecordedCurves read_recording(const RecordingParams& given, const std::string& id) {
  RecordingParams p = given;
  if (p.file.empty())
    throw UserError(fmt::format("recording '{}': name a file, e.g. 'file: fault.cfg'", id));
  RecordedSamples s = read_samples(p.file, p.channels, id);
  const bool hertz = holds_frequency(s, 0);
  const bool frequency =
      p.content == Content::frequency || (p.content == Content::automatic && hertz);
  const bool waveform = p.content == Content::waveform || (p.content == Content::automatic &&
                                                           !frequency && changes_sign(s.values[0]));
  if (frequency && s.values.size() != 1)
    throw UserError(
        fmt::format("recording '{}': a frequency is one channel, not {}", id, s.values.size()));
  if (p.nominal_frequency <= 0.0) {
    double usual = s.frequency;
    if (frequency && s.units[0] == "hz" && !s.values[0].empty()) usual = known_median(s.values[0]);
    p.nominal_frequency = usual > 55.0 ? 60.0 : 50.0;
  }
  check_gaps(p, s, id, waveform);
  RecordedCurves out;
  out.nominal_frequency = p.nominal_frequency;
  out.end = s.time.back();
  out.what = fmt::format("{}: {}, {} samples in {:.6g} s", s.title, fmt::join(s.names, ", "),
                         s.time.size(), out.end);
  size_t missing = 0;
  for (const auto& v : s.values)
    missing += static_cast<size_t>(
        std::count_if(v.begin(), v.end(), [](double x) { return std::isnan(x); }));
  if (missing > 0) out.what += fmt::format("; {} without a value are bridged", missing);
  const Polyline zero{{0.0}, {0.0}};
  if (frequency) {
    auto f = s.values[0];
    bridge(s.time, f);
    // Values around zero are deviations.
    const bool per_unit = s.units[0] == "pu" || s.units[0] == "p.u.";
    const double scale = s.units[0] == "mhz" ? 1e-3 : per_unit ? p.nominal_frequency : 1.0;
    const bool deviations = scale * std::abs(median(f)) < 0.5 * p.nominal_frequency;
    for (double& v : f) v = v * scale - (deviations ? 0.0 : p.nominal_frequency);
    for (size_t k = 0; k < f.size(); ++k)
      if (std::abs(f[k]) > 0.2 * p.nominal_frequency)
        throw UserError(s.where(k), fmt::format("recording '{}': {:.6g} Hz is not near {:g} Hz", id,
                                                f[k] + p.nominal_frequency, p.nominal_frequency));
    const auto [low, high] = std::minmax_element(f.begin(), f.end());
    out.what += fmt::format("; frequency {:.3f} to {:.3f} Hz, voltage 1",
                            *low + p.nominal_frequency, *high + p.nominal_frequency);
    out.deviation = polyline(s.time, std::move(f), p.tolerance);
    out.voltage_pu = {{0.0}, {1.0}};
    out.phase = zero;
    return out;
  }
  if (s.frequency > 0.0 && std::abs(s.frequency / p.nominal_frequency - 1.0) > 0.05)
    throw UserError(
        fmt::format("recording '{}': {} was recorded at {:g} Hz; nominal_frequency says {:g} Hz",
                    id, p.file, s.frequency, p.nominal_frequency));
  std::vector<double> magnitude, angle;
  if (voltage(p, s, waveform, magnitude, angle))
    out.what += "; its phases turn backwards and are taken in the other order";
  std::vector<double> known;
  for (size_t k = 0; k < magnitude.size(); ++k)
    if (!std::isnan(magnitude[k]) && s.time[k] - s.time[0] <= 4.0 * p.cycles / p.nominal_frequency)
      known.push_back(magnitude[k]);
  if (known.empty() && !waveform) known.push_back(magnitude[0]);
  if (known.empty() || std::isnan(known[0]))
    throw UserError(
        fmt::format("recording '{}': {} is sampled too coarsely for a waveform at its start: "
                    "at least {} samples a cycle are needed",
                    id, p.file, kLeastPerCycle));
  const bool per_unit = s.units[0] == "pu" || s.units[0] == "p.u.";
  const double base = p.nominal > 0.0     ? p.nominal
                      : per_unit          ? 1.0
                      : s.units[0] == "%" ? 100.0
                                          : median(known);
  if (!(base > 0.0))
    throw UserError(fmt::format("recording '{}': the voltage is 0 at the start; set nominal", id));
  bridge(s.time, magnitude);
  bridge(s.time, angle);
  for (double& v : magnitude) v /= base;
  const auto [low, high] = std::minmax_element(magnitude.begin(), magnitude.end());
  out.what += fmt::format("; voltage {:.3f} to {:.3f}, frequency as usual", *low, *high);
  if (p.nominal <= 0.0 && *high > 1.5)
    out.what += "; it rises far above its start: where the record begins in the event, set nominal";
  for (size_t k = 1; k < angle.size(); ++k)
    angle[k] -=
        2.0 * std::numbers::pi * std::round((angle[k] - angle[k - 1]) / (2.0 * std::numbers::pi));
  for (size_t k = angle.size(); k-- > 0;) angle[k] -= angle[0];
  out.voltage_pu = polyline(s.time, std::move(magnitude), p.tolerance);
  out.phase = polyline(s.time, std::move(angle), 1e-3);
  out.deviation = zero;
  return out;
}

const core::ParamTable<RecordingParams>& recording_params() {
  using P = RecordingParams;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.group("Record")
        .text("file", &P::file, "", "COMTRADE (.cfg or .dat) or CSV", core::ParamKind::file)
        .text("channels", &P::channels, "",
              "Names or numbers, one or three with commas between; empty: the first voltages of "
              "phases "
              "A, B, C, else the first voltage, else the first frequency")
        .choice("content", &P::content, core::Choices{{"auto", "waveform", "rms", "frequency"}},
                Content::automatic, "What the channels hold; auto: by unit and sign")
        .choice("reduction", &P::reduction, core::Choices{{"positive_sequence", "lowest", "mean"}},
                Reduction::positive_sequence, "One voltage from three phases", "[Fortescue 1918]")
        .real("nominal", &P::nominal, "1", 0.0, {0.0, 1e9},
              "Value in the file's unit (rms) that is 1 per unit; 0: what it is before the event")
        .real("nominal_frequency", &P::nominal_frequency, "Hz", 0.0, {0.0, 70.0},
              "Nominal frequency; 0: the record's, 50 or 60")
        .real("cycles", &P::cycles, "1", 1.0, {0.5, 20.0}, "Length of the window of a waveform",
              "[IEC 61000-4-30 2015, §5.4.1]")
        .real("max_gap", &P::max_gap, "s", 0.0, {0.0, 1e9},
              "Longest gap that is bridged; 0: 1.5 cycles of a waveform, 5 intervals of a series")
        .group("Replay")
        .real("start", &P::start, "s", 0.0, {0.0, 1e9},
              "Time of the first sample; the first value holds before, the last behind the end")
        .real("tolerance", &P::tolerance, "1", 2e-4, {1e-7, 0.1},
              "Distance that the replayed polyline keeps from the samples (per unit, Hz)");
    return t;
  }();
  return table;
}

namespace {

class Recording final : public core::Process {
 public:
  enum Output : int { kVoltage, kPhase, kFrequency, kDeviation };
  Recording(const RecordingParams& p, const core::ProcessSetup& setup)
      : p_(p), curves_(read_recording(p, setup.id)) {}
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    // Knots lie between nanoseconds: one that is reached within a hair has been reached.
    constexpr double kHair = 1e-9;
    const double t = core::to_seconds(c.now) - p_.start;
    const auto put = [&](Output o, const Polyline& line, double offset) {
      const auto [value, slope] = line.at(t + kHair);
      c.ramp(o, value + offset, slope);
    };
    put(kVoltage, curves_.voltage_pu, 0.0);
    put(kPhase, curves_.phase, 0.0);
    put(kFrequency, curves_.deviation, curves_.nominal_frequency);
    put(kDeviation, curves_.deviation, 0.0);
    const auto say = [&](bool& said, const char* name, double when, const std::string& text) {
      if (said || t < when - kHair) return;
      said = true;
      c.event(name, "", "", text);
    };
    say(began_, "record begins", 0.0, curves_.what);
    say(ended_, "record ends", curves_.end, "its last values are held");
    double after = kNever;
    for (const Polyline* line : {&curves_.voltage_pu, &curves_.phase, &curves_.deviation})
      after = std::min(after, line->next(t + kHair));
    if (!ended_) after = std::min(after, t < -kHair ? 0.0 : curves_.end);
    next_ = after == kNever
                ? core::kNever
                : std::max(c.now + 1, core::from_seconds(p_.start) + core::from_seconds(after));
  }
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(static_cast<uint8_t>((began_ ? 1 : 0) + (ended_ ? 2 : 0)));
  }
  void load(core::StateReader& r) override {
    uint8_t said = 0;
    r.get(next_);
    r.get(said);
    began_ = (said & 1) != 0;
    ended_ = (said & 2) != 0;
  }

 private:
  RecordingParams p_;
  RecordedCurves curves_;
  core::Nanoseconds next_ = 0;
  bool began_ = false, ended_ = false;
};

}  // namespace

core::ProcessType recording_process() {
  core::ProcessType t;
  t.name = "recording";
  t.domain = "grid";
  t.help = "Recorded voltage or frequency (COMTRADE, CSV), replayed as the grid's";
  t.params = &recording_params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<RecordingParams>();
    recording_params().set_defaults(p.get());
    return p;
  };
  t.outputs = {{"voltage_pu", "1", "Voltage over nominal", 1.0},
               {"phase", "rad", "Angle of the voltage against the start"},
               {"frequency", "Hz", "Frequency", 50.0},
               {"frequency_deviation", "Hz", "Frequency less its nominal value"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<Recording>(*static_cast<const RecordingParams*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
