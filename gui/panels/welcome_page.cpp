#include "gui/panels/welcome_page.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QTextLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/document/display.h"
#include "gui/document/scenario_document.h"
#include "gui/style/icons.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "sim/app/scenario.h"

namespace steppe::gui {

namespace {

QLabel* text_label(const QString& text, int size, bool bold, bool secondary = false) {
  auto* l = new QLabel(text);
  l->setTextFormat(Qt::PlainText);
  QFont f = l->font();
  f.setPixelSize(size);
  f.setBold(bold);
  l->setFont(f);
  if (secondary) {
    QPalette p = l->palette();
    for (auto role : {QPalette::WindowText, QPalette::Text}) p.setColor(role, theme().secondary);
    l->setPalette(p);
  }
  return l;
}

QPushButton* link_button(const QString& text) {
  auto* b = new QPushButton(text);
  b->setFlat(true);
  QPalette p = b->palette();
  p.setColor(QPalette::ButtonText, theme().accent);
  b->setPalette(p);
  b->setCursor(Qt::PointingHandCursor);
  b->setFixedWidth(QFontMetrics(b->font()).horizontalAdvance(text) + 8);
  return b;
}

/// A frame with a thin border that shows the focus; Enter runs.
class Card final : public QFrame {
 public:
  std::function<void()> activated;
  explicit Card(QWidget* parent = nullptr) : QFrame(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setBrush(theme().base);
    p.setPen(QPen(hasFocus() ? theme().accent : theme().border, hasFocus() ? 2 : 1));
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
  }
  void focusInEvent(QFocusEvent*) override { update(); }
  void focusOutEvent(QFocusEvent*) override { update(); }
  void keyPressEvent(QKeyEvent* e) override {
    if (e->key() == Qt::Key_Return || e->key() == Qt::Key_Enter)
      activated();
    else
      QFrame::keyPressEvent(e);
  }
};

/// Text over a fixed number of lines; what does not fit ends in an ellipsis.
class LinesLabel final : public QWidget {
 public:
  LinesLabel(QString text, int lines, QWidget* parent = nullptr)
      : QWidget(parent), text_(std::move(text)), lines_(lines) {
    QFont f = font();
    f.setPixelSize(13);
    setFont(f);
    setFixedHeight(lines_ * QFontMetrics(f).lineSpacing() + 2);
    setToolTip(text_);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setPen(theme().secondary);
    const QFontMetrics metrics(font());
    QTextLayout layout(text_, font());
    layout.beginLayout();
    for (int n = 0; n < lines_; ++n) {
      QTextLine line = layout.createLine();
      if (!line.isValid()) break;
      line.setLineWidth(width());
      QString shown = text_.mid(line.textStart(), line.textLength());
      if (n + 1 == lines_)
        shown = metrics.elidedText(text_.mid(line.textStart()), Qt::ElideRight, width());
      p.drawText(QPointF(0, n * metrics.lineSpacing() + metrics.ascent()), shown);
    }
    layout.endLayout();
  }

 private:
  QString text_;
  int lines_;
};

/// The parts of a site in a row, joined by a line.
class PartsStrip final : public QWidget {
 public:
  explicit PartsStrip(QStringList parts, QWidget* parent = nullptr)
      : QWidget(parent), parts_(std::move(parts)) {
    setFixedHeight(50);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Theme& t = theme();
    p.setPen(t.border);
    p.setBrush(t.ground);
    p.drawRect(rect().adjusted(0, 0, -1, -1));
    if (parts_.isEmpty()) return;
    const double step = static_cast<double>(width()) / static_cast<double>(parts_.size());
    p.setPen(QPen(t.ac, 2));
    p.drawLine(QPointF(0.5 * step, height() / 2.0), QPointF(width() - 0.5 * step, height() / 2.0));
    for (qsizetype i = 0; i < parts_.size(); ++i) {
      const QPointF c((static_cast<double>(i) + 0.5) * step, height() / 2.0);
      p.setPen(QPen(series_color(static_cast<int>(i)), 1.5));
      p.setBrush(t.base);
      p.drawEllipse(c, 17, 17);
      icon(parts_[i], series_color(static_cast<int>(i)))
          .paint(&p, QRect(static_cast<int>(c.x()) - 10, static_cast<int>(c.y()) - 10, 20, 20));
    }
  }

 private:
  QStringList parts_;
};

class DropZone final : public QWidget {
 public:
  DropZone() { setMinimumHeight(130); }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    QColor fill = theme().accent;
    fill.setAlpha(18);
    p.setBrush(fill);
    p.setPen(QPen(theme().accent, 1.5, Qt::DashLine));
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
  }
};

/// What the card of a shipped scenario says in another language; `original` where the translation
/// files have nothing.
QString card_words(const QString& stem, const char* part, const QString& original) {
  static const char* const kCards[] = {
      QT_TRANSLATE_NOOP("Cards", "ulanqab-day title"),
      QT_TRANSLATE_NOOP("Cards", "ulanqab-day text"),
      QT_TRANSLATE_NOOP("Cards", "studies/cdu-pump-trip title"),
      QT_TRANSLATE_NOOP("Cards", "studies/cdu-pump-trip text"),
      QT_TRANSLATE_NOOP("Cards", "studies/blackout-to-genset title"),
      QT_TRANSLATE_NOOP("Cards", "studies/blackout-to-genset text"),
      QT_TRANSLATE_NOOP("Cards", "studies/dip-ride-through title"),
      QT_TRANSLATE_NOOP("Cards", "studies/dip-ride-through text"),
      QT_TRANSLATE_NOOP("Cards", "deepseek-day title"),
      QT_TRANSLATE_NOOP("Cards", "deepseek-day text"),
      QT_TRANSLATE_NOOP("Cards", "studies/year-of-cooling title"),
      QT_TRANSLATE_NOOP("Cards", "studies/year-of-cooling text"),
      QT_TRANSLATE_NOOP("Cards", "studies/training-swings title"),
      QT_TRANSLATE_NOOP("Cards", "studies/training-swings text"),
      QT_TRANSLATE_NOOP("Cards", "studies/battery-sizing title"),
      QT_TRANSLATE_NOOP("Cards", "studies/battery-sizing text"),
      QT_TRANSLATE_NOOP("Cards", "studies/district-heating title"),
      QT_TRANSLATE_NOOP("Cards", "studies/district-heating text")};
  const QString key = stem + ' ' + part;
  for (const char* k : kCards)
    if (key == k)
      if (const QString there = QCoreApplication::translate("Cards", k); there != key) return there;
  return original;
}

}  // namespace

std::vector<ShippedScenario> shipped_scenarios(const QString& folder,
                                               const core::Registry& registry) {
  std::vector<ShippedScenario> out;
  QStringList files;
  for (const QString& sub : {QString("."), QString("studies"), QString("examples")})
    for (const auto& f :
         QDir(folder + "/" + sub).entryInfoList({"*.yaml"}, QDir::Files, QDir::Name))
      files << QDir::cleanPath(f.filePath());
  for (const auto& file : files) {
    ShippedScenario s;
    s.path = file;
    try {
      const auto d = ScenarioDocument::open(file.toStdString());
      s.study = d.value("study").has_value();
      if (!d.parse_error().empty() || (d.components().empty() && !s.study)) continue;
      s.title = d.name().empty() ? QFileInfo(file).completeBaseName() : qs(d.name());
      s.text = qs(d.note());
      if (s.study) s.title = qs(title_of(qs(*d.value("study")).replace('-', '_').toStdString()));
      s.duration = qs(d.value(s.study ? "until" : "run.until").value_or(""));
      // Without a note the comment at the top says what the file is about.
      if (s.text.isEmpty())
        for (const auto& line : qs(d.text()).split('\n')) {
          if (!line.startsWith('#')) break;
          const QString words = line.mid(1).trimmed();
          if (words.isEmpty()) break;
          s.text += (s.text.isEmpty() ? "" : " ") + words;
        }
      static const QStringList kOrder{"environment", "grid", "battery", "power",   "template",
                                      "thermal",     "load", "cooling", "controls"};
      QStringList found{s.study ? "" : "grid"};
      if (s.study)
        s.domains << "template"
                  << "plots"
                  << "compare";
      if (d.value("site.weather")) found << "environment";
      for (const auto& c : d.components()) {
        if (!c.use.empty()) {
          const QString use = qs(c.use);
          found << (use.contains("bess") || use.contains("battery") ? "battery"
                    : use.contains("plant") || use.contains("cool") ? "cooling"
                                                                    : "thermal");
          continue;
        }
        if (const auto it = registry.components.find(c.type); it != registry.components.end())
          found << qs(it->second.domain);
        else if (const auto p = registry.processes.find(c.type); p != registry.processes.end())
          found << qs(p->second.domain);
      }
      for (const auto& o : kOrder)
        if (found.contains(o)) s.domains << (o == "grid" ? "power" : o);
      s.domains.removeDuplicates();
    } catch (const Error&) {
      continue;
    }
    out.push_back(std::move(s));
  }
  // What shows most at first sight comes first.
  static const QStringList kFirst{"ulanqab-day",      "cdu-pump-trip",  "blackout-to-genset",
                                  "dip-ride-through", "deepseek-day",   "year-of-cooling",
                                  "training-swings",  "battery-sizing", "district-heating"};
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    auto rank = [](const ShippedScenario& s) {
      const auto at = kFirst.indexOf(QFileInfo(s.path).completeBaseName());
      return at < 0 ? kFirst.size() : at;
    };
    return rank(a) < rank(b);
  });
  return out;
}

WelcomePage::WelcomePage(const core::Registry& registry, QWidget* parent)
    : QScrollArea(parent), registry_(registry) {
  setObjectName("welcome");
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scenarios_ = shipped_scenarios(qs(app::home_dir()) + "/scenarios", registry_);
  rebuild();
}

void WelcomePage::set_recent(const QStringList& files) {
  recent_ = files;
  rebuild();
}

void WelcomePage::retranslate() { rebuild(); }

void WelcomePage::rebuild() {
  cards_.clear();
  auto* page = new QWidget;
  auto* row = new QHBoxLayout(page);
  row->setContentsMargins(28, 20, 28, 20);
  row->setSpacing(28);
  auto* left = new QVBoxLayout;
  left->setSpacing(10);
  row->addLayout(left, 1);
  left->addWidget(text_label(tr("Welcome to steppe"), 24, true));
  left->addWidget(text_label(
      tr("Digital twin of the power and cooling of an AI data center: power, temperatures and "
         "latency, second by second."),
      13, false, true));
  auto* head = new QHBoxLayout;
  head->setContentsMargins(0, 10, 0, 0);
  head->addWidget(text_label(tr("Shipped scenarios"), 15, true));
  head->addSpacing(12);
  for (const auto& [kind, name] : {std::pair<QString, QString>{"", tr("All")},
                                   {"power", tr("Power")},
                                   {"cooling", tr("Cooling")},
                                   {"load", tr("Computing")},
                                   {"study", tr("Studies")}}) {
    auto* b = new QPushButton(name);
    b->setObjectName("kind");
    b->setCheckable(true);
    b->setAutoExclusive(true);
    b->setChecked(kind == kind_);
    b->setFixedHeight(26);
    connect(b, &QPushButton::clicked, this, [this, k = kind] {
      kind_ = k;
      arrange();
    });
    head->addWidget(b);
  }
  head->addStretch();
  filter_ = new QLineEdit;
  filter_->setPlaceholderText(tr("Filter scenarios"));
  filter_->addAction(icon("search", theme().secondary), QLineEdit::LeadingPosition);
  filter_->setClearButtonEnabled(true);
  filter_->setFixedWidth(220);
  filter_->setText(wanted_);
  connect(filter_, &QLineEdit::textChanged, this, [this](const QString& t) {
    wanted_ = t;
    arrange();
  });
  head->addWidget(filter_);
  left->addLayout(head);
  grid_ = new QGridLayout;
  grid_->setSpacing(12);
  left->addLayout(grid_);
  left->addStretch();
  bool first = true;
  for (const auto& s : scenarios_) {
    auto* card = new Card;
    card->setObjectName("card");
    const QFileInfo file(s.path);
    const QString stem = (file.dir().dirName() == "studies" ? QString("studies/") : QString()) +
                         file.completeBaseName();
    const QString title_words = card_words(stem, "title", s.title);
    card->setAccessibleName(title_words);
    card->setMinimumWidth(240);
    card->setFixedHeight(198);
    card->activated = [this, path = s.path] { Q_EMIT run_wanted(path); };
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(5);
    column->addWidget(new PartsStrip(s.domains));
    auto* title = text_label(title_words, 15, true);
    column->addWidget(title);
    auto* text = new LinesLabel(card_words(stem, "text", s.text), 3);
    column->addWidget(text);
    column->addStretch();
    auto* buttons = new QHBoxLayout;
    auto* run = new QPushButton(icon("run", first ? theme().selection_text : theme().accent),
                                " " + tr("Run"));
    run->setFixedHeight(28);
    run->setMinimumWidth(84);
    if (first) {
      QPalette p = run->palette();
      p.setColor(QPalette::Button, theme().accent);
      p.setColor(QPalette::ButtonText, theme().dark ? QColor("#0B1620") : QColor("#FFFFFF"));
      run->setPalette(p);
      run->setIcon(icon("run", theme().dark ? QColor("#0B1620") : QColor("#FFFFFF")));
    }
    first = false;
    connect(run, &QPushButton::clicked, this, [this, path = s.path] { Q_EMIT run_wanted(path); });
    buttons->addWidget(run);
    buttons->addWidget(
        text_label(s.duration.isEmpty() && s.study ? tr("study") : s.duration, 12, false, true));
    buttons->addStretch();
    auto* open = link_button(tr("Open scenario"));
    connect(open, &QPushButton::clicked, this, [this, path = s.path] { Q_EMIT open_wanted(path); });
    buttons->addWidget(open);
    column->addLayout(buttons);
    cards_.push_back(card);
  }
  if (scenarios_.empty())
    left->insertWidget(
        3,
        text_label(tr("No scenarios were found beside the program. Open one, or start a new one."),
                   13, false, true));

  auto* right = new QVBoxLayout;
  right->setSpacing(10);
  row->addLayout(right);
  auto* top = new QHBoxLayout;
  auto* fresh = new QPushButton(icon("new"), " " + tr("New scenario"));
  auto* open = new QPushButton(icon("open"), " " + tr("Open file …"));
  for (auto* b : {fresh, open}) {
    b->setFixedHeight(30);
    top->addWidget(b);
  }
  connect(fresh, &QPushButton::clicked, this, &WelcomePage::new_wanted);
  connect(open, &QPushButton::clicked, this, &WelcomePage::open_dialog_wanted);
  right->addLayout(top);
  auto* recent_head = new QHBoxLayout;
  recent_head->setContentsMargins(0, 12, 0, 0);
  recent_head->addWidget(text_label(tr("Recently opened"), 15, true));
  recent_head->addStretch();
  auto* clear = link_button(tr("Clear"));
  clear->setVisible(!recent_.isEmpty());
  connect(clear, &QPushButton::clicked, this, &WelcomePage::clear_recent_wanted);
  recent_head->addWidget(clear);
  right->addLayout(recent_head);
  int shown = 0;
  for (const auto& file : recent_) {
    if (++shown > 7) break;
    const QFileInfo info(file);
    const QString folder = QDir(info.path()).dirName();
    const QString when =
        info.exists() ? info.lastModified().toString("yyyy-MM-dd HH:mm") : tr("moved or removed");
    auto* b = new QPushButton(icon(file.endsWith(".h5") ? "result" : "yaml", theme().accent),
                              info.fileName() + "\n" + folder + " · " + when);
    b->setFlat(true);
    b->setEnabled(info.exists());
    b->setToolTip(info.exists() ? file : tr("%1 has been moved or removed").arg(file));
    b->setIconSize({18, 18});
    b->setStyleSheet("text-align: left; padding: 5px 8px;");
    connect(b, &QPushButton::clicked, this, [this, file] { Q_EMIT open_wanted(file); });
    right->addWidget(b);
  }
  if (recent_.isEmpty()) right->addWidget(text_label(tr("Nothing yet"), 12, false, true));
  right->addSpacing(8);
  auto* zone = new DropZone;
  auto* zone_column = new QVBoxLayout(zone);
  zone_column->setSpacing(4);
  auto* arrow = new QLabel;
  arrow->setPixmap(icon("drop", theme().accent).pixmap(32, 32));
  arrow->setAlignment(Qt::AlignCenter);
  zone_column->addWidget(arrow);
  auto* drop = text_label(tr("Drop files here"), 15, true);
  drop->setAlignment(Qt::AlignCenter);
  zone_column->addWidget(drop);
  auto* kinds = text_label(tr("scenario .yaml · result .h5\nweather .epw · load trace .csv"), 12,
                           false, true);
  kinds->setAlignment(Qt::AlignCenter);
  zone_column->addWidget(kinds);
  right->addWidget(zone);
  right->addSpacing(8);
  right->addWidget(text_label(tr("Keys"), 15, true));
  auto* keys = new QGridLayout;
  keys->setHorizontalSpacing(14);
  int k = 0;
  for (const auto& [key, what] : {std::pair<QString, QString>{"Ctrl+R", tr("Run")},
                                  {"Esc", tr("Stop, results are kept")},
                                  {"E", tr("Next event")},
                                  {"Ctrl+F", tr("Find a signal")},
                                  {"Ctrl+/", tr("All keys")}}) {
    auto* cap = text_label(key, 12, false);
    cap->setStyleSheet(
        "border: 1px solid palette(mid); border-radius: 3px; padding: 1px 5px; background: "
        "palette(base);");
    keys->addWidget(cap, k, 0, Qt::AlignLeft);
    keys->addWidget(text_label(what, 12, false, true), k, 1);
    ++k;
  }
  keys->setColumnStretch(1, 1);
  right->addLayout(keys);
  right->addStretch();
  for (int i = 0; i < right->count(); ++i)
    if (QWidget* w = right->itemAt(i)->widget()) w->setFixedWidth(300);
  setWidget(page);
  arrange();
}

void WelcomePage::arrange() {
  if (!grid_) return;
  const int columns = std::clamp((viewport()->width() - 420) / 290, 1, 3);
  int n = 0;
  for (size_t i = 0; i < cards_.size(); ++i) {
    const auto& s = scenarios_[i];
    const bool of_kind =
        kind_.isEmpty() || (kind_ == "study" ? s.study : s.domains.contains(kind_));
    const bool match =
        of_kind && (wanted_.isEmpty() || s.title.contains(wanted_, Qt::CaseInsensitive) ||
                    s.text.contains(wanted_, Qt::CaseInsensitive));
    grid_->removeWidget(cards_[i]);
    cards_[i]->setVisible(match);
    if (!match) continue;
    grid_->addWidget(cards_[i], n / columns, n % columns);
    ++n;
  }
  for (int c = 0; c < 3; ++c) grid_->setColumnStretch(c, c < columns ? 1 : 0);
}

void WelcomePage::resizeEvent(QResizeEvent* e) {
  QScrollArea::resizeEvent(e);
  arrange();
}

}  // namespace steppe::gui
