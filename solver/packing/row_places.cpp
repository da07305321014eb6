#include "solver/packing/row_places.hpp"

#include <algorithm>
#include <cstddef>

#include "solver/convex/convex_problem.hpp"

namespace headroom {
namespace {

bool has(const PackingItem& item, std::int32_t row) { return item.room[row] < no_bound; }

/// A row that most items have shares a place with hardly any other.
bool may_save_half(std::span<const std::int32_t> rows, std::span<const PackingItem> items) {
    std::size_t had = 0;
    for (const PackingItem& item : items)
        had += static_cast<std::size_t>(std::ranges::count_if(rows, [&](std::int32_t r) { return has(item, r); }));
    return 2 * had <= rows.size() * items.size();
}

/// Items that have some row of a place.
using Taken = std::vector<char>;

bool is_free(const Taken& taken, std::span<const std::size_t> wanted) {
    return std::ranges::none_of(wanted, [&](std::size_t item) { return taken[item] != 0; });
}

}  // namespace

std::int32_t RowPlaces::row_of(const PackingItem& item, int place) const {
    const auto first = row.begin() + start[place], end = row.begin() + start[place + 1];
    const auto own = std::find_if(first, end, [&](std::int32_t r) { return has(item, r); });
    return own == end ? *first : *own;
}

RowPlaces shared_places(std::span<const std::int32_t> rows, std::span<const PackingItem> items) {
    if (rows.empty() || !may_save_half(rows, items)) return {};
    std::vector<Taken> taken;
    std::vector<std::vector<std::int32_t>> place;
    for (const std::int32_t r : rows) {
        std::vector<std::size_t> wanted;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (has(items[i], r)) wanted.push_back(i);
        std::size_t p = 0;
        while (p < place.size() && !is_free(taken[p], wanted)) ++p;
        if (p == place.size()) {
            taken.emplace_back(items.size(), 0);
            place.emplace_back();
        }
        place[p].push_back(r);
        for (const std::size_t i : wanted) taken[p][i] = 1;
    }
    if (2 * place.size() > rows.size()) return {};
    RowPlaces places;
    for (const auto& together : place) {
        places.row.insert(places.row.end(), together.begin(), together.end());
        places.start.push_back(static_cast<std::int32_t>(places.row.size()));
    }
    return places;
}

}  // namespace headroom
