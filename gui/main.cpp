// The desktop app. Only this file and the command line know the concrete models.
#include <QApplication>
#include <QSettings>
#include <clocale>

#include "gui/actions/actions.h"
#include "gui/main_window.h"
#include "gui/style/theme.h"
#include "gui/style/translator.h"
#include "inference_load/registry.h"
#include "models/registry.h"

int main(int argc, char** argv) {
  using namespace steppe;
  QApplication app(argc, argv);
  // Numbers in files have a point, whatever the language of the desktop.
  std::setlocale(LC_NUMERIC, "C");
  QApplication::setOrganizationName("steppe");
  QApplication::setApplicationName("steppe-gui");
  QApplication::setApplicationVersion(STEPPE_VERSION);
  core::Registry registry = models::registry();
  for (auto& type : load::process_types()) registry.add(std::move(type));
  QStringList files = QApplication::arguments().mid(1);
  int code = 0;
  do {
    gui::Translator translator;
    if (translator.load(":/translations/steppe_" + QSettings().value("language", "en").toString()))
      QApplication::installTranslator(&translator);
    gui::apply_theme(app, QSettings().value("dark", false).toBool());
    gui::MainWindow window(registry);
    window.restoreGeometry(QSettings().value("geometry").toByteArray());
    for (const auto& f : files) window.files().open_path(f);
    window.show();
    code = QApplication::exec();
    files = window.open_files();
  } while (code == gui::MainWindow::kRestart);
  return code;
}
