#include "models/battery/bms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

constexpr const char* kStates[] = {"ready", "warming", "constant_voltage",
                                   "full",  "tripped", "locked"};
constexpr double kZero = 273.15;

}  // namespace

const core::ParamTable<Bms::Params>& Bms::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.group("Size")
        .integer("series", &Params::series, 416, {1, 2000}, "Cells in series")
        .integer("parallel", &Params::parallel, 12, {1, 100000}, "Strings in parallel");
    add_cell_rows(t);
    t.group("Estimate")
        .real("period", &Params::period, "s", 1.0, {0.01, 60.0}, "Sampling period")
        .real("soc_initial", &Params::soc_initial, "1", -1.0, {-1.0, 1.0},
              "State of charge that it believes at the start; negative: from the rest voltage")
        .real("soc_sd", &Params::soc_sd, "1", 0.05, {0.001, 0.5},
              "Standard deviation of that belief (from the rest voltage: its least)")
        .real("capacity_sd", &Params::capacity_sd, "%", 5.0, {0.1, 30.0},
              "Standard deviation of the capacity over new that it believes at the start")
        .real("voltage_noise", &Params::voltage_noise, "mV", 1.0, {0.0, 100.0},
              "Standard deviation of a voltage sample")
        .real("current_noise", &Params::current_noise, "%", 0.1, {0.0, 10.0},
              "Standard deviation of a current sample over the capacity in one hour")
        .real("current_offset", &Params::current_offset, "%", 0.0, {-5.0, 5.0},
              "Constant error of the current over the capacity in one hour")
        .group("Charge and discharge")
        .real("v_charge", &Params::v_charge, "V", 3.55, {3.35, 3.7},
              "Cell voltage that charging holds at its end")
        .real("v_low", &Params::v_low, "V", 2.8, {2.3, 3.1},
              "Cell voltage that discharging does not cross")
        .choice("preheat", &Params::preheat, core::Choices{{"on_demand", "always", "off"}},
                Preheat::on_demand, "When the cells are warmed to `warm_temp`")
        .real("charge_temp", &Params::charge_temp, "degC", 10.0, {0.0, 25.0},
              "Coldest cell that is charged while there is a heater",
              "[Gasper 2023]: 0.16 C at 10 degC")
        .real("warm_temp", &Params::warm_temp, "degC", 18.0, {0.0, 35.0},
              "Set-point of the heater while it warms for a charge")
        .real("idle_temp", &Params::idle_temp, "degC", 5.0, {-30.0, 30.0},
              "Set-point of the heater at other times")
        .group("Protection")
        .real("v_trip_low", &Params::v_trip_low, "V", 2.5, {1.5, 3.0}, "Lowest cell voltage")
        .real("v_trip_high", &Params::v_trip_high, "V", 3.7, {3.5, 4.2}, "Highest cell voltage")
        .real("current_trip", &Params::current_trip, "1", 1.3, {1.0, 5.0},
              "Highest current over charge_rate or discharge_rate")
        .real("temp_warn", &Params::temp_warn, "degC", 55.0, {35.0, 80.0},
              "Hottest cell that is told")
        .real("temp_trip", &Params::temp_trip, "degC", 58.0, {35.0, 90.0},
              "Hottest cell that opens the contactors")
        .real("rise_trip", &Params::rise_trip, "K/s", 1.0, {0.01, 100.0},
              "Rise of the hottest cell that opens the contactors")
        .real("spread_trip", &Params::spread_trip, "K", 10.0, {1.0, 100.0},
              "Hottest cell over the mean that opens the contactors")
        .real("trip_delay", &Params::trip_delay, "s", 3.0, {0.0, 60.0},
              "Time that a voltage or a current is out of bounds before it trips")
        .real("reset_delay", &Params::reset_delay, "s", 60.0, {1.0, 3600.0},
              "Time until an electrical trip returns");
    return t;
  }();
  return table;
}

Bms::Bms(const Params& p, const core::ProcessSetup& setup)
    : p_(p), noise_(setup.seed, setup.id + ".sensors") {
  prepare_cell(p_);
  if (p.v_low <= p.v_trip_low || p.v_charge >= p.v_trip_high)
    throw UserError(fmt::format(
        "bms '{}': v_trip_low < v_low and v_charge < v_trip_high are needed; otherwise every full "
        "charge or discharge trips",
        setup.id));
}

Bms::Sample Bms::measure(core::ProcessContext& c) {
  const double one_c = p_.cell_capacity / 3600.0;
  Sample s{};
  s.current = (c.in(kRate) + p_.current_offset + p_.current_noise * noise_.normal()) * one_c;
  s.voltage = c.in(kVoltage) + p_.voltage_noise * noise_.normal();
  // Sensors end at −70 and 230 °C.
  s.temp = std::clamp(c.in(kTemp), 203.15, 503.15);
  s.hottest = std::isfinite(c.in(kHottest)) ? c.in(kHottest) : s.temp;
  return s;
}

void Bms::estimate(const Sample& s, double dt) {
  if (m_.started == 0) {
    double soc = p_.soc_initial, sd = p_.soc_sd;
    if (soc < 0.0) {
      soc = std::clamp(p_.table->soc_of(s.voltage), 0.0, 1.0);
      // A rest voltage is known to the half width of the hysteresis.
      sd = std::clamp(0.02 / std::max(1e-3, p_.table->slope(soc)), sd, 0.3);
    }
    const double v = std::max(5e-3, p_.voltage_noise);
    filter_ = SocFilter(p_, soc, sd, p_.capacity_sd, {.voltage = v * v});
    return;
  }
  // Trapezoid of the current: it was held or moved on a line.
  const double mean = 0.5 * (s.current + m_.current);
  filter_.step(dt, mean, s.voltage + (mean - s.current) * p_.r0, s.temp, m_.resistance);

  const double one_c = p_.cell_capacity / 3600.0, step = s.current - m_.current;
  if (std::fabs(step) > 0.1 * one_c && dt <= 5.0) {
    const auto at = cell_point(p_, filter_.soc(), s.temp);
    const double shape = s.current + m_.current < 0.0 ? at.charge : at.discharge;
    const double model = shape * (p_.r0 + 0.5 * dt / p_.tau1 * p_.r1);
    const double seen = (m_.voltage - s.voltage) / step / model;
    if (seen > 0.3 && seen < 10.0) m_.resistance += 0.05 * (seen - m_.resistance);
  }
}

void Bms::go(State to, const std::string& why, core::ProcessContext& c) {
  if (state() == to) return;
  c.event("state", kStates[m_.state], kStates[static_cast<int64_t>(to)], why);
  c.discontinuity();
  m_.state = static_cast<int64_t>(to);
}

void Bms::protect(const Sample& s, double dt, core::ProcessContext& c) {
  const double one_c = p_.cell_capacity / 3600.0;
  if (state() == State::locked) return;
  std::string heat;
  if (s.hottest > p_.temp_trip)
    heat = fmt::format("hottest cell {:.1f} degC", s.hottest - kZero);
  else if (dt > 0.0 && (s.hottest - m_.hottest) / dt > p_.rise_trip)
    heat = fmt::format("hottest cell rises by {:.2f} K/s", (s.hottest - m_.hottest) / dt);
  else if (s.hottest - s.temp > p_.spread_trip)
    heat = fmt::format("hottest cell {:.1f} K over the mean", s.hottest - s.temp);
  else if (c.in(kGas) > 0.5)
    heat = "gas or smoke";
  if (!heat.empty()) {
    ++m_.trips;
    return go(State::locked, heat + "; the command reset returns", c);
  }
  if (s.hottest > p_.temp_warn && m_.warned == 0)
    c.event("warning", "", "hot", fmt::format("hottest cell {:.1f} degC", s.hottest - kZero));
  m_.warned = s.hottest > p_.temp_warn ? 1 : 0;

  if (state() == State::tripped) {
    if (c.now - m_.tripped_at >= core::from_seconds(p_.reset_delay)) go(State::ready, "", c);
    return;
  }
  std::string why;
  if (s.voltage < p_.v_trip_low)
    why = fmt::format("cell voltage {:.3f} V below {:.3f} V", s.voltage, p_.v_trip_low);
  else if (s.voltage > p_.v_trip_high)
    why = fmt::format("cell voltage {:.3f} V above {:.3f} V", s.voltage, p_.v_trip_high);
  else if (s.current > p_.current_trip * p_.discharge_rate * one_c ||
           -s.current > p_.current_trip * p_.charge_rate * one_c)
    why = fmt::format("current {:.2f} C", s.current / one_c);
  if (why.empty()) {
    m_.over_since = core::kNever;
    return;
  }
  if (m_.over_since == core::kNever) m_.over_since = c.now;
  if (c.now - m_.over_since < core::from_seconds(p_.trip_delay)) return;
  ++m_.trips;
  constexpr core::Nanoseconds kHour = core::Nanoseconds{3600} * 1000000000;
  m_.recent = m_.recent > 0 && c.now - m_.tripped_at < kHour ? m_.recent + 1 : 1;
  m_.tripped_at = c.now;
  m_.over_since = core::kNever;
  go(m_.recent >= 3 ? State::locked : State::tripped,
     m_.recent >= 3 ? why + "; third trip within an hour" : why, c);
}

void Bms::allow(const Sample& s, double dt, core::ProcessContext& c) {
  const double one_c = p_.cell_capacity / 3600.0, soc = filter_.soc();
  const auto at = cell_point(p_, std::clamp(soc, 0.0, 1.0), s.temp);
  const double pairs =
      dt > 0.0 ? p_.r1 * (1.0 - std::exp(-dt / p_.tau1)) + p_.r2 * (1.0 - std::exp(-dt / p_.tau2))
               : 0.0;
  const double slope = std::max(0.0, p_.table->slope(std::clamp(soc, 0.0, 1.0)));
  const double rise = slope * dt / p_.cell_capacity;
  const double r_charge = (p_.r0 + pairs) * at.charge * m_.resistance + rise,
               r_discharge = (p_.r0 + pairs) * at.discharge * m_.resistance + rise;
  constexpr double kFade = 0.02;
  const auto fade = [](double x) { return std::clamp(x / kFade, 0.0, 1.0); };

  const double table =
      p_.charge_rate * one_c * p_.table->charge_derating()(s.temp) * fade(p_.soc_max - soc);
  const double held = -s.current + (p_.v_charge - s.voltage) / r_charge;
  double charge = std::clamp(std::min(table, held), 0.0, table);
  const double room = -(p_.v_low - s.voltage) / r_discharge + s.current;
  const double most =
      p_.discharge_rate * one_c * p_.table->discharge_derating()(s.temp) * fade(soc - p_.soc_min);
  double discharge = std::clamp(std::min(most, room), 0.0, most);

  const bool near_full = s.voltage > p_.v_charge - 0.01;
  if (near_full && -s.current < 0.05 * one_c && s.current < 0.0) m_.full = 1;
  if (soc < p_.soc_max - 0.03 && s.voltage < p_.v_charge - 0.1) m_.full = 0;

  const bool wanted = p_.preheat == Preheat::always ||
                      (p_.preheat == Preheat::on_demand && c.in(kOrder) < 0.0 && m_.full == 0);
  const bool cold =
      p_.preheat != Preheat::off && s.temp < p_.charge_temp + (m_.warming ? 0.5 : 0.0);
  m_.warming = cold && wanted ? 1 : 0;
  if (cold || m_.full != 0) charge = 0.0;
  const bool open = state() == State::tripped || state() == State::locked;
  if (open) {
    charge = discharge = 0.0;
  } else {
    const State to = m_.warming                               ? State::warming
                     : m_.full                                ? State::full
                     : near_full && s.current < -0.02 * one_c ? State::constant_voltage
                                                              : State::ready;
    const std::string where = fmt::format("{:.1f} degC, {:.3f} V", s.temp - kZero, s.voltage);
    go(to, where, c);
  }
  const double n = static_cast<double>(p_.series) * p_.parallel;
  c.out(kChargeMax, n * charge * std::max(0.0, s.voltage + (charge + s.current) * r_charge));
  c.out(kDischargeMax,
        n * discharge * std::max(0.0, s.voltage - (discharge - s.current) * r_discharge));
  c.out(kEnable, open ? 0.0 : 1.0);
  c.out(kHeatSetpoint, wanted ? p_.warm_temp : p_.idle_temp);
}

void Bms::update(core::ProcessContext& c) {
  const Sample s = measure(c);
  const double dt = core::to_seconds(c.now - m_.last);
  estimate(s, dt);
  protect(s, m_.started != 0 ? dt : 0.0, c);
  allow(s, c.period(p_.period), c);
  const double truth = c.in(kTrueSoc);
  if (std::isfinite(truth)) {
    const double error = filter_.soc() - truth;
    m_.error_sum += error * error * dt;
    m_.error_time += dt;
    m_.error_max = std::max(m_.error_max, std::fabs(error));
  }
  c.out(kSoc, std::clamp(filter_.soc(), 0.0, 1.0));
  c.out(kSocSd, filter_.sd());
  c.out(kCapacity, filter_.capacity());
  c.out(kCapacitySd, filter_.capacity_sd());
  c.out(kResistance, m_.resistance);
  c.out(kState, static_cast<double>(m_.state));
  m_.started = 1;
  m_.last = c.now;
  m_.current = s.current;
  m_.voltage = s.voltage;
  m_.hottest = s.hottest;
  next_ = c.now + core::from_seconds(c.period(p_.period));
}

bool Bms::command(const std::string& name, double, core::ProcessContext& c) {
  if (name != "reset") return false;
  if (state() == State::locked) go(State::ready, "reset", c);
  m_.recent = 0;
  next_ = c.now;
  return true;
}

std::vector<core::ProcessKpi> Bms::kpis() const {
  std::vector<core::ProcessKpi> k{
      {"bms_trips", static_cast<double>(m_.trips), "1", "Trips of the battery management"}};
  if (m_.error_time > 0.0) {
    k.push_back({"bms_soc_error_rms", std::sqrt(m_.error_sum / m_.error_time), "1",
                 "Error of the estimated state of charge, root mean square"});
    k.push_back({"bms_soc_error_max", m_.error_max, "1",
                 "Error of the estimated state of charge, largest"});
  }
  return k;
}

void Bms::save(core::StateWriter& w) const {
  w.put(m_);
  w.put(next_);
  w.put(noise_.counter());
  filter_.save(w);
}

void Bms::load(core::StateReader& r) {
  r.get(m_);
  r.get(next_);
  uint64_t n = 0;
  r.get(n);
  noise_.set_counter(n);
  filter_ = SocFilter(p_, 0.5, 0.1, p_.capacity_sd,
                      {.voltage = std::pow(std::max(5e-3, p_.voltage_noise), 2)});
  filter_.load(r);
}

core::ProcessType bms_process() {
  core::ProcessType t;
  t.name = "bms";
  t.domain = "battery";
  t.help = "Battery management: estimates, limits, pre-heating, protection";
  t.params = &Bms::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Bms::Params>();
    Bms::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan(""), none = std::numeric_limits<double>::infinity();
  t.inputs = {
      {"c_rate", "1/h", "Current over capacity in one hour, positive = discharge", required},
      {"cell_voltage", "V", "Voltage of a cell", required},
      {"temp", "K", "Mean temperature of the cells", required},
      {"temp_max", "K", "Hottest cell; not connected: the mean", none},
      {"gas", "1", "1 when gas or smoke is detected", 0.0},
      {"order", "W", "Power wanted by the site, positive = discharge: pre-heats before a charge",
       -1.0},
      {"soc", "1", "True state of charge, for the error of the estimate alone", none}};
  t.outputs = {
      {"p_discharge_max", "W", "Power that the battery may give now"},
      {"p_charge_max", "W", "Power that the battery may take now"},
      {"enable", "1", "0 opens the contactors", 1.0},
      {"soc", "1", "Estimated state of charge", 0.5},
      {"soc_sd", "1", "Standard deviation of the estimate"},
      {"capacity_factor", "1", "Estimated capacity over new", 1.0},
      {"capacity_sd", "1", "Standard deviation of that estimate"},
      {"resistance_factor", "1", "Estimated resistance over new", 1.0},
      {"heat_setpoint", "K", "Set-point of the heater", kZero},
      {"state", "1", "0 ready, 1 warming, 2 constant voltage, 3 full, 4 tripped, 5 locked"}};
  t.commands = {"reset"};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<Bms>(*static_cast<const Bms::Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
