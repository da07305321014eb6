#include "io/report/binding_summary.hpp"

#include <algorithm>
#include <cstddef>

namespace headroom {

std::vector<BindingCount> count_bindings(const EnvelopeResult& result) {
    std::vector<BindingCount> counts(result.rows.size());
    for (std::size_t row = 0; row < counts.size(); ++row) counts[row].row = static_cast<std::int32_t>(row);
    for (std::size_t kind = 0; kind < limit_members.size(); ++kind)
        for (const std::int32_t row : result.*limit_members[kind].binding_row)
            if (row >= 0) ++counts[static_cast<std::size_t>(row)].limits[kind];
    std::erase_if(counts, [](const BindingCount& count) { return count.total() == 0; });
    std::stable_sort(counts.begin(), counts.end(),
                     [](const BindingCount& a, const BindingCount& b) { return a.total() > b.total(); });
    return counts;
}

}  // namespace headroom
