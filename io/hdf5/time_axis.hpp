#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/reader.hpp"
#include "io/hdf5/writer.hpp"

namespace headroom {

/// Steps of a series as CF time: GROUP/time (start of each step, itself the axis) and GROUP/time_bounds (start, end).
struct TimeAxis {
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
};

/// @param group  "" for the root    @pre the axis "/bound" of length 2 exists
void write_time_axis(Hdf5Writer& writer, const std::string& group, std::span<const std::int64_t> start,
                     std::span<const std::int64_t> end);

/// Throws InputError above `steps_max` steps, or where bounds and starts disagree.
TimeAxis read_time_axis(const Hdf5Reader& reader, const std::string& group, std::uint64_t steps_max);

}  // namespace headroom
