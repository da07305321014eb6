#pragma once

#include <string>

#include "formulations/envelope/question.hpp"
#include "formulations/secure/secure_settings.hpp"
#include "io/cli/region_options.hpp"
#include "io/cli/solver_choice.hpp"

namespace headroom::cli {

/// `headroom allocate CASE -o RESULT [options]`; a RESULT that is a folder gets parts (allocate_region). Aligned
/// corners are a diagnostic and have no RESULT.
struct AllocateOptions {
    std::string case_path;
    std::string result_path;
    std::string policy = "max-min";  ///< as typed; question holds what it means
    std::string policies_path;       ///< CSV file: feeders with a policy and a reference of their own; empty: none
    AllocationQuestion question;
    Corners corners = Corners::search;          ///< of Secure::ac
    std::string series;                         ///< empty: the first of the case
    SolverChoice solver = SolverChoice::lanes;  ///< of concave policies
    int threads = 0;                            ///< 0: one per processor
    RegionOptions region;
    bool strict = false;             ///< one invalid feeder is an invalid case
    bool row_values = false;         ///< store how far every network limit is used
    bool price_of_fairness = false;  ///< compare the sum of limits with the largest there is
    bool json = false;               ///< summary for machines on standard output
    bool dry_run = false;            ///< say what would be done, and stop
    bool quiet = false;              ///< errors only
};

}  // namespace headroom::cli
