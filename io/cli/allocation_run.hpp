#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "io/cli/allocate_options.hpp"
#include "io/cli/policy_table.hpp"
#include "io/result/run_info.hpp"

namespace headroom::cli {

/// What results remember of the question.
RunInfo run_info(const AllocateOptions& options, const PolicyTable& policies, const std::string& case_name,
                 const std::string& series);

/// Who looks on while envelopes are computed.
struct Watch {
    std::function<void(std::int64_t items)> solved;  ///< from any thread
    const std::atomic<bool>* stop = nullptr;         ///< once true, Stopped is thrown
    bool is_part = false;                            ///< the region is part of a case
};

/// Envelopes as the options ask for them, with the price of fairness where they do.
/// @param policies  of the feeders of the region
/// @param faults    [#feeder] "" or why it must not be solved
/// @throws InputError  where the question does not fit the case
EnvelopeResult solve(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                     const PolicyTable& policies, const std::vector<std::string>& faults, const Watch& watch);

}  // namespace headroom::cli
