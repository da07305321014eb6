#pragma once

#include <string>
#include <vector>

namespace headroom::test {

/// What a finished program left behind.
struct Outcome {
    int exit_code;    ///< 128 + n when signal n ended it
    std::string out;  ///< standard output
    std::string err;  ///< standard error
};

/// Runs a program without a shell, standard input empty, neither output a terminal.
Outcome run_program(const std::vector<std::string>& words);

/// The built `headroom` with these arguments.
Outcome run_headroom(std::vector<std::string> arguments);

}  // namespace headroom::test
