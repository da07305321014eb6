// allocate() secure in AC on one feeder-day and one thread, beside the power flows that it makes.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>

#include "bench/support/bench_cases.hpp"
#include "bench/support/cpu_clock.hpp"
#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/ac_step.hpp"
#include "formulations/secure/replay.hpp"
#include "formulations/secure/secure_feeder.hpp"

namespace headroom::bench {
namespace {

EnvelopeResult solve(const BenchCase& bench_case, Policy policy, Corners corners) {
    return allocate(bench_case.region, bench_case.steps(), {.policy = policy, .secure = Secure::ac}, {""},
                    {.threads = 1, .secure = {.corners = corners}});
}

/// Whether every step that has limits replays clean at searched and random points.
bool replays_clean(const BenchCase& bench_case, const EnvelopeResult& result) {
    const ReplayResult replayed =
        replay(bench_case.region, bench_case.steps(), {}, {result.export_limit, result.import_limit, {}, {}}, {""},
               {.random_corners = 16, .random_points = 16}, {.threads = 0});
    return std::all_of(replayed.violated.begin(), replayed.violated.end(), [](auto count) { return count == 0; });
}

/// us of processor time per power flow of the same feeder and steps, eight at a time.
double flow_microseconds(const BenchCase& bench_case) {
    const FeederAllocation linear(bench_case.region, 0, bench_case.steps(), {});
    FeederAllocation::Workspace scratch = linear.workspace();
    const SecureFeeder feeder(bench_case.region, linear, settings_of_correction(), scratch);
    const AcPowerFlow& flow = feeder.ac().flow();
    std::vector<AcInputs> groups;
    for (std::size_t first = 0; first + lane_count <= bench_case.steps().step_count(); first += lane_count) {
        groups.push_back(flow.inputs());
        for (int lane = 0; lane < lane_count; ++lane)
            set_lane(bench_case.region, flow.network(), bench_case.steps(), first + static_cast<std::size_t>(lane),
                     lane, groups.back());
    }
    AcLanes lanes = flow.lanes();
    const double seconds = shortest_run(9, [&] {
        for (const AcInputs& inputs : groups) flow.solve(inputs, lanes);
    });
    return 1e6 * seconds / static_cast<double>(groups.size() * lane_count);
}

void time_secure(benchmark::State& state, const BenchCase& bench_case, Policy policy, Corners corners) {
    const EnvelopeResult answer = solve(bench_case, policy, corners);
    if (corners == Corners::search && !replays_clean(bench_case, answer))
        return state.SkipWithError("a limit is violated in replay");
    double flows = 0, gradients = 0, rounds = 0;
    for (const SecureOutcome& outcome : answer.secure) {
        flows += outcome.flows;
        gradients += outcome.gradients;
        rounds += outcome.rounds;
    }
    const double flow_us = flow_microseconds(bench_case);
    const double start = cpu_seconds();
    for (auto _ : state) benchmark::DoNotOptimize(solve(bench_case, policy, corners));
    const double us = 1e6 * (cpu_seconds() - start) / static_cast<double>(state.iterations());
    const auto steps = static_cast<double>(bench_case.steps().step_count());
    state.counters["us_per_step"] = us / steps;
    state.counters["flows_per_step"] = flows / steps;
    state.counters["gradients_per_step"] = gradients / steps;
    state.counters["rounds_per_step"] = rounds / steps;
    state.counters["flow_us"] = flow_us;
    state.counters["over_flows"] = us / ((flows + gradients) * flow_us);
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    using namespace headroom::bench;
    struct Question {
        const char* name;
        headroom::Policy policy;
        headroom::Corners corners = headroom::Corners::search;
    };
    for (const BenchCase& bench_case : bench_cases())
        for (const Question& of :
             {Question{"max-min", headroom::Policy::max_min},
              Question{"max-min-aligned", headroom::Policy::max_min, headroom::Corners::aligned},
              Question{"equal", headroom::Policy::equal}, Question{"proportional", headroom::Policy::proportional}})
            benchmark::RegisterBenchmark(
                fmt::format("secure/{}/{}", of.name, bench_case.name).c_str(),
                [&bench_case, of](benchmark::State& state) { time_secure(state, bench_case, of.policy, of.corners); })
                ->Unit(benchmark::kMillisecond);
    return run_benchmarks(argc, argv);
}
