#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/flow/interval_path_sums.hpp"
#include "formulations/flow/reduced_network.hpp"
#include "formulations/flow/row_errors.hpp"

namespace headroom {

/// What errors of forecasts and impedances take from the rows of a feeder (security_rows.md, "Errors").
///
/// Forecasts: passive customer k injects S_k (1 + s_k) + d_k, |s_k| <= share, |d_k| <= kw. A row with coefficients a of
/// P and b of Q moves by up to, in the box and in the ball of these deviations,
///
///     sum_k share |a_k P_k + b_k Q_k| + kw |a_k|        sqrt(sum_k (share (a_k P_k + b_k Q_k))^2 + (kw a_k)^2)     (1)
///
/// the dual norms of the deviations' effects. Impedances: interval_path_sums.hpp; (1) then has the worse ends of the
/// intervals of a and b, and voltages move with the currents of the base case too.
class RowUncertainty {
public:
    /// @param full, reduced  the same feeder; rows are those of reduced.net
    RowUncertainty(const Region& region, std::int64_t feeder, const LinearNetwork& full, const ReducedNetwork& reduced,
                   const RowErrors& errors);

    /// Whether coefficients of voltage rows are intervals.
    bool has_intervals() const { return intervals_.has_value(); }
    bool has_forecast() const { return errors_.has_forecast(); }

    /// How far the coefficients of customers in the voltage row of a monitor are from certain.
    class CoefficientErrors {
    public:
        CoefficientErrors(const RowUncertainty& uncertainty, std::size_t monitor);
        /// Of `unit` = conj(P + j Q) V A injected by a customer of the network; per unit of the squared base voltage.
        double of(std::size_t customer, Complex unit) const;

    private:
        const RowUncertainty& uncertainty_;
        IntervalPathSums::Path path_;
    };

    struct Workspace {
        LaneArray voltage;         ///< [#monitor x lane] out: what errors move, p.u. of the squared base voltage
        LaneArray flow_p, flow_q;  ///< [#thermal x lane] out: p.u. of the limit
        LaneArray current;
    };
    Workspace workspace() const;

    /// What errors move around a base case.
    /// @param p, q  [#customer x lane] W, V A: injections of the base case
    void run(const LaneArray& p, const LaneArray& q, Workspace& work) const;

    /// How far errors move cosine P + sine Q through a thermal.
    /// @param out  [lane] p.u. of the limit
    void along(std::size_t thermal, double cosine, double sine, const LaneArray& p, const LaneArray& q,
               double* out) const;

    /// What a W more from a passive customer adds to `factor` times a squared voltage, p.u., or to cosine P + sine Q
    /// through a thermal, p.u. of the limit.
    /// @param by_watt  [#customer of the reduced network] out; of customers that move nothing it stays
    void voltage_by_watt(std::size_t monitor, double factor, std::span<double> by_watt) const;
    void flow_by_watt(std::size_t thermal, double cosine, double sine, std::span<double> by_watt) const;

private:
    /// A passive customer in a row, per W: times P + j Q the power through a thermal, or a squared voltage as the real
    /// part.
    struct Effect {
        std::int32_t customer;
        Complex of_power;
        double p_error, q_error;  ///< by which the coefficients of P and Q may be wrong
    };
    class Sum;
    void reach(const std::vector<Effect>& effects, double cosine, double sine, const LaneArray& p, const LaneArray& q,
               double* out) const;
    void find_voltage_effects(const Region& region, const LinearNetwork& net);
    void find_flow_effects(const Region& region, const LinearNetwork& net);

    RowErrors errors_;
    LinearNetwork full_;
    std::optional<IntervalPathSums> intervals_;
    std::vector<std::vector<Effect>> voltage_effects_;  ///< [#monitor]
    std::vector<std::vector<Effect>> flow_effects_;     ///< [#thermal of the reduced network]
};

}  // namespace headroom
