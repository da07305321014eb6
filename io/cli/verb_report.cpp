#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/cli/feeder_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/report/counted.hpp"
#include "io/result/schema.hpp"
#include "io/run/join_run.hpp"
#include "io/run/text_file.hpp"

namespace headroom::cli {

namespace {

void add_file(const std::string& path, FeederReport& report) {
    const auto is = [reader = Hdf5Reader(path)](std::string_view schema) { return has_schema(reader, schema); };
    if (is(result_schema::name)) return report.add(read_envelopes(path), path);
    if (is(clearing_schema::name)) return report.add(read_clearing(path), path);
    if (is(replay_schema::name)) return report.add(read_replay(path), path);
    if (is(congestion_schema::name)) return report.add(read_congestion(path), path);
    throw InputError(path + ": is no result of allocate, clear, replay or forecast-congestion");
}

/// A file, or the parts of a run one after the other.
void add_result(const std::string& path, FeederReport& report) {
    if (!names_a_folder(path)) return add_file(path, report);
    const RunFolder folder(path);
    const std::size_t parts = read_finished(folder).shards.size();
    for (std::size_t shard = 0; shard < parts; ++shard) add_file(folder.part(shard).string(), report);
}

/// How many feeders there is something to say about.
struct Remarks {
    std::int64_t feeders = 0, with_fault = 0, with_violations = 0, at_risk = 0;
};

Remarks remarks_of(const FeederReport& report) {
    Remarks remarks;
    for (const FeederLine& line : report.lines()) {
        ++remarks.feeders;
        remarks.with_fault += line.fault.empty() ? 0 : 1;
        remarks.with_violations += line.violated > 0 ? 1 : 0;
        remarks.at_risk += line.probability_highest > 0 ? 1 : 0;
    }
    return remarks;
}

}  // namespace

ExitCode report(const ReportOptions& options) {
    for (const std::string& result : options.results) require_other_file(result, options.table_path);
    if (is_hdf5(options.table_path))
        throw UsageError(
            fmt::format("the output '{}' is an HDF5 file; a table does not take its place", options.table_path));
    require_open_folder(options.table_path);
    FeederReport table;
    for (const std::string& result : options.results) add_result(result, table);
    write_text_file(options.table_path, table.csv());
    const Remarks remarks = remarks_of(table);
    if (options.json) {
        const nlohmann::ordered_json json{{"kind", "report"},
                                          {"feeders", remarks.feeders},
                                          {"with_fault", remarks.with_fault},
                                          {"with_violations", remarks.with_violations},
                                          {"at_risk", remarks.at_risk}};
        fmt::print("{}\n", json.dump(2));
    }
    if (!options.quiet)
        fmt::print(stderr,
                   "{}: {} with a fault, {} with limits violated in the replay, {} with limits at risk\n"
                   "{}: written\n",
                   counted(remarks.feeders, "feeder"), remarks.with_fault, remarks.with_violations, remarks.at_risk,
                   options.table_path);
    return ExitCode::done;
}

}  // namespace headroom::cli
