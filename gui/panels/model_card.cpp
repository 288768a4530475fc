#include "gui/panels/model_card.h"

#include <QCoreApplication>
#include <cmath>

#include "gui/panels/inspector.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

struct ModelCard {
  Q_DECLARE_TR_FUNCTIONS(ModelCard)
};

QString esc(const std::string& s) { return QString::fromStdString(s).toHtmlEscaped(); }

QString heading(const QString& text) { return "<h3>" + text + "</h3>"; }

QString row(const QStringList& cells) {
  return "<tr><td>" + cells.join("&nbsp;&nbsp;</td><td>") + "</td></tr>";
}

QString parameters(const core::ParamTableBase* table) {
  if (!table || table->rows().empty()) return {};
  QString out =
      heading(ModelCard::tr("Parameters")) + "<table cellspacing='0' cellpadding='2'>" +
      row({"", "<b>" + ModelCard::tr("Default") + "</b>", "<b>" + ModelCard::tr("Unit") + "</b>",
           "", "<b>" + ModelCard::tr("Source") + "</b>"});
  for (const auto& p : table->rows())
    out += row({"<b>" + esc(p.name) + "</b>",
                p.required ? ModelCard::tr("required") : ParamRow::show(p, p.value).toHtmlEscaped(),
                p.unit == "1" ? QString() : esc(p.unit), esc(p.help), esc(p.source)});
  return out + "</table>";
}

const char* word(core::PortKind k) {
  switch (k) {
    case core::PortKind::ac:
      return "ac";
    case core::PortKind::dc:
      return "dc";
    case core::PortKind::fluid:
      return "fluid";
    case core::PortKind::heat:
      return "heat";
  }
  return "";
}

/// Rows of anything with a name, a unit and a help text.
template <class List>
QString signals_of_kind(const QString& title, const List& list) {
  if (list.empty()) return {};
  QString out = heading(title) + "<table cellspacing='0' cellpadding='2'>";
  for (const auto& s : list)
    out +=
        row({"<b>" + esc(s.name) + "</b>", s.unit == "1" ? QString() : esc(s.unit), esc(s.help)});
  return out + "</table>";
}

QString head(const std::string& name, const std::string& domain, const std::string& help) {
  return QString("<h2>%1</h2><p style='color:%2'>%3</p><p>%4</p>")
      .arg(esc(name), theme().secondary.name(), esc(domain), esc(help));
}

}  // namespace

QString model_card_html(const std::string& type, const core::Registry& registry) {
  QString out;
  if (const auto c = registry.components.find(type); c != registry.components.end()) {
    const auto& l = c->second.layout;
    out = head(c->second.name, c->second.domain, c->second.help);
    QStringList ports;
    for (const auto& p : l.ports) ports << "<b>" + esc(p.name) + "</b> " + word(p.kind);
    if (!ports.isEmpty())
      out += heading(ModelCard::tr("Ports")) + "<p>" + ports.join(", ") + "</p>";
    out += parameters(c->second.params);
    out += signals_of_kind(ModelCard::tr("Inputs"), l.inputs);
    out += signals_of_kind(ModelCard::tr("Variables"), l.vars);
    out += signals_of_kind(ModelCard::tr("Outputs"), l.outputs);
    QStringList modes;
    for (const auto& m : l.modes) {
      QStringList words;
      for (const auto& v : m.values) words << esc(v);
      modes << "<b>" + esc(m.name) + "</b>: " + words.join(", ");
    }
    if (!modes.isEmpty())
      out += heading(ModelCard::tr("Modes")) + "<p>" + modes.join("<br>") + "</p>";
  } else if (const auto p = registry.processes.find(type); p != registry.processes.end()) {
    out = head(p->second.name, p->second.domain, p->second.help) + parameters(p->second.params);
    out += signals_of_kind(ModelCard::tr("Inputs"), p->second.inputs);
    out += signals_of_kind(ModelCard::tr("Outputs"), p->second.outputs);
  }
  return out;
}

}  // namespace steppe::gui
