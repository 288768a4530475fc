#pragma once
// Accounts of the energy ledger. Rates are in W, integrals in J; every joule that enters leaves, is
// stored, or shows up in the residual.
#include <array>
#include <string_view>
#include <vector>

namespace steppe::core {

/// Three kinds of account:
///  source   energy that enters the electrical side from outside the model (grid, renewables, the
///  cells' chemistry) use      electricity turned into heat, by purpose sink     heat that leaves
///  the model
enum Account : int {
  kGridImport,   // source: net power from the utility; negative while exporting
  kGenset,       // source
  kRenewable,    // source
  kBatteryChem,  // source: power given by cell chemistry; negative while charging
  kUseIt,        // use: computing load at the input of the IT equipment (ISO/IEC 30134-2)
  kUseCooling,   // use
  kUseChain,     // use: losses of transformers, converters, cables, batteries
  kUseOther,     // use: lighting, offices, controls
  kToAmbient,  // sink: sensible heat to outdoor air (coolers, condensers, walls, outdoor equipment)
  kToWater,    // sink: latent heat of evaporated water
  kToReuse,    // sink: heat sold
  kElectricStore,  // rate of energy stored in fields (capacitors, rotors), as far as it is not
                   // lhs·dy/dt of a state
  kHeatStore,      // rate of heat stored as far as it is not lhs·dy/dt of a thermal state
  kAccounts
};

struct AccountInfo {
  std::string_view name, help;
};
inline constexpr std::array<AccountInfo, kAccounts> kAccountInfo{{
    {"grid_import", "Energy from the utility, net"},
    {"genset", "Electric energy from gensets"},
    {"renewable", "Electric energy from on-site renewables"},
    {"battery_chemistry", "Energy released by cell chemistry, net of charging"},
    {"it", "Electric energy at the input of the IT equipment"},
    {"cooling", "Electric energy used by cooling"},
    {"loss_chain", "Electric energy lost in the power chain"},
    {"other", "Other electric energy"},
    {"to_ambient", "Heat to outdoor air"},
    {"to_water", "Heat carried off by evaporated water"},
    {"to_reuse", "Heat sold"},
    {"electric_store", "Energy stored in fields"},
    {"heat_store", "Heat stored outside thermal states"},
}};

/// +1 where the account feeds the electrical balance, −1 where it draws from it.
inline constexpr std::array<int, kAccounts> kElectricSign{+1, +1, +1, +1, -1, -1, -1,
                                                          -1, 0,  0,  0,  -1, 0};
/// Same for the heat balance.
inline constexpr std::array<int, kAccounts> kHeatSign{0,  0,  0,  0,  +1, +1, +1,
                                                      +1, -1, -1, -1, 0,  -1};

using LedgerArray = std::array<double, kAccounts>;

/// Accounts of a whole system, kept apart by type of component: the rows of System::ledger_rows().
class Ledger {
 public:
  Ledger() = default;
  explicit Ledger(size_t rows) : rows_(rows) {}
  LedgerArray& row(size_t i) { return rows_[i]; }
  const LedgerArray& row(size_t i) const { return rows_[i]; }
  size_t rows() const { return rows_.size(); }
  void clear() {
    for (auto& r : rows_) r.fill(0.0);
  }
  /// this += factor · other, of equal size.
  void add(double factor, const Ledger& other) {
    for (size_t i = 0; i < rows_.size(); ++i)
      for (size_t a = 0; a < kAccounts; ++a) rows_[i][a] += factor * other.rows_[i][a];
  }
  LedgerArray total() const {
    LedgerArray sum{};
    for (const auto& r : rows_)
      for (size_t a = 0; a < kAccounts; ++a) sum[a] += r[a];
    return sum;
  }
  /// For a checkpoint, or a solver that wants one vector.
  std::vector<LedgerArray>& values() { return rows_; }
  const std::vector<LedgerArray>& values() const { return rows_; }

 private:
  std::vector<LedgerArray> rows_;
};

}  // namespace steppe::core
