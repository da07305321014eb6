#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace headroom {

/// A smooth program whose derivatives are dense:
///
///     minimise f(x)    subject to  g(x) <= 0,    lower <= x <= upper                                       (1)
///
/// Functions answer false where they have no finite value; a solver then takes a shorter step.
class DenseProgram {
public:
    DenseProgram() = default;
    DenseProgram(const DenseProgram&) = delete;
    DenseProgram& operator=(const DenseProgram&) = delete;
    virtual ~DenseProgram() = default;

    virtual int variable_count() const = 0;
    virtual int row_count() const = 0;
    virtual std::span<const double> lower() const = 0;  ///< [#variable] finite
    virtual std::span<const double> upper() const = 0;  ///< [#variable] finite
    virtual std::span<const double> start() const = 0;  ///< [#variable] where f and g have values

    virtual bool objective(std::span<const double> x, double& value) = 0;
    /// @param slope  [#variable] out
    virtual bool gradient(std::span<const double> x, std::span<double> slope) = 0;
    /// @param value  [#row] out
    virtual bool rows(std::span<const double> x, std::span<double> value) = 0;
    /// @param value  [#row x #variable] out
    virtual bool jacobian(std::span<const double> x, std::span<double> value) = 0;
    /// Second derivatives of factor f + multiplier' g; they may be approximate.
    /// @param value  lower triangle row by row, [#variable (#variable + 1) / 2] out
    virtual bool hessian(std::span<const double> x, double factor, std::span<const double> multiplier,
                         std::span<double> value) = 0;
};

struct DenseAnswer {
    bool converged = false;          ///< first-order conditions hold at the tolerance; otherwise x is the last point
    std::vector<double> x;           ///< [#variable]
    std::vector<double> multiplier;  ///< [#row] of g <= 0, >= 0
    int iterations = 0;
    std::string_view reason;  ///< why it did not converge; empty where it did
};

}  // namespace headroom
