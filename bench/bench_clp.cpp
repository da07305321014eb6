// The ratio to successive linear programs with Clp. Both sides run in turn inside one iteration and count processor
// time, so that a busy machine slows both; the shortest run of each side makes the ratio.

#include <benchmark/benchmark.h>

#include "bench/agree.hpp"
#include "bench/peers/clp_filling.hpp"
#include "bench/support/bench_cases.hpp"
#include "bench/support/cpu_clock.hpp"
#include "bench/support/envelope_answers.hpp"
#include "bench/support/filling_problem.hpp"

namespace headroom::bench {
namespace {

constexpr double agreement_kw = 1e-6;
constexpr int runs_per_iteration = 20;  // of our side, beside one of Clp

class ClpAnswers {
public:
    explicit ClpAnswers(const FillingProblem& problem,
                        ClpFilling::ClpSettings settings = ClpFilling::ClpSettings::chosen)
        : problem_(problem),
          clp_(problem.rows(), problem.reference(), settings),
          limit(problem.size() * problem.cap().size()) {}

    void solve_all() {
        const std::size_t width = problem_.cap().size();
        for (std::size_t k = 0; k < problem_.size(); ++k)
            clp_.solve(problem_.room(k), problem_.start(k), problem_.cap(), std::span(limit).subspan(k * width, width));
    }
    const ClpFilling& clp() const { return clp_; }

private:
    const FillingProblem& problem_;
    ClpFilling clp_;

public:
    Answers limit;  ///< [#problem x #limit] kW
};

/// Times Clp on all problems of the case against `ours`, which must answer the same problems.
template <class Ours>
void time_against_clp(benchmark::State& state, const FillingProblem& problem, ClpAnswers& clp, Ours&& ours) {
    const std::int64_t programs = clp.clp().programs_solved(), pivots = clp.clp().pivots();
    double clp_seconds = 0, our_seconds = 0;
    for (auto _ : state) {
        const double theirs = shortest_run(1, [&] { clp.solve_all(); });
        const double mine = shortest_run(runs_per_iteration, ours);
        clp_seconds = clp_seconds == 0 ? theirs : std::min(clp_seconds, theirs);
        our_seconds = our_seconds == 0 ? mine : std::min(our_seconds, mine);
        state.SetIterationTime(theirs);
    }
    const auto runs = static_cast<double>(state.iterations()) * static_cast<double>(problem.size());
    state.counters["clp_us"] = 1e6 * clp_seconds;
    state.counters["our_us"] = 1e6 * our_seconds;
    state.counters["ratio"] = clp_seconds / our_seconds;
    state.counters["problems"] = static_cast<double>(problem.size());
    state.counters["programs_each"] = static_cast<double>(clp.clp().programs_solved() - programs) / runs;
    state.counters["pivots_each"] = static_cast<double>(clp.clp().pivots() - pivots) / runs;
}

template <ClpFilling::ClpSettings settings>
void filling_against_clp(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    ClpAnswers clp(problem, settings);
    LaneAnswers lanes(problem);
    clp.solve_all();
    lanes.fill_all(problem);
    if (!agrees(clp.limit, lanes.unpacked(problem), agreement_kw))
        return state.SkipWithError("limits differ from Clp's");
    time_against_clp(state, problem, clp, [&] {
        lanes.fill_all(problem);
        benchmark::ClobberMemory();
    });
}

/// The whole of allocate(), from region to certified limits, against the linear programs alone.
void allocate_against_clp(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    ClpAnswers clp(problem);
    clp.solve_all();
    if (!agrees(clp.limit, envelope_answers(problem, allocate_one_thread(bench_case)), agreement_kw))
        return state.SkipWithError("limits differ from Clp's");
    time_against_clp(state, problem, clp, [&] { benchmark::DoNotOptimize(allocate_one_thread(bench_case)); });
}

void register_all() {
    for (const BenchCase& bench_case : bench_cases()) {
        const auto add = [&](const char* what, void (*timed)(benchmark::State&, const BenchCase&)) {
            benchmark::RegisterBenchmark((what + bench_case.name).c_str(), timed, bench_case)
                ->Unit(benchmark::kMillisecond)
                ->UseManualTime();
        };
        add("clp/filling/", filling_against_clp<ClpFilling::ClpSettings::chosen>);
        add("clp/filling_defaults/", filling_against_clp<ClpFilling::ClpSettings::defaults>);
        add("clp/allocate/", allocate_against_clp);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
