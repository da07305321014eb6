#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formulations/market/verify_clearing.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/market_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/result/clearing_file.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t lines_shown = 20;

/// The case with the orders that were cleared, wherever they came from.
Region cleared_region(const ClearingFile& file, const VerifyOptions& options) {
    if (file_digest(options.case_path) != file.info.envelopes.case_digest)
        throw InputError(fmt::format("{} was computed from another case than {} (their digests differ)",
                                     options.result_path, options.case_path));
    Region region = read_case(options.case_path, {.series = file.info.envelopes.series, .orders = false});
    const SeriesSet& series = region.series.front();
    if (file.feeder_id != region.feeder.id || file.customer.id != region.customer.id || file.start != series.start
        || file.end != series.end)
        throw InputError(fmt::format("{}: its feeders, customers or steps are not those of {}", options.result_path,
                                     options.case_path));
    region.order = file.order;
    std::vector<std::int64_t>& offset = region.feeder.order_offset;
    offset.assign(region.feeder_count() + 1, 0);
    for (const std::int32_t customer : file.order.customer)
        ++offset[static_cast<std::size_t>(file.customer.feeder[static_cast<std::size_t>(customer)]) + 1];
    for (std::size_t f = 0; f < region.feeder_count(); ++f) offset[f + 1] += offset[f];
    return region;
}

/// What the question says there is must be there before anybody looks at it.
void require_market(const ClearingFile& file, const ClearingQuestion& question, const std::string& path) {
    const bool set_points = question.market == MarketKind::set_point_exchange,
               joint = question.envelope.reactive == Reactive::joint;
    for (int l = 0; l < traded_limit_count; ++l) {
        const auto limit = static_cast<TradedLimit>(l);
        const bool is_q = limit == TradedLimit::q_inject || limit == TradedLimit::q_absorb;
        const bool traded = set_points == is_set_point(limit) && (!is_q || joint);
        const auto kind = static_cast<std::size_t>(position_kind(limit));
        if (traded && file.result.before[kind].empty())
            throw InputError(
                fmt::format("{}: /limit/{}_before: is missing", path, clearing_schema::position_names[kind]));
        const bool priced = traded && question.mechanism == Mechanism::auction;
        if (priced == file.result.price[static_cast<std::size_t>(l)].empty())
            throw InputError(fmt::format("{}: /price: must have the traded limits of an auction, and no others", path));
    }
}

/// The first trade from which on the chain is another one, and heads that are not its last.
void check_chain(const ClearingFile& file, const std::string& noted, std::vector<std::string>& faults) {
    const std::vector<ChainHash> chain = trade_chain(file.info.envelopes.case_digest, file.order, file.records);
    const std::string head = hash_text(chain.back());
    for (std::size_t k = 0; k < file.chain.size(); ++k) {
        if (file.chain[k] == chain[k + 1]) continue;
        faults.push_back(fmt::format("/trade/hash row {}: is not that of the trade and all before it: {} were changed",
                                     k, k == 0 ? "this trade, the orders or the case" : "this trade or its hash"));
        break;
    }
    if (file.chain_head != head)
        faults.push_back(fmt::format("attribute chain_head: is {}, trades and orders make {}", file.chain_head, head));
    if (!noted.empty() && noted != head)
        faults.push_back(fmt::format("--head: is {}, trades and orders of the file make {}", noted, head));
}

/// Feeders that cannot be walked through are not, and must not have been cleared.
void check_feeders(const std::vector<std::string>& faults_of_case, const std::vector<std::string>& id,
                   ClearingResult& result, std::vector<std::string>& faults) {
    for (std::size_t f = 0; f < id.size(); ++f) {
        std::string& fault = result.feeder_fault[f];
        if (!faults_of_case[f].empty() && fault.empty()) {
            faults.push_back(fmt::format("feeder '{}': was cleared in spite of {}", id[f], faults_of_case[f]));
            fault = faults_of_case[f];
        }
        if (!fault.empty() && result.trade_offset[f] != result.trade_offset[f + 1])
            faults.push_back(fmt::format("feeder '{}': has trades in spite of its fault: {}", id[f], fault));
    }
}

std::string findings_text(const std::vector<std::string>& faults, const ClearingFile& file) {
    const auto left_out = std::ranges::count_if(file.result.feeder_fault, [](const auto& f) { return !f.empty(); });
    std::string text = fmt::format("{} orders and {} trades of {} items judged{}\n", file.order.size(),
                                   file.result.trades.size(), file.result.status.size(),
                                   left_out > 0 ? fmt::format(", {} feeders with a fault left out", left_out) : "");
    text += faults.empty() ? "chain, security, rules of orders, money and proofs hold\n"
                           : fmt::format("{} findings:\n", faults.size());
    for (std::size_t k = 0; k < std::min(faults.size(), lines_shown); ++k) text += "  " + faults[k] + "\n";
    if (faults.size() > lines_shown) text += fmt::format("  and {} more\n", faults.size() - lines_shown);
    return text;
}

std::string findings_json(const std::vector<std::string>& faults, const ClearingFile& file) {
    using Json = nlohmann::ordered_json;
    const Json json{{"kind", "verification"},        {"holds", faults.empty()},
                    {"orders", file.order.size()},   {"trades", file.result.trades.size()},
                    {"chain_head", file.chain_head}, {"findings", faults}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

ExitCode verify(const VerifyOptions& options) {
    ClearingFile file = read_clearing(options.result_path);
    const ClearingQuestion question = question_of(file.info, options.result_path);
    require_market(file, question, options.result_path);
    const Region region = cleared_region(file, options);
    std::vector<std::string> faults;
    check_chain(file, options.head, faults);
    check_feeders(feeder_faults(region, options.case_path, false), file.feeder_id, file.result, faults);
    for (std::string& fault : verify_clearing(region, region.series.front(), question, file.result))
        faults.push_back(std::move(fault));
    if (options.json) fmt::print("{}\n", findings_json(faults, file));
    if (!options.quiet) fmt::print(stderr, "{}", findings_text(faults, file));
    return faults.empty() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
