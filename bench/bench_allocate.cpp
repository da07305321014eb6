// allocate() on one feeder-day, without reading or writing files: the whole, its stages, and how it grows.

#include <benchmark/benchmark.h>

#include "bench/agree.hpp"
#include "bench/support/bench_cases.hpp"
#include "bench/support/envelope_answers.hpp"
#include "bench/support/synthetic_feeder.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/network/validate.hpp"
#include "solver/certificate/bottleneck.hpp"

namespace headroom::bench {
namespace {

constexpr double agreement_kw = 1e-6;

bool answers_are_right(const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    return agrees(envelope_answers(problem, allocate_one_thread(bench_case)), plain_answers(problem), agreement_kw);
}

void time_whole(benchmark::State& state, const BenchCase& bench_case) {
    if (!answers_are_right(bench_case)) return state.SkipWithError("limits differ from the plain walk");
    for (auto _ : state) benchmark::DoNotOptimize(allocate_one_thread(bench_case));
    state.counters["steps"] = {static_cast<double>(bench_case.steps().step_count()),
                               benchmark::Counter::kIsIterationInvariantRate};
}

void time_validate(benchmark::State& state, const BenchCase& bench_case) {
    for (auto _ : state) benchmark::DoNotOptimize(validate(bench_case.region));
}

void time_build(benchmark::State& state, const BenchCase& bench_case) {
    for (auto _ : state)
        benchmark::DoNotOptimize(
            FeederAllocation(bench_case.region, 0, bench_case.steps(), AllocationQuestion{}).workspace());
}

void time_room(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    auto work = problem.security().workspace();
    problem.load_base(0, work);
    const std::size_t packs = (bench_case.steps().step_count() + lane_count - 1) / lane_count;
    for (auto _ : state)
        for (std::size_t k = 0; k < packs; ++k) {
            problem.security().room(work);
            benchmark::ClobberMemory();
        }
}

void time_filling(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    LaneAnswers answers(problem);
    for (auto _ : state) {
        answers.fill_all(problem);
        benchmark::ClobberMemory();
    }
}

void time_certificate(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    LaneAnswers lanes(problem);
    lanes.fill_all(problem);
    BottleneckWorkspace work(problem.rows());
    LaneArray row(lane_count), bound(lane_count), gap(lane_count);
    for (auto _ : state)
        for (std::size_t k = 0; k < problem.packs().size(); ++k) {
            const auto& pack = problem.packs()[k];
            check_lexicographic_pack(problem.rows(),
                                     {.room = pack.room.data(),
                                      .start = pack.start.data(),
                                      .cap = pack.cap.data(),
                                      .reference = pack.reference.data(),
                                      .w = lanes.limit[k].data(),
                                      .row_violation = row.data(),
                                      .bound_violation = bound.data(),
                                      .bottleneck_gap = gap.data()},
                                     work);
            benchmark::ClobberMemory();
        }
}

/// One customer per 16 buses, as on the European feeder, so the rows grow with the square of the size.
void time_growth(benchmark::State& state) {
    const auto buses = static_cast<int>(state.range(0));
    const BenchCase bench_case{"growth", synthetic_region({.buses = buses, .customers = buses / 16, .steps = 96})};
    const EnvelopeResult result = allocate_one_thread(bench_case);
    for (const ItemStatus status : result.status)
        if (status != ItemStatus::solved) return state.SkipWithError("an item is not solved");
    for (auto _ : state) benchmark::DoNotOptimize(allocate_one_thread(bench_case));
    state.counters["per_bus"] = {static_cast<double>(buses),
                                 benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
    state.counters["rounds"] = result.rounds[0];
}
BENCHMARK(time_growth)->Name("allocate/growth")->RangeMultiplier(10)->Range(100, 10'000)->Unit(benchmark::kMillisecond);

void register_all() {
    const std::string prefix = "allocate/";
    for (const BenchCase& bench_case : bench_cases()) {
        const auto add = [&](const char* stage, void (*timed)(benchmark::State&, const BenchCase&)) {
            benchmark::RegisterBenchmark((prefix + stage + bench_case.name).c_str(), timed, bench_case)
                ->Unit(benchmark::kMillisecond);
        };
        add("whole/", time_whole);
        add("build/", time_build);
        add("room/", time_room);
        add("filling/", time_filling);
        add("certificate/", time_certificate);
        add("validate/", time_validate);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
