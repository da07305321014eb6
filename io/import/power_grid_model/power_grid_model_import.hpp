#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/import/import_report.hpp"

namespace headroom {

struct PowerGridModelOptions {
    std::string feeder_id;  ///< empty: the file's name without its ending

    /// Loads that get an envelope: "all", "none", "ids:FILE" or "1,3/5", as for OpenDSS; generators only by id.
    std::string active = "all";
    double export_cap = 10e3, import_cap = 10e3;        ///< W, of every customer, >= 0
    double voltage_pu_min = 0.9, voltage_pu_max = 1.1;  ///< of each bus's base
    double frequency = 50.0;                            ///< Hz, for capacitances; the file says none
    std::int64_t start = 1'704'067'200;                 ///< UTC seconds of the one step, an hour (2024-01-01)
};

/// Reads an input dataset of power-grid-model in its JSON format as a region of one feeder with one step, "snapshot".
///
/// Bus, branch, shunt and customer ids are the numbers of the file; the source is bus "<id>_ideal" and a branch
/// "<id>_impedance". See the page power_grid_model.md for what is read, assumed and refused.
/// @throws InputError with file and component: unusable input.   @throws UsageError: options that cannot be meant.
Imported import_power_grid_model(const std::filesystem::path& file, const PowerGridModelOptions& options = {});

}  // namespace headroom
