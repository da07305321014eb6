#pragma once

#include <array>
#include <string>

#include "io/import/power_grid_model/dataset.hpp"
#include "io/import/power_grid_model/network_writer.hpp"

namespace headroom::pgm {

enum class Winding { wye = 0, wye_n = 1, delta = 2, zigzag = 3, zigzag_n = 4 };

struct TransformerSide {
    int bus;
    bool connected;
    double u;          ///< V, phase to phase, rated, at the nominal tap
    double tap = 1.0;  ///< voltage at the tap in use, per unit of u
    Winding winding;
    Complex grounding;  ///< ohm, between the star point and earth
};

/// Two windings as power-grid-model has them: a pi section with all its impedance on the to side, of which half of the
/// shunt sits at each end, behind a ratio of voltages and a shift.
struct TransformerModel {
    std::string id;
    TransformerSide from, to;
    int clock = 0;                  ///< 0 to 11: the from side leads by so many times 30 degrees
    Complex z{};                    ///< ohm, seen from the to side at the tap in use, star
    Complex shunt{}, zero_shunt{};  ///< S, likewise; positive and zero sequence
    /// S at rated voltage, times u^2: what ties the zero sequence of a winding that has no way to earth.
    double low_susceptance = 0;  ///< V A
    double rating_power = not_given;
};

/// Of "transformer". @param from, to  the buses' rows
TransformerModel transformer_model(const Component& component, int from, int to);

/// Three windings are three transformers around `centre`, a bus of the base voltage of side 1.
std::array<TransformerModel, 3> three_winding_models(const Component& component, std::array<int, 3> bus, int centre);

/// Coils, and the shunts at both sides that make up for what coils have not: exact in every sequence.
void write_transformer(const TransformerModel& model, NetworkWriter& writer);

}  // namespace headroom::pgm
