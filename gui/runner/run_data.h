#pragma once
// One run as the views see it: a result file, or a run that is still going on. Signals are read
// when they are first asked for, on a background thread; views ask again when loaded() says so.
#include <QObject>
#include <QString>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gui/plot/series.h"
#include "gui/runner/series_reader.h"
#include "sim/app/simulation.h"
#include "sim/io/result_file.h"

namespace steppe::gui {

class Worker;

struct SignalInfo {
  QString name, unit, help;
  int width = 1;
  bool held = false;
  bool single = false;     ///< stored in single precision
  bool has_range = false;  ///< <name>_min and <name>_max exist
};

struct RunEvent {
  double time = 0.0;
  QString component, name, from, to, text;
  /// "trip: running → tripped", and with its component before it.
  QString what() const;
  QString title() const;
};

/// A heat map: mean of every unit in every column of time.
struct HeatMap {
  int columns = 0, units = 0;
  double t0 = 0.0, t1 = 0.0;
  std::vector<float> values;  ///< [unit · columns + column]
  double lo = 0.0, hi = 0.0;
};

/// Rates of the energy ledger [W] at some instants of the run.
struct AccountRates {
  std::vector<double> time;
  std::vector<std::pair<std::string, std::vector<double>>> rates;  ///< by account
};

class RunData final : public QObject {
  Q_OBJECT
 public:
  enum class Phase { queued, starting, running, paused, done, failed };

  RunData(Worker& worker, int number, QObject* parent);

  // --- what it is
  int number = 0;
  int color = 0;
  QString title, path, profile;
  QString message;  ///< why it failed
  std::string start = "2026-01-01 00:00:00";
  std::string source, resolved;
  Phase phase = Phase::done;
  QString status;  ///< "complete", "cancelled" …
  app::Progress progress;
  double wall_s = 0.0;
  double t_begin = 0.0, t_end = 0.0;
  uint64_t rows = 0;
  std::vector<SignalInfo> infos;
  std::vector<RunEvent> events;
  std::vector<io::ResultNumber> kpis, ledger;
  AccountRates accounts;  ///< empty: the result has none
  std::map<std::string, std::string> provenance;

  bool live() const { return phase == Phase::running || phase == Phase::paused; }
  bool usable() const { return rows > 0; }
  bool reading() const { return reader_ && reader_->busy(); }
  const SignalInfo* info(const QString& name) const;
  void index_infos();

  /// Reads names and attributes in the background; opened(error) follows.
  void open(const QString& file);

  /// "rack[3].inlet_temp", "rack[*].power" for the sum of all units, or a plain name. nullptr: is
  /// being read (loaded() follows) or unknown; a sum has no curve while its run goes on.
  SeriesPtr series(const QString& key);
  /// The same, or what is there of it while it is being read; grew(key) says when there is more.
  SeriesPtr series_so_far(const QString& key);
  /// Value at t, from a loaded series or, in long results, read as a single row; nullopt until it
  /// is there.
  std::optional<double> value(const QString& key, double t);
  /// Heat map of a signal with several units over the whole run; nullptr until it is there.
  std::shared_ptr<const HeatMap> heat_map(const QString& name);
  /// The finest map there is of [t0, t1]: while a map of that range is read, the one of the run.
  std::shared_ptr<const HeatMap> heat_map(const QString& name, double t0, double t1);
  bool failed_to_load(const QString& key) const { return broken_.count(key) > 0; }

  // --- a run in progress (GUI thread)
  void begin_live(const std::vector<io::ChannelSpec>& specs, double t_end_expected);
  /// Rows of all columns, row-major.
  void append_live(const std::vector<double>& times, const std::vector<float>& rows_in);
  /// Rates of the ledger [W] at t.
  void append_accounts(double t, const core::LedgerArray& rates);
  /// "rack[3].x" -> ("rack.x", 3); "rack[*].x" -> kAllUnits; without a unit −1.
  static constexpr int kAllUnits = -2;
  static std::pair<QString, int> split_key(const QString& key);
  static QString make_key(const QString& name, int unit);

 Q_SIGNALS:
  void opened(const QString& error);
  void loaded(const QString& key);
  void grew(const QString& key);
  void changed();

 private:
  void load_series(const QString& key);
  void make_reader();
  void load_heat(const QString& name, double t0, double t1, bool whole);

  static constexpr uint64_t kWholeRows = 400'000;  ///< above this a badge reads rows, not signals
  Worker& worker_;
  std::shared_ptr<io::ResultFile> file_;  // used by the worker thread only, after opening
  TimeAxisPtr time_;
  std::unique_ptr<SeriesReader> reader_;
  std::map<QString, std::shared_ptr<Series>> series_;
  std::map<QString, std::shared_ptr<const HeatMap>> heat_, heat_part_;
  std::map<QString, size_t> index_;
  std::set<QString> loading_, broken_;
  struct RowValue {
    double t = -1e300;
    std::optional<double> value;
  };
  std::map<QString, RowValue> row_values_;
  std::map<QString, std::pair<size_t, int>> live_columns_;  // name -> (first column, width)
  std::vector<std::shared_ptr<Series>> live_;
};

}  // namespace steppe::gui
