#pragma once
// Reads curves of a result file block by block on the worker thread, so that a plot can show what
// is there while the rest is being read. The curve that was asked for last is read first.
#include <QObject>
#include <QString>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gui/plot/series.h"
#include "sim/io/result_file.h"

namespace steppe::gui {

class Worker;

/// Which values of a file make one curve.
struct SeriesWish {
  std::string name;
  int unit = -1;        ///< of several; −1: all that a row holds
  int width = 1;        ///< of a row that is summed up
  bool single = false;  ///< single precision holds every value
  Between between = Between::linear;
};

/// Rows of `width` units -> the sum of each row.
std::vector<double> row_sums(const std::vector<double>& v, size_t width);

class SeriesReader final : public QObject {
  Q_OBJECT
 public:
  SeriesReader(Worker& worker, std::shared_ptr<io::ResultFile> file, TimeAxisPtr time);

  /// Asks for a curve; once more while it is being read: it comes before the others.
  void ask(const QString& key, const SeriesWish& wish);
  bool busy() const { return !open_.empty(); }
  /// What is there of a curve that is being read; nullptr: nothing yet.
  SeriesPtr so_far(const QString& key) const;

 Q_SIGNALS:
  void grew(const QString& key);
  /// `series` is nullptr when the file cannot be read.
  void done(const QString& key, std::shared_ptr<steppe::gui::Series> series);

 private:
  using Block = std::variant<std::vector<float>, std::vector<double>>;
  struct Curve {
    SeriesWish wish;
    std::shared_ptr<Series> series;
    size_t posted = 0;  ///< rows that the worker has or will read
    uint64_t asked = 0;
  };
  void post_blocks();
  void post(const QString& key, Curve& c);
  /// `asked`: values that the block should have.
  void take(const QString& key, const std::shared_ptr<Block>& block, size_t asked);
  static Block read(const io::ResultFile& file, const SeriesWish& wish, size_t at, size_t n);

  Worker& worker_;
  std::shared_ptr<io::ResultFile> file_;  // used by the worker thread only
  TimeAxisPtr time_;
  std::map<QString, Curve> open_;
  int in_flight_ = 0;
  uint64_t asked_ = 0;
};

}  // namespace steppe::gui
