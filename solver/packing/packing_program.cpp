#include "solver/packing/packing_program.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "solver/batch/run_batch.hpp"
#include "solver/convex/safe_solver.hpp"
#include "solver/packing/packing_simplex.hpp"
#include "solver/packing/row_choice.hpp"

namespace headroom {
namespace {

constexpr std::size_t rows_per_item = 2;  // that one problem may bring in per round,
constexpr int patient_rounds = 8;         // twice as many in every round after these
constexpr std::size_t sample_size = 8;    // problems that go ahead
constexpr std::size_t chunk_size = 6 * lane_count;
constexpr int rounds_max = 50;
constexpr double closer_through_sums = 0.1;
constexpr double nearly_full = 3e-4;  // share of its room that a row leaves at most

}  // namespace

/// What up to eight answers use of every row.
struct PackingProgram::RowUse {
    LaneArray w, product, sums;

    /// @param item  (lane) -> const PackingItem&
    template <class ItemOf> void find(const FillingPlan& plan, std::size_t count, ItemOf&& item) {
        const auto limits = static_cast<std::size_t>(plan.rows.limit_count);
        w.resize(limits * lane_count);
        product.resize(static_cast<std::size_t>(plan.rows.row_count()) * lane_count);
        for (std::size_t lane = 0; lane < count; ++lane)
            for (std::size_t c = 0; c < limits; ++c) w[c * lane_count + lane] = item(lane).w[c];
        multiply(plan, w.data(), product.data(), sums);
    }
    double operator()(std::size_t row, std::size_t lane) const { return product[row * lane_count + lane]; }
};

/// Some problems of a round on one thread; arrays contiguous by problem.
struct PackingProgram::Chunk {
    std::span<const int> members;
    std::span<const PackingItem> items;
    std::span<PackingOutcome> outcomes;
    std::vector<double> row_lower = {}, row_upper = {}, y = {}, z = {};
    std::vector<double> row_value = {};  // where rows share places
    std::vector<double> linear = {}, lower = {}, upper = {}, weight = {}, x = {}, start = {};  // where there are sums
    std::vector<ConvexItem> convex = {};
    std::vector<LaneOutcome> lanes = {};
    RowUse use = {};                          // of one pack, for the check of all rows
    std::vector<std::int32_t> violated = {};  // rows that shall join,
    std::size_t rows_per_item = 0;            // so many of each problem

    const PackingItem& item(std::size_t k) const { return items[static_cast<std::size_t>(members[k])]; }
    PackingOutcome& outcome(std::size_t k) const { return outcomes[static_cast<std::size_t>(members[k])]; }
};

PackingProgram::PackingProgram(const FillingPlan& plan, PackingUtility utility, const ConvexSettings& settings)
    : plan_(plan), utility_(std::move(utility)), settings_(settings), working_(plan.first_rows) {
    is_working_.assign(static_cast<std::size_t>(plan_.rows.row_count()), 0);
    for (const std::int32_t r : working_) is_working_[r] = 1;
}

/// A few problems spread over the list find most of the rows that matter, cheaply; the others follow.
void PackingProgram::solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, int threads) {
    if (is_linear() && PackingSimplex::fits(plan_.rows)) PackingSimplex(plan_).solve(items, outcomes, threads);
    std::vector<int> open, sample, others;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!outcomes[i].solved) open.push_back(static_cast<int>(i));
    const std::size_t stride = open.size() < 4 * sample_size ? open.size() + 1 : open.size() / sample_size;
    for (std::size_t k = 0; k < open.size(); ++k) (k % stride == stride / 2 ? sample : others).push_back(open[k]);
    solve_members(sample, items, outcomes, threads);
    if (plan_.nested) join_nearly_full(sample, items);
    solve_members(std::move(others), items, outcomes, threads);
}

/// Rows that the sample leaves nearly full matter to other problems: through sums they cost less than another round.
void PackingProgram::join_nearly_full(std::span<const int> sample, std::span<const PackingItem> items) {
    const auto rows = static_cast<std::size_t>(plan_.rows.row_count());
    RowUse use;
    std::vector<std::vector<std::int32_t>> near(1);
    for (std::size_t first = 0; first < sample.size(); first += lane_count) {
        const std::size_t count = std::min<std::size_t>(lane_count, sample.size() - first);
        const auto item = [&](std::size_t lane) -> const PackingItem& {
            return items[static_cast<std::size_t>(sample[first + lane])];
        };
        use.find(plan_, count, item);
        for (std::size_t lane = 0; lane < count; ++lane)
            for (std::size_t r = 0; r < rows; ++r)
                if (use(r, lane) > item(lane).room[r] * (1 - nearly_full))
                    near.front().push_back(static_cast<std::int32_t>(r));
    }
    join(near);
}

void PackingProgram::solve_members(std::vector<int> pending, std::span<const PackingItem> items,
                                   std::span<PackingOutcome> outcomes, int threads) {
    for (int k = 0; k < rounds_max && !pending.empty(); ++k) {
        const WorkingProblem problem = working_problem(items);
        const std::size_t chunks = (pending.size() + chunk_size - 1) / chunk_size;
        std::vector<std::vector<std::int32_t>> violated(chunks);
        run_batch(static_cast<int>(chunks), threads, [&](int c, int) {
            const std::size_t first = static_cast<std::size_t>(c) * chunk_size,
                              count = std::min(chunk_size, pending.size() - first);
            Chunk chunk{.members = std::span<const int>(pending).subspan(first, count),
                        .items = items,
                        .outcomes = outcomes,
                        .rows_per_item = rows_per_item << std::clamp(k - patient_rounds, 0, 16)};
            solve_chunk(problem, chunk);
            violated[static_cast<std::size_t>(c)] = std::move(chunk.violated);
        });
        std::erase_if(pending, [&](int i) { return outcomes[static_cast<std::size_t>(i)].solved; });
        if (!join(violated)) break;  // what is left failed for another reason
    }
}

WorkingProblem PackingProgram::working_problem(std::span<const PackingItem> items) const {
    RowPlaces places = plan_.nested ? RowPlaces{} : shared_places(working_, items);
    if (places.count() == 0) return {plan_, working_, utility_};
    return {plan_, std::move(places), utility_};
}

/// @return whether any row is new
bool PackingProgram::join(std::span<const std::vector<std::int32_t>> violated) {
    const std::size_t before = working_.size();
    for (const auto& rows : violated)
        for (const std::int32_t r : rows) {
            if (is_working_[r] != 0) continue;
            is_working_[r] = 1;
            working_.push_back(r);
        }
    std::sort(working_.begin(), working_.end());
    return working_.size() > before;
}

/// The upper bound of a row without end: cut where no answer can reach.
double PackingProgram::row_end(const PackingItem& item, std::int32_t row) const {
    if (item.room[row] < no_bound) return item.room[row] * plan_.row_scale[row];
    double end = 1;
    for (int e = plan_.rows.start[row]; e < plan_.rows.start[row + 1]; ++e)
        end += plan_.rows.value[e] * plan_.row_scale[row] * item.upper[plan_.rows.column[e]];
    return end;
}

/// The lanes' problems.
void PackingProgram::load(const WorkingProblem& problem, Chunk& chunk) const {
    const std::size_t rows = static_cast<std::size_t>(problem.row_count()),
                      variables = static_cast<std::size_t>(problem.variable_count()), count = chunk.members.size();
    chunk.row_lower.assign(rows, 0.0);
    std::fill_n(chunk.row_lower.begin(), problem.working_count(), -no_bound);
    chunk.row_upper.assign(count * rows, 0.0);
    chunk.y.resize(count * rows);
    chunk.z.resize(count * variables);
    chunk.lanes.resize(count);
    if (problem.sum_count() > 0)
        for (auto* values : {&chunk.linear, &chunk.lower, &chunk.upper, &chunk.weight, &chunk.x, &chunk.start})
            values->assign(count * variables, 0.0);
    const auto entries = static_cast<std::size_t>(problem.plan().structure.rows.entry_count());
    if (problem.has_places()) chunk.row_value.resize(count * entries);
    for (std::size_t k = 0; k < count; ++k) {
        const PackingItem& item = chunk.item(k);
        double* upper = chunk.row_upper.data() + k * rows;
        for (int i = 0; i < problem.working_count(); ++i) upper[i] = row_end(item, problem.row_of(item, i));
        const double* value = problem.row_values();
        if (problem.has_places()) {
            double* own = chunk.row_value.data() + k * entries;
            problem.own_values(plan_, item, own);
            value = own;
        }
        chunk.convex.push_back({.linear = item.linear,
                                .row_lower = chunk.row_lower.data(),
                                .row_upper = upper,
                                .lower = item.lower,
                                .upper = item.upper,
                                .weight = item.weight,
                                .row_value = value,
                                .quadratic = problem.quadratic(),
                                .x = item.w,
                                .y = chunk.y.data() + k * rows,
                                .z = chunk.z.data() + k * variables});
        if (problem.sum_count() > 0) load_variables(problem, chunk, k);
    }
}

/// The item's arrays with room for the sums behind the limits, and a start that fits their definitions.
void PackingProgram::load_variables(const WorkingProblem& problem, Chunk& chunk, std::size_t k) const {
    const auto limits = static_cast<std::size_t>(plan_.rows.limit_count),
               variables = static_cast<std::size_t>(problem.variable_count());
    ConvexItem& convex = chunk.convex[k];
    const auto extend = [&](std::vector<double>& values, const double*& from) {
        if (from == nullptr) return;
        std::copy_n(from, limits, values.data() + k * variables);
        from = values.data() + k * variables;
    };
    extend(chunk.linear, convex.linear);
    extend(chunk.lower, convex.lower);
    extend(chunk.upper, convex.upper);
    extend(chunk.weight, convex.weight);
    convex.x = chunk.x.data() + k * variables;
    double* start = chunk.start.data() + k * variables;
    for (std::size_t c = 0; c < limits; ++c) start[c] = 0.5 * (convex.lower[c] + convex.upper[c]);
    problem.find_sums({start, variables});
    convex.start = start;
}

void PackingProgram::solve_single(const SingleSolver& solver, const WorkingProblem& problem, Chunk& chunk,
                                  std::size_t k) const {
    const ConvexItem& item = chunk.convex[k];
    const ConvexAnswer answer = solver(problem.single(item));
    chunk.outcome(k).alone = true;
    chunk.lanes[k] = {answer.status, answer.iterations};
    if (answer.status != ConvexStatus::solved) return;
    std::copy(answer.x.begin(), answer.x.end(), item.x);
    std::copy(answer.y.begin(), answer.y.end(), item.y);
}

/// The limits of an answer that holds sums as well.
void PackingProgram::take_limits(const Chunk& chunk, std::size_t k) const {
    const double* x = chunk.convex[k].x;
    if (x != chunk.item(k).w) std::copy_n(x, plan_.rows.limit_count, chunk.item(k).w);
}

void PackingProgram::solve_with(const SingleSolver& solver, std::span<const PackingItem> items,
                                std::span<PackingOutcome> outcomes, int threads) {
    working_.resize(static_cast<std::size_t>(plan_.rows.row_count()));
    std::iota(working_.begin(), working_.end(), 0);
    std::fill(is_working_.begin(), is_working_.end(), 1);
    const WorkingProblem problem(plan_, working_, utility_);
    std::vector<int> all(items.size());
    std::iota(all.begin(), all.end(), 0);
    run_batch(static_cast<int>(items.size()), threads, [&](int i, int) {
        Chunk chunk{.members = std::span<const int>(all).subspan(static_cast<std::size_t>(i), 1),
                    .items = items,
                    .outcomes = outcomes};
        load(problem, chunk);
        solve_single(solver, problem, chunk, 0);
        take_limits(chunk, 0);
        chunk.outcome(0).iterations = chunk.lanes[0].iterations;
        ++chunk.outcome(0).rounds;
        check_rows(problem, chunk, 0);
    });
}

void PackingProgram::solve_chunk(const WorkingProblem& problem, Chunk& chunk) const {
    load(problem, chunk);
    // What an answer leaves its rows by is taken from all of its limits; sums pass on what they are missed by.
    ConvexSettings settings = settings_;
    if (problem.sum_count() > 0)
        settings.tolerance = std::max(closer_through_sums * settings.tolerance, ConvexSettings::tolerance_least);
    LaneSolver solver(problem.plan(), settings);
    solver.solve(chunk.convex, chunk.lanes);
    for (std::size_t k = 0; k < chunk.members.size(); ++k) {
        PackingOutcome& outcome = chunk.outcome(k);
        // The slow route for what the lanes could not finish.
        if (chunk.lanes[k].status != ConvexStatus::solved)
            solve_single([&](const ConvexProblem& single) { return solve_alone(single, settings_); }, problem, chunk,
                         k);
        outcome.iterations = chunk.lanes[k].iterations;
        ++outcome.rounds;
        take_limits(chunk, k);
    }
    for (std::size_t first = 0; first < chunk.members.size(); first += lane_count) check_rows(problem, chunk, first);
}

/// Checks all rows for up to eight problems. An answer that fits is moved exactly inside and done; otherwise the rows
/// that it violates most shall join.
void PackingProgram::check_rows(const WorkingProblem& problem, Chunk& chunk, std::size_t first) const {
    const auto rows = static_cast<std::size_t>(plan_.rows.row_count());
    const std::size_t count = std::min<std::size_t>(lane_count, chunk.members.size() - first);
    chunk.use.find(plan_, count, [&](std::size_t lane) -> const PackingItem& { return chunk.item(first + lane); });
    for (std::size_t lane = 0; lane < count; ++lane) {
        const std::size_t k = first + lane;
        if (chunk.lanes[k].status != ConvexStatus::solved) continue;
        const PackingItem& item = chunk.item(k);
        std::vector<ViolatedRow> violated;
        double keep = 1;  // share of the way from `lower` that fits
        for (std::size_t r = 0; r < rows; ++r) {
            const double used = chunk.use(r, lane);
            if (!(used > item.room[r] * (1 + row_rounding))) continue;
            const double scale = plan_.row_scale[r], over = (used - item.room[r]) * scale;
            // A row that took part is missed by no more than the solver's tolerance; others join when they are by more.
            if (is_working_[r] == 0 && over > settings_.tolerance * (1 + used * scale)) {
                violated.push_back({over / (used * scale), over, static_cast<std::int32_t>(r)});
            } else {
                keep = std::min(keep, share_that_fits(plan_.rows, static_cast<int>(r), item, used));
            }
        }
        if (violated.empty()) {
            keep_share(plan_.rows.limit_count, item, keep);
            settle(problem, chunk, k);
            continue;
        }
        if (plan_.nested) {
            choose_by_limits(plan_.rows, violated, chunk.violated);
        } else {
            choose_most_violated(violated, chunk.rows_per_item, chunk.violated);
        }
    }
}

/// Stores prices in the units of the rows.
void PackingProgram::settle(const WorkingProblem& problem, const Chunk& chunk, std::size_t k) const {
    const PackingItem& item = chunk.item(k);
    std::fill_n(item.price, plan_.rows.row_count(), 0.0);
    for (int i = 0; i < problem.working_count(); ++i) {
        const std::int32_t r = problem.row_of(item, i);
        if (item.room[r] < no_bound) item.price[r] = std::max(-chunk.convex[k].y[i], 0.0) * plan_.row_scale[r];
    }
    chunk.outcome(k).solved = true;
}

}  // namespace headroom
