#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "formulations/network/region.hpp"

namespace headroom {

/// A cable or overhead line: one row of /line_code.
struct CableType {
    std::string_view id;
    double r1, x1, r0, x0;  ///< ohm per km, positive and zero sequence
    double rating;          ///< A per phase
};

/// All types that generated feeders use, with three wires and again with four.
std::span<const CableType> cable_types();

/// Row of a type in /line_code.
std::int32_t line_code_row(std::size_t type, bool four_wire);

/// The rows of /line_code. Three wires carry the neutral in their impedances: on the diagonal (2 z1 + z0) / 3, beside
/// it (z0 - z1) / 3. Four wires say the same with z1 for each phase, (z0 - z1) / 3 for the neutral and nothing mutual:
/// where all current returns in the neutral, only such differences are seen.
LineCodeColumns line_codes();

/// Types from thin to thick out of which the mains of a feeder are chosen.
enum class CableFamily : std::uint8_t { copper, aluminium, overhead, medium_voltage };
inline constexpr std::size_t family_size_max = 6;
std::span<const std::size_t> mains_of(CableFamily family);

/// Types of service cables, by how often each is used.
inline constexpr std::size_t service_type_count = 5;
struct ServiceTypes {
    std::array<std::size_t, service_type_count> type;
    std::array<double, service_type_count> share;
};
const ServiceTypes& service_types();

}  // namespace headroom
