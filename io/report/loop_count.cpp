#include "io/report/loop_count.hpp"

#include <algorithm>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {

LoopCount count_loops(const Region& region, const std::vector<Fault>& faults) {
    LoopCount count;
    if (std::ranges::any_of(faults, [](const Fault& fault) { return fault.feeder < 0; })) return count;
    std::vector<char> has_fault(region.feeder_count(), 0);
    for (const Fault& fault : faults) has_fault[static_cast<std::size_t>(fault.feeder)] = 1;
    for (std::size_t feeder = 0; feeder < region.feeder_count(); ++feeder) {
        if (has_fault[feeder] != 0) continue;
        const auto row = static_cast<std::int64_t>(feeder);
        const FeederTree tree = feeder_tree(region, row);
        const std::int64_t before = count.loops;
        for (std::size_t node = 0; node < tree.closes.size(); ++node) {
            if (tree.closes[node] < 0) continue;
            ++count.loops;
            if (count.first_branch >= 0) continue;
            count.first_branch = tree.branches[static_cast<std::size_t>(tree.branch_start[node])];
            count.first_feeder = row;
        }
        count.feeders += count.loops > before ? 1 : 0;
    }
    return count;
}

}  // namespace headroom
