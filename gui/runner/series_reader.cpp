#include "gui/runner/series_reader.h"

#include <QPointer>
#include <algorithm>

#include "gui/runner/worker.h"

namespace steppe::gui {

namespace {

constexpr size_t kBlockValues = size_t{1} << 18;  // 1 ms of work for the thread of the window
constexpr int kInFlight = 2;                      // the worker does not wait for the window

}  // namespace

std::vector<double> row_sums(const std::vector<double>& v, size_t width) {
  std::vector<double> out(v.size() / width, 0.0);
  for (size_t i = 0; i < out.size() * width; ++i) out[i / width] += v[i];
  return out;
}

SeriesReader::SeriesReader(Worker& worker, std::shared_ptr<io::ResultFile> file, TimeAxisPtr time)
    : worker_(worker), file_(std::move(file)), time_(std::move(time)) {}

void SeriesReader::ask(const QString& key, const SeriesWish& wish) {
  if (time_->empty()) return;
  auto& c = open_[key];
  c.asked = ++asked_;
  if (c.series) return;
  c.wish = wish;
  c.series = std::make_shared<Series>(time_, wish.between);
  c.series->reserve(time_->size());
  post_blocks();
}

SeriesPtr SeriesReader::so_far(const QString& key) const {
  const auto it = open_.find(key);
  return it == open_.end() || it->second.series->size() == 0 ? nullptr : it->second.series;
}

void SeriesReader::post_blocks() {
  while (in_flight_ < kInFlight) {
    auto best = open_.end();
    for (auto it = open_.begin(); it != open_.end(); ++it)
      if (it->second.posted < time_->size() &&
          (best == open_.end() || it->second.asked > best->second.asked))
        best = it;
    if (best == open_.end()) return;
    post(best->first, best->second);
  }
}

void SeriesReader::post(const QString& key, Curve& c) {
  const size_t at = c.posted;
  const size_t n = std::min(std::max<size_t>(1, kBlockValues / static_cast<size_t>(c.wish.width)),
                            time_->size() - at);
  c.posted += n;
  ++in_flight_;
  const QPointer<SeriesReader> self(this);
  worker_.post([self, key, at, n, wish = c.wish, file = file_, &worker = worker_] {
    auto block = std::make_shared<Block>();
    try {
      *block = read(*file, wish, at, n);
    } catch (const std::exception&) {
      block.reset();
    }
    worker.deliver([self, key, block, n] {
      if (self) self->take(key, block, n);
    });
  });
}

SeriesReader::Block SeriesReader::read(const io::ResultFile& file, const SeriesWish& wish,
                                       size_t at, size_t n) {
  auto v =
      wish.unit < 0 ? file.read(wish.name, at, n) : file.read_unit(wish.name, wish.unit, at, n);
  if (wish.width > 1) v = row_sums(v, static_cast<size_t>(wish.width));
  if (!wish.single) return v;
  std::vector<float> out(v.size());
  std::transform(v.begin(), v.end(), out.begin(), [](double x) { return static_cast<float>(x); });
  return out;
}

void SeriesReader::take(const QString& key, const std::shared_ptr<Block>& block, size_t asked) {
  --in_flight_;
  const auto it = open_.find(key);
  if (it != open_.end()) {
    Curve& c = it->second;
    const size_t before = c.series->size();
    if (block) std::visit([&](const auto& v) { c.series->append(std::span(v)); }, *block);
    const size_t now = c.series->size();
    // A signal that ends before its time axis is whole at its end.
    if (!block || now - before < asked || now >= time_->size()) {
      const auto series = block ? c.series : nullptr;
      open_.erase(it);
      Q_EMIT done(key, series);
    } else {
      Q_EMIT grew(key);
    }
  }
  post_blocks();
}

}  // namespace steppe::gui
