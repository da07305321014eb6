#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/cli/clearing_report.hpp"
#include "io/cli/lines_shown.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/hdf5/notes.hpp"
#include "io/report/counted.hpp"
#include "io/report/table.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/schema.hpp"

namespace headroom::cli {

namespace {

template <class Counts> std::string counts_text(const Counts& counts, std::string_view meanings) {
    std::string text;
    for (std::size_t k = 0; k < counts.size(); ++k)
        if (counts[k] > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[k], word_of(meanings, k));
    return text.empty() ? "none" : text;
}

std::string items_text(const ClearingSummary& summary) {
    return fmt::format("{} (feeder and step): {}\n", counted(summary.items, "item"),
                       counts_text(summary.items_with, clearing_schema::status_meanings));
}

std::string orders_text(const ClearingSummary& summary) {
    const std::int64_t orders =
        std::accumulate(summary.orders_with.begin(), summary.orders_with.end(), std::int64_t{0});
    return fmt::format("{}: {}\n", counted(orders, "order"),
                       counts_text(summary.orders_with, clearing_schema::order_status_meanings));
}

std::string order_name(const ClearingNames& names, std::int32_t order) {
    const auto o = static_cast<std::size_t>(order);
    const auto feeder =
        static_cast<std::size_t>(names.customer_feeder[static_cast<std::size_t>(names.order.customer[o])]);
    return fmt::format("order '{}' of feeder '{}'", names.order.id[o], names.feeder[feeder]);
}

std::string refusal_text(const RefusalCount& count) {
    return fmt::format("  refused, {}: {}",
                       word_of(clearing_schema::refusal_meanings, static_cast<std::size_t>(count.rule)), count.orders);
}

std::string refusals_text(const ClearingResult& result, const ClearingNames& names, const ClearingSummary& summary) {
    std::string text;
    for (const RefusalCount& count : summary.refusals) {
        const std::int32_t step = result.outcome[static_cast<std::size_t>(count.first)].refused_step;
        text += fmt::format("{}, the first is {}{}\n", refusal_text(count), order_name(names, count.first),
                            step < 0 ? "" : " at " + utc_text(names.start[static_cast<std::size_t>(step)]));
    }
    return text;
}

/// Steps without a market, by what their envelopes say.
std::string envelopes_text(const ClearingNames& names, const ClearingSummary& summary) {
    if (summary.unsafe_envelopes == 0) return "";
    std::vector<std::int64_t> count(split_words(result_schema::status_meanings).size());
    for (const ItemStatus status : names.envelope_status) ++count[static_cast<std::size_t>(status)];
    return fmt::format("limits before the market: {}\n", counts_text(count, result_schema::status_meanings));
}

std::string money_text(const ClearingSummary& summary, const std::string& currency) {
    const std::string volume =
        summary.auction ? fmt::format("bought {:.3f} kWh, sold {:.3f} kWh", summary.bought_kwh, summary.sold_kwh)
                        : fmt::format("{:.3f} kWh", summary.bought_kwh);
    const double surplus = std::abs(summary.operator_surplus) < 5e-7 ? 0 : summary.operator_surplus;  // never "-0"
    return fmt::format("{}: {}, turnover {:.4f} {}\nwelfare {:.6f} {}, operator surplus {:.6f} {}\n",
                       counted(summary.trades, "trade"), volume, summary.turnover, currency, summary.welfare, currency,
                       surplus, currency);
}

std::string auction_text(const ClearingSummary& summary, const std::string& currency) {
    if (!summary.auction) return "";
    std::string text =
        fmt::format("auctions: {} of {} certified, proven gap {:.1e} {}, duality gap {:.1e} {}, {}, {}\n",
                    summary.parts_certified, summary.parts, summary.gap_worst, currency, summary.certificate_worst,
                    currency, counted(summary.nodes, "node"), counted(summary.iterations, "pivot"));
    text += fmt::format("prices: {} of {} only these; {} paradoxically rejected, {} accepted\n", summary.parts_unique,
                        counted(summary.parts, "auction") + (summary.parts == 1 ? " has" : " have"),
                        counted(summary.rejected_gain, "order"), summary.accepted_loss);
    for (std::size_t limit = 0; limit < summary.prices.size(); ++limit)
        if (summary.prices[limit].count > 0)
            text += fmt::format("  {}: {:.2f} to {:.2f} {}/MWh\n", word_of(clearing_schema::limit_meanings, limit),
                                summary.prices[limit].lowest, summary.prices[limit].highest, currency);
    return text;
}

std::string rows_text(const ClearingResult& result, const ClearingNames& names, const ClearingSummary& summary) {
    if (summary.rows.empty()) return "";
    Table table({{"what holds the market", Align::left},
                 {"limit", Align::right},
                 {"steps", Align::right},
                 {fmt::format("highest price, {} per row unit", names.currency), Align::right}});
    for (std::size_t k = 0; k < std::min(summary.rows.size(), lines_shown); ++k) {
        const PricedRow& row = summary.rows[k];
        table.add({row_text(result.rows, names.row.bus, names.row.branch, row.row), limit_text(result.rows, row.row),
                   fmt::format("{}", row.steps), fmt::format("{:.4f}", row.highest)});
    }
    const std::string more = summary.rows.size() > lines_shown
                                 ? fmt::format("  and {}\n", counted(summary.rows.size() - lines_shown, "more row"))
                                 : "";
    return table.text(2) + more;
}

std::string secure_text(const ClearingResult& result) {
    const SecureClearing& secure = result.secure;
    if (secure.worst_excess.empty()) return "";
    double worst = 0;
    for (const double excess : secure.worst_excess)
        if (excess > worst) worst = excess;
    const std::string how = secure.rounds > 0 ? fmt::format("auctions held up to {}", counted(secure.rounds, "time"))
                                              : fmt::format("{} cut in whole or in part, {:.3f} kWh",
                                                            counted(secure.cut_trades, "trade"), secure.cut_kwh);
    return fmt::format("secure in AC: {}; {}, worst excess over a limit {:.1e} per unit\n", how,
                       counted(secure.replays, "replay"), worst);
}

std::string comparison_text(const ClearingNames& names) {
    if (names.comparison == nullptr) return "";
    Table table({{"ways to share the network", Align::left},
                 {"curtailed kWh", Align::right},
                 {"unserved kWh", Align::right},
                 {"welfare " + names.currency, Align::right},
                 {"traded kWh", Align::right},
                 {"fullest row", Align::right},
                 {"mean", Align::right},
                 {"Jain", Align::right}});
    for (std::size_t way = 0; way < names.comparison->measures.size(); ++way) {
        const MarketMeasures& m = names.comparison->measures[way];
        const double steps = static_cast<double>(std::max<std::int64_t>(m.steps, 1));
        const bool trades = m.trades > 0, limits = static_cast<SharingWay>(way) != SharingWay::central;
        table.add({std::string(sharing_way_words[way]), fmt::format("{:.2f}", m.curtailed_kwh),
                   fmt::format("{:.2f}", m.unserved_kwh), trades ? fmt::format("{:.3f}", m.welfare) : "",
                   trades ? fmt::format("{:.2f}", m.traded_kwh) : "", fmt::format("{:.1f} %", 100 * m.fullest_row_max),
                   fmt::format("{:.1f} %", 100 * m.fullest_row_sum / steps),
                   limits ? fmt::format("{:.4f}", m.jain_sum / steps) : ""});
    }
    const MarketMeasures& any = names.comparison->measures.front();
    return table.text(2)
           + fmt::format(
               "  of {:.2f} kWh available and {:.2f} kWh wanted; {:.3f} kW for everybody if limits are static\n",
               any.available_kwh, any.demand_kwh, names.comparison->static_limit_kw);
}

}  // namespace

std::string word_of(std::string_view meanings, std::size_t value) { return split_words(meanings).at(value); }

std::string summary_text(const ClearingSummary& summary, const std::string& currency) {
    std::string text = items_text(summary) + orders_text(summary);
    for (const RefusalCount& count : summary.refusals) text += refusal_text(count) + "\n";
    return text + money_text(summary, currency) + auction_text(summary, currency)
           + fmt::format("worst row excess of the final limits {:.1e} kW\n", summary.row_excess_worst);
}

std::string clearing_text(const ClearingResult& result, const ClearingNames& names) {
    const ClearingSummary summary = summarise(result, names.envelope_status, names.start, names.end);
    return items_text(summary) + envelopes_text(names, summary) + orders_text(summary)
           + refusals_text(result, names, summary) + money_text(summary, names.currency)
           + auction_text(summary, names.currency) + rows_text(result, names, summary)
           + (names.network
                  ? fmt::format("verified: worst row excess of the final limits {:.1e} kW\n", summary.row_excess_worst)
                  : "the network was left out (--network off): the final limits need not be secure\n")
           + secure_text(result) + comparison_text(names)
           + fmt::format("head of the chain over the trades: {}\n", names.chain_head)
           + feeder_faults_text(result.feeder_fault, names.feeder);
}

}  // namespace headroom::cli
