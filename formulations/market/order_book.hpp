#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formulations/network/order_columns.hpp"

namespace headroom {

inline OrderSide opposite(OrderSide side) { return side == OrderSide::buy ? OrderSide::sell : OrderSide::buy; }
/// Whether an order on `side` at `price` and one on the other side at `other` may trade.
inline bool prices_cross(OrderSide side, double price, double other) {
    return side == OrderSide::buy ? price >= other : other >= price;
}

/// One side of the book of one step and limit, best first: by price, then by age.
class BookSide {
public:
    struct Entry {
        double rank;        ///< price of a sell, minus the price of a buy
        std::uint32_t age;  ///< number of arrival: smaller is older
        std::int32_t leg;
    };

    static double rank(OrderSide side, double price) { return side == OrderSide::buy ? -price : price; }

    std::size_t size() const { return entries_.size(); }
    const Entry& operator[](std::size_t k) const { return entries_[k]; }
    void insert(const Entry& entry);
    std::size_t first_after(const Entry& entry) const;  ///< whether or not the entry is still there
    void erase(std::size_t k) { entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(k)); }
    void erase(const Entry& entry);

private:
    std::vector<Entry> entries_;
};

}  // namespace headroom
