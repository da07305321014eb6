#include "io/hdf5/time_axis.hpp"
#include "io/result/replay_file.hpp"
#include "io/result/result_page.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

using namespace result_axis;

Attributes page_notes(const ReplayInfo& info) {
    Attributes notes = root_notes(replay_schema::name, replay_schema::version, notes_of(info));
    notes.push_back({"time_zone", "UTC"});
    return notes;
}

void write_items(const ResultPage& page, const ReplayResult& result) {
    page.group("/replay", "worst values found in the AC power flow inside the envelopes of a result");
    Attributes status = describe("what the replay of each feeder and step came to");
    add_counting_flags<std::int8_t>(status, replay_schema::status_meanings);
    page.series("/replay/status", feeders, std::move(status), result.status);
    const auto excess = [&](const char* path, const char* long_name, ReplayPoints kind) {
        page.series(path, feeders, describe_float(long_name, "1"), result.worst_excess[static_cast<std::size_t>(kind)]);
    };
    excess("/replay/searched",
           "largest excess over a limit, per unit of voltage or rating, at the rows' corners and those searched from "
           "there",
           ReplayPoints::searched);
    excess("/replay/random_corners", "the same at random corners", ReplayPoints::random_corners);
    excess("/replay/random_points", "the same at random points inside", ReplayPoints::random_points);
    excess("/replay/all_corners", "the same at all corners; NaN: not asked, or more than 20 coordinates",
           ReplayPoints::all_corners);
    excess("/replay/taps_free",
           "the same at the points searched, with taps solved at each; NaN: not asked, or no tap controls; for report "
           "only",
           ReplayPoints::free_taps);
    page.series("/replay/worst_row", feeders, describe("row of /row with the largest excess; -1: none", "1"),
                result.worst_row);
    page.series("/replay/violated", feeders, describe("limits that are passed by more than 1e-6", "1"),
                result.violated);
    page.series("/replay/points", feeders, describe("power flows", "1"), result.points);
    page.series("/replay/worst", rows,
                describe_float("value at the worst point found over the row's limit; NaN: not replayed", "1"),
                result.worst_share());
}

}  // namespace

RunNotes notes_of(const ReplayInfo& info) {
    return {{"flow", info.envelopes.flow},
            {"policy", info.envelopes.policy},
            {"direction", info.envelopes.direction},
            {"reference", info.envelopes.reference},
            {"case_name", info.envelopes.case_name},
            {"case_digest", info.envelopes.case_digest},
            {"series", info.envelopes.series},
            {"envelope_options", info.envelopes.options},
            {"market", info.market},
            {"result_digest", info.result_digest},
            {"version", info.version},
            {"simd", info.simd},
            {"options", info.options}};
}

void write_replay(const ReplayResult& result, const Region& region, const SeriesSet& series, const ReplayInfo& info,
                  const std::filesystem::path& path) {
    const std::uint64_t bytes = 16 * result.worst_value.size() + 64 * result.status.size()
                                + result_schema::id_bytes_max * 2 * (result.rows.size() + region.feeder_count());
    Hdf5Writer writer(path, bytes);
    writer.annotate("/", page_notes(info));
    writer.dimension("/bound", 2);
    writer.dimension(feeders, region.feeder_count());
    writer.dimension(rows, result.rows.size());
    write_time_axis(writer, "", series.start, series.end);
    const ResultPage page{writer};
    write_feeders(page, region.feeder.id, result.feeder_fault);
    write_row_table(page, result.rows, region);
    write_items(page, result);
    writer.commit();
}

}  // namespace headroom
