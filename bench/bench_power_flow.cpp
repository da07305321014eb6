// What an AC power flow costs once its feeder is set up, all voltages out, and what the set-up and the gradients of
// voltages cost; with --references FOLDER instead how far its voltages are from published ones.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "bench/support/bench_cases.hpp"
#include "bench/support/day_table.hpp"
#include "bench/support/matpower_case.hpp"
#include "bench/support/single_phase.hpp"
#include "bench/support/synthetic_feeder.hpp"
#include "bench/support/voltage_table.hpp"
#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_gradient.hpp"
#include "formulations/flow/ac_newton.hpp"
#include "formulations/flow/ac_sensitivity.hpp"
#include "formulations/flow/ac_step.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "formulations/flow/linear_network.hpp"
#include "io/case/case_file.hpp"

namespace headroom::bench {
namespace {

/// All steps of a series as groups of eight scenarios; `scale` repeats the series with other loads.
std::vector<AcInputs> scenarios(const AcPowerFlow& flow, const Region& region, const SeriesSet& series,
                                std::size_t count) {
    std::vector<AcInputs> groups;
    for (std::size_t first = 0; first < count; first += lane_count) {
        AcInputs inputs = flow.inputs();
        inputs.count = static_cast<int>(std::min<std::size_t>(lane_count, count - first));
        for (int l = 0; l < inputs.count; ++l) {
            const std::size_t step = first + static_cast<std::size_t>(l);
            set_lane(region, flow.network(), series, step % series.step_count(), l, inputs);
            if (series.step_count() >= count) continue;
            const double load = 0.6 + 0.5 * std::sin(static_cast<double>(step) * 0.7);
            for (std::int64_t c = 0; c < flow.network().customer_count; ++c) {
                inputs.p[lane_count * c + l] *= load;
                inputs.q[lane_count * c + l] *= load;
            }
        }
        groups.push_back(std::move(inputs));
    }
    return groups;
}

/// Newton's method on the whole feeder, some of the scenarios: largest difference, p.u.
double difference_to_newton(const AcPowerFlow& flow, const std::vector<AcInputs>& groups) {
    AcSettings exact = flow.settings();
    exact.tolerance = 1e-10;
    AcLanes lanes = flow.lanes();
    double largest = 0.0;
    for (std::size_t g = 0; g < groups.size(); g += 1 + groups.size() / 8) {
        flow.solve(groups[g], lanes);
        std::vector<std::complex<double>> power, voltage;
        for (std::int64_t c = 0; c < flow.network().customer_count; ++c)
            power.emplace_back(groups[g].p[lane_count * c], groups[g].q[lane_count * c]);
        for (int s = 0; s < flow.slot_count(); ++s)
            voltage.emplace_back(lanes.voltage[2 * lane_count * s], lanes.voltage[(2 * s + 1) * lane_count]);
        const std::vector<std::complex<double>> ours = voltage;
        if (!newton_flow(flow.network(), exact, power, voltage).converged) return INFINITY;
        for (std::size_t s = 0; s < flow.network().base_voltage.size(); ++s)
            largest = std::max(largest, std::abs(ours[s] - voltage[s]) / flow.network().base_voltage[s]);
    }
    return largest;
}

void count(benchmark::State& state, const AcPowerFlow& flow, std::size_t flows, double sweeps) {
    state.counters["per_flow"] = {static_cast<double>(flows),
                                  benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
    state.counters["nodes"] = static_cast<double>(flow.network().terminals.free_count);
    state.counters["in_sweeps"] = flow.iterated_count();
    state.counters["entries"] = static_cast<double>(flow.iterated_entries());
    state.counters["sweeps"] = sweeps / static_cast<double>(flows);
}

void time_flow(benchmark::State& state, const Region& region, std::size_t series, std::size_t steps) {
    const AcPowerFlow flow(region, 0);
    const std::vector<AcInputs> groups = scenarios(flow, region, region.series[series], steps);
    if (const double difference = difference_to_newton(flow, groups); !(difference <= 1e-8))
        return state.SkipWithError(fmt::format("voltages differ from Newton's by {:.1e} p.u.", difference).c_str());
    AcLanes lanes = flow.lanes();
    double sweeps = 0;
    for (const AcInputs& inputs : groups) {
        flow.solve(inputs, lanes);
        for (int l = 0; l < inputs.count; ++l) sweeps += lanes.lane[l].sweeps;
    }
    for (auto _ : state)
        for (const AcInputs& inputs : groups) {
            flow.solve(inputs, lanes);
            benchmark::DoNotOptimize(lanes.voltage.data());
        }
    count(state, flow, steps, sweeps);
}

void time_branches(benchmark::State& state, const Region& region) {
    const AcPowerFlow flow(region, 0);
    const AcBranchFlow branches(region, flow);
    const std::vector<AcInputs> groups = scenarios(flow, region, region.series.front(), lane_count);
    AcLanes lanes = flow.lanes();
    AcFlowLanes flows = branches.lanes();
    flow.solve(groups.front(), lanes);
    for (auto _ : state) branches.evaluate(groups.front(), lanes, flows);
    count(state, flow, lane_count, 0);
}

std::vector<AcQuantity> all_voltages(const Region& region, const AcQuantities& quantities) {
    std::vector<AcQuantity> voltages;
    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::all);
    for (const LinearNetwork::Monitor& monitor : net.monitors)
        if (auto voltage = quantities.voltage(net.nodes[static_cast<std::size_t>(monitor.node)].bus, monitor.pick))
            voltages.push_back(std::move(*voltage));
    return voltages;
}

/// Losses when all powers grow together, from their gradient and from their difference: how far apart, p.u.
double loss_slope_fault(const AcPowerFlow& flow, const Region& region, AcInputs inputs) {
    constexpr double step = 1e-3;
    AcFlowLanes flows = AcBranchFlow(region, flow).lanes();
    for (std::size_t k = 0; k < inputs.p.size(); ++k)
        for (LaneArray* power : {&inputs.p, &inputs.q}) {
            const double at = (*power)[k - k % lane_count];
            (*power)[k] = at * (1.0 + (k % lane_count == 1 ? step : k % lane_count == 2 ? -step : 0.0));
        }
    for (std::size_t k = 0; k < inputs.slack_voltage.size(); ++k)
        inputs.slack_voltage[k] = inputs.slack_voltage[k - k % lane_count];
    AcLanes lanes = flow.lanes();
    flow.solve(inputs, lanes);
    AcBranchFlow(region, flow).evaluate(inputs, lanes, flows);
    AcSensitivity sensitivity(flow);
    if (sensitivity.set_point(inputs, lanes, 0) != AcSensitivityStatus::ready) return INFINITY;
    const auto customers = static_cast<std::size_t>(flow.network().customer_count);
    std::vector<double> by_p(customers), by_q(customers);
    sensitivity.gradient(AcQuantities(region, flow).losses(), by_p, by_q);
    double slope = 0.0;
    for (std::size_t c = 0; c < customers; ++c)
        slope += by_p[c] * inputs.p[lane_count * c] + by_q[c] * inputs.q[lane_count * c];
    return std::abs((flows.loss_p(1) - flows.loss_p(2)) / (2 * step) / slope - 1.0);
}

/// One operating point: its factor, or (`rows`) the gradients of every bus's voltages too.
void time_sensitivity(benchmark::State& state, const Region& region, bool rows) {
    const AcPowerFlow flow(region, 0);
    const AcInputs inputs = scenarios(flow, region, region.series.front(), lane_count).front();
    if (const double fault = loss_slope_fault(flow, region, inputs); !(fault <= 1e-5))
        return state.SkipWithError(fmt::format("the slope of losses is {:.1e} off", fault).c_str());
    AcSensitivity sensitivity(flow);
    AcLanes lanes = flow.lanes();
    flow.solve(inputs, lanes);
    const std::vector<AcQuantity> voltages = all_voltages(region, AcQuantities(region, flow));
    const auto customers = static_cast<std::size_t>(flow.network().customer_count);
    std::vector<double> values(voltages.size()), by_p(voltages.size() * customers), by_q(by_p.size());
    for (auto _ : state) {
        sensitivity.set_point(inputs, lanes, 0);
        if (rows) sensitivity.gradients(voltages, values, by_p, by_q);
        benchmark::DoNotOptimize(by_p.data());
    }
    state.counters["rows"] = rows ? static_cast<double>(voltages.size()) : 0.0;
    state.counters["customers"] = static_cast<double>(customers);
}

/// Voltages of nodes that a sweep touches.
std::vector<AcQuantity> swept_voltages(const AcPowerFlow& flow, const Region& region) {
    std::vector<AcQuantity> voltages = all_voltages(region, AcQuantities(region, flow));
    std::erase_if(voltages, [&](const AcQuantity& quantity) {
        const std::vector<AcTerm>& terms = quantity.products.front().current.terms;
        return std::any_of(terms.begin(), terms.end(),
                           [&](const AcTerm& term) { return std::min(term.plus, term.minus) < flow.factor().first(); });
    });
    return voltages;
}

/// Eight gradients, against those of the factored Jacobian: largest difference, per unit of a row's largest entry.
double gradient_fault(const AcPowerFlow& flow, const AcInputs& inputs, const AcLanes& voltages,
                      std::span<const AcQuantity* const, lane_count> quantity, const AcGradients::Lanes& lanes) {
    AcSensitivity exact(flow);
    const auto customers = static_cast<std::size_t>(flow.network().customer_count);
    std::vector<double> by_p(customers), by_q(customers);
    double largest = 0.0;
    for (int l = 0; l < lane_count; ++l) {
        if (lanes.alone[l] || exact.set_point(inputs, voltages, l) != AcSensitivityStatus::ready) return INFINITY;
        exact.gradient(*quantity[l], by_p, by_q);
        double scale = 0.0, fault = 0.0;
        for (std::size_t c = 0; c < customers; ++c) {
            scale = std::max({scale, std::abs(by_p[c]), std::abs(by_q[c])});
            fault = std::max({fault, std::abs(by_p[c] - lanes.by_p[c * lane_count + l]),
                              std::abs(by_q[c] - lanes.by_q[c * lane_count + l])});
        }
        largest = std::max(largest, fault / scale);
    }
    return largest;
}

/// Gradients of voltages, eight at a time, every lane at a point and with a quantity of its own.
void time_gradients(benchmark::State& state, const Region& region, std::size_t series) {
    const AcPowerFlow flow(region, 0);
    const std::vector<AcInputs> groups = scenarios(flow, region, region.series[series], 400);
    const std::vector<AcQuantity> voltages = swept_voltages(flow, region);
    const AcGradients gradients(flow);
    AcGradients::Lanes lanes = gradients.lanes();
    std::vector<AcLanes> points;
    std::vector<std::array<const AcQuantity*, lane_count>> asked;
    double sweeps = 0, worst = 0;
    for (const AcInputs& inputs : groups) {
        flow.solve(inputs, points.emplace_back(flow.lanes()));
        auto& quantity = asked.emplace_back();
        for (std::size_t l = 0; l < lane_count; ++l)
            quantity[l] = &voltages[(asked.size() * lane_count + l) * 37 % voltages.size()];
        gradients.evaluate(inputs, points.back(), quantity, lanes);
        for (const int n : lanes.sweeps) sweeps += n;
        if (asked.size() % 10 == 1)
            worst = std::max(worst, gradient_fault(flow, inputs, points.back(), quantity, lanes));
    }
    if (!(worst <= 1e-8)) return state.SkipWithError(fmt::format("gradients are {:.1e} off", worst).c_str());
    for (auto _ : state)
        for (std::size_t g = 0; g < groups.size(); ++g) {
            gradients.evaluate(groups[g], points[g], asked[g], lanes);
            benchmark::DoNotOptimize(lanes.by_p.data());
        }
    state.counters["per_gradient"] = {static_cast<double>(groups.size() * lane_count),
                                      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
    state.counters["sweeps"] = sweeps / static_cast<double>(groups.size() * lane_count);
    state.counters["fault"] = worst;
}

/// Values of the voltages of all nodes that a sweep touches, eight points at a time.
void time_watch(benchmark::State& state, const Region& region) {
    const AcPowerFlow flow(region, 0);
    const AcInputs inputs = scenarios(flow, region, region.series.front(), lane_count).front();
    const AcWatch watch(flow, swept_voltages(flow, region));
    AcLanes lanes = flow.lanes();
    LaneArray values = watch.values();
    flow.solve(inputs, lanes);
    for (auto _ : state) {
        watch.evaluate(inputs, lanes, values);
        benchmark::DoNotOptimize(values.data());
    }
    state.counters["quantities"] = static_cast<double>(watch.quantities().size());
}

void time_build(benchmark::State& state, const Region& region) {
    for (auto _ : state) benchmark::DoNotOptimize(AcPowerFlow(region, 0));
    count(state, AcPowerFlow(region, 0), 1, 0);
}

/// Set-up and eight scenarios of feeders with one customer per 16 buses, by size.
void time_growth(benchmark::State& state) {
    const auto buses = static_cast<int>(state.range(0));
    const Region region = synthetic_region({.buses = buses, .customers = buses / 16, .steps = lane_count});
    const AcPowerFlow flow(region, 0);
    const std::vector<AcInputs> groups = scenarios(flow, region, region.series.front(), lane_count);
    AcLanes lanes = flow.lanes();
    for (auto _ : state) {
        if (state.range(1) == 0) benchmark::DoNotOptimize(AcPowerFlow(region, 0));
        if (state.range(1) == 1) flow.solve(groups.front(), lanes);
    }
    for (const AcLane& lane : lanes.lane)
        if (state.range(1) == 1 && lane.status != AcStatus::converged) state.SkipWithError("a lane diverged");
    state.counters["per_bus"] = {static_cast<double>(buses * (state.range(1) == 0 ? 1 : lane_count)),
                                 benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
    state.counters["in_sweeps"] = flow.iterated_count();
    state.counters["sweeps"] = lanes.lane[0].sweeps;
}
BENCHMARK(time_growth)
    ->Name("growth")
    ->ArgNames({"buses", "solve"})
    ->ArgsProduct({{100, 1000, 10'000, 100'000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

void add(const std::string& name, const Region& region, std::size_t series, std::size_t steps) {
    const std::string full = name + "/" + std::to_string(steps);
    benchmark::RegisterBenchmark(("flow/" + full).c_str(), time_flow, region, series, steps)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("branches/" + full).c_str(), time_branches, region)->Unit(benchmark::kMicrosecond);
    for (const bool rows : {false, true})
        benchmark::RegisterBenchmark(((rows ? "gradients/" : "jacobian/") + name).c_str(), time_sensitivity, region,
                                     rows)
            ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("gradient/" + name).c_str(), time_gradients, region, series)
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("watch/" + name).c_str(), time_watch, region)->Unit(benchmark::kNanosecond);
    benchmark::RegisterBenchmark(("build/" + full).c_str(), time_build, region)->Unit(benchmark::kMicrosecond);
}

void register_all() {
    for (const BenchCase& bench_case : bench_cases()) {
        if (bench_case.steps().step_count() != 1440) continue;
        const std::string name = bench_case.name.substr(0, bench_case.name.find('/'));
        if (name != "european_lv_all_active") add(name, bench_case.region, bench_case.series, 1440);
    }
    if (const char* file = std::getenv("HEADROOM_BENCH_MATPOWER"); file != nullptr) {
        const Region region = read_matpower(file);
        add(region.name, region, 0, 87'600);
    }
    for (const char* name : {"ieee13", "ieee34"}) {
        const std::filesystem::path path =
            std::filesystem::path(HEADROOM_BENCH_CASES) / name / (std::string(name) + ".h5");
        const Region region = read_case(path, {.all_series = true});
        add(name, region, 0, 87'600);
        add(std::string(name) + "_balanced", single_phase_equivalent(region), 0, 87'600);
    }
}

}  // namespace
}  // namespace headroom::bench

/// Both tables; what ends the second one early is told like a case that is refused.
int print_references(const char* data) {
    const int voltages = headroom::bench::print_voltage_table(data);
    fmt::print("\n");
    try {
        return std::max(voltages, headroom::bench::print_day_table(data));
    } catch (const std::exception& error) {
        fmt::print(stderr, "European LV, a day: {}\n", error.what());
        return 1;
    }
}

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--references") return print_references(argv[2]);
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
