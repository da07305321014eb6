#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/support/published_voltages.hpp"
#include "io/import/power_grid_model/dataset.hpp"

namespace headroom::bench {

/// One answer of power-grid-model's validation set: a dataset and the voltages of its nodes.
struct PowerGridModelCase {
    std::string name;
    pgm::Dataset input;                 ///< with the scenario's changes, and taps where the answer has them
    std::vector<NodeVoltage> voltages;  ///< per unit; zero: not energised
    std::string obstacle;               ///< why the two cannot be compared; empty: they can
    std::string fault;                  ///< what is wrong with its files; empty: nothing
};

/// All answers in a folder at any depth: of every case its symmetric and asymmetric one, and those of its scenarios.
///
/// Symmetric answers have one phase, and loads by phase at their mean: so have the inputs beside them here. A file that
/// is no dataset, an update or an answer to a component that is not there, is a case with that fault; the others go on.
std::vector<PowerGridModelCase> power_grid_model_cases(const std::filesystem::path& folder);

}  // namespace headroom::bench
