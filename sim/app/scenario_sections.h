#pragma once
// The sections of a scenario that stand on their own. Every reader takes the section with its
// expressions evaluated (null: not given); problems go to the Diagnostics, with their place.
#include <optional>
#include <string>

#include "sim/app/scenario.h"
#include "sim/core/registry.h"

namespace steppe::app {

/// Start, altitude, carbon. Returns the entry of the component that `site.weather` is short for;
/// nothing: the site has no weather. `folder`: of the file that names the weather.
std::optional<io::Node> read_site(const io::Node&, const core::Registry&,
                                  const std::string& data_dir, Scenario&, Diagnostics&);
void read_run(const io::Node&, Scenario&, Diagnostics&);
void read_profile(const io::Node&, Scenario&, Diagnostics&);
void read_record(const io::Node&, Scenario&, Diagnostics&);
void read_events(const io::Node&, Scenario&, Diagnostics&);
/// The availability of the site, and the sampled outage that this run replays.
void read_outages(const io::Node&, Scenario&, Diagnostics&);

/// Folder of the file that a text stands in; of "--set": the current one.
std::string folder_of(const SourceLoc&);

/// Place of a text from the command line.
SourceLoc command_line(const std::string& option, const std::string& text);

}  // namespace steppe::app
