#pragma once
// Translations by bare class name: lupdate writes "MainWindow" where Qt asks for
// "steppe::gui::MainWindow".
#include <QTranslator>
#include <cstring>

namespace steppe::gui {

class Translator final : public QTranslator {
 public:
  QString translate(const char* context, const char* text, const char* disambiguation,
                    int n) const override {
    static constexpr const char* kPrefix = "steppe::gui::";
    if (std::strncmp(context, kPrefix, std::strlen(kPrefix)) == 0) context += std::strlen(kPrefix);
    return QTranslator::translate(context, text, disambiguation, n);
  }
};

}  // namespace steppe::gui
