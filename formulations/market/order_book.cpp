#include "formulations/market/order_book.hpp"

#include <algorithm>

namespace headroom {
namespace {

/// Legs of one order never meet in one book, so that the leg only settles legs of a block.
bool is_before(const BookSide::Entry& a, const BookSide::Entry& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    if (a.age != b.age) return a.age < b.age;
    return a.leg < b.leg;
}

}  // namespace

void BookSide::insert(const Entry& entry) {
    entries_.insert(std::ranges::upper_bound(entries_, entry, is_before), entry);
}

std::size_t BookSide::first_after(const Entry& entry) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(entries_, entry, is_before) - entries_.begin());
}

void BookSide::erase(const Entry& entry) {
    const auto found = std::ranges::lower_bound(entries_, entry, is_before);
    if (found != entries_.end() && found->leg == entry.leg) entries_.erase(found);
}

}  // namespace headroom
