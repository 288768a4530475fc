#pragma once
// Open, save and export dialogs: all kinds first, the folder remembered per purpose, the suffix
// added.
#include <QString>
#include <QStringList>

class QWidget;

namespace steppe::gui {

QStringList ask_open(QWidget* parent);
/// `purpose` names the remembered folder; `filters` like "PNG (*.png)". "" when cancelled.
QString ask_save(QWidget* parent, const QString& purpose, const QString& title,
                 const QString& proposal, const QStringList& filters);

}  // namespace steppe::gui
