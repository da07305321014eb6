#include "io/import/csv/change_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

/// What a column of the table may leave faulty in a feeder: ends of names of datasets.
constexpr auto consequences = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"export_cap_kw", "/customer/export_cap"},
    {"import_cap_kw", "/customer/import_cap"},
    {"active", "/customer/apparent_max"},  // which customers with envelopes must not have
    {"active", "/customer/bus"},           // of an island, where they must not be
    {"voltage_min_pu", "/bus/voltage_min"},
    {"voltage_min_pu", "/bus/voltage_max"},  // which must be above the other one
    {"voltage_max_pu", "/bus/voltage_max"},
    {"rating_factor", "/branch/rating_current"},
    {"rating_factor", "/branch/rating_power"},
    {"source_factor", "/slack_voltage"},
    {"forecast_factor", "/p_forecast"},
    {"forecast_factor", "/q_forecast"},
});

}  // namespace

void ChangeLines::add(int line, std::vector<std::string> columns, std::span<const std::size_t> feeders) {
    for (const std::size_t feeder : feeders) of_feeder_[feeder].push_back(lines_.size());
    lines_.push_back({line, std::move(columns)});
}

std::size_t ChangeLines::changed_feeders() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(of_feeder_, [](const auto& lines) { return !lines.empty(); }));
}

std::vector<std::string> ChangeLines::causes(const Fault& fault) const {
    std::vector<std::string> places;
    for (const auto& [column, dataset] : consequences) {
        if (!fault.dataset.ends_with(dataset)) continue;
        std::vector<std::string> of_column;
        for (const std::size_t k : of_feeder_[static_cast<std::size_t>(fault.feeder)])
            if (std::ranges::find(lines_[k].columns, column) != lines_[k].columns.end())
                of_column.push_back(fmt::format("{}:{}, column '{}'", file_, lines_[k].number, column));
        if (!column.ends_with("_factor") && of_column.size() > 1) of_column = {of_column.back()};
        places.insert(places.end(), of_column.begin(), of_column.end());
    }
    return places;
}

std::string ChangeLines::place(std::vector<Fault>& faults, const std::string& case_path) const {
    bool of_case = false, of_table = false;
    for (Fault& fault : faults) {
        const std::vector<std::string> places = fault.feeder < 0 ? std::vector<std::string>{} : causes(fault);
        (places.empty() ? of_case : of_table) = true;
        if (!places.empty()) fault.dataset = fmt::format("{}: {}", fmt::join(places, " and "), fault.dataset);
    }
    if (!of_table) return case_path;
    return of_case ? fmt::format("{}, {}", case_path, file_) : file_;
}

}  // namespace headroom
