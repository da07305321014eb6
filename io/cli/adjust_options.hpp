#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headroom::cli {

/// What becomes of the taps that controls move.
enum class AdjustedTaps {
    kept,
    solved,    ///< where the controls come to rest in one step, for all steps
    each_step  ///< in every step of every series where they come to rest there, from where the step before left them
};

/// `headroom adjust CASE [--table FILE] [--taps solved [--at TIME] | each-step] -o CASE`
struct AdjustOptions {
    std::string case_path;
    std::string table_path;                  ///< CSV file: feeders and what they have otherwise; empty: none
    AdjustedTaps taps = AdjustedTaps::kept;  ///< solved after the table
    std::optional<std::int64_t>
        at;  ///< UTC seconds in the step of the default series that settles them for all; none: the first
    std::string adjusted_path;
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
