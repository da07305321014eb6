#include "solver/packing/row_writer.hpp"

#include <algorithm>

namespace headroom {

RowWriter::RowWriter(const NestedRows& nested)
    : nested_(nested),
      weight_(static_cast<std::size_t>(nested.limit_count + nested.sum_count()), 0.0),
      waits_(static_cast<std::size_t>(nested.sum_count()), 0),
      seen_(static_cast<std::size_t>(nested.limit_count), 0) {}

void RowWriter::add(const NestedRows::Part& part, int k, double factor) {
    for (int e = part.start[k]; e < part.start[k + 1]; ++e) {
        const std::int32_t column = part.column[e];
        weight_[column] += factor * part.value[e];
        if (column < nested_.limit_count) {
            if (seen_[column] == 0) limits_.push_back(column);
            seen_[column] = 1;
            continue;
        }
        const std::int32_t sum = column - nested_.limit_count;
        if (waits_[sum] == 0) ++waiting_;
        waits_[sum] = 1;
        last_ = std::max(last_, sum);
    }
}

RowEntries RowWriter::row(int r, double rounding) {
    last_ = -1;
    add(nested_.row, r, 1.0);
    // Sums use sums before them alone, so the last one that waits is complete.
    for (int k = last_; waiting_ > 0; --k) {
        if (waits_[k] == 0) continue;
        waits_[k] = 0;
        --waiting_;
        const double factor = weight_[nested_.limit_count + k];
        weight_[nested_.limit_count + k] = 0;
        if (factor != 0) add(nested_.sum, k, factor);
    }
    std::sort(limits_.begin(), limits_.end());
    double largest = 0;
    for (const std::int32_t c : limits_) largest = std::max(largest, weight_[c]);
    RowEntries entries;
    for (const std::int32_t c : limits_) {
        if (weight_[c] > rounding * largest) entries.emplace_back(c, weight_[c]);
        weight_[c] = 0;
        seen_[c] = 0;
    }
    limits_.clear();
    return entries;
}

}  // namespace headroom
