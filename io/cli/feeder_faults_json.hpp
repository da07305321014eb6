#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace headroom::cli {

/// Feeders that have a fault, each with its reason.    @param fault, id  [#feeder] "" where there is none
inline nlohmann::ordered_json feeder_faults_json(std::span<const std::string> fault, std::span<const std::string> id) {
    auto faults = nlohmann::ordered_json::array();
    for (std::size_t f = 0; f < fault.size(); ++f)
        if (!fault[f].empty()) faults.push_back({{"feeder", id[f]}, {"fault", fault[f]}});
    return faults;
}

}  // namespace headroom::cli
