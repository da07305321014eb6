#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "solver/integer/branch_and_bound.hpp"
#include "solver/integer/proof_tree.hpp"
#include "solver/integer/pseudo_costs.hpp"
#include "solver/integer/search_tree.hpp"

namespace headroom {

/// The state and the steps of branch_and_bound. Integers are numbered by their place in the caller's list, k.
class IntegerSearch {
public:
    IntegerSearch(const ConvexProblem& problem, const std::vector<int>& integer, const IntegerSettings& settings);
    IntegerAnswer run();

private:
    /// What to branch on: an integer and the larger value of its lower part.
    struct Branch {
        enum class Kind { on, none, tightened, dead } kind = Kind::none;
        std::size_t k = 0;
        double floor = 0, fraction = 0;
    };
    using Box = ProofTree::Box;

    // integer_search.cpp: the tree
    void plunge(std::int64_t node);
    bool solve_node(double& bound);
    std::int64_t branch(std::int64_t node, const Branch& branch, double bound);
    void go_to(std::int64_t node);
    IntegerAnswer finish();
    /// A part of the tree in which nothing is below `bound` is not looked at: nothing there is better, or (give_up) the
    /// linear program did not end.
    void close(double bound) { closed_ = std::min(closed_, bound); }
    void give_up(double bound) { unresolved_ = std::min(unresolved_, bound); }

    // integer_point.cpp: points
    double gap() const;
    double cutoff() const { return answer_.has_point ? answer_.objective - gap() : no_bound; }
    bool try_values(std::span<const double> value);
    void try_roundings(bool all);
    bool make_exact();
    void keep_point();
    void fix_globally();
    void fix_here();

    // integer_branching.cpp: choice
    Branch choose(std::int64_t& node, double bound);
    Branch unfixed() const;
    Branch probe(std::int64_t& node, const Branch& candidate, double bound, double& score);
    /// One side of an integer: nothing is below `bound` there, as the multipliers say.
    struct Side {
        double bound;
        ProofTree::Multipliers multipliers;
    };
    Side probed(std::size_t k, const Box& box, double bound);
    bool is_closed(double bound) const { return bound >= cutoff() || bound == no_bound; }

    void set_box(std::size_t k, const Box& box);

    DualSimplex simplex_;
    std::vector<int> integer_;
    IntegerSettings settings_;
    double objective_scale_ = 0;
    SearchTree tree_;
    PseudoCosts pseudo_costs_;
    IntegerAnswer answer_;
    std::vector<Box> whole_, here_;  ///< [#integer] of the root, of the node at work
    std::vector<double> x_, z_;      ///< [#integer] of the node at work
    std::vector<double> root_z_;     ///< [#integer]
    double root_bound_ = -no_bound;
    double own_bound_ =
        -no_bound;              ///< of the linear program of the node at work: the box may be larger than its parent's
    double closed_ = no_bound;  ///< least bound of what was closed by its bound
    double unresolved_ = no_bound;  ///< and of linear programs that did not end
    bool first_node_ = true, limit_reached_ = false;
    int last_branch_ = -1;  ///< integer that led here in this plunge, for pseudo-costs
    bool went_up_ = false;
    double distance_ = 0, parent_bound_ = 0;
    ProofTree proof_;
    std::int32_t proof_here_ = ProofTree::root;              ///< the node at work
    std::int32_t multipliers_ = -1, root_multipliers_ = -1;  ///< of its linear program, of the root's
    std::vector<double> rounded_;
    std::vector<Branch> candidates_;
};

}  // namespace headroom
