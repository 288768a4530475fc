#pragma once
// A value that follows a timetable.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType schedule_process();

}  // namespace steppe::models
