// The loop of the dual simplex method, its ends, and what keeps it from going on for ever.

#include "solver/simplex/dual_method.hpp"

#include <algorithm>
#include <cmath>

#include "solver/lanes/simd_level.hpp"
#include "solver/simplex/simplex_kernel.hpp"
#include "solver/simplex/vector_sums.hpp"

namespace headroom {
namespace {

constexpr int exchanges_max = 64;  // before the inverse is made anew
constexpr int rounds_max = 40;     // of refreshing and going on
constexpr int patient_rounds = 6;  // before ties are broken by index alone
constexpr int perturbations_max = 3;
constexpr double perturbation = 1e-7;     // of the largest |c|; ten times more each time
constexpr double proof_rounding = 1e-11;  // of the parts of a proof's bound

/// A number in [0, 1) for each index, without pattern.
double scattered(std::uint64_t index) {
    std::uint64_t bits = (index + 1) * 0x9e3779b97f4a7c15U;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
    return static_cast<double>((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

ConvexStatus DualSimplex::Method::solve() {
    iterations_ = perturbations_ = degenerate_ = 0;
    first_of_ties_ = false;
    status_ = run();
    finish(status_);
    return status_;
}

ConvexStatus DualSimplex::Method::run() {
    if (crossed_ + crossed_rows_ > 0) return ConvexStatus::primal_infeasible;
    if (perturbed_) restore_costs();
    measure();
    refresh(Activities::carried);
    for (int round = 0; round < rounds_max; ++round) {
        first_of_ties_ = round >= patient_rounds;
        switch (iterate()) {
            case Outcome::feasible:
                restore_costs();
                refresh(Activities::afresh);
                if (!inaccurate_ && !choose_leaving()) return ConvexStatus::solved;
                if (inaccurate_) renew_basis();
                break;
            case Outcome::infeasible:
                if (prove()) return ConvexStatus::primal_infeasible;
                renew_basis();
                break;
            case Outcome::limit: restore_costs(); return ConvexStatus::iteration_limit;
            case Outcome::trouble:
                // An inverse that is as good as it gets belongs to a basis that is not.
                basis_.exchanges() > 0 ? renew_basis() : forget_basis();
                break;
        }
        if (duals_stale_ || afresh_needed_) refresh(Activities::afresh);
    }
    restore_costs();
    return ConvexStatus::stalled;
}

void DualSimplex::Method::restore_costs() {
    if (perturbed_) std::ranges::copy(problem_.values.linear, cost_.begin());
    perturbed_ = false;
    duals_stale_ = true;
}

/// Exchanges until x is inside everything.
DualSimplex::Method::Outcome DualSimplex::Method::iterate() {
    const int most = settings_.iteration_max > 0 ? settings_.iteration_max : 1000 + 20 * (rows_ + columns_);
    while (choose_leaving()) {
        if (iterations_ >= most) return Outcome::limit;
        make_pivot_row();
        const int entering = choose_entering();
        if (entering < 0) return Outcome::infeasible;
        if (!exchange(entering)) return Outcome::trouble;
        ++iterations_;
        if (basis_.exchanges() >= exchanges_max + basis_.size() / 4) {
            renew_basis();
            refresh(Activities::afresh);
        }
        if (degenerate_ > 20 + basis_.size() && perturbations_ < perturbations_max) perturb();
    }
    return Outcome::feasible;
}

/// The largest infeasibility of a row, or of a variable of B. False: there is none.
bool DualSimplex::Method::choose_leaving() {
    if (first_of_ties_) return choose_first_leaving();
    leaving_ = {.amount = feasible_};
    int row = -1;
    double worst = 0;
    const WorstView view{.length = matrix_->row_room(),
                         .value = activity_.data(),
                         .lower = row_lower_.data(),
                         .upper = row_upper_.data(),
                         .worst = &worst,
                         .index = &row,
                         .least = feasible_};
    run_kernel<WorstView>(view, baseline::worst_kernel, avx2::worst_kernel, avx512::worst_kernel);
    if (row >= 0) see_leaving(true, row, activity_[row], row_lower_[row], row_upper_[row]);
    for (const int j : basis_.columns())
        see_leaving(false, j, x_[j], problem_.values.lower[j], problem_.values.upper[j]);
    return leaving_.index >= 0;
}

/// The first row, else the first variable, that is outside.
bool DualSimplex::Method::choose_first_leaving() {
    leaving_ = {.amount = feasible_};
    for (int row = 0; row < rows_ && leaving_.index < 0; ++row)
        see_leaving(true, row, activity_[row], row_lower_[row], row_upper_[row]);
    for (int j = 0; j < columns_ && leaving_.index < 0; ++j)
        if (at_[j] == 0) see_leaving(false, j, x_[j], problem_.values.lower[j], problem_.values.upper[j]);
    return leaving_.index >= 0;
}

void DualSimplex::Method::see_leaving(bool is_row, int index, double value, double lower, double upper) {
    if (lower - value > leaving_.amount)
        leaving_ = {.is_row = is_row, .index = index, .sign = 1, .amount = lower - value, .target = lower};
    else if (value - upper > leaving_.amount)
        leaving_ = {.is_row = is_row, .index = index, .sign = -1, .amount = value - upper, .target = upper};
}

/// Moves the costs of nonbasics away from their ties; reduced costs only gain in their sign.
void DualSimplex::Method::perturb() {
    const double size = perturbation * cost_scale_ * std::pow(10.0, perturbations_);
    for (int j = 0; j < columns_; ++j) {
        const double by = sigma_[j] * size * (0.5 + 0.5 * scattered(static_cast<std::uint64_t>(j)));
        cost_[j] += by;
        z_[j] += by;
    }
    perturbed_ = true;
    degenerate_ = 0;
    ++perturbations_;
}

void DualSimplex::Method::finish(ConvexStatus status) {
    for (const int row : y_rows_) y_[row] = 0;
    y_rows_.clear();
    objective_ = dot_of(problem_.values.linear, x());
    if (status == ConvexStatus::primal_infeasible) return finish_proof();
    if (duals_stale_ || afresh_needed_) refresh(Activities::afresh);
    bound_ = 0;
    for (const int row : basis_.rows()) {
        y_[row] = row_dual_[row] * matrix_->row_scale(row);
        y_rows_.push_back(row);
        if (row_dual_[row] != 0) bound_ += row_dual_[row] * (row_dual_[row] > 0 ? row_lower_[row] : row_upper_[row]);
    }
    std::copy_n(z_.begin(), columns_, z_out_.begin());
    for (int j = 0; j < columns_; ++j) moves_[j] = z_[j] > 0 ? problem_.values.lower[j] : problem_.values.upper[j];
    bound_ += dot_of(z_out_, moves_);
}

/// The pivot row as multipliers, 0 = A'y + z; where sides cross the numbers of the problem are the proof.
void DualSimplex::Method::finish_proof() {
    bound_ = no_bound;
    std::ranges::fill(z_out_, 0.0);
    if (crossed_ + crossed_rows_ > 0) return;
    const double s = leaving_.sign;
    for (int j = 0; j < columns_; ++j) z_out_[j] = -s * alpha_[j];
    for (int w = 0; w < basis_.size(); ++w) {
        const int row = basis_.rows()[w];
        y_[row] = -s * rho_[w] * matrix_->row_scale(row);
        y_rows_.push_back(row);
    }
    if (!leaving_.is_row) return;
    y_[leaving_.index] = s * matrix_->row_scale(leaving_.index);
    y_rows_.push_back(leaving_.index);
}

/// Does the pivot row say that nothing fits, clear of rounding? Entries that ask for a side that is not there are
/// rounding (the ratio test has passed them by) and taken out.
bool DualSimplex::Method::prove() {
    const double s = leaving_.sign;
    double bound = 0, size = 0;
    const auto count = [&](double multiplier, double lower, double upper) {
        if (multiplier == 0) return;
        const double part = multiplier * (multiplier > 0 ? lower : upper);
        bound += part;
        size += std::abs(part);
    };
    for (int w = 0; w < basis_.size(); ++w) {
        const int row = basis_.rows()[w];
        if (!row_side_exists(row, -s * rho_[w])) {
            matrix_->add_rows({&row, 1}, {&rho_[w], 1}, alpha_);
            rho_[w] = 0;
        }
        count(-s * rho_[w], row_lower_[row], row_upper_[row]);
    }
    if (leaving_.is_row) count(s, row_lower_[leaving_.index], row_upper_[leaving_.index]);
    for (int j = 0; j < columns_; ++j) count(-s * alpha_[j], problem_.values.lower[j], problem_.values.upper[j]);
    return bound > proof_rounding * size;
}

}  // namespace headroom
