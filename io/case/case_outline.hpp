#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

/// What a case holds, without what is in it: enough to plan the work.
struct CaseOutline {
    std::string name, series, currency;
    std::vector<std::string> feeder_id;
    std::vector<std::int64_t> bus_offset, branch_offset, customer_offset,
        order_offset;                        ///< [#feeder + 1] rows of the case
    std::vector<std::int64_t> active_count;  ///< [#feeder] customers with envelopes
    std::vector<std::int64_t> start, end;    ///< [#step] UTC seconds

    std::size_t feeder_count() const { return feeder_id.size(); }
    std::size_t customer_count() const { return static_cast<std::size_t>(customer_offset.back()); }
    std::size_t order_count() const { return static_cast<std::size_t>(order_offset.back()); }
    std::size_t step_count() const { return start.size(); }
};

/// Reads a few columns of a case file, so that ten thousand feeders open as fast as ten.
/// @param series  "": the first of the case
/// @throws InputError  on a fault of the file, a series that it has not, or two feeders of one name
CaseOutline read_outline(const std::filesystem::path& path, const std::string& series);

}  // namespace headroom
