#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// The nodes of a branch and bound and which of them wait. A node is its parent with other bounds of one variable.
class SearchTree {
public:
    struct Change {
        int variable = -1;  ///< in the search's own count, -1: none
        double lower = 0, upper = 0;
    };
    struct Node {
        double bound;
        std::int64_t parent;  ///< -1: the root
        Change change;
        std::int32_t proof;  ///< its node in a ProofTree, which may be in a smaller box than the changes say
    };

    std::int64_t add(std::int64_t parent, double bound, const Change& change, std::int32_t proof);
    const Node& node(std::int64_t index) const { return nodes_[index]; }
    void wait(std::int64_t index);
    bool has_waiting() const { return !waiting_.empty(); }
    double least_bound() const { return nodes_[waiting_.front()].bound; }  ///< of those that wait
    /// The waiting node of least bound, of equal ones the youngest.
    std::int64_t take();

private:
    bool worse(std::int64_t a, std::int64_t b) const;

    std::vector<Node> nodes_;
    std::vector<std::int64_t> waiting_;  ///< heap
};

}  // namespace headroom
