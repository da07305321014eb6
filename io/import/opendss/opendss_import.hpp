#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/import/import_report.hpp"
#include "io/import/network_options.hpp"

namespace headroom {

enum class OpenDssSeries { snapshot, daily, yearly };  ///< which shapes drive the customers

struct OpenDssOptions : NetworkOptions {
    OpenDssSeries series = OpenDssSeries::snapshot;
    std::vector<std::int64_t> steps;  ///< s, one series per entry, the first is the default; empty: the shapes' own
    std::int64_t horizon = 0;         ///< s; 0: a day, or as long as the longest yearly shape
    std::filesystem::path profile_folder;  ///< profile files are looked up here by their bare name first

    /// V, phase to neutral, min and max, at the voltage level(s) where customers are connected; replaces the band in
    /// per unit.
    std::optional<std::pair<double, double>> customer_voltage;
    std::optional<double> source_pu;  ///< replaces the source's own

    /// Hz, until the script sets another. OpenDSS keeps its default from session to session: scripts written for 50 Hz
    /// may not say so.
    double default_frequency = 60.0;

    /// PVSystems follow the Volt-VAr curves of their InvControls; or keep their pf or kvar.
    bool inverter_curves = true;
};

/// Reads a network in OpenDSS text (master file and what it redirects to) as a region of one feeder.
///
/// Bus, branch and customer ids are OpenDSS's names in lower case; where two classes share a name, all but lines and
/// loads are written class.name. The ideal source is bus "<source>_ideal"; its impedance is the first branch. See the
/// page opendss.md for what is understood, assumed and refused.
/// @throws InputError with file and line: unusable input.   @throws UsageError: options that cannot be meant.
Imported import_opendss(const std::filesystem::path& master, const OpenDssOptions& options = {});

/// "quarter_hour", "minute", "hour", "half_hour" or "<n>s".
std::string series_name(std::int64_t step_seconds);

}  // namespace headroom
