#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "formulations/network/graft_feeders.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_grafts.hpp"
#include "io/report/counted.hpp"

namespace headroom::cli {

namespace {

std::size_t feeder_named(const Region& region, const GraftOptions& options) {
    const auto found = std::find(region.feeder.id.begin(), region.feeder.id.end(), options.onto);
    if (found == region.feeder.id.end())
        throw InputError(fmt::format("{}: there is no feeder '{}' to graft onto", options.region_path, options.onto));
    return static_cast<std::size_t>(found - region.feeder.id.begin());
}

/// A feeder with a wrong value makes the whole tree invalid, so none may take part.
void require_sound(const Region& region, const GraftOptions& options, std::size_t onto,
                   const std::vector<Graft>& grafts) {
    const std::vector<std::string> faults = first_faults(validate(region), region.feeder_count());
    const auto require = [&](std::size_t feeder) {
        if (!faults[feeder].empty())
            throw InputError(fmt::format("{}: feeder '{}' cannot be part of a tree: {}", options.region_path,
                                         region.feeder.id[feeder], faults[feeder]));
    };
    require(onto);
    for (const Graft& graft : grafts) require(graft.feeder);
}

Region grafted(const Region& region, const GraftOptions& options, std::size_t onto, const std::vector<Graft>& grafts) {
    try {
        return graft_feeders(region, onto, grafts);
    } catch (const GraftFault& fault) {
        throw InputError(fmt::format("{}: {}", options.map_path, fault.what()));
    }
}

}  // namespace

ExitCode graft(const GraftOptions& options) {
    require_other_file(options.region_path, options.case_path);
    require_open_folder(options.case_path);
    const Region region = read_case(options.region_path, {.all_series = true});
    const std::size_t onto = feeder_named(region, options);
    const std::vector<Graft> grafts = read_grafts_csv(options.map_path, region, onto);
    require_sound(region, options, onto, grafts);
    const Region tree = grafted(region, options, onto, grafts);
    const auto place = std::find(tree.feeder.id.begin(), tree.feeder.id.end(), options.onto) - tree.feeder.id.begin();
    const auto row = static_cast<std::size_t>(place);
    const std::string fault = first_faults(validate(tree), tree.feeder_count())[row];
    if (!fault.empty()) throw InputError(fmt::format("{}: the tree has a fault: {}", options.map_path, fault));
    write_case(tree, options.case_path);
    if (options.quiet) return ExitCode::done;
    const std::size_t replaced = region.customer_count() - tree.customer_count();
    const FeederColumns& feeder = tree.feeder;
    fmt::print(stderr, "{} grafted onto '{}', in the place of {}: {}, {}\n{}: written\n",
               counted(grafts.size(), "feeder"), options.onto, counted(replaced, "customer"),
               counted(feeder.bus_offset[row + 1] - feeder.bus_offset[row], "bus"),
               counted(feeder.customer_offset[row + 1] - feeder.customer_offset[row], "customer"), options.case_path);
    return ExitCode::done;
}

}  // namespace headroom::cli
