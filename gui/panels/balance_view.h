#pragma once
// Where the energy of a run came from and where it went: a Sankey picture of the ledger.
#include <QWidget>
#include <string>
#include <vector>

namespace steppe::gui {

class Session;

struct BalanceFlow {
  std::string name;
  double energy = 0.0;  ///< J, positive
};
/// The ledger as three columns: sources, uses, and where the heat ended. A negative source (export,
/// charging) stands among the uses.
struct Balance {
  std::vector<BalanceFlow> sources, uses, sinks;
  double total = 0.0;
};
Balance balance_of(const std::vector<std::pair<std::string, double>>& ledger);

class BalanceView final : public QWidget {
  Q_OBJECT
 public:
  BalanceView(Session& session, QWidget* parent);
  QString export_to(const QString& file);

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  void draw(QPainter& p, const QRectF& area) const;
  Session& session_;
};

}  // namespace steppe::gui
