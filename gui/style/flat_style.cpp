#include "gui/style/flat_style.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>
#include <QStyleOption>
#include <QTabBar>
#include <algorithm>

#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

constexpr int kScrollBar = 11;

void draw_dock_title(QPainter& p, const QStyleOptionDockWidget& o) {
  const Theme& t = theme();
  p.fillRect(o.rect, t.header);
  QFont font = p.font();
  font.setPixelSize(12);
  font.setBold(true);
  p.setFont(font);
  p.setPen(t.text);
  const int buttons = (o.closable ? 22 : 0) + (o.floatable ? 22 : 0);
  const QRect room = o.rect.adjusted(8, 0, -buttons - 4, 0);
  // "Runs  ·  1 running": what follows the name is said more quietly.
  const QString name = o.title.section("  ·  ", 0, 0), rest = o.title.section("  ·  ", 1);
  p.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, name);
  const int used = QFontMetrics(font).horizontalAdvance(name) + 10;
  font.setBold(false);
  p.setFont(font);
  p.setPen(t.secondary);
  p.drawText(room.adjusted(used, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
             QFontMetrics(font).elidedText(rest, Qt::ElideRight, room.width() - used));
}

void draw_tab(QPainter& p, const QStyleOptionTab& o) {
  const Theme& t = theme();
  const bool chosen = o.state & QStyle::State_Selected;
  const bool upright = o.shape == QTabBar::RoundedNorth || o.shape == QTabBar::RoundedSouth;
  if (!chosen) {
    if ((o.state & QStyle::State_MouseOver) && (o.state & QStyle::State_Enabled))
      p.fillRect(o.rect, t.header);
    return;
  }
  p.fillRect(o.rect, t.base);
  if (!upright) return;
  const QRect& r = o.rect;
  const bool top = o.shape == QTabBar::RoundedNorth;
  p.setPen(t.border);
  p.drawLine(r.topLeft(), r.bottomLeft());
  p.drawLine(r.topRight(), r.bottomRight());
  p.fillRect(QRect(r.left(), top ? r.top() : r.bottom() - 2, r.width(), 3), t.accent);
}

/// A field or button: one colour, one line; the focus in the accent.
void draw_panel(QPainter& p, const QRect& rect, const QColor& fill, const QStyleOption& o) {
  const Theme& t = theme();
  const bool enabled = o.state & QStyle::State_Enabled;
  const bool focus = enabled && (o.state & QStyle::State_HasFocus);
  QColor inside = fill;
  if (!enabled)
    inside = t.window;
  else if (o.state & QStyle::State_Sunken)
    inside = fill.darker(108);
  else if (o.state & QStyle::State_MouseOver)
    inside = t.dark ? fill.lighter(115) : fill.darker(103);
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  // A button of another colour than the usual one has an edge of that colour.
  const bool plain = std::abs(fill.lightness() - t.base.lightness()) < 60;
  p.setPen(QPen(focus ? t.accent : plain || !enabled ? t.border : inside, focus ? 1.5 : 1));
  p.setBrush(inside);
  p.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  p.restore();
}

}  // namespace

void FlatStyle::drawControl(ControlElement e, const QStyleOption* o, QPainter* p,
                            const QWidget* w) const {
  const Theme& t = theme();
  p->save();
  switch (e) {
    case CE_ToolBar:
      p->fillRect(o->rect, t.window);
      p->setPen(t.border);
      if (const auto* bar = qstyleoption_cast<const QStyleOptionToolBar*>(o);
          bar && bar->toolBarArea == Qt::BottomToolBarArea)
        p->drawLine(o->rect.topLeft(), o->rect.topRight());
      else if (bar && bar->positionOfLine != QStyleOptionToolBar::End &&
               bar->positionOfLine != QStyleOptionToolBar::OnlyOne)
        break;
      else
        p->drawLine(o->rect.bottomLeft(), o->rect.bottomRight());
      break;
    case CE_MenuBarEmptyArea:
      p->fillRect(o->rect, t.window);
      break;
    case CE_DockWidgetTitle:
      if (const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(o))
        draw_dock_title(*p, *dock);
      break;
    case CE_TabBarTabShape:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(o)) draw_tab(*p, *tab);
      break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
      p->fillRect(o->rect, t.window);
      p->setPen(t.border);
      p->drawLine(o->rect.bottomLeft(), o->rect.bottomRight());
      break;
    case CE_ProgressBarGroove:
      p->setPen(t.border);
      p->setBrush(t.base);
      p->drawRect(o->rect.adjusted(0, 0, -1, -1));
      break;
    case CE_ProgressBarContents:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(o)) {
        const double share =
            bar->maximum > bar->minimum
                ? static_cast<double>(bar->progress - bar->minimum) / (bar->maximum - bar->minimum)
                : 0.0;
        QRect done = o->rect.adjusted(1, 1, -1, -1);
        done.setWidth(static_cast<int>(done.width() * std::clamp(share, 0.0, 1.0)));
        QColor fill = share >= 1.0 ? t.normal : t.accent;
        fill.setAlpha(t.dark ? 120 : 90);
        p->fillRect(done, fill);
      }
      break;
    default:
      p->restore();
      return QProxyStyle::drawControl(e, o, p, w);
  }
  p->restore();
}

void FlatStyle::drawPrimitive(PrimitiveElement e, const QStyleOption* o, QPainter* p,
                              const QWidget* w) const {
  const Theme& t = theme();
  switch (e) {
    case PE_PanelButtonCommand:
      if (const auto* b = qstyleoption_cast<const QStyleOptionButton*>(o)) {
        if ((b->features & QStyleOptionButton::Flat) &&
            !(o->state & (State_MouseOver | State_Sunken)))
          return;
        const bool on = o->state & State_On;
        return draw_panel(*p, o->rect, on ? t.selection : o->palette.color(QPalette::Button), *o);
      }
      break;
    case PE_PanelLineEdit:
      if (const auto* f = qstyleoption_cast<const QStyleOptionFrame*>(o); f && f->lineWidth > 0) {
        QStyleOptionFrame field(*f);
        field.state &= ~(State_Sunken | State_MouseOver);  // a field is no button
        return draw_panel(*p, o->rect, o->palette.color(QPalette::Base), field);
      }
      break;
    case PE_IndicatorTabClose: {
      const QRect box(QPoint(), QSize(12, 12));
      icon("close", t.secondary).paint(p, box.translated(o->rect.center() - box.center()));
      return;
    }
    case PE_FrameFocusRect:
      if (w && w->inherits("QPushButton")) return;  // the edge of the button says it
      break;
    case PE_FrameTabBarBase:
      p->save();
      p->setPen(t.border);
      p->drawLine(o->rect.bottomLeft(), o->rect.bottomRight());
      p->restore();
      return;
    case PE_PanelStatusBar:
      p->fillRect(o->rect, t.window);
      p->fillRect(QRect(o->rect.left(), o->rect.top(), o->rect.width(), 1), t.border);
      return;
    default:
      break;
  }
  QProxyStyle::drawPrimitive(e, o, p, w);
}

void FlatStyle::drawComplexControl(ComplexControl c, const QStyleOptionComplex* o, QPainter* p,
                                   const QWidget* w) const {
  const Theme& t = theme();
  if (c == CC_ScrollBar) {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(o);
    p->fillRect(o->rect, t.window);
    if (!bar || bar->maximum <= bar->minimum) return;
    QRectF slider = proxy()->subControlRect(c, o, SC_ScrollBarSlider, w);
    slider.adjust(2, 2, -2, -2);
    p->save();
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(Qt::NoPen);
    p->setBrush((o->state & (State_MouseOver | State_Sunken)) ? t.disabled : t.border);
    p->drawRoundedRect(slider, 3.5, 3.5);
    p->restore();
    return;
  }
  const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(o);
  if (c == CC_ComboBox && box && !box->editable) {
    draw_panel(*p, o->rect, t.base, *o);
    p->save();
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(QPen((o->state & State_Enabled) ? t.secondary : t.disabled, 1.5));
    const QPointF at(o->rect.right() - 12, o->rect.center().y() + 1);
    p->drawPolyline(QPolygonF{at + QPointF(-4, -2), at + QPointF(0, 2), at + QPointF(4, -2)});
    p->restore();
    return;
  }
  QProxyStyle::drawComplexControl(c, o, p, w);
}

QRect FlatStyle::subControlRect(ComplexControl c, const QStyleOptionComplex* o, SubControl sub,
                                const QWidget* w) const {
  const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(o);
  if (c != CC_ScrollBar || !bar) return QProxyStyle::subControlRect(c, o, sub, w);
  // No arrows: the groove is the whole bar.
  const bool across = bar->orientation == Qt::Horizontal;
  const int length = across ? o->rect.width() : o->rect.height();
  const int range = bar->maximum - bar->minimum;
  int slider = length;
  if (range > 0)
    slider = std::clamp(static_cast<int>(static_cast<int64_t>(bar->pageStep) * length /
                                         (static_cast<int64_t>(range) + bar->pageStep)),
                        std::min(28, length), length);
  const int at = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                         length - slider, bar->upsideDown);
  auto part = [&](int from, int size) {
    return visualRect(bar->direction, o->rect,
                      across ? QRect(o->rect.left() + from, o->rect.top(), size, o->rect.height())
                             : QRect(o->rect.left(), o->rect.top() + from, o->rect.width(), size));
  };
  switch (sub) {
    case SC_ScrollBarSlider:
      return part(at, slider);
    case SC_ScrollBarGroove:
      return part(0, length);
    case SC_ScrollBarSubPage:
      return part(0, at);
    case SC_ScrollBarAddPage:
      return part(at + slider, length - at - slider);
    default:
      return {};
  }
}

int FlatStyle::pixelMetric(PixelMetric m, const QStyleOption* o, const QWidget* w) const {
  switch (m) {
    case PM_ScrollBarExtent:
      return kScrollBar;
    case PM_DockWidgetTitleMargin:
      return 4;
    case PM_DockWidgetSeparatorExtent:
      return 5;
    case PM_FocusFrameHMargin:
      // What stands between the edge of a cell and its text.
      return w && w->inherits("QTableView") ? 5 : QProxyStyle::pixelMetric(m, o, w);
    case PM_HeaderMargin: {
      // Names stand over the texts of their cells; rows stay low.
      const auto* head = qobject_cast<const QHeaderView*>(w);
      return head && head->orientation() == Qt::Horizontal ? 6 : QProxyStyle::pixelMetric(m, o, w);
    }
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
      return 0;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabOverlap:
      return 0;
    default:
      return QProxyStyle::pixelMetric(m, o, w);
  }
}

int FlatStyle::styleHint(StyleHint hint, const QStyleOption* o, const QWidget* w,
                         QStyleHintReturn* answer) const {
  if (hint == SH_UnderlineShortcut)
    return QGuiApplication::queryKeyboardModifiers().testFlag(Qt::AltModifier);
  return QProxyStyle::styleHint(hint, o, w, answer);
}

QIcon FlatStyle::standardIcon(StandardPixmap s, const QStyleOption* o, const QWidget* w) const {
  if (s == SP_TitleBarCloseButton) return icon("close", theme().secondary);
  if (s == SP_TitleBarNormalButton) return icon("float", theme().secondary);
  return QProxyStyle::standardIcon(s, o, w);
}

}  // namespace steppe::gui
