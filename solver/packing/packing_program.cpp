#include "solver/packing/packing_program.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "solver/batch/run_batch.hpp"
#include "solver/convex/safe_solver.hpp"

namespace headroom {
namespace {

constexpr double rounding = 1e-13;        // of a row's sum
constexpr std::size_t rows_per_item = 2;  // that one problem may bring in per round,
constexpr int patient_rounds = 8;         // twice as many in every round after these
constexpr std::size_t sample_size = 8;    // problems that go ahead
constexpr std::size_t chunk_size = 6 * lane_count;
constexpr int rounds_max = 50;

/// How far from `lower` to w a row lets go, where w is beyond it by rounding.
double share_that_fits(const PackingRows& rows, int r, const PackingItem& item, double used) {
    double start = 0;
    for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) start += rows.value[e] * item.lower[rows.column[e]];
    return used > start ? std::clamp((item.room[r] - start) / (used - start), 0.0, 1.0) : 1.0;
}

}  // namespace

/// The working rows of a round, ready to be solved over.
struct PackingProgram::Round {
    ConvexStructure structure;
    std::vector<double> row_value;
    ConvexPlan plan;
};

/// Some problems of a round on one thread; arrays contiguous by problem.
struct PackingProgram::Chunk {
    std::span<const int> members;
    std::span<const PackingItem> items;
    std::span<PackingOutcome> outcomes;
    std::vector<double> row_lower = {}, row_upper = {}, y = {}, z = {};
    std::vector<ConvexItem> convex = {};
    std::vector<LaneOutcome> lanes = {};
    LaneArray w = {}, product = {};           // one pack, for the check of all rows
    std::vector<std::int32_t> violated = {};  // rows that shall join,
    std::size_t rows_per_item = 0;            // so many of each problem

    const PackingItem& item(std::size_t k) const { return items[static_cast<std::size_t>(members[k])]; }
    PackingOutcome& outcome(std::size_t k) const { return outcomes[static_cast<std::size_t>(members[k])]; }
};

PackingProgram::PackingProgram(const FillingPlan& plan, PackingUtility utility, const ConvexSettings& settings)
    : plan_(plan), utility_(std::move(utility)), settings_(settings), working_(plan.first_rows) {
    const PackingRows& rows = plan_.rows;
    for (int r = 0; r < rows.row_count(); ++r) {
        double largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) largest = std::max(largest, rows.value[e]);
        row_scale_.push_back(largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1.0);
    }
    is_working_.assign(row_scale_.size(), 0);
    for (const std::int32_t r : working_) is_working_[r] = 1;
}

ConvexStructure PackingProgram::working_structure() const {
    ConvexStructure s;
    s.variable_count = plan_.rows.limit_count;
    const auto n = static_cast<std::size_t>(s.variable_count);
    for (const std::int32_t r : working_) {
        for (int e = plan_.rows.start[r]; e < plan_.rows.start[r + 1]; ++e)
            s.rows.column.push_back(plan_.rows.column[e]);
        s.rows.start.push_back(s.rows.entry_count());
    }
    s.sides.assign(n, Sides::both);
    s.row_sides.assign(working_.size(), Sides::upper);
    s.equation.assign(working_.size(), 0);
    if (utility_.term != Term::none) {
        s.term.assign(n, utility_.term);
        s.exponent.assign(n, utility_.exponent);
    }
    if (!utility_.quadratic.empty())
        for (int j = 0; j < s.variable_count; ++j) {
            s.quadratic.column.push_back(j);
            s.quadratic.start.push_back(j + 1);
        }
    return s;
}

/// A few problems spread over the list find most of the rows that matter, cheaply; the others follow.
void PackingProgram::solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, int threads) {
    std::vector<int> sample, others;
    const std::size_t stride = items.size() < 4 * sample_size ? items.size() + 1 : items.size() / sample_size;
    for (std::size_t i = 0; i < items.size(); ++i)
        (i % stride == stride / 2 ? sample : others).push_back(static_cast<int>(i));
    solve_members(std::move(sample), items, outcomes, threads);
    solve_members(std::move(others), items, outcomes, threads);
}

void PackingProgram::solve_members(std::vector<int> pending, std::span<const PackingItem> items,
                                   std::span<PackingOutcome> outcomes, int threads) {
    for (int k = 0; k < rounds_max && !pending.empty(); ++k) {
        const Round round = make_round();
        const std::size_t chunks = (pending.size() + chunk_size - 1) / chunk_size;
        std::vector<std::vector<std::int32_t>> violated(chunks);
        run_batch(static_cast<int>(chunks), threads, [&](int c, int) {
            const std::size_t first = static_cast<std::size_t>(c) * chunk_size,
                              count = std::min(chunk_size, pending.size() - first);
            Chunk chunk{.members = std::span<const int>(pending).subspan(first, count),
                        .items = items,
                        .outcomes = outcomes,
                        .rows_per_item = rows_per_item << std::clamp(k - patient_rounds, 0, 16)};
            solve_chunk(round, chunk);
            violated[static_cast<std::size_t>(c)] = std::move(chunk.violated);
        });
        std::erase_if(pending, [&](int i) { return outcomes[static_cast<std::size_t>(i)].solved; });
        if (!join(violated)) break;  // what is left failed for another reason
    }
}

PackingProgram::Round PackingProgram::make_round() const {
    ConvexStructure structure = working_structure();
    std::vector<double> row_value;
    for (const std::int32_t r : working_)
        for (int e = plan_.rows.start[r]; e < plan_.rows.start[r + 1]; ++e)
            row_value.push_back(plan_.rows.value[e] * row_scale_[r]);
    ConvexPlan plan(structure, row_value.data(), utility_.quadratic.data());
    return {std::move(structure), std::move(row_value), std::move(plan)};
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

/// The lanes' problems: working rows of about unit entries, rows without end cut where no answer can reach.
void PackingProgram::load(const Round& round, Chunk& chunk) const {
    const std::size_t rows = working_.size(), count = chunk.members.size();
    const auto limits = static_cast<std::size_t>(plan_.rows.limit_count);
    chunk.row_lower.assign(rows, -no_bound);
    chunk.row_upper.resize(count * rows);
    chunk.y.resize(count * rows);
    chunk.z.resize(count * limits);
    chunk.lanes.resize(count);
    for (std::size_t k = 0; k < count; ++k) {
        const PackingItem& item = chunk.item(k);
        double* upper = chunk.row_upper.data() + k * rows;
        for (std::size_t i = 0; i < rows; ++i) {
            const std::int32_t r = working_[i];
            upper[i] = item.room[r] * row_scale_[r];
            if (item.room[r] < no_bound) continue;
            upper[i] = 1;
            for (int e = plan_.rows.start[r]; e < plan_.rows.start[r + 1]; ++e)
                upper[i] += plan_.rows.value[e] * row_scale_[r] * item.upper[plan_.rows.column[e]];
        }
        chunk.convex.push_back({.linear = item.linear,
                                .row_lower = chunk.row_lower.data(),
                                .row_upper = upper,
                                .lower = item.lower,
                                .upper = item.upper,
                                .weight = item.weight,
                                .row_value = round.row_value.data(),
                                .quadratic = utility_.quadratic.data(),
                                .x = item.w,
                                .y = chunk.y.data() + k * rows,
                                .z = chunk.z.data() + k * limits});
    }
}

ConvexProblem PackingProgram::single_problem(const Round& round, const Chunk& chunk, std::size_t k) const {
    const ConvexItem& item = chunk.convex[k];
    const auto limits = static_cast<std::size_t>(plan_.rows.limit_count), rows = working_.size();
    ConvexProblem problem{round.structure, {}};
    problem.values = {.linear = {item.linear, item.linear + limits},
                      .quadratic = utility_.quadratic,
                      .row_value = round.row_value,
                      .row_lower = chunk.row_lower,
                      .row_upper = {item.row_upper, item.row_upper + rows},
                      .lower = {item.lower, item.lower + limits},
                      .upper = {item.upper, item.upper + limits},
                      .weight = {}};
    if (utility_.term != Term::none) problem.values.weight.assign(item.weight, item.weight + limits);
    return problem;
}

void PackingProgram::solve_single(const SingleSolver& solver, const Round& round, Chunk& chunk, std::size_t k) const {
    const ConvexAnswer answer = solver(single_problem(round, chunk, k));
    chunk.outcome(k).alone = true;
    chunk.lanes[k] = {answer.status, answer.iterations};
    if (answer.status != ConvexStatus::solved) return;
    std::copy(answer.x.begin(), answer.x.end(), chunk.convex[k].x);
    std::copy(answer.y.begin(), answer.y.end(), chunk.convex[k].y);
}

void PackingProgram::solve_with(const SingleSolver& solver, std::span<const PackingItem> items,
                                std::span<PackingOutcome> outcomes, int threads) {
    working_.resize(static_cast<std::size_t>(plan_.rows.row_count()));
    std::iota(working_.begin(), working_.end(), 0);
    std::fill(is_working_.begin(), is_working_.end(), 1);
    const Round round = make_round();
    std::vector<int> all(items.size());
    std::iota(all.begin(), all.end(), 0);
    run_batch(static_cast<int>(items.size()), threads, [&](int i, int) {
        Chunk chunk{.members = std::span<const int>(all).subspan(static_cast<std::size_t>(i), 1),
                    .items = items,
                    .outcomes = outcomes};
        load(round, chunk);
        solve_single(solver, round, chunk, 0);
        chunk.outcome(0).iterations = chunk.lanes[0].iterations;
        ++chunk.outcome(0).rounds;
        check_rows(chunk, 0);
    });
}

void PackingProgram::solve_chunk(const Round& round, Chunk& chunk) const {
    load(round, chunk);
    LaneSolver solver(round.plan, settings_);
    solver.solve(chunk.convex, chunk.lanes);
    for (std::size_t k = 0; k < chunk.members.size(); ++k) {
        PackingOutcome& outcome = chunk.outcome(k);
        // The slow route for what the lanes could not finish.
        if (chunk.lanes[k].status != ConvexStatus::solved)
            solve_single([&](const ConvexProblem& problem) { return solve_alone(problem, settings_); }, round, chunk,
                         k);
        outcome.iterations = chunk.lanes[k].iterations;
        ++outcome.rounds;
    }
    for (std::size_t first = 0; first < chunk.members.size(); first += lane_count) check_rows(chunk, first);
}

/// Checks all rows for up to eight problems. An answer that fits is moved exactly inside and done; otherwise the rows
/// that it violates most shall join.
void PackingProgram::check_rows(Chunk& chunk, std::size_t first) const {
    const auto limits = static_cast<std::size_t>(plan_.rows.limit_count),
               rows = static_cast<std::size_t>(plan_.rows.row_count());
    const std::size_t count = std::min<std::size_t>(lane_count, chunk.members.size() - first);
    chunk.w.resize(limits * lane_count);
    chunk.product.resize(rows * lane_count);
    for (std::size_t lane = 0; lane < count; ++lane)
        for (std::size_t c = 0; c < limits; ++c) chunk.w[c * lane_count + lane] = chunk.item(first + lane).w[c];
    multiply(plan_, chunk.w.data(), chunk.product.data());
    for (std::size_t lane = 0; lane < count; ++lane) {
        const std::size_t k = first + lane;
        if (chunk.lanes[k].status != ConvexStatus::solved) continue;
        const PackingItem& item = chunk.item(k);
        std::vector<std::pair<double, std::int32_t>> excess;
        double keep = 1;  // share of the way from `lower` that fits
        for (std::size_t r = 0; r < rows; ++r) {
            const double used = chunk.product[r * lane_count + lane];
            if (!(used > item.room[r] * (1 + rounding))) continue;
            const double over = (used - item.room[r]) * row_scale_[r];
            // A row that took part is missed by no more than the solver's tolerance; others join when they are by more.
            if (is_working_[r] == 0 && over > settings_.tolerance * (1 + used * row_scale_[r])) {
                excess.emplace_back(over, static_cast<std::int32_t>(r));
            } else {
                keep = std::min(keep, share_that_fits(plan_.rows, static_cast<int>(r), item, used));
            }
        }
        if (excess.empty()) {
            for (std::size_t c = 0; c < limits; ++c) item.w[c] = item.lower[c] + keep * (item.w[c] - item.lower[c]);
            settle(chunk, k);
            continue;
        }
        const std::size_t wanted = std::min(chunk.rows_per_item, excess.size());
        std::partial_sort(excess.begin(), excess.begin() + static_cast<std::ptrdiff_t>(wanted), excess.end(),
                          std::greater<>());
        for (std::size_t i = 0; i < wanted; ++i) chunk.violated.push_back(excess[i].second);
    }
}

/// Stores prices in the units of the rows.
void PackingProgram::settle(const Chunk& chunk, std::size_t k) const {
    const PackingItem& item = chunk.item(k);
    std::fill_n(item.price, plan_.rows.row_count(), 0.0);
    for (std::size_t i = 0; i < working_.size(); ++i) {
        const std::int32_t r = working_[i];
        if (item.room[r] < no_bound) item.price[r] = std::max(-chunk.convex[k].y[i], 0.0) * row_scale_[r];
    }
    chunk.outcome(k).solved = true;
}

}  // namespace headroom
