// How many problems of published sets the general solver solves, how exactly and how fast. Every answer is judged by
// the certificates and the published objective, never by the status that came with it.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "bench/support/cpu_clock.hpp"
#include "bench/support/judged_answer.hpp"
#include "bench/support/markdown_table.hpp"
#include "bench/support/problem_dump.hpp"
#include "bench/support/solver_set.hpp"
#include "bench/support/solver_sets_options.hpp"
#include "io/errors.hpp"
#include "solver/certificate/check_kkt.hpp"
#include "solver/convex/solve.hpp"
#ifdef HEADROOM_BENCH_CLP
#include "bench/peers/clp_problem.hpp"
#endif

namespace headroom::bench {
namespace {

constexpr double short_run = 0.1;  // seconds; shorter ones are repeated
constexpr int repetitions = 5;
constexpr std::size_t status_column = 4;

/// One line of the table.
struct Line {
    std::string problem;
    const ConvexStructure* structure = nullptr;
    ConvexAnswer answer;
    JudgedAnswer judged;
    double seconds = 0;
    std::optional<double> peer_seconds, peer_objective;
};

/// Shortest of one run, or of a few where one is short.
template <class Run> double time_run(Run&& run) {
    const double once = shortest_run(1, run);
    return once < short_run ? std::min(once, shortest_run(repetitions - 1, run)) : once;
}

#ifdef HEADROOM_BENCH_CLP
void ask_peer(const SolverSetsOptions& options, const MpsProblem& problem, Line& line) {
    if (problem.problem.structure.quadratic.entry_count() > 0) return;
    const ClpMethod method = options.method == "dual"     ? ClpMethod::dual
                             : options.method == "primal" ? ClpMethod::primal
                                                          : ClpMethod::barrier;
    ClpProblem clp(method);
    double shortest = no_bound;
    for (int run = 0; run < repetitions; ++run) {
        clp.load(problem.problem);
        const ClpAnswer answer = clp.solve();
        shortest = std::min(shortest, answer.seconds);
        const bool certified = check_kkt(problem.problem, answer.x, answer.y, answer.z, {}).holds(options.tolerance);
        line.peer_objective = certified ? problem.file_objective(answer.objective) : NAN;
        if (shortest >= short_run) break;
    }
    line.peer_seconds = shortest;
}
#else
void ask_peer(const SolverSetsOptions& options, const MpsProblem&, Line&) {
    throw UsageError(fmt::format("--peer clp --method {}: Clp was not there when this was built", options.method));
}
#endif

std::string_view status_name(ConvexStatus status) {
    switch (status) {
        case ConvexStatus::solved: return "solved";
        case ConvexStatus::primal_infeasible: return "infeasible";
        case ConvexStatus::unbounded: return "unbounded";
        case ConvexStatus::iteration_limit: return "iteration limit";
        case ConvexStatus::stalled: return "stalled";
        case ConvexStatus::invalid_input: return "invalid input";
    }
    return "?";
}

std::string status_text(const Line& line) {
    const std::string_view name = status_name(line.answer.status);
    if (line.judged.reason.empty()) return std::string(name);
    const bool wrong = line.judged.verdict == Verdict::wrong;
    return fmt::format("{}{}, but {}", wrong ? "WRONG: " : "", name, line.judged.reason);
}

std::string small(double value) { return std::isnan(value) ? "" : fmt::format("{:.1e}", value); }
std::string objective_text(double value) { return std::isnan(value) ? "" : fmt::format("{:.10g}", value); }
std::string milliseconds(double seconds) { return fmt::format("{:.3f}", 1e3 * seconds); }

std::vector<std::string> cells(const Line& line, bool peer) {
    const ConvexStructure& structure = *line.structure;
    const auto optional = [](const std::optional<double>& value, auto&& text) {
        return value ? text(*value) : std::string();
    };
    std::vector<std::string> row = {line.problem,
                                    std::to_string(structure.row_count()),
                                    std::to_string(structure.variable_count),
                                    std::to_string(structure.rows.entry_count()),
                                    status_text(line),
                                    line.answer.route == ConvexRoute::lanes ? "lanes" : "safe",
                                    std::to_string(line.answer.iterations),
                                    small(line.judged.primal),
                                    small(line.judged.dual),
                                    small(line.judged.gap),
                                    objective_text(line.judged.objective),
                                    optional(line.judged.difference, small),
                                    milliseconds(line.seconds)};
    if (peer) {
        row.push_back(optional(line.peer_objective, objective_text));
        row.push_back(optional(line.peer_seconds, milliseconds));
    }
    return row;
}

MarkdownTable empty_table(const SolverSetsOptions& options) {
    std::vector<std::string> titles = {"problem", "rows", "columns", "nonzeros",  "status",     "route", "iterations",
                                       "primal",  "dual", "gap",     "objective", "difference", "ms"};
    if (options.clp) {
        titles.emplace_back("Clp's objective");
        titles.push_back(fmt::format("Clp's ms ({})", options.method));
    }
    return MarkdownTable(std::move(titles));
}

Line solve_one(const SolverSetsOptions& options, const SetProblem& item, bool infeasible, const MpsProblem& problem) {
    ConvexSettings settings;
    settings.tolerance = std::min(settings.tolerance, options.tolerance);
    Line line;
    line.problem = item.name;
    line.structure = &problem.problem.structure;
    line.seconds = time_run([&] { line.answer = solve(problem.problem, settings); });
    line.judged =
        judge(problem, line.answer, {.objective = item.published, .infeasible = infeasible}, options.tolerance);
    if (options.clp) ask_peer(options, problem, line);
    return line;
}

/// Section of a report, and how many statuses are wrong or files cannot be read.
struct SetReport {
    std::string text;
    int wrong = 0;
};

/// A problem that cannot be read keeps its line in the table and does not stop the others.
std::optional<MpsProblem> read_or_tell(const SetProblem& item, MarkdownTable& table) {
    try {
        return read_mps(item.file);
    } catch (const InputError& error) {
        std::vector<std::string> row(table.width());
        row.front() = item.name;
        row[status_column] = fmt::format("WRONG: not read: {}", error.what());
        table.add(std::move(row));
        return std::nullopt;
    }
}

SetReport run_set(const SolverSetsOptions& options, const SolverSet& set) {
    MarkdownTable table = empty_table(options);
    int solved = 0, recognised = 0, wrong = 0;
    for (const SetProblem& item : set.problems) {
        const std::optional<MpsProblem> problem = read_or_tell(item, table);
        if (!problem) {
            ++wrong;
            continue;
        }
        if (!options.dump.empty())
            dump_family(std::filesystem::path(options.dump) / (item.name + ".family"), problem->problem.structure,
                        std::span(&problem->problem.values, 1));
        const Line line = solve_one(options, item, set.infeasible, *problem);
        solved += line.judged.verdict == Verdict::solved ? 1 : 0;
        recognised += line.judged.verdict == Verdict::infeasible ? 1 : 0;
        wrong += line.judged.verdict == Verdict::wrong ? 1 : 0;
        table.add(cells(line, options.clp));
    }
    const std::size_t count = set.problems.size();
    const std::string achieved = set.infeasible
                                     ? fmt::format("infeasible recognised: {} of {}", recognised, count)
                                     : fmt::format("solved at {:.0e}: {} of {}", options.tolerance, solved, count);
    return {fmt::format("## {}\n\n{}\n{}; wrong status: {} of {}\n", set.name, table.text(), achieved, wrong, count),
            wrong};
}

constexpr const char* explanation =
    "# Published problems and the general solver\n\n"
    "Written by `bench_solver_sets`. Primal, dual, gap: relative measures of `check_kkt` in the problem as it was\n"
    "read; of a proof, its residual over what it proves stands under dual. Difference: to the published objective,\n"
    "relative to it or to 1. Milliseconds of processor time, the shortest of five runs where one is short.\n";

int run(const SolverSetsOptions& options) {
    if (!options.dump.empty()) std::filesystem::create_directories(options.dump);
    std::string report = explanation;
    int wrong = 0;
    for (const std::string& folder : options.folders) {
        const SetReport set = run_set(options, find_solver_set(folder));
        fmt::print("{}\n", set.text);
        std::fflush(stdout);
        report += "\n" + set.text;
        wrong += set.wrong;
    }
    if (options.markdown.empty()) return wrong > 0 ? 1 : 0;
    std::ofstream file(options.markdown);
    file << report;
    file.close();
    if (!file) throw OutputError(fmt::format("{}: cannot be written", options.markdown));
    return wrong > 0 ? 1 : 0;
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    using namespace headroom;
    try {
        return bench::run(bench::parse_solver_sets(std::span(argv, static_cast<std::size_t>(argc))));
    } catch (const UsageError& error) {
        fmt::print(stderr, "bench_solver_sets: {}\n{}", error.what(), bench::solver_sets_usage);
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_solver_sets: {}\n", error.what());
        return 3;
    }
}
