#include "formulations/network/radial_tree.hpp"

#include <fmt/format.h>

namespace headroom {
namespace {

/// Closed branches by bus, as compressed rows.
struct Adjacency {
    std::vector<std::int32_t> start;
    std::vector<std::int64_t> branch;
};

Adjacency adjacency(const Region& region, std::int64_t feeder) {
    const auto f = static_cast<std::size_t>(feeder);
    const std::int64_t bus0 = region.feeder.bus_offset[f], bus1 = region.feeder.bus_offset[f + 1];
    const std::int64_t branch0 = region.feeder.branch_offset[f], branch1 = region.feeder.branch_offset[f + 1];
    const BranchColumns& branch = region.branch;
    Adjacency result{std::vector<std::int32_t>(static_cast<std::size_t>(bus1 - bus0) + 1, 0), {}};
    for (std::int64_t k = branch0; k < branch1; ++k) {
        if (branch.closed[static_cast<std::size_t>(k)] == 0) continue;
        ++result.start[static_cast<std::size_t>(branch.from_bus[static_cast<std::size_t>(k)] - bus0) + 1];
        ++result.start[static_cast<std::size_t>(branch.to_bus[static_cast<std::size_t>(k)] - bus0) + 1];
    }
    for (std::size_t b = 1; b < result.start.size(); ++b) result.start[b] += result.start[b - 1];
    result.branch.resize(static_cast<std::size_t>(result.start.back()));
    std::vector<std::int32_t> next = result.start;
    for (std::int64_t k = branch0; k < branch1; ++k) {
        if (branch.closed[static_cast<std::size_t>(k)] == 0) continue;
        for (const std::int32_t bus :
             {branch.from_bus[static_cast<std::size_t>(k)], branch.to_bus[static_cast<std::size_t>(k)]})
            result.branch[static_cast<std::size_t>(next[static_cast<std::size_t>(bus - bus0)]++)] = k;
    }
    return result;
}

class TreeBuilder {
public:
    TreeBuilder(const Region& region, std::int64_t feeder)
        : region_(region),
          feeder_(static_cast<std::size_t>(feeder)),
          bus0_(region.feeder.bus_offset[feeder_]),
          links_(adjacency(region, feeder)) {
        tree_.node_of_bus.assign(static_cast<std::size_t>(region.feeder.bus_offset[feeder_ + 1] - bus0_), -1);
        found_from_.assign(tree_.node_of_bus.size(), -1);
        found_from_[static_cast<std::size_t>(region.feeder.slack_bus[feeder_] - bus0_)] = 0;
    }

    RadialTree build() {
        struct Visit {
            std::int32_t bus, parent;
        };
        std::vector<Visit> stack{{region_.feeder.slack_bus[feeder_], -1}};
        while (!stack.empty()) {
            const Visit visit = stack.back();
            stack.pop_back();
            const std::int32_t node = add_node(visit.bus, visit.parent);
            // Reverse order of the file, so that the first branch is the first subtree.
            const auto at = static_cast<std::size_t>(visit.bus - bus0_);
            for (std::int32_t e = links_.start[at + 1] - 1; e >= links_.start[at]; --e) {
                const std::int32_t other = other_end(links_.branch[static_cast<std::size_t>(e)], visit.bus);
                if (visit.parent >= 0 && other == tree_.bus[static_cast<std::size_t>(visit.parent)]) continue;
                std::int32_t& found_from = found_from_[static_cast<std::size_t>(other - bus0_)];
                if (found_from == node) continue;  // another branch of the same edge
                if (found_from >= 0) throw_loop(links_.branch[static_cast<std::size_t>(e)]);
                found_from = node;
                stack.push_back({other, node});
            }
        }
        tree_.branch_start.push_back(static_cast<std::int32_t>(tree_.branches.size()));
        return std::move(tree_);
    }

private:
    std::int32_t other_end(std::int64_t branch, std::int32_t bus) const {
        const auto k = static_cast<std::size_t>(branch);
        return region_.branch.from_bus[k] == bus ? region_.branch.to_bus[k] : region_.branch.from_bus[k];
    }
    std::int32_t add_node(std::int32_t bus, std::int32_t parent) {
        const std::int32_t node = tree_.size();
        tree_.node_of_bus[static_cast<std::size_t>(bus - bus0_)] = node;
        tree_.bus.push_back(bus);
        tree_.parent.push_back(parent);
        tree_.branch_start.push_back(static_cast<std::int32_t>(tree_.branches.size()));
        if (parent < 0) return node;
        const std::int32_t parent_bus = tree_.bus[static_cast<std::size_t>(parent)];
        const auto at = static_cast<std::size_t>(bus - bus0_);
        for (std::int32_t e = links_.start[at]; e < links_.start[at + 1]; ++e)
            if (other_end(links_.branch[static_cast<std::size_t>(e)], bus) == parent_bus)
                tree_.branches.push_back(links_.branch[static_cast<std::size_t>(e)]);
        return node;
    }
    [[noreturn]] void throw_loop(std::int64_t branch) const {
        throw InvalidFeeder(fmt::format("branch '{}' closes a loop; linear flow models need a tree",
                                        region_.branch.id[static_cast<std::size_t>(branch)]));
    }

    const Region& region_;
    std::size_t feeder_;
    std::int64_t bus0_;
    Adjacency links_;
    RadialTree tree_;
    std::vector<std::int32_t> found_from_;  ///< [#bus] node that found the bus; 0 for the slack bus itself
};

}  // namespace

RadialTree radial_tree(const Region& region, std::int64_t feeder) { return TreeBuilder(region, feeder).build(); }

}  // namespace headroom
