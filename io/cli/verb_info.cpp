#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/case_report.hpp"
#include "io/cli/verbs.hpp"

namespace headroom::cli {

namespace {

/// Faults inside some feeders leave the others usable (4); faults of the file or in every feeder leave nothing (3).
ExitCode verdict(const Region& region, const std::vector<Fault>& faults) {
    std::set<std::int64_t> feeders;
    for (const Fault& fault : faults) {
        if (fault.feeder < 0) return ExitCode::invalid_input;
        feeders.insert(fault.feeder);
    }
    if (feeders.empty()) return ExitCode::done;
    return feeders.size() < region.feeder_count() ? ExitCode::incomplete : ExitCode::invalid_input;
}

}  // namespace

ExitCode info(const InfoOptions& options) {
    const Region region = read_case(options.path, {.series = "", .all_series = true});
    const std::vector<Fault> faults = validate(region);
    fmt::print("{}\n", options.json ? case_json(region, faults) : case_text(region, faults));
    return verdict(region, faults);
}

}  // namespace headroom::cli
