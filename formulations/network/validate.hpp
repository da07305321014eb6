#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// One broken rule, in words a planner can act on.
struct Fault {
    std::string dataset;          ///< "/branch/length"
    std::int64_t row = -1;        ///< row of that dataset, -1: the dataset as a whole; for series: the step
    std::int64_t feeder = -1;     ///< the feeder it stays inside of; -1: the file or its indexing is at fault
    std::string rule;             ///< "must be positive, is -3"
    std::string message() const;  ///< "/branch/length row 17 (branch 'l5' of feeder 'f1'): must be positive, is -3"
    std::string name;             ///< "branch 'l5' of feeder 'f1'"; may be empty
};

/// All faults of a region, columns first, then the rules inside each feeder (values, islands).
///
/// A fault with feeder = -1 makes the region unusable (column lengths, offsets, dangling references, identifiers,
/// steps); then the checks that rely on indexing are not made. Every other fault concerns one feeder alone (status
/// invalid_input). At most faults_per_feeder of each feeder are listed. Never throws for what is in the region; looks
/// at every value once.
std::vector<Fault> validate(const Region& region);

/// What orders alone may have: of the file where identifiers are at fault, else the rules inside each feeder.
/// @pre the region without its orders is sound, and customers and parents of orders are of their feeders
std::vector<Fault> validate_orders(const Region& region);

/// The faults with feeder = -1 alone: what a region must satisfy to be indexed at all.
std::vector<Fault> validate_structure(const Region& region);

inline constexpr int faults_per_feeder = 100;
inline constexpr std::size_t id_bytes_max = 64;

/// The messages of all faults, one string each.
std::vector<std::string> messages(const std::vector<Fault>& faults);

/// [#feeder] the message of the first fault of each feeder, "" where it has none.
/// @pre every fault stays inside a feeder
std::vector<std::string> first_faults(const std::vector<Fault>& faults, std::size_t feeder_count);

/// "3 faults:\n  ...": the first twenty messages, one per line, and how many more there are.
std::string summarise(const std::vector<Fault>& faults);

}  // namespace headroom
