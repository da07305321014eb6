#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace headroom {

/// A policy with its reference, and how many feeders share their room so.
struct PolicyCount {
    std::string policy, reference;
    std::int64_t feeders = 0;
};

/// @param policy, reference  [#feeder]
/// @return each pair once, in the order of their first feeders
std::vector<PolicyCount> count_policies(std::span<const std::string> policy, std::span<const std::string> reference);

}  // namespace headroom
