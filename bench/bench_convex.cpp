// Concave sharing of a feeder's room: how long a problem takes, and the ratio to general solvers on the same problems.
// Answers are compared before times: every one of ours by its duality gap, every peer's by its objective.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/support/bench_cases.hpp"
#include "bench/support/cpu_clock.hpp"
#include "bench/support/markdown_table.hpp"
#include "bench/support/problem_dump.hpp"
#include "bench/support/sharing_family.hpp"
#include "bench/support/synthetic_feeder.hpp"
#include "solver/convex/lane_solver.hpp"
#ifdef HEADROOM_BENCH_CLP
#include "bench/peers/clp_problem.hpp"
#endif
#ifdef HEADROOM_BENCH_IPOPT
#include "formulations/nlp/ipopt_convex.hpp"
#endif

namespace headroom::bench {
namespace {

constexpr double tolerance = 1e-8;
constexpr double objective_agreement = 1e-6;  // relative, between solvers of that tolerance
constexpr std::size_t peer_problems = 4;      // of a family, for slow peers

struct Options {
    std::string only;    // families whose name contains this
    std::string policy;  // the same of policies
    std::string dump;    // folder for peers in other languages
    bool peers = true, lanes = false;
};

struct NamedRegion {
    std::string name;
    Region region;
    bool exports_only;
    int runs;
};

/// Few customers take part, with room for more than the feeder has.
Region few_flexible(int customers, int flexible) {
    Region region = synthetic_region({.buses = 906, .customers = customers, .steps = 96});
    int left = flexible;
    for (int k = 0; k < customers; ++k)
        region.customer.active[k] = k % (customers / flexible) == 0 && left-- > 0 ? 1 : 0;
    region.customer.export_cap.assign(region.customer.export_cap.size(), 60e3);
    return region;
}

/// A medium-voltage line with a low-voltage feeder at every bus, as one tree on the low-voltage base: 304 line buses of
/// a hundredth of a cable's impedance, 23 cable sections below each, 3300 customers, 500 of them flexible.
Region joined_tree() {
    constexpr int line_buses = 304, sections = 23, customers = 3300, flexible = 500;
    constexpr double line_length = 0.06, section_length = 18.0;  // m of cable
    Region region = synthetic_region({.buses = 1 + line_buses * (sections + 1), .customers = customers, .steps = 96});
    BranchColumns& branch = region.branch;
    for (int m = 0; m < line_buses; ++m)
        for (int k = 0; k <= sections; ++k) {
            const int to = 1 + m * (sections + 1) + k, above = m == 0 ? 0 : to - sections - 1;
            branch.from_bus[to - 1] = k == 0 ? above : to - 1;
            branch.length[to - 1] = k == 0 ? line_length : section_length;
            branch.rating_current[to - 1] = k == 1 ? 120.0 : not_given;
        }
    branch.rating_current[0] = 9000.0;
    int given = 0;
    for (int k = 0; k < customers; ++k)
        region.customer.active[k] = k * flexible / customers >= given && given++ < flexible ? 1 : 0;
    region.customer.export_cap.assign(region.customer.export_cap.size(), 30e3);
    region.customer.import_cap.assign(region.customer.import_cap.size(), 30e3);
    return region;
}

std::vector<NamedRegion> regions(const Options& options) {
    std::vector<NamedRegion> all;
    const auto wanted = [&](const std::string& name) { return name.find(options.only) != std::string::npos; };
    const auto add = [&](const std::string& name, const std::function<Region()>& make, bool exports_only, int runs) {
        if (wanted(name)) all.push_back({name, make(), exports_only, runs});
    };
    add(
        "toy_4", [] { return synthetic_region({.buses = 4, .customers = 5, .steps = 96}); }, false, 20);
    for (const BenchCase& bench_case : bench_cases())
        if (bench_case.steps().step_count() == 96)
            add(
                bench_case.name,
                [&] {
                    Region region = bench_case.region;
                    region.series = {bench_case.steps()};
                    return region;
                },
                false, 10);
    add(
        "flexible_16_of_114", [] { return few_flexible(114, 16); }, true, 20);
    add(
        "synthetic_2000", [] { return synthetic_region({.buses = 2000, .customers = 125, .steps = 96}); }, false, 5);
    for (const int buses : {100, 1000, 10'000})
        add(
            fmt::format("growth_{}", buses),
            [buses] { return synthetic_region({.buses = buses, .customers = buses / 16, .steps = 96}); }, false, 3);
    // Minutes, and gigabytes: only by name.
    if (!options.only.empty()) {
        add("joined_7300", joined_tree, false, 1);
        add(
            "huge_100000", [] { return synthetic_region({.buses = 100'000, .customers = 6250, .steps = 16}); }, false,
            1);
    }
    return all;
}

/// Best processor time of a peer over the first problems, and whether its objectives agree.
struct PeerTime {
    double seconds = 0;
    bool agrees = true;

    void add(double problem_seconds, double objective, double ours) {
        seconds += problem_seconds;
        agrees = agrees && std::abs(objective - ours) <= objective_agreement * (1 + std::abs(ours));
    }
    std::string cell(std::size_t problems, double our_seconds) const {
        if (!agrees) return "other answer";
        const double each = seconds / static_cast<double>(problems);
        return fmt::format("{:.3f} ms, {:.0f}x", 1e3 * each, each / our_seconds);
    }
};

std::string clp_cells([[maybe_unused]] const SharingFamily& family, [[maybe_unused]] double our_seconds,
                      [[maybe_unused]] std::size_t problems) {
#ifdef HEADROOM_BENCH_CLP
    PeerTime cold, warm;
    ClpProblem kept;
    kept.load(family.whole(0));
    kept.solve();
    for (std::size_t k = 0; k < problems; ++k) {
        const ConvexProblem problem = family.whole(k);
        ClpProblem fresh;
        fresh.load(problem);
        const ClpAnswer first = fresh.solve();
        cold.add(first.seconds, first.objective, family.objective(k));
        kept.change_bounds(problem.values);
        const ClpAnswer next = kept.solve();
        warm.add(next.seconds, next.objective, family.objective(k));
    }
    return fmt::format("cold {}; warm {}", cold.cell(problems, our_seconds), warm.cell(problems, our_seconds));
#else
    return "not built";
#endif
}

std::string ipopt_cell([[maybe_unused]] const SharingFamily& family, [[maybe_unused]] double our_seconds,
                       [[maybe_unused]] std::size_t problems) {
#ifdef HEADROOM_BENCH_IPOPT
    PeerTime time;
    for (std::size_t k = 0; k < problems; ++k) {
        const ConvexProblem problem = family.whole(k);
        double objective = 0;
        const double seconds = shortest_run(2, [&] { objective = solve_with_ipopt(problem, tolerance).objective; });
        time.add(seconds, objective, family.objective(k));
    }
    return time.cell(problems, our_seconds);
#else
    return "not built";
#endif
}

const char* name_of(Sharing sharing) {
    return sharing == Sharing::proportional ? "proportional" : sharing == Sharing::quadratic ? "quadratic" : "total";
}

/// Solves the working rows of a family in lanes of every width: what side by side brings, and where the time goes.
void print_lanes(const SharingFamily& family, const std::string& name) {
    std::vector<ConvexProblem> problems;
    for (std::size_t k = 0; k < family.size(); ++k) problems.push_back(family.working(k));
    const ConvexPlan plan(problems[0].structure, problems[0].values.row_value.data(),
                          problems[0].values.quadratic.data());
    const auto n = static_cast<std::size_t>(plan.structure.variable_count);
    const auto m = static_cast<std::size_t>(plan.structure.row_count());
    std::vector<double> out(2 * n + m);
    std::vector<ConvexItem> items;
    for (const ConvexProblem& problem : problems)
        items.push_back({.linear = problem.values.linear.data(),
                         .row_lower = problem.values.row_lower.data(),
                         .row_upper = problem.values.row_upper.data(),
                         .lower = problem.values.lower.data(),
                         .upper = problem.values.upper.data(),
                         .weight = problem.values.weight.data(),
                         .x = out.data(),
                         .y = out.data() + n,
                         .z = out.data() + n + m});
    std::vector<LaneOutcome> outcomes(items.size());
    for (const int width : {1, 2, 4, 8}) {
        LaneSolver solver(plan, {.tolerance = tolerance}, width);
        const double seconds = shortest_run(5, [&] { solver.solve(items, outcomes); });
        StageTimes stages;
        solver.measure_stages(&stages);
        solver.solve(items, outcomes);
        const double us = 1e6 / static_cast<double>(items.size());
        fmt::print(
            "  {} lanes {}: {:.1f} us per problem, {:.0f} KiB; load {:.1f}, assess {:.1f}, factor {:.1f}, "
            "predict {:.1f}, solve {:.1f}, advance {:.1f}\n",
            name, width, seconds * us, static_cast<double>(solver.bytes()) / 1024, stages.load * us, stages.assess * us,
            stages.factor * us, stages.predict * us, stages.solve * us, stages.advance * us);
    }
}

bool run(const Options& options) {
    bool good = true;
    MarkdownTable table({"family", "limits x rows", "policy", "us per problem", "iterations", "rows used", "worst gap",
                         "Clp", "Ipopt"});
    for (const NamedRegion& named : regions(options)) {
        const FillingProblem problem(named.region, named.region.series.front());
        for (const Sharing sharing : {Sharing::proportional, Sharing::quadratic, Sharing::total}) {
            if (std::string(name_of(sharing)).find(options.policy) == std::string::npos) continue;
            SharingFamily family(problem, sharing, named.exports_only);
            const int failed = family.solve({.tolerance = tolerance});
            const PackingCertificate worst = family.worst_certificate();
            good = good && failed == 0 && worst.gap <= 10 * tolerance;
            const double seconds = shortest_run(named.runs, [&] { family.solve_only({.tolerance = tolerance}); })
                                   / static_cast<double>(family.size());
            const std::size_t peer_count = std::min(peer_problems, family.size());
            const bool small = named.runs > 1;
            table.add({named.name, fmt::format("{} x {}", family.rows().limit_count, family.rows().row_count()),
                       name_of(sharing), fmt::format("{:.1f}", 1e6 * seconds),
                       fmt::format("{:.1f}", family.mean_iterations()), fmt::format("{}", family.working_rows()),
                       failed == 0 ? fmt::format("{:.1e}", worst.gap) : fmt::format("{} failed", failed),
                       sharing == Sharing::total && options.peers
                           ? clp_cells(family, seconds, small ? family.size() : 1)
                           : "-",
                       options.peers && small ? ipopt_cell(family, seconds, peer_count) : "-"});
            if (options.lanes) print_lanes(family, named.name + ", " + name_of(sharing));
            if (!options.dump.empty()) {
                std::vector<ConvexValues> values;
                for (std::size_t k = 0; k < peer_count; ++k) values.push_back(family.whole(k).values);
                dump_family(
                    fmt::format("{}/{}_{}.family", options.dump,
                                std::string(named.name.begin(), std::find(named.name.begin(), named.name.end(), '/')),
                                name_of(sharing)),
                    family.whole(0).structure, values);
            }
        }
    }
    fmt::print("{}", table.text());
    return good;
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    headroom::bench::Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const auto value = [&](const char* name) -> std::optional<std::string> {
            if (argument != name || i + 1 >= argc) return std::nullopt;
            return argv[++i];
        };
        if (const auto family = value("--family")) {
            options.only = *family;
        } else if (const auto policy = value("--policy")) {
            options.policy = *policy;
        } else if (const auto folder = value("--dump")) {
            options.dump = *folder;
        } else if (argument == "--no-peers") {
            options.peers = false;
        } else if (argument == "--lanes") {
            options.lanes = true;
        } else {
            fmt::print(stderr,
                       "usage: bench_convex [--family NAME] [--policy NAME] [--no-peers] [--lanes] [--dump FOLDER]\n");
            return 2;
        }
    }
    return headroom::bench::run(options) ? 0 : 1;
}
