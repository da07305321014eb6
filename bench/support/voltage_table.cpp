#include "bench/support/voltage_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <map>
#include <numbers>

#include "bench/support/markdown_table.hpp"
#include "bench/support/matpower_case.hpp"
#include "bench/support/power_grid_model_cases.hpp"
#include "bench/support/published_voltages.hpp"
#include "formulations/flow/ac_step.hpp"
#include "io/errors.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "io/import/power_grid_model/build_network.hpp"

namespace headroom::bench {
namespace {

/// Taps are published in the order in which the units of all banks stand in the file.
void set_taps(const PublishedCase& published, Region& region) {
    if (published.taps.empty()) return;
    const std::vector<RegulatorTap> taps = read_taps(published.taps);
    std::vector<double*> units;
    for (std::size_t k = 0; k < region.branch_count(); ++k) {
        if (region.branch.kind[k] != BranchKind::regulator) continue;
        const auto row = static_cast<std::size_t>(region.branch.transformer[k]);
        for (std::size_t c = 0; c < 3; ++c)
            if (region.transformer.to_coil[row][c][0] != TransformerColumns::unused)
                units.push_back(&region.transformer.to_tap[row][c]);
    }
    if (units.size() != taps.size())
        throw InputError(
            fmt::format("{}: {} taps for {} regulators", published.taps.string(), taps.size(), units.size()));
    for (std::size_t k = 0; k < taps.size(); ++k) *units[k] = taps[k].tap;
}

Region import_case(const PublishedCase& published) {
    if (published.master.extension() == ".m") return read_matpower(published.master);
    OpenDssOptions options;
    options.active = "none";
    options.default_frequency = published.default_frequency;
    if (published.minute > 0) options.series = OpenDssSeries::yearly;
    Region region = import_opendss(published.master, options).region;
    set_taps(published, region);
    return region;
}

struct Difference {
    int nodes = 0, absent = 0;
    double worst = 0.0;    ///< p.u. of the bus's base, to ground
    double between = 0.0;  ///< the same between the phases of a bus, p.u. of the base between phases
    std::string where;
};

/// What is known of the difference: where the answer has no angle, that of magnitudes.
std::complex<double> difference_to(const NodeVoltage& node, std::complex<double> ours, double base) {
    const std::complex<double> expected = node.per_unit ? node.volt : node.volt / base;
    return node.magnitude_only ? std::abs(ours / base) - std::abs(expected) : ours / base - expected;
}

Difference compare(const std::vector<NodeVoltage>& voltages, const Region& region, const AcPowerFlow& flow,
                   const AcLanes& lanes) {
    std::map<std::string, std::int64_t> buses;
    for (std::size_t k = 0; k < region.bus_count(); ++k) buses[region.bus.id[k]] = static_cast<std::int64_t>(k);
    std::map<std::string, std::vector<std::complex<double>>> phases;  // differences so far
    Difference result;
    for (const NodeVoltage& node : voltages) {
        const auto bus = buses.find(node.bus);
        const std::int32_t slot =
            bus == buses.end() || node.terminal > conductor_count ? -1 : flow.slot(bus->second, node.terminal - 1);
        if (slot < 0) {
            ++result.absent;
            continue;
        }
        const double* v = lanes.voltage.data() + static_cast<std::ptrdiff_t>(slot) * 2 * lane_count;
        const double base = region.bus.base_voltage[static_cast<std::size_t>(bus->second)];
        const std::complex<double> difference = difference_to(node, {v[0], v[lane_count]}, base);
        ++result.nodes;
        if (!(std::abs(difference) <= result.worst)) {
            result.worst = std::abs(difference);
            result.where = fmt::format("{}.{}", node.bus, node.terminal);
        }
        if (node.terminal > 3 || node.magnitude_only) continue;
        for (const std::complex<double>& other : phases[node.bus])
            result.between = std::max(result.between, std::abs(difference - other) / std::numbers::sqrt3);
        phases[node.bus].push_back(difference);
    }
    return result;
}

/// A row of the table: the power flow of one step of a region beside what others have for it.
bool add_row(const std::string& name, const Region& region, std::size_t step, const AcSettings& settings,
             const std::vector<NodeVoltage>& voltages, MarkdownTable& table) {
    const AcPowerFlow flow(region, 0, settings);
    AcLanes lanes = flow.lanes();
    AcInputs inputs = flow.inputs();
    inputs.count = 1;
    set_lane(region, flow.network(), region.series.front(), step, 0, inputs);
    flow.solve(inputs, lanes);
    if (lanes.lane[0].status != AcStatus::converged) {
        table.add({name, "", "", "diverged", "", "", "", "", ""});
        return false;
    }
    const Difference difference = compare(voltages, region, flow, lanes);
    table.add({name, std::to_string(difference.nodes), std::to_string(difference.absent),
               std::to_string(flow.iterated_count()), fmt::format("{:.1e}", difference.worst), difference.where,
               fmt::format("{:.1e}", difference.between), std::to_string(lanes.lane[0].sweeps),
               std::to_string(lanes.lane[0].newton_steps)});
    return true;
}

/// What cannot be read or solved is a row that says so; why goes to standard error.
bool or_refused(const std::string& name, MarkdownTable& table, const std::function<bool()>& add) {
    try {
        return add();
    } catch (const std::exception& error) {
        table.add({name, "", "", "refused", "", "", "", "", ""});
        fmt::print(stderr, "{}: {}\n", name, error.what());
        return false;
    }
}

bool add_case(const PublishedCase& published, MarkdownTable& table) {
    return or_refused(published.name, table, [&] {
        AcSettings settings;
        settings.window = published.window;
        const std::size_t step = published.minute > 0 ? static_cast<std::size_t>(published.minute - 1) : 0;
        return add_row(published.name, import_case(published), step, settings, read_voltages(published), table);
    });
}

/// Nodes without supply have no voltage there, and none here.
void require_supply(const PowerGridModelCase& answer, const Region& region) {
    const AcPowerFlow flow(region, 0);
    for (const NodeVoltage& node : answer.voltages) {
        const auto bus = std::ranges::find(region.bus.id, node.bus) - region.bus.id.begin();
        if ((flow.slot(bus, node.terminal - 1) >= 0) != (node.volt != 0.0))
            throw InputError(fmt::format("node {} is fed here or there only", node.bus));
    }
}

bool add_power_grid_model(const PowerGridModelCase& answer, MarkdownTable& table) {
    if (!answer.obstacle.empty()) {
        table.add({answer.name, "", "", "left out", "", "", "", "", ""});
        fmt::print(stderr, "{}: {}\n", answer.name, answer.obstacle);
        return true;
    }
    return or_refused(answer.name, table, [&] {
        if (!answer.fault.empty()) throw InputError(answer.fault);
        PowerGridModelOptions options;
        options.active = "none";
        ImportReport report;
        const Region region = pgm::build_network(answer.input, answer.name, options, report);
        require_supply(answer, region);
        return add_row(answer.name, region, 0, {}, answer.voltages, table);
    });
}

}  // namespace

int print_voltage_table(const std::filesystem::path& data) {
    MarkdownTable table({"case", "nodes", "absent", "in sweeps", "largest error, p.u.", "at", "between phases, p.u.",
                         "sweeps", "Newton steps"});
    bool all = true;
    for (const PublishedCase& published : published_cases(data)) all = add_case(published, table) && all;
    for (const PowerGridModelCase& answer : power_grid_model_cases(data / "pgm-validation"))
        all = add_power_grid_model(answer, table) && all;
    fmt::print(
        "# AC power flow against published voltages\n\n"
        "Largest difference of any node's voltage (complex, per unit of the bus's base) to what others computed: "
        "OpenDSS "
        "for text in\nits language, loads following its window, regulators at the taps published with the answers; "
        "MATPOWER for balanced cases;\npower-grid-model for the cases of its validation set, called by their folders.\n"
        "Answers of the first twenty-two have seven digits, the others ten or more. "
        "`absent`: nodes without supply here; `in sweeps`:\nnodes that a sweep touches. The day's 0.7 V A of source Q "
        "are OpenDSS's anti-float admittances, left out where they tie\nnothing. MATPOWER's case4_dist has a PV bus "
        "and "
        "is left out.\n\nOf power-grid-model: a symmetric answer has one phase, which all three here must agree with, "
        "and "
        "loads by phase at their\nmean; where an answer has no angles (by phase, `dummy-test` has 0 for all three), "
        "magnitudes are compared; nodes that get no\nsupply must be the same. The answer of `dummy-test` leaves out "
        "the drop of 2.2 MW in its source of 1e12 V A, 2.1e-6 p.u.\nTolerances of the set itself are 1e-5 "
        "(`dummy-test`, `single-transformer`), 3e-7 (links) and 1e-8 (`asym-line`).\n\n"
        "    build/release/bin/bench_power_flow --references FOLDER > bench/power_flow.md\n\n");
    fmt::print("{}", table.text());
    return all ? 0 : 1;
}

}  // namespace headroom::bench
