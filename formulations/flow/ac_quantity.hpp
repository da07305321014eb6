#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <vector>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/network/edge_model.hpp"

namespace headroom {

/// A voltage or current, linear in node voltages and in what customers inject:
///
///     z = constant + sum y (V[plus] - V[minus]) + sum sign I_leg                             (2)
struct AcPhasor {
    struct Leg {
        std::size_t leg;  ///< of AcNetwork
        double sign;
    };
    std::complex<double> constant = 0.0;
    std::vector<AcTerm> terms;
    std::vector<Leg> legs;
};

/// What a limit watches or an objective counts: |S|, Re S or Im S of a sum of products of phasors, or how that turns,
///
///     S = sum_k u_k conj(i_k)                                                                (3)
struct AcQuantity {
    enum class Measure : std::uint8_t {
        modulus,         ///< |S|
        real_part,       ///< Re S
        imaginary_part,  ///< Im S
        turn,            ///< 0, and changes as |S| arg S does: the part of dS at right angles to S
    };
    struct Product {
        AcPhasor voltage, current;  ///< u, i; a voltage or current alone is i with u = 1
    };
    Measure measure = Measure::modulus;
    std::vector<Product> products;

    double value(std::complex<double> s) const {
        switch (measure) {
            case Measure::modulus: return std::abs(s);
            case Measure::real_part: return s.real();
            case Measure::imaginary_part: return s.imag();
            case Measure::turn: break;
        }
        return 0.0;
    }
    /// w, with which a change of S is one of the quantity by Re(w dS); 0 where S is and it has no derivative.
    std::complex<double> weight(std::complex<double> s) const {
        if (measure == Measure::real_part) return 1.0;
        if (measure == Measure::imaginary_part) return {0.0, -1.0};
        const double size = std::abs(s);
        const std::complex<double> towards = size > 0.0 ? std::conj(s) / size : 0.0;
        return measure == Measure::modulus ? towards : std::complex<double>(0.0, -1.0) * towards;
    }
};

/// The quantities of one feeder, made once; nothing where what is asked for is not there, not fed, or not settled by
/// the network (a circle of switches of no impedance).
class AcQuantities {
public:
    /// @param region, flow  must outlive this; the feeder is that of `flow`
    AcQuantities(const Region& region, const AcPowerFlow& flow);

    /// |m' V|, V, of a bus: m against its neutral where it has one of its own, else against ground.
    /// @param pick  m, as LinearNetwork::Monitor has it: one phase, or one minus another
    std::optional<AcQuantity> voltage(std::int64_t bus, const PhaseVector& pick) const;
    /// V to ground of one conductor of a bus.    @pre it is there and fed
    AcPhasor terminal_voltage(std::int64_t bus, int conductor) const { return voltage_at(flow_.slot(bus, conductor)); }
    /// Magnitude of the current into one conductor of a branch end, A.    @param side  0 from, 1 to
    std::optional<AcQuantity> current(std::int64_t branch, int side, int conductor) const;
    /// |sum over conductors of V conj(I)|, V A, into a branch end; voltages to ground.
    std::optional<AcQuantity> branch_power(std::int64_t branch, int side) const;
    /// |V conj(I)|, V A, into one winding of a transformer, voltage and current its own.    @param coil  0 to 2
    std::optional<AcQuantity> winding_power(std::int64_t branch, int side, int coil) const;
    /// W; AcFlowLanes::loss_p, AcFlowLanes::head_p
    AcQuantity losses() const;
    AcQuantity head_power() const;

private:
    std::optional<AcPhasor> branch_current(std::int64_t branch, int side, int conductor) const;
    AcPhasor voltage_at(std::int32_t node) const;
    AcPhasor equation_current(std::size_t number) const;
    void add_equation_current(std::size_t number, double sign, AcPhasor& sum) const;

    const Region& region_;
    const AcPowerFlow& flow_;
    AcBranchFlow branch_flow_;
    std::vector<MergedCurrent> merged_;
};

}  // namespace headroom
