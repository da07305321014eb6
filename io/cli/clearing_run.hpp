#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/market/comparison.hpp"
#include "io/cli/clear_options.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/run_info.hpp"

namespace headroom::cli {

/// Limits before the market and the question that made them.
struct Limits {
    EnvelopeResult envelopes;
    RunInfo run;
    std::string digest;  ///< of the file; "": no file
};

/// Makes the question of a clearing that of envelopes, whoever they are of.
/// @param path  of the envelopes, to begin a message with
/// @throws InputError  where a market cannot begin with envelopes of such a question
void take_over(const AllocationQuestion& envelopes, const std::string& path, const ClearOptions& options,
               ClearingQuestion& question);

/// Makes the question of a clearing that of the envelopes it begins with.
/// @throws InputError  where a market cannot begin with them
void begin_with(const RunInfo& envelopes, const ClearOptions& options, ClearingQuestion& question);

/// @throws InputError  where the envelopes are not of this case, or lack what their question says they have
void require_envelopes_of(const Region& region, const EnvelopeResult& envelopes, const ClearingQuestion& question,
                          const ClearOptions& options);

/// @throws InputError  where there are no orders
void require_orders(const ClearOptions& options, std::size_t count);

/// What limits are computed from that are allocated for this clearing alone, but for case, version and kernels.
RunInfo question_notes(const ClearOptions& options, const AllocationQuestion& question);

/// What clearings remember of the question.
/// @param envelopes  of the limits before the market; case, series, version and kernels become those of the clearing
ClearingRunInfo run_info(const ClearOptions& options, const ClearingQuestion& question, const RunInfo& envelopes,
                         const std::string& envelope_digest, const std::string& case_name, const std::string& series,
                         const std::string& currency);

/// Who looks on while a market is cleared.
struct MarketWatch {
    std::function<void(std::int64_t items)> cleared = {};  ///< from any thread
    const std::atomic<bool>* stop = nullptr;               ///< once true, Stopped is thrown
    bool is_part = false;                                  ///< the region is part of a case
};

/// Limits for this clearing alone; none in a market that has no envelopes.
EnvelopeResult allocate_limits(const ClearOptions& options, const Region& region,
                               const std::vector<std::string>& faults, const MarketWatch& watch);

/// @throws InputError  where the question does not fit the case
ClearingResult clear_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                            const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                            const MarketWatch& watch);
MarketComparison compare_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                                const EnvelopeResult& envelopes, const std::vector<std::string>& faults);

}  // namespace headroom::cli
