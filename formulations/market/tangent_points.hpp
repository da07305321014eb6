#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/ac_tangent.hpp"
#include "formulations/secure/envelope_points.hpp"

namespace headroom {

/// The points of tangents in the AC power flow: what a limit and its derivatives really are there.
class TangentPoints {
public:
    /// @param region, series, allocation  must outlive it
    TangentPoints(const Region& region, const SeriesSet& series, const FeederAllocation& allocation)
        : series_(series),
          allocation_(allocation),
          ac_(region, static_cast<std::int64_t>(allocation.feeder()), allocation.rows(), {},
              {.errors = errors_of_points(allocation.question().errors), .taps = allocation.run().taps}),
          first_customer_(region.feeder.customer_offset[allocation.feeder()]) {}

    struct Point {
        std::vector<double> power;        ///< [#coordinate] W, V A
        std::vector<double> coefficient;  ///< [#coordinate] as the tangent says
        double excess;                    ///< per unit
        std::vector<double> slope;        ///< [#coordinate] per W, V A
    };
    /// [#tangent]; nothing where there is no such coordinate, no power flow or no derivative.
    /// @param first_row  of the row table, of the feeder
    std::vector<std::optional<Point>> at(std::span<const AcTangent> tangents, std::int32_t first_row);

    std::span<const EnvelopeCoordinate> coordinates() const { return ac_.coordinates(); }

private:
    std::optional<Point> named(const AcTangent& tangent) const;
    std::int32_t watched(std::span<const double> excess, std::int32_t limit) const;
    void solve(std::span<const AcTangent> tangents, std::int32_t first_row, std::span<std::optional<Point>> points);

    const SeriesSet& series_;
    const FeederAllocation& allocation_;
    AcFeeder ac_;
    std::int64_t first_customer_;
};

}  // namespace headroom
