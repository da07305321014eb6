#pragma once

#include <filesystem>

#include "io/import/import_report.hpp"
#include "io/import/network_options.hpp"

namespace headroom {

/// A source calls itself as its file without the ending. The one step lasts an hour.
struct PowerGridModelOptions : NetworkOptions {
    double frequency = 50.0;  ///< Hz, for capacitances; the file says none
};

/// Reads an input dataset of power-grid-model in its JSON format as a region of one feeder with one step, "snapshot".
///
/// Bus, branch, shunt and customer ids are the numbers of the file; the source is bus "<id>_ideal" and a branch
/// "<id>_impedance". See the page power_grid_model.md for what is read, assumed and refused.
/// @throws InputError with file and component: unusable input.   @throws UsageError: options that cannot be meant.
Imported import_power_grid_model(const std::filesystem::path& file, const PowerGridModelOptions& options = {});

}  // namespace headroom
