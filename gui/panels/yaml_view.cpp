#include "gui/panels/yaml_view.h"

#include <QFontDatabase>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSyntaxHighlighter>
#include <QTextBlock>

#include "gui/session.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

class Highlighter final : public QSyntaxHighlighter {
 public:
  using QSyntaxHighlighter::QSyntaxHighlighter;

 protected:
  void highlightBlock(const QString& text) override {
    static const QRegularExpression key("(^|[\\s{,-])([A-Za-z_][\\w.\\-]*)\\s*:(?=\\s|$)");
    static const QRegularExpression number(
        "(?<![\\w])-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?(\\s?[A-Za-z%°][\\w/%°.·²³]*)?");
    static const QRegularExpression expression("\\$\\{[^}]*\\}");
    const Theme& t = theme();
    auto mark = [&](const QRegularExpression& e, const QColor& c, int group) {
      for (auto it = e.globalMatch(text); it.hasNext();) {
        const auto m = it.next();
        setFormat(static_cast<int>(m.capturedStart(group)),
                  static_cast<int>(m.capturedLength(group)), c);
      }
    };
    mark(number, t.normal, 0);
    mark(key, t.accent, 2);
    mark(expression, t.dc, 0);
    // A '#' begins a comment at the start or after a space, outside quotes.
    bool quote = false;
    QChar by;
    for (int i = 0; i < text.size(); ++i) {
      const QChar c = text[i];
      if (quote) {
        quote = c != by;
      } else if (c == '"' || (c == '\'' && (i == 0 || !text[i - 1].isLetterOrNumber()))) {
        quote = true;
        by = c;
      } else if (c == '#' && (i == 0 || text[i - 1].isSpace())) {
        setFormat(i, static_cast<int>(text.size()) - i, t.secondary);
        break;
      }
    }
  }
};

class Numbers final : public QWidget {
 public:
  explicit Numbers(YamlView* view) : QWidget(view), view_(view) {}
  QSize sizeHint() const override { return {view_->number_width(), 0}; }

 protected:
  void paintEvent(QPaintEvent* e) override { view_->paint_numbers(e); }

 private:
  YamlView* view_;
};

/// The text field would keep the keys of undo to itself; they belong to the document's own undo.
class UndoKeys final : public QObject {
 public:
  using QObject::QObject;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() != QEvent::ShortcutOverride) return QObject::eventFilter(watched, event);
    auto* e = static_cast<QKeyEvent*>(event);
    if (!e->matches(QKeySequence::Undo) && !e->matches(QKeySequence::Redo)) return false;
    e->ignore();
    return true;
  }
};

}  // namespace

YamlView::YamlView(Session& session, QWidget* parent)
    : QPlainTextEdit(parent), session_(session), numbers_(new Numbers(this)) {
  setObjectName("yaml");
  QFont f = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  f.setPixelSize(13);
  setFont(f);
  setFrameShape(QFrame::NoFrame);
  setLineWrapMode(QPlainTextEdit::NoWrap);
  setUndoRedoEnabled(false);
  setTabChangesFocus(false);
  setAccessibleName(tr("Text of the scenario"));
  installEventFilter(new UndoKeys(this));
  auto* highlighter = new Highlighter(document());
  setViewportMargins(number_width(), 0, 0, 0);
  connect(this, &QPlainTextEdit::blockCountChanged, this,
          [this] { setViewportMargins(number_width(), 0, 0, 0); });
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& r, int dy) {
    if (dy)
      numbers_->scroll(0, dy);
    else
      numbers_->update(0, r.y(), numbers_->width(), r.height());
  });
  connect(this, &QPlainTextEdit::textChanged, this, &YamlView::typed);
  connect(&session_, &Session::current_changed, this, &YamlView::load);
  connect(&session_, &Session::text_changed, this, &YamlView::load);
  connect(&session_, &Session::checked, this, &YamlView::mark_problems);
  connect(&session_, &Session::theme_changed, highlighter, &QSyntaxHighlighter::rehighlight);
  load();
}

void YamlView::load() {
  const Case* c = session_.current();
  const QString text = c ? QString::fromStdString(c->document.text()) : QString();
  setReadOnly(!c || c->read_only);
  if (text == toPlainText()) return;
  loading_ = true;
  const int line = textCursor().blockNumber(), column = textCursor().positionInBlock();
  const int scroll = verticalScrollBar()->value();
  setPlainText(text);
  QTextCursor cursor(document()->findBlockByNumber(line));
  cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor,
                      std::min(column, std::max(0, cursor.block().length() - 1)));
  setTextCursor(cursor);
  verticalScrollBar()->setValue(scroll);
  loading_ = false;
  mark_problems();
}

void YamlView::typed() {
  Case* c = session_.current();
  if (loading_ || !c || c->read_only) return;
  c->document.set_text(toPlainText().toStdString(), tr("typing").toStdString(), "typing");
  session_.text_edited();
}

void YamlView::keyPressEvent(QKeyEvent* e) {
  // Tabs are not allowed in YAML.
  if (e->key() == Qt::Key_Tab && !isReadOnly()) return insertPlainText("  ");
  QPlainTextEdit::keyPressEvent(e);
}

bool YamlView::canInsertFromMimeData(const QMimeData* source) const {
  return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void YamlView::go_to_line(int line) {
  const QTextBlock block = document()->findBlockByNumber(line - 1);
  if (!block.isValid()) return;
  QTextCursor cursor(block);
  setTextCursor(cursor);
  centerCursor();
  setFocus();
  mark_problems();
}

void YamlView::mark_problems() {
  QList<QTextEdit::ExtraSelection> marks;
  const Case* c = session_.current();
  if (c && c->check)
    for (const auto& p : c->check->problems) {
      if (p.line < 1 || !p.file.isEmpty()) continue;
      QTextEdit::ExtraSelection s;
      s.cursor = QTextCursor(document()->findBlockByNumber(p.line - 1));
      s.format.setBackground(p.kind == Problem::Kind::error ? theme().error_ground
                                                            : theme().warning_ground);
      s.format.setProperty(QTextFormat::FullWidthSelection, true);
      marks << s;
    }
  QTextEdit::ExtraSelection here;
  here.cursor = textCursor();
  here.cursor.clearSelection();
  here.format.setBackground(theme().alternate);
  here.format.setProperty(QTextFormat::FullWidthSelection, true);
  marks.prepend(here);
  setExtraSelections(marks);
}

int YamlView::number_width() const {
  return 16 + fontMetrics().horizontalAdvance('9') *
                  static_cast<int>(QString::number(std::max(100, blockCount())).size());
}

void YamlView::resizeEvent(QResizeEvent* e) {
  QPlainTextEdit::resizeEvent(e);
  numbers_->setGeometry(contentsRect().left(), contentsRect().top(), number_width(),
                        contentsRect().height());
}

void YamlView::paint_numbers(QPaintEvent* e) {
  QPainter p(numbers_);
  p.fillRect(e->rect(), theme().alternate);
  p.setPen(theme().disabled);
  p.setFont(font());
  QTextBlock block = firstVisibleBlock();
  double top = blockBoundingGeometry(block).translated(contentOffset()).top();
  while (block.isValid() && top <= e->rect().bottom()) {
    const double height = blockBoundingRect(block).height();
    p.drawText(QRectF(0, top, numbers_->width() - 8, height), Qt::AlignRight | Qt::AlignVCenter,
               QString::number(block.blockNumber() + 1));
    top += height;
    block = block.next();
  }
}

}  // namespace steppe::gui
