#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formulations/flow/base_sweep.hpp"
#include "formulations/flow/limit_column.hpp"
#include "formulations/flow/loop_currents.hpp"
#include "formulations/flow/nested_path_sums.hpp"
#include "formulations/flow/reduced_network.hpp"
#include "formulations/flow/row_name.hpp"
#include "formulations/flow/row_uncertainty.hpp"
#include "solver/packing/packing_rows.hpp"
#include "solver/packing/summed_filling.hpp"

namespace headroom {

/// One limit of the network, in the words of a planner. A branch limit stands for several packing rows.
struct SecurityLimit {
    RowKind kind;
    std::int32_t bus;     ///< row of /bus; the sending end for branches
    std::int64_t branch;  ///< row of /branch; -1 for voltages
    std::string phases;
    double limit;  ///< V or V A
};

/// The split rows of a feeder: A w <= h with w = (export limits, import limits, ...) >= 0 in kW, and h from the base
/// case.
///
/// A row a'p <= b over the injections p holds on all of the box -import <= p <= export iff
///
///     sum_c max(a_c, 0) export_c + max(-a_c, 0) import_c <= b - (row at the base case)                       (1)
///
/// exact for any sign pattern, one row instead of 2^n corners. a_c is the path sum over the common path of the row's
/// bus and the customer, split after summing: the coefficient of a phase pair may change sign along a path. Voltage
/// rows are in per unit of the squared base voltage, branch rows in per unit of the rating.
///
/// Customers with a reactive range or a Volt-VAr curve are adversarial in Q: their worst Q is taken from h. With
/// Options::joint_reactive the Q of a range is bounded by limits of its own, in kvar, which enter (1) like those of P:
/// the box -q_absorb <= q <= q_inject with the coefficients of q.
///
/// With Options::uncertainty, (1) holds in spite of errors: a_c is an interval whose upper end is charged to export and
/// whose lower end, negated, to import, and h loses what errors move around the base case.
class SecurityRows {
public:
    static constexpr int polygon_sides = 16;  ///< that stand for a circle

    struct Options {
        double dust = 1e-9;           ///< entries below this share of their row's largest freeze nobody (DEFINITIONS 4)
        bool joint_reactive = false;  ///< reactive ranges are limits, not adversaries
        bool through_sums = false;    ///< A need not be written out where it is large
        std::shared_ptr<const RowUncertainty> uncertainty = {};  ///< of this feeder; null: no errors
    };
    SecurityRows(const Region& region, const ReducedNetwork& reduced, const Options& options);

    /// @pre summed() is null
    const PackingRows& rows() const {
        assert(!summed_);
        return rows_;
    }
    /// The rows where A is not written out, else null.
    const std::shared_ptr<const SummedRows>& summed() const { return summed_; }
    int row_count() const { return static_cast<int>(row_info_.size()); }
    /// Columns of A: active customer k (in order) exports in column k and imports in column active_count + k; then
    /// q_inject of every customer with a joint range, and q_absorb of each.
    std::span<const LimitColumn> columns() const { return columns_; }
    double column_cap(std::size_t column) const { return column_cap_[column]; }  ///< W or V A
    /// The same A through sums along the tree, far smaller on large feeders. Rows that leave out dust are written out.
    /// @pre summed() is null, here and below, and the feeder has no loops
    NestedRows nested() const;
    /// The same where it pays.
    std::optional<NestedRows> nested_if_smaller() const;
    std::size_t active_count() const { return active_.size(); }
    std::span<const std::int64_t> active() const { return active_; }  ///< rows of /customer
    const std::vector<SecurityLimit>& limits() const { return limits_; }
    /// Which of its limit's rows a packing row is: 0 a voltage's or the forward one (along the branch, from its sending
    /// end), 1 backward, 2 + k side k of the polygon; 100 more for the twin that keeps its dust.
    std::int32_t side_of_row(int row) const;
    std::vector<RowName> row_names() const;  ///< [#row]
    /// Of a branch's row: whether it holds power that flows away from the sending end.
    bool looks_forward(int row) const;
    /// Whether reactive ranges or errors may move the row away from its base case with all envelopes at zero.
    bool moves_at_base(int row) const {
        return options_.uncertainty || row_info_[static_cast<std::size_t>(row)].adversarial > 0;
    }
    std::int32_t limit_of_row(int row) const { return row_info_[static_cast<std::size_t>(row)].limit; }
    /// The monitor of network() that a voltage limit holds; -1: it is the limit of a branch.
    std::int32_t monitor_of_limit(std::size_t limit) const {
        const std::size_t monitors = net_.monitors.size();
        return limit < 2 * monitors ? static_cast<std::int32_t>(limit / 2) : -1;
    }
    /// Q / P of an active customer of fixed power factor, else 0.
    double tangent(std::size_t active) const { return tangent_[active]; }
    /// Reactive power that an active customer may absorb and inject at will, V A.
    std::pair<double, double> free_range(std::size_t active) const { return q_range_[active]; }
    /// Whether a row is nearer to its limit where an adversarial range injects all it may, not where it absorbs.
    /// @pre summed() is null
    bool worst_injecting(int row, std::size_t active) const {
        return injecting_.empty() || injecting_[static_cast<std::size_t>(row) * active_.size() + active] != 0;
    }

    /// What a W more from each passive customer takes of a row's room at most, in its unit: below zero, it gives.
    /// @return  [#customer of customers()], 0 of active ones; empty without forecast errors
    std::vector<double> passive_effects(int row) const;

    struct Workspace {
        BaseSweep::Workspace sweep;
        LaneArray p, q;                  ///< [#customer x lane] W, V A: fill before room()
        LaneArray slack;                 ///< [3 phases x (real, imaginary) x lane] V: fill before room()
        LaneArray rise, flow_p, flow_q;  ///< base case: V^2 above no load, W and V A through thermals
        LaneArray no_load;               ///< [#distinct monitor voltage x lane] V^2 at no load
        LaneArray room;                  ///< [#row x lane] out: h
        LaneArray taken;                 ///< [#row x lane] what errors took from h; empty without them
        RowUncertainty::Workspace errors;
    };
    Workspace workspace() const;

    /// h of every row for the base case in work.p, work.q, work.slack. Negative: the base case violates the row.
    void room(Workspace& work) const;
    /// The same of chosen rows alone, by number; rooms of others are left as they were.
    void room(Workspace& work, std::span<const int> rows) const;

    /// V or V A at the base case of work, of the limit that packing row `row` belongs to.
    double base_value(const Workspace& work, int row, int lane) const;

    /// The same where limits use `used` (row units) on top of the base case, and reactive ranges and errors are
    /// at their worst.
    double value_with(const Workspace& work, int row, int lane, double used) const;

    /// Customers of the base case in the order of work.p: rows of /customer.
    const std::vector<LinearNetwork::Customer>& customers() const { return net_.customers; }

    const LinearNetwork& network() const { return net_; }

private:
    enum class Part : std::int8_t { voltage_max, voltage_min, forward, backward, polygon };
    struct RowInfo {
        Part part;
        std::int32_t limit;   ///< index into limits_
        std::int32_t source;  ///< monitor or thermal
        std::int32_t side;    ///< polygon side
        double adversarial;   ///< worst effect of adversarial reactive ranges, in row units
        double dust_room;     ///< sum of dust entries times caps, in row units; 0 if the row has none
        bool keeps_dust;      ///< the twin of a row with dust, used where dust_room would take more than half of h
        bool leaves_out;      ///< entries that are more than rounding

        bool is_voltage() const { return part == Part::voltage_max || part == Part::voltage_min; }
    };
    /// Effect of one active customer's P and Q on a row, per W and V A.
    struct Coefficients {
        std::vector<double> p, q;              ///< [#active]
        std::vector<double> p_error, q_error;  ///< [#active] by which they may be wrong; P at its power factor

        explicit Coefficients(std::size_t active) : p(active), q(active), p_error(active), q_error(active) {}
    };

    struct Draft;
    /// Entries of a row without its dust, and what that takes of the room at most.
    struct SplitDust {
        RowEntries rest;
        double largest = 0, room = 0;
    };

    void find_active(const Region& region);
    void find_columns(const Region& region);
    void add_voltage_rows();
    void find_errors(std::size_t monitor, Coefficients& coefficients) const;
    void add_thermal_rows();
    void add_shunt_rise(std::size_t monitor);
    std::int32_t add_voltage_limit(std::size_t monitor, bool upper);
    std::int32_t add_thermal_limit(std::size_t index);
    PhaseVector thermal_functional(const RowInfo& info) const;
    void add_rows_through_sums();
    std::vector<NestedPathSums::Source> range_sources(std::vector<double>& ranges) const;
    void draft_voltage_rows(const NestedPathSums& limits, const NestedPathSums& free, std::vector<Draft>& drafts);
    void draft_thermal_rows(const NestedPathSums& limits, const NestedPathSums& free, std::vector<Draft>& drafts);
    void keep_drafts(const NestedPathSums& sums, std::vector<Draft>& drafts);
    SplitDust split_dust(const RowEntries& entries) const;
    void add_row(RowInfo info, const Coefficients& coefficients, double scale);
    std::vector<NestedPathSums::Source> sum_sources() const;
    RowEntries nested_row(const NestedPathSums& sums, int row) const;
    void push_row(const RowInfo& info, const RowEntries& entries, double smallest);
    /// Whether a customer may take any Q of a range that no limit bounds.
    bool is_adversarial(std::size_t active) const {
        return joint_[active] == 0 && q_range_[active] != std::pair{0.0, 0.0};
    }
    void index_no_load();
    void find_base(Workspace& work) const;
    void find_room(Workspace& work, std::size_t row) const;
    void find_taken(Workspace& work) const;
    void voltage_room(const Workspace& work, std::size_t row, double* h) const;
    void thermal_room(const Workspace& work, std::size_t row, double* h) const;
    void direction_room(const Workspace& work, const RowInfo& info, double* h) const;
    static void set_aside(const RowInfo& info, double* h);
    struct Flow {
        double p, q;
    };
    /// How far errors move the power through a thermal: as its row sees it, and Q alone.
    struct Reach {
        double along, q;
    };
    double base_v_sq(const Workspace& work, std::size_t monitor, std::size_t lane) const;
    Flow base_flow(const Workspace& work, std::size_t thermal, std::size_t lane) const;
    double taken(const Workspace& work, std::size_t row, std::size_t lane) const {
        return options_.uncertainty ? work.taken[row * lane_count + lane] : 0.0;
    }
    Reach reach(const Workspace& work, std::size_t row, std::size_t lane) const;
    double room_for(const Flow& flow, const Reach& reach, const RowInfo& info) const;
    std::size_t node_of_active(std::size_t active) const {
        return static_cast<std::size_t>(net_.customers[static_cast<std::size_t>(active_customer_[active])].node);
    }

    LinearNetwork net_;
    LoopCurrents loops_;
    BaseSweep sweep_;
    Options options_;
    std::vector<std::int64_t> active_;
    std::vector<std::int32_t> active_customer_;       ///< [#active] index into net_.customers
    std::vector<PhaseVector> unit_current_;           ///< [#active] A per W, LinearNetwork::unit_current
    std::vector<double> tangent_;                     ///< [#active] Q / P of a fixed power factor, else 0
    std::vector<std::pair<double, double>> q_range_;  ///< [#active] V A absorbed, injected at will
    std::vector<char> joint_;                         ///< [#active] the range is bounded by limits
    bool has_adversary_ = false;                      ///< some customer is_adversarial()
    std::vector<LimitColumn> columns_;
    std::vector<double> column_cap_;  ///< [#column] W or V A
    PackingRows rows_;                ///< without rows where there are sums
    std::shared_ptr<const SummedRows> summed_;
    std::vector<RowInfo> row_info_;
    std::vector<char> injecting_;  ///< [#row x #active] worst_injecting(); empty where no range is adversarial
    std::vector<SecurityLimit> limits_;
    std::vector<double> shunt_rise_;                ///< [#monitor] V^2
    std::vector<Complex> shunt_flow_;               ///< [#thermal] V A
    std::vector<Eigen::Vector3d> no_load_pick_;     ///< [#distinct] T' m: no-load voltage |pick' V_slack|
    std::vector<std::int32_t> no_load_of_monitor_;  ///< [#monitor]
};

}  // namespace headroom
