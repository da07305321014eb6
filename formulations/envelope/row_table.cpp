#include "formulations/envelope/row_table.hpp"

#include <algorithm>

#include "formulations/flow/security_rows.hpp"

namespace headroom {

std::pair<std::size_t, std::size_t> RowTable::rows_of(std::int32_t feeder_row) const {
    const auto [first, last] = std::equal_range(feeder.begin(), feeder.end(), feeder_row);
    return {static_cast<std::size_t>(first - feeder.begin()), static_cast<std::size_t>(last - feeder.begin())};
}

void RowTable::add(std::int64_t feeder_row, std::span<const SecurityLimit> limits) {
    for (const SecurityLimit& held : limits) {
        feeder.push_back(static_cast<std::int32_t>(feeder_row));
        kind.push_back(held.kind);
        bus.push_back(held.bus);
        branch.push_back(static_cast<std::int32_t>(held.branch));
        phases.push_back(held.phases);
        limit.push_back(held.limit);
    }
}

}  // namespace headroom
