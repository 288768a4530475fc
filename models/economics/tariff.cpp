#include "models/economics/tariff.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

namespace steppe::models {
namespace {

constexpr int64_t kDaySeconds = 86400;
constexpr double kJoulePerKwh = 3.6e6;

/// Places of a data file: of a key, or of one entry of its list. The reader checks every value by
/// itself and has forgotten the places when the lists are compared with each other.
class Places {
 public:
  explicit Places(const std::string& file) {
    if (file.empty()) return;
    std::ifstream in(file, std::ios::binary);
    auto text = std::make_shared<SourceText>();
    text->name = file;
    text->text.assign(std::istreambuf_iterator<char>(in), {});
    source_ = std::move(text);
  }

  SourceLoc at(const std::string& key, size_t entry) const {
    SourceLoc loc{source_, 0, 0, 1};
    if (!source_) return loc;
    const std::string& t = source_->text;
    size_t at = find_key(key);
    if (at == std::string::npos) return loc;
    loc = place(at, key.size());
    at = t.find('[', at);
    if (at == std::string::npos) return loc;
    for (++at; at < t.size() && t[at] != ']'; ++at) {
      if (t[at] == ',') {
        if (entry-- == 0) break;
      } else if (t[at] == '#') {
        at = std::min(t.find('\n', at), t.size() - 1);
      } else if (entry == 0 && !std::isspace(static_cast<unsigned char>(t[at]))) {
        return place(at, std::max<size_t>(1, t.find_first_of(",]# \n", at) - at));
      }
    }
    return loc;
  }
  SourceLoc at(const std::string& key) const {
    SourceLoc loc{source_, 0, 0, 1};
    const size_t i = source_ ? find_key(key) : std::string::npos;
    return i == std::string::npos ? loc : place(i, key.size());
  }

 private:
  size_t find_key(const std::string& key) const {
    const std::string& t = source_->text;
    for (size_t i = t.find(key + ":"); i != std::string::npos; i = t.find(key + ":", i + 1))
      if (i == 0 || t[i - 1] == '\n') return i;
    return std::string::npos;
  }
  SourceLoc place(size_t at, size_t length) const {
    const std::string& t = source_->text;
    const auto begin = t.begin(), here = begin + static_cast<std::ptrdiff_t>(at);
    const size_t last = at == 0 ? std::string::npos : t.rfind('\n', at - 1);
    return {source_, 1 + static_cast<int>(std::count(begin, here, '\n')),
            static_cast<int>(last == std::string::npos ? at + 1 : at - last),
            static_cast<int>(length)};
  }
  SourceTextPtr source_;
};

std::string clock(double seconds) {
  const auto minutes = static_cast<int>(std::lround(seconds / 60.0));
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string clock(int quarter) { return clock(900.0 * quarter); }

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

}  // namespace

const char* period_name(PeriodKind kind) {
  switch (kind) {
    case PeriodKind::deep_valley:
      return "deep valley";
    case PeriodKind::valley:
      return "valley";
    case PeriodKind::flat:
      return "flat";
    case PeriodKind::peak:
      return "peak";
    case PeriodKind::critical_peak:
      return "critical peak";
  }
  return "";
}

const core::ParamTable<TariffData>& tariff_table() {
  using T = TariffData;
  static const auto table = [] {
    core::ParamTable<T> t;
    t.text("place", &T::place, "", "Where the tariff holds")
        .text("date", &T::date, "", "State of the figures")
        .text("source", &T::source, "", "Where the figures come from")
        .group("energy")
        .real("base_price", &T::base_price, "CNY/kWh", core::required(0.45), {0.01, 10},
              "Price in the flat period, all parts that follow the time of use")
        .real("adder", &T::adder, "CNY/kWh", 0.0, {-1, 5},
              "Added at every hour: levies, transmission, line loss that do not follow the time")
        .list("season_of_month", &T::season_of_month, "1", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
              {1, 12}, "Season of each month, January first")
        .list("holidays", &T::holidays, "1", {}, {101, 1231},
              "Days with the prices of a weekend, as 100 · month + day: 101 is 1 January")
        .list("window_season", &T::window_season, "1", {}, {1, 12}, "Season of each window")
        .list(
            "window_days", &T::window_days, "1", {}, {1, 3},
            "Days of each window: 1 every day, 2 Monday to Friday, 3 weekends and holidays; empty: "
            "every day")
        .list("window_start", &T::window_start, "h", {}, {0, 24}, "Begin of each window")
        .list("window_end", &T::window_end, "h", {}, {0, 24},
              "End of each window; before its begin: over midnight")
        .list("window_kind", &T::window_kind, "1", {}, {1, 5},
              "1 deep valley, 2 valley, 3 flat, 4 peak, 5 critical peak")
        .list("window_multiplier", &T::window_multiplier, "1", {}, {0, 10},
              "Price of each window over base_price")
        .group("demand")
        .real("demand_price", &T::demand_price, "CNY/kW", 0.0, {0, 500},
              "Demand charge of a month, per kW of demand")
        .real("capacity_price", &T::capacity_price, "CNY/kW", 0.0, {0, 500},
              "Charge of a month per kVA of transformers, instead of demand")
        .real("excess_tolerance", &T::excess_tolerance, "1", 1.05, {1, 2},
              "Share of the contracted demand that may be used at its price")
        .real("excess_multiplier", &T::excess_multiplier, "1", 2.0, {1, 10},
              "Price of what lies above, over demand_price")
        .group("feed-in and carbon")
        .real("feed_in_price", &T::feed_in_price, "CNY/kWh", 0.0, {-1, 5}, "Paid for export")
        .real("carbon_factor", &T::carbon_factor, "kg/kWh", 0.0, {0, 2},
              "Carbon dioxide of the energy from the grid")
        .real("carbon_price", &T::carbon_price, "CNY/kg", 0.0, {0, 10},
              "Paid for carbon dioxide; 0: not paid");
    return t;
  }();
  return table;
}

namespace {
std::chrono::sys_days day_of(int64_t epoch_second) {
  const int64_t d = epoch_second / kDaySeconds - (epoch_second % kDaySeconds < 0 ? 1 : 0);
  return std::chrono::sys_days{std::chrono::days{d}};
}
}  // namespace

bool weekend(int64_t epoch_second) {
  return std::chrono::weekday{day_of(epoch_second)}.iso_encoding() >= 6;
}

int month_of(int64_t epoch_second) {
  using namespace std::chrono;
  const year_month_day date{day_of(epoch_second)};
  return 12 * (static_cast<int>(date.year()) - 1970) +
         static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

int64_t month_begin(int month) {
  using namespace std::chrono;
  const sys_days d{year_month_day{year{1970}, std::chrono::month{1}, day{1}} + months{month}};
  return kDaySeconds * d.time_since_epoch().count();
}

int64_t nano_price(double cny_per_joule) {
  return std::llround(cny_per_joule * kJoulePerKwh * 1e9);
}

Tariff::Tariff(TariffData data, const std::string& file) : data_(std::move(data)) {
  const Places places(file);
  Diagnostics d;
  const std::string who = fmt::format("tariff '{}'", data_.name);
  const auto& t = data_;
  const size_t n = t.window_start.size();
  if (data_.window_days.empty()) data_.window_days.assign(n, static_cast<double>(DayKind::every));
  const auto fatal = [&](const std::string& key, const std::string& text, const std::string& hint) {
    throw UserError(places.at(key), who + ": " + text, hint);
  };
  if (n == 0) fatal("window_start", "it has no price windows", "list the windows of every season");
  const std::pair<const char*, const std::vector<double>*> lists[] = {
      {"window_season", &t.window_season},
      {"window_days", &t.window_days},
      {"window_end", &t.window_end},
      {"window_kind", &t.window_kind},
      {"window_multiplier", &t.window_multiplier}};
  for (const auto& [key, list] : lists)
    if (list->size() != n)
      fatal(key, fmt::format("{} has {} entries, window_start has {}", key, list->size(), n),
            "one entry for each window in every list");
  if (t.season_of_month.size() != 12)
    fatal("season_of_month",
          fmt::format("months without data: season_of_month has {} entries instead of 12",
                      t.season_of_month.size()),
          "one season for each month, January first");

  const auto whole = [&](const char* key, const std::vector<double>& list, int most) {
    for (size_t i = 0; i < list.size(); ++i)
      if (list[i] != std::floor(list[i]) || list[i] > most)
        d.error(places.at(key, i),
                fmt::format("{}: {} {} is not one of 1…{}", who, key, list[i], most));
  };
  whole("season_of_month", t.season_of_month, 12);
  whole("window_season", t.window_season, 12);
  whole("window_days", t.window_days, 3);
  whole("window_kind", t.window_kind, kPeriodKinds);
  for (size_t i = 0; i < t.holidays.size(); ++i) {
    const double month = std::floor(t.holidays[i] / 100.0), day = t.holidays[i] - 100.0 * month;
    // Of a leap year, so that 29 February can be one.
    if (const std::chrono::year_month_day date{std::chrono::year{2024},
                                               std::chrono::month{static_cast<unsigned>(month)},
                                               std::chrono::day{static_cast<unsigned>(day)}};
        day != std::floor(day) || !date.ok())
      d.error(places.at("holidays", i),
              fmt::format("{}: holidays {} is no day of the year", who, t.holidays[i]),
              "100 · month + day: 1006 is 6 October");
  }
  const auto on_quarter = [&](const char* key, const std::vector<double>& list) {
    for (size_t i = 0; i < list.size(); ++i)
      if (std::abs(std::remainder(list[i], 900.0)) > 1e-6)
        d.error(places.at(key, i),
                fmt::format("{}: a window at {} does not meet a quarter of an hour", who,
                            clock(list[i])),
                "meters count in quarters: use hours such as 6, 6.25, 6.5");
  };
  on_quarter("window_start", t.window_start);
  on_quarter("window_end", t.window_end);
  d.throw_if_errors();

  const auto seasons = static_cast<size_t>(
      std::max(*std::max_element(t.season_of_month.begin(), t.season_of_month.end()),
               *std::max_element(t.window_season.begin(), t.window_season.end())));
  seasons_.resize(seasons);
  for (size_t i = 0; i < n; ++i) {
    auto& season = seasons_[static_cast<size_t>(t.window_season[i]) - 1];
    const auto on = static_cast<DayKind>(static_cast<int>(t.window_days[i]));
    const auto from = static_cast<int>(std::lround(t.window_start[i] / 900.0));
    const auto to = static_cast<int>(std::lround(t.window_end[i] / 900.0));
    int length = to - from;
    if (length < 0) length += kQuartersPerDay;
    if (length == 0)
      d.error(places.at("window_start", i),
              fmt::format("{}: a window begins and ends at {}", who, clock(from)),
              "a whole day is written from 0 to 24");
    bool told = false;
    for (int k = 0; k < 2 * length; ++k) {
      if (on == (k < length ? DayKind::weekend : DayKind::working)) continue;
      const int q = (from + k % length) % kQuartersPerDay;
      Slot& s = season[k < length ? 0 : 1][static_cast<size_t>(q)];
      if (s.window >= 0 && !told) {
        const auto other = static_cast<size_t>(s.window);
        d.error(places.at("window_start", i),
                fmt::format("{}: windows of season {} overlap from {}{}: {}–{} and {}–{}", who,
                            t.window_season[i], clock(q), k < length ? "" : " at weekends",
                            clock(t.window_start[other]), clock(t.window_end[other]),
                            clock(t.window_start[i]), clock(t.window_end[i])),
                "", places.at("window_start", other));
        told = true;
      }
      if (s.window >= 0) continue;
      s.kind = static_cast<PeriodKind>(static_cast<int>(t.window_kind[i]));
      s.multiplier = t.window_multiplier[i];
      s.nano = models::nano_price(t.base_price * s.multiplier + t.adder);
      s.window = static_cast<int>(i);
    }
  }
  const auto none = [](const Day& day) {
    return std::all_of(day.begin(), day.end(), [](const Slot& s) { return s.window < 0; });
  };
  for (size_t m = 0; m < 12; ++m) {
    season_[m] = static_cast<int>(t.season_of_month[m]) - 1;
    const auto& season = seasons_[static_cast<size_t>(season_[m])];
    if (none(season[0]) && none(season[1]))
      d.error(places.at("season_of_month", m),
              fmt::format("{}: {} has no data: season {} has no windows", who, kMonths[m],
                          season_[m] + 1));
  }
  for (size_t s = 0; s < seasons; ++s) {
    const auto& season = seasons_[s];
    if (none(season[0]) && none(season[1])) continue;
    const auto missing = [&](size_t kind, int q) {
      return season[kind][static_cast<size_t>(q)].window < 0;
    };
    for (size_t kind = 0; kind < 2; ++kind)
      for (int q = 0; q < kQuartersPerDay; ++q) {
        // A gap of both kinds of days is told once.
        const auto gap = [&](int at) {
          return missing(kind, at) && (kind == 0 || !missing(0, at));
        };
        if (!gap(q)) continue;
        const auto same = [&](int at) { return missing(1 - kind, at) == missing(1 - kind, q); };
        int end = q;
        while (end < kQuartersPerDay && gap(end) && same(end)) ++end;
        d.error(
            places.at("window_start"),
            fmt::format("{}: season {} has a gap from {} to {}{}", who, s + 1, clock(q), clock(end),
                        missing(1 - kind, q) ? ""
                        : kind == 0          ? " on working days"
                                             : " at weekends"),
            "add a window, for example a flat one");
        q = end - 1;
      }
  }
  d.throw_if_errors();
}

const Tariff::Day& Tariff::day(int64_t epoch_second) const {
  const std::chrono::year_month_day date{day_of(epoch_second)};
  const auto m = static_cast<unsigned>(date.month()), d = static_cast<unsigned>(date.day());
  const bool rest = weekend(epoch_second) || std::find(data_.holidays.begin(), data_.holidays.end(),
                                                       100.0 * m + d) != data_.holidays.end();
  return seasons_[static_cast<size_t>(season_[m - 1])][rest ? 1 : 0];
}

const Tariff::Slot& Tariff::slot(int64_t epoch_second) const {
  int64_t s = epoch_second % kDaySeconds;
  if (s < 0) s += kDaySeconds;
  return day(epoch_second)[static_cast<size_t>(s / kQuarter)];
}

double Tariff::price(int64_t epoch_second) const {
  return data_.base_price * slot(epoch_second).multiplier + data_.adder;
}

double Tariff::mean_multiplier(int month) const {
  const auto& season = seasons_[static_cast<size_t>(season_.at(static_cast<size_t>(month) - 1))];
  double sum = 0.0;
  for (size_t q = 0; q < kQuartersPerDay; ++q)
    sum += 5.0 * season[0][q].multiplier + 2.0 * season[1][q].multiplier;
  return sum / (7.0 * kQuartersPerDay);
}

std::array<double, 2> Tariff::price_range(int64_t epoch_second) const {
  double lo = std::numeric_limits<double>::infinity(), hi = -lo;
  for (const Slot& s : day(epoch_second)) {
    lo = std::min(lo, s.multiplier);
    hi = std::max(hi, s.multiplier);
  }
  return {data_.base_price * lo + data_.adder, data_.base_price * hi + data_.adder};
}

int64_t Tariff::window_left(int64_t epoch_second) const {
  const Slot& here = slot(epoch_second);
  int64_t t = epoch_second - ((epoch_second % kQuarter) + kQuarter) % kQuarter;
  const int64_t most = epoch_second + kDaySeconds;
  do t += kQuarter;
  while (t < most && slot(t).kind == here.kind && slot(t).multiplier == here.multiplier);
  return std::min(t, most) - epoch_second;
}

Tariff load_tariff(const core::ProcessSetup& setup, const std::string& name,
                   const std::string& file) {
  if (!setup.read_yaml) throw UserError("a tariff is a data file, and this run cannot read one");
  if (name.empty() && file.empty())
    throw UserError(
        fmt::format("'{}' names no tariff; set 'tariff: west-inner-mongolia'", setup.id));
  const std::string path =
      file.empty() ? fmt::format("{}/tariffs/{}.yaml", setup.data_dir, name) : file;
  if (file.empty() && !std::ifstream(path))
    throw UserError(fmt::format(
        "'{}': there is no tariff '{}' ({}); a file of your own goes into 'tariff_file'", setup.id,
        name, path));
  TariffData data;
  tariff_table().set_defaults(&data);
  setup.read_yaml(path, tariff_table(), &data);
  const size_t slash = path.find_last_of('/');
  data.name = slash == std::string::npos ? path : path.substr(slash + 1);
  data.name = data.name.substr(0, data.name.rfind('.'));
  return Tariff(std::move(data), path);
}

}  // namespace steppe::models
