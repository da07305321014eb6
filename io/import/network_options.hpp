#pragma once

#include <cstdint>
#include <string>

namespace headroom {

/// What a person says of a network that its own file does not: in common to all formats of networks.
struct NetworkOptions {
    std::string feeder_id;  ///< empty: what the source calls itself

    /// Loads that get an envelope: "all", "none", "ids:FILE" (one id per line) or a pattern such as "1,3/5": the first
    /// and third of every five in file order. Generators and PV systems are active only when the file of ids names
    /// them.
    std::string active = "all";
    double export_cap = 10e3, import_cap = 10e3;        ///< W, of every customer, >= 0
    double voltage_pu_min = 0.9, voltage_pu_max = 1.1;  ///< of each bus's base
    std::int64_t start = 1'704'067'200;                 ///< UTC seconds of the first step (2024-01-01)

    /// @throws UsageError: numbers that cannot be meant
    void check() const;
};

}  // namespace headroom
