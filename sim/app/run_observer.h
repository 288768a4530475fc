#pragma once
// Watches a run: recording windows, events, and the sums behind the KPIs.
#include <string>
#include <vector>

#include "sim/app/simulation.h"

namespace steppe::app {

class RunObserver final : public solve::Observer {
 public:
  RunObserver(core::System&, const std::vector<int>& recorded, io::Recorder*, const RunRequest&);
  void sample(double t, const core::System&, const double* outputs, const core::Ledger* rates,
              bool jump) override;
  void record(double t) override;
  void event(const solve::EventRecord&) override;

  std::vector<Kpi> kpis(const solve::RunSummary&, const Scenario&) const;
  const std::vector<solve::EventRecord>& events() const { return events_; }
  std::string take_last_event();
  /// Writes the rates of the ledger over the run as the table `accounts`: time [s], one column per
  /// account [W]. Some thousand instants, each a moment at which a row was recorded.
  void write_accounts(io::Recorder&) const;

 private:
  struct Source {
    core::ChannelRef::From from;
    int index;
  };
  /// A row inside the last step, along straight lines between its ends.
  void record_inside(double t);
  double read(const Source&, const double* outputs) const;
  double role_sum(core::Role, const double* outputs) const;
  void integrate_roles(double dt, const double* outputs, bool jump);

  void note_accounts(double t);

  core::System& s_;
  io::Recorder* recorder_;
  const RunRequest& request_;
  std::vector<Source> sources_;                        // recorded values in order
  std::vector<double> now_, last_, mean_, min_, max_;  ///< last_: at the begin of the last step
  double last_t_ = 0.0;
  double t_ = 0.0, window_start_ = 0.0;
  bool first_ = true, fresh_ = true;

  struct RoleValue {
    core::Role role;
    int output;
    double count;
    bool raised = false;  ///< a flag (lost, on battery) at the last sample
  };
  std::vector<RoleValue> roles_;
  // Sums over the run. Powers are integrated by the trapezoidal rule between samples.
  struct Sums {
    double site_power = 0.0, last_site_power = 0.0, exported = 0.0, peak = 0.0;
    double quarter_energy = 0.0, quarter_start = 0.0, peak_quarter = 0.0;
    double throughput = 0.0, last_battery = 0.0, min_soc = 2.0, capacity = 0.0;
    double max_inlet = 0.0, max_coolant = 0.0;
    double unserved = 0.0, last_unserved = 0.0, water = 0.0, last_water = 0.0;
    double transfers = 0.0, lost = 0.0;  ///< times that a flag rose, units counted
  } sums_;
  bool has_site_ = false, has_water_ = false, has_battery_ = false, has_ups_ = false,
       has_racks_ = false, has_unserved_ = false;
  std::vector<solve::EventRecord> events_;
  std::string last_event_;
  struct AccountRow {
    double t;
    core::LedgerArray rates;
  };
  std::vector<AccountRow> accounts_;
  const core::Ledger* sampled_rates_ = nullptr;  // of the last sample, where there are any
  core::Ledger rates_;                           // room for an evaluation
  double account_step_ = 0.0;     // least distance of two rows; doubles when there are too many
  std::vector<double> residual_;  // room for an evaluation
};

/// Bytes of the last checkpoint of a result; throws UserError when it has none. Whether it fits the
/// scenario is seen when it is loaded.
std::vector<char> last_checkpoint(const std::string& file);

}  // namespace steppe::app
