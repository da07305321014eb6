#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/row_table.hpp"
#include "formulations/market/ac_tangent.hpp"
#include "formulations/market/auction.hpp"
#include "formulations/market/trade.hpp"

namespace headroom {

/// What a feeder's market in a step is worth; stored as /market/status.
enum class ClearingStatus : std::int8_t {
    cleared = 0,        ///< verified: limits are inside the rows, an auction is certified
    closed = 1,         ///< no published limits to trade: the envelope's status says why
    invalid_input = 2,  ///< the feeder has a fault
    uncertified = 3,    ///< the auction failed its certificate or its search was cut short; limits stay as they were
    insecure = 4,       ///< limits fail the check against all rows, or envelopes AC's; they stay as they were
    ac_shrunk = 5,      ///< an auction of which AC carries a common share of all that was accepted, or none; no optimum
};

inline constexpr std::size_t clearing_status_count = 6;

/// Where each figure of a position stands in a ClearingResult: by TradedLimit for limits of envelopes; set-points share
/// one column.
inline constexpr int position_kind_count = 5;  ///< export, import, q_inject, q_absorb, injection
inline int position_kind(TradedLimit limit) { return is_set_point(limit) ? 4 : static_cast<int>(limit); }

/// The rows [offset[feeder], offset[feeder + 1]) of a list.
template <class List> auto feeder_part(List& all, const std::vector<std::int64_t>& offset, std::size_t feeder) {
    const auto first = static_cast<std::size_t>(offset[feeder]);
    return std::span(all).subspan(first, static_cast<std::size_t>(offset[feeder + 1]) - first);
}

/// What making a clearing secure in AC came to.
struct SecureClearing {
    std::vector<double>
        worst_excess;             ///< [step x feeder] per unit of voltage or rating, of the limits after the market
    std::int32_t replays = 0;     ///< of limits, of all or some items at once
    std::int32_t rounds = 0;      ///< auctions: most answers to one
    std::int64_t cut_trades = 0;  ///< continuous: taken back in whole or in part
    double cut_kwh = 0;
};

/// The clearing of a region over one series. Arrays are [step x customer] or [step x feeder], step-major, customers,
/// feeders and orders in the order of the case; NaN where there is nothing.
struct ClearingResult {
    std::size_t step_count = 0, customer_count = 0, feeder_count = 0, order_count = 0;

    /// By position_kind, W (V A): limits, or injections, before and after the market. Empty: none in this market.
    std::array<std::vector<double>, position_kind_count> before, after;
    /// By TradedLimit [step x customer] currency per MWh: locational prices of an auction. Empty otherwise.
    std::array<std::vector<double>, traded_limit_count> price;

    std::vector<ClearingStatus> status;    ///< [step x feeder]
    std::vector<double> welfare;           ///< [step x feeder] currency: value of what traded, by the orders' prices
    std::vector<double> operator_surplus;  ///< [step x feeder] currency: paid by customers and not passed on to others
    std::vector<double> row_excess;        ///< [step x feeder] kW: final limits against all rows; <= 0: inside
    std::vector<double> cash;              ///< [step x customer] currency, received
    std::vector<OrderOutcome> outcome;     ///< [#order]
    std::vector<PriceFit> fit;             ///< [#order], auctions
    std::vector<Trade> trades;             ///< by feeder, then as they came about
    std::vector<std::int64_t> trade_offset;  ///< [#feeder + 1] into trades
    std::vector<std::int64_t> checks;        ///< [#feeder] pairs of orders that the network was asked about
    std::vector<AuctionPart> parts;          ///< auctions: by feeder
    std::vector<std::int64_t> part_offset;   ///< [#feeder + 1] into parts
    std::vector<RowPrice> row_prices;        ///< auctions: by feeder, currency per row unit; tie_price unused
    std::vector<AcTangent> tangents;         ///< auctions secure in AC: by feeder, what prices and proofs name
    RowTable rows;
    std::vector<std::string> feeder_fault;  ///< [#feeder] "" when none
    SecureClearing secure;                  ///< worst_excess is empty unless secure in AC was asked for

    std::size_t item(std::size_t step, std::size_t feeder) const { return step * feeder_count + feeder; }
    std::span<const Trade> trades_of(std::size_t feeder) const { return feeder_part(trades, trade_offset, feeder); }
    std::span<const AuctionPart> parts_of(std::size_t feeder) const { return feeder_part(parts, part_offset, feeder); }
    std::span<Trade> trades_of(std::size_t feeder) { return feeder_part(trades, trade_offset, feeder); }
    std::span<AuctionPart> parts_of(std::size_t feeder) { return feeder_part(parts, part_offset, feeder); }

    /// Takes trades out. What follows from them is for settle() (settlement.hpp).
    /// @param gone  gone(trade, feeder)
    template <class Gone> void erase_trades(Gone gone) {
        std::vector<Trade> kept;
        std::vector<std::int64_t> offset{0};
        for (std::size_t feeder = 0; feeder < feeder_count; ++feeder) {
            for (const Trade& trade : trades_of(feeder))
                if (!gone(trade, feeder)) kept.push_back(trade);
            offset.push_back(static_cast<std::int64_t>(kept.size()));
        }
        trades = std::move(kept);
        trade_offset = std::move(offset);
    }
};

}  // namespace headroom
