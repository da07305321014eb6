#include "formulations/network/feeder_tree.hpp"

#include <algorithm>
#include <span>

#include "formulations/network/parallel_branches.hpp"

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

using BranchRows = std::vector<std::size_t>;  ///< rows of /branch

/// Branches between two buses as edges, each of branches that do not run side by side, in the order of the file.
std::vector<BranchRows> independent_edges(const Region& region, std::span<const std::size_t> branches) {
    std::vector<BranchRows> edges;
    for (const std::size_t branch : branches) {
        bool placed = false;
        for (BranchRows& edge : edges) {
            edge.push_back(branch);
            placed = !circulating_branch(region, edge);
            if (placed) break;
            edge.pop_back();
        }
        if (!placed) edges.push_back({branch});
    }
    return edges;
}

class TreeBuilder {
public:
    TreeBuilder(const Region& region, std::int64_t feeder)
        : region_(region),
          bus0_(region.feeder.bus_offset[static_cast<std::size_t>(feeder)]),
          slack_(region.feeder.slack_bus[static_cast<std::size_t>(feeder)]),
          links_(adjacency(region, feeder)),
          found_from_(links_.start.size() - 1, not_found),
          depth_(found_from_.size(), 0),
          pushed_by_(found_from_.size(), not_found) {
        tree_.node_of_bus.assign(found_from_.size(), -1);
    }

    FeederTree build() {
        find_parents();
        struct Visit {
            std::int32_t bus, parent;
        };
        std::vector<Visit> stack{{slack_, -1}};
        while (!stack.empty()) {
            const auto [bus, parent] = stack.back();
            stack.pop_back();
            const std::int32_t node = tree_.size();
            tree_.node_of_bus[local(bus)] = node;
            if (parent < 0)
                add_node(bus, parent, {});
            else
                add_node(bus, parent, edges_between(tree_.bus[static_cast<std::size_t>(parent)], bus).front());
            add_closing_ends(node);
            // Reverse order of the file, so that the first branch is the first subtree.
            for (std::size_t e = link_end(bus); e-- > link_begin(bus);) {
                const std::int32_t other = other_end(e, bus);
                if (found_from_[local(other)] != bus || pushed_by_[local(other)] == bus) continue;
                pushed_by_[local(other)] = bus;
                stack.push_back({other, node});
            }
        }
        tree_.branch_start.push_back(static_cast<std::int32_t>(tree_.branches.size()));
        for (const auto& [end, bus] : closing_) tree_.closes[static_cast<std::size_t>(end)] = tree_.node_of_bus[bus];
        return std::move(tree_);
    }

private:
    static constexpr std::int32_t not_found = -1, is_slack = -2;

    std::size_t local(std::int32_t bus) const { return static_cast<std::size_t>(bus - bus0_); }
    std::size_t link_begin(std::int32_t bus) const { return static_cast<std::size_t>(links_.start[local(bus)]); }
    std::size_t link_end(std::int32_t bus) const { return static_cast<std::size_t>(links_.start[local(bus) + 1]); }
    std::int32_t other_end(std::size_t link, std::int32_t bus) const {
        const auto k = static_cast<std::size_t>(links_.branch[link]);
        return region_.branch.from_bus[k] == bus ? region_.branch.to_bus[k] : region_.branch.from_bus[k];
    }

    /// Breadth first.
    void find_parents() {
        found_from_[local(slack_)] = is_slack;
        std::vector<std::int32_t> queue{slack_};
        for (std::size_t head = 0; head < queue.size(); ++head) {
            const std::int32_t bus = queue[head];
            for (std::size_t e = link_begin(bus); e < link_end(bus); ++e) {
                const std::int32_t other = other_end(e, bus);
                if (found_from_[local(other)] != not_found) continue;
                found_from_[local(other)] = bus;
                depth_[local(other)] = depth_[local(bus)] + 1;
                queue.push_back(other);
            }
        }
    }

    std::vector<BranchRows> edges_between(std::int32_t bus, std::int32_t other) const {
        BranchRows branches;
        for (std::size_t e = link_begin(other); e < link_end(other); ++e)
            if (other_end(e, other) == bus) branches.push_back(static_cast<std::size_t>(links_.branch[e]));
        return branches.size() == 1 ? std::vector<BranchRows>{branches} : independent_edges(region_, branches);
    }

    std::int32_t add_node(std::int32_t bus, std::int32_t parent, const BranchRows& edge) {
        tree_.bus.push_back(bus);
        tree_.parent.push_back(parent);
        tree_.closes.push_back(-1);
        tree_.branch_start.push_back(static_cast<std::int32_t>(tree_.branches.size()));
        tree_.branches.insert(tree_.branches.end(), edge.begin(), edge.end());
        return tree_.size() - 1;
    }

    /// Ends of the branches that leave a node outside of the tree.
    void add_closing_ends(std::int32_t node) {
        const std::int32_t bus = tree_.bus[static_cast<std::size_t>(node)];
        std::vector<std::int32_t> seen;
        for (std::size_t e = link_begin(bus); e < link_end(bus); ++e) {
            const std::int32_t other = other_end(e, bus);
            if (std::find(seen.begin(), seen.end(), other) != seen.end()) continue;
            seen.push_back(other);
            if (depth_[local(other)] < depth_[local(bus)]) continue;
            const std::vector<BranchRows> edges = edges_between(bus, other);
            const std::size_t in_tree = found_from_[local(other)] == bus ? 1 : 0;
            for (std::size_t k = in_tree; k < edges.size(); ++k)
                if (sends(bus, other, edges[k])) closing_.emplace_back(add_node(other, node, edges[k]), local(other));
        }
    }

    /// Whether a bus, no farther from the slack bus than the other, is the sending end of an edge between them.
    bool sends(std::int32_t bus, std::int32_t other, const BranchRows& edge) const {
        return depth_[local(bus)] < depth_[local(other)] || region_.branch.from_bus[edge.front()] == bus;
    }

    const Region& region_;
    std::int64_t bus0_;
    std::int32_t slack_;
    Adjacency links_;
    FeederTree tree_;
    std::vector<std::int32_t> found_from_;                       ///< [#bus] the bus that found it, breadth first
    std::vector<std::int32_t> depth_;                            ///< [#bus] edges to the slack bus
    std::vector<std::int32_t> pushed_by_;                        ///< [#bus]
    std::vector<std::pair<std::int32_t, std::size_t>> closing_;  ///< (node, bus of the feeder)
};

}  // namespace

FeederTree feeder_tree(const Region& region, std::int64_t feeder) { return TreeBuilder(region, feeder).build(); }

}  // namespace headroom
