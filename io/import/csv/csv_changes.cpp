#include "io/import/csv/csv_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formulations/network/feeder_change.hpp"
#include "formulations/network/validate_parts.hpp"
#include "io/import/csv/csv_feeders.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"

namespace headroom {
namespace {

/// A column of the file and the number behind it.
struct NumberColumn {
    std::string_view name;
    int shift;  ///< power of ten to the region's unit
    std::optional<double> FeederChange::*member;
    bool may_be_zero;
    double most = std::numeric_limits<double>::infinity();  ///< in the region's unit; beyond it no feeder can take it
};

constexpr std::array<NumberColumn, 7> numbers{
    {{"export_cap_kw", 3, &FeederChange::export_cap, true, plausible::power_max},
     {"import_cap_kw", 3, &FeederChange::import_cap, true, plausible::power_max},
     {"voltage_min_pu", 0, &FeederChange::voltage_min_pu, false},
     {"voltage_max_pu", 0, &FeederChange::voltage_max_pu, false},
     {"rating_factor", 0, &FeederChange::rating_factor, false},
     {"source_factor", 0, &FeederChange::source_factor, false},
     {"forecast_factor", 0, &FeederChange::forecast_factor, true}}};
constexpr std::string_view feeder_column = "feeder", active_column = "active";

void require_known(const csv::Table& table) {
    for (const std::string& name : table.header()) {
        const bool is_known = name == feeder_column || name == active_column
                              || std::ranges::find(numbers, name, &NumberColumn::name) != numbers.end();
        if (!is_known) table.fail(fmt::format("there is no column '{}'", name));
    }
    if (!table.column(feeder_column)) table.fail("column 'feeder' is needed");
}

std::optional<double> number_at(const csv::Table& table, std::size_t row, const NumberColumn& number) {
    const std::optional<std::size_t> column = table.column(number.name);
    if (!column || table.cell(row, *column).empty()) return {};
    const std::optional<double> value = csv::parse_number(table.cell(row, *column), number.shift);
    if (!value || *value < 0 || (*value == 0 && !number.may_be_zero))
        table.fail(row, *column, number.may_be_zero ? "a number of 0 or more is needed" : "a number above 0 is needed");
    if (*value > number.most)
        table.fail(row, *column,
                   fmt::format("a number from 0 to {:g} is needed", number.most / std::pow(10, number.shift)));
    return value;
}

std::optional<std::uint8_t> active_at(const csv::Table& table, std::size_t row) {
    const std::optional<std::size_t> column = table.column(active_column);
    if (!column || table.cell(row, *column).empty()) return {};
    const std::string_view word = table.cell(row, *column);
    if (word != "yes" && word != "no") table.fail(row, *column, "'yes' or 'no' is needed");
    return static_cast<std::uint8_t>(word == "yes");
}

FeederChange change_at(const csv::Table& table, std::size_t row) {
    FeederChange change;
    for (const NumberColumn& number : numbers) change.*number.member = number_at(table, row, number);
    change.active = active_at(table, row);
    return change;
}

/// Who has no envelope has nothing to trade.
void require_no_orders(const csv::Table& table, std::size_t row, const std::vector<std::size_t>& feeders,
                       const Region& region) {
    for (const std::size_t feeder : feeders) {
        const auto [first, last] = region.feeder.order_rows(feeder);
        if (first < last)
            table.fail(
                row, *table.column(active_column),
                fmt::format("feeder '{}' has orders, which need customers with envelopes", region.feeder.id[feeder]));
    }
}

/// The cells of a row that say something.
std::vector<std::string> columns_of(const csv::Table& table, std::size_t row) {
    std::vector<std::string> columns;
    for (std::size_t k = 0; k < table.header().size(); ++k)
        if (table.header()[k] != feeder_column && !table.cell(row, k).empty()) columns.push_back(table.header()[k]);
    return columns;
}

}  // namespace

ChangeLines change_feeders(const std::filesystem::path& file, Region& region) {
    const csv::Table table(file);
    require_known(table);
    const csv::FeederFinder finder(region.feeder.id);
    const std::size_t column = *table.column(feeder_column);
    std::vector<std::pair<FeederChange, std::vector<std::size_t>>> changes;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        changes.emplace_back(change_at(table, row), finder.find(table, row, column));
        if (changes.back().first.active == 0) require_no_orders(table, row, changes.back().second, region);
    }
    ChangeLines lines(table.file(), region.feeder_count());
    for (std::size_t row = 0; row < changes.size(); ++row) {
        const auto& [change, feeders] = changes[row];
        for (const std::size_t feeder : feeders) apply(change, feeder, region);
        lines.add(table.line(row), columns_of(table, row), feeders);
    }
    return lines;
}

}  // namespace headroom
