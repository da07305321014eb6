#include "solver/simplex/ratio_test.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr double same_ratio = 1e-14;  ///< of the ratio: ties after rounding
constexpr double small_pivot = 1e-5;  ///< of the largest size that was passed

bool later(const RatioTest::Breakpoint& a, const RatioTest::Breakpoint& b) {
    return a.ratio != b.ratio ? a.ratio > b.ratio : a.index > b.index;
}

}  // namespace

void RatioTest::reserve(std::size_t count) {
    waiting_.reserve(count);
    passed_.reserve(count);
    flips_.reserve(count);
}

int RatioTest::choose(double slope, double enough) {
    flips_.clear();
    passed_.clear();
    pass_until_used_up(slope, enough);
    if (before_end_ == passed_.size()) return -1;
    pass_ties();
    const std::size_t place = chosen_place();
    step_ = passed_[place].ratio;
    for (std::size_t k = 0; k < std::min(place, before_end_); ++k) flips_.push_back(passed_[k].index);
    if (place < before_end_) {
        // What ties with it may stand at either bound; flipped, it takes from the slope what is left to take.
        for (std::size_t k = place + 1; k < before_end_ && passed_[k].ratio <= step_ * (1 + same_ratio); ++k)
            flips_.push_back(passed_[k].index);
    }
    return passed_[place].index;
}

void RatioTest::pass_until_used_up(double slope, double enough) {
    std::ranges::make_heap(waiting_, later);
    before_end_ = 0;
    while (!waiting_.empty()) {
        std::ranges::pop_heap(waiting_, later);
        passed_.push_back(waiting_.back());
        waiting_.pop_back();
        slope -= passed_.back().size * passed_.back().range;
        if (slope <= enough) return;
        ++before_end_;
    }
}

void RatioTest::pass_ties() {
    const double end = passed_.back().ratio * (1 + same_ratio);
    while (!waiting_.empty() && waiting_.front().ratio <= end) {
        std::ranges::pop_heap(waiting_, later);
        passed_.push_back(waiting_.back());
        waiting_.pop_back();
    }
}

std::size_t RatioTest::chosen_place() const {
    const double end = passed_[before_end_].ratio;
    std::size_t best = before_end_, largest = before_end_;
    for (std::size_t k = 0; k < passed_.size(); ++k) {
        const bool ties = passed_[k].ratio >= end * (1 - same_ratio);
        if (ties && passed_[k].size > passed_[best].size) best = k;
        if (passed_[k].size >= passed_[largest].size) largest = k;
    }
    return passed_[best].size < small_pivot * passed_[largest].size ? largest : best;
}

}  // namespace headroom
