#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_run(CLI::App& app, RunOptions& options) {
    CLI::App& verb = *app.add_subcommand("run", "Run the stages of a job file, one after the other");
    verb.add_option("JOB", options.job_path, "job file (TOML)")->required()->type_name("");
    verb.add_option("--from", options.from, "begin with this stage, on the files of those before it")
        ->type_name("STAGE");
    verb.add_flag("--json", options.json, "plan or summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [] {};
}

}  // namespace headroom::cli
