#include "io/cli/verdict.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <set>

#include "io/errors.hpp"

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

std::vector<std::string> feeder_faults(const Region& region, const std::string& case_path, bool whole) {
    return feeder_faults(region, validate(region), case_path, whole);
}

std::vector<std::string> feeder_faults(const Region& region, const std::vector<Fault>& faults,
                                       const std::string& source, bool whole) {
    const ExitCode left = verdict(region, faults);
    if (left == ExitCode::invalid_input || (whole && left != ExitCode::done))
        throw InputError(source + ": " + summarise(faults));
    return first_faults(faults, region.feeder_count());
}

ExitCode left_to_write(const Region& region, const std::vector<Fault>& faults, const std::string& source, bool whole) {
    if (faults.empty()) return ExitCode::done;
    if (whole)
        throw InputError(fmt::format("{}: with --strict nothing is written where a feeder has a fault; {}", source,
                                     summarise(faults)));
    if (verdict(region, faults) == ExitCode::invalid_input)
        throw InputError(
            fmt::format("{}: nothing is written, every feeder has a fault; {}", source, summarise(faults)));
    fmt::print(stderr, "{}\n", summarise(faults));
    return ExitCode::incomplete;
}

}  // namespace headroom::cli
