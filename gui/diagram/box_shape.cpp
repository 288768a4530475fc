#include "gui/diagram/box_shape.h"

#include <algorithm>

namespace steppe::gui {

namespace {

constexpr double kCardWidth = 116.0, kCardHeight = 38.0;
constexpr double kHallWidth = 132.0, kHallHeight = 78.0;
constexpr double kFansWidth = 148.0, kFansHeight = 62.0;
constexpr double kWords = 88.0;   // width of the words of a symbol
constexpr double kLine = 15.0;    // height of a line of words
constexpr double kThrough = 9.0;  // room for the line between them
constexpr double kWordGap = 5.0;
constexpr double kHidden = 0.25;  // of the symbol: how far a line goes under it

/// Side of the symbol of a type that stands on the line; 0: a card.
double symbol_side(const QString& type) {
  static const struct {
    const char* part;
    double side;
  } kSides[] = {{"utility", 28}, {"transformer", 34}, {"breaker", 24},
                {"genset", 30},  {"pump", 28},        {"exchanger", 38},
                {"tank", 44},    {"vessel", 22},      {"valve", 24}};
  // A transfer switch has lines on all sides.
  if (type.startsWith("heat_pump") || type.startsWith("transfer")) return 0.0;
  for (const auto& k : kSides)
    if (type.contains(k.part)) return k.side;
  return 0.0;
}

BoxShape boxed(Look look, double width, double height, bool sideways, const QRectF& symbol) {
  BoxShape s;
  s.look = look;
  s.size = {width, height};
  s.symbol = symbol;
  s.port_width = sideways ? height : width;
  return s;
}

}  // namespace

bool has_figure(const QString& type) { return !type.contains("vessel"); }

BoxShape box_shape(const QString& type, bool sideways, bool electrical) {
  if (type == "rack" || type.startsWith("server"))
    return boxed(Look::hall, kHallWidth, kHallHeight, sideways, {8, 21, kHallWidth - 16, 22});
  // In the one-line diagram a pump or a cooler is a load like any other.
  const bool card = electrical && (type.contains("cooler") || type.contains("tower") ||
                                   type.contains("pump") || type.contains("exchanger"));
  if (card) return boxed(Look::card, kCardWidth, kCardHeight, sideways, {7, 17, 19, 19});
  if (type.contains("dry_cooler") || type.contains("tower"))
    return boxed(Look::fans, kFansWidth, kFansHeight, sideways, {8, 20, kFansWidth - 16, 22});
  const double side = symbol_side(type);
  if (side == 0.0) return boxed(Look::card, kCardWidth, kCardHeight, sideways, {7, 17, 19, 19});
  BoxShape s;
  s.look = Look::symbol;
  s.port_width = side;
  const double words = kLine * (has_figure(type) ? 2 : 1);
  // Two lines on a side leave no room for words between them.
  s.below = sideways && (type.contains("exchanger") || type.contains("tank"));
  if (s.below) {
    s.size = {std::max(side, kWords), side + words};
    s.symbol = {0.5 * (s.size.width() - side), 0, side, side};
    s.text = {0, side, s.size.width(), words};
    s.inset = s.far_inset = s.symbol.left() + kHidden * side;
    return s;
  }
  // The name over the line that goes on, the figure under it.
  const double tall = sideways && has_figure(type) ? words + kThrough : words;
  s.size = {side + kWordGap + kWords, std::max(side, tall)};
  s.symbol = {0, 0.5 * (s.size.height() - side), side, side};
  s.text = {side + kWordGap, 0.5 * (s.size.height() - tall), kWords, tall};
  s.inset = sideways ? kHidden * side : s.symbol.top() + kHidden * side;
  s.far_inset = sideways ? s.size.width() - (1.0 - kHidden) * side : s.inset;
  if (sideways) s.port_begin = s.symbol.top();
  return s;
}

}  // namespace steppe::gui
