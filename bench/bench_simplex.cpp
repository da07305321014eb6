// The dual simplex method with a working basis against Clp's dual simplex method, both going on from the step before.
// Objectives are compared first. The two sides take turns and count processor time; the shortest day of each makes the
// ratio. Ours includes handing over the numbers, Clp's does not.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/peers/clp_problem.hpp"
#include "bench/support/auction_family.hpp"
#include "bench/support/bench_cases.hpp"
#include "bench/support/cpu_clock.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom::bench {
namespace {

constexpr int order_count = 100;
constexpr double agreement = 1e-8;      // relative, of objectives
constexpr int runs_per_iteration = 20;  // of our side, beside one of Clp

class OurDay {
public:
    explicit OurDay(const AuctionFamily& family) : family_(family), simplex_(family.problem(0)) {}

    void solve_all() {
        objective.clear();
        pivots = 0;
        for (std::size_t step = 0; step < family_.size(); ++step) {
            hand_over(family_.values(step));
            solved = simplex_.solve() == ConvexStatus::solved && solved;
            objective.push_back(simplex_.objective());
            pivots += simplex_.iterations();
            working_rows = std::max(working_rows, simplex_.working_rows());
        }
    }
    /// Every answer by its certificate, apart from the clock.
    bool certified() {
        bool holds = true;
        for (std::size_t step = 0; step < family_.size(); ++step) {
            hand_over(family_.values(step));
            simplex_.solve();
            holds = simplex_.answer().certificate.holds(1e-9) && holds;
        }
        return holds;
    }

private:
    void hand_over(const ConvexValues& values) {
        simplex_.set_rows(values.row_lower, values.row_upper);
        if (family_.changes() == AuctionFamily::Changes::room) return;
        simplex_.set_costs(values.linear);
        simplex_.set_all_bounds(values.lower, values.upper);
    }

    const AuctionFamily& family_;
    DualSimplex simplex_;

public:
    std::vector<double> objective;
    int pivots = 0, working_rows = 0;
    bool solved = true;
};

class ClpDay {
public:
    ClpDay(const AuctionFamily& family, ClpStyle style) : family_(family), clp_(ClpMethod::dual, 1e-9, style) {
        clp_.load(family.problem(0));
    }

    void solve_all() {
        objective.clear();
        seconds = 0;
        pivots = 0;
        for (std::size_t step = 0; step < family_.size(); ++step) {
            clp_.change_bounds(family_.values(step));
            if (family_.changes() == AuctionFamily::Changes::orders) clp_.change_costs(family_.values(step));
            const ClpAnswer answer = clp_.solve();
            objective.push_back(answer.objective);
            seconds += answer.seconds;
            pivots += answer.iterations;
        }
    }

private:
    const AuctionFamily& family_;
    ClpProblem clp_;

public:
    std::vector<double> objective;
    double seconds = 0;
    int pivots = 0;
};

bool agree(const std::vector<double>& a, const std::vector<double>& b) {
    for (std::size_t k = 0; k < a.size(); ++k)
        if (!(std::abs(a[k] - b[k]) <= agreement * (1 + std::abs(b[k])))) return false;
    return a.size() == b.size();
}

template <AuctionFamily::Changes changes, ClpStyle style>
void auctions_against_clp(benchmark::State& state, const BenchCase& bench_case) {
    const FillingProblem problem(bench_case.region, bench_case.steps());
    const AuctionFamily family(problem, changes, order_count);
    OurDay ours(family);
    ClpDay clp(family, style);
    ours.solve_all();
    clp.solve_all();
    if (!ours.solved || !ours.certified()) return state.SkipWithError("an answer has no certificate");
    if (!agree(ours.objective, clp.objective)) return state.SkipWithError("objectives differ from Clp's");
    double clp_seconds = no_bound, our_seconds = no_bound;
    for (auto _ : state) {
        clp.solve_all();
        clp_seconds = std::min(clp_seconds, clp.seconds);
        our_seconds = std::min(our_seconds, shortest_run(runs_per_iteration, [&] { ours.solve_all(); }));
        state.SetIterationTime(clp.seconds);
    }
    const auto steps = static_cast<double>(family.size());
    state.counters["clp_us"] = 1e6 * clp_seconds / steps;
    state.counters["our_us"] = 1e6 * our_seconds / steps;
    state.counters["ratio"] = clp_seconds / our_seconds;
    state.counters["steps"] = steps;
    state.counters["rows"] = family.problem(0).structure.row_count();
    state.counters["clp_pivots"] = clp.pivots / steps;
    state.counters["our_pivots"] = ours.pivots / steps;
    state.counters["tight_max"] = ours.working_rows;
}

void register_all() {
    using Changes = AuctionFamily::Changes;
    for (const BenchCase& bench_case : bench_cases()) {
        const auto add = [&](const char* what, void (*timed)(benchmark::State&, const BenchCase&)) {
            benchmark::RegisterBenchmark((what + bench_case.name).c_str(), timed, bench_case)
                ->Unit(benchmark::kMillisecond)
                ->UseManualTime();
        };
        add("simplex/room/", auctions_against_clp<Changes::room, ClpStyle::lean>);
        add("simplex/orders/", auctions_against_clp<Changes::orders, ClpStyle::lean>);
        add("simplex/room_defaults/", auctions_against_clp<Changes::room, ClpStyle::defaults>);
        add("simplex/orders_defaults/", auctions_against_clp<Changes::orders, ClpStyle::defaults>);
    }
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::register_all();
    return headroom::bench::run_benchmarks(argc, argv);
}
