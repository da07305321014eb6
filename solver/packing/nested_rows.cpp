#include "solver/packing/nested_rows.hpp"

#include <algorithm>

#include "solver/packing/row_writer.hpp"

namespace headroom {
namespace {

using Part = NestedRows::Part;

/// Adds up entries of one row by column.
class Gather {
public:
    explicit Gather(int column_count) : value_(static_cast<std::size_t>(column_count), 0.0), seen_(value_.size(), 0) {}

    void add(std::int32_t column, double value) {
        if (seen_[column] == 0) {
            seen_[column] = 1;
            columns_.push_back(column);
        }
        value_[column] += value;
    }

    /// The row so far, columns increasing; the next one begins empty.
    RowEntries take() {
        std::sort(columns_.begin(), columns_.end());
        RowEntries entries;
        for (const std::int32_t c : columns_) {
            entries.emplace_back(c, value_[c]);
            value_[c] = 0;
            seen_[c] = 0;
        }
        columns_.clear();
        return entries;
    }

private:
    std::vector<double> value_;
    std::vector<char> seen_;
    std::vector<std::int32_t> columns_;
};

/// Sums that the rows need, directly or through other sums, and how many places use each.
std::vector<int> count_uses(const NestedRows& nested, std::span<const std::int32_t> rows) {
    std::vector<int> uses(static_cast<std::size_t>(nested.sum_count()), 0);
    const auto count = [&](const Part& part, int k) {
        for (int e = part.start[k]; e < part.start[k + 1]; ++e)
            if (part.column[e] >= nested.limit_count) ++uses[part.column[e] - nested.limit_count];
    };
    for (const std::int32_t r : rows) count(nested.row, r);
    for (int k = nested.sum_count(); k-- > 0;)
        if (uses[k] > 0) count(nested.sum, k);
    return uses;
}

/// Rewrites rows and sums with some sums put in, in the order of the sums.
class Substitution {
public:
    explicit Substitution(const NestedRows& nested)
        : nested_(nested),
          gather_(nested.limit_count + nested.sum_count()),
          new_sum_(static_cast<std::size_t>(nested.sum_count()), -1),
          put_in_(static_cast<std::size_t>(nested.sum_count())) {}

    /// Entries of row k of a part in the new columns.
    RowEntries rewritten(const Part& part, int k) {
        const int limits = nested_.limit_count;
        for (int e = part.start[k]; e < part.start[k + 1]; ++e) {
            const std::int32_t column = part.column[e];
            const double value = part.value[e];
            if (column < limits) {
                gather_.add(column, value);
            } else if (new_sum_[column - limits] >= 0) {
                gather_.add(limits + new_sum_[column - limits], value);
            } else {
                for (const auto& [inner, factor] : put_in_[column - limits]) gather_.add(inner, value * factor);
            }
        }
        RowEntries entries = gather_.take();
        std::erase_if(entries, [](const auto& entry) { return entry.second == 0; });
        return entries;
    }
    void keep(int sum, int number) { new_sum_[sum] = number; }
    void put_in(int sum, RowEntries entries) { put_in_[sum] = std::move(entries); }

private:
    const NestedRows& nested_;
    Gather gather_;
    std::vector<std::int32_t> new_sum_;  // [#sum] -1: put in
    std::vector<RowEntries> put_in_;
};

void append(Part& part, const RowEntries& entries) {
    for (const auto& [column, value] : entries) part.add(column, value);
    part.end();
}

}  // namespace

RowEntries written_out(const NestedRows& nested, int row, double rounding) {
    return RowWriter(nested).row(row, rounding);
}

std::vector<double> multiplied(const NestedRows& nested, std::span<const double> w) {
    std::vector<double> x(w.begin(), w.end()), product;
    const auto weighted = [&x](const Part& part, int k) {
        double sum = 0;
        for (int e = part.start[k]; e < part.start[k + 1]; ++e) sum += part.value[e] * x[part.column[e]];
        return sum;
    };
    for (int k = 0; k < nested.sum_count(); ++k) x.push_back(weighted(nested.sum, k));
    for (int r = 0; r < nested.row_count(); ++r) product.push_back(weighted(nested.row, r));
    return product;
}

NestedRows with_rows(const NestedRows& nested, std::span<const std::int32_t> rows) {
    const std::vector<int> uses = count_uses(nested, rows);
    NestedRows kept{nested.limit_count, {}, {}};
    Substitution substitution(nested);
    for (int k = 0; k < nested.sum_count(); ++k) {
        if (uses[k] == 0) continue;
        RowEntries entries = substitution.rewritten(nested.sum, k);
        if (uses[k] == 1 || entries.size() <= 1) {
            substitution.put_in(k, std::move(entries));
        } else {
            substitution.keep(k, kept.sum_count());
            append(kept.sum, entries);
        }
    }
    for (const std::int32_t r : rows) append(kept.row, substitution.rewritten(nested.row, r));
    return kept;
}

NestedRows with_limits(const NestedRows& nested, std::span<const std::int32_t> place, int count, double unit) {
    NestedRows kept{count, {}, {}};
    const auto copy = [&](const Part& from, Part& to) {
        for (int k = 0; k < from.count(); ++k) {
            for (int e = from.start[k]; e < from.start[k + 1]; ++e) {
                const std::int32_t column = from.column[e];
                if (column >= nested.limit_count) {
                    to.add(count + column - nested.limit_count, from.value[e]);
                } else if (place[column] >= 0) {
                    to.add(place[column], from.value[e] * unit);
                }
            }
            to.end();
        }
    };
    copy(nested.sum, kept.sum);
    copy(nested.row, kept.row);
    return kept;
}

}  // namespace headroom
