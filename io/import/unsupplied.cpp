#include "io/import/unsupplied.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace headroom {
namespace {

/// Sets of buses that closed branches join.
class Connected {
public:
    explicit Connected(const Region& region) : root_(region.bus_count()) {
        std::iota(root_.begin(), root_.end(), std::size_t{0});
        for (std::size_t k = 0; k < region.branch_count(); ++k)
            if (region.branch.closed[k] != 0) root_[find(region.branch.from_bus[k])] = find(region.branch.to_bus[k]);
    }

    std::size_t find(std::int32_t bus) {
        auto at = static_cast<std::size_t>(bus);
        while (root_[at] != at) at = root_[at] = root_[root_[at]];
        return at;
    }

private:
    std::vector<std::size_t> root_;
};

}  // namespace

void make_unsupplied_passive(Region& region, ImportReport& report) {
    Connected connected(region);
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const std::size_t supplied = connected.find(region.feeder.slack_bus[f]);
        for (std::int64_t c = region.feeder.customer_offset[f]; c < region.feeder.customer_offset[f + 1]; ++c) {
            const auto k = static_cast<std::size_t>(c);
            if (region.customer.active[k] == 0 || connected.find(region.customer.bus[k]) == supplied) continue;
            region.customer.active[k] = 0;
            report.note(fmt::format("load '{}' is not connected with the source: kept as a passive customer",
                                    region.customer.id[k]));
        }
    }
}

}  // namespace headroom
