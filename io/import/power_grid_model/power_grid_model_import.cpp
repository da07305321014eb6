#include "io/import/power_grid_model/power_grid_model_import.hpp"

#include <fmt/format.h>

#include <cmath>

#include "io/errors.hpp"
#include "io/import/opendss/unsupplied.hpp"
#include "io/import/power_grid_model/build_network.hpp"

namespace headroom {
namespace {

void check(const PowerGridModelOptions& o) {
    if (!(o.voltage_pu_min > 0.0) || !(o.voltage_pu_max > o.voltage_pu_min) || !std::isfinite(o.voltage_pu_max))
        throw UsageError("the voltage band in per unit needs 0 < min < max");
    if (!(o.export_cap >= 0.0) || !(o.import_cap >= 0.0)) throw UsageError("caps must not be negative");
    if (!(o.frequency >= 1.0 && o.frequency <= 1000.0)) throw UsageError("the frequency must lie in [1, 1000] Hz");
}

}  // namespace

Imported import_power_grid_model(const std::filesystem::path& file, const PowerGridModelOptions& options) {
    check(options);
    Imported result;
    result.region = pgm::build_network(pgm::read_input(file), file.stem().string(), options, result.report);
    for (const std::string& id : make_unsupplied_passive(result.region))
        result.report.note(fmt::format("load '{}' is not connected with the source: kept as a passive customer", id));
    return result;
}

}  // namespace headroom
