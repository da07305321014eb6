#include <fmt/format.h>

#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/case_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"

namespace headroom::cli {

ExitCode info(const InfoOptions& options) {
    const Region region = read_case(options.path, {.series = "", .all_series = true});
    const std::vector<Fault> faults = validate(region);
    fmt::print("{}\n", options.json ? case_json(region, faults) : case_text(region, faults));
    return verdict(region, faults);
}

}  // namespace headroom::cli
