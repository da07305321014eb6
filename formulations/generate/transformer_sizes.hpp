#pragma once

#include <cstddef>
#include <cstdint>

#include "formulations/network/region.hpp"

namespace headroom {

/// Nominal voltages of generated feeders, V phase to neutral.
namespace nominal {
inline constexpr double low = 230.0, eleven_kv = 6350.8529610858836, thirty_three_kv = 19052.558883257651;
}

inline constexpr int transformer_tap_count = 3;  ///< turns ratio raised by 2.5 %, nominal, lowered by 2.5 %

/// Number of the smallest low-voltage transformer of at least this power; of the largest if none is.
std::size_t transformer_size(double power);
double transformer_rating(std::size_t size);  ///< V A

/// Row of /transformer of a low-voltage transformer. Tap 0 lowers the low voltage by 2.5 %, 2 raises it.
std::int32_t transformer_row(std::size_t size, int tap, bool four_wire);

/// Row of the 33/11 kV transformer, and its rating in V A.
std::int32_t primary_transformer_row();
inline constexpr double primary_transformer_rating = 24e6;

/// The rows of /transformer: all sizes, taps and both kinds of star point (earth, explicit neutral), then the 33/11 kV
/// one.
TransformerColumns transformer_types();

}  // namespace headroom
