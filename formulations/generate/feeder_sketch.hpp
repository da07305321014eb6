#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/generate/tree_drawing.hpp"
#include "formulations/generate/tree_growth.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// What a customer's forecast is made of.
struct ProfileTraits {
    double mean_load;       ///< W, consumption, mean of a day in midsummer
    double load_max;        ///< W, the most it draws without its car
    double spread;          ///< of consumption about its day shape: 1 as one household has it, 0 none
    double reactive_ratio;  ///< Q / P of consumption
    double pv_power;        ///< W, peak; 0: none
    double pv_delay;        ///< h, by which its panels see the sun late
    bool car;               ///< charges at 3 kW at home
};

struct CustomerSketch {
    std::int32_t bus;     ///< of the tree
    std::uint8_t phases;  ///< bits of a, b, c
    Connection connection = Connection::wye;
    bool active;
    double export_cap, import_cap;  ///< W
    double nameplate;               ///< W; NaN: none
    ReactiveMode reactive_mode = ReactiveMode::unity;
    double power_factor = not_given;
    double q_range = 0;  ///< V A, either way
    ProfileTraits profile;
};

/// A closed branch that makes a loop.
struct TieSketch {
    std::int32_t from, to;  ///< buses of the tree
    double length;          ///< m
};

/// One feeder, ready to be written into the columns of a region. Buses are numbered as in the tree; the slack bus comes
/// on top, above the transformer.
struct FeederSketch {
    GrownTree tree;
    std::vector<MapPoint> places;           ///< [#bus of the tree]
    std::vector<std::uint8_t> phases;       ///< [#bus of the tree]
    std::vector<std::size_t> cable;         ///< [#bus of the tree] type of the branch above (cable_types())
    double slack_voltage, base_voltage;     ///< V, phase to neutral, nominal, above and below the transformer
    double voltage_pu_min, voltage_pu_max;  ///< band of all buses but the slack bus, of base_voltage
    std::int32_t transformer;               ///< row of /transformer
    double transformer_rating;              ///< V A
    std::vector<CustomerSketch> customers;
    std::vector<TieSketch> ties;
};

}  // namespace headroom
