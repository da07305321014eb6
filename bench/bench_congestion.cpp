// What a congestion forecast costs per power flow on one thread, next to the same power flows alone.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/support/bench_cases.hpp"
#include "formulations/flow/ac_quantity.hpp"
#include "formulations/flow/ac_step.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "formulations/risk/congestion_forecast.hpp"
#include "formulations/risk/injection_disturbance.hpp"

namespace headroom::bench {
namespace {

constexpr std::size_t step_count = 8;
constexpr std::int32_t sample_count = 1000;

/// Eight steps of a case around noon, as the only series.
Region noon(const BenchCase& bench_case) {
    Region region = bench_case.region;
    SeriesSet series = bench_case.steps();
    const std::size_t first = series.step_count() / 2;
    const auto cut = [&](auto& values) {
        const auto width = static_cast<std::ptrdiff_t>(values.size() / bench_case.steps().step_count());
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first) * width;
        values =
            std::remove_reference_t<decltype(values)>(begin, begin + static_cast<std::ptrdiff_t>(step_count) * width);
    };
    for (auto* times : {&series.start, &series.end}) cut(*times);
    for (auto* values :
         {&series.p_forecast, &series.q_forecast, &series.slack_voltage, &series.slack_angle, &series.to_tap})
        cut(*values);
    series.price.clear();
    region.series = {std::move(series)};
    return region;
}

CongestionQuestion question(Monitoring monitoring) { return {.samples = sample_count, .monitoring = monitoring}; }

CongestionResult forecast(const Region& region, Monitoring monitoring) {
    return forecast_congestion(region, region.series.front(), question(monitoring), {""}, {.threads = 1});
}

/// The samples of every step, drawn beforehand.
std::vector<AcInputs> drawn_samples(const Region& region, const AcPowerFlow& flow) {
    const CongestionQuestion asked = question(Monitoring::customers);
    InjectionDisturbance disturbance(asked.uncertainty, flow.network().customer_count, asked.seed, 0);
    std::vector<AcInputs> groups;
    for (std::size_t step = 0; step < step_count; ++step) {
        AcInputs inputs = flow.inputs();
        for (int lane = 0; lane < lane_count; ++lane)
            set_lane(region, flow.network(), region.series.front(), step, lane, inputs);
        disturbance.set_step(inputs, static_cast<std::uint32_t>(step));
        for (std::int32_t sample = 0; sample < sample_count; sample += lane_count) {
            disturbance.draw(static_cast<std::uint32_t>(sample), inputs);
            groups.push_back(inputs);
        }
    }
    return groups;
}

/// Mean voltages of the first step by the power flow alone: largest difference, as a share of the limit.
double difference_to_flows(const Region& region, const CongestionResult& result) {
    const AcPowerFlow flow(region, 0);
    const AcQuantities quantities(region, flow);
    const std::vector<AcInputs> groups = drawn_samples(region, flow);
    AcLanes lanes = flow.lanes();
    std::vector<AcQuantity> voltages;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < result.rows.size(); ++row) {
        if (result.rows.branch[row] >= 0 || result.rows.phases[row].size() != 1) continue;
        PhaseVector pick = PhaseVector::Zero();
        pick[result.rows.phases[row][0] - 'a'] = 1.0;
        voltages.push_back(*quantities.voltage(result.rows.bus[row], pick));
        rows.push_back(row);
    }
    const AcWatch watch(flow, voltages);
    LaneArray value = watch.values();
    std::vector<double> mean(rows.size(), 0.0);
    for (std::size_t group = 0; group < sample_count / lane_count; ++group) {
        flow.solve(groups[group], lanes);
        watch.evaluate(groups[group], lanes, value);
        for (std::size_t k = 0; k < value.size(); ++k) mean[k / lane_count] += value[k] / sample_count;
    }
    double largest = 0;
    for (std::size_t k = 0; k < rows.size(); ++k)
        largest = std::max(largest, std::abs(mean[k] / result.rows.limit[rows[k]] - result.row_mean[rows[k]]));
    return largest;
}

void count(benchmark::State& state) {
    const auto flows = static_cast<double>(step_count * sample_count);
    state.counters["per_flow"] = {flows, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
    state.counters["flows"] = {flows, benchmark::Counter::kIsIterationInvariantRate};
}

void time_forecast(benchmark::State& state, const Region& region, Monitoring monitoring) {
    const CongestionResult result = forecast(region, monitoring);
    if (const double difference = difference_to_flows(region, result); !(difference <= 1e-9))
        return state.SkipWithError(fmt::format("mean voltages differ by {:.1e}", difference).c_str());
    for (auto _ : state) benchmark::DoNotOptimize(forecast(region, monitoring));
    count(state);
    state.counters["limits"] = static_cast<double>(result.rows.size());
}

void time_flows(benchmark::State& state, const Region& region) {
    const AcPowerFlow flow(region, 0);
    const std::vector<AcInputs> groups = drawn_samples(region, flow);
    AcLanes lanes = flow.lanes();
    for (auto _ : state)
        for (const AcInputs& inputs : groups) {
            flow.solve(inputs, lanes);
            benchmark::DoNotOptimize(lanes.voltage.data());
        }
    count(state);
}

void register_all() {
    for (const BenchCase& bench_case : bench_cases()) {
        const std::string name = bench_case.name.substr(0, bench_case.name.find('/'));
        if (bench_case.steps().step_count() != 96 || name == "european_lv_all_active") continue;
        const Region region = noon(bench_case);
        benchmark::RegisterBenchmark(("flows/" + name).c_str(), time_flows, region)->Unit(benchmark::kMillisecond);
        benchmark::RegisterBenchmark(("congestion/" + name).c_str(), time_forecast, region, Monitoring::customers)
            ->Unit(benchmark::kMillisecond);
        benchmark::RegisterBenchmark(("congestion/all/" + name).c_str(), time_forecast, region, Monitoring::all)
            ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
