#include <cmath>

#include "io/hdf5/file_schema.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/schema.hpp"
#include "io/result/state_file.hpp"

namespace headroom {
namespace {

void read_solve(const ResultReader& page, std::int32_t terminal_last, StateResult& result) {
    const Shape items{result.step_count, result.feeder_count};
    const auto row_last = static_cast<std::int32_t>(result.rows.size()) - 1;
    const auto rows = [&](const char* path, std::int32_t last) {
        return page.values<std::int32_t>(path, items, -1, last);
    };
    for (const std::int8_t status : page.values<std::int8_t>("/solve/status", items, 0, state_schema::status_last))
        result.status.push_back(static_cast<StateStatus>(status));
    result.lowest_voltage = page.values<double>("/solve/lowest_voltage", items);
    result.lowest_row = rows("/solve/lowest_row", row_last);
    result.highest_voltage = page.values<double>("/solve/highest_voltage", items);
    result.highest_row = rows("/solve/highest_row", row_last);
    result.highest_loading = page.values<double>("/solve/highest_loading", items);
    result.fullest_row = rows("/solve/fullest_row", row_last);
    result.outside_band = page.values<std::int32_t>("/solve/outside_band", items);
    result.over_rating = page.values<std::int32_t>("/solve/over_rating", items);
    result.loss = page.values<double>("/solve/loss", items);
    result.head_power = page.values<double>("/solve/head_power", items);
    result.head_reactive_power = page.values<double>("/solve/head_reactive_power", items);
    result.mismatch = page.values<double>("/solve/mismatch", items);
    result.mismatch_terminal = rows("/solve/mismatch_node", terminal_last);
}

/// A value without the row that it is of would have no name to be told by.
void require_rows(const Hdf5Reader& reader, const StateResult& result) {
    const auto require = [&](const char* path, const std::vector<double>& values,
                             const std::vector<std::int32_t>& rows) {
        for (std::size_t item = 0; item < values.size(); ++item)
            if (!std::isnan(values[item]) && rows[item] < 0)
                reader.fail(path, fmt::format("value {}: must name a row where there is a value, is -1", item));
    };
    require("/solve/lowest_row", result.lowest_voltage, result.lowest_row);
    require("/solve/highest_row", result.highest_voltage, result.highest_row);
    require("/solve/fullest_row", result.highest_loading, result.fullest_row);
    for (std::size_t item = 0; item < result.item_count(); ++item)
        if (result.status[item] == StateStatus::diverged && result.mismatch_terminal[item] < 0)
            reader.fail("/solve/mismatch_node",
                        fmt::format("value {}: must name a node where an item diverged, is -1", item));
}

}  // namespace

StateFile read_state(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    require_schema(reader, "file of power flows", state_schema::name, state_schema::version);
    const ResultReader page(reader);
    StateFile file;
    file.run = read_forecast_run(page);
    ResultFrame frame = read_frame(reader, page);
    file.start = std::move(frame.start);
    file.end = std::move(frame.end);
    file.feeder_id = std::move(frame.feeder_id);

    const std::uint64_t terminals = page.length("/node/bus", ElementType::text, 2);
    file.terminal_bus = page.text("/node/bus", terminals, result_schema::id_bytes_max);
    file.conductor = page.values<std::int8_t>("/node/conductor", {terminals}, 0, conductor_count - 1);

    StateResult& result = file.result;
    result.step_count = file.start.size();
    result.feeder_count = file.feeder_id.size();
    result.feeder_fault = std::move(frame.feeder_fault);
    result.idle_customers = page.values<std::int64_t>("/feeder/idle_customers", {result.feeder_count});
    result.rows = read_row_table(page, static_cast<std::int32_t>(result.feeder_count) - 1, file.row_names);
    read_solve(page, static_cast<std::int32_t>(terminals) - 1, result);
    require_rows(reader, result);
    return file;
}

}  // namespace headroom
