#pragma once

#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"

namespace headroom::cli {

/// Identifiers of the rows of a table, "" for the branch of a voltage row.
struct RowNames {
    std::vector<std::string> bus, branch;

    RowNames(const Region& region, const RowTable& rows) {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const std::int32_t of_branch = rows.branch[row];
            bus.push_back(region.bus.id[static_cast<std::size_t>(rows.bus[row])]);
            branch.push_back(of_branch < 0 ? "" : region.branch.id[static_cast<std::size_t>(of_branch)]);
        }
    }
};

}  // namespace headroom::cli
