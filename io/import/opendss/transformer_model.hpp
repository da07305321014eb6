#pragma once

#include <array>
#include <complex>
#include <string>
#include <vector>

#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/tap_control_model.hpp"

namespace headroom::opendss {

/// One side of a two-winding unit: coil k lies between nodes coil[k] of the bus.
struct WindingModel {
    std::string bus;
    std::vector<std::array<int, 2>> coil;  ///< node numbers of the bus; 0: ground
    int star_node = -1;                    ///< wye: node of the common neutral, 0: ground; -1: no common neutral
    bool three_phase_delta = false;
    double voltage = 0.0;                      ///< V across one coil, rated
    std::vector<double> tap;                   ///< of each coil, per unit of the rated voltage
    double antifloat = 0.0;                    ///< S, inductive, from each coil end to ground
    double neutral_r = -1.0, neutral_x = 0.0;  ///< ohm from the star node to ground; r < 0: none
};

/// The core of one coil of a to side whose other coils have another one or none: an admittance across it.
struct CoilCore {
    std::array<int, 2> coil;  ///< nodes of the bus
    std::complex<double> y;   ///< S
};

/// A unit with two windings per core leg, as a region holds it.
struct TransformerUnit {
    std::string name, bank;
    Location where;
    WindingModel from, to;
    double r = 0.0, x = 0.0;  ///< ohm of one coil pair, seen from the to side at its rated voltage
    double kva = 0.0, no_load_loss = 0.0, magnetising_power = 0.0;  ///< kVA; W; V A, the same in every coil
    std::vector<CoilCore> cores{};                                  ///< where coils differ
    bool regulated = false;
    std::vector<TapControlModel> controls{};          ///< of the to side
    bool to_star_bus = false, from_star_bus = false;  ///< part of a three-winding transformer
};

/// Interprets all Transformer elements (with XfmrCode). A three-winding transformer becomes three units that meet at a
/// fictitious bus "<name>_star". Single-phase units between the same buses with equal data (regulator banks, open wye
/// and delta, the halves of a centre tap) are joined into one unit with several coil pairs, each with its own tap, so
/// that a radial feeder stays radial. Throws InputError.
std::vector<TransformerUnit> transformer_units(const Circuit& circuit, ImportReport& report);

}  // namespace headroom::opendss
