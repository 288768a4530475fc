#include "gui/style/words.h"

#include <QCoreApplication>
#include <QSet>
#include <QStringList>

#include "gui/document/display.h"

namespace steppe::gui {

namespace {

QString word(const QString& w) {
  static const char* const kWords[] = {
      QT_TRANSLATE_NOOP("Words", "Sun"),
      QT_TRANSLATE_NOOP("Words", "Mon"),
      QT_TRANSLATE_NOOP("Words", "Tue"),
      QT_TRANSLATE_NOOP("Words", "Wed"),
      QT_TRANSLATE_NOOP("Words", "Thu"),
      QT_TRANSLATE_NOOP("Words", "Fri"),
      QT_TRANSLATE_NOOP("Words", "Sat"),
      QT_TRANSLATE_NOOP("Words", "Jan"),
      QT_TRANSLATE_NOOP("Words", "Feb"),
      QT_TRANSLATE_NOOP("Words", "Mar"),
      QT_TRANSLATE_NOOP("Words", "Apr"),
      QT_TRANSLATE_NOOP("Words", "May"),
      QT_TRANSLATE_NOOP("Words", "Jun"),
      QT_TRANSLATE_NOOP("Words", "Jul"),
      QT_TRANSLATE_NOOP("Words", "Aug"),
      QT_TRANSLATE_NOOP("Words", "Sep"),
      QT_TRANSLATE_NOOP("Words", "Oct"),
      QT_TRANSLATE_NOOP("Words", "Nov"),
      QT_TRANSLATE_NOOP("Words", "Dec"),
      QT_TRANSLATE_NOOP("Words", "complete"),
      QT_TRANSLATE_NOOP("Words", "cancelled"),
      QT_TRANSLATE_NOOP("Words", "failed"),
      QT_TRANSLATE_NOOP("Words", "invalid"),
      QT_TRANSLATE_NOOP("Words", "cut off"),
      QT_TRANSLATE_NOOP("Words", "blocked"),
      QT_TRANSLATE_NOOP("Words", "charging"),
      QT_TRANSLATE_NOOP("Words", "clear"),
      QT_TRANSLATE_NOOP("Words", "closed"),
      QT_TRANSLATE_NOOP("Words", "connected"),
      QT_TRANSLATE_NOOP("Words", "discharging"),
      QT_TRANSLATE_NOOP("Words", "freezing"),
      QT_TRANSLATE_NOOP("Words", "full"),
      QT_TRANSLATE_NOOP("Words", "held"),
      QT_TRANSLATE_NOOP("Words", "hold_up"),
      QT_TRANSLATE_NOOP("Words", "idle"),
      QT_TRANSLATE_NOOP("Words", "island"),
      QT_TRANSLATE_NOOP("Words", "locked"),
      QT_TRANSLATE_NOOP("Words", "lost"),
      QT_TRANSLATE_NOOP("Words", "none"),
      QT_TRANSLATE_NOOP("Words", "off"),
      QT_TRANSLATE_NOOP("Words", "on"),
      QT_TRANSLATE_NOOP("Words", "open"),
      QT_TRANSLATE_NOOP("Words", "ready"),
      QT_TRANSLATE_NOOP("Words", "recovering"),
      QT_TRANSLATE_NOOP("Words", "restarting"),
      QT_TRANSLATE_NOOP("Words", "running"),
      QT_TRANSLATE_NOOP("Words", "sag"),
      QT_TRANSLATE_NOOP("Words", "standby"),
      QT_TRANSLATE_NOOP("Words", "starting"),
      QT_TRANSLATE_NOOP("Words", "stopped"),
      QT_TRANSLATE_NOOP("Words", "tripped"),
      QT_TRANSLATE_NOOP("Words", "waiting"),
      QT_TRANSLATE_NOOP("Words", "warming"),
      QT_TRANSLATE_NOOP("Words", "trip"),
      QT_TRANSLATE_NOOP("Words", "start"),
      QT_TRANSLATE_NOOP("Words", "stop"),
      QT_TRANSLATE_NOOP("Words", "reset"),
      QT_TRANSLATE_NOOP("Words", "fail"),
      QT_TRANSLATE_NOOP("Words", "restore"),
      QT_TRANSLATE_NOOP("Words", "close"),
      QT_TRANSLATE_NOOP("Words", "weather"),
      QT_TRANSLATE_NOOP("Words", "block"),
      QT_TRANSLATE_NOOP("Words", "transfer"),
      QT_TRANSLATE_NOOP("Words", "limit"),
      QT_TRANSLATE_NOOP("Words", "start up"),
      QT_TRANSLATE_NOOP("Words", "shut down"),
      QT_TRANSLATE_NOOP("Words", "state"),
      QT_TRANSLATE_NOOP("Words", "Until"),
      QT_TRANSLATE_NOOP("Words", "Seed"),
      QT_TRANSLATE_NOOP("Words", "Altitude"),
      QT_TRANSLATE_NOOP("Words", "Start"),
      QT_TRANSLATE_NOOP("Words", "Energy site"),
      QT_TRANSLATE_NOOP("Words", "Energy IT"),
      QT_TRANSLATE_NOOP("Words", "Energy cooling"),
      QT_TRANSLATE_NOOP("Words", "Energy loss chain"),
      QT_TRANSLATE_NOOP("Words", "Energy other"),
      QT_TRANSLATE_NOOP("Words", "Energy grid import"),
      QT_TRANSLATE_NOOP("Words", "Energy grid export"),
      QT_TRANSLATE_NOOP("Words", "Energy renewable"),
      QT_TRANSLATE_NOOP("Words", "Peak site power"),
      QT_TRANSLATE_NOOP("Words", "Peak site power 15 min"),
      QT_TRANSLATE_NOOP("Words", "Load factor"),
      QT_TRANSLATE_NOOP("Words", "Energy per output token"),
      QT_TRANSLATE_NOOP("Words", "GPU energy per output token"),
      QT_TRANSLATE_NOOP("Words", "Carbon"),
      QT_TRANSLATE_NOOP("Words", "Water"),
      QT_TRANSLATE_NOOP("Words", "Carbon per million output tokens"),
      QT_TRANSLATE_NOOP("Words", "Max inlet temperature"),
      QT_TRANSLATE_NOOP("Words", "Max coolant temperature"),
      QT_TRANSLATE_NOOP("Words", "Battery throughput"),
      QT_TRANSLATE_NOOP("Words", "Battery equivalent full cycles"),
      QT_TRANSLATE_NOOP("Words", "Battery min soc"),
      QT_TRANSLATE_NOOP("Words", "Battery capacity fade"),
      QT_TRANSLATE_NOOP("Words", "Battery resistance rise"),
      QT_TRANSLATE_NOOP("Words", "Unserved energy"),
      QT_TRANSLATE_NOOP("Words", "Ledger residual energy"),
      QT_TRANSLATE_NOOP("Words", "Ledger residual heat"),
      QT_TRANSLATE_NOOP("Words", "Ledger residual tokens"),
      QT_TRANSLATE_NOOP("Words", "Requests arrived"),
      QT_TRANSLATE_NOOP("Words", "Requests completed"),
      QT_TRANSLATE_NOOP("Words", "Requests rejected"),
      QT_TRANSLATE_NOOP("Words", "Tokens in"),
      QT_TRANSLATE_NOOP("Words", "Tokens out"),
      QT_TRANSLATE_NOOP("Words", "SLO attainment"),
      QT_TRANSLATE_NOOP("Words", "GPU energy"),
      QT_TRANSLATE_NOOP("Words", "Hours free cooling"),
      QT_TRANSLATE_NOOP("Words", "Hours partial mechanical"),
      QT_TRANSLATE_NOOP("Words", "Hours mechanical"),
      QT_TRANSLATE_NOOP("Words", "Cost energy"),
      QT_TRANSLATE_NOOP("Words", "Cost demand"),
      QT_TRANSLATE_NOOP("Words", "Cost total"),
      QT_TRANSLATE_NOOP("Words", "Cost per million output tokens"),
      QT_TRANSLATE_NOOP("Words", "UPS transfers"),
      QT_TRANSLATE_NOOP("Words", "Ride through violations")};
  static const QSet<QString> known = [] {
    QSet<QString> all;
    for (const char* k : kWords) all.insert(k);
    return all;
  }();
  return known.contains(w) ? QCoreApplication::translate("Words", w.toUtf8().constData()) : w;
}

}  // namespace

QString date_and_time(std::string_view start, double t) {
  const QStringList p = QString::fromStdString(clock_long(start, t)).split(' ');
  if (p.size() < 5) return p.join(' ');
  //: weekday, day, month, year, time
  return QCoreApplication::translate("Words", "%1 %2 %3 %4 %5")
      .arg(word(p[0]), p[1], word(p[2]), p[3], p[4]);
}

QString short_date(std::string_view start, double t) {
  const QStringList p = QString::fromStdString(clock_long(start, t)).split(' ');
  if (p.size() < 5) return p.join(' ');
  //: day, month
  return QCoreApplication::translate("Words", "%1 %2").arg(p[1], word(p[2]));
}

QString status_word(const QString& status) { return word(status); }

QString mode_word(const QString& mode) { return word(mode); }

QString event_word(const QString& name) { return word(name); }

QString title_word(std::string_view name) { return word(QString::fromStdString(title_of(name))); }

}  // namespace steppe::gui
