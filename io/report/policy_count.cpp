#include "io/report/policy_count.hpp"

#include <algorithm>
#include <cstddef>

namespace headroom {

std::vector<PolicyCount> count_policies(std::span<const std::string> policy, std::span<const std::string> reference) {
    std::vector<PolicyCount> counts;
    for (std::size_t feeder = 0; feeder < policy.size(); ++feeder) {
        const auto known = std::ranges::find_if(counts, [&](const PolicyCount& count) {
            return count.policy == policy[feeder] && count.reference == reference[feeder];
        });
        if (known != counts.end())
            ++known->feeders;
        else
            counts.push_back({policy[feeder], reference[feeder], 1});
    }
    return counts;
}

}  // namespace headroom
