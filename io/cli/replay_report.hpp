#pragma once

#include <span>
#include <string>

#include "formulations/secure/replay.hpp"
#include "io/report/replay_summary.hpp"

namespace headroom::cli {

/// What a ReplayResult only numbers.
struct ReplayNames {
    std::span<const std::string> feeder;       ///< [#feeder] ids
    std::span<const std::string> row_bus;      ///< [#row] ids
    std::span<const std::string> row_branch;   ///< [#row] ids, "" for voltage rows
    std::span<const std::int64_t> step_start;  ///< [#step] UTC seconds
    RowErrors errors;                          ///< that the envelopes were asked to hold for
};

/// Items by status, worst excess by kind of point, then the worst items, for people.
std::string replay_text(const ReplayResult& result, const ReplayNames& names);

/// The same for machines, with all items that are not clean: one JSON object.
std::string replay_json(const ReplayResult& result, const ReplayNames& names);

/// Which errors of the envelopes the points have, and which not; "" where envelopes know of none.
std::string errors_text(const RowErrors& errors);

/// Of that, what a summary alone says.
std::string summary_text(const ReplaySummary& summary);

}  // namespace headroom::cli
