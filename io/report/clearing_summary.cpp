#include "io/report/clearing_summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "formulations/units.hpp"

namespace headroom {
namespace {

void count_items(const ClearingResult& result, std::span<const ItemStatus> envelope_status, ClearingSummary& summary) {
    summary.items = static_cast<std::int64_t>(result.status.size());
    for (std::size_t i = 0; i < result.status.size(); ++i) {
        ++summary.items_with[static_cast<std::size_t>(result.status[i])];
        if (std::isfinite(result.welfare[i])) summary.welfare += result.welfare[i];
        if (std::isfinite(result.operator_surplus[i])) summary.operator_surplus += result.operator_surplus[i];
        if (result.row_excess[i] > summary.row_excess_worst) summary.row_excess_worst = result.row_excess[i];
        const bool was_published =
            result.status[i] == ClearingStatus::cleared || result.status[i] == ClearingStatus::closed;
        const ItemStatus before = envelope_status.empty() ? ItemStatus::solved : envelope_status[i];
        if (was_published && before != ItemStatus::solved && before != ItemStatus::islanded) ++summary.unsafe_envelopes;
    }
}

void count_orders(const ClearingResult& result, ClearingSummary& summary) {
    std::map<OrderRefusal, RefusalCount> refusals;
    for (std::size_t o = 0; o < result.outcome.size(); ++o) {
        const OrderOutcome& outcome = result.outcome[o];
        ++summary.orders_with[static_cast<std::size_t>(outcome.status)];
        summary.rejected_gain += result.fit[o] == PriceFit::rejected_gain ? 1 : 0;
        summary.accepted_loss += result.fit[o] == PriceFit::accepted_loss ? 1 : 0;
        if (outcome.status != OrderStatus::refused) continue;
        RefusalCount& count = refusals[outcome.refusal];
        if (count.orders++ == 0) count.first = static_cast<std::int32_t>(o);
        count.rule = outcome.refusal;
    }
    for (const auto& [rule, count] : refusals) summary.refusals.push_back(count);
}

void add_trades(const ClearingResult& result, std::span<const std::int64_t> start, std::span<const std::int64_t> end,
                ClearingSummary& summary) {
    summary.trades = static_cast<std::int64_t>(result.trades.size());
    for (const Trade& trade : result.trades) {
        const auto step = static_cast<std::size_t>(trade.step);
        const double kwh = trade.quantity * hours_between(start[step], end[step]);
        if (trade.sell >= 0) summary.sold_kwh += kwh;
        if (trade.buy < 0) continue;
        summary.bought_kwh += kwh;
        summary.turnover += kwh / kilowatt_per_megawatt * trade.buy_price;
    }
    for (const std::int64_t checks : result.checks) summary.checks += checks;
}

void add_parts(const ClearingResult& result, ClearingSummary& summary) {
    summary.parts = static_cast<std::int64_t>(result.parts.size());
    for (const AuctionPart& part : result.parts) {
        summary.parts_certified += part.certified ? 1 : 0;
        summary.parts_unique += part.unique_prices ? 1 : 0;
        summary.gap_worst = std::max(summary.gap_worst, part.bound - part.welfare);
        summary.certificate_worst = std::max(summary.certificate_worst, part.certificate_gap);
        summary.nodes += part.nodes;
        summary.iterations += part.iterations;
    }
}

void add_prices(const ClearingResult& result, ClearingSummary& summary) {
    for (std::size_t limit = 0; limit < result.price.size(); ++limit) {
        PriceRange& range = summary.prices[limit];
        summary.auction = summary.auction || !result.price[limit].empty();
        for (const double price : result.price[limit]) {
            if (std::isnan(price)) continue;
            range.lowest = range.count == 0 ? price : std::min(range.lowest, price);
            range.highest = range.count == 0 ? price : std::max(range.highest, price);
            ++range.count;
        }
    }
    std::map<std::int32_t, PricedRow> rows;
    std::map<std::int32_t, std::int32_t> last_step;
    for (const RowPrice& price : result.row_prices) {
        PricedRow& row = rows[price.row];
        row.row = price.row;
        if (const auto [seen, added] = last_step.try_emplace(price.row, price.step);
            added || seen->second != price.step) {
            ++row.steps;
            seen->second = price.step;
        }
        row.highest = std::max(row.highest, price.price);
        row.sum += price.price;
    }
    for (const auto& [k, row] : rows) summary.rows.push_back(row);
    std::stable_sort(summary.rows.begin(), summary.rows.end(),
                     [](const PricedRow& a, const PricedRow& b) { return a.sum > b.sum; });
}

void add(PriceRange& total, const PriceRange& part) {
    if (part.count == 0) return;
    total.lowest = total.count == 0 ? part.lowest : std::min(total.lowest, part.lowest);
    total.highest = total.count == 0 ? part.highest : std::max(total.highest, part.highest);
    total.count += part.count;
}

void add_refusals(ClearingSummary& total, const ClearingSummary& part) {
    for (const RefusalCount& count : part.refusals) {
        const auto at = std::ranges::lower_bound(total.refusals, count.rule, {},
                                                 [](const RefusalCount& known) { return known.rule; });
        if (at != total.refusals.end() && at->rule == count.rule)
            at->orders += count.orders;
        else
            total.refusals.insert(at, {.rule = count.rule, .orders = count.orders});
    }
}

}  // namespace

bool ClearingSummary::all_cleared() const {
    const auto with = [this](ClearingStatus status) { return items_with[static_cast<std::size_t>(status)]; };
    return items == with(ClearingStatus::cleared) + with(ClearingStatus::closed) && unsafe_envelopes == 0;
}

ClearingSummary summarise(const ClearingResult& result, std::span<const ItemStatus> envelope_status,
                          std::span<const std::int64_t> start, std::span<const std::int64_t> end) {
    ClearingSummary summary;
    count_items(result, envelope_status, summary);
    count_orders(result, summary);
    add_trades(result, start, end, summary);
    add_parts(result, summary);
    add_prices(result, summary);
    return summary;
}

void add(ClearingSummary& total, const ClearingSummary& part) {
    total.items += part.items;
    for (std::size_t k = 0; k < total.items_with.size(); ++k) total.items_with[k] += part.items_with[k];
    total.unsafe_envelopes += part.unsafe_envelopes;
    for (std::size_t k = 0; k < total.orders_with.size(); ++k) total.orders_with[k] += part.orders_with[k];
    add_refusals(total, part);
    total.trades += part.trades;
    total.bought_kwh += part.bought_kwh;
    total.sold_kwh += part.sold_kwh;
    total.turnover += part.turnover;
    total.welfare += part.welfare;
    total.operator_surplus += part.operator_surplus;
    total.checks += part.checks;
    total.row_excess_worst = std::max(total.row_excess_worst, part.row_excess_worst);
    total.auction = total.auction || part.auction;
    total.parts += part.parts;
    total.parts_certified += part.parts_certified;
    total.parts_unique += part.parts_unique;
    total.gap_worst = std::max(total.gap_worst, part.gap_worst);
    total.certificate_worst = std::max(total.certificate_worst, part.certificate_worst);
    total.nodes += part.nodes;
    total.iterations += part.iterations;
    total.rejected_gain += part.rejected_gain;
    total.accepted_loss += part.accepted_loss;
    for (std::size_t limit = 0; limit < total.prices.size(); ++limit) add(total.prices[limit], part.prices[limit]);
}

}  // namespace headroom
