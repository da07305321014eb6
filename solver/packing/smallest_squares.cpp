#include "solver/packing/smallest_squares.hpp"

#include <algorithm>
#include <cstddef>
#include <Eigen/Dense>
#include <numeric>

namespace headroom {
namespace {

constexpr double no_share = 1e-12;

double product(std::span<const double> quadratic, std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t c = 0; c < quadratic.size(); ++c) sum += quadratic[c] * a[c] * b[c];
    return sum;
}

}  // namespace

SmallestSquares::SmallestSquares(std::span<const double> quadratic, std::span<const double> vertex)
    : quadratic_(quadratic),
      corral_{{vertex.begin(), vertex.end()}},
      loss_{0.0},
      share_{1.0},
      w_(vertex.begin(), vertex.end()) {}

double SmallestSquares::squares() const { return product(quadratic_, w_, w_) / 2; }

double SmallestSquares::loss() const { return std::inner_product(loss_.begin(), loss_.end(), share_.begin(), 0.0); }

double SmallestSquares::gain(std::span<const double> v, double loss_of_v) const {
    return 2 * squares() - product(quadratic_, w_, v) + loss() - loss_of_v;
}

bool SmallestSquares::add(std::span<const double> v, double loss_of_v) {
    const double before = squares() + loss();
    corral_.emplace_back(v.begin(), v.end());
    loss_.push_back(loss_of_v);
    share_.push_back(0.0);
    while (!shrink_corral()) {}
    find_point();
    return squares() + loss() < before;
}

/// Towards the best point of the corral's affine hull, as far as no share falls below nothing.
/// @return whether it is reached; else the vertices without a share have left
bool SmallestSquares::shrink_corral() {
    const std::vector<double> wanted = affine_shares();
    double way = 1;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (wanted[i] <= no_share) way = std::min(way, share_[i] / (share_[i] - wanted[i] + no_share));
    const bool inside = std::ranges::all_of(wanted, [](double share) { return share > no_share; });
    for (std::size_t i = 0; i < wanted.size(); ++i)
        share_[i] = inside ? wanted[i] : share_[i] + way * (wanted[i] - share_[i]);
    if (inside) return true;
    const double least = std::max(*std::ranges::min_element(share_), no_share);
    for (std::size_t i = share_.size(); i-- > 0;) {
        if (share_[i] > least) continue;
        share_.erase(share_.begin() + static_cast<std::ptrdiff_t>(i));
        loss_.erase(loss_.begin() + static_cast<std::ptrdiff_t>(i));
        corral_.erase(corral_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return corral_.size() <= 1;
}

/// Shares of sum 1, of any sign, that are best.
std::vector<double> SmallestSquares::affine_shares() const {
    const auto count = static_cast<Eigen::Index>(corral_.size());
    Eigen::MatrixXd system = Eigen::MatrixXd::Ones(count + 1, count + 1);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(count + 1);
    system(count, count) = 0;
    right(count) = 1;
    for (Eigen::Index i = 0; i < count; ++i) {
        right(i) = -loss_[static_cast<std::size_t>(i)];
        for (Eigen::Index j = 0; j < count; ++j)
            system(i, j) =
                product(quadratic_, corral_[static_cast<std::size_t>(i)], corral_[static_cast<std::size_t>(j)]);
    }
    const Eigen::VectorXd shares = system.fullPivLu().solve(right);
    return {shares.data(), shares.data() + count};
}

void SmallestSquares::find_point() {
    double sum = 0;
    for (const double share : share_) sum += share;
    std::ranges::fill(w_, 0.0);
    for (std::size_t i = 0; i < corral_.size(); ++i) {
        share_[i] /= sum;
        for (std::size_t c = 0; c < w_.size(); ++c) w_[c] += share_[i] * corral_[i][c];
    }
}

}  // namespace headroom
