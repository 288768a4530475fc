#pragma once
// QCustomPlot is written with Qt's keywords, which the engine's headers (a function `signals()`) do
// not stand. They are defined for this one header only.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef emit
#undef foreach
