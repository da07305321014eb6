#pragma once

#include <string>

#include "io/cli/job_plan.hpp"

namespace headroom::cli {

/// Whether there is a file or folder; one in a folder that cannot be searched is not there.
bool is_there(const std::string& path);

/// Throws InputError where a stage that runs would read a file that is not there and that no stage before it writes.
void require_inputs(const JobPlan& plan);

/// The case has the series that stages use, and orders where a market has them from nowhere else; tables of orders and
/// policies fit it; stages read results of their own series, and tables of results are of one.
/// @pre require_inputs()
/// @throws InputError, UsageError  with file, line and stage
void require_contents(const JobPlan& plan);

/// Throws UsageError where two stages write the same file, or a stage writes over what the job or a stage reads.
void require_outputs_apart(const JobPlan& plan);

/// Makes the folder of the files of stages where it is missing; OutputError where it cannot be made.
void make_folder(const JobPlan& plan);

}  // namespace headroom::cli
