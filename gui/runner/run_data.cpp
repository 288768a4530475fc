#include "gui/runner/run_data.h"

#include <QFileInfo>
#include <QPointer>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/runner/worker.h"
#include "gui/style/text.h"
#include "gui/style/words.h"

namespace steppe::gui {

QString RunEvent::what() const {
  QString t = event_word(name);
  if (!to.isEmpty())
    t += from.isEmpty() ? ": " + mode_word(to) : ": " + mode_word(from) + " → " + mode_word(to);
  return t;
}

QString RunEvent::title() const {
  return component.isEmpty() || component == name ? what() : component + " " + what();
}

RunData::RunData(Worker& worker, int n, QObject* parent)
    : QObject(parent), number(n), worker_(worker), time_(std::make_shared<TimeAxis>()) {}

const SignalInfo* RunData::info(const QString& name) const {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &infos[it->second];
}

void RunData::index_infos() {
  index_.clear();
  for (size_t i = 0; i < infos.size(); ++i) index_[infos[i].name] = i;
  for (auto& i : infos)
    i.has_range = index_.count(i.name + "_min") > 0 && index_.count(i.name + "_max") > 0;
}

std::pair<QString, int> RunData::split_key(const QString& key) {
  static const QRegularExpression pattern("\\[(\\d+|\\*)\\]");
  const auto m = pattern.match(key);
  if (!m.hasMatch()) return {key, -1};
  QString plain = key;
  plain.remove(m.capturedStart(), m.capturedLength());
  return {plain, m.captured(1) == "*" ? kAllUnits : m.captured(1).toInt()};
}

QString RunData::make_key(const QString& name, int unit) {
  if (unit < 0 && unit != kAllUnits) return name;
  const auto dot = name.lastIndexOf('.');
  const QString index = unit == kAllUnits ? QString("[*]") : QString("[%1]").arg(unit);
  return dot < 0 ? name + index : name.left(dot) + index + name.mid(dot);
}

void RunData::open(const QString& file) {
  path = file;
  title = QFileInfo(file).completeBaseName();
  const QPointer<RunData> self(this);
  worker_.post([self, file, &worker = worker_] {
    struct Found {
      std::shared_ptr<io::ResultFile> file;
      std::string status, start, source, resolved, error;
      std::vector<SignalInfo> infos;
      std::vector<RunEvent> events;
      std::vector<io::ResultNumber> kpis, ledger;
      AccountRates accounts;
      std::map<std::string, std::string> provenance;
      std::vector<double> time;
    };
    auto f = std::make_shared<Found>();
    try {
      f->file = std::make_shared<io::ResultFile>(io::ResultFile::open(file.toStdString()));
      const auto& r = *f->file;
      f->status = r.status();
      f->start = r.start();
      f->source = r.text("/scenario/source");
      f->resolved = r.text("/scenario/resolved");
      for (const auto& s : r.signals())
        f->infos.push_back({qs(s.name), qs(told_unit(s.name, s.unit)), qs(s.long_name), s.width,
                            s.zoh, s.single_precision, false});
      for (const auto& e : r.events())
        f->events.push_back(
            {e.time, qs(e.component), qs(e.name), qs(e.from), qs(e.to), qs(e.text)});
      f->kpis = r.kpis();
      f->ledger = r.ledger();
      for (const auto& c : r.columns("accounts"))
        if (c.name == "time")
          f->accounts.time = r.read_column("accounts", c.name);
        else
          f->accounts.rates.emplace_back(c.name, r.read_column("accounts", c.name));
      f->provenance = r.provenance();
      f->time = r.time();
    } catch (const std::exception& e) {
      f->error = e.what();
    }
    worker.deliver([self, f] {
      if (!self) return;
      auto& d = *self;
      if (!f->error.empty()) {
        d.phase = Phase::failed;
        d.message = qs(f->error);
        Q_EMIT d.opened(d.message);
        return;
      }
      d.file_ = f->file;
      d.status = qs(f->status);
      d.start = f->start;
      d.source = std::move(f->source);
      d.resolved = std::move(f->resolved);
      d.infos = std::move(f->infos);
      d.events = std::move(f->events);
      d.kpis = std::move(f->kpis);
      d.ledger = std::move(f->ledger);
      d.accounts = std::move(f->accounts);
      d.provenance = std::move(f->provenance);
      d.index_infos();
      // Curves of the live phase make way for what the file says.
      d.live_.clear();
      d.live_columns_.clear();
      d.series_.clear();
      d.heat_.clear();
      d.heat_part_.clear();
      d.time_ = std::make_shared<TimeAxis>(std::move(f->time));
      d.make_reader();
      d.rows = d.time_->size();
      d.t_begin = d.time_->empty() ? 0.0 : d.time_->front();
      d.t_end = d.time_->empty() ? 0.0 : d.time_->back();
      d.phase = Phase::done;
      Q_EMIT d.opened({});
      Q_EMIT d.changed();
    });
  });
}

SeriesPtr RunData::series(const QString& key) {
  if (!live_columns_.empty()) {
    const auto [name, unit] = split_key(key);
    const auto it = live_columns_.find(name);
    if (it == live_columns_.end() || unit >= it->second.second || unit == kAllUnits) return nullptr;
    return live_[it->second.first + static_cast<size_t>(std::max(0, unit))];
  }
  if (const auto it = series_.find(key); it != series_.end()) return it->second;
  load_series(key);
  return nullptr;
}

SeriesPtr RunData::series_so_far(const QString& key) {
  if (auto whole = series(key)) return whole;
  return reader_ && live_columns_.empty() ? reader_->so_far(key) : nullptr;
}

void RunData::load_series(const QString& key) {
  if (!reader_ || broken_.count(key)) return;
  const auto [name, unit] = split_key(key);
  const SignalInfo* what = info(name);
  if (!what || unit >= what->width) {
    broken_.insert(key);
    return;
  }
  const bool sum = unit == kAllUnits && what->width > 1;
  reader_->ask(key, {name.toStdString(), what->width > 1 && !sum ? std::max(0, unit) : -1,
                     sum ? what->width : 1, what->single && !sum,
                     what->held ? Between::hold : Between::linear});
}

void RunData::make_reader() {
  reader_ = std::make_unique<SeriesReader>(worker_, file_, time_);
  connect(reader_.get(), &SeriesReader::grew, this, &RunData::grew);
  connect(reader_.get(), &SeriesReader::done, this,
          [this](const QString& key, const std::shared_ptr<Series>& s) {
            if (s)
              series_[key] = s;
            else
              broken_.insert(key);
            Q_EMIT loaded(key);
          });
}

std::optional<double> RunData::value(const QString& key, double t) {
  if (const auto [name, unit] = split_key(key); unit == kAllUnits && !live_columns_.empty()) {
    const auto it = live_columns_.find(name);
    if (it == live_columns_.end()) return std::nullopt;
    double sum = 0.0;
    for (int u = 0; u < it->second.second; ++u) {
      const auto v = live_[it->second.first + static_cast<size_t>(u)]->at(t);
      if (!v) return std::nullopt;
      sum += *v;
    }
    return sum;
  }
  if (!live_columns_.empty() || rows <= kWholeRows || series_.count(key)) {
    const auto s = series(key);
    return s ? s->at(t) : std::nullopt;
  }
  // A long result: one row instead of the whole signal. Held values only: a badge needs no
  // interpolation between rows a second apart.
  auto& known = row_values_[key];
  if (known.t == t || broken_.count(key)) return known.value;
  const auto [name, unit] = split_key(key);
  const SignalInfo* what = info(name);
  if (!what || !file_) return std::nullopt;
  known.t = t;
  const auto next =
      static_cast<uint64_t>(std::upper_bound(time_->begin(), time_->end(), t) - time_->begin());
  const uint64_t row = next == 0 ? 0 : next - 1;
  const QPointer<RunData> self(this);
  worker_.post(
      [self, key, t, row, name = name.toStdString(),
       column = what->width > 1 && unit != kAllUnits ? std::max(0, unit) : -1,
       width = static_cast<size_t>(what->width), file = file_, &worker = worker_] {
        std::optional<double> v;
        try {
          const auto read = column < 0 ? row_sums(file->read(name, row, 1), width)
                                       : file->read_unit(name, column, row, 1);
          if (!read.empty() && !std::isnan(read[0])) v = read[0];
        } catch (const std::exception&) {
        }
        worker.deliver([self, key, t, v] {
          if (!self) return;
          auto& k = self->row_values_[key];
          if (k.t != t) return;
          k.value = v;
          Q_EMIT self->loaded(key);
        });
      },
      true);
  return known.value;
}

std::shared_ptr<const HeatMap> RunData::heat_map(const QString& name) {
  if (const auto it = heat_.find(name); it != heat_.end()) return it->second;
  if (rows >= 2) load_heat(name, t_begin, t_end, true);
  return nullptr;
}

std::shared_ptr<const HeatMap> RunData::heat_map(const QString& name, double t0, double t1) {
  auto all = heat_map(name);
  constexpr double kWorthwhile = 0.3;  // of the run: above this its own columns are fine enough
  t0 = std::max(t0, t_begin);
  t1 = std::min(t1, t_end);
  if (!all || !(t1 > t0) || t1 - t0 > kWorthwhile * (t_end - t_begin)) return all;
  if (const auto it = heat_part_.find(name); it != heat_part_.end()) {
    const HeatMap& m = *it->second;
    if (m.t0 <= t0 && m.t1 >= t1 && m.t1 - m.t0 < 4.0 * (t1 - t0)) return it->second;
  }
  // With half a width on both sides, so that panning need not wait each time.
  const double more = 0.5 * (t1 - t0);
  load_heat(name, std::max(t_begin, t0 - more), std::min(t_end, t1 + more), false);
  return all;
}

void RunData::load_heat(const QString& name, double t0, double t1, bool whole) {
  const SignalInfo* what = info(name);
  const QString job = (whole ? "heat:" : "part:") + name;
  if (!what || what->width < 2 || !file_ || loading_.count(job) || broken_.count(job)) return;
  loading_.insert(job);
  const QPointer<RunData> self(this);
  worker_.post([self, name, job, whole, t0, t1, n = name.toStdString(), width = what->width,
                file = file_, time = time_, &worker = worker_] {
    const auto first =
        static_cast<size_t>(std::lower_bound(time->begin(), time->end(), t0) - time->begin());
    const auto last =
        static_cast<size_t>(std::upper_bound(time->begin(), time->end(), t1) - time->begin());
    auto map = std::make_shared<HeatMap>();
    map->units = width;
    map->columns = static_cast<int>(std::min<size_t>(1600, std::max<size_t>(1, last - first)));
    map->t0 = t0;
    map->t1 = t1;
    const size_t cells = static_cast<size_t>(map->columns) * static_cast<size_t>(width);
    std::vector<double> sum(cells, 0.0);
    std::vector<uint32_t> count(cells, 0);
    try {
      const uint64_t block =
          std::max<uint64_t>(1, (uint64_t{1} << 20) / static_cast<uint64_t>(width));
      for (uint64_t at = first; at < last; at += block) {
        const uint64_t rows_now = std::min<uint64_t>(block, last - at);
        const auto v = file->read(n, at, rows_now);
        for (uint64_t r = 0; r < rows_now; ++r) {
          const double share = ((*time)[at + r] - map->t0) / std::max(1e-9, map->t1 - map->t0);
          const auto c = std::min(static_cast<size_t>(share * map->columns),
                                  static_cast<size_t>(map->columns - 1));
          for (size_t u = 0; u < static_cast<size_t>(width); ++u) {
            const double x = v[r * static_cast<size_t>(width) + u];
            if (std::isnan(x)) continue;
            sum[u * static_cast<size_t>(map->columns) + c] += x;
            ++count[u * static_cast<size_t>(map->columns) + c];
          }
        }
      }
    } catch (const std::exception&) {
      map.reset();
    }
    if (map) {
      map->values.assign(cells, std::nanf(""));
      Extremes<float> e;
      for (size_t i = 0; i < cells; ++i)
        if (count[i]) e.add(map->values[i] = static_cast<float>(sum[i] / count[i]));
      if (e.valid()) {
        map->lo = static_cast<double>(e.lo);
        map->hi = static_cast<double>(e.hi);
      }
    }
    worker.deliver([self, name, job, whole, map] {
      if (!self) return;
      self->loading_.erase(job);
      if (!map) self->broken_.insert(job);
      if (map) (whole ? self->heat_ : self->heat_part_)[name] = map;
      Q_EMIT self->loaded(name);
    });
  });
}

void RunData::begin_live(const std::vector<io::ChannelSpec>& specs, double t_end_expected) {
  infos.clear();
  live_.clear();
  live_columns_.clear();
  time_ = std::make_shared<TimeAxis>();
  for (const auto& s : specs) {
    const bool held = s.kind == io::ChannelSpec::Kind::zoh;
    infos.push_back(
        {qs(s.name), qs(told_unit(s.name, s.unit)), qs(s.long_name), s.width, held, true, false});
    live_columns_[qs(s.name)] = {live_.size(), s.width};
    for (int u = 0; u < s.width; ++u)
      live_.push_back(std::make_shared<Series>(time_, held ? Between::hold : Between::linear));
  }
  index_infos();
  accounts = {};
  t_begin = 0.0;
  t_end = t_end_expected;
  rows = 0;
  phase = Phase::running;
  Q_EMIT changed();
}

void RunData::append_live(const std::vector<double>& times, const std::vector<float>& rows_in) {
  const size_t width = live_.size();
  if (width == 0 || rows_in.size() != width * times.size()) return;
  time_->insert(time_->end(), times.begin(), times.end());
  std::vector<float> column(times.size());
  for (size_t c = 0; c < width; ++c) {
    for (size_t r = 0; r < times.size(); ++r) column[r] = rows_in[r * width + c];
    live_[c]->append(std::span<const float>(column));
  }
  rows = time_->size();
}

void RunData::append_accounts(double t, const core::LedgerArray& rates) {
  if (accounts.rates.empty())
    for (const auto& info : core::kAccountInfo)
      accounts.rates.emplace_back(std::string(info.name), std::vector<double>());
  accounts.time.push_back(t);
  for (size_t a = 0; a < rates.size(); ++a) accounts.rates[a].second.push_back(rates[a]);
}

}  // namespace steppe::gui
