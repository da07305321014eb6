#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "io/case/row_origin.hpp"

namespace headroom {

/// Writes a region as a case file (io/schema.md), complete or not at all; the same region gives the same bytes. Throws
/// InputError when the region has a fault of the file itself (validate_structure), OutputError when the disk refuses.
/// @param threads  that columns are compressed on, 0: all; the same bytes for any number
void write_case(const Region& region, const std::filesystem::path& path, int threads = 1);

struct CaseReadOptions {
    std::string series = {};                                             ///< name of the series; "": the default
    bool all_series = false;                                             ///< every series, the default first
    bool orders = true;                                                  ///< false: /order is left alone
    std::size_t feeder_first = 0;                                        ///< first feeder to read
    std::size_t feeder_count = std::numeric_limits<std::size_t>::max();  ///< feeders to read; max: all from there on
};

/// Reads a case file, or a range of its feeders without touching the rest: rows of /bus, /branch, ... then count from
/// the first one read, and of the shared tables only the rows between the first and the last one used are kept.
/// Throws InputError on a fault of the file (damage, wrong type or shape, validate_structure); faults inside a feeder
/// are left for validate().
Region read_case(const std::filesystem::path& path, const CaseReadOptions& options = {});
/// @param origin  receives where the rows read stand in the file
Region read_case(const std::filesystem::path& path, const CaseReadOptions& options, RowOrigin& origin);

/// Names of the series of a case file, the default first.
std::vector<std::string> list_series(const std::filesystem::path& path);

/// Number of feeders of a case file.
std::size_t count_feeders(const std::filesystem::path& path);

}  // namespace headroom
