#include "formulations/risk/sample_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

std::size_t groups(std::int32_t samples) { return (static_cast<std::size_t>(samples) + lane_count - 1) / lane_count; }

/// In eight partial sums: fixed, and as fast as the processor adds.
template <class Term> double sum_of(std::span<const double> values, Term term) {
    std::array<double, lane_count> part{};
    std::size_t i = 0;
    for (; i + lane_count <= values.size(); i += lane_count)
        for (std::size_t lane = 0; lane < lane_count; ++lane) part[lane] += term(values[i + lane]);
    for (std::size_t lane = 0; i < values.size(); ++i, ++lane) part[lane] += term(values[i]);
    double sum = 0;
    for (const double one : part) sum += one;
    return sum;
}

}  // namespace

SampleTable::SampleTable(std::size_t quantities, std::int32_t samples, std::vector<double> probabilities)
    : quantities_(quantities),
      samples_(samples),
      value_(groups(samples) * quantities * lane_count),
      quantiles_(std::move(probabilities)) {}

std::uint64_t SampleTable::bytes(std::size_t quantities, std::int32_t samples) {
    return groups(samples) * quantities * lane_count * sizeof(double);
}

void SampleTable::keep(const LaneArray& value, std::size_t first, std::size_t group) {
    std::copy(value.begin(), value.end(),
              value_.begin() + static_cast<std::ptrdiff_t>((group * quantities_ + first) * lane_count));
}

SampleTable::Moments SampleTable::gather(std::size_t quantity) {
    column_.clear();
    for (std::size_t group = 0; group < groups(samples_); ++group) {
        const double* const value = value_.data() + (group * quantities_ + quantity) * lane_count;
        for (std::size_t lane = 0; lane < lane_count; ++lane)
            if (!std::isnan(value[lane])) column_.push_back(value[lane]);
    }
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto n = static_cast<double>(column_.size());
    // Measured from one of them, so that equal values have exactly their own mean and no deviation.
    const double origin = column_.empty() ? nan : column_.front();
    const double mean = origin + sum_of(column_, [origin](double x) { return x - origin; }) / n;
    const double squares = sum_of(column_, [mean](double x) { return (x - mean) * (x - mean); });
    return {mean, n < 2 ? nan : std::sqrt(squares / (n - 1))};
}

}  // namespace headroom
