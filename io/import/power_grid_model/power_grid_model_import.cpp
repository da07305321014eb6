#include "io/import/power_grid_model/power_grid_model_import.hpp"

#include "io/errors.hpp"
#include "io/import/power_grid_model/build_network.hpp"
#include "io/import/unsupplied.hpp"

namespace headroom {

Imported import_power_grid_model(const std::filesystem::path& file, const PowerGridModelOptions& options) {
    options.check();
    if (!(options.frequency >= 1.0 && options.frequency <= 1000.0))
        throw UsageError("the frequency must lie in [1, 1000] Hz");
    Imported result;
    result.region = pgm::build_network(pgm::read_input(file), file.stem().string(), options, result.report);
    make_unsupplied_passive(result.region, result.report);
    return result;
}

}  // namespace headroom
