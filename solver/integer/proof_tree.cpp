#include "solver/integer/proof_tree.hpp"

namespace headroom {

ProofTree::ProofTree(const std::vector<int>& integer, std::int64_t size_max)
    : integer_(integer), size_max_(size_max), records_(size_max > 0), nodes_(1) {}

/// False: nothing is recorded.
bool ProofTree::grow(std::size_t more) {
    size_ += static_cast<std::int64_t>(more);
    records_ = records_ && size_ <= size_max_;
    return records_;
}

ProofTree::Multipliers ProofTree::taken(const DualSimplex& simplex) const {
    Multipliers found;
    if (!records_) return found;
    found.is_ray = simplex.status() == ConvexStatus::primal_infeasible;
    const std::span<const double> y = simplex.y();
    for (std::size_t r = 0; r < y.size(); ++r)
        if (y[r] != 0) {
            found.row.push_back(static_cast<std::int32_t>(r));
            found.y.push_back(y[r]);
        }
    return found;
}

std::int32_t ProofTree::keep(Multipliers multipliers) {
    // Where bounds or sides cross there is no ray: of a box that a cut of the root has left nothing of.
    if (multipliers.is_ray && multipliers.row.empty()) return -1;
    if (!grow(multipliers.row.size())) return -1;
    kept_.push_back(std::move(multipliers));
    return static_cast<std::int32_t>(kept_.size()) - 1;
}

void ProofTree::close(std::int32_t node, std::int32_t multipliers, double bound) {
    if (!records_ || bound <= nodes_[node].bound) return;
    nodes_[node].bound = bound;
    nodes_[node].multipliers = multipliers;
}

std::pair<std::int32_t, std::int32_t> ProofTree::split(std::int32_t node, std::size_t k, double floor) {
    if (!grow(2)) return {-1, -1};
    const Node known{.bound = nodes_[node].bound, .multipliers = nodes_[node].multipliers};
    const auto down = static_cast<std::int32_t>(nodes_.size());
    nodes_.insert(nodes_.end(), 2, known);
    nodes_[node].down = down;
    nodes_[node].up = down + 1;
    nodes_[node].k = static_cast<std::int32_t>(k);
    nodes_[node].floor = floor;
    return {down, down + 1};
}

std::int32_t ProofTree::cut(std::int32_t node, std::size_t k, double floor, bool closes_upper, std::int32_t multipliers,
                            double bound) {
    const auto [down, up] = split(node, k, floor);
    close(closes_upper ? up : down, multipliers, bound);
    return closes_upper ? down : up;
}

void ProofTree::cut_root(std::size_t k, double floor, bool closes_upper, std::int32_t multipliers) {
    if (grow(2)) cuts_.push_back({k, floor, closes_upper, multipliers});
}

/// Writes the nodes that are needed, parents first.
class ProofTree::Writer {
public:
    Writer(const ProofTree& tree, double bound) : tree_(tree), bound_(bound), place_(tree.kept_.size(), -1) {}

    std::optional<IntegerProof> write() {
        proof_.nodes.emplace_back();
        std::int32_t at = 0;
        if (tree_.nodes_[root].bound < bound_)
            for (const Cut& cut : tree_.cuts_) at = write_cut(at, cut);
        waiting_.emplace_back(root, at);
        while (!waiting_.empty()) {
            const auto [node, written] = waiting_.back();
            waiting_.pop_back();
            visit(node, written);
        }
        return is_whole_ ? std::optional(std::move(proof_)) : std::nullopt;
    }

private:
    /// The interval of an integer in the box of a written node.
    Box interval(std::int32_t at, std::size_t k) const {
        for (; proof_.nodes[at].parent >= 0; at = proof_.nodes[at].parent)
            if (proof_.nodes[at].variable == tree_.integer_[k]) return {proof_.nodes[at].lower, proof_.nodes[at].upper};
        return tree_.whole_[k];
    }

    std::int32_t add(std::int32_t parent, std::size_t k, double lower, double upper) {
        proof_.nodes.push_back({parent, tree_.integer_[k], lower, upper});
        return static_cast<std::int32_t>(proof_.nodes.size()) - 1;
    }

    void close(std::int32_t at, std::int32_t multipliers) {
        if (multipliers < 0) {
            is_whole_ = false;
            return;
        }
        if (place_[multipliers] < 0) {
            place_[multipliers] = static_cast<std::int32_t>(proof_.multipliers.size());
            proof_.multipliers.push_back(tree_.kept_[multipliers]);
        }
        proof_.nodes[at].multipliers = place_[multipliers];
    }

    std::int32_t write_cut(std::int32_t at, const Cut& cut) {
        const Box box = interval(at, cut.k);
        const std::int32_t down = add(at, cut.k, box.lower, cut.floor), up = add(at, cut.k, cut.floor + 1, box.upper);
        close(cut.closes_upper ? up : down, cut.multipliers);
        return cut.closes_upper ? down : up;
    }

    /// A node of the tree in the box of the written one; a part that a cut of the root leaves nothing of is passed by.
    void visit(std::int32_t index, std::int32_t at) {
        const Node& node = tree_.nodes_[index];
        if (node.bound >= bound_ || node.down < 0) return close(at, node.multipliers);
        const auto k = static_cast<std::size_t>(node.k);
        const Box box = interval(at, k);
        if (box.upper <= node.floor) return waiting_.emplace_back(node.down, at), void();
        if (box.lower > node.floor) return waiting_.emplace_back(node.up, at), void();
        waiting_.emplace_back(node.up, add(at, k, node.floor + 1, box.upper));
        waiting_.emplace_back(node.down, add(at, k, box.lower, node.floor));
    }

    const ProofTree& tree_;
    double bound_;
    std::vector<std::int32_t> place_;
    std::vector<std::pair<std::int32_t, std::int32_t>> waiting_;  ///< node of the tree, written node
    IntegerProof proof_;
    bool is_whole_ = true;
};

std::optional<IntegerProof> ProofTree::proof(double bound) const {
    if (!records_) return std::nullopt;
    return Writer(*this, bound).write();
}

}  // namespace headroom
