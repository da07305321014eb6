#pragma once

#include <cstdint>
#include <exception>

#include "solver/batch/run_batch.hpp"
#include "solver/batch/team.hpp"

namespace headroom {

/// What befell the members of a team in a step of theirs, from nothing to most to worry about.
enum class StepFate : std::int8_t { well = 0, stopped = 1, failed = 2 };

/// Does a step and waits for the others, also after a fault: nobody waits for a member that will not come. Between
/// two steps members may wait for each other; inside of one they must not.
/// @return the worst that befell a member; what befell this one is thrown, but for Stopped
template <class Work> StepFate together(Team& team, Work work) {
    std::exception_ptr fault;
    StepFate own = StepFate::well;
    try {
        work();
    } catch (const Stopped&) {
        own = StepFate::stopped;
    } catch (...) {
        own = StepFate::failed;
        fault = std::current_exception();
    }
    const auto worst = static_cast<StepFate>(team.worst(static_cast<int>(own)));
    if (fault) std::rethrow_exception(fault);
    return worst;
}

}  // namespace headroom
