#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/statistics/sample_quantiles.hpp"

namespace headroom {

/// Values of several quantities in the samples of one step, eight samples at a time; afterwards, quantity by quantity,
/// what they come to. Samples without an answer are left out.
class SampleTable {
public:
    SampleTable(std::size_t quantities, std::int32_t samples, std::vector<double> probabilities);

    static std::uint64_t bytes(std::size_t quantities, std::int32_t samples);

    /// @param value   [quantity x lane], NaN in lanes without an answer
    /// @param first   number of the first quantity
    /// @param group   samples [8 group, 8 group + 8)
    void keep(const LaneArray& value, std::size_t first, std::size_t group);

    struct Moments {
        double mean, deviation;  ///< deviation with n - 1; NaN without a sample, or with one
    };
    /// Collects a quantity's samples, those with an answer in order.
    Moments gather(std::size_t quantity);
    /// Of the quantity gathered last.    @param quantile  [probabilities] out
    void quantiles(std::span<double> quantile) { quantiles_.evaluate(column_, quantile); }

private:
    std::size_t place(std::size_t quantity, std::size_t group) const;

    std::int32_t samples_;
    LaneArray value_;             ///< [block of quantities x group x quantity x lane]
    std::vector<double> column_;  ///< samples of one quantity
    SampleQuantiles quantiles_;
};

}  // namespace headroom
