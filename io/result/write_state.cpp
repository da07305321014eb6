#include <fmt/format.h>

#include <stdexcept>

#include "formulations/network/feeder_reach.hpp"
#include "io/hdf5/time_axis.hpp"
#include "io/result/result_page.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/schema.hpp"
#include "io/result/state_file.hpp"

namespace headroom {
namespace {

using namespace result_axis;
constexpr const char *nodes = "/nodes", *branches = "/branches", *conductors = "/conductors";

constexpr const char *voltage_path = "/voltage/magnitude", *angle_path = "/voltage/angle",
                     *current_path = "/current/magnitude";

Attributes page_notes(const ForecastRunInfo& run) {
    Attributes notes = root_notes(state_schema::name, state_schema::version, notes_of(run));
    notes.push_back({"flow", "ac-power-flow"});
    notes.push_back({"time_zone", "UTC"});
    return notes;
}

/// Of all values, uncompressed.
std::uint64_t planned_bytes(const Region& region, const SeriesSet& series, const TerminalTable& terminals) {
    const std::uint64_t terminal_count = terminals.size(), branch_count = region.branch_count(),
                        items = series.step_count() * region.feeder_count(), id_bytes = result_schema::id_bytes_max;
    return StateBlock::bytes(series.step_count(), static_cast<std::int64_t>(terminal_count),
                             static_cast<std::int64_t>(branch_count))
           + terminal_count * (24 + id_bytes) + branch_count * (4 + 2 * id_bytes) + items * 84
           + region.feeder_count() * (8 + id_bytes) + series.step_count() * 24;
}

void require_state(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(fmt::format("power flows do not fit their region: {}", what));
}

void check_fit(const StateResult& result, const Region& region, const SeriesSet& series) {
    const std::size_t items = series.step_count() * region.feeder_count();
    require_state(result.step_count == series.step_count(), "number of steps");
    require_state(result.feeder_count == region.feeder_count() && result.feeder_fault.size() == region.feeder_count()
                && result.idle_customers.size() == region.feeder_count(),
            "number of feeders");
    for (const auto* values : {&result.lowest_voltage, &result.highest_voltage, &result.highest_loading, &result.loss,
                               &result.head_power, &result.head_reactive_power, &result.mismatch})
        require_state(values->size() == items, "values of items");
    for (const auto* values : {&result.lowest_row, &result.highest_row, &result.fullest_row, &result.outside_band,
                               &result.over_rating, &result.mismatch_terminal})
        require_state(values->size() == items, "values of items");
    require_state(result.status.size() == items, "status of items");
}

/// [#row of a table] of which feeder that is.
std::vector<std::int32_t> feeder_of(const std::vector<std::int64_t>& first) {
    std::vector<std::int32_t> feeder;
    for (std::size_t f = 0; f + 1 < first.size(); ++f)
        feeder.insert(feeder.end(), static_cast<std::size_t>(first[f + 1] - first[f]), static_cast<std::int32_t>(f));
    return feeder;
}

std::vector<std::string> sending_buses(const Region& region) {
    std::vector<std::string> buses;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const FeederReach reach = feeder_reach(region, static_cast<std::int64_t>(f));
        for (std::int64_t k = region.feeder.branch_offset[f]; k < region.feeder.branch_offset[f + 1]; ++k) {
            const std::vector<std::int32_t>& ends =
                reach.sending_side(region, k) == 0 ? region.branch.from_bus : region.branch.to_bus;
            buses.push_back(region.bus.id[static_cast<std::size_t>(ends[static_cast<std::size_t>(k)])]);
        }
    }
    return buses;
}

void write_solve(const ResultPage& page, const StateResult& result) {
    page.group("/solve", "each feeder and step as a whole");
    Attributes status = describe("what the power flow came to");
    add_counting_flags<std::int8_t>(status, state_schema::status_meanings);
    page.series("/solve/status", feeders, std::move(status), result.status);
    const auto numbers = [&](const char* path, const char* long_name, const char* units,
                             const std::vector<double>& values) {
        page.series(path, feeders, describe_float(long_name, units), values);
    };
    const auto integers = [&](const char* path, const char* long_name, const std::vector<std::int32_t>& values) {
        page.series(path, feeders, describe(long_name, "1"), values);
    };
    numbers("/solve/lowest_voltage", "lowest voltage of a bus over its base voltage", "1", result.lowest_voltage);
    integers("/solve/lowest_row", "row of /row with the lower limit of that voltage; -1: none", result.lowest_row);
    numbers("/solve/highest_voltage", "highest voltage of a bus over its base voltage", "1", result.highest_voltage);
    integers("/solve/highest_row", "row of /row with the upper limit of that voltage; -1: none", result.highest_row);
    numbers("/solve/highest_loading", "highest loading of a rated branch, share of the rating", "1",
            result.highest_loading);
    integers("/solve/fullest_row", "row of /row with that rating; -1: none", result.fullest_row);
    integers("/solve/outside_band", "voltages outside their band by more than 1e-6 of the base voltage",
             result.outside_band);
    integers("/solve/over_rating", "ratings passed by more than 1e-6 of themselves", result.over_rating);
    numbers("/solve/loss", "active power that branches and shunts take", "W", result.loss);
    numbers("/solve/head_power", "active power out of the source", "W", result.head_power);
    numbers("/solve/head_reactive_power", "reactive power out of the source", "V A", result.head_reactive_power);
    numbers("/solve/mismatch", "of a diverged item the largest mismatch of power at the best point found", "V A",
            result.mismatch);
    integers("/solve/mismatch_node", "row of /node where that is; -1: none", result.mismatch_terminal);
}

}  // namespace

StateWriter::StateWriter(const Region& region, const SeriesSet& series, const TerminalTable& terminals,
                         const ForecastRunInfo& run, const std::filesystem::path& path, int threads)
    : region_(region), series_(series), terminals_(terminals), writer_(path, planned_bytes(region, series, terminals), threads) {
    writer_.annotate("/", page_notes(run));
    writer_.dimension("/bound", 2);
    writer_.dimension(feeders, region.feeder_count());
    writer_.dimension(nodes, terminals.size());
    writer_.dimension(branches, region.branch_count());
    writer_.dimension(conductors, conductor_count);
    write_time_axis(writer_, "", series.start, series.end);
    write_terminals();
    write_branches();
    create_values();
}

void StateWriter::write_terminals() {
    const ResultPage page{writer_};
    page.group("/node", "terminals of buses, in the order of the case");
    std::vector<std::int64_t> first;
    for (std::size_t f = 0; f <= region_.feeder_count(); ++f) first.push_back(terminals_.first_of(region_, f));
    std::vector<std::string> bus;
    std::vector<double> base;
    for (const std::int32_t row : terminals_.bus) {
        bus.push_back(region_.bus.id[static_cast<std::size_t>(row)]);
        base.push_back(region_.bus.base_voltage[static_cast<std::size_t>(row)]);
    }
    page.column("/node/feeder", nodes, describe("row of /feeder", "1"), feeder_of(first));
    page.text("/node/bus", nodes, "identifier of the bus", bus);
    page.column("/node/bus_row", nodes, describe("row of /bus in the case", "1"), terminals_.bus);
    Attributes conductor = describe("conductor of the bus");
    add_counting_flags<std::int8_t>(conductor, state_schema::conductor_meanings);
    page.column("/node/conductor", nodes, std::move(conductor), terminals_.conductor);
    page.column("/node/base_voltage", nodes, describe_float("nominal voltage of the bus, phase to neutral", "V"), base);
}

void StateWriter::write_branches() {
    const ResultPage page{writer_};
    page.group("/branch", "branches, in the order of the case");
    page.column("/branch/feeder", branches, describe("row of /feeder", "1"), feeder_of(region_.feeder.branch_offset));
    page.text("/branch/id", branches, "identifier of the branch", region_.branch.id);
    page.text("/branch/sending_bus", branches, "identifier of the bus at the end nearer to the slack bus",
              sending_buses(region_));
}

void StateWriter::create_values() {
    const auto create = [this](const char* path, std::vector<std::string> axes, const char* long_name,
                               const char* units) {
        writer_.create(
            {path, ElementType::float64, std::move(axes), describe_float(long_name, units), Chunking::ranges});
    };
    const ResultPage page{writer_};
    page.group("/voltage", "voltages of the terminals of /node, to ground; NaN: nothing feeds it, or no solution");
    create(voltage_path, {"/time", nodes}, "magnitude of the voltage to ground", "V");
    create(angle_path, {"/time", nodes}, "angle of the voltage to ground", "degree");
    page.group("/current", "currents of the branches of /branch; NaN: no such conductor, open, or no solution");
    create(current_path, {"/time", branches, conductors},
           "magnitude of the current at the sending end, by conductor a, b, c, neutral", "A");
}

void StateWriter::write(const StateBlock& block) {
    const std::uint64_t steps = block.step_count, first_node = static_cast<std::uint64_t>(block.first_terminal),
                        node_count = static_cast<std::uint64_t>(block.terminal_count),
                        first_branch = static_cast<std::uint64_t>(block.first_branch),
                        branch_count = static_cast<std::uint64_t>(block.branch_count);
    const Slab by_node{{0, first_node}, {steps, node_count}};
    writer_.write_block(voltage_path, by_node, block.voltage.data());
    writer_.write_block(angle_path, by_node, block.angle.data());
    writer_.write_block(current_path, {{0, first_branch, 0}, {steps, branch_count, conductor_count}},
                        block.current.data());
}

void StateWriter::finish(const StateResult& result) {
    check_fit(result, region_, series_);
    const ResultPage page{writer_};
    writer_.dimension(rows, result.rows.size());
    write_feeders(page, region_.feeder.id, result.feeder_fault);
    page.column("/feeder/idle_customers", feeders, describe("passive customers that nothing feeds", "1"),
                result.idle_customers);
    write_row_table(page, result.rows, region_);
    write_solve(page, result);
    writer_.commit();
}

}  // namespace headroom
