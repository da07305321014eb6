#pragma once

#include <cstdint>
#include <vector>

#include "solver/packing/nested_rows.hpp"

namespace headroom {

/// Writes out rows that are known through sums, one at a time: what a row costs is the part of the sums that it uses.
class RowWriter {
public:
    /// @param nested  must outlive the writer
    explicit RowWriter(const NestedRows& nested);

    /// Row r of A: columns increasing, what is below `rounding` of its largest entry left out.
    RowEntries row(int r, double rounding = 1e-13);

private:
    void add(const NestedRows::Part& part, int k, double factor);

    const NestedRows& nested_;
    std::vector<double> weight_;        // [#limit + #sum] zero between calls
    std::vector<char> waits_;           // [#sum] still to be put in
    std::vector<std::int32_t> limits_;  // that have a weight
    std::vector<char> seen_;            // [#limit]
    int waiting_ = 0, last_ = -1;       // how many sums wait, and the last of them
};

}  // namespace headroom
