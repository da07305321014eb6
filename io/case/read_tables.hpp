#pragma once

#include "formulations/network/region.hpp"
#include "io/case/column_reader.hpp"
#include "io/case/row_origin.hpp"
#include "io/hdf5/reader.hpp"

namespace headroom {

/// Reads the offsets of the feeders asked for, lets them begin at zero, and returns the rows they span.
/// @param path  of the offsets of rows of the group
RowRange read_offset(const Hdf5Reader& reader, const GroupNote& group, const std::string& path, const RowRange& feeders,
                     std::vector<std::int64_t>& offset);

/// Rows of a part of a case that series have columns for.
struct SeriesRows {
    RowRange customers, transformers;
};

/// Reads everything but series and orders of a range of feeders and lets references count from the first row read.
/// @return the rows of /customer that belong to these feeders, and those of /transformer from their first to their last
SeriesRows read_tables(const Hdf5Reader& reader, const RowRange& feeders, Region& region, RowOrigin& origin);

/// The orders of these feeders, likewise. @param customers the rows of /customer that belong to them
void read_orders(const Hdf5Reader& reader, const RowRange& feeders, const RowRange& customers, Region& region);

}  // namespace headroom
