#include "formulations/flow/merged_switches.hpp"

#include <algorithm>
#include <map>

namespace headroom {
namespace {

struct Terminal {
    std::int64_t bus;
    int conductor;
    auto operator<=>(const Terminal&) const = default;
};

/// The terminals that one node joins, as a graph of switch conductors.
class JoinedTerminals {
public:
    JoinedTerminals(const Region& region, const AcNetwork& net) : region_(region), net_(net) {
        const AcTerminals& terminals = net.terminals;
        for (std::size_t b = 0; b < terminals.merged.size(); ++b) {
            if (!terminals.merged[b]) continue;
            const std::int64_t branch = terminals.branch_first + static_cast<std::int64_t>(b);
            for (int c = 0; c < conductor_count; ++c) {
                if ((region.branch.phases[branch] >> c & 1) == 0) continue;
                if (terminals.of(region.branch.from_bus[branch], c) < 0) continue;
                edges_.push_back({branch, c});
            }
        }
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            touching_[from(e)].push_back(e);
            touching_[to(e)].push_back(e);
        }
    }

    std::vector<MergedCurrent> currents() const {
        std::vector<MergedCurrent> result;
        for (std::size_t e = 0; e < edges_.size(); ++e) result.push_back(current(e));
        return result;
    }

private:
    struct Edge {
        std::int64_t branch;
        int conductor;
    };
    Terminal from(std::size_t e) const { return {region_.branch.from_bus[edges_[e].branch], edges_[e].conductor}; }
    Terminal to(std::size_t e) const { return {region_.branch.to_bus[edges_[e].branch], edges_[e].conductor}; }

    /// Terminals reached from `start` without edge e.
    std::vector<Terminal> side(std::size_t e, Terminal start) const {
        std::vector<Terminal> reached{start};
        for (std::size_t head = 0; head < reached.size(); ++head)
            for (const std::size_t other : touching_.at(reached[head]))
                for (const Terminal& next : {from(other), to(other)})
                    if (other != e && std::find(reached.begin(), reached.end(), next) == reached.end())
                        reached.push_back(next);
        return reached;
    }

    MergedCurrent current(std::size_t e) const {
        const std::int32_t node = net_.terminals.of(from(e).bus, from(e).conductor);
        MergedCurrent result{edges_[e].branch, edges_[e].conductor, node, true, 1.0, {}, {}};
        std::vector<Terminal> counted = side(e, to(e));
        const auto has = [&](const Terminal& t) {
            return std::find(counted.begin(), counted.end(), t) != counted.end();
        };
        if (has(from(e))) {
            result.determined = false;
            return result;
        }
        // What the source gives is not known beforehand: sum the other side.
        if (has({region_.feeder.slack_bus[net_.feeder], edges_[e].conductor})) {
            counted = side(e, from(e));
            result.sign = -1.0;
        }
        for (std::size_t k = 0; k < net_.equations.currents.size(); ++k) {
            const AcCurrent& leaving = net_.equations.currents[k];
            if (leaving.conductor < conductor_count && has({leaving.bus, leaving.conductor}))
                result.currents.push_back(k);
        }
        for (std::size_t k = 0; k < net_.legs.size(); ++k) {
            const CustomerLeg& leg = net_.legs[k];
            const std::int64_t bus = region_.customer.bus[net_.customer_first + leg.customer];
            if ((leg.head == node || leg.tail == node) && has({bus, edges_[e].conductor})) result.legs.push_back(k);
        }
        return result;
    }

    const Region& region_;
    const AcNetwork& net_;
    std::vector<Edge> edges_;
    std::map<Terminal, std::vector<std::size_t>> touching_;
};

}  // namespace

std::vector<MergedCurrent> merged_currents(const Region& region, const AcNetwork& net) {
    return JoinedTerminals(region, net).currents();
}

}  // namespace headroom
