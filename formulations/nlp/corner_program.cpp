#include "formulations/nlp/corner_program.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/nlp/all_finite.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double percent = 100.0;
constexpr double difference_step = 1e-3;   // of a variable, for second derivatives
constexpr double least_multiplier = 1e-5;  // of the largest: rows below do not bend the Lagrangian

}  // namespace

std::vector<double> LimitVariables::limits(std::span<const double> x) const {
    std::vector<double> limit = constant;
    for (std::size_t c = 0; c < limit.size(); ++c)
        if (variable[c] >= 0) limit[c] += scale[c] * x[static_cast<std::size_t>(variable[c])];
    return limit;
}

CornerProgram::CornerProgram(const AcFeeder& feeder, EnvelopePoints& points, std::span<const CoordinateColumns> columns,
                             const EnvelopeBox& ranges, const LimitVariables& variables, CornerUtility utility,
                             std::span<const SecuredCorner> corners)
    : points_(points),
      columns_(columns),
      ranges_(ranges),
      variables_(variables),
      utility_(utility),
      corners_(corners),
      coordinate_count_(feeder.coordinates().size()) {
    for (std::size_t c = 0; c < corners_.size(); ++c)
        for (const std::int32_t limit : corners_[c].limits) rows_.push_back({c, limit});
    row_count_ = static_cast<int>(rows_.size());
}

bool CornerProgram::objective(std::span<const double> x, double& value) {
    value = 0;
    for (const double part : x) value -= utility_ == CornerUtility::sum ? part : std::log(part);
    return std::isfinite(value);
}

bool CornerProgram::gradient(std::span<const double> x, std::span<double> slope) {
    for (std::size_t k = 0; k < x.size(); ++k) slope[k] = utility_ == CornerUtility::sum ? -1.0 : -1.0 / x[k];
    return all_finite(slope);
}

/// Solves all corners of the box at x, once.
bool CornerProgram::set_point(std::span<const double> x) {
    if (std::ranges::equal(x, at_)) return has_flows_;
    at_.assign(x.begin(), x.end());
    points_.clear();
    points_.set_box(0, box_of_limits(columns_, ranges_, variables_.limits(x)));
    point_.clear();
    for (const SecuredCorner& corner : corners_) point_.push_back(points_.add(0, corner.share));
    points_.solve();
    has_flows_ = std::ranges::all_of(point_, [&](int point) { return points_.converged(point); });
    return has_flows_;
}

bool CornerProgram::rows(std::span<const double> x, std::span<double> value) {
    if (!set_point(x)) return false;
    for (std::size_t r = 0; r < rows_.size(); ++r)
        value[r] = percent * points_.excess(point_[rows_[r].corner])[static_cast<std::size_t>(rows_[r].limit)];
    return all_finite(value.first(rows_.size()));
}

bool CornerProgram::jacobian(std::span<const double> x, std::span<double> value) {
    return row_gradients(x, rows_, value);
}

bool CornerProgram::row_gradients(std::span<const double> x, std::span<const Row> rows, std::span<double> value) {
    if (!set_point(x)) return false;
    std::vector<EnvelopePoints::GradientRequest> requests;
    for (const Row& row : rows) requests.push_back({point_[row.corner], row.limit});
    std::vector<double> slopes;
    points_.gradients(requests, slopes);
    std::ranges::fill(value, 0.0);
    for (std::size_t r = 0; r < rows.size(); ++r)
        add_row_gradient(corners_[rows[r].corner].share,
                         std::span(slopes).subspan(r * coordinate_count_, coordinate_count_),
                         value.subspan(r * variables_.count(), variables_.count()));
    return all_finite(value);
}

/// By the chain rule: a coordinate moves by its share with the limit above it, by the rest with the one below.
void CornerProgram::add_row_gradient(const std::vector<double>& share, std::span<const double> slope,
                                     std::span<double> row) const {
    const auto add = [&](std::int32_t column, double per_watt) {
        if (column < 0) return;
        const auto c = static_cast<std::size_t>(column);
        if (variables_.variable[c] < 0) return;
        row[static_cast<std::size_t>(variables_.variable[c])] +=
            percent * watt_per_kilowatt * variables_.scale[c] * per_watt;
    };
    for (std::size_t k = 0; k < columns_.size(); ++k) {
        add(columns_[k].up, share[k] * slope[k]);
        add(columns_[k].down, -(1.0 - share[k]) * slope[k]);
    }
}

/// Sum of weight times second derivatives of some rows, [#variable x #variable], by forward differences.
bool CornerProgram::curvature(std::span<const double> x, std::span<const Row> rows, std::span<const double> weight,
                              std::vector<double>& matrix) {
    const std::size_t n = variables_.count();
    std::vector<double> slopes(rows.size() * n), here(n), there(n), moved(x.begin(), x.end());
    const auto sum = [&](std::vector<double>& total) {
        std::ranges::fill(total, 0.0);
        for (std::size_t r = 0; r < rows.size(); ++r)
            for (std::size_t k = 0; k < n; ++k) total[k] += weight[r] * slopes[r * n + k];
    };
    if (!row_gradients(x, rows, slopes)) return false;
    sum(here);
    for (std::size_t j = 0; j < n; ++j) {
        const double step = difference_step * std::max(std::abs(x[j]), 1.0);
        moved[j] = x[j] + step;
        if (!row_gradients(moved, rows, slopes)) return false;
        moved[j] = x[j];
        sum(there);
        for (std::size_t k = 0; k < n; ++k) matrix[j * n + k] = (there[k] - here[k]) / step;
    }
    return true;
}

bool CornerProgram::hessian(std::span<const double> x, double factor, std::span<const double> multiplier,
                            std::span<double> value) {
    const std::size_t n = variables_.count();
    std::vector<Row> bending;
    std::vector<double> weight, matrix(n * n, 0.0);
    double largest = 0;
    for (const double y : multiplier) largest = std::max(largest, std::abs(y));
    for (std::size_t r = 0; r < rows_.size(); ++r)
        if (std::abs(multiplier[r]) > least_multiplier * largest) {
            bending.push_back(rows_[r]);
            weight.push_back(multiplier[r]);
        }
    if (!bending.empty() && !curvature(x, bending, weight, matrix)) return false;
    for (std::size_t i = 0, k = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j, ++k) {
            value[k] = 0.5 * (matrix[i * n + j] + matrix[j * n + i]);
            if (i == j && utility_ == CornerUtility::sum_of_logs) value[k] += factor / (x[i] * x[i]);
        }
    return all_finite(value);
}

}  // namespace headroom
