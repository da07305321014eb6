#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/envelope/verify_limits.hpp"
#include "formulations/market/clear_market.hpp"
#include "formulations/market/tangent_points.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/step_limits.hpp"

namespace headroom {

/// Whether an order was let in and stands in a step.
bool stands(const Region& region, const ClearingResult& result, std::int32_t order, std::int32_t step);
/// Whether one stands in the steps of a part that may not be parted at will.
bool has_whole_orders(const Region& region, const ClearingResult& result, std::size_t feeder, const AuctionPart& part);

/// One feeder of a clearing, walked through again: rows, floors and caps from the case, everything else from what the
/// clearing says of itself (verify_clearing.hpp).
class ClearingWalk {
public:
    /// @param faults  what is wrong is appended here
    ClearingWalk(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                 const ClearingResult& result, std::size_t feeder, std::vector<std::string>& faults);

    void walk();

private:
    static constexpr std::size_t faults_per_feeder = 20;
    static constexpr double secure_kw = 2e-7;  ///< excess over a row that rounding may leave
    static constexpr double gap_share = 1e-7;  ///< of 1 + |welfare|

    bool set_points() const { return question_.market == MarketKind::set_point_exchange; }
    std::size_t positions() const { return position_customer_.size(); }
    std::size_t item(std::size_t step) const { return result_.item(step, feeder_); }
    /// Envelopes that AC does not carry leave nothing to trade: insecure, without limits.
    bool is_open(std::size_t step) const {
        const ClearingStatus status = result_.status[item(step)];
        const bool refused = question_.secure == Secure::ac && status == ClearingStatus::insecure
                             && std::ranges::none_of(before_[step], [](double level) { return std::isfinite(level); });
        return status != ClearingStatus::closed && status != ClearingStatus::invalid_input && !refused;
    }
    std::span<const Trade> trades() const { return result_.trades_of(feeder_); }
    void say(const std::string& what) {
        if (count_++ < faults_per_feeder)
            faults_.push_back(fmt::format("feeder '{}': {}", region_.feeder.id[feeder_], what));
    }
    /// Linear rows judge what was cleared on linear rows; what was made secure in AC is replayed (verify_clearing.cpp).
    bool has_network() const {
        if (question_.secure == Secure::ac) return false;
        return question_.mechanism == Mechanism::continuous ? question_.continuous.network
                                                            : question_.auction.rules.network;
    }
    bool is_conditional(std::int32_t order) const {
        return region_.order.conditional[static_cast<std::size_t>(order)] != 0;
    }
    const std::string& name(std::int32_t order) const { return region_.order.id[static_cast<std::size_t>(order)]; }
    static double sign_of(TradedLimit limit) { return limit == TradedLimit::up ? -1.0 : 1.0; }

    // clearing_walk.cpp: rows, trades, quantities, money
    void load();
    void name_positions();
    void load_step(std::size_t step, const HeldStep& begins);
    void load_entries(const PackingRows& rows);
    std::size_t rows_of(std::size_t step) const { return own_rows_ ? own_rows_->steps[step].set : 0; }
    const PackingRows& packing_rows(std::size_t step) const {
        return own_rows_ ? own_rows_->rows(step) : allocation_.rows().rows();
    }
    const std::vector<std::map<std::size_t, double>>& entries(std::size_t step) const {
        return entries_[rows_of(step)];
    }
    double entry(std::size_t step, std::size_t position, std::size_t row) const;
    std::vector<RowExcess> beyond(std::size_t step, const std::vector<double>& level, double tolerance_kw) const;
    HeldStep begins_with(std::size_t step, const FeederAllocation::Workspace& work) const;
    void check_envelopes();
    void check_step(const std::string& when, std::size_t step, const std::vector<double>& level, double tolerance_kw);
    void check_levels(const std::string& when, const std::vector<std::vector<double>>& level);
    std::optional<std::size_t> position_of(std::int32_t order, TradedLimit limit) const;
    void walk_trades();
    void reserve(std::size_t step, const Trade& trade);
    void check_after();
    void check_outcomes();
    void check_money();
    void compare(const std::string& what, std::size_t step, double stored, double found, double rounding);
    // clearing_claims.cpp: what is said of orders, items, parts and rows
    void check_claims();
    void check_row_table();
    void check_absent();
    void check_empty(std::size_t customer, std::initializer_list<const std::vector<double>*> columns);
    void check_status(std::size_t step);
    void check_part_claims(const AuctionPart& part);
    void check_order_status(std::int32_t order, std::int64_t now);
    bool may_be_cut(std::int32_t order) const;
    // price_proof.cpp: prices of auctions and what they prove
    /// A row over positions, per kW, and what it leaves before the market.
    struct NetworkRow {
        std::map<std::size_t, double> entries;
        double rest;
    };
    void check_prices();
    int packing_row(const RowPrice& price) const;
    std::optional<NetworkRow> linear_row(std::size_t step, int row) const;
    std::optional<NetworkRow> priced_row(const RowPrice& price) const;
    bool is_unknown(const RowPrice& price) const;
    void check_trade_prices();
    double balance_price(std::size_t step, TradedLimit limit, const std::vector<double>& value) const;
    void check_step_prices(std::size_t step, const std::vector<double>& value);
    void check_bounds(const std::vector<std::vector<double>>& value, const std::vector<double>& room_value,
                      const std::vector<char>& is_known);
    double gains(std::size_t step, const std::vector<double>& value) const;
    double rest(std::size_t step, std::size_t row) const;
    // tangent_walk.cpp: rows that were linearised in AC
    std::span<const AcTangent> tangents() const;
    std::optional<NetworkRow> tangent_row(std::int32_t number, std::int32_t step) const;
    void check_tangents();
    void check_tangents(std::span<const AcTangent> all, const TapRun& run, std::int32_t first_row);
    void check_tangent(const AcTangent& tangent, const TangentPoints::Point& point,
                       std::span<const CoordinateColumns> columns);
    // bound_walk.cpp: stored proofs of bounds
    class PartOrders;
    void check_bound_proof(const AuctionPart& part);

    const Region& region_;
    const SeriesSet& series_;
    const ClearingQuestion& question_;
    const ClearingResult& result_;
    std::size_t feeder_;
    std::vector<std::string>& faults_;
    std::size_t count_ = 0;
    FeederAllocation allocation_;
    std::int32_t first_ = 0, last_ = 0;
    std::vector<std::size_t> position_customer_;
    std::vector<int> position_kind_;
    std::map<std::pair<std::size_t, int>, std::size_t> position_of_;
    std::optional<StepLimits> own_rows_;                               ///< where not all steps have the same rows
    std::vector<RowName> row_name_;                                    ///< [#row]
    std::vector<std::vector<std::map<std::size_t, double>>> entries_;  ///< [rows_of(step)][#row] by position
    std::vector<std::vector<double>> before_, after_, floor_, cap_, room_, level_;  ///< [#step][...]
    std::vector<std::vector<double>> reserved_;  ///< [#step][#row] for trades that may be called
};

}  // namespace headroom
