#include "gui/style/words.h"

#include <QCoreApplication>
#include <QStringList>

#include "gui/document/display.h"

namespace steppe::gui {

namespace {

QString word(const QString& w) {
  static const char* const kWords[] = {
      QT_TRANSLATE_NOOP("Words", "Sun"),       QT_TRANSLATE_NOOP("Words", "Mon"),
      QT_TRANSLATE_NOOP("Words", "Tue"),       QT_TRANSLATE_NOOP("Words", "Wed"),
      QT_TRANSLATE_NOOP("Words", "Thu"),       QT_TRANSLATE_NOOP("Words", "Fri"),
      QT_TRANSLATE_NOOP("Words", "Sat"),       QT_TRANSLATE_NOOP("Words", "Jan"),
      QT_TRANSLATE_NOOP("Words", "Feb"),       QT_TRANSLATE_NOOP("Words", "Mar"),
      QT_TRANSLATE_NOOP("Words", "Apr"),       QT_TRANSLATE_NOOP("Words", "May"),
      QT_TRANSLATE_NOOP("Words", "Jun"),       QT_TRANSLATE_NOOP("Words", "Jul"),
      QT_TRANSLATE_NOOP("Words", "Aug"),       QT_TRANSLATE_NOOP("Words", "Sep"),
      QT_TRANSLATE_NOOP("Words", "Oct"),       QT_TRANSLATE_NOOP("Words", "Nov"),
      QT_TRANSLATE_NOOP("Words", "Dec"),       QT_TRANSLATE_NOOP("Words", "complete"),
      QT_TRANSLATE_NOOP("Words", "cancelled"), QT_TRANSLATE_NOOP("Words", "failed"),
      QT_TRANSLATE_NOOP("Words", "invalid"),   QT_TRANSLATE_NOOP("Words", "cut off")};
  for (const char* k : kWords)
    if (w == k) return QCoreApplication::translate("Words", k);
  return w;
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

}  // namespace steppe::gui
