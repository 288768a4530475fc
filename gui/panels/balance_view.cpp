#include "gui/panels/balance_view.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/document/display.h"
#include "gui/session.h"
#include "gui/style/export.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

QString account_title(const std::string& name) {
  static const std::map<std::string, const char*> names{
      {"grid_import", QT_TRANSLATE_NOOP("BalanceView", "Grid")},
      {"grid_export", QT_TRANSLATE_NOOP("BalanceView", "Export to the grid")},
      {"genset", QT_TRANSLATE_NOOP("BalanceView", "Gensets")},
      {"renewable", QT_TRANSLATE_NOOP("BalanceView", "Wind and sun")},
      {"battery_chemistry", QT_TRANSLATE_NOOP("BalanceView", "Battery")},
      {"battery_charge", QT_TRANSLATE_NOOP("BalanceView", "Battery charge")},
      {"it", QT_TRANSLATE_NOOP("BalanceView", "Computing")},
      {"cooling", QT_TRANSLATE_NOOP("BalanceView", "Cooling")},
      {"loss_chain", QT_TRANSLATE_NOOP("BalanceView", "Losses of the power chain")},
      {"other", QT_TRANSLATE_NOOP("BalanceView", "Other")},
      {"to_ambient", QT_TRANSLATE_NOOP("BalanceView", "Heat to outdoor air")},
      {"to_water", QT_TRANSLATE_NOOP("BalanceView", "Heat to evaporated water")},
      {"to_reuse", QT_TRANSLATE_NOOP("BalanceView", "Heat sold")},
      {"stored", QT_TRANSLATE_NOOP("BalanceView", "Heat stored")},
      {"released", QT_TRANSLATE_NOOP("BalanceView", "Heat released from store")},
      {"electric_store", QT_TRANSLATE_NOOP("BalanceView", "Stored in fields")},
  };
  const auto it = names.find(name);
  return it == names.end() ? qs(title_of(name))
                           : QCoreApplication::translate("BalanceView", it->second);
}

Ledger ledger_between(const AccountRates& a, double t0, double t1) {
  Ledger out;
  for (const auto& [name, rate] : a.rates) {
    double energy = 0.0;
    for (size_t i = 0; i + 1 < a.time.size() && i + 1 < rate.size(); ++i) {
      const double begin = std::max(t0, a.time[i]), end = std::min(t1, a.time[i + 1]);
      if (end <= begin) continue;
      const double length = a.time[i + 1] - a.time[i];
      const auto at = [&](double t) {
        return rate[i] + (t - a.time[i]) / length * (rate[i + 1] - rate[i]);
      };
      energy += (end - begin) * 0.5 * (at(begin) + at(end));
    }
    out.emplace_back(name, energy);
  }
  return out;
}

Ledger ledger_at(const AccountRates& a, double t) {
  Ledger out;
  if (a.time.empty()) return out;
  const auto next = std::upper_bound(a.time.begin(), a.time.end(), t);
  const size_t j = std::min<size_t>(static_cast<size_t>(next - a.time.begin()), a.time.size() - 1);
  const size_t i = j == 0 ? 0 : j - 1;
  const double length = a.time[j] - a.time[i];
  const double share = length > 0.0 ? std::clamp((t - a.time[i]) / length, 0.0, 1.0) : 0.0;
  for (const auto& [name, rate] : a.rates)
    if (j < rate.size()) out.emplace_back(name, rate[i] + share * (rate[j] - rate[i]));
  return out;
}

Balance balance_of(const Ledger& ledger) {
  Balance b;
  auto get = [&](const char* n) {
    for (const auto& [name, v] : ledger)
      if (name == n) return v;
    return 0.0;
  };
  auto put = [](std::vector<BalanceFlow>& list, const char* name, double v) {
    if (v > 0.0) list.push_back({name, v});
  };
  for (const char* s : {"grid_import", "genset", "renewable", "battery_chemistry"})
    put(b.sources, s, get(s));
  for (const char* u : {"it", "cooling", "loss_chain", "other"}) put(b.uses, u, get(u));
  double heat = 0.0;
  for (const auto& u : b.uses) heat += u.energy;
  put(b.uses, "grid_export", -get("grid_import"));
  put(b.uses, "battery_charge", -get("battery_chemistry"));
  double out = 0.0;
  for (const char* s : {"to_ambient", "to_water", "to_reuse"}) {
    put(b.sinks, s, get(s));
    out += std::max(0.0, get(s));
  }
  // What came in as heat and has not left is in walls, water and air; the other way round the
  // stores gave heat off.
  put(b.sinks, "stored", heat - out);
  for (const auto& s : b.sources) b.total += s.energy;
  return b;
}

BalanceView::BalanceView(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), choice_(new QComboBox(this)) {
  setObjectName("balance");
  setMinimumSize(300, 200);
  setAccessibleName(tr("Energy balance of the run"));
  choice_->addItems({tr("Whole run"), tr("Visible range"), tr("At the cursor")});
  choice_->setToolTip(tr("Which time the balance is of"));
  choice_->setAccessibleName(choice_->toolTip());
  connect(choice_, &QComboBox::activated, this, [this](int i) { set_span(static_cast<Span>(i)); });
  auto when = [this](Span s) {
    return [this, s] {
      if (span_ == s) update();
    };
  };
  connect(&session_, &Session::cursor_changed, this, when(Span::cursor));
  connect(&session_, &Session::range_changed, this, when(Span::range));
  connect(&session_, &Session::run_changed, this, QOverload<>::of(&QWidget::update));
  connect(&session_, &Session::theme_changed, this, QOverload<>::of(&QWidget::update));
  connect(&session_, &Session::run_progressed, this, [this](const RunData* r) {
    if (r == session_.run()) update();
  });
}

void BalanceView::set_span(Span s) {
  span_ = s;
  choice_->setCurrentIndex(static_cast<int>(s));
  update();
}

void BalanceView::resizeEvent(QResizeEvent*) {
  const QSize size = choice_->sizeHint();
  choice_->setGeometry(width() - size.width() - 16, 12, size.width(), size.height());
}

void BalanceView::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), theme().ground);
  draw(p, QRectF(rect()).adjusted(24, 16, -24, -16));
}

void BalanceView::draw(QPainter& p, const QRectF& area) const {
  const Theme& t = theme();
  p.setRenderHint(QPainter::Antialiasing);
  QFont font = this->font();
  font.setPixelSize(15);
  font.setBold(true);
  p.setFont(font);
  p.setPen(t.text);
  const RunData* r = session_.run();
  const QString title = span_ == Span::run
                            ? (r && r->live() ? tr("Energy so far") : tr("Energy of the run"))
                        : span_ == Span::range ? tr("Energy in the visible range")
                                               : tr("Power at the cursor");
  p.drawText(QRectF(area.left(), area.top(), area.width(), 22), Qt::AlignLeft, title);
  const double after_title = area.left() + QFontMetricsF(font).horizontalAdvance(title) + 16;
  const std::string unit = span_ == Span::cursor ? "W" : "J";
  auto [t0, t1] = r && span_ == Span::range ? session_.range() : session_.full_range();
  Ledger ledger;
  if (r && span_ == Span::cursor) {
    ledger = ledger_at(r->accounts, session_.cursor());
  } else if (r && span_ == Span::range) {
    t0 = std::max(t0, r->t_begin);
    t1 = std::min(t1, r->t_end);
    ledger = ledger_between(r->accounts, t0, t1);
  } else if (r && r->live()) {
    t1 = r->progress.t;
    ledger = ledger_between(r->accounts, t0, t1);
  } else if (r) {
    for (const auto& l : r->ledger) ledger.emplace_back(l.name, l.value);
  }
  const Balance b = balance_of(ledger);
  font.setPixelSize(13);
  font.setBold(false);
  p.setFont(font);
  if (b.total <= 0.0) {
    p.setPen(t.secondary);
    const bool whole_only = r && !r->ledger.empty() && r->accounts.time.empty();
    p.drawText(area, Qt::AlignCenter,
               whole_only ? tr("This result holds the balance of the whole run only")
                          : tr("The balance appears with the first values of a run"));
    return;
  }
  p.setPen(t.secondary);
  const QString when =
      span_ == Span::cursor
          ? qs(quantity(b.total, unit)) + "  ·  " + date_and_time(r->start, session_.cursor())
          : tr("%1 over %2").arg(qs(quantity(b.total, unit)), qs(quantity(t1 - t0, "s", 3)));
  p.drawText(QRectF(after_title, area.top() + 3, area.width() - 190, 20), Qt::AlignLeft, when);
  const double top = area.top() + 56, height = area.height() - 80;
  const std::vector<BalanceFlow>* columns[] = {&b.sources, &b.uses, &b.sinks};
  const QString titles[] = {tr("From"), tr("Used for"), tr("Ends as")};
  double largest = b.total;
  size_t most = 1;
  for (const auto* c : columns) {
    double sum = 0.0;
    for (const auto& f : *c) sum += f.energy;
    largest = std::max(largest, sum);
    most = std::max(most, c->size());
  }
  constexpr double kGap = 30.0, kBar = 16.0;
  const double scale = (height - kGap * static_cast<double>(most)) / largest;
  const double x[] = {area.left() + 8, area.left() + 0.45 * (area.width() - 240),
                      area.right() - 240};
  struct Place {
    double y, h;
  };
  std::vector<Place> at[3];
  for (int c = 0; c < 3; ++c) {
    double y = top;
    for (const auto& f : *columns[c]) {
      const double h = std::max(1.5, f.energy * scale);
      at[c].push_back({y, h});
      y += h + kGap;
    }
  }
  // Ribbons: every source feeds every use in proportion, and so on; the ledger does not say more.
  auto ribbons = [&](int from, int to, const std::vector<int>& takes_part) {
    std::vector<double> from_y, to_y;
    for (const auto& a : at[from]) from_y.push_back(a.y);
    for (const auto& a : at[to]) to_y.push_back(a.y);
    double sum = 0.0;
    for (int i : takes_part) sum += (*columns[from])[static_cast<size_t>(i)].energy;
    double sum_to = 0.0;
    for (const auto& f : *columns[to]) sum_to += f.energy;
    for (int i : takes_part)
      for (size_t k = 0; k < at[to].size(); ++k) {
        const auto n = static_cast<size_t>(i);
        const double share = (*columns[to])[k].energy / std::max(1e-300, sum_to);
        const double h0 = at[from][n].h * share;
        const double h1 = at[to][k].h * (*columns[from])[n].energy / std::max(1e-300, sum);
        const double x0 = x[from] + kBar, x1 = x[to], middle = 0.5 * (x0 + x1);
        QPainterPath path;
        path.moveTo(x0, from_y[n]);
        path.cubicTo(middle, from_y[n], middle, to_y[k], x1, to_y[k]);
        path.lineTo(x1, to_y[k] + h1);
        path.cubicTo(middle, to_y[k] + h1, middle, from_y[n] + h0, x0, from_y[n] + h0);
        path.closeSubpath();
        QColor fill = to == 1 ? series_color(static_cast<int>(k)) : t.back;
        fill.setAlpha(70);
        p.fillPath(path, fill);
        from_y[n] += h0;
        to_y[k] += h1;
      }
  };
  std::vector<int> all_sources, heat_uses;
  for (size_t i = 0; i < b.sources.size(); ++i) all_sources.push_back(static_cast<int>(i));
  for (size_t i = 0; i < b.uses.size(); ++i)
    if (b.uses[i].name != "grid_export" && b.uses[i].name != "battery_charge")
      heat_uses.push_back(static_cast<int>(i));
  ribbons(0, 1, all_sources);
  ribbons(1, 2, heat_uses);
  for (int c = 0; c < 3; ++c) {
    p.setPen(t.secondary);
    p.drawText(QPointF(x[c], top - 12), titles[c]);
    for (size_t i = 0; i < at[c].size(); ++i) {
      const auto& f = (*columns[c])[i];
      const QColor color = c == 0 ? t.ac : c == 1 ? series_color(static_cast<int>(i)) : t.back;
      p.fillRect(QRectF(x[c], at[c][i].y, kBar, at[c][i].h), color);
      p.setPen(t.text);
      const double y = at[c][i].y + std::min(at[c][i].h, 40.0) / 2 - 2;
      const double left = x[c] + kBar + 6;
      QFont bold = font;
      bold.setBold(true);
      const QString name = account_title(f.name);
      const QString value =
          qs(quantity(f.energy, unit)) + "  ·  " + qs(number(100 * f.energy / b.total, 3)) + " %";
      QColor ground = t.ground;
      ground.setAlpha(190);
      const double width = std::max(QFontMetricsF(bold).horizontalAdvance(name),
                                    QFontMetricsF(font).horizontalAdvance(value));
      p.fillRect(QRectF(left - 3, y - 11, width + 6, 34), ground);
      p.setPen(t.text);
      p.setFont(bold);
      p.drawText(QPointF(left, y + 2), name);
      p.setFont(font);
      p.setPen(t.secondary);
      p.drawText(QPointF(left, y + 18), value);
    }
  }
}

QString BalanceView::export_to(const QString& file) {
  return export_widget(*this, file) ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
