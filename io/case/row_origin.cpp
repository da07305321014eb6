#include "io/case/row_origin.hpp"

#include <string_view>

#include "io/case/case_columns.hpp"

namespace headroom {

void RowOrigin::restore(std::vector<Fault>& faults) const {
    for (Fault& fault : faults) {
        if (fault.row < 0) continue;
        const std::string_view dataset = fault.dataset;
        const std::string_view group = dataset.substr(0, dataset.find('/', 1));
        if (group == case_group::tap_control.path) {
            if (static_cast<std::size_t>(fault.row) < tap_control.size())
                fault.row = tap_control[static_cast<std::size_t>(fault.row)];
        } else if (const auto start = first.find(group); start != first.end()) {
            fault.row += start->second;
        }
    }
}

}  // namespace headroom
