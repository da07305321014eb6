#include "solver/packing/packing_simplex.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "solver/batch/run_batch.hpp"
#include "solver/packing/smallest_squares.hpp"

namespace headroom {
namespace {

constexpr std::int64_t largest_matrix = 1 << 18;  // numbers of A
constexpr std::size_t chain_length = 48;          // problems that share a basis, so work for one thread
// Boxes of a unit or ten and rows scaled to one: what is left to the tolerance is rounding.
constexpr SimplexSettings exact = {.primal_tolerance = 1e-12};
constexpr double no_gain = 1e-10;          // of 1 + squares: what a tangent promises by rounding
constexpr std::size_t vertices_max = 100;  // tried, beside two for every limit

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
    void settle_tie(const PackingItem& item, std::span<const TieWeight> weights, PackingTie& tie);
    /// Moves up to eight answers exactly inside their rows.
    void fit_inside(std::span<const PackingItem> items, std::span<const PackingOutcome> outcomes);

private:
    bool find_smallest(const PackingItem& item, const TieWeight& tie, SmallestSquares& squares);
    double loss_of(const PackingItem& item, std::span<const double> vertex) const;
    std::vector<double> clamped_vertex(const PackingItem& item) const;
    void take_prices(double* price) const;

    const FillingPlan& plan_;
    DualSimplex simplex_;
    std::size_t limits_, rows_;
    std::vector<double> no_lower_, cost_;
    std::span<const double> quadratic_;  // of the tie in hand
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
    std::ranges::copy(clamped_vertex(item), item.w);
    take_prices(item.price);
    return true;
}

/// Vertices that tangents (packing_program.md, 3) lead to, until none promises anything.
/// @return whether `squares` has the answer of linear'w + weight squares
bool PackingSimplex::Chain::find_smallest(const PackingItem& item, const TieWeight& tie, SmallestSquares& squares) {
    for (std::size_t k = 0; k < 2 * limits_ + vertices_max; ++k) {
        const std::span<const double> w = squares.point();
        for (std::size_t c = 0; c < limits_; ++c) cost_[c] = item.linear[c] + tie.weight * quadratic_[c] * w[c];
        simplex_.set_costs(cost_);
        if (simplex_.solve() != ConvexStatus::solved) return false;
        const std::vector<double> vertex = clamped_vertex(item);
        const double loss = loss_of(item, vertex) / tie.weight;
        if (squares.gain(vertex, loss) <= no_gain * (1 + squares.squares())) return true;
        if (!squares.add(vertex, loss)) return false;
    }
    return false;
}

void PackingSimplex::Chain::settle_tie(const PackingItem& item, std::span<const TieWeight> weights, PackingTie& tie) {
    tie.weight = 0;
    quadratic_ = {tie.quadratic, limits_};
    double most = 0;
    for (std::size_t c = 0; c < limits_; ++c) most += item.linear[c] * item.w[c];
    for (const TieWeight& tried : weights) {
        SmallestSquares squares(quadratic_, {item.w, limits_});
        if (!find_smallest(item, tried, squares)) {
            simplex_.forget_basis();
            continue;
        }
        if (squares.loss() * tried.weight > tried.slack * (1 + std::abs(most))) continue;
        std::ranges::copy(squares.point(), item.w);
        take_prices(tie.price);
        tie.weight = tried.weight;
        return;
    }
}

/// What a vertex costs of the largest worth, that of item.w.
double PackingSimplex::Chain::loss_of(const PackingItem& item, std::span<const double> vertex) const {
    double loss = 0;
    for (std::size_t c = 0; c < limits_; ++c) loss += item.linear[c] * (vertex[c] - item.w[c]);
    return loss;
}

std::vector<double> PackingSimplex::Chain::clamped_vertex(const PackingItem& item) const {
    std::vector<double> vertex(simplex_.x().begin(), simplex_.x().end());
    for (std::size_t c = 0; c < limits_; ++c) vertex[c] = std::clamp(vertex[c], item.lower[c], item.upper[c]);
    return vertex;
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
                           std::span<PackingTie> ties, std::span<const TieWeight> weights, int threads) const {
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
