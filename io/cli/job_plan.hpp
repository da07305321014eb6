#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/cli/arguments.hpp"
#include "io/cli/job_file.hpp"
#include "io/cli/run_options.hpp"
#include "io/cli/stage_kind.hpp"

namespace headroom::cli {

/// A file that a stage reads.
struct StageInput {
    std::string path;
    std::string stage;  ///< the one that writes it; "": none of this job
    std::string key;    ///< that named it
    int line;           ///< of the job file
};

/// One stage as the command that does it.
struct JobStage {
    const StageKind* kind;
    std::string name;                   ///< "clear", or "clear_auction" with a name of its own
    std::vector<std::string> words;     ///< of the command, the verb first
    Command command;                    ///< what they mean
    std::vector<StageInput> inputs;     ///< the case first
    std::string output;                 ///< file it writes; "": none
    std::optional<std::string> series;  ///< "": the first of the case; nothing: that of a result from outside the job
    bool runs;                          ///< false: comes before --from
    int line;                           ///< of its table in the job file
    int series_line;                    ///< of the key that says its series, or of its table
};

struct JobPlan {
    std::string job_path;
    std::string case_path;
    std::string folder;  ///< of the files of stages; "": the current one
    std::vector<JobStage> stages;
};

/// Stages in the order in which they run; every command has passed the parser of its verb. Throws UsageError with file
/// and line for whatever cannot be meant, InputError where a file is missing that no stage will write.
JobPlan plan_job(const JobFile& job, const RunOptions& options);

/// A command as one would type it in a shell.
std::string command_text(const std::vector<std::string>& words);

}  // namespace headroom::cli
