#include "io/cli/region_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "io/cli/clearing_report.hpp"
#include "io/cli/congestion_report.hpp"
#include "io/cli/envelope_report.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/replay_report.hpp"
#include "io/hdf5/reader.hpp"
#include "io/report/counted.hpp"
#include "io/result/root_notes.hpp"

namespace headroom::cli {

namespace {

std::string numbers_text(const RunPlan& plan, const EnvelopeSummary& summary) {
    return summary_text(summary, static_cast<std::size_t>(plan.step_count), summary.of(LimitKind::q_inject).count > 0);
}
std::string numbers_text(const RunPlan& plan, const ClearingSummary& summary) {
    return summary_text(summary, plan.note("currency"));
}
std::string numbers_text(const RunPlan& plan, const ReplaySummary& summary) {
    RunInfo envelopes = run_info_of(plan.notes);
    envelopes.options = plan.note("envelope_options");
    return summary_text(summary) + errors_text(question_of(envelopes, plan.case_path).errors);
}
std::string numbers_text(const RunPlan&, const CongestionSummary& summary) { return summary_text(summary); }

/// Of a finished clearing; "": none.
std::string chain_head(const RunPlan& plan, const RunFolder& folder) {
    if (!plan.traits().has_trades || !std::filesystem::exists(folder.index())) return "";
    return Hdf5Reader(folder.index()).text_attribute("/", "chain_head");
}

}  // namespace

RegionTotals total_of(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done) {
    RegionTotals totals;
    totals.summary = empty_summary(plan.kind);
    for (const auto& [shard, record] : done) {
        ++totals.shards_done;
        totals.feeders_done += plan.shards[shard].feeder_count;
        totals.invalid_feeders += record.invalid_feeders;
        totals.bytes += record.bytes;
        add(totals.summary, record.summary);
        totals.read_s += record.read_s;
        totals.solve_s += record.solve_s;
        totals.write_s += record.write_s;
    }
    return totals;
}

std::string region_text(const RunPlan& plan, const RegionTotals& totals, const RunFolder& folder) {
    std::string text =
        fmt::format("{} of {} in {} of {}, {:.1f} MB\n", totals.feeders_done, counted(plan.feeder_count, "feeder"),
                    totals.shards_done, counted(plan.shards.size(), "part"), static_cast<double>(totals.bytes) / 1e6);
    if (totals.shards_done == 0) return text;
    text += std::visit([&](const auto& summary) { return numbers_text(plan, summary); }, totals.summary);
    if (const std::string head = chain_head(plan, folder); !head.empty())
        text += fmt::format("head of the chain over the trades: {}\n", head);
    if (totals.invalid_feeders > 0)
        text += fmt::format("left out, for a fault: {}\n", counted(totals.invalid_feeders, "feeder"));
    if (!is_whole(totals.summary)) text += fmt::format("what is not solved, and why: {}\n", folder.report().string());
    return text;
}

std::string region_json(const RunPlan& plan, const RegionTotals& totals, const RunFolder& folder) {
    nlohmann::ordered_json json{{"kind", "region"},
                                {"verb", plan.traits().name},
                                {"feeders", plan.feeder_count},
                                {"feeders_done", totals.feeders_done},
                                {"invalid_feeders", totals.invalid_feeders},
                                {"parts", plan.shards.size()},
                                {"parts_done", totals.shards_done},
                                {"bytes", totals.bytes},
                                {"all_solved", is_whole(totals.summary)},
                                {"read_s", totals.read_s},
                                {"solve_s", totals.solve_s},
                                {"write_s", totals.write_s}};
    const nlohmann::json numbers = summary_json(totals.summary);
    if (const auto counts = numbers.find("items_with"); counts != numbers.end())
        for (std::size_t k = 0; k < counts->size(); ++k)
            json["items_with"][word_of(plan.traits().status_meanings, k)] = counts->at(k);
    json["summary"] = numbers;
    if (const std::string head = chain_head(plan, folder); !head.empty()) json["chain_head"] = head;
    return json.dump(2);
}

}  // namespace headroom::cli
