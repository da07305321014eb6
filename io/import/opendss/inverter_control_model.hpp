#pragma once

#include <map>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "io/import/opendss/circuit.hpp"

namespace headroom::opendss {

/// The Volt-VAr curves of InvControls, and which PVSystem follows which.
struct InverterControls {
    VoltVarColumns curves;  ///< by voltages per unit of the PVSystem's kV
    struct Follower {
        std::size_t curve;
        bool of_what_power_leaves;  ///< RefReactivePower: of the vars that kW leave; otherwise of the largest ones
    };
    std::map<std::string, Follower> by_name;
    bool of_all = false;  ///< a control without a list: PVSystems that are not in by_name follow `others`
    Follower others{};

    const Follower* of(const std::string& pv_system) const;
};

/// InvControls of mode VOLTVAR and of combined mode VV_VW; others are reported as skipped, Volt-Watt curves as left
/// out. Throws InputError.
InverterControls inverter_controls(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
