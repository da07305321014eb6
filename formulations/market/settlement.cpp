#include "formulations/market/settlement.hpp"

#include <algorithm>

#include "formulations/market/feeder_market.hpp"
#include "formulations/units.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

class Settlement {
public:
    Settlement(const Region& region, const SeriesSet& series, ClearingResult& result)
        : region_(region), series_(series), result_(result) {}

    void settle() {
        clear_figures();
        for (std::size_t feeder = 0; feeder < result_.feeder_count; ++feeder)
            for (const Trade& trade : result_.trades_of(feeder)) add(trade, feeder);
        for (std::size_t order = 0; order < result_.order_count; ++order) conclude(order);
    }

private:
    void clear_figures() {
        result_.after = result_.before;
        std::ranges::fill(result_.cash, 0.0);
        for (std::size_t item = 0; item < result_.status.size(); ++item) {
            const bool has_market =
                result_.status[item] != ClearingStatus::closed && result_.status[item] != ClearingStatus::invalid_input;
            result_.welfare[item] = result_.operator_surplus[item] = has_market ? 0.0 : nan;
        }
        for (OrderOutcome& outcome : result_.outcome) outcome.accepted = 0;
    }

    void add(const Trade& trade, std::size_t feeder) {
        const auto step = static_cast<std::size_t>(trade.step), item = result_.item(step, feeder);
        const double mwh = trade.quantity / kilowatt_per_megawatt * series_.hours(step);
        const bool moves = trade.buy < 0 || region_.order.conditional[static_cast<std::size_t>(trade.buy)] == 0;
        const auto pass = [&](std::int32_t order, OrderSide side, double direction, double price) {
            if (order < 0) return;
            const auto o = static_cast<std::size_t>(order);
            const std::size_t place =
                step * result_.customer_count + static_cast<std::size_t>(region_.order.customer[o]);
            result_.cash[place] += direction * price * mwh;
            result_.operator_surplus[item] -= direction * price * mwh;
            result_.welfare[item] -= direction * region_.order.price[o] * mwh;
            result_.outcome[o].accepted +=
                trade.quantity / (region_.order.last_step[o] - region_.order.first_step[o] + 1);
            if (moves)
                result_.after[static_cast<std::size_t>(position_kind(trade.limit))][place] +=
                    (raises(trade.limit, side) ? 1 : -1) * trade.quantity * watt_per_kilowatt;
        };
        pass(trade.buy, OrderSide::buy, -1, trade.buy_price);
        pass(trade.sell, OrderSide::sell, 1, trade.sell_price);
    }

    /// A status that promises more than the trades that are left is one of the curtailed.
    void conclude(std::size_t order) {
        OrderOutcome& outcome = result_.outcome[order];
        const double wanted = region_.order.quantity[order] / watt_per_kilowatt;
        const bool lacks = outcome.status == OrderStatus::filled && outcome.accepted < wanted - least_trade_kw;
        const bool lost = outcome.status == OrderStatus::partly_filled && outcome.accepted <= 0;
        if (lacks || lost) outcome.status = OrderStatus::curtailed;
    }

    const Region& region_;
    const SeriesSet& series_;
    ClearingResult& result_;
};

}  // namespace

void settle(const Region& region, const SeriesSet& series, ClearingResult& result) {
    Settlement(region, series, result).settle();
}

}  // namespace headroom
