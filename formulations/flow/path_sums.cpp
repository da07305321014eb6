#include "formulations/flow/path_sums.hpp"

namespace headroom {

PathSums::PathSums(const LinearNetwork& net)
    : net_(net),
      plain_(net.nodes.size()),
      subtree_end_(net.nodes.size()),
      functional_(net.nodes.size(), PhaseVector::Zero()) {
    for (std::size_t i = net.nodes.size(); i-- > 0;) {
        plain_[i] = i > 0 && net.nodes[i].edge.turns == TurnsMatrix::Identity() ? 1 : 0;
        subtree_end_[i] = std::max(subtree_end_[i], static_cast<std::int32_t>(i + 1));
        if (i == 0) break;
        auto& above = subtree_end_[static_cast<std::size_t>(net.nodes[i].parent)];
        above = std::max(above, subtree_end_[i]);
    }
}

const std::vector<PhaseVector>& PathSums::voltage(std::int32_t node, const PhaseVector& m) {
    // g on the path, from the monitored node up; F from the slack bus down. Subtrees off the path copy or transform.
    std::vector<std::int32_t> path;
    std::vector<PhaseVector> g;
    PhaseVector at = m;
    for (std::int32_t i = node; i > 0; i = net_.nodes[static_cast<std::size_t>(i)].parent) {
        path.push_back(i);
        g.push_back(at);
        at = net_.nodes[static_cast<std::size_t>(i)].edge.turns.transpose() * at;
    }
    functional_[0].setZero();
    for (std::size_t i = 1; i < functional_.size(); ++i) {
        const auto& node_i = net_.nodes[i];
        const PhaseVector& above = functional_[static_cast<std::size_t>(node_i.parent)];
        if (plain_[i] != 0)
            functional_[i] = above;
        else
            functional_[i] = node_i.edge.turns * above;
        if (!path.empty() && path.back() == static_cast<std::int32_t>(i)) {
            functional_[i] += node_i.edge.impedance.transpose() * g.back();
            path.pop_back();
            g.pop_back();
        }
    }
    return functional_;
}

const std::vector<PhaseVector>& PathSums::flow(std::int32_t node, const PhaseVector& functional) {
    for (auto& f : functional_) f.setZero();
    functional_[static_cast<std::size_t>(node)] = functional;
    for (std::int32_t i = node + 1; i < subtree_end_[static_cast<std::size_t>(node)]; ++i) {
        const auto& node_i = net_.nodes[static_cast<std::size_t>(i)];
        functional_[static_cast<std::size_t>(i)] =
            node_i.edge.turns * functional_[static_cast<std::size_t>(node_i.parent)];
    }
    return functional_;
}

}  // namespace headroom
