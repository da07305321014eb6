#include <fmt/format.h>

#include <cstdio>

#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/run/join_run.hpp"

namespace headroom::cli {

ExitCode join(const JoinOptions& options) {
    require_other_file(options.path, options.result_path);
    require_open_folder(options.result_path);
    join_run(RunFolder(options.path), options.result_path);
    if (!options.quiet) fmt::print(stderr, "{}: written\n", options.result_path);
    return ExitCode::done;
}

}  // namespace headroom::cli
