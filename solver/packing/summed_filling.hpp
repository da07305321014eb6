#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "solver/packing/filling.hpp"
#include "solver/packing/summed_rows.hpp"

namespace headroom {

/// Entries below this share of a row's largest are what sums leave where two terms cancel.
inline constexpr double rounding_of_sums = 1e-12;

/// Progressive filling (filling.hpp) over such rows. All of them are multiplied through the sums; the few that stop a
/// limit are written out. Rows come into play as an answer exceeds them: the one exceeded most, then two, four, ...
class SummedFilling {
public:
    explicit SummedFilling(std::shared_ptr<const SummedRows> rows) : rows_(std::move(rows)) {}

    const SummedRows& rows() const { return *rows_; }
    void fill(FillingRule rule, const FillingPack& pack) const;
    /// Fills a sample; the rows that stop limits in it are in play from the start in all packs to come.
    void learn_first_rows(FillingRule rule, const FillingPack& sample);

private:
    std::shared_ptr<const SummedRows> rows_;
    std::vector<std::int32_t> first_rows_;  // increasing
    std::vector<RowEntries> first_entries_;
};

}  // namespace headroom
