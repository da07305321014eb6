#include <fmt/format.h>

#include <numeric>
#include <stdexcept>

#include "formulations/units.hpp"
#include "io/case/column_writer.hpp"
#include "io/hdf5/time_axis.hpp"
#include "io/result/bound_proofs.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/result_page.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/schema.hpp"
#include "io/result/tangents.hpp"

namespace headroom {
namespace {

using namespace result_axis;
constexpr const char *orders = "/orders", *trades = "/trades", *hash_bytes = "/hash_bytes", *parts = "/parts",
                     *part_steps = "/part_steps", *row_prices = "/row_prices";

void require_clearing(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(fmt::format("a clearing does not fit its region: {}", what));
}

void check_fit(const ClearingResult& result, const Region& region, const SeriesSet& series,
               const std::vector<ItemStatus>& envelope_status) {
    const std::size_t steps = series.step_count(), items = steps * region.feeder_count(),
                      places = steps * region.customer_count(), feeders_count = region.feeder_count();
    require_clearing(result.step_count == steps && result.customer_count == region.customer_count()
                && result.feeder_count == feeders_count && result.order_count == region.order_count(),
            "numbers of steps, customers, feeders, orders");
    for (std::size_t kind = 0; kind < result.before.size(); ++kind)
        require_clearing((result.before[kind].empty() || result.before[kind].size() == places)
                    && result.after[kind].size() == result.before[kind].size(),
                "limits");
    for (const auto& price : result.price) require_clearing(price.empty() || price.size() == places, "prices");
    require_clearing(result.status.size() == items && result.welfare.size() == items && result.row_excess.size() == items
                && result.operator_surplus.size() == items && result.cash.size() == places,
            "values of items");
    require_clearing(envelope_status.empty() || envelope_status.size() == items, "status of envelopes");
    require_clearing(result.outcome.size() == region.order_count() && result.fit.size() == region.order_count(), "outcomes");
    require_clearing(result.checks.size() == feeders_count && result.feeder_fault.size() == feeders_count
                && result.trade_offset.size() == feeders_count + 1 && result.part_offset.size() == feeders_count + 1
                && result.trade_offset.back() == static_cast<std::int64_t>(result.trades.size())
                && result.part_offset.back() == static_cast<std::int64_t>(result.parts.size()),
            "values of feeders");
}

Attributes page_notes(const ClearingRunInfo& info, const std::string& head) {
    Attributes notes = root_notes(clearing_schema::name, clearing_schema::version, notes_of(info));
    notes.push_back({"chain_head", head});
    notes.push_back({"power_sign", "-import_limit <= injection <= export_limit, injection positive into the network"});
    notes.push_back({"time_zone", "UTC"});
    return notes;
}

/// Writes one clearing, group by group.
struct ClearingPage {
    ResultPage page;
    const ClearingResult& result;
    const std::string& currency;

    Attributes money(const char* long_name, const char* units = "1") const {
        Attributes notes = describe_float(long_name, units);
        notes.push_back({"currency", currency});
        return notes;
    }
    template <class T> Attributes flags(const char* long_name, std::string_view meanings) const {
        Attributes notes = describe(long_name);
        add_counting_flags<T>(notes, meanings);
        return notes;
    }

    void write_orders(const OrderColumns& order) const {
        write_group(page.writer, case_group::order, order, currency);
        std::vector<std::int8_t> status, refusal, fit;
        std::vector<std::int32_t> refused_step;
        std::vector<double> accepted;
        for (const OrderOutcome& outcome : result.outcome) {
            status.push_back(static_cast<std::int8_t>(outcome.status));
            refusal.push_back(static_cast<std::int8_t>(outcome.refusal));
            refused_step.push_back(outcome.refused_step);
            accepted.push_back(outcome.accepted * watt_per_kilowatt);
        }
        for (const PriceFit answer : result.fit) fit.push_back(static_cast<std::int8_t>(answer));
        page.column("/order/status", orders,
                    flags<std::int8_t>("what became of the order", clearing_schema::order_status_meanings), status);
        page.column("/order/refusal", orders,
                    flags<std::int8_t>("rule that a refused order broke", clearing_schema::refusal_meanings), refusal);
        page.column("/order/refused_step", orders,
                    describe("row of /time in which it did; -1: none in particular", "1"), refused_step);
        page.column("/order/accepted", orders, describe_float("what traded, mean over the steps of the order", "W"),
                    accepted);
        page.column(
            "/order/fit", orders,
            flags<std::int8_t>("auctions: how prices and the answer to the order fit", clearing_schema::fit_meanings),
            fit);
    }

    void write_trades(const std::vector<TradeRecord>& records, const std::vector<ChainHash>& chain) const {
        page.group("/trade", "what changed hands, feeder by feeder as it came about");
        const auto column = [&](const char* path, Attributes notes, auto value) {
            std::vector<decltype(value(records.front()))> values;
            for (const TradeRecord& record : records) values.push_back(value(record));
            page.column(path, trades, std::move(notes), values);
        };
        column("/trade/feeder", describe("row of /feeder", "1"), [](const TradeRecord& t) { return t.feeder; });
        column("/trade/time", describe("when the order that set it off arrived", microseconds),
               [](const TradeRecord& t) { return t.time; });
        column("/trade/step", describe("row of /time", "1"), [](const TradeRecord& t) { return t.step; });
        column("/trade/limit", flags<std::int8_t>("what was traded", clearing_schema::limit_meanings),
               [](const TradeRecord& t) { return static_cast<std::int8_t>(t.limit); });
        column("/trade/buy", describe("row of /order that buys; -1: the operator", "1"),
               [](const TradeRecord& t) { return t.buy; });
        column("/trade/sell", describe("row of /order that sells; -1: the operator", "1"),
               [](const TradeRecord& t) { return t.sell; });
        column("/trade/quantity", describe_float("quantity; V A for reactive limits", "W"),
               [](const TradeRecord& t) { return t.quantity; });
        column("/trade/buy_price", money("what the buyer pays; per Mvar and hour for reactive limits", "MW-1.h-1"),
               [](const TradeRecord& t) { return t.buy_price; });
        column("/trade/sell_price", money("what the seller gets; likewise", "MW-1.h-1"),
               [](const TradeRecord& t) { return t.sell_price; });
        page.writer.write({"/trade/hash",
                           ElementType::uint8,
                           {trades, hash_bytes},
                           describe("SHA-256 of the hash before it and the trade"),
                           Chunking::rows},
                          chain.data() + 1);
    }

    void write_limits() const {
        page.group("/limit", "limits, or injections, before and after the market");
        for (std::size_t kind = 0; kind < result.before.size(); ++kind) {
            if (result.before[kind].empty()) continue;
            const std::string name(clearing_schema::position_names[kind]);
            const bool reactive = name.starts_with("q_");
            for (const auto& [when, values] :
                 {std::pair{"before", &result.before[kind]}, std::pair{"after", &result.after[kind]}})
                page.series(
                    fmt::format("/limit/{}_{}", name, when), customers,
                    describe_float(fmt::format("{} the market; NaN: nothing to trade", when), reactive ? "V A" : "W"),
                    *values);
        }
    }

    void write_prices() const {
        const std::vector<std::string> names = split_words(clearing_schema::limit_meanings);
        bool any = false;
        for (std::size_t limit = 0; limit < result.price.size(); ++limit) {
            if (result.price[limit].empty()) continue;
            if (!std::exchange(any, true)) page.group("/price", "value of each limit in an auction, place by place");
            page.series("/price/" + names[limit], customers,
                        money("locational price; per Mvar and hour for reactive limits; NaN: no market", "MW-1.h-1"),
                        result.price[limit]);
        }
    }

    void write_items(const std::vector<ItemStatus>& envelope_status) const {
        page.group("/market", "what the market of each feeder and step is worth");
        page.series("/market/status", feeders,
                    flags<std::int8_t>("worth of the market", clearing_schema::status_meanings), result.status);
        if (!envelope_status.empty())
            page.series("/market/envelope_status", feeders,
                        flags<std::int8_t>("worth of the limits before the market", result_schema::status_meanings),
                        envelope_status);
        page.series("/market/welfare", feeders, money("value of what traded, by the orders' prices; NaN: no market"),
                    result.welfare);
        page.series("/market/operator_surplus", feeders, money("paid by customers and not passed on to others"),
                    result.operator_surplus);
        std::vector<double> excess = result.row_excess;
        for (double& value : excess) value *= watt_per_kilowatt;
        if (!result.secure.worst_excess.empty())
            page.series("/market/ac_excess", feeders,
                        describe_float("largest excess over a limit in AC of the limits after the market, per unit of "
                                       "voltage or rating; NaN: no trades",
                                       "1"),
                        result.secure.worst_excess);
        page.series(
            "/market/row_excess", feeders,
            describe_float("largest excess of the final limits over a row, floor or cap; not above 0: inside", "W"),
            excess);
        page.group("/settlement", "money of each customer and step");
        page.series("/settlement/cash", customers, money("received; negative: paid"), result.cash);
    }

    void write_parts() const {
        if (result.part_offset.empty() || result.parts.empty()) return;
        std::vector<std::int32_t> feeder, first, steps, all_steps;
        std::vector<std::int8_t> status;
        std::vector<std::uint8_t> certified, unique;
        std::vector<double> welfare, bound, gap, excess;
        std::vector<std::int64_t> nodes, iterations;
        for (std::size_t f = 0; f < result.feeder_count; ++f)
            for (std::int64_t k = result.part_offset[f]; k < result.part_offset[f + 1]; ++k) {
                const AuctionPart& part = result.parts[static_cast<std::size_t>(k)];
                feeder.push_back(static_cast<std::int32_t>(f));
                first.push_back(static_cast<std::int32_t>(all_steps.size()));
                steps.push_back(static_cast<std::int32_t>(part.steps.size()));
                all_steps.insert(all_steps.end(), part.steps.begin(), part.steps.end());
                status.push_back(static_cast<std::int8_t>(part.status));
                certified.push_back(part.certified ? 1 : 0);
                unique.push_back(part.unique_prices ? 1 : 0);
                welfare.push_back(part.welfare);
                bound.push_back(part.bound);
                gap.push_back(part.certificate_gap);
                excess.push_back(part.row_excess * watt_per_kilowatt);
                nodes.push_back(part.nodes);
                iterations.push_back(part.iterations);
            }
        page.writer.dimension(part_steps, all_steps.size());
        page.column("/part_step", part_steps, describe("rows of /time, part by part", "1"), all_steps);
        page.group("/part", "auctions: steps that were cleared together");
        page.column("/part/feeder", parts, describe("row of /feeder", "1"), feeder);
        page.column("/part/first_step", parts, describe("row of /part_step: the first of its steps", "1"), first);
        page.column("/part/step_count", parts, describe("number of its steps", "1"), steps);
        page.column("/part/status", parts,
                    flags<std::int8_t>("how the search ended", clearing_schema::part_status_meanings), status);
        page.column("/part/welfare", parts, money("value of what was accepted"), welfare);
        page.column("/part/bound", parts, money("proven: no acceptance is worth more"), bound);
        page.column("/part/certificate_gap", parts,
                    money("duality gap of the multipliers, yes-or-no answers taken as given"), gap);
        page.column("/part/row_excess", parts, describe_float("largest excess over a row, floor or cap", "W"), excess);
        page.column("/part/certified", parts, flags<std::uint8_t>("is the answer proven", "uncertified certified"),
                    certified);
        page.column("/part/nodes", parts, describe("linear programs of the search", "1"), nodes);
        page.column("/part/iterations", parts, describe("pivots of all of them", "1"), iterations);
        page.column("/part/unique_prices", parts,
                    flags<std::uint8_t>("do no other multipliers support the same acceptance", "several unique"),
                    unique);
        write_bound_proofs(page, result.parts);
    }

    void write_row_prices() const {
        if (result.row_prices.empty()) return;
        page.group("/row_price", "auctions: what more room in a row would be worth; rows without a price left out");
        const auto column = [&](const char* path, Attributes notes, auto member) {
            std::vector<std::decay_t<decltype(result.row_prices.front().*member)>> values;
            for (const RowPrice& price : result.row_prices) values.push_back(price.*member);
            page.column(path, row_prices, std::move(notes), values);
        };
        column("/row_price/step", describe("row of /time", "1"), &RowPrice::step);
        column("/row_price/feeder", describe("row of /feeder", "1"), &RowPrice::feeder);
        column("/row_price/row", describe("row of /row", "1"), &RowPrice::row);
        column("/row_price/side", describe("side of the row, as in envelope results", "1"), &RowPrice::side);
        column("/row_price/price", money("gain of welfare per row unit of room"), &RowPrice::price);
        if (!result.tangents.empty())
            column("/row_price/tangent", describe("row of /tangent; -1: none, a linear row", "1"), &RowPrice::tangent);
    }
};

std::uint64_t planned_bytes(const ClearingResult& result) {
    std::uint64_t values = result.cash.size() + 4 * result.status.size();
    for (const auto& limits : result.before) values += 2 * limits.size();
    for (const auto& price : result.price) values += price.size();
    return 8 * values + 24 * result.step_count + 200 * result.order_count + 96 * result.trades.size()
           + 96 * result.parts.size() + bound_proof_bytes(result.parts) + 36 * result.row_prices.size()
           + tangent_bytes(result.tangents)
           + 40 * result.rows.size()
           + result_schema::id_bytes_max * (result.customer_count + result.feeder_count + 2 * result.rows.size());
}

}  // namespace

RunNotes notes_of(const ClearingRunInfo& info) {
    RunNotes notes{{"market", info.market},
                   {"mechanism", info.mechanism},
                   {"options", info.options},
                   {"envelope_digest", info.envelope_digest},
                   {"currency", info.currency}};
    for (auto& [name, text] : notes_of(info.envelopes))
        notes.emplace_back(name == "options" ? "envelope_options" : name, std::move(text));
    return notes;
}

std::string write_clearing(const ClearingResult& result, const Region& region, const SeriesSet& series,
                           const std::vector<ItemStatus>& envelope_status, const ClearingRunInfo& info,
                           const std::filesystem::path& path) {
    check_fit(result, region, series, envelope_status);
    const std::vector<TradeRecord> records = trade_records(result);
    const std::vector<ChainHash> chain = trade_chain(info.envelopes.case_digest, region.order, records);
    const std::string head = hash_text(chain.back());
    Hdf5Writer writer(path, planned_bytes(result));
    writer.annotate("/", page_notes(info, head));
    writer.dimension("/bound", 2);
    writer.dimension(customers, region.customer_count());
    writer.dimension(feeders, region.feeder_count());
    writer.dimension(rows, result.rows.size());
    writer.dimension(trades, records.size());
    writer.dimension(hash_bytes, chain.front().size());
    writer.dimension(parts, result.parts.size());
    writer.dimension(row_prices, result.row_prices.size());
    write_time_axis(writer, "", series.start, series.end);

    const ClearingPage page{{writer}, result, info.currency};
    write_feeders(page.page, region.feeder.id, result.feeder_fault);
    page.page.column("/feeder/checks", feeders, describe("pairs of orders that the network was asked about", "1"),
                     result.checks);
    write_customers(page.page, region);
    page.write_orders(region.order);
    page.write_trades(records, chain);
    page.write_limits();
    page.write_prices();
    page.write_items(envelope_status);
    page.write_parts();
    page.write_row_prices();
    write_tangents(page.page, result.tangents);
    write_row_table(page.page, result.rows, region);
    writer.commit();
    return head;
}

}  // namespace headroom
