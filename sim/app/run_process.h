#pragma once
// One run of a study in a process of its own, forked from this one: a run that crashes takes
// nothing with it and memory stays flat. What came out is a line of JSON on a pipe, and a result
// file that gets its name only when it is complete.
#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/app/study.h"

namespace steppe::app {

struct RunProcess {
  pid_t pid = -1;
  int fd = -1;  ///< what it says comes here; end of file when it ends
  size_t index = 0;
  std::string text;
};

std::string host_name();

/// The name under which a run's process writes until it is done.
std::filesystem::path partial_file(const std::string& dir, pid_t pid);
std::filesystem::path run_file(const std::string& dir, const std::string& id);

/// Starts the process of run `index`; a finished result of earlier is read instead of computed.
/// `others`: running ones, whose pipes the new process must not hold open.
RunProcess start_run(const Study&, size_t index, const core::Registry&, const std::string& dir,
                     const std::vector<RunProcess>& others);

/// Waits for a process that has closed its pipe. Its line: run, id, status, reason, kpi, kept,
/// wall_s (all of it), run_s (the simulation alone); a crash becomes a line too. "disk" stands in
/// it when the result could not be written, which is no fault of the run.
nlohmann::json finish_run(const RunProcess&);

/// Kills and forgets all of them, and what they had half written.
void end_runs(std::vector<RunProcess>& running, const std::string& dir);

}  // namespace steppe::app
