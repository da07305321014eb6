#include "solver/statistics/sample_quantiles.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr std::size_t few_values = 32;  // sorted as they are

}  // namespace

SampleQuantiles::SampleQuantiles(std::vector<double> probabilities)
    : probability_(std::move(probabilities)),
      part_(probability_.size()),
      rank_(2 * probability_.size()),
      place_(2 * probability_.size()) {}

void SampleQuantiles::find_ranks(std::size_t count) {
    for (std::size_t k = 0; k < probability_.size(); ++k) {
        const double h = probability_[k] * static_cast<double>(count - 1);
        rank_[2 * k] = std::min(static_cast<std::size_t>(h), count - 1);
        rank_[2 * k + 1] = std::min(rank_[2 * k] + 1, count - 1);
        part_[k] = h - static_cast<double>(rank_[2 * k]);
    }
}

void SampleQuantiles::gather_all(std::span<const double> sample) {
    near_.assign(sample.begin(), sample.end());
    place_ = rank_;
}

/// A bin holds every value between two others: ranks inside the wanted bins follow from how many lie below.
void SampleQuantiles::gather(std::span<const double> sample) {
    const auto [lowest, highest] = std::minmax_element(sample.begin(), sample.end());
    const std::size_t bins = std::bit_ceil(sample.size());
    const double low = *lowest, scale = static_cast<double>(bins - 1) / (*highest - low);
    if (sample.size() <= few_values || !std::isfinite(scale)) return gather_all(sample);

    bin_.resize(sample.size());
    bin_end_.assign(bins, 0);
    for (std::size_t i = 0; i < sample.size(); ++i) {
        bin_[i] = static_cast<std::uint32_t>((sample[i] - low) * scale);
        ++bin_end_[bin_[i]];
    }
    for (std::size_t b = 1; b < bins; ++b) bin_end_[b] += bin_end_[b - 1];

    const auto bin_of = [this](std::size_t rank) {
        return static_cast<std::size_t>(std::upper_bound(bin_end_.begin(), bin_end_.end(), rank) - bin_end_.begin());
    };
    const auto below = [this](std::size_t bin) { return bin == 0 ? 0 : bin_end_[bin - 1]; };
    wanted_.assign(bins, 0);
    wanted_bins_.clear();
    for (const std::size_t rank : rank_) {
        const std::size_t bin = bin_of(rank);
        if (wanted_[bin] == 0) wanted_bins_.push_back(bin);
        wanted_[bin] = 1;
    }
    near_.clear();
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (wanted_[bin_[i]] != 0) near_.push_back(sample[i]);
    for (std::size_t k = 0; k < rank_.size(); ++k) {
        const std::size_t bin = bin_of(rank_[k]);
        place_[k] = rank_[k] - below(bin);
        for (const std::size_t other : wanted_bins_)
            if (other < bin) place_[k] += bin_end_[other] - below(other);
    }
}

void SampleQuantiles::evaluate(std::span<const double> sample, std::span<double> quantile) {
    assert(quantile.size() == size());
    if (sample.empty()) return std::fill(quantile.begin(), quantile.end(), std::numeric_limits<double>::quiet_NaN());
    find_ranks(sample.size());
    gather(sample);
    std::sort(near_.begin(), near_.end());
    for (std::size_t k = 0; k < size(); ++k) {
        const double below = near_[place_[2 * k]], above = near_[place_[2 * k + 1]];
        quantile[k] = below + part_[k] * (above - below);
    }
}

}  // namespace headroom
