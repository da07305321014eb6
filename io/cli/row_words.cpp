#include "io/cli/row_words.hpp"

#include <fmt/format.h>

#include <array>

namespace headroom::cli {

namespace {

constexpr std::array kind_names{"voltage_max", "voltage_min", "branch_phase", "branch_total", "winding"};

}  // namespace

std::string row_words(const RowTable& rows, std::size_t row, std::string_view bus, std::string_view branch) {
    return fmt::format("{} {} '{}' phase {}", kind_names[static_cast<std::size_t>(rows.kind[row])],
                       branch.empty() ? "at bus" : "of branch", branch.empty() ? bus : branch, rows.phases[row]);
}

}  // namespace headroom::cli
