#include "io/import/csv/csv_feeders.hpp"

#include <fnmatch.h>

namespace headroom::csv {

FeederFinder::FeederFinder(std::span<const std::string> feeder_id) : feeder_id_(feeder_id) {
    for (std::size_t feeder = 0; feeder < feeder_id.size(); ++feeder) place_.emplace(feeder_id[feeder], feeder);
}

std::vector<std::size_t> FeederFinder::find(const Table& table, std::size_t row, std::size_t column) const {
    const std::string meant(table.cell(row, column));
    const auto same = place_.find(meant);
    const bool is_pattern = meant.find_first_of("*?[") != std::string::npos;
    std::vector<std::size_t> feeders;
    if (!is_pattern && same != place_.end()) feeders.push_back(same->second);
    for (std::size_t feeder = 0; is_pattern && feeder < feeder_id_.size(); ++feeder)
        if (feeder_id_[feeder] == meant || fnmatch(meant.c_str(), feeder_id_[feeder].c_str(), FNM_NOESCAPE) == 0)
            feeders.push_back(feeder);
    if (feeders.empty()) table.fail(row, column, "there is no such feeder");
    return feeders;
}

}  // namespace headroom::csv
