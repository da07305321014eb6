#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_jacobian.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_quantity.hpp"

namespace headroom {

/// Whether there are derivatives at an operating point.
enum class AcSensitivityStatus : std::uint8_t {
    ready,               ///< gradient() may be called
    no_operating_point,  ///< the lane has no converged voltages
    singular_jacobian,   ///< the point is at the edge of what the network can carry: voltages have no derivative
};

/// Exact derivatives of the AC power flow at one operating point, by customers' powers (ac_sensitivity.md):
///
///     J' l = dg / dV,    dg / ds = l' dI / ds                                                (1)
///
/// one factor of the Jacobian J per operating point, one adjoint solve per quantity g. Pattern and order of J are found
/// once. An object serves one thread.
class AcSensitivity {
public:
    /// @param flow  must outlive this
    explicit AcSensitivity(const AcPowerFlow& flow);

    /// Moves to the voltages that `flow` found for one lane of these inputs.
    AcSensitivityStatus set_point(const AcInputs& inputs, const AcLanes& lanes, int lane);
    AcSensitivityStatus status() const { return status_; }

    /// Quantities here, and their gradients by the power that each customer injects at rated voltage. Where |S| = 0 the
    /// modulus has no gradient; zeros are given, one of its subgradients. Allocates nothing; solves four at a time.
    /// @param values      [#quantity] out
    /// @param by_p, by_q  [#quantity x #customer of the feeder] out: per W, per V A
    /// @pre   status() is ready
    void gradients(std::span<const AcQuantity> quantities, std::span<double> values, std::span<double> by_p,
                   std::span<double> by_q);
    /// One of them: its value.
    double gradient(const AcQuantity& quantity, std::span<double> by_p, std::span<double> by_q);

private:
    using Complex = std::complex<double>;
    struct UnitCurrents {
        Complex by_p, by_q;  ///< A per W, per V A, at a leg's head
    };

    /// The part of a gradient that does not go through the voltages, and dg / dV for the solve.
    struct Row {
        std::span<double> by_p, by_q, adjoint;
    };

    bool regular();
    Complex value(const AcPhasor& phasor) const;
    void seed(std::int32_t node, Complex factor, const Row& row) const;
    void seed(const AcPhasor& phasor, Complex factor, const Row& row) const;
    double seed(const AcQuantity& quantity, const Row& row) const;
    void collect(const Row& row) const;

    const AcPowerFlow& flow_;
    AcSensitivityStatus status_ = AcSensitivityStatus::no_operating_point;
    std::vector<Complex> voltage_;  ///< [#slot] V
    std::vector<LegCurrent> legs_;
    std::vector<UnitCurrents> unit_;    ///< [#leg]
    std::vector<MatrixEntry> entries_;  ///< of the Jacobian
    SparseLu lu_;
    std::vector<double> adjoint_;  ///< [4 x 2 #free node] dg / dV, then l
};

}  // namespace headroom
