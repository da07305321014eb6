#pragma once

#include <string>

#include "formulations/market/clear_market.hpp"
#include "io/result/clearing_file.hpp"

namespace headroom::cli {

// Questions of clearings as their files remember them: the words of the command line.

/// "--balance --gap 0.01": options of the clearing that differ from their defaults, sorted.
std::string option_text(const ClearingQuestion& question);

/// The question behind a clearing: all but policy and reference, which decide nothing once there are limits.
/// @param path  of the file
/// @throws InputError  words that no clearing has
ClearingQuestion question_of(const ClearingRunInfo& info, const std::string& path);

}  // namespace headroom::cli
