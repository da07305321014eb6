#include "bench/support/day_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <cmath>
#include <fstream>
#include <sstream>

#include "bench/support/markdown_table.hpp"
#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_step.hpp"
#include "io/import/opendss/opendss_import.hpp"

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;

/// A table of numbers with one row of titles, first column the minute.
struct Columns {
    std::vector<std::string> titles;
    std::vector<std::vector<double>> rows;
};

Columns read_columns(const fs::path& file) {
    Columns columns;
    std::ifstream stream(file);
    std::string line, cell;
    std::getline(stream, line);
    for (std::istringstream cells(line); std::getline(cells, cell, ',');) columns.titles.push_back(cell);
    while (std::getline(stream, line)) {
        columns.rows.emplace_back();
        for (std::istringstream cells(line); std::getline(cells, cell, ',');)
            columns.rows.back().push_back(std::stod(cell));
    }
    return columns;
}

/// Slot and base voltage of a column named "load1@34.1".
struct Meter {
    std::int32_t slot;
    double base_voltage;
};

std::vector<Meter> meters(const Columns& columns, const Region& region, const AcPowerFlow& flow) {
    std::vector<Meter> result;
    for (std::size_t k = 1; k < columns.titles.size(); ++k) {
        const std::string& title = columns.titles[k];
        const std::size_t at = title.find('@'), dot = title.rfind('.');
        const auto bus = std::find(region.bus.id.begin(), region.bus.id.end(), title.substr(at + 1, dot - at - 1))
                         - region.bus.id.begin();
        result.push_back({flow.slot(bus, std::stoi(title.substr(dot + 1)) - 1),
                          region.bus.base_voltage[static_cast<std::size_t>(bus)]});
    }
    return result;
}

struct Worst {
    double voltage = 0, source_p = 0, source_q = 0, loss = 0;
    int values = 0;
    static void raise(double& worst, double difference) {
        difference = std::abs(difference);
        if (!(difference <= worst)) worst = difference;
    }
};

/// The meter stands behind the source's impedance, which is a branch here: power at its far end.
std::complex<double> source_power(const AcFlowLanes& flows, const AcBranchFlow& branches, const AcPowerFlow& flow,
                                  const Region& region, const AcLanes& lanes, int lane) {
    std::complex<double> sum = 0.0;
    for (int c = 0; c < 3; ++c) {
        const std::size_t row = static_cast<std::size_t>(branches.current(0, 1, c)) * 2 * lane_count;
        const std::size_t slot = static_cast<std::size_t>(flow.slot(region.branch.to_bus[0], c)) * 2 * lane_count;
        const auto l = static_cast<std::size_t>(lane);
        sum -= std::complex(lanes.voltage[slot + l], lanes.voltage[slot + lane_count + l])
               * std::conj(std::complex(flows.current[row + l], flows.current[row + lane_count + l]));
    }
    return sum;
}

}  // namespace

int print_day_table(const fs::path& data) {
    OpenDssOptions options;
    options.active = "none";
    options.series = OpenDssSeries::yearly;
    const Region region = import_opendss(data / "opendss-ieee/LVTestCase/Master.dss", options).region;
    AcSettings settings;
    settings.window = LoadWindow{};
    const AcPowerFlow flow(region, 0, settings);
    const AcBranchFlow branches(region, flow);
    const Columns totals = read_columns(data / "reference-opendss/eulv906_daily_totals.csv");
    const Columns voltages = read_columns(data / "reference-opendss/eulv906_daily_load_voltages_10min.csv");
    const std::vector<Meter> metered = meters(voltages, region, flow);
    AcInputs inputs = flow.inputs();
    AcLanes lanes = flow.lanes();
    AcFlowLanes flows = branches.lanes();
    Worst worst;
    bool all = true;
    std::size_t next = 0;
    for (std::size_t first = 0; first < totals.rows.size(); first += lane_count) {
        inputs.count = static_cast<int>(std::min<std::size_t>(lane_count, totals.rows.size() - first));
        for (int l = 0; l < inputs.count; ++l)
            set_lane(region, flow.network(), region.series.front(), first + static_cast<std::size_t>(l), l, inputs);
        flow.solve(inputs, lanes);
        branches.evaluate(inputs, lanes, flows);
        for (int l = 0; l < inputs.count; ++l) {
            all = all && lanes.lane[l].status == AcStatus::converged;
            const std::vector<double>& total = totals.rows[first + static_cast<std::size_t>(l)];
            const std::complex<double> source = source_power(flows, branches, flow, region, lanes, l);
            Worst::raise(worst.source_p, source.real() - 1e3 * total[1]);
            Worst::raise(worst.source_q, source.imag() - 1e3 * total[2]);
            Worst::raise(worst.loss, flows.loss_p(l) - (flows.head_p(l) - source.real()) - 1e3 * total[3]);
            if (next >= voltages.rows.size() || voltages.rows[next][0] != total[0]) continue;
            for (std::size_t m = 0; m < metered.size(); ++m) {
                const double* v = lanes.voltage.data() + static_cast<std::ptrdiff_t>(metered[m].slot) * 2 * lane_count;
                Worst::raise(worst.voltage, std::hypot(v[l], v[lane_count + l]) / metered[m].base_voltage
                                                - voltages.rows[next][m + 1]);
                ++worst.values;
            }
            ++next;
        }
    }
    MarkdownTable table({"European LV, a day", "values", "largest difference"});
    table.add({"customers' voltages every 10 minutes, p.u.", std::to_string(worst.values),
               fmt::format("{:.1e}", worst.voltage)});
    const std::string minutes = std::to_string(totals.rows.size());
    table.add({"source P, W", minutes, fmt::format("{:.1e}", worst.source_p)});
    table.add({"source Q, V A", minutes, fmt::format("{:.1e}", worst.source_q)});
    table.add({"losses, W", minutes, fmt::format("{:.1e}", worst.loss)});
    fmt::print("{}", table.text());
    return all ? 0 : 1;
}

}  // namespace headroom::bench
