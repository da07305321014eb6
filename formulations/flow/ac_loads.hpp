#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_current_kernel.hpp"
#include "formulations/flow/ac_network.hpp"
#include "formulations/flow/ac_settings.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

/// The legs of all customers, those between the same two nodes as one load: their powers add up once per solve, and a
/// sweep meets each pair of nodes once.
class AcLoads {
public:
    AcLoads() = default;
    /// @param slots  that get currents: those of customers, others with none
    /// @param curve_response  of curve_response(), empty: curves go each by itself
    AcLoads(const AcNetwork& net, const AcSettings& settings, std::vector<int> slots,
            std::vector<double> curve_response);

    /// Rows of lanes that add() writes.
    std::size_t sum_count() const { return end_.size() + (2 + curve_rows) * curves_.size(); }
    std::size_t curve_count() const { return curves_.size(); }
    /// What of the last change counts beside a sweep's own, where sweeps are judged.
    double memory() const {
        return curves_.empty() ? 0.0 : curve_response_.empty() ? curve_memory : curve_memory_together;
    }
    /// @param p, q  [#customer x lane] W, V A    @param sum  [sum_count x lane] out
    void add(const LaneArray& p, const LaneArray& q, LaneArray& sum) const;
    /// The loads' part of a view; `sum` as add() left it. Curves keep what they inject behind the sums.
    void describe(LaneArray& sum, AcCurrentView& view) const;
    /// The same without any load.
    void describe_none(AcCurrentView& view) const;

private:
    struct Group {  ///< loads of one kind
        std::vector<int> head, tail;
        int first_sum = 0;
        int count() const { return static_cast<int>(head.size()); }
    };
    using Bundle = std::vector<const CustomerLeg*>;  ///< legs between the same nodes

    void add_constant(const std::vector<Bundle>& bundles, Group& group);
    void add_voltage(const std::vector<Bundle>& bundles);
    void add_sum(const Bundle& bundle, int part, int share, bool outside);
    void add_curve(const CustomerLeg& leg, const VoltVarLaw& law);
    void add_most(const LaneArray& p, LaneArray& sum) const;

    std::optional<LoadWindow> window_;
    Group to_ground_, between_, voltage_;
    int first_outside_ = 0;
    std::vector<double> inverse_rated_;
    std::vector<int> slots_, bare_slots_;  ///< that get currents; those without constant load to ground
    std::vector<int> end_, customer_;
    std::vector<double> factor_;
    /// The terminals of a customer that a curve is for.
    struct Curve {
        std::int32_t customer;
        double share;
        VoltVarLaw law;
    };
    std::vector<Curve> curves_;
    std::vector<int> curve_head_, curve_tail_, slope_end_;
    std::vector<double> inverse_base_, first_, slope_, curve_response_;  ///< as CurveLoads has them
};

}  // namespace headroom
