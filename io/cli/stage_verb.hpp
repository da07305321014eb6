#pragma once

#include <string>
#include <vector>

#include "io/cli/arguments.hpp"
#include "io/cli/job_file.hpp"
#include "io/cli/stage_kind.hpp"

namespace headroom::cli {

/// What the verb of a stage takes, and with it the keys that the tables of the stage may have.
class StageVerb {
public:
    explicit StageVerb(const StageKind& kind);

    bool takes(std::string_view option) const;  ///< a long option, without dashes
    bool reads_result() const { return takes("case"); }
    bool writes() const { return takes("output"); }

    /// Why the verb has no such entry, or why its value is of the wrong kind; "": neither.
    std::string fault(const JobEntry& entry) const;

    /// Whether the entry says something about the stage in the job instead of being an option of its verb.
    bool is_of_the_job(const std::string& key) const;

private:
    std::vector<std::string> keys() const;

    const StageKind& kind_;
    std::vector<VerbOption> options_;
};

}  // namespace headroom::cli
