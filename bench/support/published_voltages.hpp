#pragma once

#include <complex>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "formulations/flow/ac_settings.hpp"

namespace headroom::bench {

/// Node voltages that somebody else computed for a network in OpenDSS text.
struct PublishedCase {
    std::string name;
    /// OpenDSS text, or a case of MATPOWER (.m).
    std::filesystem::path master;
    /// A table "node,volt,degree,...", OpenDSS's values as JSON, or MATPOWER's "case,bus,per unit,degree".
    std::filesystem::path voltages;
    std::filesystem::path taps;       ///< "Transformer.NAME,[1, TAP, ]" of the regulators; may be empty
    LoadWindow window;                ///< of all its loads
    double default_frequency = 60.0;  ///< Hz, of the OpenDSS session that computed the answers
    int minute = 0;                   ///< step of its yearly series, from 1; 0: the snapshot
};

/// The cases of a folder of published networks and answers, in the order of the table.
std::vector<PublishedCase> published_cases(const std::filesystem::path& data);

struct NodeVoltage {
    std::string bus;
    int terminal;               ///< 1 to 4: a, b, c, neutral
    std::complex<double> volt;  ///< or per unit of the base
    bool per_unit = false;
    bool magnitude_only = false;  ///< no angle is known
};
std::vector<NodeVoltage> read_voltages(const PublishedCase& published);

struct RegulatorTap {
    std::string transformer;
    double tap;
};
std::vector<RegulatorTap> read_taps(const std::filesystem::path& file);

}  // namespace headroom::bench
