#include "io/cli/verdict.hpp"

#include <cstdint>
#include <set>

namespace headroom::cli {

ExitCode verdict(const Region& region, const std::vector<Fault>& faults) {
    std::set<std::int64_t> feeders;
    for (const Fault& fault : faults) {
        if (fault.feeder < 0) return ExitCode::invalid_input;
        feeders.insert(fault.feeder);
    }
    if (feeders.empty()) return ExitCode::done;
    return feeders.size() < region.feeder_count() ? ExitCode::incomplete : ExitCode::invalid_input;
}

}  // namespace headroom::cli
