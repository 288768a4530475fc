#pragma once
// Fusion without its gradients: one colour per surface, one line per edge, as the palette has them.
#include <QProxyStyle>

namespace steppe::gui {

class FlatStyle final : public QProxyStyle {
 public:
  FlatStyle() : QProxyStyle("Fusion") {}
  void drawControl(ControlElement, const QStyleOption*, QPainter*, const QWidget*) const override;
  void drawPrimitive(PrimitiveElement, const QStyleOption*, QPainter*,
                     const QWidget*) const override;
  void drawComplexControl(ComplexControl, const QStyleOptionComplex*, QPainter*,
                          const QWidget*) const override;
  QRect subControlRect(ComplexControl, const QStyleOptionComplex*, SubControl,
                       const QWidget*) const override;
  int pixelMetric(PixelMetric, const QStyleOption*, const QWidget*) const override;
  int styleHint(StyleHint, const QStyleOption*, const QWidget*, QStyleHintReturn*) const override;
  QIcon standardIcon(StandardPixmap, const QStyleOption*, const QWidget*) const override;
};

}  // namespace steppe::gui
