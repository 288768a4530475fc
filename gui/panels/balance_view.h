#pragma once
// Where the energy of a run came from and where it went: a Sankey picture of the ledger.
#include <QWidget>
#include <string>
#include <vector>

class QComboBox;

namespace steppe::gui {

class Session;
struct AccountRates;

struct BalanceFlow {
  std::string name;
  double energy = 0.0;  ///< J, or W at one instant; positive
};
/// The ledger as three columns: sources, uses, and where the heat ended. A negative source (export,
/// charging) stands among the uses.
struct Balance {
  std::vector<BalanceFlow> sources, uses, sinks;
  double total = 0.0;
};
using Ledger = std::vector<std::pair<std::string, double>>;
Balance balance_of(const Ledger& ledger);
/// Energy of every account in [t0, t1] [J], from its rates along straight lines between instants.
Ledger ledger_between(const AccountRates&, double t0, double t1);
/// Rates at t [W].
Ledger ledger_at(const AccountRates&, double t);

/// The name of an account in the language of the window.
QString account_title(const std::string& name);

class BalanceView final : public QWidget {
  Q_OBJECT
 public:
  BalanceView(Session& session, QWidget* parent);
  QString export_to(const QString& file);
  enum class Span { run, range, cursor };
  void set_span(Span);

 protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;

 private:
  void draw(QPainter& p, const QRectF& area) const;
  Session& session_;
  QComboBox* choice_;
  Span span_ = Span::run;
};

}  // namespace steppe::gui
