// The unbalanced network of lin_dist3_flow.md.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formulations/flow/network_builder.hpp"

namespace headroom {
namespace {

using Node = LinearNetwork::Node;

class ThreePhaseBuilder {
public:
    ThreePhaseBuilder(const Region& region, std::int64_t feeder, const FeederTree& tree, TapPositions taps)
        : region_(region), feeder_(feeder), tree_(tree), taps_(taps) {}

    LinearNetwork build(Monitoring monitoring) {
        add_nodes();
        add_closures();
        supply();
        add_customers();
        add_shunts();
        add_line_charging();
        if (monitoring == Monitoring::all)
            monitor_all();
        else
            monitor_customers();
        for (std::int32_t node = 1; node < tree_.size(); ++node) add_thermals(node);
        return std::move(net_);
    }

private:
    std::span<const std::int64_t> edge_branches(std::int32_t node) const {
        const auto i = static_cast<std::size_t>(node);
        return {tree_.branches.data() + tree_.branch_start[i],
                static_cast<std::size_t>(tree_.branch_start[i + 1] - tree_.branch_start[i])};
    }
    std::int32_t parent_bus(std::int32_t node) const {
        return tree_.bus[static_cast<std::size_t>(tree_.parent[static_cast<std::size_t>(node)])];
    }
    double base_voltage(std::int32_t node) const {
        return region_.bus.base_voltage[static_cast<std::size_t>(tree_.bus[static_cast<std::size_t>(node)])];
    }

    void add_nodes() {
        for (std::int32_t i = 0; i < tree_.size(); ++i) {
            Node node{.bus = tree_.bus[static_cast<std::size_t>(i)],
                      .parent = tree_.parent[static_cast<std::size_t>(i)],
                      .edge = {},
                      .from_slack = TurnsMatrix::Identity(),
                      .flat = base_voltage(0) * balanced_rotation(),
                      .shunt_power = PhaseVector::Zero()};
            if (i > 0) {
                const Node& parent = net_.nodes[static_cast<std::size_t>(node.parent)];
                try {
                    node.edge = edge_model(region_, edge_branches(i), parent.bus, taps_);
                } catch (const std::invalid_argument& error) {
                    throw InvalidFeeder(fmt::format("branch '{}': {}",
                                                    region_.branch.id[static_cast<std::size_t>(edge_branches(i)[0])],
                                                    error.what()));
                }
            }
            net_.nodes.push_back(std::move(node));
            three_wire_.push_back(i > 0 && is_three_wire(i) ? 1 : 0);
        }
    }

    void add_closures() {
        for (std::int32_t i = 1; i < tree_.size(); ++i)
            if (const std::int32_t own = tree_.closes[static_cast<std::size_t>(i)]; own >= 0)
                net_.closures.push_back({i, own, edge_branches(i)[0]});
    }

    /// Flat voltages from the slack bus down; again, with the phases that ends of loops bring, while there are more.
    void supply() {
        std::vector<Entering> entering;
        std::size_t known = 0;
        do {
            known = entering.size();
            pass_on(entering);
            for (const LinearNetwork::Closure& closure : net_.closures)
                for (int p = 0; p < 3; ++p) find_entry(closure, p, entering);
        } while (entering.size() > known);
        for (const Entering& e : entering) net_.entries.push_back(e.entry);
        for (std::size_t i = 1; i < net_.nodes.size(); ++i) scale_coupling(net_.nodes[i]);
    }

    struct Entering {
        LinearNetwork::Entry entry;
        Complex flat;
        Eigen::RowVector3d from_slack;
    };

    void pass_on(const std::vector<Entering>& entering) {
        for (std::size_t i = 1; i < net_.nodes.size(); ++i) {
            Node& node = net_.nodes[i];
            const Node& parent = net_.nodes[static_cast<std::size_t>(node.parent)];
            node.from_slack = node.edge.turns * parent.from_slack;
            node.flat = node.edge.turns * parent.flat;
            remove_dust(node.flat);
            for (const Entering& e : entering) {
                if (e.entry.node != static_cast<std::int32_t>(i)) continue;
                node.flat[e.entry.phase] = e.flat;
                node.from_slack.row(e.entry.phase) = e.from_slack;
            }
        }
    }

    /// A phase at the end of a loop that the bus's own node lacks enters at the top of the wires that it lacks it on.
    void find_entry(const LinearNetwork::Closure& closure, int phase, std::vector<Entering>& entering) const {
        const Node& end = net_.nodes[static_cast<std::size_t>(closure.end)];
        std::int32_t top = closure.node;
        if (end.flat[phase] == Complex{} || net_.nodes[static_cast<std::size_t>(top)].flat[phase] != Complex{}) return;
        while (is_wired_up(top, phase)) top = net_.nodes[static_cast<std::size_t>(top)].parent;
        const bool known = std::any_of(entering.begin(), entering.end(), [&](const Entering& e) {
            return e.entry.node == top && e.entry.phase == phase;
        });
        if (!known && top > 0) entering.push_back({{top, phase}, end.flat[phase], end.from_slack.row(phase)});
    }

    /// Whether a wire joins a phase of the node to the same of its parent.
    bool is_wired_up(std::int32_t node, int phase) const {
        const Node& at = net_.nodes[static_cast<std::size_t>(node)];
        if (at.parent <= 0) return false;
        const std::span<const std::int64_t> branches = edge_branches(node);
        return std::any_of(branches.begin(), branches.end(), [&](std::int64_t branch) {
            const auto k = static_cast<std::size_t>(branch);
            return region_.branch.line_code[k] >= 0 && (region_.branch.phases[k] >> phase & 1) != 0;
        });
    }

    /// Phases without supply have no voltage at all; what cancellation leaves there must not be divided by.
    static void remove_dust(PhaseVector& flat) {
        const double largest = flat.cwiseAbs().maxCoeff();
        for (int p = 0; p < 3; ++p)
            if (std::abs(flat[p]) < 1e-9 * largest) flat[p] = 0;
    }

    /// Whether phases of the node have a neutral to be measured against: not below a winding whose coils all lie
    /// between phases (delta, open delta).
    bool is_three_wire(std::int32_t node) const {
        bool three_wire = three_wire_[static_cast<std::size_t>(tree_.parent[static_cast<std::size_t>(node)])] != 0;
        for (const std::int64_t branch : edge_branches(node)) {
            if (region_.branch.transformer[static_cast<std::size_t>(branch)] < 0) continue;
            const auto& coils = orient(region_, branch, parent_bus(node)).far;
            three_wire = std::all_of(coils.begin(), coils.end(), [](const std::array<std::int8_t, 2>& coil) {
                using Coils = TransformerColumns;
                return coil[0] == Coils::unused
                       || (coil[0] >= Coils::terminal_a && coil[0] <= Coils::terminal_c && coil[1] >= Coils::terminal_a
                           && coil[1] <= Coils::terminal_c);
            });
            if (!three_wire) return false;
        }
        return three_wire;
    }

    /// LinDist3Flow takes all flat magnitudes of a bus as equal; regulators at unequal taps make the coupling of phases
    /// carry their ratio, which this takes out again: conj(V_i) Z_ij / conj(V_j) then has the rotation alone.
    static void scale_coupling(Node& node) {
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j)
                if (node.flat[i] != Complex{} && node.flat[j] != Complex{})
                    node.edge.impedance(i, j) *= std::abs(node.flat[j]) / std::abs(node.flat[i]);
    }

    /// Phase powers per unit of the customer's power. Delta: S_a = S_ab V_a / (V_a - V_b) at balanced nominal voltages,
    /// split equally over the pairs.
    PhaseVector share_of(std::size_t customer, const Node& node) const {
        const std::uint8_t phases = region_.customer.phases[customer];
        PhaseVector share = PhaseVector::Zero();
        if (region_.customer.connection[customer] == Connection::wye) {
            const double count = static_cast<double>((phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1));
            for (int p = 0; p < 3; ++p)
                if (phases >> p & 1) share[p] = 1.0 / count;
            return share;
        }
        const auto pairs = delta_pairs(phases);
        const PhaseVector v = directions(node.flat);
        for (const auto& [p, q] : pairs) {
            const Complex vp = v[p], vq = v[q];
            if (vp == vq) continue;
            share[p] += vp / (vp - vq) / static_cast<double>(pairs.size());
            share[q] -= vq / (vp - vq) / static_cast<double>(pairs.size());
        }
        return share;
    }

    static std::vector<std::pair<int, int>> delta_pairs(std::uint8_t phases) {
        std::vector<std::pair<int, int>> pairs;
        for (const auto& [p, q] : {std::pair{0, 1}, std::pair{1, 2}, std::pair{2, 0}})
            if ((phases >> p & 1) && (phases >> q & 1)) pairs.emplace_back(p, q);
        return pairs;
    }

    void add_customers() {
        for (const std::int64_t c : energised_customers(region_, feeder_, tree_)) {
            const auto k = static_cast<std::size_t>(c);
            const std::int32_t node = node_of(region_, feeder_, tree_, region_.customer.bus[k]);
            const Node& at = net_.nodes[static_cast<std::size_t>(node)];
            const PhaseVector share = share_of(k, at);
            for (int p = 0; p < 3; ++p)
                if (share[p] != Complex{} && at.flat[p] == Complex{})
                    throw InvalidFeeder(fmt::format(
                        "customer '{}' is connected to phase {} of bus '{}', which has no supply",
                        region_.customer.id[k], "abc"[p], region_.bus.id[static_cast<std::size_t>(at.bus)]));
            net_.customers.push_back({c, node, share});
        }
    }

    void add_shunts() {
        const auto f = static_cast<std::size_t>(feeder_);
        for (std::int64_t s = region_.feeder.shunt_offset[f]; s < region_.feeder.shunt_offset[f + 1]; ++s) {
            const auto k = static_cast<std::size_t>(s);
            const std::int32_t node = node_of(region_, feeder_, tree_, region_.shunt.bus[k]);
            if (node < 0) continue;
            Node& at = net_.nodes[static_cast<std::size_t>(node)];
            at.shunt_power += admittance_power(region_, at, region_.shunt.g[k], region_.shunt.b[k], phase::abc);
        }
    }

    void add_line_charging() {
        for (std::int32_t i = 1; i < tree_.size(); ++i)
            for (const std::int64_t branch : edge_branches(i)) {
                for (const std::int32_t end : {i, tree_.parent[static_cast<std::size_t>(i)]}) {
                    Node& at = net_.nodes[static_cast<std::size_t>(end)];
                    at.shunt_power += charging_power(region_, branch, at);
                }
            }
    }

    void add_monitor(std::int32_t node, int p, int q) {
        const Node& at = net_.nodes[static_cast<std::size_t>(node)];
        if (at.flat[p] == Complex{} || (q >= 0 && at.flat[q] == Complex{})) return;
        const auto bus = static_cast<std::size_t>(at.bus);
        const double factor = q < 0 ? 1.0 : std::sqrt(3.0);
        PhaseVector pick = PhaseVector::Zero();
        pick[p] = 1.0;
        std::string phases(1, "abc"[p]);
        if (q >= 0) {
            pick[q] = -1.0;
            phases += "abc"[q];
        }
        monitored_.resize(static_cast<std::size_t>(tree_.size()), 0);
        std::uint8_t& monitored = monitored_[static_cast<std::size_t>(node)];
        const auto bit = static_cast<std::uint8_t>(1u << (q < 0 ? p : 3 + p));
        if ((monitored & bit) != 0) return;
        monitored |= bit;
        net_.monitors.push_back({node, pick, factor * region_.bus.base_voltage[bus],
                                 factor * region_.bus.voltage_min[bus], factor * region_.bus.voltage_max[bus], phases});
    }

    /// Phase to neutral, or phase to phase where the customer is connected so or there is no neutral.
    void add_monitors(std::int32_t node, std::uint8_t phases, bool between_phases) {
        if (between_phases || three_wire_[static_cast<std::size_t>(node)] != 0) {
            for (const auto& [p, q] : delta_pairs(phases)) add_monitor(node, p, q);
            return;
        }
        for (int p = 0; p < 3; ++p)
            if (phases >> p & 1) add_monitor(node, p, -1);
    }

    void monitor_customers() {
        for (const LinearNetwork::Customer& customer : net_.customers) {
            const auto k = static_cast<std::size_t>(customer.customer);
            add_monitors(customer.node, region_.customer.phases[k],
                         region_.customer.connection[k] == Connection::delta);
        }
    }

    void monitor_all() {
        monitor_customers();
        for (std::int32_t node = 1; node < tree_.size(); ++node) {
            const auto i = static_cast<std::size_t>(node);
            if (tree_.closes[i] < 0)
                add_monitors(node, region_.bus.phases[static_cast<std::size_t>(tree_.bus[i])], false);
        }
    }

    void add_thermals(std::int32_t node) {
        for (const std::int64_t branch : edge_branches(node)) {
            const auto k = static_cast<std::size_t>(branch);
            const double amperes = region_.branch.rating_current[k], total = region_.branch.rating_power[k];
            if (!std::isnan(amperes)) add_phase_thermals(node, branch, amperes);
            if (!std::isnan(total)) add_total_thermals(node, branch, total);
        }
    }

    /// Ampere rating: one row per phase at the sending end, kVA at the base voltage there.
    void add_phase_thermals(std::int32_t node, std::int64_t branch, double amperes) {
        const Node& below = net_.nodes[static_cast<std::size_t>(node)];
        const Node& above = net_.nodes[static_cast<std::size_t>(below.parent)];
        const auto coils = branch_currents(region_, edge_branches(node), branch, above.bus, taps_);
        const PhaseVector charging = charging_power(region_, branch, above);
        for (int p = 0; p < 3; ++p) {
            // Power entering at phase p of the sending end: V_p conj(I_from,p).
            PhaseVector functional = PhaseVector::Zero();
            for (Eigen::Index row = 0; row < coils.currents.rows(); ++row)
                functional += coils.sending(row, p) * above.flat[p] * coils.currents.row(row).transpose();
            if (functional.cwiseAbs().maxCoeff() == 0) continue;
            net_.thermals.push_back({node, functional, -charging[p], amperes * base_voltage(below.parent), branch,
                                     above.bus, RowKind::branch_phase, std::string(1, "abc"[p])});
        }
    }

    /// Total kVA of the branch; for transformers and regulators also its equal share for every winding.
    void add_total_thermals(std::int32_t node, std::int64_t branch, double total) {
        const Node& below = net_.nodes[static_cast<std::size_t>(node)];
        const Node& above = net_.nodes[static_cast<std::size_t>(below.parent)];
        const auto coils = branch_currents(region_, edge_branches(node), branch, above.bus, taps_);
        PhaseVector sum = PhaseVector::Zero();
        const Eigen::Index count = coils.currents.rows();
        for (Eigen::Index row = 0; row < count; ++row) {
            const Complex voltage = (coils.voltages.row(row).cast<Complex>() * below.flat)(0);
            const PhaseVector functional = voltage * coils.currents.row(row).transpose();
            sum += functional;
            if (count > 1 && region_.branch.transformer[static_cast<std::size_t>(branch)] >= 0)
                add_winding({node, functional, Complex{}, total / static_cast<double>(count), branch, above.bus,
                             RowKind::winding, coil_name(coils.voltages, row)});
        }
        net_.thermals.push_back({node, sum, -charging_power(region_, branch, above).sum(), total, branch, above.bus,
                                 RowKind::branch_total, phase_names(coils.voltages)});
    }

    /// Coils that are alike are one limit.
    void add_winding(LinearNetwork::Thermal winding) {
        const auto last = net_.thermals.rbegin();
        const auto of_others = std::find_if(last, net_.thermals.rend(), [&](const LinearNetwork::Thermal& other) {
            return other.branch != winding.branch;
        });
        const bool known = std::any_of(last, of_others, [&](const LinearNetwork::Thermal& other) {
            return other.kind == RowKind::winding && other.phases == winding.phases;
        });
        if (!known) net_.thermals.push_back(std::move(winding));
    }

    static std::string coil_name(const BranchCurrents::Rows& voltages, Eigen::Index row) {
        std::string name;
        for (int p = 0; p < 3; ++p)
            if (voltages(row, p) != 0) name += "abc"[p];
        return name;
    }
    static std::string phase_names(const BranchCurrents::Rows& voltages) {
        std::string name;
        for (int p = 0; p < 3; ++p)
            if (voltages.col(p).cwiseAbs().sum() != 0) name += "abc"[p];
        return name;
    }

    const Region& region_;
    std::int64_t feeder_;
    const FeederTree& tree_;
    TapPositions taps_;
    LinearNetwork net_;
    std::vector<char> three_wire_;         ///< [#node]
    std::vector<std::uint8_t> monitored_;  ///< [#node] bits 0 to 2 phases, 3 to 5 pairs ab, bc, ca
};

}  // namespace

LinearNetwork build_three_phase(const Region& region, std::int64_t feeder, const FeederTree& tree,
                                Monitoring monitoring, TapPositions taps) {
    return ThreePhaseBuilder(region, feeder, tree, taps).build(monitoring);
}

}  // namespace headroom
