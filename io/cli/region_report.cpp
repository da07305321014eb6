#include "io/cli/region_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "io/cli/envelope_report.hpp"
#include "io/run/summary_json.hpp"

namespace headroom::cli {

RegionTotals total_of(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done) {
    RegionTotals totals;
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
        fmt::format("{} of {} feeders in {} of {} parts, {:.1f} MB\n", totals.feeders_done, plan.feeder_count,
                    totals.shards_done, plan.shards.size(), static_cast<double>(totals.bytes) / 1e6);
    if (totals.shards_done == 0) return text;
    text += summary_text(totals.summary, static_cast<std::size_t>(plan.step_count),
                         totals.summary.of(LimitKind::q_inject).count > 0);
    if (totals.invalid_feeders > 0)
        text += fmt::format("{} feeders have a fault and were left out\n", totals.invalid_feeders);
    if (!totals.summary.all_solved())
        text += fmt::format("what is not solved, and why: {}\n", folder.report().string());
    return text;
}

std::string region_json(const RunPlan& plan, const RegionTotals& totals) {
    nlohmann::ordered_json json{{"kind", "region"},
                                {"feeders", plan.feeder_count},
                                {"feeders_done", totals.feeders_done},
                                {"invalid_feeders", totals.invalid_feeders},
                                {"parts", plan.shards.size()},
                                {"parts_done", totals.shards_done},
                                {"bytes", totals.bytes},
                                {"all_solved", totals.summary.all_solved()},
                                {"read_s", totals.read_s},
                                {"solve_s", totals.solve_s},
                                {"write_s", totals.write_s}};
    for (std::size_t k = 0; k < totals.summary.items_with.size(); ++k)
        json["items_with"][status_name(static_cast<ItemStatus>(k))] = totals.summary.items_with[k];
    json["summary"] = summary_json(totals.summary);
    return json.dump(2);
}

}  // namespace headroom::cli
