#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "formulations/market/verify_clearing.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/case/case_outline.hpp"
#include "io/cli/market_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/hdf5/reader.hpp"
#include "io/import/csv/case_orders.hpp"
#include "io/report/counted.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/order_differences.hpp"
#include "io/run/join_run.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t claims_shown = 20;
constexpr std::size_t orders_shown = 20;  // that differ, of each part

/// What was looked at and what does not hold.
struct Findings {
    std::size_t orders = 0, trades = 0, items = 0, left_out = 0;
    std::int64_t unproven = 0;   ///< auctions
    std::string orders_of = {};  ///< what the orders were compared with; "": nothing
    std::string chain_head;
    std::vector<std::string> faults = {};
};

/// Feeders of the case that a clearing must be of.
struct FeederRange {
    std::size_t first = 0, count = std::numeric_limits<std::size_t>::max();
};

/// Where the orders of a clearing should have come from: a table, or the case if it has any.
class OrderSource {
public:
    /// @param series  that was cleared: tables may name its steps
    OrderSource(const VerifyOptions& options, const std::string& series) {
        const CaseOutline outline = read_outline(options.case_path, series);
        if (!options.order_path.empty()) table_.emplace(options.order_path, options.case_path, outline);
        case_has_ = outline.order_count() > 0;
    }

    bool is_case() const { return !table_ && case_has_; }
    std::string name() const { return table_ ? table_->file() : case_has_ ? "the case" : ""; }

    /// Those of a range of feeders; nothing where nobody knows.
    /// @param region  these feeders, with the orders of the case if it is the source: they are taken out
    std::optional<GivenOrders> take(std::size_t first_feeder, Region& region) const {
        if (!table_ && !case_has_) return std::nullopt;
        if (!table_) {
            if (region.order_count() == 0) region.feeder.order_offset.assign(region.feeder_count() + 1, 0);
            return GivenOrders{std::move(region.order), std::move(region.feeder.order_offset), name(),
                               [](std::size_t) { return "the case"; }};
        }
        table_->give(first_feeder, region);
        const auto first = static_cast<std::size_t>(table_->offset()[first_feeder]);
        return GivenOrders{std::move(region.order), std::move(region.feeder.order_offset), name(),
                           [this, first](std::size_t row) { return table_->place(first + row); }};
    }

private:
    std::optional<CaseOrders> table_;
    bool case_has_ = false;
};

/// The feeders of the case that were cleared, with its orders if they are the source.
Region read_feeders(const ClearingFile& file, const FeederRange& feeders, const std::string& path,
                    const VerifyOptions& options, const OrderSource& source, RowOrigin& origin) {
    Region region = read_case(options.case_path,
                              {.series = file.info.envelopes.series,
                               .orders = source.is_case(),
                               .feeder_first = feeders.first,
                               .feeder_count = feeders.count},
                              origin);
    const SeriesSet& series = region.series.front();
    if (file.feeder_id != region.feeder.id || file.customer.id != region.customer.id || file.start != series.start
        || file.end != series.end)
        throw InputError(
            fmt::format("{}: its feeders, customers or steps are not those of {}", path, options.case_path));
    return region;
}

/// The same with the orders that were cleared, wherever they came from.
Region with_cleared_orders(Region region, const ClearingFile& file) {
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

/// The first trade from which on the chain is another one, and a head that is not its last.
void check_chain(const ClearingFile& file, std::vector<std::string>& faults) {
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
}

/// The orders of the clearing are those that it should be of.
void check_orders(const Region& cleared, const std::optional<GivenOrders>& given, const OrderSource& source,
                  Findings& findings) {
    findings.orders_of = source.name();
    if (!given) return;
    std::vector<std::string> found = order_differences(cleared, *given);
    const std::size_t count = found.size();
    if (count > orders_shown) {
        found.resize(orders_shown);
        found.push_back(fmt::format("orders: {} more differ from {}", count - orders_shown, given->source));
    }
    if (count > 0 && source.is_case())
        found.emplace_back("orders: if they came from a table and not from the case, name it by --orders");
    std::ranges::move(found, std::back_inserter(findings.faults));
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

/// [#feeder] why it cannot be walked through; a part of a case may have no other feeders.
std::vector<std::string> faults_of(const Region& region, const RowOrigin& origin, const std::string& case_path) {
    std::vector<Fault> found = validate(region);
    origin.restore(found);
    if (std::ranges::any_of(found, [](const Fault& fault) { return fault.feeder < 0; }))
        throw InputError(case_path + ": " + summarise(found));
    return first_faults(found, region.feeder_count());
}

void require_case(const ClearingFile& file, const std::string& path, const std::string& case_digest,
                  const VerifyOptions& options) {
    if (case_digest != file.info.envelopes.case_digest)
        throw InputError(
            fmt::format("{} was computed from another case than {} (their digests differ)", path, options.case_path));
}

/// Judges one clearing of some feeders of the case.
Findings judge(ClearingFile file, const std::string& path, const FeederRange& feeders, const VerifyOptions& options,
               const OrderSource& source) {
    const ClearingQuestion question = question_of(file.info, path);
    require_market(file, question, path);
    RowOrigin origin;
    Region own = read_feeders(file, feeders, path, options, source, origin);
    const std::optional<GivenOrders> given = source.take(feeders.first, own);
    const Region region = with_cleared_orders(std::move(own), file);
    Findings findings{.orders = file.order.size(),
                      .trades = file.result.trades.size(),
                      .items = file.result.status.size(),
                      .chain_head = file.chain_head};
    check_orders(region, given, source, findings);
    check_chain(file, findings.faults);
    check_feeders(faults_of(region, origin, options.case_path), file.feeder_id, file.result, findings.faults);
    for (std::string& fault : verify_clearing(region, region.series.front(), question, file.result, options.threads))
        findings.faults.push_back(std::move(fault));
    findings.unproven = bounds_without_proof(region, file.result);
    findings.left_out = static_cast<std::size_t>(
        std::ranges::count_if(file.result.feeder_fault, [](const auto& fault) { return !fault.empty(); }));
    return findings;
}

Findings judge_file(const std::string& case_digest, const VerifyOptions& options) {
    ClearingFile file = read_clearing(options.result_path);
    require_case(file, options.result_path, case_digest, options);
    const OrderSource source(options, file.info.envelopes.series);
    return judge(std::move(file), options.result_path, {}, options, source);
}

/// Judges the parts of a run one after the other.
Findings judge_run(const RunFolder& folder, const std::string& case_digest, const VerifyOptions& options) {
    const RunPlan plan = read_finished(folder);
    if (plan.kind != RunKind::clear)
        throw InputError(fmt::format("'{}' holds a run of '{}'; verify judges runs of 'clear'", folder.path().string(),
                                     plan.traits().name));
    const OrderSource source(options, plan.note("series"));
    Findings all;
    std::vector<std::string> heads;
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        const std::string part = folder.part(shard).string();
        const FeederRange feeders{static_cast<std::size_t>(plan.shards[shard].first_feeder),
                                  static_cast<std::size_t>(plan.shards[shard].feeder_count)};
        ClearingFile file = read_clearing(part);
        require_case(file, part, case_digest, options);
        Findings own = judge(std::move(file), part, feeders, options, source);
        all.orders += own.orders;
        all.trades += own.trades;
        all.items += own.items;
        all.left_out += own.left_out;
        all.unproven += own.unproven;
        all.orders_of = own.orders_of;
        for (const std::string& fault : own.faults)
            all.faults.push_back(fmt::format("{}: {}", RunFolder::part_name(shard), fault));
        heads.push_back(std::move(own.chain_head));
    }
    if (count_feeders(options.case_path) != static_cast<std::size_t>(plan.feeder_count))
        all.faults.emplace_back("the parts do not have all feeders of the case");
    all.chain_head = head_of_parts(heads);
    const std::string published = Hdf5Reader(folder.index()).text_attribute("/", "chain_head");
    if (published != all.chain_head)
        all.faults.push_back(
            fmt::format("index.h5, attribute chain_head: is {}, the parts make {}", published, all.chain_head));
    return all;
}

void check_head(const std::string& noted, Findings& findings) {
    if (!noted.empty() && noted != findings.chain_head)
        findings.faults.push_back(fmt::format("--head: is {}, trades and orders make {}", noted, findings.chain_head));
}

std::string findings_text(const Findings& findings) {
    const std::vector<std::string>& faults = findings.faults;
    std::string text = fmt::format(
        "{} and {} of {} judged{}\n", counted(findings.orders, "order"), counted(findings.trades, "trade"),
        counted(findings.items, "item"),
        findings.left_out > 0 ? fmt::format(", {} with a fault left out", counted(findings.left_out, "feeder")) : "");
    text += findings.orders_of.empty()
                ? "orders are those of the file: the case has none, and --orders names no table to compare them with\n"
                : fmt::format("orders were compared with those of {}\n", findings.orders_of);
    text += faults.empty() ? "chain, security, rules of orders, money and proofs hold\n"
                           : counted(faults.size(), "finding") + ":\n";
    if (findings.unproven > 0)
        text += fmt::format("{}: bound not provable from the file\n", counted(findings.unproven, "auction"));
    for (std::size_t k = 0; k < std::min(faults.size(), claims_shown); ++k) text += "  " + faults[k] + "\n";
    if (faults.size() > claims_shown) text += fmt::format("  and {} more\n", faults.size() - claims_shown);
    return text;
}

std::string findings_json(const Findings& findings) {
    const nlohmann::ordered_json json{
        {"kind", "verification"},
        {"holds", findings.faults.empty()},
        {"orders", findings.orders},
        {"orders_of",
         findings.orders_of.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(findings.orders_of)},
        {"trades", findings.trades},
        {"unproven_bounds", findings.unproven},
        {"chain_head", findings.chain_head},
        {"findings", findings.faults}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

ExitCode verify(const VerifyOptions& options) {
    const std::string case_digest = file_digest(options.case_path);
    Findings findings = names_a_folder(options.result_path)
                            ? judge_run(RunFolder(options.result_path), case_digest, options)
                            : judge_file(case_digest, options);
    check_head(options.head, findings);
    if (options.json) fmt::print("{}\n", findings_json(findings));
    if (!options.quiet) fmt::print(stderr, "{}", findings_text(findings));
    return findings.faults.empty() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
