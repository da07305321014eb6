#include "io/hdf5/file_schema.hpp"
#include "io/result/replay_file.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/row_table.hpp"

namespace headroom {

ReplayFile read_replay(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    schema_version(reader, "replay", replay_schema::name, replay_schema::version, replay_schema::version);
    const ResultReader page(reader);
    ReplayFile file;
    file.info = {.envelopes = page.envelope_question("envelope_options"),
                 .market = reader.has_attribute("/", "market") ? page.note("market") : "",
                 .result_digest = page.note("result_digest"),
                 .version = page.note("version"),
                 .simd = page.note("simd"),
                 .options = page.note("options")};
    ResultFrame frame = read_frame(reader, page);
    file.start = std::move(frame.start);
    file.end = std::move(frame.end);
    file.feeder_id = std::move(frame.feeder_id);
    ReplayResult& result = file.result;
    result.step_count = file.start.size();
    result.feeder_fault = std::move(frame.feeder_fault);
    result.feeder_count = file.feeder_id.size();
    RowNames names;
    result.rows = read_row_table(page, static_cast<std::int32_t>(result.feeder_count) - 1, names);
    file.row_bus = std::move(names.bus);
    file.row_branch = std::move(names.branch);
    const Shape by_feeder{result.step_count, result.feeder_count};
    for (const std::int8_t status :
         page.values<std::int8_t>("/replay/status", by_feeder, 0, replay_schema::status_last))
        result.status.push_back(static_cast<ReplayStatus>(status));
    const char* const kinds[] = {"/replay/searched", "/replay/random_corners", "/replay/random_points",
                                 "/replay/all_corners"};
    for (std::size_t k = 0; k < std::size(kinds); ++k)
        result.worst_excess[k] = page.values<double>(kinds[k], by_feeder);
    std::vector<double>& free_taps = result.worst_excess[static_cast<std::size_t>(ReplayPoints::free_taps)];
    if (reader.has("/replay/taps_free"))  // files of earlier versions have it not
        free_taps = page.values<double>("/replay/taps_free", by_feeder);
    else
        free_taps.assign(result.worst_excess[0].size(), not_given);
    result.worst_row = page.values<std::int32_t>("/replay/worst_row", by_feeder, -1,
                                                 static_cast<std::int32_t>(result.rows.size()) - 1);
    result.violated = page.values<std::int32_t>("/replay/violated", by_feeder);
    result.points = page.values<std::int32_t>("/replay/points", by_feeder);
    result.worst_value = page.values<double>("/replay/worst", {result.step_count, result.rows.size()});
    for (std::size_t k = 0; k < result.worst_value.size(); ++k)
        result.worst_value[k] *= result.rows.limit[k % result.rows.size()];
    return file;
}

}  // namespace headroom
