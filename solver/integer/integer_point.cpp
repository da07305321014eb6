// Points of branch_and_bound: roundings, the best one so far, and what it rules out.

#include <algorithm>
#include <cmath>

#include "solver/integer/integer_search.hpp"

namespace headroom {

/// By how much another point has to be better to be looked for.
double IntegerSearch::gap() const {
    return std::max(settings_.gap_relative * std::abs(answer_.objective), settings_.gap_absolute * objective_scale_);
}

/// Fixes all integers and solves for the rest. True: that fits; it is kept if it is the best. The boxes of the node at
/// work are back afterwards.
bool IntegerSearch::try_values(std::span<const double> value) {
    for (std::size_t k = 0; k < integer_.size(); ++k) set_box(k, {value[k], value[k]});
    const bool fits = simplex_.solve() == ConvexStatus::solved;
    answer_.iterations += simplex_.iterations();
    if (fits && (!answer_.has_point || simplex_.objective() < answer_.objective)) keep_point();
    for (std::size_t k = 0; k < integer_.size(); ++k) set_box(k, here_[k]);
    return fits;
}

void IntegerSearch::keep_point() {
    answer_.has_point = true;
    answer_.objective = simplex_.objective();
    answer_.x.assign(simplex_.x().begin(), simplex_.x().end());
    answer_.y.assign(simplex_.y().begin(), simplex_.y().end());
    answer_.z.assign(simplex_.z().begin(), simplex_.z().end());
    for (const int j : integer_) answer_.x[j] = std::round(answer_.x[j]);
    fix_globally();
}

void IntegerSearch::try_roundings(bool all) {
    const auto round_by = [&](double (*rule)(double)) {
        for (std::size_t k = 0; k < integer_.size(); ++k)
            rounded_[k] = std::clamp(rule(x_[k]), here_[k].lower, here_[k].upper);
        try_values(rounded_);
    };
    round_by([](double x) { return std::round(x); });
    if (!all) return;
    round_by([](double x) { return std::floor(x + 1e-9); });
    round_by([](double x) { return std::ceil(x - 1e-9); });
}

/// For a node whose integers are integer but for rounding: the point without the rounding. False: it does not fit.
bool IntegerSearch::make_exact() {
    for (std::size_t k = 0; k < integer_.size(); ++k) rounded_[k] = std::round(x_[k]);
    return try_values(rounded_);
}

/// Integers whose step away from the root's bound would alone cost more than the best point leaves.
void IntegerSearch::fix_globally() {
    for (std::size_t k = 0; k < integer_.size(); ++k) {
        Box& box = whole_[k];
        if (box.lower >= box.upper || root_bound_ + std::abs(root_z_[k]) < cutoff()) continue;
        const bool closes_upper = root_z_[k] > 0;
        close(root_bound_ + std::abs(root_z_[k]));
        proof_.cut_root(k, closes_upper ? box.lower : box.upper - 1, closes_upper, root_multipliers_);
        (closes_upper ? box.upper : box.lower) = closes_upper ? box.lower : box.upper;
    }
}

/// The same with the node's reduced costs, below this node only. They count from the bound of its own linear program: a
/// node that has waited knows a better one from above, found with integers fixed that are free here.
void IntegerSearch::fix_here() {
    for (std::size_t k = 0; k < integer_.size(); ++k) {
        Box& box = here_[k];
        if (box.lower >= box.upper || own_bound_ + std::abs(z_[k]) < cutoff()) continue;
        const bool closes_upper = z_[k] > 0;
        const double floor = closes_upper ? box.lower : box.upper - 1, closed = own_bound_ + std::abs(z_[k]);
        close(closed);
        proof_here_ = proof_.cut(proof_here_, k, floor, closes_upper, multipliers_, closed);
        (closes_upper ? box.upper : box.lower) = closes_upper ? box.lower : box.upper;
        set_box(k, box);
    }
}

}  // namespace headroom
