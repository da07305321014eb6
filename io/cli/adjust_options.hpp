#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headroom::cli {

/// `headroom adjust CASE [--table FILE] [--taps solved [--at TIME]] -o CASE`
struct AdjustOptions {
    std::string case_path;
    std::string table_path;    ///< CSV file: feeders and what they have otherwise; empty: none
    bool solves_taps = false;  ///< to where tap controls come to rest, after the table
    std::optional<std::int64_t>
        at;  ///< UTC seconds in the step of the default series that settles them; none: the first
    std::string adjusted_path;
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
