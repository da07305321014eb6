#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formulations/flow/ac_gradient_kernel.hpp"
#include "formulations/flow/ac_lane_point.hpp"
#include "formulations/flow/ac_loads.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_quantity.hpp"
#include "formulations/flow/ac_sensitivity.hpp"

namespace headroom {

/// What one lane's gradient is worth.
enum class AcGradientStatus : std::uint8_t {
    ready,               ///< value and gradient hold
    not_asked,           ///< no quantity, or a lane beyond AcInputs::count: NaN
    no_operating_point,  ///< the lane has no converged voltages: NaN
    singular_jacobian,   ///< the point is at the edge of what the network can carry: NaN
};

/// What loads do when voltages move: draw what their model says, or the current that they draw at the point.
enum class LoadResponse : std::uint8_t { follows, held };

/// Gradients of one quantity per lane, each lane at its own operating point, by every customer's P and Q
/// (ac_gradient.md):
///
///     mu <- Y^-1 (conj(dg / dV) + sum over legs (a M + b conj(M)))                           (2)
///
/// the adjoint of the power flow's sweeps, with the same factor of Y and at the same rate. A lane that does not come to
/// rest is solved alone, by AcSensitivity. A lane's bits depend on its own inputs, voltages and quantity only. With the
/// currents of loads held, a and b are zero and one sweep is all: the derivative of one step of the fixed point.
class AcGradients {
public:
    /// @param flow       must outlive this
    /// @param tolerance  > 0, what may be left of the way, of the adjoint's largest entry across customers
    explicit AcGradients(const AcPowerFlow& flow, double tolerance = 1e-10,
                         LoadResponse response = LoadResponse::follows);

    /// Results of eight lanes, and the memory that finds them.
    struct Lanes {
        LaneArray by_p, by_q;  ///< [#customer of the feeder x lane] out: per W, per V A; of injections at rated voltage
        std::array<double, lane_count> value;             ///< out: as AcQuantity has it
        std::array<AcGradientStatus, lane_count> status;  ///< out
        std::array<int, lane_count> sweeps;               ///< out
        std::array<bool, lane_count> alone;               ///< out: the lane was left to AcSensitivity

        LaneArray adjoint, seed, right, load, constant_slope, voltage_slope, curve_answer;  ///< work
        alignas(64) std::array<double, lane_count> frozen, change, size, wanted;            ///< work
        std::array<double, lane_count> unit, last_change, ratio;                            ///< work
        std::unique_ptr<AcSensitivity> exact;                                               ///< work, made when needed
        std::vector<double> exact_by_p, exact_by_q;                                         ///< work
    };
    Lanes lanes() const;  ///< of this feeder's size

    /// Allocates nothing but for lanes that are solved alone.
    /// @param voltages  as AcPowerFlow::solve left them for these inputs, or loaded from elsewhere: status of lanes,
    ///                  the flow's read_slots()
    /// @param quantity  per lane, of this flow's AcQuantities; null: the lane is not asked
    /// @throws std::invalid_argument  where a quantity reads a node that is none of these: its bus is not one of the
    ///                                flow's `kept_buses`
    void evaluate(const AcInputs& inputs, const AcLanes& voltages,
                  std::span<const AcQuantity* const, lane_count> quantity, Lanes& lanes) const;

private:
    using Complex = std::complex<double>;
    using Quantities = std::span<const AcQuantity* const, lane_count>;

    void add_legs();
    AcAdjointView adjoint_view(const AcInputs& inputs, const AcLanes& voltages, Lanes& lanes) const;
    AcCollectView collect_view(const AcLanes& voltages, Lanes& lanes) const;
    void start(const AcInputs& inputs, const AcLanes& voltages, Quantities quantity, Lanes& lanes) const;
    void seed(const AcLanePoint& point, const AcQuantity& quantity, int lane, Lanes& lanes) const;
    void seed(const AcLanePoint& point, const AcPhasor& phasor, Complex factor, int lane, Lanes& lanes) const;
    void seed(std::int32_t node, Complex factor, int lane, Lanes& lanes) const;
    void solve_alone(const AcInputs& inputs, const AcLanes& voltages, const AcQuantity& quantity, int lane,
                     Lanes& lanes) const;

    const AcPowerFlow& flow_;
    double tolerance_;
    LoadResponse response_;
    AcLoads loads_;
    std::size_t constant_count_, voltage_count_;            ///< loads of one kind each
    std::vector<int> leg_end_, leg_head_, leg_tail_;        ///< by customer
    std::vector<double> inverse_base_;                      ///< [#slot] 1 / V
    std::vector<double> inverse_rated_, inside_, outside_;  ///< as AcCollectView has them
};

}  // namespace headroom
