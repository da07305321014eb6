// Progressive filling in lanes against the plain walk: same rows, room, starts and caps in, same limits out.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "bench/agree.hpp"
#include "bench/support/bench_cases.hpp"
#include "bench/support/filling_problem.hpp"

namespace headroom::bench {
namespace {

constexpr double agreement_kw = 1e-6;

void count_problems(benchmark::State& state, const FillingProblem& problem) {
    state.counters["problems"] = {static_cast<double>(problem.size()), benchmark::Counter::kIsIterationInvariantRate};
    state.counters["rows"] = problem.rows().row_count();
    state.counters["limits"] = problem.rows().limit_count;
    state.counters["entries"] = static_cast<double>(problem.rows().value.size());
    state.counters["left_out"] = static_cast<double>(problem.left_out());
}

void time_lanes(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    LaneAnswers answers(problem);
    answers.fill_all(problem);
    if (!agrees(answers.unpacked(problem), plain_answers(problem), agreement_kw))
        return state.SkipWithError("limits differ from the plain walk");
    for (auto _ : state) {
        answers.fill_all(problem);
        benchmark::DoNotOptimize(answers.limit.data());
        benchmark::ClobberMemory();
    }
    count_problems(state, problem);
    state.counters["rounds_max"] = *std::max_element(answers.rounds.begin(), answers.rounds.end());
}

void time_plain(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    for (auto _ : state) benchmark::DoNotOptimize(plain_answers(problem));
    count_problems(state, problem);
}

void register_all() {
    for (const BenchCase& bench_case : bench_cases()) {
        benchmark::RegisterBenchmark(("filling/lanes/" + bench_case.name).c_str(), time_lanes, bench_case)
            ->Unit(benchmark::kMicrosecond);
        benchmark::RegisterBenchmark(("filling/plain/" + bench_case.name).c_str(), time_plain, bench_case)
            ->Unit(benchmark::kMicrosecond);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
