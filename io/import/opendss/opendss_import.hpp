#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/import/import_report.hpp"

namespace headroom {

enum class OpenDssSeries { snapshot, daily, yearly };  ///< which shapes drive the customers

struct OpenDssOptions {
    std::string feeder_id;  ///< empty: the circuit's name

    OpenDssSeries series = OpenDssSeries::snapshot;
    std::vector<std::int64_t> steps;     ///< s, one series per entry, the first is the default; empty: the shapes' own
    std::int64_t start = 1'704'067'200;  ///< UTC seconds of the first step (2024-01-01)
    std::int64_t horizon = 0;            ///< s; 0: a day, or as long as the longest yearly shape
    std::filesystem::path profile_folder;  ///< profile files are looked up here by their bare name first

    /// Loads that get an envelope: "all", "none", "ids:FILE" (one id per line) or a pattern such as "1,3/5": the first
    /// and third of every five in file order. Generators and PV systems are active only when the file of ids names
    /// them.
    std::string active = "all";
    double export_cap = 10e3, import_cap = 10e3;  ///< W, of every customer, >= 0

    double voltage_pu_min = 0.9, voltage_pu_max = 1.1;  ///< of each bus's base
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
