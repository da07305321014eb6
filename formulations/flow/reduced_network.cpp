#include "formulations/flow/reduced_network.hpp"

#include <algorithm>

namespace headroom {
namespace {

using Node = LinearNetwork::Node;

class Reducer {
public:
    explicit Reducer(const LinearNetwork& full)
        : full_(full),
          count_(full.nodes.size()),
          needed_(count_, 0),
          kept_(count_, 0),
          next_kept_(count_, -1),
          to_next_(count_, TurnsMatrix::Identity()) {}

    ReducedNetwork run() {
        mark_kept();
        find_next_kept();
        add_nodes();
        move_parts();
        move_thermals();
        drop_dominated_thermals();
        result_.net.model = full_.model;
        return std::move(result_);
    }

private:
    const Node& node(std::size_t i) const { return full_.nodes[i]; }
    std::size_t parent(std::size_t i) const { return static_cast<std::size_t>(node(i).parent); }

    void mark_kept() {
        kept_[0] = needed_[0] = 1;
        for (const auto& customer : full_.customers) kept_[static_cast<std::size_t>(customer.node)] = 1;
        for (const auto& monitor : full_.monitors) kept_[static_cast<std::size_t>(monitor.node)] = 1;
        for (const auto& closure : full_.closures)
            kept_[static_cast<std::size_t>(closure.end)] = kept_[static_cast<std::size_t>(closure.node)] = 1;
        for (const auto& entry : full_.entries) kept_[static_cast<std::size_t>(entry.node)] = 1;
        std::vector<int> needed_children(count_, 0);
        for (std::size_t i = count_; i-- > 1;) {
            if (kept_[i] != 0 || needed_children[i] > 0) needed_[i] = 1, ++needed_children[parent(i)];
            if (needed_children[i] > 1) kept_[i] = 1;
        }
    }

    /// For every needed node: the first kept node at or below it on its chain, and the turns on the way there.
    void find_next_kept() {
        for (std::size_t i = count_; i-- > 1;) {
            if (kept_[i] != 0) {
                next_kept_[i] = static_cast<std::int32_t>(i);
                to_next_[i] = TurnsMatrix::Identity();
            }
            if (needed_[i] == 0 || kept_[parent(i)] != 0) continue;
            next_kept_[parent(i)] = next_kept_[i];
            to_next_[parent(i)] = to_next_[i] * node(i).edge.turns;
        }
        next_kept_[0] = 0;
    }

    /// Merges along the tree by (1): `along` and `series` lead from the last kept bus above to node i.
    void add_nodes() {
        std::vector<TurnsMatrix> along(count_, TurnsMatrix::Identity());
        std::vector<PhaseMatrix> series(count_, PhaseMatrix::Zero());
        std::vector<std::int32_t> above(count_, 0);
        result_.expansion.resize(count_);
        result_.reduced_node.assign(count_, -1);
        add_node(0, -1, EdgeModel{});
        result_.expansion[0] = {0, -1, TurnsMatrix::Identity(), PhaseMatrix::Zero()};
        for (std::size_t i = 1; i < count_; ++i) {
            const std::size_t p = parent(i);
            const EdgeModel& edge = node(i).edge;
            above[i] = kept_[p] != 0 ? result_.reduced_node[p] : above[p];
            if (needed_[i] == 0) {
                extend_dead_end(i, p, edge);
                continue;
            }
            along[i] = kept_[p] != 0 ? edge.turns : TurnsMatrix(edge.turns * along[p]);
            series[i] = edge.impedance;
            if (kept_[p] == 0) series[i] += edge.turns * series[p] * edge.turns.transpose();
            if (kept_[i] != 0) add_node(i, above[i], {along[i], series[i]});
            result_.expansion[i] = {above[i], -1, along[i], series[i] * to_next_[i].transpose()};
        }
        for (std::size_t i = 1; i < count_; ++i)
            if (needed_[i] != 0)
                result_.expansion[i].child = result_.reduced_node[static_cast<std::size_t>(next_kept_[i])];
            else
                result_.expansion[i].child = dead_end_child(i);
    }

    void add_node(std::size_t i, std::int32_t reduced_parent, const EdgeModel& edge) {
        result_.reduced_node[i] = static_cast<std::int32_t>(result_.net.nodes.size());
        Node reduced = node(i);
        reduced.parent = reduced_parent;
        reduced.edge = edge;
        result_.net.nodes.push_back(std::move(reduced));
        result_.net.shunt_voltage_rise.push_back(full_.shunt_voltage_rise[i]);
    }

    /// A dead end follows the voltage of the bus it hangs on.
    void extend_dead_end(std::size_t i, std::size_t p, const EdgeModel& edge) {
        if (kept_[p] != 0) {
            result_.expansion[i] = {result_.reduced_node[p], -1, edge.turns, PhaseMatrix::Zero()};
        } else {
            const auto& base = result_.expansion[p];
            result_.expansion[i] = {base.parent, -1, edge.turns * base.along, edge.turns * base.drop};
        }
    }
    std::int32_t dead_end_child(std::size_t i) const {
        const std::size_t p = parent(i);
        return kept_[p] != 0 ? -1 : result_.expansion[p].child;
    }

    std::int32_t reduced(std::int32_t original) const {
        return result_.reduced_node[static_cast<std::size_t>(original)];
    }

    /// What stands at one kept node.
    template <class Part> std::vector<Part> moved(std::vector<Part> parts) const {
        for (Part& part : parts) part.node = reduced(part.node);
        return parts;
    }

    void move_parts() {
        result_.net.customers = moved(full_.customers);
        result_.net.monitors = moved(full_.monitors);
        result_.net.entries = moved(full_.entries);
        result_.net.closures = moved(full_.closures);
        for (LinearNetwork::Closure& closure : result_.net.closures) closure.end = reduced(closure.end);
    }

    void move_thermals() {
        for (LinearNetwork::Thermal thermal : full_.thermals) {
            const auto i = static_cast<std::size_t>(thermal.node);
            if (needed_[i] == 0) continue;
            thermal.functional = to_next_[i] * thermal.functional;
            thermal.node = reduced(next_kept_[i]);
            result_.net.thermals.push_back(std::move(thermal));
        }
    }

    /// Of currents of conductors: those of a chain are the same in AC too. Powers are not, and no power is what a
    /// current is at the base voltage.
    static bool same_flow(const LinearNetwork::Thermal& a, const LinearNetwork::Thermal& b) {
        return a.node == b.node && a.kind == RowKind::branch_phase && b.kind == RowKind::branch_phase
               && (a.functional - b.functional).norm() <= 1e-12 * a.functional.norm()
               && std::abs(a.shunt_flow - b.shunt_flow) <= 1e-12 * std::abs(a.shunt_flow);
    }

    /// Currents of equal flow: the smallest limit holds the others. Chains are short, and theirs lie together.
    void drop_dominated_thermals() {
        auto& all = result_.net.thermals;
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
            return a.node != b.node ? a.node < b.node : a.limit < b.limit;
        });
        std::vector<LinearNetwork::Thermal> kept;
        std::size_t first_of_node = 0;
        for (LinearNetwork::Thermal& thermal : all) {
            if (kept.empty() || kept.back().node != thermal.node) first_of_node = kept.size();
            const bool dominated = std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(first_of_node), kept.end(),
                                               [&](const auto& other) { return same_flow(other, thermal); });
            if (!dominated) kept.push_back(std::move(thermal));
        }
        all = std::move(kept);
    }

    const LinearNetwork& full_;
    std::size_t count_;
    std::vector<char> needed_, kept_;
    std::vector<std::int32_t> next_kept_;
    std::vector<TurnsMatrix> to_next_;  ///< turns from node i down to its next kept node
    ReducedNetwork result_;
};

}  // namespace

ReducedNetwork reduce(const LinearNetwork& full) { return Reducer(full).run(); }

}  // namespace headroom
