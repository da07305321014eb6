#include "io/run/run_plan.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/errors.hpp"
#include "io/run/text_file.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr int plan_version = 1;

/// By their names in the file and in messages.
constexpr std::array<std::pair<const char*, std::string RunInfo::*>, 10> info_members{
    {{"case_name", &RunInfo::case_name},
     {"case_digest", &RunInfo::case_digest},
     {"series", &RunInfo::series},
     {"flow", &RunInfo::flow},
     {"policy", &RunInfo::policy},
     {"direction", &RunInfo::direction},
     {"reference", &RunInfo::reference},
     {"options", &RunInfo::options},
     {"version", &RunInfo::version},
     {"simd", &RunInfo::simd}}};

json shard_json(const Shard& shard) {
    return {{"first_feeder", shard.first_feeder}, {"feeder_count", shard.feeder_count}, {"first_bus", shard.first_bus},
            {"first_branch", shard.first_branch}, {"raw_bytes", shard.raw_bytes},       {"cost", shard.cost}};
}

Shard shard_of(const json& stored) {
    return {.first_feeder = stored.at("first_feeder").get<std::int64_t>(),
            .feeder_count = stored.at("feeder_count").get<std::int64_t>(),
            .first_bus = stored.at("first_bus").get<std::int64_t>(),
            .first_branch = stored.at("first_branch").get<std::int64_t>(),
            .raw_bytes = stored.at("raw_bytes").get<std::uint64_t>(),
            .cost = stored.at("cost").get<double>()};
}

/// Every feeder in one shard, in order.
bool covers(const RunPlan& plan) {
    std::int64_t next = 0;
    for (const Shard& shard : plan.shards) {
        if (shard.first_feeder != next || shard.feeder_count <= 0) return false;
        next += shard.feeder_count;
    }
    return next == plan.feeder_count;
}

RunPlan plan_of(const json& stored) {
    if (stored.at("plan_version").get<int>() != plan_version) throw std::invalid_argument("an unknown version");
    RunPlan plan;
    for (const auto& [name, member] : info_members) plan.info.*member = stored.at(name).get<std::string>();
    plan.contents = stored.at("contents").get<std::string>();
    plan.case_path = stored.at("case_path").get<std::string>();
    plan.feeder_count = stored.at("feeder_count").get<std::int64_t>();
    plan.customer_count = stored.at("customer_count").get<std::int64_t>();
    plan.step_count = stored.at("step_count").get<std::int64_t>();
    for (const json& shard : stored.at("shards")) plan.shards.push_back(shard_of(shard));
    if (!covers(plan)) throw std::invalid_argument("shards that do not cover the feeders");
    return plan;
}

}  // namespace

void write_plan(const RunPlan& plan, const std::filesystem::path& path) {
    json stored{{"plan_version", plan_version},
                {"contents", plan.contents},
                {"case_path", plan.case_path},
                {"feeder_count", plan.feeder_count},
                {"customer_count", plan.customer_count},
                {"step_count", plan.step_count},
                {"shards", json::array()}};
    for (const auto& [name, member] : info_members) stored[name] = plan.info.*member;
    for (const Shard& shard : plan.shards) stored["shards"].push_back(shard_json(shard));
    write_text_file(path, stored.dump(1) + "\n");
}

RunPlan read_plan(const std::filesystem::path& path) {
    try {
        return plan_of(json::parse(read_text_file(path)));
    } catch (const json::exception& fault) {
        throw InputError(fmt::format("'{}' is no plan of a run: {}", path.string(), fault.what()));
    } catch (const std::invalid_argument& fault) {
        throw InputError(fmt::format("'{}' is no plan of a run: it has {}", path.string(), fault.what()));
    }
}

std::string difference(const RunPlan& before, const RunPlan& now) {
    for (const auto& [name, member] : info_members)
        if (before.info.*member != now.info.*member)
            return fmt::format("{}: was '{}', is now '{}'", name, before.info.*member, now.info.*member);
    if (before.contents != now.contents)
        return fmt::format("parts: held '{}', are now to hold '{}'", before.contents, now.contents);
    if (before.shards != now.shards)
        return fmt::format("shards: were {}, are now {} or cut elsewhere", before.shards.size(), now.shards.size());
    return "";
}

}  // namespace headroom
