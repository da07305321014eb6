#include "formulations/secure/forecast_errors.hpp"

#include <cmath>

#include "formulations/units.hpp"

namespace headroom {
namespace {

using Kind = EnvelopeCoordinate::Kind;

}  // namespace

void append_error_coordinates(const Region& region, std::int64_t feeder, const SecurityRows& rows,
                              const RowErrors& errors, std::vector<EnvelopeCoordinate>& coordinates) {
    const std::int64_t first = region.feeder.customer_offset[static_cast<std::size_t>(feeder)];
    for (const Kind kind : {Kind::added_error, Kind::shared_error}) {
        if (!((kind == Kind::added_error ? errors.forecast_kw : errors.forecast_share) > 0)) continue;
        for (std::size_t c = 0; c < rows.customers().size(); ++c) {
            const std::int64_t customer = rows.customers()[c].customer;
            if (region.customer.active[static_cast<std::size_t>(customer)] != 0) continue;
            coordinates.push_back({static_cast<std::int32_t>(customer - first), static_cast<std::int32_t>(c), kind, 0});
        }
    }
}

InjectedPower injected_by_unit(const EnvelopeCoordinate& coordinate, const AcPoint& base) {
    if (coordinate.is_reactive()) return {0.0, 1.0};
    if (coordinate.kind != Kind::shared_error) return {1.0, coordinate.tangent};
    const auto customer = static_cast<std::size_t>(coordinate.customer);
    const double p = base.p[customer], q = base.q[customer], size = std::hypot(p, q);
    if (size == 0) return {1.0, 0.0};
    const double up = p < 0 || (p == 0 && q < 0) ? -1.0 : 1.0;
    return {up * p / size, up * q / size};
}

void set_error_ranges(std::span<const EnvelopeCoordinate> coordinates, const RowErrors& errors, const AcPoint& base,
                      EnvelopeBox& box) {
    for (std::size_t k = 0; k < coordinates.size(); ++k) {
        if (!coordinates[k].is_error()) continue;
        const auto customer = static_cast<std::size_t>(coordinates[k].customer);
        box.upper[k] = coordinates[k].kind == Kind::added_error
                           ? watt_per_kilowatt * errors.forecast_kw
                           : errors.forecast_share * std::hypot(base.p[customer], base.q[customer]);
        box.lower[k] = -box.upper[k];
    }
}

}  // namespace headroom
