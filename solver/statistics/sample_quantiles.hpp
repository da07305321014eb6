#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headroom {

/// Quantiles of a sample, from its order statistics x_0 <= ... <= x_(n-1) with nothing approximated:
///
///     q(p) = x_k + (h - k) (x_(k+1) - x_k),    h = p (n - 1), k = floor(h)
///
/// (Hyndman and Fan's seventh definition, numpy's default: q(0) is the smallest value, q(1) the largest.) Values are
/// sorted into bins between the smallest and the largest; only the bins that hold a wanted value are looked at closely.
class SampleQuantiles {
public:
    /// @param probabilities  each in [0, 1]
    explicit SampleQuantiles(std::vector<double> probabilities);

    std::size_t size() const { return probability_.size(); }
    /// @param sample    finite; may be empty: then NaN
    /// @param quantile  [size()] out
    void evaluate(std::span<const double> sample, std::span<double> quantile);

private:
    void find_ranks(std::size_t count);
    void gather(std::span<const double> sample);
    void gather_all(std::span<const double> sample);

    std::vector<double> probability_, part_;  ///< h - k
    std::vector<std::size_t> rank_;           ///< [2 x probability] k and what lies above it
    std::vector<std::size_t> place_;          ///< [2 x probability] where that one is in near_
    std::vector<std::uint32_t> bin_;          ///< [#sample]
    std::vector<std::size_t> bin_end_;        ///< [#bin] number of values in it and those below
    std::vector<char> wanted_;                ///< [#bin]
    std::vector<std::size_t> wanted_bins_;
    std::vector<double> near_;  ///< values of wanted bins, sorted
};

}  // namespace headroom
