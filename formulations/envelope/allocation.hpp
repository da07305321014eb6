#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/question.hpp"
#include "formulations/network/region.hpp"
#include "formulations/secure/secure_settings.hpp"
#include "solver/packing/packing_program.hpp"

namespace headroom {

struct AllocationRun {
    int threads = 0;  ///< <= 0: all
    /// Solves the problems of concave policies one by one in place of the lanes: a second opinion. Empty: the lanes.
    PackingProgram::SingleSolver single_solver = {};
    SecureSettings secure = {};                             ///< of Secure::ac
    bool row_values = false;                                ///< fill EnvelopeResult::row_base and row_worst
    bool is_part = false;                                   ///< the region is part of a case: it need not have all
    std::function<void(std::int64_t items)> finished = {};  ///< called from any thread after some items; may be empty
    const std::atomic<bool>* stop = nullptr;                ///< once true, no more is begun and Stopped is thrown
};

/// Whether it takes AC power flows to answer: what that costs is time and memory.
inline bool needs_power_flow(const AllocationQuestion& question) {
    return question.secure == Secure::ac || question.flow == FlowModel::linearised_ac;
}

/// Envelopes of every feeder and step of one series: reduce, split rows, progressive filling, certificate.
///
/// Items whose base case is insecure or whose certificate fails carry NaN and their status; a feeder with a fault is
/// invalid_input in every step. The same bytes for any number of threads.
/// @param faults   [#feeder] from validate(): "" or the reason why the feeder must not be solved
/// @throws Stopped                where run.stop left feeders undone
/// @throws std::invalid_argument  where the question does not fit the case (a reference that a customer lacks)
EnvelopeResult allocate(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                        const std::vector<std::string>& faults, const AllocationRun& run);

/// The same where each feeder shares its room in a way of its own: its numbers are those that it would have if all
/// feeders shared theirs so.
/// @param sharing  [#feeder] in place of the policy and the reference of the question; empty: those of the question
EnvelopeResult allocate(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                        std::span<const Sharing> sharing, const std::vector<std::string>& faults,
                        const AllocationRun& run);

}  // namespace headroom
