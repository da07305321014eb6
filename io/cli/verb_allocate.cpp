#include "io/cli/verbs.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

ExitCode allocate(const AllocateOptions& options) {
    throw InputError(options.case_path + ": this build computes no envelopes yet");
}

}  // namespace headroom::cli
