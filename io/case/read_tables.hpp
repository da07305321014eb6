#pragma once

#include <cstdint>

#include "formulations/network/region.hpp"
#include "io/hdf5/reader.hpp"

namespace headroom {

/// Rows [first, first + count) of a group that has `total` rows.
struct RowRange {
    std::uint64_t first = 0, count = 0, total = 0;
    bool whole() const { return first == 0 && count == total; }
};

/// Reads everything but series and orders of a range of feeders and lets references count from the first row read.
/// @return the rows of /customer that belong to these feeders
RowRange read_tables(const Hdf5Reader& reader, const RowRange& feeders, Region& region);

/// The orders of these feeders, likewise. @param customers the rows of /customer that belong to them
void read_orders(const Hdf5Reader& reader, const RowRange& feeders, const RowRange& customers, Region& region);

}  // namespace headroom
