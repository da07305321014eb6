#pragma once

#include <string>
#include <string_view>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom::cli {

/// "voltage_max at bus 'b' phase a", "branch_phase of branch 'l5' phase c": a security row in words.
/// @param bus, branch  identifiers; the branch of a voltage row is ""
std::string row_words(const RowTable& rows, std::size_t row, std::string_view bus, std::string_view branch);

}  // namespace headroom::cli
