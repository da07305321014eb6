#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formulations/flow/load_window.hpp"

namespace headroom::cli {

/// `headroom flow CASE [-o RESULT] [--csv TABLE [--at TIME]] [options]`
struct FlowOptions {
    std::string case_path;
    std::string result_path;                ///< empty: none
    std::string table_path;                 ///< CSV file of one step's node voltages; empty: none
    std::optional<std::int64_t> at;         ///< UTC seconds in the step of that table; none: the first
    std::optional<LoadWindow> load_window;  ///< where loads keep their model; none: everywhere
    std::string series;                     ///< empty: the first of the case
    int threads = 0;                        ///< 0: one per processor
    bool json = false;                      ///< summary for machines on standard output
    bool dry_run = false;                   ///< say what would be done, and stop
    bool quiet = false;                     ///< errors only
};

}  // namespace headroom::cli
