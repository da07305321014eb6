#pragma once

#include <string>
#include <vector>

#include "io/import/import_sources.hpp"

namespace headroom::cli {

/// What an import says to people. Of one source everything that its report holds; of several a line for each, then
/// what their reports have in common, summed up.
std::string import_text(const std::vector<SourceOutcome>& outcomes);

/// The sources that were left out and why, a line each; empty if there are none.
std::string left_out_text(const std::vector<SourceOutcome>& outcomes);

}  // namespace headroom::cli
