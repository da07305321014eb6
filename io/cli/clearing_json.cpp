#include <nlohmann/json.hpp>

#include "io/cli/clearing_report.hpp"
#include "io/cli/feeder_faults_json.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/hdf5/notes.hpp"
#include "io/result/clearing_file.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

template <class Counts> Json counts_json(const Counts& counts, std::string_view meanings) {
    Json json = Json::object();
    for (std::size_t k = 0; k < counts.size(); ++k) json[word_of(meanings, k)] = counts[k];
    return json;
}

std::string feeder_of(const ClearingNames& names, std::size_t order) {
    return names
        .feeder[static_cast<std::size_t>(names.customer_feeder[static_cast<std::size_t>(names.order.customer[order])])];
}

Json refusals_json(const ClearingResult& result, const ClearingNames& names) {
    Json json = Json::array();
    for (std::size_t o = 0; o < result.outcome.size(); ++o) {
        const OrderOutcome& outcome = result.outcome[o];
        if (outcome.status != OrderStatus::refused) continue;
        json.push_back({{"feeder", feeder_of(names, o)},
                        {"order", names.order.id[o]},
                        {"rule", word_of(clearing_schema::refusal_meanings, static_cast<std::size_t>(outcome.refusal))},
                        {"step", outcome.refused_step < 0
                                     ? Json()
                                     : Json(utc_text(names.start[static_cast<std::size_t>(outcome.refused_step)]))}});
    }
    return json;
}

/// Orders whose answer the prices do not support.
Json misfits_json(const ClearingResult& result, const ClearingNames& names) {
    Json json = Json::array();
    for (std::size_t o = 0; o < result.fit.size(); ++o)
        if (result.fit[o] != PriceFit::supported)
            json.push_back({{"feeder", feeder_of(names, o)},
                            {"order", names.order.id[o]},
                            {"fit", word_of(clearing_schema::fit_meanings, static_cast<std::size_t>(result.fit[o]))}});
    return json;
}

Json auction_json(const ClearingResult& result, const ClearingNames& names, const ClearingSummary& summary) {
    Json json{{"parts", summary.parts},
              {"certified", summary.parts_certified},
              {"unique_prices", summary.parts_unique},
              {"gap_worst", summary.gap_worst},
              {"certificate_gap_worst", summary.certificate_worst},
              {"nodes", summary.nodes},
              {"iterations", summary.iterations},
              {"paradoxically_rejected", summary.rejected_gain},
              {"paradoxically_accepted", summary.accepted_loss}};
    json["misfits"] = misfits_json(result, names);
    json["prices_per_mwh"] = Json::object();
    for (std::size_t limit = 0; limit < summary.prices.size(); ++limit)
        if (summary.prices[limit].count > 0)
            json["prices_per_mwh"][word_of(clearing_schema::limit_meanings, limit)] = {
                {"lowest", summary.prices[limit].lowest}, {"highest", summary.prices[limit].highest}};
    json["rows"] = Json::array();
    for (const PricedRow& row : summary.rows)
        json["rows"].push_back({{"row", row_text(result.rows, names.row.bus, names.row.branch, row.row)},
                                {"steps", row.steps},
                                {"highest_price", row.highest}});
    return json;
}

Json comparison_json(const MarketComparison& comparison) {
    Json ways{{"static_limit_kw", comparison.static_limit_kw}};
    for (std::size_t way = 0; way < comparison.measures.size(); ++way) {
        const MarketMeasures& m = comparison.measures[way];
        const double steps = static_cast<double>(std::max<std::int64_t>(m.steps, 1));
        ways[std::string(sharing_way_words[way])] = {{"available_kwh", m.available_kwh},
                                                     {"curtailed_kwh", m.curtailed_kwh},
                                                     {"demand_kwh", m.demand_kwh},
                                                     {"unserved_kwh", m.unserved_kwh},
                                                     {"welfare", m.welfare},
                                                     {"traded_kwh", m.traded_kwh},
                                                     {"trades", m.trades},
                                                     {"checks", m.checks},
                                                     {"fullest_row_max", m.fullest_row_max},
                                                     {"fullest_row_mean", m.fullest_row_sum / steps},
                                                     {"jain_mean", m.jain_sum / steps}};
    }
    return ways;
}

}  // namespace

std::string clearing_json(const ClearingResult& result, const ClearingNames& names) {
    const ClearingSummary summary = summarise(result, names.envelope_status, names.start, names.end);
    Json json{{"kind", "clearing"}, {"items", summary.items}, {"all_cleared", summary.all_cleared()}};
    json["items_with"] = counts_json(summary.items_with, clearing_schema::status_meanings);
    json["unsafe_envelopes"] = summary.unsafe_envelopes;
    json["orders"] = result.outcome.size();
    json["orders_with"] = counts_json(summary.orders_with, clearing_schema::order_status_meanings);
    json["refusals"] = refusals_json(result, names);
    json["trades"] = summary.trades;
    json["currency"] = names.currency;
    json["bought_kwh"] = summary.bought_kwh;
    json["sold_kwh"] = summary.sold_kwh;
    json["turnover"] = summary.turnover;
    json["welfare"] = summary.welfare;
    json["operator_surplus"] = summary.operator_surplus;
    json["checks"] = summary.checks;
    json["network"] = names.network;
    json["row_excess_worst_kw"] = summary.row_excess_worst;
    json["auction"] = summary.auction ? auction_json(result, names, summary) : Json();
    if (!result.secure.worst_excess.empty())
        json["secure"] = {{"replays", result.secure.replays},
                          {"rounds", result.secure.rounds},
                          {"cut_trades", result.secure.cut_trades},
                          {"cut_kwh", result.secure.cut_kwh}};
    if (names.comparison != nullptr) json["comparison"] = comparison_json(*names.comparison);
    json["chain_head"] = names.chain_head;
    json["feeder_faults"] = feeder_faults_json(result.feeder_fault, names.feeder);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
