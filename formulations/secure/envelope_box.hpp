#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

/// What points of an envelope differ in: what a limit leaves to an active customer (the active power it injects or,
/// where its reactive power is free, that), or how far the forecast of a passive one is wrong (forecast_errors.hpp).
struct EnvelopeCoordinate {
    enum class Kind : std::int8_t {
        active_power,    ///< W of an active customer
        reactive_power,  ///< V A of an active customer
        added_error,     ///< W of a passive customer beside its forecast
        shared_error,    ///< V A of a passive customer along its forecast, which keeps its power factor
    };
    std::int32_t customer;  ///< counted inside the feeder
    std::int32_t of;        ///< counted among SecurityRows::active(); of errors among SecurityRows::customers()
    Kind kind;
    double tangent;  ///< Q / P of a fixed power factor, else 0

    bool is_reactive() const { return kind == Kind::reactive_power; }
    bool is_error() const { return kind == Kind::added_error || kind == Kind::shared_error; }
};

/// The box of one step: every coordinate lies in [lower, upper], W or V A.
struct EnvelopeBox {
    std::vector<double> lower, upper;

    double width(std::size_t coordinate) const { return upper[coordinate] - lower[coordinate]; }
    double at(std::size_t coordinate, double share) const {
        return share == 1.0 ? upper[coordinate] : lower[coordinate] + share * width(coordinate);
    }
};

}  // namespace headroom
