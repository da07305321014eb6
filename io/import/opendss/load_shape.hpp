#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/source_files.hpp"

namespace headroom::opendss {

/// Multipliers (or kW and kvar, if `actual`) over time. Value k of a regular shape holds for [k, k + 1) times
/// `interval`: OpenDSS reads the first value at the end of the first interval, that is for the power of that interval.
/// Shapes repeat.
struct LoadShape {
    std::vector<double> p, q;  ///< q empty: as p
    double interval = 3600.0;  ///< s; 0: irregular, see hour
    std::vector<double> hour;  ///< of irregular shapes, h, increasing; between points the value is interpolated
    bool actual = false;

    double period() const;  ///< s, after which it repeats
    /// Mean of `values` over [start, start + step) seconds.
    double mean(const std::vector<double>& values, double start, double step) const;
};

/// Reads shapes when they are asked for, so that a snapshot needs no profile files.
class LoadShapes {
public:
    LoadShapes(const Circuit& circuit, const SourceFiles& files, std::filesystem::path folder, ImportReport& report)
        : circuit_(circuit), files_(files), folder_(std::move(folder)), report_(report) {}

    /// Throws InputError if the shape is absent, or its data.
    const LoadShape& get(const std::string& name, const Location& where);

private:
    LoadShape read(const Element& element);

    const Circuit& circuit_;
    const SourceFiles& files_;
    std::filesystem::path folder_;  ///< where profile files are looked up by their bare name; may be empty
    ImportReport& report_;
    std::map<std::string, LoadShape> shapes_;
};

}  // namespace headroom::opendss
