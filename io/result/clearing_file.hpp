#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/market/clearing_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/row_table.hpp"
#include "io/result/run_info.hpp"
#include "io/result/trade_chain.hpp"

namespace headroom {

namespace clearing_schema {

inline constexpr std::string_view name = "headroom-clearing";
inline constexpr std::int64_t version = 1;
inline constexpr std::string_view order_status_meanings =
    "open filled cancelled expired refused rejected partly_filled curtailed";
inline constexpr std::string_view refusal_meanings =
    "none step_closed not_in_market beyond_envelope beyond_cap block_refused conditional";
inline constexpr std::string_view fit_meanings = "supported rejected_gain accepted_loss";
inline constexpr std::string_view status_meanings = "cleared closed invalid_input uncertified insecure ac_shrunk";
inline constexpr std::string_view part_status_meanings = "optimal infeasible node_limit stalled";
inline constexpr std::string_view limit_meanings = "export import q_inject q_absorb up down";
/// Names of figures, by position_kind: "export_limit_before".
inline constexpr std::array<std::string_view, position_kind_count> position_names{
    "export_limit", "import_limit", "q_inject_limit", "q_absorb_limit", "injection"};

}  // namespace clearing_schema

/// What a clearing was computed from and how, as far as it decides the numbers.
struct ClearingRunInfo {
    RunInfo envelopes;            ///< the question that makes rows; version and simd are those of the clearing
    std::string envelope_digest;  ///< of the file that the limits came from; "": allocated for this clearing
    std::string market, mechanism;
    std::string options;  ///< every other option of the clearing that differs from its default, sorted
    std::string currency;
};
RunNotes notes_of(const ClearingRunInfo& info);

/// A clearing file in memory.
struct ClearingFile {
    ClearingRunInfo info;
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;    ///< [#feeder]
    CustomerTable customer;
    RowNames row_names;
    OrderColumns order;
    /// [step x feeder] what the limits before the market were worth; empty in a set-point exchange.
    std::vector<ItemStatus> envelope_status;
    ClearingResult result;
    std::vector<TradeRecord> records;  ///< the trades as the file holds them
    std::vector<ChainHash> chain;      ///< [#trade] hash of each
    std::string chain_head;
};

/// Writes a clearing (io/schema.md) that reads, and can be judged, without the orders it came from, complete or not at
/// all; the same content gives the same bytes.
/// @param region  with the orders that were cleared
/// @return head of the chain over the trades
/// @throws std::invalid_argument when the parts do not fit each other, OutputError when the disk refuses
std::string write_clearing(const ClearingResult& result, const Region& region, const SeriesSet& series,
                           const std::vector<ItemStatus>& envelope_status, const ClearingRunInfo& info,
                           const std::filesystem::path& path);

/// @throws InputError naming the dataset and the rule when the file is damaged, hostile or no clearing. Whether its
/// chain and its claims hold is not looked at.
ClearingFile read_clearing(const std::filesystem::path& path);

}  // namespace headroom
