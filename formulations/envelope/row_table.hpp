#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formulations/flow/row_kind.hpp"

namespace headroom {

struct SecurityLimit;

/// The security rows that results refer to: one line per limit of the network, in words a planner understands.
struct RowTable {
    std::vector<std::int32_t> feeder;
    std::vector<RowKind> kind;
    std::vector<std::int32_t> bus;     ///< row of /bus; the sending end for branch rows
    std::vector<std::int32_t> branch;  ///< row of /branch; -1 for voltage rows
    std::vector<std::string> phases;   ///< "a", "ab" (phase to phase), "abc" (total)
    std::vector<double> limit;         ///< V for voltages, V A for branches (positive)
    std::size_t size() const { return feeder.size(); }

    /// Rows [first, second) of a feeder: those of feeders stand one after the other.
    std::pair<std::size_t, std::size_t> rows_of(std::int32_t feeder_row) const;
    void add(std::int64_t feeder_row, std::span<const SecurityLimit> limits);
};

/// Appends one step of a feeder's [#step x #row of the feeder] to what stands side by side, [#step x #row of all].
template <class T>
void append_step(const std::vector<T>& of_feeder, std::size_t step, std::size_t step_count, std::vector<T>& all) {
    const auto count = static_cast<std::ptrdiff_t>(of_feeder.size() / step_count);
    const auto begin = of_feeder.begin() + static_cast<std::ptrdiff_t>(step) * count;
    all.insert(all.end(), begin, begin + count);
}

}  // namespace headroom
