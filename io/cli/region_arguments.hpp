#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "io/cli/region_options.hpp"

namespace headroom::cli {

/// Adds the options of runs by shards to a verb.
/// @return settles them after parsing; throws UsageError where they do not fit each other or the output
std::function<void()> add_region(CLI::App& verb, RegionOptions& options, const std::string& output);

}  // namespace headroom::cli
