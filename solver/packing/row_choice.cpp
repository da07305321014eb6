#include "solver/packing/row_choice.hpp"

#include <algorithm>
#include <cstddef>

#include "solver/packing/packing_columns.hpp"

namespace headroom {
namespace {

constexpr double large_part = 0.6;      // of a row's largest entry
constexpr std::size_t few_limits = 16;  // a row of few limits has a large part of less than all over this

}  // namespace

void choose_most_violated(std::vector<ViolatedRow>& violated, std::size_t count, std::vector<std::int32_t>& chosen) {
    const std::size_t wanted = std::min(count, violated.size());
    std::partial_sort(
        violated.begin(), violated.begin() + static_cast<std::ptrdiff_t>(wanted), violated.end(),
        [](const ViolatedRow& a, const ViolatedRow& b) { return a.over != b.over ? a.over > b.over : a.row > b.row; });
    for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(violated[i].row);
}

void choose_by_limits(const PackingRows& rows, std::span<const ViolatedRow> violated,
                      std::vector<std::int32_t>& chosen) {
    const auto limits = static_cast<std::size_t>(rows.limit_count);
    std::vector<double> best(2 * limits, 0.0);  // rows of few limits, then rows of many
    std::vector<std::int32_t> by(best.size(), -1);
    for (const ViolatedRow& violation : violated) {
        const auto first = rows.value.begin() + rows.start[violation.row],
                   last = rows.value.begin() + rows.start[violation.row + 1];
        const double large = large_part * largest_entry(rows, violation.row);
        const auto support = std::count_if(first, last, [large](double a) { return a > large; });
        const std::size_t kind = static_cast<std::size_t>(support) * few_limits > limits ? limits : 0;
        for (int e = rows.start[violation.row]; e < rows.start[violation.row + 1]; ++e) {
            const std::size_t place = kind + static_cast<std::size_t>(rows.column[e]);
            if (rows.value[e] <= large || violation.share <= best[place]) continue;
            best[place] = violation.share;
            by[place] = violation.row;
        }
    }
    for (const std::int32_t row : by)
        if (row >= 0) chosen.push_back(row);
}

}  // namespace headroom
