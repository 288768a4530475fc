#include "gui/panels/why_panel.h"

#include <QComboBox>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/runner/run_data.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

constexpr double kRow = 40.0;

QString signed_quantity(double delta, const std::string& unit) {
  return (delta > 0.0 ? "+" : "") + qs(quantity(delta, unit, 3));
}

}  // namespace

WhyPanel::WhyPanel(QWidget* parent) : QWidget(parent), which_(new QComboBox(this)) {
  setObjectName("why");
  setMinimumSize(180, 120);
  setAccessibleName(tr("Why the runs differ"));
  which_->setToolTip(tr("Which run is explained against A"));
  which_->setAccessibleName(which_->toolTip());
  connect(which_, &QComboBox::activated, this, &WhyPanel::explain);
}

void WhyPanel::set(const std::vector<RunData*>& runs) {
  const int before = std::max(0, which_->currentIndex());
  runs_.clear();
  which_->clear();
  for (const auto* r : runs) {
    if (!runs_.empty())
      which_->addItem(QString("%1 − A").arg(QChar('A' + static_cast<int>(runs_.size()))));
    runs_.push_back({r->kpis, r->source});
  }
  which_->setVisible(runs_.size() > 2);
  which_->setCurrentIndex(std::min(before, which_->count() - 1));
  explain();
}

void WhyPanel::explain() {
  figure_.reset();
  inputs_.clear();
  if (runs_.size() > 1) {
    const Run &a = runs_[0],
              &b = runs_[1 + static_cast<size_t>(std::max(0, which_->currentIndex()))];
    figure_ = explain_difference(a.kpis, b.kpis);
    inputs_ = input_differences({a.source, b.source});
  }
  update();
}

void WhyPanel::resizeEvent(QResizeEvent*) {
  const QSize size = which_->sizeHint();
  which_->setGeometry(width() - size.width() - 8, 8, size.width(), 26);
}

QString WhyPanel::headline() const {
  if (!figure_) return {};
  const QString run(QChar('B' + std::max(0, which_->currentIndex())));
  const bool money = figure_->name == "cost_total";
  if (figure_->delta == 0.0)
    return money ? tr("%1 costs the same").arg(run) : tr("%1 uses the same energy").arg(run);
  if (money)
    return figure_->delta < 0.0 ? tr("%1 is cheaper").arg(run) : tr("%1 is dearer").arg(run);
  return figure_->delta < 0.0 ? tr("%1 uses less energy").arg(run)
                              : tr("%1 uses more energy").arg(run);
}

void WhyPanel::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter p(this);
  p.fillRect(rect(), t.base);
  p.setRenderHint(QPainter::Antialiasing);
  QFont font = this->font();
  font.setPixelSize(12);
  p.setFont(font);
  const double left = 12, right = width() - 12;
  if (!figure_) {
    p.setPen(t.secondary);
    p.drawText(QRectF(left, 8, right - left, height() - 16),
               static_cast<int>(Qt::AlignTop | Qt::AlignLeft) | Qt::TextWordWrap,
               tr("Two runs with key figures explain each other here."));
    return;
  }
  auto bold = [&](bool on) {
    font.setBold(on);
    p.setFont(font);
  };
  auto row = [&](double y, const QString& name, const QString& value) {
    const double room = right - left - QFontMetricsF(font).horizontalAdvance(value) - 8;
    p.drawText(QRectF(left, y, room, 18), Qt::AlignLeft | Qt::AlignVCenter,
               QFontMetricsF(font).elidedText(name, Qt::ElideRight, room));
    p.drawText(QRectF(left, y, right - left, 18), Qt::AlignRight | Qt::AlignVCenter, value);
  };
  bold(true);
  p.setPen(t.text);
  const double after = which_->isVisible() ? 40.0 : 12.0;
  row(after, headline(), signed_quantity(figure_->delta, figure_->unit));
  bold(false);
  double y = after + 26;
  double most = 1e-300;
  for (const auto& [name, d] : figure_->parts) most = std::max(most, std::abs(d));
  const double middle = 0.5 * (left + right), half = 0.5 * (right - left);
  const bool money = figure_->name == "cost_total";
  size_t drawn = 0;
  const double inputs_room = 30.0 + 20.0 * static_cast<double>(std::min<size_t>(inputs_.size(), 4));
  for (const auto& [name, d] : figure_->parts) {
    constexpr double kWorthwhile = 1e-3;  // of the largest part
    if (std::abs(d) < kWorthwhile * most) continue;
    if (drawn > 0 && y + kRow + inputs_room > height()) break;
    QString title = title_word(name);
    if (name == "other") title = tr("Other");
    p.setPen(t.text);
    row(y, title, d == 0.0 ? QString("=") : signed_quantity(d, figure_->unit));
    const QRectF groove(left, y + 20, right - left, 8);
    p.fillRect(groove, t.header);
    const double w = half * std::abs(d) / most;
    p.fillRect(QRectF(d < 0 ? middle - w : middle, groove.top(), w, groove.height()),
               d < 0 ? t.battery : t.series[1]);
    p.fillRect(QRectF(middle - 0.5, groove.top() - 3, 1, groove.height() + 6), t.text);
    y += kRow;
    ++drawn;
  }
  // What the colours mean
  if (y + 20 < height()) {
    double x = left;
    for (const auto& [color, word] :
         {std::pair{t.battery, money ? tr("saves") : tr("uses less")},
          std::pair{t.series[1], money ? tr("costs more") : tr("uses more")}}) {
      p.fillRect(QRectF(x, y + 4, 12, 8), color);
      p.setPen(t.secondary);
      p.drawText(QPointF(x + 17, y + 12.5), word);
      x += 17 + QFontMetricsF(font).horizontalAdvance(word) + 16;
    }
    y += 24;
  }
  if (inputs_.empty() || y + 40 > height()) return;
  bold(true);
  p.setPen(t.text);
  p.drawText(QRectF(left, y, right - left, 18), Qt::AlignLeft | Qt::AlignVCenter,
             tr("Inputs that differ"));
  bold(false);
  y += 22;
  for (const auto& d : inputs_) {
    if (y + 18 > height()) break;
    auto word = [](const QString& v) { return v.isEmpty() ? QString("–") : v; };
    p.setPen(t.secondary);
    row(y, d.path, word(d.values[0]) + " → " + word(d.values[1]));
    y += 20;
  }
}

}  // namespace steppe::gui
