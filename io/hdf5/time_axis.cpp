#include "io/hdf5/time_axis.hpp"

#include <fmt/format.h>

#include "io/hdf5/notes.hpp"

namespace headroom {

void write_time_axis(Hdf5Writer& writer, const std::string& group, std::span<const std::int64_t> start,
                     std::span<const std::int64_t> end) {
    const std::string time = group + "/time";
    writer.coordinate({time, ElementType::int64, {}, describe_time("start of the step, UTC", "time_bounds")}, start);
    std::vector<std::int64_t> bounds;
    for (std::size_t t = 0; t < start.size(); ++t) bounds.insert(bounds.end(), {start[t], end[t]});
    writer.write({group + "/time_bounds",
                  ElementType::int64,
                  {time, "/bound"},
                  describe("start and end of the step, half-open", "seconds since 1970-01-01 00:00:00")},
                 bounds.data());
}

TimeAxis read_time_axis(const Hdf5Reader& reader, const std::string& group, std::uint64_t steps_max) {
    const DatasetReader time = reader.dataset(group + "/time", ElementType::int64, 1);
    const std::uint64_t step_count = time.shape()[0];
    if (step_count > steps_max)
        reader.fail(time.path(), fmt::format("has {} steps, at most {} are accepted", step_count, steps_max));
    const DatasetReader bounds = reader.dataset(group + "/time_bounds", ElementType::int64, 2);
    bounds.require_shape({step_count, 2});

    TimeAxis axis;
    axis.start.resize(step_count);
    time.read(Slab::whole(time.shape()), axis.start.data());
    std::vector<std::int64_t> pairs(2 * step_count);
    bounds.read(Slab::whole(bounds.shape()), pairs.data());
    for (std::uint64_t t = 0; t < step_count; ++t) {
        if (pairs[2 * t] != axis.start[t])
            reader.fail(bounds.path(), fmt::format("row {}: must begin at the time of its step", t));
        axis.end.push_back(pairs[2 * t + 1]);
    }
    return axis;
}

}  // namespace headroom
