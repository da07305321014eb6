#include "solver/simplex/ratio_test.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr double same_ratio = 1e-14;   // of the ratio: ties after rounding
constexpr double small_pivot = 1e-5;   // of the largest size that was passed
constexpr std::size_t few_ratios = 6;  // are sorted

}  // namespace

void RatioTest::make_room(std::size_t count) {
    if (points_.size() >= count) return;
    points_.resize(2 * count);
    order_.resize(2 * count);
    large_.resize(2 * count);
    flips_.reserve(2 * count);
}

int RatioTest::choose(double slope, double enough) {
    flips_.clear();
    const std::size_t last = end_of_slope(slope, enough);
    if (last == count_) return -1;
    const std::size_t place = chosen_place(last);
    step_ = point(place).ratio;
    // What ties with it may stand at either bound; flipped, it takes from the slope what is left to take.
    for (std::size_t k = 0; k < last; ++k)
        if (k != place && point(k).ratio <= step_ * (1 + same_ratio)) flips_.push_back(point(k).index);
    return point(place).index;
}

/// Splits [begin, end) into smaller and larger ratios, equal ones together; returns where the larger ones begin.
/// @param worth  of the smaller ones, out
std::size_t RatioTest::part(std::size_t begin, std::size_t end, double& worth) {
    const double a = point(begin).ratio, b = point((begin + end) / 2).ratio, c = point(end - 1).ratio;
    const double middle = std::max(std::min(a, b), std::min(std::max(a, b), c));
    const std::size_t split = move_small(begin, end, worth, [=](double ratio) { return ratio < middle; });
    return split > begin ? split : move_small(begin, end, worth, [=](double ratio) { return ratio <= middle; });
}

/// Without a branch for each: which ratio is small nobody could predict.
template <class Small>
std::size_t RatioTest::move_small(std::size_t begin, std::size_t end, double& worth, Small small) {
    const Breakpoint* const points = points_.data();
    int *const order = order_.data(), *const large = large_.data();
    std::size_t split = begin, larger = 0;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) {
        const int id = order[k];
        const bool is_small = small(points[id].ratio);
        order[split] = id;
        large[larger] = id;
        sum += is_small ? points[id].worth : 0;
        split += is_small ? 1 : 0;
        larger += is_small ? 0 : 1;
    }
    std::copy_n(large, larger, order + split);
    worth = sum;
    return split;
}

/// Place of the breakpoint that uses the slope up, everything earlier before it; their number: none does.
std::size_t RatioTest::end_of_slope(double slope, double enough) {
    for (std::size_t k = 0; k < count_; ++k) order_[k] = static_cast<int>(k);
    std::size_t begin = 0, end = count_;
    while (end - begin > few_ratios) {
        double taken = 0;
        const std::size_t split = part(begin, end, taken);
        if (split == end) break;
        if (slope - taken <= enough)
            end = split;
        else
            begin = split, slope -= taken;
    }
    std::sort(order_.begin() + static_cast<std::ptrdiff_t>(begin), order_.begin() + static_cast<std::ptrdiff_t>(end),
              [&](int a, int b) {
                  return points_[a].ratio != points_[b].ratio ? points_[a].ratio < points_[b].ratio : a < b;
              });
    for (std::size_t k = begin; k < end; ++k) {
        slope -= point(k).worth;
        if (slope <= enough) return k;
    }
    // The sum of a part may have used up by rounding what its terms one by one do not.
    return end < count_ ? end - 1 : end;
}

std::size_t RatioTest::chosen_place(std::size_t last) const {
    const double end = point(last).ratio, tie_begin = end * (1 - same_ratio), tie_end = end * (1 + same_ratio);
    std::size_t best = last, largest = last;
    for (std::size_t k = 0; k < count_; ++k) {
        const double ratio = point(k).ratio, size = point(k).size;
        if (ratio > tie_end) continue;
        if (ratio >= tie_begin && size > point(best).size) best = k;
        if (size > point(largest).size) largest = k;
    }
    return point(best).size < small_pivot * point(largest).size ? largest : best;
}

}  // namespace headroom
