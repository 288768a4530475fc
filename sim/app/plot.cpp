#include "sim/app/plot.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>

#include "sim/app/scenario.h"
#include "sim/base/date.h"
#include "sim/base/display_unit.h"
#include "sim/base/error.h"
#include "sim/base/units.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kDay = 86400.0;

// ---------------------------------------------------------------------------------- data to draw
struct Point {
  double t, v;
};

/// Samples of one pixel column: first, least, largest and last say all that can be seen of it.
struct Column {
  Point first{kNan, kNan}, least{kNan, kNan}, most{kNan, kNan}, last{kNan, kNan};
  bool gap = false;  ///< a NaN ends the line here
  void add(double t, double v) {
    if (std::isnan(v)) {
      gap = true;
      return;
    }
    if (std::isnan(first.t)) first = least = most = {t, v};
    if (v < least.v) least = {t, v};
    if (v > most.v) most = {t, v};
    last = {t, v};
  }
};

/// Reads a signal block by block into `n` columns between two instants.
std::vector<Column> read_columns(const io::ResultFile& f, const std::string& signal, int unit,
                                 double from, double to, size_t n) {
  constexpr uint64_t kBlock = 1 << 18;
  std::vector<Column> out(n);
  for (uint64_t row = 0; row < f.rows(); row += kBlock) {
    const auto t = f.time(row, kBlock);
    if (t.empty() || t.back() < from || t.front() > to) continue;
    const auto v = f.read_unit(signal, unit, row, kBlock);
    for (size_t i = 0; i < std::min(t.size(), v.size()); ++i) {
      if (t[i] < from || t[i] > to) continue;
      const double x = (t[i] - from) / (to - from) * static_cast<double>(n);
      out[std::min(n - 1, static_cast<size_t>(x))].add(t[i], v[i]);
    }
  }
  return out;
}

struct Curve {
  std::string label;
  std::vector<Point> line;  ///< NaN values break it
  std::vector<Point> low, high;
  bool steps = false;
};

std::vector<Point> line_of(const std::vector<Column>& columns) {
  std::vector<Point> out;
  for (const auto& c : columns) {
    if (!std::isnan(c.first.t)) {
      std::array<Point, 4> p{c.first, c.least, c.most, c.last};
      std::stable_sort(p.begin(), p.end(), [](Point a, Point b) { return a.t < b.t; });
      for (const auto& x : p)
        if (out.empty() || x.t != out.back().t) out.push_back(x);
    }
    if (c.gap) out.push_back({kNan, kNan});
  }
  return out;
}

// ------------------------------------------------------------------------------------ axes, ticks
/// "Power [MW]"
std::string axis_label(const std::string& unit, const std::string& shown) {
  std::string what;
  if (const auto u = parse_unit(unit)) what = dimension_name(u->dimension);
  if (unit == "1" || unit.empty()) return "";
  if (shown == "var" || shown.ends_with("var")) what = "reactive power";
  if (what.find_first_of(".^") != std::string::npos) what.clear();  // no name, only base units
  if (what.empty()) return shown;
  what[0] = static_cast<char>(std::toupper(what[0]));
  return fmt::format("{} [{}]", what, shown);
}

struct Tick {
  double at;
  std::string label;
};

double nice_step(double span, int wanted) {
  const double raw = span / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
  for (double m : {1.0, 2.0, 5.0, 10.0})
    if (m * power >= raw * (1 - 1e-9)) return m * power;
  return 10.0 * power;
}

struct Axis {
  double low, high;
  std::vector<Tick> ticks;
  std::string label;
};

/// A value axis that begins and ends at a tick.
Axis value_axis(double low, double high, int wanted, bool whole) {
  if (!(high > low)) {
    const double pad = low == 0.0 ? 1.0 : 0.1 * std::abs(low);
    low -= pad;
    high += pad;
  }
  // A line near zero is better seen with zero in the picture.
  if (low > 0.0 && low < 0.25 * high) low = 0.0;
  if (high < 0.0 && high > 0.25 * low) high = 0.0;
  const double step = std::max(whole ? 1.0 : 0.0, nice_step(high - low, wanted));
  Axis a{step * std::floor(low / step + 1e-9), step * std::ceil(high / step - 1e-9), {}, {}};
  const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 12);
  for (double x = a.low; x <= a.high + 0.5 * step; x += step) {
    const double v = std::abs(x) < 1e-9 * step ? 0.0 : x;
    std::string label = fmt::format("{:.{}f}", std::abs(v), digits);
    // Thin spaces between thousands from 10 000 on.
    if (size_t at = std::min(label.find('.'), label.size()); at > 4)
      while (at > 3) label.insert(at -= 3, "\u2009");
    if (v < 0.0) label.insert(0, "−");
    a.ticks.push_back({x, label});
  }
  return a;
}

/// "15 Jan", "Jan", "15 January 2026"
std::string date_text(double epoch, const char* style) {
  static const std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
  const std::chrono::year_month_day d{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(std::floor(epoch / kDay))}}};
  const std::string month = kMonths[static_cast<unsigned>(d.month()) - 1];
  const std::string_view s(style);
  if (s == "month") return month.substr(0, 3);
  if (s == "day") return fmt::format("{} {}", static_cast<unsigned>(d.day()), month.substr(0, 3));
  return fmt::format("{} {} {}", static_cast<unsigned>(d.day()), month, static_cast<int>(d.year()));
}

std::string clock_text(double epoch, bool seconds) {
  const auto s = static_cast<long>(std::llround(epoch - kDay * std::floor(epoch / kDay)));
  return seconds ? fmt::format("{:02}:{:02}:{:02}", s / 3600 % 24, s / 60 % 60, s % 60)
                 : fmt::format("{:02}:{:02}", s / 3600 % 24, s / 60 % 60);
}

/// Time axis in words of a clock or a calendar, whichever the length of the run asks for.
Axis time_axis(double from, double to, double epoch, int wanted) {
  Axis a{from, to, {}, {}};
  const double span = to - from;
  auto regular = [&](double step, auto&& text) {
    // Ticks at round clock times, whatever the start.
    const double first = std::ceil((epoch + from) / step - 1e-9) * step - epoch;
    for (double t = first; t <= to + 1e-9 * span; t += step) a.ticks.push_back({t, text(t)});
  };
  const std::string day = date_text(epoch + from, "full");
  if (span < 180.0) {
    const double zero = std::floor(from), step = nice_step(span, wanted);
    const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 9);
    for (double t = zero + std::ceil((from - zero) / step - 1e-9) * step; t <= to + 1e-9; t += step)
      a.ticks.push_back({t, fmt::format("{:.{}f}", t - zero, digits)});
    a.label = fmt::format("Time [s] after {} on {}", clock_text(epoch + zero, true), day);
    return a;
  }
  for (double step : {10., 15., 30., 60., 120., 300., 600., 900., 1800., 3600., 7200., 10800.,
                      14400., 21600., 43200.})
    if (span / step <= wanted && span <= 3.0 * kDay) {
      const bool across = std::floor((epoch + from) / kDay) < std::floor((epoch + to - 1.0) / kDay);
      regular(step, [&](double t) {
        const double e = epoch + t;
        const bool midnight = std::abs(e - kDay * std::round(e / kDay)) < 0.5;
        // Over several days midnight names the day that begins.
        return across && midnight ? date_text(e + 1.0, "day") : clock_text(e, step < 60.0);
      });
      a.label = across ? "" : day;
      return a;
    }
  for (double days : {1., 2., 5., 7., 10., 14.})
    if (span / (days * kDay) <= wanted) {
      regular(days * kDay, [&](double t) { return date_text(epoch + t + 1.0, "day"); });
      a.label = fmt::format("{}", day.substr(day.rfind(' ') + 1));
      return a;
    }
  const std::chrono::year_month_day first{std::chrono::sys_days{
      std::chrono::days{static_cast<int>(std::floor((epoch + from) / kDay))}}};
  const int every =
      span > 20.0 * 30.0 * kDay ? static_cast<int>(span / (wanted * 30.0 * kDay)) + 1 : 1;
  for (auto m = first.year() / first.month() / 1;; m += std::chrono::months{every}) {
    const double t =
        kDay * static_cast<double>(std::chrono::sys_days{m}.time_since_epoch().count()) - epoch;
    if (t > to) break;
    if (t >= from) a.ticks.push_back({t, date_text(epoch + t + 1.0, "month")});
  }
  a.label = day.substr(day.rfind(' ') + 1);
  return a;
}

// ---------------------------------------------------------------------------------------- drawing
struct Colour {
  double r, g, b;
};
constexpr Colour hex(unsigned rgb) {
  return {static_cast<double>(rgb >> 16 & 255u) / 255.0,
          static_cast<double>(rgb >> 8 & 255u) / 255.0, static_cast<double>(rgb & 255u) / 255.0};
}
// Distinct to colour-blind eyes (after Okabe and Ito), dark enough for thin lines on white.
constexpr std::array<Colour, 6> kColours{hex(0x0072B2), hex(0xD55E00), hex(0x009E73),
                                         hex(0xCC79A7), hex(0x8A6D00), hex(0x5B4BB5)};
constexpr Colour kInk = hex(0x22262B), kSoft = hex(0x5C636B), kGrid = hex(0xE4E7EB);
const std::array<std::vector<double>, 6> kDashes{
    {{}, {5.0, 1.6}, {1.4, 1.4}, {6.0, 1.6, 1.2, 1.6}, {9.0, 2.2}, {3.0, 1.2, 1.2, 1.2, 1.2, 1.2}}};

constexpr double kMm = 72.0 / 25.4;  // pt
constexpr double kFont = 8.0, kSmall = 7.4, kTitle = 10.0;
constexpr double kGap = 11.0;  // between panels, legend not counted

struct Panel {
  std::string unit;  // SI
  DisplayUnit shown;
  std::vector<Curve> curves;
  Axis axis;
  std::vector<std::pair<double, double>> legend;  // x and row of every entry
  int legend_rows = 1;
  bool counted = false;  ///< modes and switches: whole numbers
};

class Figure {
 public:
  Figure(cairo_surface_t* surface, double width, double height, double scale)
      : surface_(surface), width_(width), height_(height) {
    cr_ = cairo_create(surface);
    cairo_scale(cr_, scale, scale);
    cairo_select_font_face(cr_, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_line_join(cr_, CAIRO_LINE_JOIN_ROUND);
  }
  ~Figure() {
    cairo_destroy(cr_);
    cairo_surface_destroy(surface_);
  }
  Figure(const Figure&) = delete;
  Figure& operator=(const Figure&) = delete;

  void draw(std::vector<Panel>& panels, const Axis& time, const std::string& title) {
    colour({1, 1, 1});
    cairo_paint(cr_);
    double left = 0.0;
    for (const auto& p : panels)
      for (const auto& t : p.axis.ticks) left = std::max(left, text_width(t.label, kSmall));
    const bool labelled = std::any_of(panels.begin(), panels.end(),
                                      [](const Panel& p) { return !p.axis.label.empty(); });
    x0_ = 8.0 + (labelled ? 14.0 : 0.0) + left + 6.0;
    x1_ = width_ - 14.0;
    double top = 9.0;
    if (!title.empty()) {
      write(title, 0.5 * width_, top + 8.0, kTitle, kInk, 0.5);
      top += 18.0;
    }
    const double bottom = height_ - (time.label.empty() ? 20.0 : 32.0);
    double used = 0.0;
    for (auto& p : panels) {
      place_legend(p);
      used += legend_height(p);
    }
    const double n = static_cast<double>(panels.size());
    const double each = std::max(20.0, (bottom - top - used - kGap * (n - 1.0)) / n);
    for (size_t i = 0; i < panels.size(); ++i) {
      draw_legend(panels[i], top);
      top += legend_height(panels[i]);
      draw_panel(panels[i], time, top, top + each, i + 1 == panels.size());
      top += each + kGap;
    }
    if (!time.label.empty()) write(time.label, 0.5 * (x0_ + x1_), height_ - 8.0, kFont, kSoft, 0.5);
  }

  cairo_surface_t* surface() { return surface_; }

 private:
  void colour(Colour c, double alpha = 1.0) { cairo_set_source_rgba(cr_, c.r, c.g, c.b, alpha); }
  double text_width(const std::string& s, double size) {
    cairo_set_font_size(cr_, size);
    cairo_text_extents_t e;
    cairo_text_extents(cr_, s.c_str(), &e);
    return e.x_advance;
  }
  /// `align`: 0 left, 0.5 centre, 1 right of x; y is the base line.
  void write(const std::string& s, double x, double y, double size, Colour c, double align) {
    colour(c);
    const double w = text_width(s, size);
    cairo_move_to(cr_, x - align * w, y);
    cairo_show_text(cr_, s.c_str());
  }
  void line(double xa, double ya, double xb, double yb, Colour c, double w) {
    colour(c);
    cairo_set_line_width(cr_, w);
    cairo_set_dash(cr_, nullptr, 0, 0.0);
    cairo_move_to(cr_, xa, ya);
    cairo_line_to(cr_, xb, yb);
    cairo_stroke(cr_);
  }
  void pen(size_t curve, size_t curves) {
    colour(kColours[curve % kColours.size()]);
    cairo_set_line_width(cr_, curves > 12 ? 0.7 : 1.1);
    const auto& d = kDashes[(curve + curve / kColours.size()) % kDashes.size()];
    cairo_set_dash(cr_, d.empty() ? nullptr : d.data(), static_cast<int>(d.size()), 0.0);
  }

  static constexpr size_t kMostEntries = 12;
  void place_legend(Panel& p) {
    double x = 0.0;
    int row = 0;
    p.legend.clear();
    for (size_t i = 0; i < std::min(p.curves.size(), kMostEntries + 1); ++i) {
      const bool rest = i == kMostEntries && p.curves.size() > kMostEntries;
      const std::string text =
          rest ? fmt::format("… {} more", p.curves.size() - kMostEntries) : p.curves[i].label;
      const double w = text_width(text, kFont) + (rest ? 0.0 : 22.0) + 14.0;
      if (x > 0.0 && x0_ + x + w - 14.0 > x1_) {
        x = 0.0;
        ++row;
      }
      p.legend.emplace_back(x, row);
      x += w;
    }
    p.legend_rows = row + 1;
  }
  static double legend_height(const Panel& p) { return 11.5 * p.legend_rows + 3.5; }
  void draw_legend(const Panel& p, double top) {
    for (size_t i = 0; i < p.legend.size(); ++i) {
      const double x = x0_ + p.legend[i].first, y = top + 8.0 + 11.5 * p.legend[i].second;
      if (i == kMostEntries) {
        write(fmt::format("… {} more", p.curves.size() - kMostEntries), x, y, kFont, kSoft, 0.0);
        break;
      }
      pen(i, 1);
      cairo_set_line_width(cr_, 1.5);
      cairo_move_to(cr_, x, y - 2.8);
      cairo_line_to(cr_, x + 17.0, y - 2.8);
      cairo_stroke(cr_);
      write(p.curves[i].label, x + 21.0, y, kFont, kInk, 0.0);
    }
  }

  void draw_panel(const Panel& p, const Axis& time, double top, double bottom, bool with_times) {
    auto px = [&](double t) { return x0_ + (t - time.low) / (time.high - time.low) * (x1_ - x0_); };
    auto py = [&](double v) {
      const double shown = p.shown.shown(v);
      return bottom - (shown - p.axis.low) / (p.axis.high - p.axis.low) * (bottom - top);
    };
    for (const auto& t : p.axis.ticks) {
      const double y = bottom - (t.at - p.axis.low) / (p.axis.high - p.axis.low) * (bottom - top);
      line(x0_, y, x1_, y, kGrid, 0.6);
      write(t.label, x0_ - 5.0, y + 2.7, kSmall, kInk, 1.0);
    }
    for (const auto& t : time.ticks) {
      line(px(t.at), top, px(t.at), bottom, kGrid, 0.6);
      if (with_times) {
        line(px(t.at), bottom, px(t.at), bottom + 3.0, kSoft, 0.7);
        const double w = text_width(t.label, kSmall);
        const double x = std::clamp(px(t.at), 0.5 * w + 2.0, width_ - 0.5 * w - 2.0);
        write(t.label, x, bottom + 12.0, kSmall, kInk, 0.5);
      }
    }
    cairo_save(cr_);
    cairo_rectangle(cr_, x0_, top - 1.0, x1_ - x0_, bottom - top + 2.0);
    cairo_clip(cr_);
    for (size_t i = 0; i < p.curves.size(); ++i) band(p.curves[i], i, px, py);
    for (size_t i = 0; i < p.curves.size(); ++i) curve(p, i, px, py);
    cairo_restore(cr_);
    line(x0_, bottom, x1_, bottom, kSoft, 0.8);
    line(x0_, top, x0_, bottom, kSoft, 0.8);
    if (p.axis.label.empty()) return;
    cairo_save(cr_);
    cairo_translate(cr_, 8.0 + 7.0, 0.5 * (top + bottom));
    cairo_rotate(cr_, -1.5707963267948966);
    write(p.axis.label, 0.0, 0.0, kFont, kInk, 0.5);
    cairo_restore(cr_);
  }

  template <class X, class Y>
  void band(const Curve& c, size_t i, X px, Y py) {
    if (c.low.size() < 2 || c.low.size() != c.high.size()) return;
    for (size_t k = 0; k < c.high.size(); ++k) cairo_line_to(cr_, px(c.high[k].t), py(c.high[k].v));
    for (size_t k = c.low.size(); k-- > 0;) cairo_line_to(cr_, px(c.low[k].t), py(c.low[k].v));
    cairo_close_path(cr_);
    colour(kColours[i % kColours.size()], 0.16);
    cairo_fill(cr_);
  }

  template <class X, class Y>
  void curve(const Panel& p, size_t i, X px, Y py) {
    const Curve& c = p.curves[i];
    bool down = false;
    double last = 0.0;
    for (const auto& point : c.line) {
      if (std::isnan(point.t)) {
        down = false;
        continue;
      }
      const double x = px(point.t), y = py(point.v);
      if (!down) {
        cairo_move_to(cr_, x, y);
      } else {
        if (c.steps) cairo_line_to(cr_, x, last);
        cairo_line_to(cr_, x, y);
      }
      down = true;
      last = y;
    }
    pen(i, p.curves.size());
    // Where every column holds a swing, a thin line keeps what is between the extremes.
    if (static_cast<double>(c.line.size()) > 2.0 * (x1_ - x0_)) cairo_set_line_width(cr_, 0.6);
    cairo_stroke(cr_);
  }

  cairo_surface_t* surface_;
  cairo_t* cr_;
  double width_, height_, x0_ = 0.0, x1_ = 0.0;
};

// -------------------------------------------------------------------------------------- the whole
std::vector<Panel> make_panels(const io::ResultFile& f, const PlotRequest& r, double from,
                               double to, size_t columns) {
  std::vector<Panel> panels;
  std::vector<std::pair<int, std::string>> keys;
  for (const auto& c : r.curves) {
    const auto* s = f.find(c.signal);
    if (!s) f.read(c.signal, 0, 1);  // says what is wrong
    const auto data = read_columns(f, c.signal, c.unit, from, to, columns);
    Curve curve{c.label, line_of(data), {}, {}, s->zoh};
    if (f.find(c.signal + "_min") && f.find(c.signal + "_max")) {
      const auto low = read_columns(f, c.signal + "_min", c.unit, from, to, columns);
      const auto high = read_columns(f, c.signal + "_max", c.unit, from, to, columns);
      for (size_t k = 0; k < columns; ++k)
        if (!std::isnan(low[k].least.v) && !std::isnan(high[k].most.v)) {
          curve.low.push_back({low[k].last.t, low[k].least.v});
          curve.high.push_back({low[k].last.t, high[k].most.v});
        }
    }
    // Temperatures and their differences share a unit but not an axis.
    const bool scale = s->unit == "K" && !curve.line.empty() && curve.line.front().v > 150.0;
    // Modes and switches are counted, not measured: they get a panel of their own.
    const bool counted = s->zoh && (s->unit == "1" || s->unit.empty());
    const std::pair<int, std::string> key{c.panel, scale          ? "degC"
                                                   : c.panel >= 0 ? ""
                                                   : counted      ? "count"
                                                                  : s->unit};
    const auto at = std::find(keys.begin(), keys.end(), key);
    if (at == keys.end()) {
      keys.push_back(key);
      panels.emplace_back();
      panels.back().unit = s->unit;
      panels.back().counted = counted;
    }
    auto& panel =
        panels[static_cast<size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin())];
    if (panel.unit != s->unit)
      throw UserError(fmt::format("'{}' is in {} and cannot share a panel with signals in {}",
                                  c.signal, s->unit, panel.unit));
    panel.curves.push_back(std::move(curve));
  }
  return panels;
}

void scale_panel(Panel& p, int ticks) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& c : p.curves)
    for (const auto* list : {&c.line, &c.low, &c.high})
      for (const auto& point : *list)
        if (std::isfinite(point.v)) {
          low = std::min(low, point.v);
          high = std::max(high, point.v);
        }
  if (low > high) low = high = 0.0;
  p.shown = display_unit(p.unit, low, high);
  p.axis = value_axis(p.shown.shown(low), p.shown.shown(high), ticks, p.counted);
  p.axis.label = axis_label(p.unit, p.shown.name);
}

struct Stream {
  std::FILE* file;
  bool failed = false;
  static cairo_status_t write(void* self, const unsigned char* data, unsigned n) {
    auto* s = static_cast<Stream*>(self);
    s->failed = s->failed || std::fwrite(data, 1, n, s->file) != n;
    return s->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
  }
};

}  // namespace

void plot(const io::ResultFile& f, const PlotRequest& r, const std::string& output) {
  const std::string kind = fs::path(output).extension().string();
  if (kind != ".png" && kind != ".svg" && kind != ".pdf")
    throw UserError(fmt::format("{}: a figure ends in .png, .svg or .pdf", output));
  if (r.curves.empty()) throw UserError("a figure needs at least one signal");
  if (f.rows() < 2) throw IoError(fmt::format("{}: holds fewer than two samples", f.path()));
  const double from = std::max(r.from, f.time(0, 1).at(0));
  const double end = f.time(f.rows() - 1, 1).at(0), to = r.to > 0.0 ? std::min(r.to, end) : end;
  if (!(to > from))
    throw UserError(fmt::format("the result ends at {}; nothing lies between {} and {}",
                                format_duration(end), format_duration(r.from),
                                format_duration(r.to)));

  const double width = r.width * kMm;
  // A column per device pixel: more cannot be seen, and a year stays a small file.
  const double per_point = kind == ".png" ? r.dpi / 72.0 : 4.0;
  const auto columns = static_cast<size_t>(std::max(100.0, width * per_point));
  auto panels = make_panels(f, r, from, to, columns);
  const double n = static_cast<double>(panels.size());
  const double height = r.height > 0.0 ? r.height * kMm : (n == 1 ? 78.0 : 52.0 * n + 16.0) * kMm;
  const int ticks = std::clamp(static_cast<int>(height / n / 28.0), 2, 8);
  for (auto& p : panels) scale_panel(p, ticks);
  const double epoch = parse_date(f.start()).value_or(0.0);
  const Axis time = time_axis(from, to, epoch, std::max(2, static_cast<int>(width / 46.0)));

  const std::string temporary = output + ".part";
  Stream stream{std::fopen(temporary.c_str(), "wb")};
  if (!stream.file) throw IoError(fmt::format("{} cannot be written", output));
  cairo_status_t status = CAIRO_STATUS_SUCCESS;
  {
    cairo_surface_t* surface =
        kind == ".svg" ? cairo_svg_surface_create_for_stream(Stream::write, &stream, width, height)
        : kind == ".pdf"
            ? cairo_pdf_surface_create_for_stream(Stream::write, &stream, width, height)
            : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width * per_point),
                                         static_cast<int>(height * per_point));
    Figure figure(surface, width, height, kind == ".png" ? per_point : 1.0);
    figure.draw(panels, time, r.title);
    if (kind == ".png")
      status = cairo_surface_write_to_png_stream(surface, Stream::write, &stream);
    else
      cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
  }
  const bool closed = std::fclose(stream.file) == 0;
  if (status != CAIRO_STATUS_SUCCESS || stream.failed || !closed ||
      std::rename(temporary.c_str(), output.c_str()) != 0) {
    std::remove(temporary.c_str());
    throw IoError(
        fmt::format("{} cannot be written{}{}", output, status == CAIRO_STATUS_SUCCESS ? "" : ": ",
                    status == CAIRO_STATUS_SUCCESS ? "" : cairo_status_to_string(status)));
  }
}

}  // namespace steppe::app
