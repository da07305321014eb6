#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/import_text.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/errors.hpp"
#include "io/import/import_sources.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"

namespace headroom::cli {

namespace {

/// What lies among the files of a source and is no case is one of them.
void require_no_source_file(const Source& source, const std::string& output) {
    const std::filesystem::path path = std::filesystem::absolute(source.path);  // the name alone has no parent
    const std::filesystem::path folder = source.kind == SourceKind::csv ? path : path.parent_path();
    const std::filesystem::path way = std::filesystem::weakly_canonical(std::filesystem::absolute(output))
                                          .lexically_relative(std::filesystem::weakly_canonical(folder));
    const bool is_inside = !way.empty() && *way.begin() != "..";
    if (is_inside && std::filesystem::is_regular_file(output) && !is_hdf5(output))
        throw UsageError(fmt::format("the output '{}' would replace a file of the source '{}'; give another name",
                                     output, source.path.string()));
}

void require_sense(const ImportOptions& options, const std::vector<Source>& sources) {
    for (const Source& source : sources) {
        require_other_file(source.path.string(), options.case_path);
        require_no_source_file(source, options.case_path);
    }
    const auto none_is = [&](SourceKind kind) {
        return std::ranges::none_of(sources, [kind](const Source& s) { return s.kind == kind; });
    };
    const bool no_opendss = none_is(SourceKind::opendss),
               csv_alone = no_opendss && none_is(SourceKind::power_grid_model);
    const char* first = sources.front().kind == SourceKind::csv ? "folder of CSV files" : "case of power-grid-model";
    if (no_opendss && !options.opendss_option.empty())
        throw UsageError(fmt::format("{}: only OpenDSS sources take it, and '{}' is a {}", options.opendss_option,
                                     sources.front().path.string(), first));
    if (csv_alone && !options.network_option.empty())
        throw UsageError(fmt::format("{}: only OpenDSS and power-grid-model sources take it, and '{}' is a {}",
                                     options.network_option, sources.front().path.string(), first));
    if (sources.size() > 1 && !options.opendss.feeder_id.empty())
        throw UsageError(
            fmt::format("--feeder-id: '{}' cannot name {} feeders", options.opendss.feeder_id, sources.size()));
}

ImportedSources read_sources(const ImportOptions& options, const std::vector<Source>& sources) {
    std::optional<Progress> progress;
    if (!options.quiet && sources.size() > 1) progress.emplace("importing", static_cast<std::int64_t>(sources.size()));
    return import_sources(sources,
                          {options.opendss, options.power_grid_model, options.strict, options.threads, [&progress] {
                               if (progress) progress->tick();
                           }});
}

/// As the person says; else one source's own name, else that of the folder where all of them were found.
void name_region(const ImportOptions& options, std::size_t sources, Region& region) {
    if (!options.name.empty())
        region.name = options.name;
    else if (sources > 1 && options.sources.size() == 1)
        region.name = std::filesystem::canonical(options.sources.front()).filename().string();
}

void print_report(const SourceList& list, const std::vector<SourceOutcome>& outcomes, bool quiet) {
    if (!quiet) fmt::print(stderr, "{}", import_text(outcomes));
    if (!quiet && list.repeated > 0)
        fmt::print(stderr, "note: met again, and read once: {}\n", counted(list.repeated, "source"));
    fmt::print(stderr, "{}", left_out_text(outcomes));
}

std::string named_sources(const SourceList& list) {
    const std::string first = list.sources.front().path.string();
    return list.sources.size() == 1 ? first : fmt::format("{} sources, first {}", list.sources.size(), first);
}

}  // namespace

ExitCode import_case(const ImportOptions& options) {
    const SourceList list = list_sources(options.sources, options.master_names);
    require_sense(options, list.sources);
    require_open_folder(options.case_path);
    ImportedSources imported = read_sources(options, list.sources);
    Region& region = imported.region;
    name_region(options, list.sources.size(), region);
    print_report(list, imported.outcomes, options.quiet);
    const ExitCode left = left_to_write(region, validate(region), named_sources(list), options.strict);

    write_case(region, options.case_path, options.threads);
    if (!options.quiet) {
        fmt::print(stderr, "wrote {}: feeders {}, buses {}, branches {}, customers {}\n", options.case_path,
                   region.feeder_count(), region.bus_count(), region.branch_count(), region.customer_count());
    }
    const bool whole =
        std::ranges::all_of(imported.outcomes, [](const auto& outcome) { return outcome.fault.empty(); });
    return left == ExitCode::done && !whole ? ExitCode::incomplete : left;
}

}  // namespace headroom::cli
