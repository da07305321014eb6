#include "io/import/opendss/dead_conductors.hpp"

#include <map>

#include <Eigen/LU>

namespace headroom::opendss {
namespace {

/// What the conductors of lines join to a node.
struct Ends {
    int count = 0;
    std::vector<BusNode> others;
};

std::map<BusNode, Ends> conductor_ends(const std::vector<LineModel>& lines) {
    std::map<BusNode, Ends> result;
    const auto add = [&](const BusNode& node, const BusNode& other) {
        Ends& ends = result[node];
        ++ends.count;
        ends.others.push_back(other);
    };
    for (const LineModel& line : lines)
        for (std::size_t k = 0; k < line.from.nodes.size(); ++k) {
            const BusNode from{line.from.bus, line.from.nodes[k]}, to{line.to.bus, line.to.nodes[k]};
            if (from.second > 3) add(from, to);
            if (to.second > 3) add(to, from);
        }
    return result;
}

}  // namespace

std::set<BusNode> dead_nodes(const std::vector<LineModel>& lines, const BusTable& buses) {
    const std::map<BusNode, Ends> nodes = conductor_ends(lines);
    std::set<BusNode> dead;
    for (const auto& [node, ends] : nodes) dead.insert(node);
    std::vector<BusNode> alive;
    const auto revive = [&](const BusNode& node) {
        if (dead.erase(node) > 0) alive.push_back(node);
    };
    for (const auto& [node, ends] : nodes) {
        bool leads_somewhere = buses.uses(node.first, node.second) > ends.count;
        for (const BusNode& other : ends.others) leads_somewhere = leads_somewhere || other.second <= 3;
        if (leads_somewhere) revive(node);
    }
    while (!alive.empty()) {
        const BusNode node = alive.back();
        alive.pop_back();
        for (const BusNode& other : nodes.at(node).others) revive(other);
    }
    return dead;
}

LineModel without_dead_conductors(const LineModel& line, const std::set<BusNode>& dead) {
    std::vector<int> kept, dropped;
    for (std::size_t k = 0; k < line.from.nodes.size(); ++k)
        (dead.contains({line.from.bus, line.from.nodes[k]}) ? dropped : kept).push_back(static_cast<int>(k));
    if (kept.empty() || dropped.empty()) return line;
    LineModel result = line;
    result.z = line.z(kept, kept);
    result.b = line.b(kept, kept);
    if (const Eigen::FullPivLU<Eigen::MatrixXd> own(line.b(dropped, dropped)); own.isInvertible())
        result.b -= line.b(kept, dropped) * own.solve(line.b(dropped, kept).eval());
    result.from.nodes.clear();
    result.to.nodes.clear();
    for (const int k : kept) {
        result.from.nodes.push_back(line.from.nodes[static_cast<std::size_t>(k)]);
        result.to.nodes.push_back(line.to.nodes[static_cast<std::size_t>(k)]);
    }
    return result;
}

}  // namespace headroom::opendss
