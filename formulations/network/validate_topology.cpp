#include <fmt/format.h>

#include <algorithm>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

constexpr unsigned no_phases = 0;

/// Closed branches between the same two buses of a feeder, taken as one edge.
struct Edge {
    std::size_t low, high;              ///< buses, counted inside the feeder, low < high
    std::vector<std::size_t> branches;  ///< rows of /branch, ascending
};

class Topology {
public:
    Topology(const Region& region, std::size_t feeder, FaultList& faults)
        : region_(region),
          faults_(faults),
          feeder_(feeder),
          bus_first_(static_cast<std::size_t>(region.feeder.bus_offset[feeder])),
          bus_count_(static_cast<std::size_t>(region.feeder.bus_offset[feeder + 1]) - bus_first_) {}

    void check() {
        gather_edges();
        energise();
        check_customers();
    }

private:
    std::size_t local(std::int32_t bus) const { return static_cast<std::size_t>(bus) - bus_first_; }

    void gather_edges() {
        std::vector<std::pair<std::pair<std::size_t, std::size_t>, std::size_t>> keyed;
        for (auto row = region_.feeder.branch_offset[feeder_]; row < region_.feeder.branch_offset[feeder_ + 1]; ++row) {
            const auto i = static_cast<std::size_t>(row);
            if (!region_.branch.closed[i]) continue;
            keyed.emplace_back(std::minmax({local(region_.branch.from_bus[i]), local(region_.branch.to_bus[i])}), i);
        }
        std::sort(keyed.begin(), keyed.end());
        for (const auto& [ends, branch] : keyed) {
            if (edges_.empty() || std::pair(edges_.back().low, edges_.back().high) != ends)
                edges_.push_back({ends.first, ends.second, {}});
            edges_.back().branches.push_back(branch);
        }
        touching_.resize(bus_count_);
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            touching_[edges_[e].low].push_back(e);
            touching_[edges_[e].high].push_back(e);
        }
    }

    bool is_transformer(std::size_t branch) const { return region_.branch.transformer[branch] >= 0; }

    /// Walks from the slack bus along closed branches and notes which phases arrive where.
    void energise() {
        supplied_.assign(bus_count_, no_phases);
        reached_.assign(bus_count_, false);
        bool loops = false;
        std::vector<bool> walked(edges_.size(), false);
        const std::size_t slack = local(region_.feeder.slack_bus[feeder_]);
        std::vector<std::size_t> queue{slack};
        reached_[slack] = true;
        supplied_[slack] = region_.bus.phases[slack + bus_first_];
        for (std::size_t head = 0; head < queue.size(); ++head) {
            const std::size_t here = queue[head];
            for (const std::size_t e : touching_[here]) {
                if (walked[e]) continue;
                walked[e] = true;
                const std::size_t there = other_end(e, here);
                if (reached_[there]) {
                    loops = true;
                    continue;
                }
                reached_[there] = true;
                for (const std::size_t branch : edges_[e].branches) supplied_[there] |= arriving(branch, here);
                queue.push_back(there);
            }
        }
        if (loops) supply_from_all_sides();
    }

    std::size_t other_end(std::size_t edge, std::size_t bus) const {
        return edges_[edge].low == bus ? edges_[edge].high : edges_[edge].low;
    }

    /// In a loop a phase may come round the other way: without this, every customer behind would look unsupplied too.
    void supply_from_all_sides() {
        for (bool grows = true; grows;) {
            grows = false;
            for (const Edge& edge : edges_)
                for (const auto& [here, there] : {std::pair(edge.low, edge.high), std::pair(edge.high, edge.low)}) {
                    if (!reached_[here]) continue;
                    const unsigned before = supplied_[there];
                    for (const std::size_t branch : edge.branches) supplied_[there] |= arriving(branch, here);
                    grows = grows || supplied_[there] != before;
                }
        }
    }

    /// Phases that a branch brings to its other end, seen from bus `here`.
    unsigned arriving(std::size_t branch, std::size_t here) const {
        if (!is_transformer(branch)) return supplied_[here] & region_.branch.phases[branch];
        const auto type = static_cast<std::size_t>(region_.branch.transformer[branch]);
        const bool forward = local(region_.branch.from_bus[branch]) == here;
        const auto& near = forward ? region_.transformer.from_coil[type] : region_.transformer.to_coil[type];
        const auto& far = forward ? region_.transformer.to_coil[type] : region_.transformer.from_coil[type];
        unsigned phases = no_phases;
        for (std::size_t k = 0; k < near.size(); ++k) {
            const unsigned needed = terminal_bits({near[k], {-1, -1}, {-1, -1}}) & phase::abc;
            if ((needed & ~supplied_[here]) == 0) phases |= terminal_bits({far[k], {-1, -1}, {-1, -1}});
        }
        return phases;
    }

    void check_customers() {
        const CustomerColumns& customer = region_.customer;
        for (auto row = region_.feeder.customer_offset[feeder_]; row < region_.feeder.customer_offset[feeder_ + 1];
             ++row) {
            const auto i = static_cast<std::size_t>(row);
            const std::size_t bus = local(customer.bus[i]);
            if (!reached_[bus]) {
                if (customer.active[i])
                    faults_.add("/customer/bus", row,
                                fmt::format("bus '{}' is not connected to the slack bus, and the customer is active",
                                            region_.bus.id[bus + bus_first_]),
                                "customer", customer.id[i]);
            } else if (customer.phases[i] & region_.bus.phases[bus + bus_first_] & ~supplied_[bus]) {
                faults_.add("/customer/phases", row,
                            fmt::format("phases {} reach bus '{}' from the slack bus, the customer uses {}",
                                        phase_words(supplied_[bus]), region_.bus.id[bus + bus_first_],
                                        phase_words(customer.phases[i])),
                            "customer", customer.id[i]);
            }
        }
    }

    const Region& region_;
    FaultList& faults_;
    std::size_t feeder_, bus_first_, bus_count_;
    std::vector<Edge> edges_;
    std::vector<std::vector<std::size_t>> touching_;  ///< [#bus] edges
    std::vector<unsigned> supplied_;                  ///< [#bus] phases that arrive from the slack bus
    std::vector<bool> reached_;                       ///< [#bus]
};

}  // namespace

void check_topology(const Region& region, std::size_t feeder, FaultList& faults) {
    Topology(region, feeder, faults).check();
}

}  // namespace headroom
