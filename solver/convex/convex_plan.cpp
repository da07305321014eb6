#include "solver/convex/convex_plan.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "solver/convex/iterate_kernel.hpp"

namespace headroom {
namespace {

constexpr int augmented_length_max = 64;  // entries of an equation, whose square joins K

bool is_free(const ConvexStructure& s, int j) {
    const bool has_term = !s.term.empty() && s.term[j] != Term::none;
    return s.sides[j] == Sides::none && !has_term;
}

/// Equations that define a free variable without curvature, one each.
std::vector<std::int32_t> defining_equations(const ConvexStructure& s) {
    std::vector<char> claimed(static_cast<std::size_t>(s.variable_count), 0);
    for (const auto& cone : s.cones)
        for (const std::int32_t j : cone) claimed[j] = 1;
    for (std::size_t j = 0; j + 1 < s.quadratic.start.size(); ++j)
        for (int e = s.quadratic.start[j]; e < s.quadratic.start[j + 1]; ++e)
            claimed[j] = claimed[s.quadratic.column[e]] = 1;
    std::vector<std::int32_t> equations;
    for (int i = 0; i < s.row_count(); ++i) {
        if (s.equation[i] == 0 || s.rows.start[i + 1] - s.rows.start[i] > augmented_length_max) continue;
        for (int e = s.rows.start[i + 1]; e-- > s.rows.start[i];) {
            const std::int32_t j = s.rows.column[e];
            if (claimed[j] != 0 || !is_free(s, j)) continue;
            claimed[j] = 1;
            equations.push_back(i);
            break;
        }
    }
    return equations;
}

/// Off-diagonal entries of K: A between rows and variables, Q's, those of the augmented equations' squares, and three
/// for each cone.
std::vector<SymmetricEntry> kkt_entries(const ConvexStructure& s, std::span<const std::int32_t> augmented) {
    std::vector<SymmetricEntry> entries;
    std::int32_t slot = 0;
    for (int i = 0; i < s.rows.row_count(); ++i)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e)
            entries.push_back({s.variable_count + i, s.rows.column[e], slot++});
    for (int i = 0; i < s.quadratic.row_count(); ++i)
        for (int e = s.quadratic.start[i]; e < s.quadratic.start[i + 1]; ++e, ++slot)
            if (s.quadratic.column[e] != i) entries.push_back({i, s.quadratic.column[e], slot});
    for (const std::int32_t i : augmented)
        for (int e = s.rows.start[i]; e < s.rows.start[i + 1]; ++e)
            for (int f = s.rows.start[i]; f < e; ++f) entries.push_back({s.rows.column[e], s.rows.column[f], slot++});
    for (const auto& [a, b, c] : s.cones) {
        entries.push_back({b, a, slot++});
        entries.push_back({c, a, slot++});
        entries.push_back({c, b, slot++});
    }
    return entries;
}

bool has_off_diagonal(const SparsePattern& quadratic) {
    for (int i = 0; i < quadratic.row_count(); ++i)
        for (int e = quadratic.start[i]; e < quadratic.start[i + 1]; ++e)
            if (quadratic.column[e] != i) return true;
    return false;
}

std::vector<char> equations_last(const ConvexStructure& s) {
    std::vector<char> later(static_cast<std::size_t>(s.variable_count), 0);
    later.insert(later.end(), s.equation.begin(), s.equation.end());
    return later;
}

}  // namespace

ConvexPlan::ConvexPlan(ConvexStructure convex_structure)
    : structure(std::move(convex_structure)),
      shared_values(false),
      coupled(has_off_diagonal(structure.quadratic) || structure.cone_count() > 0),
      augmented(defining_equations(structure)),
      kkt(structure.variable_count + structure.row_count(), kkt_entries(structure, augmented),
          equations_last(structure)) {
    for (const std::int32_t i : augmented) {
        const int count = structure.rows.start[i + 1] - structure.rows.start[i];
        augmented_slots += count * (count - 1) / 2;
        augmented_position.push_back(kkt.position[structure.variable_count + i]);
    }
    find_positions();
    find_pairs();
    find_rows();
}

ConvexPlan::ConvexPlan(ConvexStructure convex_structure, const double* row_value, const double* quadratic)
    : ConvexPlan(std::move(convex_structure)) {
    shared_values = true;
    scale = equilibrate(structure, row_value, quadratic);
    shared_value.reserve(static_cast<std::size_t>(value_count()));
    const auto put = [this](int, double value) { shared_value.push_back(value); };
    scale_values(structure, scale, row_value, quadratic, put);
    square_augmented(
        *this, [this](int slot) { return shared_value[slot]; }, put, [](int, double) {});
}

void ConvexPlan::find_positions() {
    const int n = structure.variable_count;
    kind.resize(static_cast<std::size_t>(size()));
    range_of.assign(kind.size(), -1);
    diagonal_slot.assign(kind.size(), -1);
    for (int k = 0; k < size(); ++k) {
        const int index = kkt.index[k];
        if (index < n) {
            kind[k] = position_variable;
        } else if (structure.equation[index - n] != 0) {
            kind[k] = position_equation;
        } else {
            kind[k] = position_range;
            range_of[k] = range_count();
            range_position.push_back(k);
        }
    }
    for (int i = 0; i < structure.quadratic.row_count(); ++i)
        for (int e = structure.quadratic.start[i]; e < structure.quadratic.start[i + 1]; ++e)
            if (structure.quadratic.column[e] == i) diagonal_slot[kkt.position[i]] = structure.rows.entry_count() + e;
    for (int k = 0; k < size(); ++k) {
        const int j = kkt.index[k];
        if (j >= n || structure.term.empty() || structure.term[j] == Term::none) continue;
        term.push_back(k);
        exponent.push_back(structure.term[j] == Term::log ? 1.0 : structure.exponent[j]);
    }
    for (const auto& triple : structure.cones)
        for (const int j : triple) cone.push_back(kkt.position[j]);
}

void ConvexPlan::find_pairs() {
    const int n = structure.variable_count;
    lower_pair.assign(static_cast<std::size_t>(quantity_count()), -1);
    upper_pair = lower_pair;
    for (const bool lower : {true, false}) {
        for (int k = 0; k < size(); ++k) {
            const int index = kkt.index[k];
            const Sides sides = index < n ? structure.sides[index] : structure.row_sides[index - n];
            if (kind[k] == position_equation || !(lower ? has_lower(sides) : has_upper(sides))) continue;
            const int quantity = kind[k] == position_variable ? k : size() + range_of[k];
            (lower ? lower_pair : upper_pair)[quantity] = pair_count();
            pair.push_back(quantity);
            pair_source.push_back(index);
        }
        if (lower) lower_count = pair_count();
    }
}

/// Walks the columns of K in order, so that those of every row come in order without being sorted: A's, then Q's.
void ConvexPlan::find_rows() {
    struct Place {
        std::int32_t row, column, slot;
    };
    std::vector<Place> places;
    for (const auto& entry : kkt_entries(structure, {})) {
        if (entry.slot >= slot_count()) break;  // cones come last and are no part of A or Q
        const std::int32_t i = kkt.position[entry.i], j = kkt.position[entry.j];
        places.push_back({i, j, entry.slot});
        places.push_back({j, i, entry.slot});
    }
    const auto counted = [&](std::int32_t Place::*by) {
        std::vector<std::int32_t> start(kind.size() + 1, 0);
        for (const Place& place : places) ++start[static_cast<std::size_t>(place.*by) + 1];
        std::partial_sum(start.begin(), start.end(), start.begin());
        return start;
    };
    std::vector<Place> by_column(places.size());
    std::vector<std::int32_t> next = counted(&Place::column);
    for (const Place& place : places) by_column[next[place.column]++] = place;

    row_start = counted(&Place::row);
    row_column.resize(places.size());
    row_slot.resize(places.size());
    next.assign(row_start.begin(), row_start.end() - 1);
    for (const bool of_rows : {true, false}) {
        for (const Place& place : by_column) {
            if ((place.slot < structure.rows.entry_count()) != of_rows) continue;
            const std::int32_t at = next[place.row]++;
            row_column[at] = place.column;
            row_slot[at] = place.slot;
        }
        if (of_rows) row_middle = next;
    }
}

}  // namespace headroom
