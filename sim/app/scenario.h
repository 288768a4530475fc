#pragma once
// A scenario file as the engine needs it: templates expanded, overrides applied, every name
// resolved or reported.
#include <optional>
#include <string>
#include <vector>

#include "sim/app/availability.h"
#include "sim/core/system.h"
#include "sim/io/yaml_source.h"
#include "sim/solve/event_loop.h"

namespace steppe::app {

/// "--set PATH=VALUE": PATH is a key of the file (site.weather, profile.exchange, params.it_power)
/// or a parameter of a component, template or process by its id (bess.energy,
/// pod.rack.liquid_fraction).
struct Override {
  std::string path, value;
};
/// Splits "bess.energy=80MWh"; throws UserError when there is no '='.
Override parse_override(const std::string& text);

struct Scenario {
  std::string name, path;
  std::string source;        ///< text of the file
  std::string resolved;      ///< YAML after templates and overrides
  std::string start;         ///< "2026-01-15 00:00:00", local standard time
  std::string time_zone;     ///< offset of that time from UTC, "+08:00"; "": not given
  double start_epoch = 0.0;  ///< s since 1970-01-01 00:00 in the same time zone
  double carbon = -1.0;      ///< kg/J of grid electricity; negative: not given
  uint64_t seed = 1;
  double t_end = 86400.0;  ///< s
  std::vector<solve::ProfileWindow> windows;
  std::vector<core::Nanoseconds> checkpoints;
  std::vector<std::string> record;  ///< patterns with *; empty: everything
  std::vector<SourceLoc> record_locs;
  core::SystemSpec system;

  struct Event {  ///< names are resolved once the system stands
    double at = 0.0, duration = 0.0, value = 0.0, ramp = 0.0;
    std::string action, target;  ///< action "" : set the input `target`
    bool has_value = false;
    std::string value_text;
    SourceLoc at_loc, action_loc, target_loc, value_loc;
  };
  std::vector<Event> events;

  std::optional<AvailabilityModel> availability;
  std::string availability_text;  ///< its section, expressions evaluated
};

/// Reads, expands and checks; every problem goes to `d`. `data_dir`: the folder `data/` that ships
/// with steppe.
Scenario load_scenario(const std::string& path, const std::vector<Override>& overrides,
                       const std::string& profile_override, const core::Registry&,
                       const std::string& data_dir, Diagnostics& d);

/// Timeline of a scenario for a built system.
std::vector<solve::TimelineEvent> resolve_events(const Scenario&, const core::System&,
                                                 Diagnostics&);

/// Folder of the shipped `data/` and `scenarios/`: $STEPPE_HOME, or found upwards from the
/// executable.
std::string home_dir();

}  // namespace steppe::app
