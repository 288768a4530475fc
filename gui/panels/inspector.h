#pragma once
// Values of the selected component at the cursor, and a form made from its parameter table: unit,
// bounds, default, help and source of every row. Text that is no valid value stays, red, with its
// reason; the file keeps the last valid one.
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <map>
#include <memory>
#include <vector>

#include "sim/core/param_table.h"

namespace steppe::gui {

class Session;

/// One row of the form.
class ParamRow final : public QWidget {
  Q_OBJECT
 public:
  ParamRow(const core::ParamInfo& info, QString text, bool given, bool changed, bool editable,
           QWidget* parent);
  /// "" when the text can stand in the file.
  static QString problem_of(const core::ParamInfo& info, const QString& text);
  /// A value as the form shows it, in the row's unit.
  static QString show(const core::ParamInfo& info, const core::ParamValue& v);
  const core::ParamInfo& info() const { return info_; }
  QString text() const;
  QWidget* field() { return field_; }
  void set_problem(const QString& why);

 Q_SIGNALS:
  void edited(const QString& name, const QString& text);

 private:
  void edit_done(const QString& text);
  core::ParamInfo info_;
  QString original_;
  QWidget* field_ = nullptr;
  QLabel* problem_ = nullptr;
};

class Inspector final : public QScrollArea {
  Q_OBJECT
 public:
  Inspector(Session& session, QWidget* parent);
  ParamRow* row(const QString& name);

 private:
  void rebuild();
  void update_values();
  void add_site_page(QVBoxLayout* column);
  QString yaml_path_of(const QString& id) const;
  Session& session_;
  QLabel* title_ = nullptr;
  QLabel* values_ = nullptr;
  std::vector<ParamRow*> rows_;
  uint64_t shown_revision_ = UINT64_MAX;
  QString shown_id_;
  bool advanced_ = false;
  bool editing_ = false;
};

}  // namespace steppe::gui
