#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "io/import/import_report.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "io/import/power_grid_model/power_grid_model_import.hpp"
#include "io/import/source_list.hpp"

namespace headroom {

struct SourceSettings {
    OpenDssOptions opendss;
    PowerGridModelOptions power_grid_model;
    bool strict = false;             ///< the first source that cannot be read ends it all
    int threads = 0;                 ///< 0: one per processor
    std::function<void()> finished;  ///< called once per source, from any thread
};

/// What became of one source.
struct SourceOutcome {
    std::string source;                ///< its path
    std::string fault;                 ///< why it is left out; empty: it is part of the region
    std::vector<std::string> feeders;  ///< identifiers in the region
    std::size_t buses = 0, branches = 0, customers = 0;
    ImportReport report;
};

struct ImportedSources {
    Region region;
    std::vector<SourceOutcome> outcomes;  ///< [#source]
};

/// Reads all sources side by side and joins them to one region, in their order; the same on any number of threads. The
/// first that can be read gives the region its name and time axes. One that cannot be read, or whose series do not go
/// with these (merge_obstacle), is left out, with its fault in the outcome. Feeders are called as unique_feeder_ids()
/// has it. See the page sources.md.
/// @throws InputError  no source can be read, or with `strict` one cannot
/// @throws UsageError  options that cannot be meant
ImportedSources import_sources(const std::vector<Source>& sources, const SourceSettings& settings);

}  // namespace headroom
