#include "solver/packing/packing_simplex.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

constexpr std::int64_t largest_matrix = 1 << 18;  // numbers of A
constexpr std::size_t chain_length = 48;          // problems that share a basis, so work for one thread
// Boxes of a unit or ten and rows scaled to one: what is left to the tolerance is rounding.
constexpr SimplexSettings exact = {.primal_tolerance = 1e-12};
constexpr double same_limit = 1e-9;  // of 1 + itself: two answers that differ by rounding

ConvexProblem boxed_problem(const PackingRows& rows) {
    const auto limits = static_cast<std::size_t>(rows.limit_count), count = static_cast<std::size_t>(rows.row_count());
    ConvexProblem problem;
    problem.structure.variable_count = rows.limit_count;
    problem.structure.rows = {rows.start, rows.column};
    problem.values.row_value = rows.value;
    problem.values.linear.assign(limits, 0.0);
    problem.values.lower.assign(limits, 0.0);
    problem.values.upper.assign(limits, 1.0);
    problem.values.row_lower.assign(count, -no_bound);
    problem.values.row_upper.assign(count, no_bound);
    problem.find_sides();
    return problem;
}

}  // namespace

/// Problems one after the other on one thread.
class PackingSimplex::Chain {
public:
    Chain(const FillingPlan& plan, const DualSimplex& first)
        : plan_(plan),
          simplex_(first),
          limits_(static_cast<std::size_t>(plan.rows.limit_count)),
          rows_(static_cast<std::size_t>(plan.rows.row_count())),
          no_lower_(rows_, -no_bound),
          cost_(limits_),
          limit_(limits_ * lane_count),
          product_(rows_ * lane_count) {}

    bool solve(const PackingItem& item, PackingOutcome& outcome);
    void settle_tie(const PackingItem& item, std::span<const double> weights, PackingTie& tie);
    /// Moves up to eight answers exactly inside their rows.
    void fit_inside(std::span<const PackingItem> items, std::span<const PackingOutcome> outcomes);

private:
    void take_prices(double* price) const;
    bool stays_at(const double* w) const;

    const FillingPlan& plan_;
    DualSimplex simplex_;
    std::size_t limits_, rows_;
    std::vector<double> no_lower_, cost_;
    LaneArray limit_, product_, sums_;
};

bool PackingSimplex::Chain::solve(const PackingItem& item, PackingOutcome& outcome) {
    simplex_.set_costs({item.linear, limits_});
    simplex_.set_all_bounds({item.lower, limits_}, {item.upper, limits_});
    simplex_.set_rows(no_lower_, {item.room, rows_});
    outcome.solved = simplex_.solve() == ConvexStatus::solved;
    outcome.iterations = simplex_.iterations();
    outcome.rounds = 1;
    if (!outcome.solved) {
        simplex_.forget_basis();
        return false;
    }
    for (std::size_t c = 0; c < limits_; ++c) item.w[c] = std::clamp(simplex_.x()[c], item.lower[c], item.upper[c]);
    take_prices(item.price);
    return true;
}

/// packing_program.md (3): w is the answer with the squares exactly if it is that of their tangent at w.
void PackingSimplex::Chain::settle_tie(const PackingItem& item, std::span<const double> weights, PackingTie& tie) {
    tie.weight = 0;
    for (const double weight : weights) {
        for (std::size_t c = 0; c < limits_; ++c) cost_[c] = item.linear[c] + weight * tie.quadratic[c] * item.w[c];
        simplex_.set_costs(cost_);
        if (simplex_.solve() != ConvexStatus::solved) return simplex_.forget_basis();
        if (!stays_at(item.w)) continue;
        take_prices(tie.price);
        tie.weight = weight;
        return;
    }
}

bool PackingSimplex::Chain::stays_at(const double* w) const {
    for (std::size_t c = 0; c < limits_; ++c)
        if (std::abs(simplex_.x()[c] - w[c]) > same_limit * (1 + w[c])) return false;
    return true;
}

void PackingSimplex::Chain::take_prices(double* price) const {
    const double* y = simplex_.y().data();
    for (std::size_t r = 0; r < rows_; ++r) price[r] = std::max(-y[r], 0.0);
}

void PackingSimplex::Chain::fit_inside(std::span<const PackingItem> items, std::span<const PackingOutcome> outcomes) {
    std::ranges::fill(limit_, 0.0);
    for (std::size_t lane = 0; lane < items.size(); ++lane)
        if (outcomes[lane].solved)
            for (std::size_t c = 0; c < limits_; ++c) limit_[c * lane_count + lane] = items[lane].w[c];
    multiply(plan_, limit_.data(), product_.data(), sums_);
    for (std::size_t lane = 0; lane < items.size(); ++lane) {
        if (!outcomes[lane].solved) continue;
        double share = 1;
        for (std::size_t r = 0; r < rows_; ++r) {
            const double used = product_[r * lane_count + lane];
            if (used > items[lane].room[r] * (1 + row_rounding))
                share = std::min(share, share_that_fits(plan_.rows, static_cast<int>(r), items[lane], used));
        }
        if (share < 1) keep_share(plan_.rows.limit_count, items[lane], share);
    }
}

bool PackingSimplex::fits(const PackingRows& rows) {
    return static_cast<std::int64_t>(rows.row_count()) * rows.limit_count <= largest_matrix;
}

PackingSimplex::PackingSimplex(const FillingPlan& plan) : plan_(plan), first_(boxed_problem(plan.rows), exact) {}

void PackingSimplex::solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, int threads) const {
    solve(items, outcomes, {}, {}, threads);
}

void PackingSimplex::solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes,
                           std::span<PackingTie> ties, std::span<const double> weights, int threads) const {
    const std::size_t chains = (items.size() + chain_length - 1) / chain_length;
    run_batch(static_cast<int>(chains), threads, [&](int k, int) {
        const std::size_t first = static_cast<std::size_t>(k) * chain_length,
                          end = std::min(first + chain_length, items.size());
        Chain chain(plan_, first_);
        for (std::size_t i = first; i < end; ++i)
            if (chain.solve(items[i], outcomes[i]) && !ties.empty()) chain.settle_tie(items[i], weights, ties[i]);
        for (std::size_t i = first; i < end; i += lane_count) {
            const std::size_t count = std::min<std::size_t>(lane_count, end - i);
            chain.fit_inside(items.subspan(i, count), outcomes.subspan(i, count));
        }
    });
}

}  // namespace headroom
