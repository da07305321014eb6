#pragma once

#include <string>
#include <vector>

#include "formulations/envelope/question.hpp"
#include "io/result/run_info.hpp"

namespace headroom::cli {

// Questions as results remember them: the words of the command line.

/// "max-min", "alpha=2", ...
std::string policy_name(const AllocationQuestion& question);

/// "both", "export" or "import".
std::string direction_name(const AllocationQuestion& question);

/// "absolute:1", "cap", ...; "none" where the policy does not care.
std::string reference_name(const AllocationQuestion& question);

/// "--basis added", "--contain zero": every other option that differs from its default, sorted.
std::vector<std::string> option_words(const AllocationQuestion& question);
/// The same as one text.
std::string option_text(const AllocationQuestion& question);

/// What of the question of a result decides where its limits hold: all but policy and reference.
/// @param path  of the result
/// @throws InputError  words that no result has
AllocationQuestion question_of(const RunInfo& run, const std::string& path);

}  // namespace headroom::cli
