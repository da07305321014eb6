#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/case_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/opendss/opendss_import.hpp"

namespace headroom::cli {

namespace {

Imported import_source(const ImportOptions& options) {
    if (!std::filesystem::exists(options.source)) throw InputError(options.source + ": no such file or folder");
    if (!std::filesystem::is_directory(options.source)) return import_opendss(options.source, options.opendss);
    if (!options.opendss_option.empty()) {
        throw UsageError(fmt::format("{}: only OpenDSS sources take it, and '{}' is a folder of CSV files",
                                     options.opendss_option, options.source));
    }
    return import_csv(options.source);
}

}  // namespace

ExitCode import_case(const ImportOptions& options) {
    require_other_file(options.source, options.case_path);
    const Imported imported = import_source(options);
    if (!options.quiet) fmt::print(stderr, "{}", imported.report.text());
    const std::vector<Fault> faults = validate(imported.region);
    if (!faults.empty()) fmt::print(stderr, "{} faults:\n{}", faults.size(), faults_text(faults));

    write_case(imported.region, options.case_path);
    if (!options.quiet) {
        fmt::print(stderr, "wrote {}: {} buses, {} branches, {} customers\n", options.case_path,
                   imported.region.bus_count(), imported.region.branch_count(), imported.region.customer_count());
    }
    return verdict(imported.region, faults);
}

}  // namespace headroom::cli
