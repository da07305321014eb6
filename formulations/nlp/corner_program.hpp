#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/nlp/dense_program.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/envelope_points.hpp"

namespace headroom {

/// What is maximised over the variables of LimitVariables.
enum class CornerUtility : std::uint8_t {
    sum,          ///< sum of x
    sum_of_logs,  ///< sum of log(x)
};

/// Limits w of an envelope as functions of the variables x of a program:  w_c = constant_c + scale_c x[variable_c].
struct LimitVariables {
    std::vector<int> variable;            ///< [#limit] -1: none, w_c = constant_c
    std::vector<double> constant, scale;  ///< [#limit] kW, kvar
    std::vector<double> lower, upper;     ///< [#variable]

    std::vector<double> limits(std::span<const double> x) const;  ///< [#limit] kW, kvar
    std::size_t count() const { return lower.size(); }
};

/// A point that every box has, in shares of it, and the limits of the network that must hold there.
struct SecuredCorner {
    std::vector<double> share;         ///< [#coordinate]
    std::vector<std::int32_t> limits;  ///< of WatchedLimits
};

/// The allocation of one step over some corners, as a smooth program (ac_allocation.md):
///
///     maximise utility(x)    subject to    excess_m(x_c(w)) <= 0  for every corner c and its limits m        (1)
///
/// with x_c(w) = lower(w) + share_c (upper(w) - lower(w)). Excesses are in percent, so that multipliers are of the size
/// of kW. Values and gradients are those of EnvelopePoints; second derivatives are differences of gradients.
class CornerProgram : public DenseProgram {
public:
    /// Everything by reference must outlive this.
    CornerProgram(const AcFeeder& feeder, EnvelopePoints& points, std::span<const CoordinateColumns> columns,
                  const EnvelopeBox& ranges, const LimitVariables& variables, CornerUtility utility,
                  std::span<const SecuredCorner> corners);

    /// Where a solver begins; what constraints it is given by is not asked.
    void set_start(std::vector<double> x) { start_ = std::move(x); }

    int variable_count() const override { return static_cast<int>(variables_.count()); }
    int row_count() const override { return row_count_; }
    std::span<const double> lower() const override { return variables_.lower; }
    std::span<const double> upper() const override { return variables_.upper; }
    std::span<const double> start() const override { return start_; }
    bool objective(std::span<const double> x, double& value) override;
    bool gradient(std::span<const double> x, std::span<double> slope) override;
    bool rows(std::span<const double> x, std::span<double> value) override;
    bool jacobian(std::span<const double> x, std::span<double> value) override;
    bool hessian(std::span<const double> x, double factor, std::span<const double> multiplier,
                 std::span<double> value) override;

private:
    struct Row {
        std::size_t corner;
        std::int32_t limit;
    };
    bool set_point(std::span<const double> x);
    bool row_gradients(std::span<const double> x, std::span<const Row> rows, std::span<double> value);
    void add_row_gradient(const std::vector<double>& share, std::span<const double> slope, std::span<double> row) const;
    bool curvature(std::span<const double> x, std::span<const Row> rows, std::span<const double> weight,
                   std::vector<double>& matrix);

    EnvelopePoints& points_;
    std::span<const CoordinateColumns> columns_;
    const EnvelopeBox& ranges_;
    const LimitVariables& variables_;
    CornerUtility utility_;
    std::span<const SecuredCorner> corners_;
    std::size_t coordinate_count_;
    int row_count_ = 0;
    std::vector<Row> rows_;
    std::vector<double> start_, at_;  ///< at_: where the points are solved
    std::vector<int> point_;          ///< [#corner]
    bool has_flows_ = false;          ///< of all points at at_
};

}  // namespace headroom
