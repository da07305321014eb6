#include "formulations/risk/sample_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

std::size_t groups(std::int32_t samples) { return (static_cast<std::size_t>(samples) + lane_count - 1) / lane_count; }

// Quantities of a block lie together: both writing all of a group and reading all groups of a quantity stay near each
// other in memory.
constexpr std::size_t block = 64;

std::size_t blocks(std::size_t quantities) { return (quantities + block - 1) / block; }

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
    : samples_(samples),
      value_(groups(samples) * blocks(quantities) * block * lane_count),
      quantiles_(std::move(probabilities)) {}

std::uint64_t SampleTable::bytes(std::size_t quantities, std::int32_t samples) {
    return groups(samples) * blocks(quantities) * block * lane_count * sizeof(double);
}

void SampleTable::keep(const LaneArray& value, std::size_t first, std::size_t group) {
    for (std::size_t k = 0; k < value.size() / lane_count; ++k)
        std::copy_n(value.data() + k * lane_count, lane_count, value_.data() + place(first + k, group));
}

std::size_t SampleTable::place(std::size_t quantity, std::size_t group) const {
    return ((quantity / block * groups(samples_) + group) * block + quantity % block) * lane_count;
}

SampleTable::Moments SampleTable::gather(std::size_t quantity) {
    column_.clear();
    for (std::size_t group = 0; group < groups(samples_); ++group) {
        const double* const value = value_.data() + place(quantity, group);
        for (std::size_t lane = 0; lane < lane_count; ++lane)
            if (!std::isnan(value[lane])) column_.push_back(value[lane]);
    }
    const auto n = static_cast<double>(column_.size());
    // Measured from one of them, so that equal values have exactly their own mean and no deviation.
    const double origin = column_.empty() ? nan : column_.front();
    const double mean = origin + sum_of(column_, [origin](double x) { return x - origin; }) / n;
    const double squares = sum_of(column_, [mean](double x) { return (x - mean) * (x - mean); });
    return {mean, n < 2 ? nan : std::sqrt(squares / (n - 1))};
}

}  // namespace headroom
