#pragma once

namespace headroom::cli {

/// What a job script may rely on.
enum class ExitCode : int {
    done = 0,            ///< everything solved, secure and certified
    internal_fault = 1,  ///< a fault of ours
    wrong_usage = 2,
    invalid_input = 3,  ///< nothing solved, no case written
    incomplete = 4,     ///< finished, but some items are insecure, infeasible or uncertified; they are listed
    no_output = 5,      ///< output could not be written
    interrupted = 75,   ///< resumable; EX_TEMPFAIL of sysexits.h, which lets a queue start the job again
};

}  // namespace headroom::cli
