#include "io/run/journal.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/digest.hpp"
#include "io/run/text_file.hpp"

namespace headroom {
namespace {

using nlohmann::json;

ShardRecord stored_record(RunKind kind, const json& stored) {
    return {.shard = stored.at("shard").get<std::size_t>(),
            .bytes = stored.at("bytes").get<std::uint64_t>(),
            .digest = stored.at("digest").get<std::string>(),
            .invalid_feeders = stored.at("invalid_feeders").get<std::int64_t>(),
            .summary = summary_of(kind, stored.at("summary")),
            .read_s = stored.at("read_s").get<double>(),
            .solve_s = stored.at("solve_s").get<double>(),
            .write_s = stored.at("write_s").get<double>()};
}

}  // namespace

ShardRecord record_of(std::size_t shard, const std::filesystem::path& path, const PartFile& part) {
    ShardRecord record;
    record.shard = shard;
    record.bytes = std::filesystem::file_size(path);
    record.digest = file_digest(path);
    record.invalid_feeders = std::ranges::count_if(part.feeder_fault, [](const auto& text) { return !text.empty(); });
    record.summary = part.summary;
    return record;
}

void append_record(const std::filesystem::path& journal, const ShardRecord& record) {
    const json line{{"shard", record.shard},
                    {"bytes", record.bytes},
                    {"digest", record.digest},
                    {"invalid_feeders", record.invalid_feeders},
                    {"summary", summary_json(record.summary)},
                    {"read_s", record.read_s},
                    {"solve_s", record.solve_s},
                    {"write_s", record.write_s}};
    append_line(journal, line.dump());
}

std::multimap<std::size_t, ShardRecord> read_journals(const RunFolder& folder, RunKind kind) {
    std::multimap<std::size_t, ShardRecord> records;
    for (const auto& journal : folder.files("journal-")) {
        std::istringstream lines(read_text_file(journal));
        for (std::string line; std::getline(lines, line);) {
            const json stored = json::parse(line, nullptr, false);
            if (stored.is_discarded()) continue;
            try {
                ShardRecord record = stored_record(kind, stored);
                const std::size_t shard = record.shard;
                records.emplace(shard, std::move(record));
            } catch (const json::exception&) {
                continue;  // a line of another version: its part is looked at as if there were none
            }
        }
    }
    return records;
}

std::map<std::size_t, ShardRecord> find_done(const RunFolder& folder,
                                             const std::multimap<std::size_t, ShardRecord>& records, PartCheck check) {
    std::map<std::size_t, ShardRecord> done;
    for (auto first = records.begin(); first != records.end();) {
        const std::size_t shard = first->first;
        const auto last = records.upper_bound(shard);
        const std::filesystem::path part = folder.part(shard);
        if (std::filesystem::exists(part)) {
            const std::uint64_t bytes = std::filesystem::file_size(part);
            const std::string digest = check == PartCheck::digest ? file_digest(part) : "";
            const auto fits = std::find_if(first, last, [&](const auto& entry) {
                const ShardRecord& record = entry.second;
                return record.bytes == bytes && (check == PartCheck::size || record.digest == digest);
            });
            if (fits != last) done.insert(*fits);
        }
        first = last;
    }
    return done;
}

}  // namespace headroom
