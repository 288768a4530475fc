#include "gui/actions/file_dialogs.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QRegularExpression>
#include <QSettings>

#include "sim/app/scenario.h"

namespace steppe::gui {

namespace {

QFileDialog::Options options() {
  // Native dialogs cannot be driven by tests.
  return QGuiApplication::platformName() == "offscreen" ? QFileDialog::DontUseNativeDialog
                                                        : QFileDialog::Options();
}

}  // namespace

QStringList ask_open(QWidget* parent) {
  QSettings settings;
  const QString folder =
      settings.value("folder/open", QString::fromStdString(app::home_dir()) + "/scenarios")
          .toString();
  const QStringList files = QFileDialog::getOpenFileNames(
      parent, QCoreApplication::translate("FileDialogs", "Open"), folder,
      QCoreApplication::translate(
          "FileDialogs",
          "All that steppe reads (*.yaml *.yml *.h5 *.epw *.csv);;Scenarios, studies, workspaces "
          "(*.yaml *.yml);;Results (*.h5);;Weather (*.epw);;Traces (*.csv);;All files (*)"),
      nullptr, options());
  if (!files.isEmpty()) settings.setValue("folder/open", QFileInfo(files.first()).absolutePath());
  return files;
}

QString ask_save(QWidget* parent, const QString& purpose, const QString& title,
                 const QString& proposal, const QStringList& filters) {
  QSettings settings;
  const QString folder = settings.value("folder/" + purpose, QDir::homePath()).toString();
  const QFileInfo proposed(proposal);
  const QString start = proposed.isAbsolute() ? proposal : folder + "/" + proposal;
  QString filter;
  QString file =
      QFileDialog::getSaveFileName(parent, title, start, filters.join(";;"), &filter, options());
  if (file.isEmpty()) return {};
  if (QFileInfo(file).suffix().isEmpty()) {
    static const QRegularExpression suffix("\\*(\\.\\w+)");
    const auto m = suffix.match(filter.isEmpty() ? filters.value(0) : filter);
    if (m.hasMatch()) file += m.captured(1);
  }
  settings.setValue("folder/" + purpose, QFileInfo(file).absolutePath());
  return file;
}

}  // namespace steppe::gui
