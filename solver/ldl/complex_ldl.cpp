#include "solver/ldl/complex_ldl.hpp"

#include <suitesparse/camd.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

namespace headroom {
namespace {

using Index = std::int32_t;

/// Both triangles by columns, without the diagonal; the pattern only.
struct Pattern {
    std::vector<Index> start, row;
};

Pattern full_pattern(std::size_t size, std::span<const ComplexEntry> entries) {
    Pattern pattern{std::vector<Index>(size + 1, 0), {}};
    for (const ComplexEntry& entry : entries)
        if (entry.i != entry.j) ++pattern.start[entry.i + 1], ++pattern.start[entry.j + 1];
    std::partial_sum(pattern.start.begin(), pattern.start.end(), pattern.start.begin());
    pattern.row.resize(static_cast<std::size_t>(pattern.start.back()));
    std::vector<Index> next(pattern.start.begin(), pattern.start.end() - 1);
    for (const ComplexEntry& entry : entries) {
        if (entry.i == entry.j) continue;
        pattern.row[next[entry.i]++] = entry.j;
        pattern.row[next[entry.j]++] = entry.i;
    }
    return pattern;
}

/// Elimination tree and the number of entries in every column of L.
struct Tree {
    std::vector<Index> parent, count;
};

/// Calls visit(j) for every column j that has an entry in row k of L, children before parents on each way up.
template <class Visit>
void each_of_row(std::span<const Index> rows, Index k, std::span<const Index> parent, std::vector<Index>& seen,
                 Visit&& visit) {
    seen[k] = k;
    for (const Index above : rows)
        for (Index j = above; j >= 0 && j < k && seen[j] != k; j = parent[j]) {
            seen[j] = k;
            visit(j);
        }
}

}  // namespace

struct ComplexLdl::Upper {
    std::vector<Index> start, row;
    std::vector<std::complex<double>> value;

    std::span<const Index> rows(Index k) const {
        return std::span(row).subspan(static_cast<std::size_t>(start[k]),
                                      static_cast<std::size_t>(start[k + 1] - start[k]));
    }
};

namespace {

template <class Upper> Tree elimination_tree(const Upper& upper) {
    const std::size_t size = upper.start.size() - 1;
    Tree tree{std::vector<Index>(size, -1), std::vector<Index>(size, 0)};
    std::vector<Index> seen(size, -1);
    for (Index k = 0; k < static_cast<Index>(size); ++k) {
        seen[k] = k;
        for (const Index above : upper.rows(k))
            for (Index j = above; j < k && seen[j] != k; j = tree.parent[j]) {
                if (tree.parent[j] < 0) tree.parent[j] = k;
                seen[j] = k;
                ++tree.count[j];
            }
    }
    return tree;
}

}  // namespace

ComplexLdl::ComplexLdl(int size, std::span<const ComplexEntry> entries, std::span<const char> early)
    : position_(static_cast<std::size_t>(size)), index_(static_cast<std::size_t>(size)) {
    early_count_ = static_cast<int>(std::count_if(early.begin(), early.end(), [](char e) { return e != 0; }));
    order(entries, early);
    factorise(permuted(entries));
}

void ComplexLdl::order(std::span<const ComplexEntry> entries, std::span<const char> early) {
    const Pattern pattern = full_pattern(index_.size(), entries);
    std::vector<Index> group(index_.size());
    std::transform(early.begin(), early.end(), group.begin(), [](char e) { return e != 0 ? 0 : 1; });
    // CAMD wants its groups numbered without gaps.
    if (early_count_ == 0) std::fill(group.begin(), group.end(), 0);
    std::iota(index_.begin(), index_.end(), 0);
    if (!pattern.row.empty()) {
        const int status =
            camd_order(size(), pattern.start.data(), pattern.row.data(), index_.data(), nullptr, nullptr, group.data());
        if (status != CAMD_OK && status != CAMD_OK_BUT_JUMBLED) throw std::bad_alloc();
    } else {
        std::stable_sort(index_.begin(), index_.end(), [&](Index a, Index b) { return group[a] < group[b]; });
    }
    for (Index k = 0; k < size(); ++k) position_[index_[k]] = k;
}

ComplexLdl::Upper ComplexLdl::permuted(std::span<const ComplexEntry> entries) const {
    Upper upper{std::vector<Index>(index_.size() + 1, 0), {}, {}};
    const auto column = [&](const ComplexEntry& e) { return std::max(position_[e.i], position_[e.j]); };
    for (const ComplexEntry& entry : entries) ++upper.start[column(entry) + 1];
    std::partial_sum(upper.start.begin(), upper.start.end(), upper.start.begin());
    upper.row.resize(entries.size());
    upper.value.resize(entries.size());
    std::vector<Index> next(upper.start.begin(), upper.start.end() - 1);
    for (const ComplexEntry& entry : entries) {
        const Index at = next[column(entry)]++;
        upper.row[at] = std::min(position_[entry.i], position_[entry.j]);
        upper.value[at] = entry.value;
    }
    return upper;
}

/// Row by row: row k of L solves the triangle above it, L_k. D = A_k. - what earlier columns have taken.
void ComplexLdl::factorise(const Upper& upper) {
    const Tree tree = elimination_tree(upper);
    column_start_.assign(index_.size() + 1, 0);
    std::partial_sum(tree.count.begin(), tree.count.end(), column_start_.begin() + 1);
    row_.resize(static_cast<std::size_t>(column_start_.back()));
    value_.resize(row_.size());
    inverse_pivot_.resize(index_.size());
    std::vector<Index> end(column_start_.begin(), column_start_.end() - 1), seen(index_.size(), -1), sources;
    std::vector<std::complex<double>> work(index_.size());
    for (Index k = 0; k < size(); ++k) {
        sources.clear();
        each_of_row(upper.rows(k), k, tree.parent, seen, [&](Index j) { sources.push_back(j); });
        std::sort(sources.begin(), sources.end());
        for (Index e = upper.start[k]; e < upper.start[k + 1]; ++e) work[upper.row[e]] += upper.value[e];
        std::complex<double> pivot = work[k];
        work[k] = 0.0;
        for (const Index j : sources) {
            const std::complex<double> taken = work[j], l = taken * inverse_pivot_[j];
            work[j] = 0.0;
            for (Index e = column_start_[j]; e < end[j]; ++e) work[row_[e]] -= value_[e] * taken;
            pivot -= l * taken;
            row_[end[j]] = k;
            value_[end[j]++] = l;
        }
        regular_ = regular_ && std::isfinite(std::abs(pivot)) && pivot != 0.0;
        inverse_pivot_[k] = 1.0 / pivot;
    }
}

void ComplexLdl::solve(std::span<std::complex<double>> x) const {
    std::vector<std::complex<double>> y(x.size());
    for (Index k = 0; k < size(); ++k) y[k] = x[index_[k]];
    for (Index k = 0; k < size(); ++k)
        for (Index e = column_start_[k]; e < column_start_[k + 1]; ++e) y[row_[e]] -= value_[e] * y[k];
    for (Index k = size() - 1; k >= 0; --k) {
        y[k] *= inverse_pivot_[k];
        for (Index e = column_start_[k]; e < column_start_[k + 1]; ++e) y[k] -= value_[e] * y[row_[e]];
        x[index_[k]] = y[k];
    }
}

}  // namespace headroom
