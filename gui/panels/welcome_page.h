#pragma once
// First screen: shipped scenarios as cards, recent files, a place to drop files.
#include <QScrollArea>
#include <vector>

#include "sim/core/registry.h"

class QGridLayout;
class QVBoxLayout;
class QLineEdit;

namespace steppe::gui {

struct ShippedScenario {
  QString path, title, text, duration;
  bool study = false;
  QStringList domains;  ///< icons: "grid", "battery", "cooling" …
};
/// Reads the scenario files of a folder; what is no scenario is left out.
std::vector<ShippedScenario> shipped_scenarios(const QString& folder, const core::Registry&);

class WelcomePage final : public QScrollArea {
  Q_OBJECT
 public:
  WelcomePage(const core::Registry& registry, QWidget* parent);
  void set_recent(const QStringList& files);
  void retranslate();

 Q_SIGNALS:
  void open_wanted(const QString& path);
  void run_wanted(const QString& path);
  void open_dialog_wanted();
  void new_wanted();
  void clear_recent_wanted();

 protected:
  void resizeEvent(QResizeEvent*) override;

 private:
  void rebuild();
  void arrange();
  const core::Registry& registry_;
  std::vector<ShippedScenario> scenarios_;
  QStringList recent_;
  std::vector<QWidget*> cards_;
  QGridLayout* grid_ = nullptr;
  QLineEdit* filter_ = nullptr;
  QString kind_;  ///< domain of the cards shown; "": all
  QString wanted_;
};

}  // namespace steppe::gui
