#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "solver/integer/integer_proof.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom {

/// What a branch and bound writes down of its tree while it works, to be a proof at the end. Integers are numbered by
/// their place in the caller's list, k. Where nothing is recorded every call is without effect.
class ProofTree {
public:
    using Multipliers = IntegerProof::Multipliers;
    struct Box {
        double lower, upper;
    };
    static constexpr std::int32_t root = 0;

    /// @param size_max  nodes and multipliers in all; beyond it nothing is recorded any more. 0: nothing is
    ProofTree(const std::vector<int>& integer, std::int64_t size_max);

    /// The boxes of the root, before anything is split. @param whole  [#integer]
    void begin(std::vector<Box> whole) { whole_ = std::move(whole); }
    /// Of the last linear program.
    Multipliers taken(const DualSimplex& simplex) const;
    std::int32_t keep(Multipliers multipliers);

    /// Nothing in the box of `node` is below `bound`, as these multipliers say (no_bound: nothing fits).
    void close(std::int32_t node, std::int32_t multipliers, double bound);
    /// Parts the box at floor of integer k. @return its lower and upper part, which know what the node knows
    std::pair<std::int32_t, std::int32_t> split(std::int32_t node, std::size_t k, double floor);
    /// Parts it and closes one side. @return the other one
    std::int32_t cut(std::int32_t node, std::size_t k, double floor, bool closes_upper, std::int32_t multipliers,
                     double bound);
    /// The same with the root, above all that was split: what is closed there is closed in the whole tree.
    void cut_root(std::size_t k, double floor, bool closes_upper, std::int32_t multipliers);

    /// What proves `bound`: nodes that need not be split for it are not.
    std::optional<IntegerProof> proof(double bound) const;

private:
    struct Node {
        double bound = -no_bound;
        std::int32_t multipliers = -1;
        std::int32_t down = -1, up = -1;  ///< -1: not split
        std::int32_t k = -1;
        double floor = 0;
    };
    struct Cut {
        std::size_t k;
        double floor;
        bool closes_upper;
        std::int32_t multipliers;
    };
    class Writer;
    bool grow(std::size_t more);

    std::vector<int> integer_;
    std::int64_t size_max_, size_ = 0;
    bool records_;
    std::vector<Box> whole_;
    std::vector<Node> nodes_;
    std::vector<Cut> cuts_;
    std::vector<Multipliers> kept_;
};

}  // namespace headroom
