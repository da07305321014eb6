#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formulations/market/clearing_result.hpp"
#include "formulations/network/order_columns.hpp"

namespace headroom {

/// A trade as files hold it: what the chain is made of, number by number.
struct TradeRecord {
    std::int32_t feeder = 0;
    std::int64_t time = 0;
    std::int32_t step = 0, limit = 0;
    std::int32_t buy = -1, sell = -1;
    double quantity = 0;  ///< W
    double buy_price = 0, sell_price = 0;

    bool operator==(const TradeRecord&) const = default;
};

using ChainHash = std::array<std::uint8_t, 32>;

/// What makes a changed log of trades evident (io/schema.md):
///
///     h_0 = SHA-256("headroom-clearing 1", digest of the case, columns of the orders)
///     h_k = SHA-256(h_(k-1), trade k)
///
/// @param orders  with the numbers of the case; every column as a little-endian array, identifiers of 64 bytes
/// @return h_0 to h_n: the last one is the head
std::vector<ChainHash> trade_chain(const std::string& case_digest, const OrderColumns& orders,
                                   std::span<const TradeRecord> trades);

/// 64 lower-case hexadecimal digits.
std::string hash_text(const ChainHash& hash);

/// The head of a run over a region, from those of its parts: SHA-256("headroom-clearing-run 1", head by head as text).
std::string head_of_parts(std::span<const std::string> heads);

/// The trades of a result, feeder by feeder.
std::vector<TradeRecord> trade_records(const ClearingResult& result);

}  // namespace headroom
