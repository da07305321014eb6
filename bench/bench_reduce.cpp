// What a feeder costs before its first step: the linear circuit, its reduction and the split rows; and how that grows
// with the size of the feeder.

#include <benchmark/benchmark.h>

#include "bench/support/bench_cases.hpp"
#include "bench/support/synthetic_feeder.hpp"
#include "formulations/envelope/question.hpp"
#include "formulations/flow/security_rows.hpp"

namespace headroom::bench {
namespace {

const AllocationQuestion question;

LinearNetwork full_network(const Region& region) {
    return linear_network(region, 0, question.flow, question.monitoring);
}

void time_linear_network(benchmark::State& state, const Region& region) {
    for (auto _ : state) benchmark::DoNotOptimize(full_network(region));
    state.counters["buses"] = static_cast<double>(region.bus_count());
}

void time_reduce(benchmark::State& state, const Region& region) {
    const LinearNetwork full = full_network(region);
    for (auto _ : state) benchmark::DoNotOptimize(reduce(full));
    state.counters["nodes"] = static_cast<double>(full.nodes.size());
    state.counters["reduced_nodes"] = static_cast<double>(reduce(full).net.nodes.size());
}

void time_security_rows(benchmark::State& state, const Region& region) {
    const ReducedNetwork reduced = reduce(full_network(region));
    const SecurityRows::Options options{.dust = question.dust};
    for (auto _ : state) benchmark::DoNotOptimize(SecurityRows(region, reduced, options));
    const SecurityRows rows(region, reduced, options);
    state.counters["rows"] = rows.rows().row_count();
    state.counters["entries"] = static_cast<double>(rows.rows().value.size());
}

/// The three together on feeders with one customer per 16 buses, as on the European one.
void time_growth(benchmark::State& state) {
    const auto buses = static_cast<int>(state.range(0));
    const Region region = synthetic_region({.buses = buses, .customers = buses / 16, .steps = 8});
    for (auto _ : state)
        benchmark::DoNotOptimize(SecurityRows(region, reduce(full_network(region)), {.dust = question.dust}));
    state.counters["per_bus"] = {static_cast<double>(buses),
                                 benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
}
BENCHMARK(time_growth)->Name("reduce/growth")->RangeMultiplier(10)->Range(100, 10'000)->Unit(benchmark::kMicrosecond);

void register_all() {
    const std::string prefix = "reduce/";
    for (const BenchCase& bench_case : bench_cases()) {
        if (bench_case.series > 0 || bench_case.steps().step_count() != 96) continue;
        const Region& region = bench_case.region;
        const auto add = [&](const char* stage, void (*timed)(benchmark::State&, const Region&)) {
            benchmark::RegisterBenchmark((prefix + stage + bench_case.name).c_str(), timed, region)
                ->Unit(benchmark::kMicrosecond);
        };
        add("linear_network/", time_linear_network);
        add("reduce/", time_reduce);
        add("security_rows/", time_security_rows);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
