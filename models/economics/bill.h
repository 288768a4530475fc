#pragma once
// The bill of a site, month by month, from the energy of its quarters of an hour.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/economics/tariff.h"

namespace steppe::models {

/// Exact product of joules and nano-yuan per kWh. (Pedantic compilers want the marker.)
__extension__ using Exact = __int128;

/// Whole fen of such a sum, half away from zero: the one place where money is rounded.
int64_t fen_of_energy(Exact joule_nano);
/// Whole fen of an amount in yuan, half away from zero.
int64_t fen(double cny);
inline double yuan(int64_t fen) { return static_cast<double>(fen) / 100.0; }

struct BillTerms {
  DemandBasis basis = DemandBasis::measured;
  double contracted = 0.0;  ///< W (basis contracted) or VA (basis capacity)
  /// A month that was metered only in part pays that part of its demand charge.
  bool prorate = true;
};

struct BillLine {
  std::string name;  ///< "peak", "feed-in", "demand", "carbon"
  double quantity;   ///< J, W or kg
  double price;      ///< mean CNY/J, CNY/W or CNY/kg
  int64_t fen;       ///< what is paid
};

struct MonthBill {
  int year = 1970, month = 1;
  double demand = 0.0;   ///< W, highest 15-min mean of a whole quarter
  double covered = 0.0;  ///< metered share of the month's time
  std::vector<BillLine> lines;
  int64_t fen = 0;  ///< sum of the lines
};

struct Bill {
  std::vector<MonthBill> months;
  double import_energy = 0.0, export_energy = 0.0;  ///< J
  double carbon = 0.0;                              ///< kg, of the import
  int64_t energy_fen = 0;                           ///< energy and feed-in
  int64_t demand_fen = 0;
  int64_t carbon_fen = 0;
  bool has_demand = false;  ///< some whole quarter was metered, or the basis needs none
  int64_t total_fen() const { return energy_fen + demand_fen + carbon_fen; }
};

/// The registers of a two-way meter: energy by month and kind of price, highest demand. Plain
/// integers but for the demand; equal input gives equal bytes.
class Registers {
 public:
  /// Energy of (part of) one quarter: whole joules taken and given. A `whole` quarter counts for
  /// demand. `nano` is its price [nano-yuan/kWh]; the kind only names the line.
  void quarter(int64_t begin, int64_t seconds, int64_t import, int64_t export_, bool whole,
               PeriodKind kind, int64_t nano);
  Bill bill(const Tariff& tariff, const BillTerms& terms) const;
  /// Highest demand so far of the month that holds `epoch_second` [W].
  double demand(int64_t epoch_second) const;
  double import_energy() const;

  void save(core::StateWriter& w) const { w.put(months_); }
  void load(core::StateReader& r) { r.get(months_); }

 private:
  struct Month {
    int64_t month;
    int64_t seconds;  ///< metered
    int64_t whole;    ///< whole quarters
    int64_t demand;   ///< J in the quarter with the most
    int64_t given;    ///< J of export
    int64_t taken[kPeriodKinds];
    Exact cost[kPeriodKinds];
  };
  Month& at(int month);
  std::vector<Month> months_;
};

/// Follows a power that runs in straight lines between instants, cuts it at quarters and at changes
/// of direction, and books whole quarters into registers.
///
/// Exact for such a power: only the rounding of each quarter's energy to whole joules is left
/// (5·10⁻¹¹ of a quarter at 10 MW). A power that bends between the instants is off by at most
/// h²/12·|P″| (h: distance of instants), one that jumps by half a step of h·ΔP per jump, of either
/// sign.
class QuarterMeter {
 public:
  explicit QuarterMeter(const Tariff& t) : tariff_(t) {}
  /// Line from (t0, p0) to (t1, p1); times in ns of the epoch, powers in W, import positive.
  /// `price` [CNY/J] replaces the tariff's (spot market) for what lies on this line.
  void line(core::Nanoseconds t0, double p0, core::Nanoseconds t1, double p1,
            std::optional<double> price = {});
  /// Books what has been metered of the quarter in progress.
  void close();
  const Registers& registers() const { return registers_; }

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  void piece(core::Nanoseconds t0, double p0, core::Nanoseconds t1, double p1,
             const std::optional<double>& price);
  const Tariff& tariff_;
  Registers registers_;
  int64_t quarter_ = 0;  ///< begin of the quarter in progress, s of the epoch
  core::Nanoseconds covered_ = 0;
  double taken_ = 0.0, given_ = 0.0, spot_cost_ = 0.0;
  bool spot_ = false;
};

/// Bill of a series of 15-min means [W], the first one beginning at `start` (s of the epoch, on a
/// quarter). Throws UserError when it does not begin on a quarter.
Bill bill_of_means(const Tariff& tariff, const BillTerms& terms, int64_t start,
                   std::span<const double> means);

/// Demand that is paid for [W], of a measured highest 15-min mean.
double billed_demand(const TariffData& tariff, const BillTerms& terms, double measured);

/// The bill as text, a line each.
std::string bill_text(const Bill& bill);

}  // namespace steppe::models
