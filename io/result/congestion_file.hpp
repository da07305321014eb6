#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/risk/congestion_result.hpp"
#include "io/result/forecast_run_info.hpp"
#include "io/result/row_table.hpp"

namespace headroom {

namespace congestion_schema {

inline constexpr std::string_view name = "headroom-congestion";
inline constexpr std::int64_t version = 1;
inline constexpr std::int64_t samples_max = 10'000'000;
inline constexpr std::string_view status_meanings = "done invalid_input";
inline constexpr std::int8_t status_last = 1;

}  // namespace congestion_schema

/// Writes a congestion forecast (io/schema.md) that reads without the case, complete or not at all; the same content
/// gives the same bytes. Throws std::invalid_argument when the parts do not fit each other, OutputError when the disk
/// refuses.
void write_congestion(const CongestionResult& result, const Region& region, const SeriesSet& series,
                      const ForecastRunInfo& run, const std::filesystem::path& path);

/// A forecast file in memory.
struct CongestionFile {
    ForecastRunInfo run;
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;    ///< [#feeder]
    RowNames row_names;
    CongestionResult result;
};

/// Throws InputError naming the dataset and the rule when the file is damaged, hostile or no forecast.
CongestionFile read_congestion(const std::filesystem::path& path);

}  // namespace headroom
