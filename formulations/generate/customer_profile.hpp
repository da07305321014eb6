#pragma once

#include <array>
#include <cstdint>

#include "formulations/generate/day_shape.hpp"
#include "formulations/generate/feeder_sketch.hpp"
#include "formulations/generate/random_stream.hpp"

namespace headroom {

/// The forecast of one customer, step after step.
class CustomerProfile {
public:
    CustomerProfile(const ProfileTraits& traits, RandomStream random) : traits_(traits), random_(std::move(random)) {}

    struct Injection {
        double p, q;  ///< W, V A, positive into the network, whole numbers
    };

    /// @param sky  what clouds leave of the clear sky, in [0, 1]
    Injection next(const Moment& moment, double sky);

private:
    double consumption(const Moment& moment);
    double car_power(const Moment& moment);

    ProfileTraits traits_;
    RandomStream random_;
    double relative_ = -1;  ///< consumption over the day shape; < 0: not drawn yet
    std::int64_t day_ = 0;  ///< of the last session drawn, where car_drawn_
    bool car_drawn_ = false;
    std::array<double, 4> session_{};  ///< h since midnight of day_: start, end of today's; of yesterday's
};

}  // namespace headroom
