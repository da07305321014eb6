#include "formulations/flow/ac_reduction.hpp"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

/// Buses as a graph that loses its links and dead ends one after the other.
class Peeling {
public:
    Peeling(const AcNetwork& net, std::span<const std::int32_t> kept_buses)
        : net_(net), driven_(static_cast<std::size_t>(free_count()), 0) {
        std::int32_t buses = 0;
        for (const AcTerminals::Place& place : net.terminals.place) buses = std::max(buses, local(place) + 1);
        neighbours_.resize(static_cast<std::size_t>(buses));
        kept_.assign(neighbours_.size(), 0);
        mark_driven();
        terminal_count_.resize(net.terminals.place.size());
        for (const std::int32_t node : net.terminals.node)
            if (node >= 0) ++terminal_count_[node];
        for (const std::int32_t bus : kept_buses) keep(bus);
        connect();
    }

    AcReduction run() {
        std::vector<std::int32_t> queue;
        for (std::size_t bus = 0; bus < kept_.size(); ++bus) queue.push_back(static_cast<std::int32_t>(bus));
        for (std::size_t head = 0; head < queue.size(); ++head) remove(queue[head], queue);
        std::vector<char> waits(driven_.size(), 0);
        for (std::int32_t node = 0; node < free_count(); ++node) {
            const std::int32_t bus = bus_of(node);
            const bool dead_end = neighbours_[bus].size() <= 1;
            waits[node] = removed(bus) || (dead_end && !driven_[node]);
        }
        return {std::move(waits), std::move(driven_)};
    }

private:
    std::int32_t free_count() const { return net_.terminals.free_count; }
    std::int32_t local(const AcTerminals::Place& place) const {
        return static_cast<std::int32_t>(place.bus - net_.terminals.bus_first);
    }
    std::int32_t bus_of(std::int32_t node) const { return local(net_.terminals.place[node]); }
    bool removed(std::int32_t bus) const { return kept_[bus] == gone; }

    void drive(std::int32_t node) {
        if (node >= free_count()) return;
        driven_[node] = 1;
        kept_[bus_of(node)] = kept;
    }

    void mark_driven() {
        for (const CustomerLeg& leg : net_.legs) {
            drive(leg.head);
            drive(leg.tail);
        }
        for (const ComplexEntry& entry : net_.slack_admittance()) drive(entry.i);
    }

    /// All nodes that a bus has, those that it shares through switches and star points too. What a switch of no
    /// impedance carries is told by the branches behind it: their other ends are kept as well.
    void keep(std::int32_t bus) {
        for (int c = 0; c < conductor_count; ++c)
            if (const std::int32_t node = net_.terminals.of(bus, c); node >= 0) {
                drive(node);
                if (is_shared(node)) drive_neighbours(node);
            }
        for (std::int32_t node = 0; node < free_count(); ++node)
            if (net_.terminals.place[node].bus == bus) drive(node);
    }

    /// Whether it joins terminals of several buses.
    bool is_shared(std::int32_t node) const { return terminal_count_[node] > 1; }

    void drive_neighbours(std::int32_t node) {
        for (const AcCurrent& current : net_.equations.currents) {
            if (current.node != node) continue;
            for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
                drive(net_.equations.terms[t].plus);
                drive(net_.equations.terms[t].minus);
            }
        }
    }

    void connect() {
        for (const ComplexEntry& entry : net_.admittance())
            if (const std::int32_t a = bus_of(entry.i), b = bus_of(entry.j); a != b) link(a, b);
    }

    void link(std::int32_t a, std::int32_t b) {
        if (std::find(neighbours_[a].begin(), neighbours_[a].end(), b) != neighbours_[a].end()) return;
        neighbours_[a].push_back(b);
        neighbours_[b].push_back(a);
    }

    void remove(std::int32_t bus, std::vector<std::int32_t>& queue) {
        if (kept_[bus] != undecided || neighbours_[bus].size() > 2) return;
        kept_[bus] = gone;
        for (const std::int32_t other : neighbours_[bus]) {
            std::erase(neighbours_[other], bus);
            queue.push_back(other);
        }
        if (neighbours_[bus].size() == 2) link(neighbours_[bus][0], neighbours_[bus][1]);
    }

    static constexpr char undecided = 0, kept = 1, gone = 2;
    const AcNetwork& net_;
    std::vector<char> driven_;         ///< [#free]
    std::vector<char> kept_;           ///< [#bus]
    std::vector<int> terminal_count_;  ///< [#node]
    std::vector<std::vector<std::int32_t>> neighbours_;
};

}  // namespace

AcReduction reduced(const AcNetwork& net, std::span<const std::int32_t> kept_buses) {
    return Peeling(net, kept_buses).run();
}

}  // namespace headroom
