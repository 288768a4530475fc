#pragma once
// Words of the engine and of the calendar in the language of the window.
#include <QString>
#include <string_view>

namespace steppe::gui {

/// "Thu 15 Jan 2026 14:02:31" in the order and the words of the language.
QString date_and_time(std::string_view start, double t);
/// "15 Jan"
QString short_date(std::string_view start, double t);
/// How a run ended: "complete", "cancelled", "cut off" …; other words come back as they are.
QString status_word(const QString& status);
/// A state of a component: "tripped", "standby" …; other words come back as they are.
QString mode_word(const QString& mode);
/// What happened: "trip", "restore" …
QString event_word(const QString& name);
/// The title of a key figure or a parameter: "Energy site".
QString title_word(std::string_view name);

}  // namespace steppe::gui
