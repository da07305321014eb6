#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

enum class SourceKind { opendss, csv, power_grid_model };

/// Something to import: an OpenDSS master file, a case of power-grid-model, or a folder of CSV files.
struct Source {
    std::filesystem::path path;   ///< as a person finds it again: what was named, and below it
    std::filesystem::path place;  ///< the same without links and detours
    SourceKind kind = SourceKind::opendss;
    std::string fault;  ///< why nothing can be read there; empty: it can be tried
};

struct SourceList {
    std::vector<Source> sources;
    std::size_t repeated = 0;  ///< how many were met once more, and left out
};

/// Files of a folder that are masters of OpenDSS circuits, by name alone: * and ? as in a shell, case ignored. Cases of
/// power-grid-model in folders have no usual name.
inline const std::vector<std::string> usual_master_names{"master*.dss", "master*.txt"};

/// What the paths lead to, in their order: a file that ends in .json is a case of power-grid-model, another one an
/// OpenDSS master, a folder with feeder.csv is a source itself, any other folder holds sources at any depth, which come
/// sorted by path. Links to folders are not followed. A path that leads to nothing is a source with a fault.
SourceList list_sources(const std::vector<std::string>& paths, const std::vector<std::string>& master_names);

}  // namespace headroom
