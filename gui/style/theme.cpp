#include "gui/style/theme.h"

#include <QApplication>
#include <QFont>
#include <QPalette>
#include <algorithm>
#include <array>
#include <cmath>

#include "gui/style/flat_style.h"

namespace steppe::gui {

namespace {

const Theme kLight{
    .dark = false,
    .window = "#EEF0F3",
    .base = "#FFFFFF",
    .alternate = "#F6F7F9",
    .header = "#E6E9ED",
    .border = "#C9CFD6",
    .grid = "#E7EAEE",
    .selection = "#CFE4F5",
    .selection_text = "#0B2A45",
    .text = "#1B2430",
    .secondary = "#566270",
    .disabled = "#99A3AE",
    .accent = "#0067A8",
    .ground = "#FBFCFD",
    .ac = "#33475B",
    .dc = "#6A4C93",
    .supply = "#2B83BA",
    .back = "#C2703D",
    .no_flow = "#A3ADB8",
    .normal = "#009E73",
    .battery = "#0072B2",
    .warning = "#E69F00",
    .warning_ground = "#FFF3D6",
    .warning_text = "#6B4700",
    .error = "#C1121F",
    .error_ground = "#FDE7E8",
    .off = "#A3ADB8",
    .frozen = "#56B4E9",
    .series = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8A6D00", "#5B4BB5"},
};
const Theme kDark{
    .dark = true,
    .window = "#20252C",
    .base = "#181C22",
    .alternate = "#1C2128",
    .header = "#2A3039",
    .border = "#3A434E",
    .grid = "#272E37",
    .selection = "#1F4A70",
    .selection_text = "#FFFFFF",
    .text = "#E4E9EF",
    .secondary = "#A0ACB9",
    .disabled = "#69747F",
    .accent = "#4FA8E0",
    .ground = "#14181D",
    .ac = "#A9B8C8",
    .dc = "#B9A3F0",
    .supply = "#56B4E9",
    .back = "#E8935A",
    .no_flow = "#59636E",
    .normal = "#2CC49A",
    .battery = "#56B4E9",
    .warning = "#F0B429",
    .warning_ground = "#3A2F12",
    .warning_text = "#F0B429",
    .error = "#FF6B6B",
    .error_ground = "#431C20",
    .off = "#59636E",
    .frozen = "#9AD7F5",
    .series = {"#56B4E9", "#F0A030", "#2CC49A", "#E58AC0", "#E8DC58", "#B9A3F0"},
};

const Theme* g_theme = &kLight;

}  // namespace

const Theme& theme() { return *g_theme; }

void apply_theme(QApplication& app, bool dark) {
  g_theme = dark ? &kDark : &kLight;
  const Theme& t = *g_theme;
  app.setStyle(new FlatStyle);
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.base);
  p.setColor(QPalette::AlternateBase, t.alternate);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::PlaceholderText, t.disabled);
  p.setColor(QPalette::Button, dark ? t.header : QColor("#F7F8FA"));
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::BrightText, t.error);
  p.setColor(QPalette::ToolTipBase, t.base);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::Highlight, t.selection);
  p.setColor(QPalette::HighlightedText, t.selection_text);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::LinkVisited, t.accent);
  p.setColor(QPalette::Light, dark ? t.header : QColor("#FFFFFF"));
  p.setColor(QPalette::Midlight, t.header);
  p.setColor(QPalette::Mid, t.border);
  p.setColor(QPalette::Dark, dark ? QColor("#101318") : t.disabled);
  p.setColor(QPalette::Shadow, dark ? QColor("#000000") : t.secondary);
  for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, t.disabled);
  app.setPalette(p);
  QFont font = app.font();
  font.setPixelSize(13);
  app.setFont(font);
}

QColor series_color(int n) {
  const auto& s = theme().series;
  return s[static_cast<size_t>(n) % s.size()];
}

QPen series_pen(int n) {
  QPen pen(series_color(n), 1.0);
  static const std::vector<std::vector<qreal>> kDashes{{}, {7, 3}, {8, 3, 2, 3}, {2, 3}};
  const auto& dash = kDashes[static_cast<size_t>(n) / theme().series.size() % kDashes.size()];
  if (!dash.empty()) pen.setDashPattern(QList<qreal>(dash.begin(), dash.end()));
  return pen;
}

QColor heat_color(double share) {
  // Nodes of matplotlib's inferno (CC0), linear in between.
  static constexpr std::array<QRgb, 9> kNodes{0xff000004, 0xff210c4a, 0xff56106e,
                                              0xff8a226a, 0xffbb3754, 0xffe35933,
                                              0xfff98e09, 0xfff9cb35, 0xfffcffa4};
  constexpr int kSteps = 48;
  share = std::clamp(std::floor(share * kSteps) / (kSteps - 1), 0.0, 1.0);
  const double at = share * (kNodes.size() - 1);
  const auto i = std::min(static_cast<size_t>(at), kNodes.size() - 2);
  const double f = at - static_cast<double>(i);
  const QColor a(kNodes[i]), b(kNodes[i + 1]);
  auto mix = [f](int x, int y) { return static_cast<int>(std::lround(x + f * (y - x))); };
  return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

}  // namespace steppe::gui
