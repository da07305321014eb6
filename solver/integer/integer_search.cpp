// The tree of branch_and_bound: best bound first, then down one branch until it is closed.

#include "solver/integer/integer_search.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {

IntegerSearch::IntegerSearch(const ConvexProblem& problem, const std::vector<int>& integer,
                             const IntegerSettings& settings)
    : simplex_(problem, settings.simplex),
      integer_(integer),
      settings_(settings),
      pseudo_costs_(integer.size()),
      proof_(integer, settings.proof_size_max) {
    const ConvexValues& values = problem.values;
    for (int j = 0; j < problem.structure.variable_count; ++j)
        objective_scale_ += std::abs(values.linear[j]) * std::max(std::abs(values.lower[j]), std::abs(values.upper[j]));
    answer_.objective = no_bound;
    for (const int j : integer_) whole_.push_back({std::ceil(values.lower[j]), std::floor(values.upper[j])});
    here_ = whole_;
    proof_.begin(whole_);
    for (std::size_t k = 0; k < integer_.size(); ++k) set_box(k, whole_[k]);
    for (auto* all : {&x_, &z_, &root_z_, &rounded_}) all->assign(integer_.size(), 0.0);
}

IntegerAnswer IntegerSearch::run() {
    tree_.wait(tree_.add(-1, -no_bound, {}, ProofTree::root));
    while (tree_.has_waiting() && !limit_reached_) {
        const std::int64_t node = tree_.take();
        if (tree_.node(node).bound >= cutoff()) {
            // Those that wait are no better.
            close(tree_.node(node).bound);
            break;
        }
        go_to(node);
        plunge(node);
    }
    return finish();
}

void IntegerSearch::plunge(std::int64_t node) {
    last_branch_ = -1;
    proof_here_ = tree_.node(node).proof;
    for (bool begins = true;; begins = false) {
        double bound = tree_.node(node).bound;
        if (answer_.nodes >= settings_.node_max) {
            limit_reached_ = true;
            return tree_.wait(node);
        }
        if (!solve_node(bound)) return;
        if (begins) try_roundings(first_node_);
        first_node_ = false;
        if (bound >= cutoff()) return close(bound);
        fix_here();
        Branch choice = choose(node, bound);
        if (choice.kind == Branch::Kind::none) {
            const bool fits = make_exact();
            if (bound >= cutoff()) return close(bound);
            choice = unfixed();
            if (choice.kind == Branch::Kind::none) return fits ? close(bound) : give_up(bound);
        }
        if (choice.kind == Branch::Kind::dead) return;
        if (choice.kind == Branch::Kind::on) node = branch(node, choice, bound);
    }
}

/// False: the node is closed.
bool IntegerSearch::solve_node(double& bound) {
    ++answer_.nodes;
    const ConvexStatus status = simplex_.solve();
    answer_.iterations += simplex_.iterations();
    multipliers_ = proof_.keep(proof_.taken(simplex_));
    proof_.close(proof_here_, multipliers_, simplex_.bound());
    if (status == ConvexStatus::primal_infeasible) return false;
    own_bound_ = simplex_.bound();
    bound = std::max(bound, own_bound_);
    if (status != ConvexStatus::solved) {
        give_up(bound);
        return false;
    }
    if (last_branch_ >= 0)
        pseudo_costs_.learn(static_cast<std::size_t>(last_branch_), went_up_, distance_, bound - parent_bound_);
    last_branch_ = -1;
    for (std::size_t k = 0; k < integer_.size(); ++k) {
        x_[k] = simplex_.x()[integer_[k]];
        z_[k] = simplex_.z()[integer_[k]];
    }
    if (first_node_) root_bound_ = bound, root_z_ = z_, root_multipliers_ = multipliers_;
    if (bound < cutoff()) return true;
    close(bound);
    return false;
}

/// Makes two nodes, goes to the one that rounding leads to and lets the other wait.
std::int64_t IntegerSearch::branch(std::int64_t node, const Branch& branch, double bound) {
    const Box box = here_[branch.k];
    const auto variable = static_cast<int>(branch.k);
    const auto [down_proof, up_proof] = proof_.split(proof_here_, branch.k, branch.floor);
    const std::int64_t down = tree_.add(node, bound, {variable, box.lower, branch.floor}, down_proof);
    const std::int64_t up = tree_.add(node, bound, {variable, branch.floor + 1, box.upper}, up_proof);
    went_up_ = branch.fraction >= 0.5;
    proof_here_ = went_up_ ? up_proof : down_proof;
    tree_.wait(went_up_ ? down : up);
    last_branch_ = static_cast<int>(branch.k);
    distance_ = went_up_ ? 1 - branch.fraction : branch.fraction;
    parent_bound_ = bound;
    here_[branch.k] = went_up_ ? Box{branch.floor + 1, box.upper} : Box{box.lower, branch.floor};
    for (std::size_t k = 0; k < integer_.size(); ++k) set_box(k, here_[k]);
    return went_up_ ? up : down;
}

void IntegerSearch::go_to(std::int64_t node) {
    here_ = whole_;
    for (; node >= 0; node = tree_.node(node).parent) {
        const SearchTree::Change& change = tree_.node(node).change;
        if (change.variable < 0) continue;
        Box& box = here_[change.variable];
        box = {std::max(box.lower, change.lower), std::min(box.upper, change.upper)};
    }
    for (std::size_t k = 0; k < integer_.size(); ++k) set_box(k, here_[k]);
}

void IntegerSearch::set_box(std::size_t k, const Box& box) { simplex_.set_bounds(integer_[k], box.lower, box.upper); }

IntegerAnswer IntegerSearch::finish() {
    answer_.bound = std::min({answer_.objective, closed_, unresolved_});
    if (tree_.has_waiting()) answer_.bound = std::min(answer_.bound, tree_.least_bound());
    if (unresolved_ < cutoff())
        answer_.status = IntegerStatus::stalled;
    else if (limit_reached_)
        answer_.status = IntegerStatus::node_limit;
    else
        answer_.status = answer_.has_point ? IntegerStatus::optimal : IntegerStatus::infeasible;
    answer_.proof = proof_.proof(answer_.bound);
    return answer_;
}

}  // namespace headroom
