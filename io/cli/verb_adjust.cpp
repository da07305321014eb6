#include <fmt/format.h>

#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/case_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/import/csv/csv_changes.hpp"

namespace headroom::cli {

ExitCode adjust(const AdjustOptions& options) {
    require_other_file(options.case_path, options.adjusted_path);
    require_other_file(options.table_path, options.adjusted_path);
    require_open_folder(options.adjusted_path);
    Region region = read_case(options.case_path, {.series = "", .all_series = true});
    const std::size_t changed = change_feeders(options.table_path, region);
    const std::vector<Fault> faults = validate(region);
    if (!faults.empty()) fmt::print(stderr, "{} faults:\n{}", faults.size(), faults_text(faults));
    write_case(region, options.adjusted_path);
    if (!options.quiet)
        fmt::print(stderr, "{} of {} feeders changed\n{}: written\n", changed, region.feeder_count(),
                   options.adjusted_path);
    return verdict(region, faults);
}

}  // namespace headroom::cli
