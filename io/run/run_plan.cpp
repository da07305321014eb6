#include "io/run/run_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/errors.hpp"
#include "io/run/text_file.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr int plan_version = 2;

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

auto find_note(const RunPlan& plan, std::string_view name) {
    return std::ranges::find(plan.notes, name, &RunNotes::value_type::first);
}

bool has_note(const RunPlan& plan, std::string_view name) { return find_note(plan, name) != plan.notes.end(); }

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
    plan.kind = run_kind_of(stored.at("kind").get<std::string>());
    for (const json& note : stored.at("notes"))
        plan.notes.emplace_back(note.at(0).get<std::string>(), note.at(1).get<std::string>());
    plan.contents = stored.at("contents").get<std::string>();
    plan.case_path = stored.at("case_path").get<std::string>();
    plan.feeder_count = stored.at("feeder_count").get<std::int64_t>();
    plan.customer_count = stored.at("customer_count").get<std::int64_t>();
    plan.step_count = stored.at("step_count").get<std::int64_t>();
    for (const json& shard : stored.at("shards")) plan.shards.push_back(shard_of(shard));
    for (const char* name : {"case_digest", "case_name", "series", "simd", "version"})
        if (!has_note(plan, name)) throw std::invalid_argument(fmt::format("no {}", name));
    if (!covers(plan)) throw std::invalid_argument("shards that do not cover the feeders");
    return plan;
}

}  // namespace

const std::string& RunPlan::note(std::string_view name) const { return find_note(*this, name)->second; }

void write_plan(const RunPlan& plan, const std::filesystem::path& path) {
    json stored{{"plan_version", plan_version},
                {"kind", plan.traits().name},
                {"notes", plan.notes},
                {"contents", plan.contents},
                {"case_path", plan.case_path},
                {"feeder_count", plan.feeder_count},
                {"customer_count", plan.customer_count},
                {"step_count", plan.step_count},
                {"shards", json::array()}};
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
    if (before.kind != now.kind)
        return fmt::format("it was made by '{}', is now by '{}'", before.traits().name, now.traits().name);
    for (const auto& [name, text] : now.notes)
        if (!has_note(before, name) || before.note(name) != text)
            return fmt::format("{}: was '{}', is now '{}'", name, has_note(before, name) ? before.note(name) : "",
                               text);
    if (before.contents != now.contents)
        return fmt::format("parts: held '{}', are now to hold '{}'", before.contents, now.contents);
    if (before.shards != now.shards)
        return fmt::format("shards: were {}, are now {} or cut elsewhere", before.shards.size(), now.shards.size());
    return "";
}

}  // namespace headroom
