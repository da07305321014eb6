#include "solver/convex/solve.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "solver/batch/run_batch.hpp"
#include "solver/convex/elastic.hpp"
#include "solver/convex/lane_solver.hpp"
#include "solver/convex/pattern_groups.hpp"
#include "solver/convex/safe_solver.hpp"

namespace headroom {
namespace {

bool is_conclusive(ConvexStatus status) {
    return status == ConvexStatus::solved || status == ConvexStatus::primal_infeasible
           || status == ConvexStatus::unbounded;
}

ConvexAnswer solve_checked(const ConvexProblem& problem, const ConvexSettings& settings) {
    ConvexAnswer answer = solve_alone(problem, settings);
    if (is_conclusive(answer.status)) return answer;
    if (const auto proof = prove_infeasible(problem, settings)) return *proof;
    if (const auto proof = prove_unbounded(problem, settings)) return *proof;
    return answer;
}

void require_valid(const ConvexSettings& settings) {
    if (const std::string fault = settings.fault(); !fault.empty()) throw std::invalid_argument(fault);
}

ConvexItem item_of(const ConvexProblem& problem, ConvexAnswer& answer) {
    const ConvexValues& v = problem.values;
    answer.x.resize(v.linear.size());
    answer.z.resize(v.linear.size());
    answer.y.resize(v.row_lower.size());
    answer.cone_z.resize(3 * problem.structure.cones.size());
    return {.linear = v.linear.data(),
            .row_lower = v.row_lower.data(),
            .row_upper = v.row_upper.data(),
            .lower = v.lower.data(),
            .upper = v.upper.data(),
            .weight = v.weight.data(),
            .row_value = v.row_value.data(),
            .quadratic = v.quadratic.data(),
            .x = answer.x.data(),
            .y = answer.y.data(),
            .z = answer.z.data(),
            .cone_z = answer.cone_z.data()};
}

/// Some members of one group on one thread.
struct Task {
    const ConvexPlan* plan;
    std::span<const int> members;
};

void solve_task(const Task& task, std::span<const ConvexProblem> problems, const ConvexSettings& settings,
                std::vector<ConvexAnswer>& answers) {
    std::vector<ConvexItem> items;
    std::vector<LaneOutcome> outcomes(task.members.size());
    for (const int k : task.members) items.push_back(item_of(problems[k], answers[k]));
    LaneSolver solver(*task.plan, settings);
    solver.solve(items, outcomes);
    for (std::size_t i = 0; i < task.members.size(); ++i) {
        const ConvexProblem& problem = problems[task.members[i]];
        ConvexAnswer& answer = answers[task.members[i]];
        answer.status = outcomes[i].status;
        answer.iterations = outcomes[i].iterations;
        answer.route = ConvexRoute::lanes;
        answer.certificate = check_kkt(problem, answer.x, answer.y, answer.z, answer.cone_z);
        answer.objective = answer.certificate.objective;
        const bool holds = answer.certificate.holds(settings.tolerance);
        if (answer.status == ConvexStatus::solved && !holds) answer.status = ConvexStatus::stalled;
        if (answer.status != ConvexStatus::solved && settings.safe_route) answer = solve_checked(problem, settings);
    }
}

}  // namespace

ConvexAnswer solve(const ConvexProblem& problem, const ConvexSettings& settings) {
    require_valid(settings);
    if (const std::string fault = problem.fault(); !fault.empty()) throw std::invalid_argument(fault);
    return solve_checked(problem, settings);
}

std::vector<ConvexAnswer> solve_batch(std::span<const ConvexProblem> problems, const ConvexSettings& settings,
                                      int threads) {
    require_valid(settings);
    std::vector<ConvexAnswer> answers(problems.size());
    std::vector<PatternGroup> groups = group_by_pattern(problems);
    std::vector<std::unique_ptr<ConvexPlan>> plans;
    std::vector<Task> tasks;
    constexpr std::size_t task_size = 8 * lane_count;  // enough to keep lanes full, few enough to share among threads
    for (PatternGroup& group : groups) {
        // What is malformed keeps status invalid_input.
        std::erase_if(group.members, [&](int k) { return !problems[k].fault().empty(); });
        if (group.members.empty()) continue;
        const ConvexProblem& first = problems[group.members.front()];
        plans.push_back(group.same_values ? std::make_unique<ConvexPlan>(first.structure, first.values.row_value.data(),
                                                                         first.values.quadratic.data())
                                          : std::make_unique<ConvexPlan>(first.structure));
        const std::span<const int> members(group.members);
        for (std::size_t begin = 0; begin < members.size(); begin += task_size)
            tasks.push_back({plans.back().get(), members.subspan(begin, std::min(task_size, members.size() - begin))});
    }
    run_batch(static_cast<int>(tasks.size()), threads,
              [&](int task, int) { solve_task(tasks[task], problems, settings, answers); });
    return answers;
}

}  // namespace headroom
