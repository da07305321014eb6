#include "solver/kkt/kkt_pattern.hpp"

#include <suitesparse/amd.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace headroom {
namespace {

using Index = std::int32_t;

/// Compressed columns of one triangle or of both.
struct Columns {
    std::vector<Index> start, row, slot;
};

template <class Emit> Columns compress(int size, Emit&& emit) {
    Columns columns{std::vector<Index>(static_cast<std::size_t>(size) + 1, 0), {}, {}};
    emit([&](Index column, Index, Index) { ++columns.start[static_cast<std::size_t>(column) + 1]; });
    for (int k = 0; k < size; ++k) columns.start[k + 1] += columns.start[k];
    columns.row.resize(static_cast<std::size_t>(columns.start.back()));
    columns.slot.resize(columns.row.size());
    std::vector<Index> next(columns.start.begin(), columns.start.end() - 1);
    emit([&](Index column, Index row, Index slot) {
        const Index at = next[static_cast<std::size_t>(column)]++;
        columns.row[at] = row;
        columns.slot[at] = slot;
    });
    return columns;
}

std::vector<Index> minimum_degree_order(int size, std::span<const SymmetricEntry> entries) {
    const Columns both = compress(size, [&](auto&& put) {
        for (const SymmetricEntry& entry : entries) {
            put(entry.i, entry.j, 0);
            put(entry.j, entry.i, 0);
        }
    });
    std::vector<Index> order(static_cast<std::size_t>(size));
    if (both.row.empty()) {
        std::iota(order.begin(), order.end(), 0);
        return order;
    }
    const int status = amd_order(size, both.start.data(), both.row.data(), order.data(), nullptr, nullptr);
    if (status != AMD_OK && status != AMD_OK_BUT_JUMBLED) throw std::bad_alloc();
    return order;
}

/// Moves an index that comes before all of its neighbours behind the first of them.
std::vector<Index> postponed(const std::vector<Index>& order, std::span<const SymmetricEntry> entries,
                             std::span<const char> later) {
    const auto size = static_cast<Index>(order.size());
    std::vector<Index> position(order.size()), first(order.size(), size);
    for (Index k = 0; k < size; ++k) position[order[k]] = k;
    for (const SymmetricEntry& entry : entries) {
        first[entry.i] = std::min(first[entry.i], position[entry.j]);
        first[entry.j] = std::min(first[entry.j], position[entry.i]);
    }
    const auto waits = [&](Index i) { return later[i] != 0 && first[i] < size && first[i] > position[i]; };
    std::vector<Index> waiting;
    for (const Index i : order)
        if (waits(i)) waiting.push_back(i);
    std::ranges::stable_sort(waiting, {}, [&](Index i) { return first[i]; });
    std::vector<Index> result;
    auto next = waiting.begin();
    for (const Index i : order) {
        if (waits(i)) continue;
        result.push_back(i);
        for (; next != waiting.end() && first[*next] == position[i]; ++next) result.push_back(*next);
    }
    return result;
}

/// Rows of L (sources of every column) from the elimination tree: row k has an entry in every column on the way from
/// an entry of K's row k up the tree. Sources in no order.
struct Rows {
    std::vector<Index> start, source;
    std::vector<Index> column_count;
};

Rows symbolic_rows(int size, const Columns& upper) {
    Rows rows{{0}, {}, std::vector<Index>(static_cast<std::size_t>(size), 0)};
    std::vector<Index> parent(static_cast<std::size_t>(size), -1), seen(static_cast<std::size_t>(size), -1);
    for (Index k = 0; k < size; ++k) {
        seen[k] = k;
        for (Index e = upper.start[k]; e < upper.start[k + 1]; ++e)
            for (Index j = upper.row[e]; seen[j] != k; j = parent[j]) {
                if (parent[j] < 0) parent[j] = k;
                seen[j] = k;
                rows.source.push_back(j);
                ++rows.column_count[j];
            }
        rows.start.push_back(static_cast<Index>(rows.source.size()));
    }
    return rows;
}

}  // namespace

KktPattern::KktPattern(int matrix_size, std::span<const SymmetricEntry> entries, std::span<const char> later)
    : size(matrix_size), index(postponed(minimum_degree_order(matrix_size, entries), entries, later)) {
    position.resize(index.size());
    for (Index k = 0; k < size; ++k) position[index[k]] = k;

    const auto emit_to = [&](bool lower) {
        return [&, lower](auto&& put) {
            for (const SymmetricEntry& entry : entries) {
                const auto [low, high] = std::minmax(position[entry.i], position[entry.j]);
                lower ? put(low, high, entry.slot) : put(high, low, entry.slot);
            }
        };
    };
    Columns below = compress(size, emit_to(true));
    entry_start = std::move(below.start);
    entry_row = std::move(below.row);
    entry_slot = std::move(below.slot);

    Rows rows = symbolic_rows(size, compress(size, emit_to(false)));
    column_start.assign(1, 0);
    for (const Index count : rows.column_count) column_start.push_back(column_start.back() + count);
    row.resize(static_cast<std::size_t>(column_start.back()));
    std::vector<Index> next(column_start.begin(), column_start.end() - 1);
    for (Index k = 0; k < size; ++k)
        for (Index e = rows.start[k]; e < rows.start[k + 1]; ++e) row[next[rows.source[e]]++] = k;
    // Columns in order name the sources of every row in order.
    source.resize(row.size());
    source_entry.resize(row.size());
    next.assign(rows.start.begin(), rows.start.end() - 1);
    for (Index j = 0; j < size; ++j)
        for (Index e = column_start[j]; e < column_start[j + 1]; ++e) {
            const Index at = next[row[e]]++;
            source[at] = j;
            source_entry[at] = e;
        }
    source_start = std::move(rows.start);
    find_runs();
}

void KktPattern::find_runs() {
    // Sources of one target with equally many rows left have the same rows left iff these compare equal.
    const auto same_tail = [this](std::size_t a, std::size_t b) {
        const auto* first = row.data() + source_entry[a] + 1;
        const auto* last = row.data() + column_start[source[a] + 1];
        const auto* other = row.data() + source_entry[b] + 1;
        const auto* other_last = row.data() + column_start[source[b] + 1];
        return last - first == other_last - other && std::equal(first, last, other);
    };
    source_run.assign(source.size(), 1);
    for (Index k = 0; k < size; ++k) {
        const auto end = static_cast<std::size_t>(source_start[k + 1]);
        for (auto q = static_cast<std::size_t>(source_start[k]); q < end;) {
            std::size_t alike = 1;
            while (alike < 4 && q + alike < end && same_tail(q, q + alike)) ++alike;
            if (alike == 3) alike = 2;
            source_run[q] = static_cast<Index>(alike);
            q += alike;
        }
    }
}

}  // namespace headroom
