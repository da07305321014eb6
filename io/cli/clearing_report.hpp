#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formulations/market/clearing_result.hpp"
#include "formulations/market/comparison.hpp"
#include "formulations/network/order_columns.hpp"
#include "io/report/clearing_summary.hpp"
#include "io/result/row_table.hpp"

namespace headroom::cli {

/// What a ClearingResult only numbers.
struct ClearingNames {
    std::span<const std::string> feeder;            ///< [#feeder] ids
    std::span<const std::int32_t> customer_feeder;  ///< [#customer]
    const RowNames& row;
    std::span<const std::int64_t> start, end;  ///< [#step] UTC seconds
    const OrderColumns& order;
    std::span<const ItemStatus> envelope_status;  ///< [#step x #feeder] or empty
    bool network = true;                          ///< false: trades were not held against it
    std::string currency;
    std::string chain_head;
    const MarketComparison* comparison = nullptr;  ///< null: not asked for
};

/// Items and orders by what became of them, refusals, trades and money, what an auction proves, for people.
std::string clearing_text(const ClearingResult& result, const ClearingNames& names);

/// Of that, what a summary alone says.
std::string summary_text(const ClearingSummary& summary, const std::string& currency);

/// The same for machines: one JSON object.
std::string clearing_json(const ClearingResult& result, const ClearingNames& names);

/// "open", "filled", ... and the other words of clearing files.
std::string word_of(std::string_view meanings, std::size_t value);

}  // namespace headroom::cli
