#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/flow/row_name.hpp"

namespace headroom {

/// Numbers rows as they come: those of one name have one number.
class RowNumbers {
public:
    std::size_t number(const RowName& name) {
        const auto [known, is_new] = number_.try_emplace({name.limit, name.side}, names_.size());
        if (is_new) names_.push_back(name);
        return known->second;
    }
    const std::vector<RowName>& names() const { return names_; }

private:
    std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> number_;
    std::vector<RowName> names_;
};

/// The linear rows of one feeder in every run of its taps (tap_runs.hpp). Rows have the same numbers in all runs: which
/// of them there are, those of dust for instance, may hang on the taps.
class LinearRuns {
public:
    /// @param region, series  must outlive this
    /// @throws InvalidFeeder, std::invalid_argument
    LinearRuns(const Region& region, std::int64_t feeder, const SeriesSet& series, const AllocationQuestion& question);

    struct Run {
        std::unique_ptr<FeederAllocation> allocation;
        std::vector<std::size_t> place;  ///< [#row of its plan] its number
    };
    const std::vector<Run>& runs() const { return runs_; }
    const std::vector<RowName>& names() const { return numbers_.names(); }  ///< [#row]
    /// All rows; those that a run has not have no entries.
    PackingRows rows(const Run& run) const;

private:
    RowNumbers numbers_;
    std::vector<Run> runs_;
};

}  // namespace headroom
