#include <fmt/format.h>

#include <algorithm>

#include "formulations/network/validate.hpp"

namespace headroom {

std::string Fault::message() const {
    std::string text = dataset;
    if (row >= 0) text += fmt::format(" row {}", row);
    if (!name.empty()) text += fmt::format(" ({})", name);
    return text + ": " + rule;
}

std::vector<std::string> messages(const std::vector<Fault>& faults) {
    std::vector<std::string> all;
    all.reserve(faults.size());
    for (const Fault& fault : faults) all.push_back(fault.message());
    return all;
}

std::vector<std::string> first_faults(const std::vector<Fault>& faults, std::size_t feeder_count) {
    std::vector<std::string> first(feeder_count);
    for (const Fault& fault : faults)
        if (std::string& text = first[static_cast<std::size_t>(fault.feeder)]; text.empty()) text = fault.message();
    return first;
}

std::string summarise(const std::vector<Fault>& faults) {
    constexpr std::size_t listed_max = 20;
    const std::size_t listed = std::min(faults.size(), listed_max);
    std::string text = fmt::format("{} fault{}:", faults.size(), faults.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < listed; ++i) text += "\n  " + faults[i].message();
    if (faults.size() > listed) text += fmt::format("\n  and {} more", faults.size() - listed);
    return text;
}

}  // namespace headroom
