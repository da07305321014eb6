#include "io/cli/row_text.hpp"

#include <fmt/format.h>

#include <array>

#include "io/cli/lines_shown.hpp"
#include "io/report/counted.hpp"

namespace headroom::cli {

namespace {

constexpr std::array row_kind_names{"voltage_max", "voltage_min", "branch_phase", "branch_total", "winding"};

}  // namespace

std::string row_text(const RowTable& rows, std::span<const std::string> bus, std::span<const std::string> branch,
                     std::int32_t row) {
    const auto k = static_cast<std::size_t>(row);
    const bool at_bus = branch[k].empty();
    return fmt::format("{} {} '{}' phase {}", row_kind_names[static_cast<std::size_t>(rows.kind[k])],
                       at_bus ? "at bus" : "of branch", at_bus ? bus[k] : branch[k], rows.phases[k]);
}

std::string limit_text(const RowTable& rows, std::int32_t row) {
    const auto k = static_cast<std::size_t>(row);
    const bool voltage = rows.kind[k] == RowKind::voltage_max || rows.kind[k] == RowKind::voltage_min;
    return voltage ? fmt::format("{:.1f} V", rows.limit[k]) : fmt::format("{:.1f} kVA", rows.limit[k] / 1000);
}

std::string feeder_faults_text(std::span<const std::string> fault, std::span<const std::string> id) {
    std::string text;
    std::size_t count = 0;
    for (std::size_t f = 0; f < fault.size(); ++f) {
        if (fault[f].empty()) continue;
        if (++count <= lines_shown) text += fmt::format("  feeder '{}': {}\n", id[f], fault[f]);
    }
    return count == 0 ? "" : fmt::format("{} with a fault:\n{}", counted(count, "feeder"), text);
}

}  // namespace headroom::cli
