#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_step.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/secure/envelope_box.hpp"

namespace headroom {

/// The errors that points have: those of forecasts in a box. Those in a ball, and of impedances, are of linear rows.
inline RowErrors errors_of_points(const RowErrors& errors) {
    if (errors.norm != ErrorNorm::box) return {};
    return {.forecast_share = errors.forecast_share, .forecast_kw = errors.forecast_kw};
}

/// Errors of forecasts as coordinates of points. Passive customer k, forecast S_k = P_k + j Q_k, injects
///
///     S_k + d + s e_k,    |d| <= kw,    |s| <= share |S_k|                                    (1)
///
/// as in security_rows.md, with e_k = S_k / |S_k| or its opposite, whichever injects active power: up is the same way
/// for loads and for generators, and corners of different steps mean the same.
///
/// Appends d of every passive customer with supply, then s of every one; nothing where the errors have none.
/// @param rows  of the feeder
void append_error_coordinates(const Region& region, std::int64_t feeder, const SecurityRows& rows,
                              const RowErrors& errors, std::vector<EnvelopeCoordinate>& coordinates);

/// What a W or V A of a coordinate injects, W and V A.
struct InjectedPower {
    double p, q;
};
/// @param base  of the step
InjectedPower injected_by_unit(const EnvelopeCoordinate& coordinate, const AcPoint& base);

/// The ranges of (1) in one step; what no error moves stays.
/// @param box  in, out
void set_error_ranges(std::span<const EnvelopeCoordinate> coordinates, const RowErrors& errors, const AcPoint& base,
                      EnvelopeBox& box);

}  // namespace headroom
