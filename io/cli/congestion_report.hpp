#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formulations/risk/congestion_result.hpp"
#include "io/report/congestion_summary.hpp"
#include "io/result/row_table.hpp"

namespace headroom::cli {

/// What a CongestionResult only numbers.
struct CongestionNames {
    std::span<const std::string> feeder;  ///< [#feeder] ids
    const RowNames& row;
    std::span<const std::int64_t> start, end;  ///< [#step] UTC seconds
};

/// The limits and the steps most at risk and the faults of feeders, for people.
std::string congestion_text(const CongestionResult& result, const CongestionNames& names);

/// Of that, what a summary alone says.
std::string summary_text(const CongestionSummary& summary);

/// The same for machines, with every limit that any sample passes: one JSON object.
std::string congestion_json(const CongestionResult& result, const CongestionNames& names);

}  // namespace headroom::cli
