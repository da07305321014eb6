#include "solver/integer/search_tree.hpp"

#include <algorithm>

namespace headroom {

std::int64_t SearchTree::add(std::int64_t parent, double bound, const Change& change, std::int32_t proof) {
    nodes_.push_back({bound, parent, change, proof});
    return static_cast<std::int64_t>(nodes_.size()) - 1;
}

bool SearchTree::worse(std::int64_t a, std::int64_t b) const {
    return nodes_[a].bound != nodes_[b].bound ? nodes_[a].bound > nodes_[b].bound : a < b;
}

void SearchTree::wait(std::int64_t index) {
    waiting_.push_back(index);
    std::ranges::push_heap(waiting_, [&](auto a, auto b) { return worse(a, b); });
}

std::int64_t SearchTree::take() {
    std::ranges::pop_heap(waiting_, [&](auto a, auto b) { return worse(a, b); });
    const std::int64_t best = waiting_.back();
    waiting_.pop_back();
    return best;
}

}  // namespace headroom
