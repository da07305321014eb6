#include "formulations/network/fault_list.hpp"

#include <fmt/format.h>

namespace headroom {

void FaultList::add_file(std::string dataset, std::int64_t row, std::string rule, std::string name) {
    faults_.push_back({std::move(dataset), row, -1, std::move(rule), std::move(name)});
}

void FaultList::enter(std::int64_t feeder) {
    feeder_ = feeder;
    count_ = 0;
}

void FaultList::add(std::string_view dataset, std::int64_t row, std::string rule, std::string_view kind,
                    std::string_view id) {
    if (count_++ >= faults_per_feeder) return;
    const std::string& feeder = region_.feeder.id[static_cast<std::size_t>(feeder_)];
    std::string name =
        kind == "feeder" ? fmt::format("feeder '{}'", feeder) : fmt::format("{} '{}' of feeder '{}'", kind, id, feeder);
    faults_.push_back({std::string(dataset), row, feeder_, std::move(rule), std::move(name)});
}

}  // namespace headroom
