#include "gui/panels/inspector.h"

#include <fmt/format.h>

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTimer>
#include <cmath>
#include <filesystem>

#include "gui/diagram/component_values.h"
#include "gui/document/display.h"
#include "gui/session.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"
#include "sim/app/scenario.h"
#include "sim/base/units.h"

namespace steppe::gui {

namespace {

QLabel* label(const QString& text, int size, bool bold, const QColor& color = {}) {
  auto* l = new QLabel(text);
  QFont f = l->font();
  f.setPixelSize(size);
  f.setBold(bold);
  l->setFont(f);
  l->setTextFormat(Qt::PlainText);
  if (color.isValid()) {
    QPalette p = l->palette();
    // On a page with the colour of a text field, the role is Text.
    for (auto role : {QPalette::WindowText, QPalette::Text}) p.setColor(role, color);
    l->setPalette(p);
  }
  return l;
}

std::string in_unit(double si, const std::string& unit) {
  const auto u = parse_unit(unit.empty() ? "1" : unit);
  return fmt::format("{:.7g}", u ? (si - u->offset) / u->scale : si);
}

/// The parameter table that a block declares at its top.
std::vector<core::ParamInfo> block_parameters(const std::string& use, const std::string& scenario) {
  namespace fs = std::filesystem;
  std::vector<core::ParamInfo> out;
  std::error_code ec;
  fs::path file = fs::path(scenario).parent_path() / use;
  if (!fs::is_regular_file(file, ec))
    file = fs::path(app::home_dir()) / "scenarios" / "library" / (use + ".yaml");
  io::Node root;
  try {
    root = io::load_yaml_file(file.string());
  } catch (const Error&) {
    return out;  // the check says so
  }
  const io::Node* params = root.find("params");
  if (!params) return out;
  auto text_of = [](const io::Node& n, const char* key) {
    const io::Node* v = n.find(key);
    return v && v->is_scalar() ? v->scalar : std::string();
  };
  for (const auto& e : params->items) {
    core::ParamInfo info;
    info.name = e.key;
    info.unit = text_of(e.value, "unit");
    info.help = text_of(e.value, "help");
    info.kind = info.unit.empty() ? core::ParamKind::text : core::ParamKind::real;
    const std::string preset = text_of(e.value, "default");
    info.required = preset.empty();
    std::string error;
    if (info.kind == core::ParamKind::real && !preset.empty() &&
        preset.find('$') == std::string::npos)
      info.value = quantity_as(preset, info.unit, error);
    else
      info.value = preset;
    if (const auto lo = text_of(e.value, "min"); !lo.empty())
      info.bounds.lo = quantity_as(lo, info.unit, error);
    if (const auto hi = text_of(e.value, "max"); !hi.empty())
      info.bounds.hi = quantity_as(hi, info.unit, error);
    out.push_back(std::move(info));
  }
  return out;
}

}  // namespace

QString ParamRow::show(const core::ParamInfo& info, const core::ParamValue& v) {
  if (const auto* x = std::get_if<double>(&v)) return qs(in_unit(*x, info.unit));
  if (const auto* x = std::get_if<int64_t>(&v)) return QString::number(*x);
  if (const auto* x = std::get_if<bool>(&v)) return *x ? "true" : "false";
  if (const auto* x = std::get_if<std::string>(&v)) return qs(*x);
  QStringList parts;
  for (double x : std::get<std::vector<double>>(v)) parts << qs(in_unit(x, info.unit));
  return "[" + parts.join(", ") + "]";
}

QString ParamRow::problem_of(const core::ParamInfo& info, const QString& text) {
  // An expression is the engine's to judge.
  if (text.contains("${")) return {};
  if (info.kind == core::ParamKind::real || info.kind == core::ParamKind::integer) {
    std::string error;
    const double v = quantity_as(text.trimmed().toStdString(), info.unit, error);
    if (!error.empty()) return qs(error);
    if (info.kind == core::ParamKind::integer && v != std::round(v))
      return tr("must be a whole number");
    const core::ParamValue value = info.kind == core::ParamKind::integer
                                       ? core::ParamValue(static_cast<int64_t>(v))
                                       : core::ParamValue(v);
    return qs(core::ParamTableBase::check(info, value));
  }
  if (info.kind == core::ParamKind::choice)
    return qs(core::ParamTableBase::check(info, text.toStdString()));
  return {};
}

ParamRow::ParamRow(const core::ParamInfo& info, QString text, bool given, bool changed,
                   bool editable, QWidget* parent)
    : QWidget(parent), info_(info), original_(std::move(text)) {
  setObjectName(qs(info.name));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 0, 12, 4);
  column->setSpacing(1);
  auto* head = new QHBoxLayout;
  head->setSpacing(6);
  QString title = title_word(info.name);
  auto* name = label(title, 12, changed);
  head->addWidget(name, 1);
  const QString source = given ? tr("scenario") : info.required ? tr("required") : tr("default");
  head->addWidget(label(source, 12, false, given ? theme().accent : theme().secondary));
  column->addLayout(head);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  QString tip = "<p><b>" + qs(info.name).toHtmlEscaped() + "</b>";
  if (!info.unit.empty() && info.unit != "1") tip += " [" + qs(info.unit).toHtmlEscaped() + "]";
  tip += "<br>" + qs(info.help).toHtmlEscaped();
  if (!info.required) tip += "<br>" + tr("Default: %1").arg(show(info, info.value)).toHtmlEscaped();
  // "10 MW" says its unit itself; the bounds then say theirs.
  const bool own_unit =
      info.kind == core::ParamKind::real && original_.contains(' ') && !original_.contains("${");
  const bool bounded = std::isfinite(info.bounds.lo) || std::isfinite(info.bounds.hi);
  QString bounds;
  if (bounded && (info.kind == core::ParamKind::real || info.kind == core::ParamKind::integer ||
                  info.kind == core::ParamKind::list)) {
    auto one = [&](double x) {
      // Joules by the million tell nobody anything.
      constexpr double kLong = 1e5;
      if (std::isfinite(x) && (own_unit || std::abs(x) >= kLong))
        return qs(quantity(x, info.unit, 3));
      return std::isfinite(x) ? qs(number(std::strtod(in_unit(x, info.unit).c_str(), nullptr), 3))
                              : QString("∞");
    };
    auto trim = [](QString s) {
      if (s.contains('.') && !s.contains('e') && !s.contains(' ')) {
        while (s.endsWith('0')) s.chop(1);
        if (s.endsWith('.')) s.chop(1);
      }
      return s;
    };
    bounds = trim(one(info.bounds.lo)) + " … " + trim(one(info.bounds.hi));
    tip += "<br>" + tr("Bounds: %1").arg(bounds);
  }
  if (!info.source.empty()) tip += "<br>" + tr("Source: %1").arg(qs(info.source).toHtmlEscaped());
  setToolTip(tip + "</p>");
  if (info.kind == core::ParamKind::boolean) {
    auto* box = new QCheckBox;
    box->setChecked(original_ == "true");
    box->setEnabled(editable);
    connect(box, &QCheckBox::toggled, this, [this](bool on) { edit_done(on ? "true" : "false"); });
    field_ = box;
  } else if (info.kind == core::ParamKind::choice && !original_.contains("${")) {
    auto* box = new QComboBox;
    for (const auto& c : info.choices) box->addItem(qs(c));
    box->setCurrentText(original_);
    box->setEnabled(editable);
    connect(box, &QComboBox::textActivated, this, &ParamRow::edit_done);
    field_ = box;
  } else {
    auto* line = new QLineEdit(original_);
    line->setReadOnly(!editable);
    if (info.kind == core::ParamKind::real || info.kind == core::ParamKind::integer)
      line->setAlignment(Qt::AlignRight);
    connect(line, &QLineEdit::textEdited, this,
            [this](const QString& t) { set_problem(problem_of(info_, t)); });
    connect(line, &QLineEdit::editingFinished, this, [this, line] { edit_done(line->text()); });
    field_ = line;
  }
  field_->setAccessibleName(title);
  field_->setFixedHeight(24);
  const bool wide = info.kind == core::ParamKind::text || info.kind == core::ParamKind::file ||
                    info.kind == core::ParamKind::list;
  if (!wide) field_->setFixedWidth(110);
  if (changed) {
    auto* mark = new QWidget(field_);
    mark->setGeometry(0, 0, 3, 24);
    mark->setAutoFillBackground(true);
    QPalette p = mark->palette();
    p.setColor(QPalette::Window, theme().accent);
    mark->setPalette(p);
    mark->setToolTip(tr("Changed since the last run"));
  }
  row->addWidget(field_, wide ? 1 : 0);
  if (!own_unit && info.unit != "1" && !info.unit.empty() && !wide)
    row->addWidget(label(qs(info.unit), 12, false));
  if (bounds.isEmpty() && !wide) row->addStretch(1);
  if (!bounds.isEmpty() && !wide) {
    // A narrow dock cuts the bounds rather than the values; the tool tip has them all.
    auto* limits = label(bounds, 12, false, theme().secondary);
    limits->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    limits->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(limits, 1);
  }
  column->addLayout(row);
  problem_ = label({}, 12, false, theme().error);
  problem_->setWordWrap(true);
  problem_->hide();
  column->addWidget(problem_);
  if (given && !original_.isEmpty()) set_problem(problem_of(info_, original_));
}

QString ParamRow::text() const {
  if (const auto* l = qobject_cast<QLineEdit*>(field_)) return l->text();
  if (const auto* c = qobject_cast<QComboBox*>(field_)) return c->currentText();
  return static_cast<QCheckBox*>(field_)->isChecked() ? "true" : "false";
}

void ParamRow::set_problem(const QString& why) {
  QPalette p;
  if (!why.isEmpty()) {
    p.setColor(QPalette::Text, theme().error);
    p.setColor(QPalette::Base, theme().error_ground);
    // What the file already says cannot stay in use.
    problem_->setText(
        text() == original_ && !original_.isEmpty()
            ? text() + ' ' + why
            : tr("%1 %2. %3 stays in use.")
                  .arg(text(), why, original_.isEmpty() ? tr("The default") : original_));
  }
  field_->setPalette(p);
  problem_->setVisible(!why.isEmpty());
}

void ParamRow::edit_done(const QString& text) {
  const QString why = problem_of(info_, text);
  set_problem(why);
  if (why.isEmpty() && text != original_) Q_EMIT edited(qs(info_.name), text);
}

Inspector::Inspector(Session& session, QWidget* parent) : QScrollArea(parent), session_(session) {
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setMinimumWidth(288);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto rebuild_later = [this] {
    // After the edit that caused it has returned to its own row.
    QTimer::singleShot(0, this, [this] { rebuild(); });
  };
  connect(&session_, &Session::selection_changed, this, [this] { rebuild(); });
  connect(&session_, &Session::current_changed, this, [this] { rebuild(); });
  connect(&session_, &Session::text_changed, this, rebuild_later);
  connect(&session_, &Session::checked, this, rebuild_later);
  connect(&session_, &Session::theme_changed, this, [this] {
    shown_revision_ = UINT64_MAX;
    rebuild();
  });
  connect(&session_, &Session::run_changed, this, [this] {
    shown_revision_ = UINT64_MAX;
    rebuild();
    if (RunData* r = session_.run())
      connect(r, &RunData::loaded, this, &Inspector::update_values, Qt::UniqueConnection);
  });
  connect(&session_, &Session::cursor_changed, this, &Inspector::update_values);
  rebuild();
}

ParamRow* Inspector::row(const QString& name) {
  for (auto* r : rows_)
    if (qs(r->info().name) == name) return r;
  return nullptr;
}

QString Inspector::yaml_path_of(const QString& id) const {
  const Case* c = session_.current();
  if (!c) return {};
  for (const auto& item : c->document.components())
    if (qs(item.id) == id) return qs(item.path);
  return {};
}

void Inspector::rebuild() {
  const Case* c = session_.current();
  const QString id = session_.selection();
  const uint64_t revision = c ? c->document.revision() : 0;
  if (c && id == shown_id_ && revision == shown_revision_) return update_values();
  const int scroll = id == shown_id_ ? verticalScrollBar() ? verticalScrollBar()->value() : 0 : 0;
  const QString focused = focusWidget() && focusWidget()->parentWidget()
                              ? focusWidget()->parentWidget()->objectName()
                              : QString();
  shown_id_ = id;
  shown_revision_ = revision;
  rows_.clear();
  values_ = nullptr;
  auto* page = new QWidget;
  page->setAutoFillBackground(true);
  page->setBackgroundRole(QPalette::Base);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 10, 0, 10);
  column->setSpacing(4);
  setWidget(page);
  if (!c) {
    auto* hint = label(tr("Open a scenario to see its parameters"), 12, false, theme().secondary);
    hint->setContentsMargins(12, 0, 12, 0);
    hint->setWordWrap(true);
    column->addWidget(hint);
    column->addStretch();
    return;
  }
  if (id.isEmpty()) {
    add_site_page(column);
    column->addStretch();
    return;
  }
  // --- what it is
  std::string type, help, use, inherited;
  const core::ParamTableBase* table = nullptr;
  QString path = yaml_path_of(id);
  for (const auto& item : c->document.components())
    if (qs(item.id) == id) {
      type = item.type;
      use = item.use;
      inherited = item.from;
    }
  if (c->check && type.empty()) {
    for (const auto& p : c->check->plan.items)
      if (qs(p.id) == id) type = p.type;
    for (const auto& p : c->check->plan.processes)
      if (qs(p.id) == id) type = p.type;
  }
  const auto& registry = session_.registry();
  if (const auto it = registry.components.find(type); it != registry.components.end()) {
    table = it->second.params;
    help = it->second.help;
  } else if (const auto p = registry.processes.find(type); p != registry.processes.end()) {
    table = p->second.params;
    help = p->second.help;
  }
  auto* head = new QVBoxLayout;
  head->setContentsMargins(12, 0, 12, 6);
  head->setSpacing(2);
  title_ = label(id, 15, true);
  title_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  head->addWidget(title_);
  auto* what = label(use.empty() ? qs(type) + (help.empty() ? QString() : " · " + qs(help))
                                 : tr("block %1").arg(qs(use)),
                     12, false, theme().secondary);
  what->setWordWrap(true);
  head->addWidget(what);
  column->addLayout(head);
  values_ = new QLabel;
  values_->setTextFormat(Qt::RichText);
  values_->setContentsMargins(12, 0, 12, 0);
  values_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  QFont small = values_->font();
  small.setPixelSize(12);
  values_->setFont(small);
  column->addWidget(values_);

  // --- the form
  std::vector<core::ParamInfo> infos;
  if (table) infos = table->rows();
  auto add_rows = [&](bool inner) {
    if (infos.empty()) return;
    auto* line = new QHBoxLayout;
    line->setContentsMargins(12, 8, 12, 2);
    auto* parameters = label(tr("Parameters"), 13, true);
    line->addWidget(parameters, 1);
    size_t hidden = 0;
    const bool foldable = infos.size() > 8;
    std::vector<size_t> shown;
    const RunData* run = session_.run();
    ScenarioDocument before(run ? run->source : std::string());
    for (size_t i = 0; i < infos.size(); ++i) {
      const std::string yaml =
          inner ? std::string()
                : path.toStdString() + (path == "site.weather" ? "." : ".params.") + infos[i].name;
      const bool given = !yaml.empty() && c->document.value(yaml).has_value();
      if (foldable && !advanced_ && !given && !infos[i].required && shown.size() >= 8) {
        ++hidden;
        continue;
      }
      shown.push_back(i);
    }
    if (hidden > 0 || (foldable && advanced_)) {
      auto* more =
          new QPushButton(advanced_ ? tr("Show fewer") : tr("Show all (%1 more)").arg(hidden));
      more->setFlat(true);
      QPalette p = more->palette();
      p.setColor(QPalette::ButtonText, theme().accent);
      more->setPalette(p);
      connect(more, &QPushButton::clicked, this, [this] {
        advanced_ = !advanced_;
        shown_revision_ = UINT64_MAX;
        QTimer::singleShot(0, this, [this] { rebuild(); });
      });
      line->addWidget(more);
    }
    column->addLayout(line);
    for (size_t i : shown) {
      const auto& info = infos[i];
      const QString yaml =
          inner ? QString() : path + (path == "site.weather" ? "." : ".params.") + qs(info.name);
      const auto value = inner ? std::nullopt : c->document.value(yaml.toStdString());
      const QString text = value           ? qs(*value)
                           : info.required ? QString()
                                           : ParamRow::show(info, info.value);
      bool changed = false;
      if (run && !run->source.empty() && !inner)
        changed = before.value(yaml.toStdString()) != value;
      auto* r = new ParamRow(info, text, value.has_value(), changed,
                             !inner && !c->read_only && inherited.empty(), page);
      connect(r, &ParamRow::edited, this, [this, yaml, r](const QString&, const QString& t) {
        const QString why = session_.set_value(yaml, t);
        if (!why.isEmpty()) r->set_problem(why);
      });
      column->addWidget(r);
      rows_.push_back(r);
    }
  };
  const bool inner = path.isEmpty();
  if (inner) {
    // Inside a block: shown as the engine resolved it; it is edited through the block's parameters.
    if (c->check && !c->check->resolved.empty()) {
      ScenarioDocument resolved(c->check->resolved);
      for (auto& info : infos)
        if (const auto v = resolved.value(
                fmt::format("components[{}].params.{}", id.toStdString(), info.name))) {
          info.required = false;
          std::string error;
          if (info.kind == core::ParamKind::real)
            info.value = quantity_as(*v, info.unit, error);
          else if (info.kind == core::ParamKind::text || info.kind == core::ParamKind::choice)
            info.value = *v;
        }
    }
    auto* note = label(
        tr("Part of a block: change it through the parameters of %1").arg(id.section('.', 0, 0)),
        12, false, theme().secondary);
    note->setWordWrap(true);
    note->setContentsMargins(12, 4, 12, 0);
    column->addWidget(note);
  }
  if (!inherited.empty()) {
    auto* note = label(tr("Inherited from %1: change it there").arg(qs(inherited)), 12, false,
                       theme().secondary);
    note->setWordWrap(true);
    note->setContentsMargins(12, 4, 12, 0);
    column->addWidget(note);
  }
  if (!use.empty()) {
    infos = block_parameters(use, c->document.path());
  }
  add_rows(inner);
  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(12, 8, 12, 0);
  auto* show_yaml = new QPushButton(tr("Show in YAML"));
  connect(show_yaml, &QPushButton::clicked, this, [this, path, id] {
    const Case* now = session_.current();
    if (!now) return;
    const QString block = path.isEmpty() ? yaml_path_of(id.section('.', 0, 0)) : path;
    session_.show_line({}, now->document.line_of(block.toStdString()));
  });
  buttons->addWidget(show_yaml);
  auto* plot = new QPushButton(tr("Plot"));
  connect(plot, &QPushButton::clicked, this, [this, id] {
    if (RunData* r = session_.run())
      if (const auto list = signals_of(*r, id); !list.empty())
        Q_EMIT session_.plot_wanted(list[0]->name);
  });
  buttons->addWidget(plot);
  column->addLayout(buttons);
  column->addStretch();
  update_values();
  verticalScrollBar()->setValue(scroll);
  if (!focused.isEmpty())
    if (ParamRow* r = row(focused)) r->field()->setFocus();
}

void Inspector::add_site_page(QVBoxLayout* column) {
  const Case* c = session_.current();
  auto* head = label(c->document.name().empty() ? c->title : qs(c->document.name()), 15, true);
  head->setWordWrap(true);
  head->setContentsMargins(12, 0, 12, 0);
  column->addWidget(head);
  if (!c->document.note().empty()) {
    auto* note = label(qs(c->document.note()), 12, false, theme().secondary);
    note->setWordWrap(true);
    note->setContentsMargins(12, 0, 12, 4);
    column->addWidget(note);
  }
  // The few numbers of the file that belong to no component.
  struct Field {
    const char *path, *name, *unit, *help;
  };
  for (const Field& f : {Field{"run.until", "until", "s", "Length of the run"},
                         Field{"run.seed", "seed", "1", "Seed of all random streams"},
                         Field{"site.altitude", "altitude", "m", "Altitude of the site"},
                         Field{"site.start", "start", "", "Local standard time at the start"}}) {
    const auto v = c->document.value(f.path);
    if (!v) continue;
    core::ParamInfo info;
    info.name = f.name;
    info.kind = core::ParamKind::text;
    info.help = f.help;
    auto* r = new ParamRow(info, qs(*v), true, false, !c->read_only, widget());
    connect(r, &ParamRow::edited, this,
            [this, path = QString(f.path), r](const QString&, const QString& t) {
              const QString why = session_.set_value(path, t);
              if (!why.isEmpty()) r->set_problem(why);
            });
    column->addWidget(r);
    rows_.push_back(r);
  }
  auto* hint =
      label(tr("Select a component in the tree or the diagram to see its values and parameters."),
            12, false, theme().secondary);
  hint->setWordWrap(true);
  hint->setContentsMargins(12, 8, 12, 0);
  column->addWidget(hint);
}

void Inspector::update_values() {
  if (!values_) return;
  RunData* r = session_.run();
  if (!r || !r->usable()) {
    values_->hide();
    return;
  }
  QString html = "<table width='100%' cellspacing='0' cellpadding='2'>";
  int rows = 0;
  const auto list = signals_of(*r, shown_id_);
  const int unit = list.empty() ? 0 : view_of(*r, shown_id_, session_.cursor()).unit;
  if (!list.empty() && list[0]->width > 1)
    html += QString("<tr><td colspan='2'><span style='color:%1'>%2</span></td></tr>")
                .arg(theme().secondary.name(), tr("unit %1 of %2").arg(unit).arg(list[0]->width));
  for (const SignalInfo* i : list) {
    if (rows++ >= 14) break;
    const auto v =
        r->value(i->width > 1 ? RunData::make_key(i->name, std::min(unit, i->width - 1)) : i->name,
                 session_.cursor());
    const QString text = value_text(*i, v);
    html +=
        QString(
            "<tr><td><span style='color:%1'>%2</span></td><td align='right'><b>%3</b></td></tr>")
            .arg(theme().secondary.name(),
                 title_word(i->name.mid(shown_id_.size() + 1).toStdString()).toHtmlEscaped(),
                 text.toHtmlEscaped());
  }
  html += "</table>";
  values_->setText(html);
  values_->setVisible(rows > 0);
}

}  // namespace steppe::gui
