#pragma once

#include <string>
#include <vector>

#include "io/import/opendss/opendss_import.hpp"
#include "io/import/power_grid_model/power_grid_model_import.hpp"
#include "io/import/source_list.hpp"

namespace headroom::cli {

/// `headroom import SOURCE... -o CASE`: each SOURCE is an OpenDSS master file, a case of power-grid-model, a folder of
/// CSV files, or a folder that holds such.
struct ImportOptions {
    std::vector<std::string> sources;
    std::string case_path;
    std::vector<std::string> master_names = usual_master_names;
    std::string name;  ///< of the region; empty: what the source calls it
    OpenDssOptions opendss;
    PowerGridModelOptions power_grid_model;
    std::string opendss_option;  ///< one of those given that only OpenDSS sources take, by name; empty: none
    std::string network_option;  ///< the same of those that power-grid-model takes too, and CSV folders do not
    bool strict = false;
    int threads = 0;
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
