#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/risk/uncertainty.hpp"
#include "solver/random/normal_lanes.hpp"

namespace headroom {

/// What customers of one feeder inject in random samples of a step:
///
///     P = f P_forecast,  Q = f Q_forecast,
///     f = max(0, 1 + sigma (sqrt(1 - share) n_customer + sqrt(share) n_kind))                          (1)
///
/// with independent standard normal numbers: n_customer each customer's own, n_kind one for all customers of the feeder
/// that withdraw in this step and one for all that inject. Where P_forecast is 0 the customer stays at its forecast.
class InjectionDisturbance {
public:
    /// @param customers  of the feeder
    /// @param stream     the feeder's own random numbers
    InjectionDisturbance(const Uncertainty& uncertainty, std::int64_t customers, std::uint64_t seed,
                         std::uint32_t stream);

    /// @param forecast  every lane at the forecast of the step
    void set_step(const AcInputs& forecast, std::uint32_t step);
    /// Powers of samples [first_sample, first_sample + 8) into the lanes. A sample depends on seed, stream, step and
    /// its number alone.
    void draw(std::uint32_t first_sample, AcInputs& inputs);

private:
    enum Common { load = 0, generation = 1, common_count = 2 };  ///< then the customers' own numbers follow
    struct Spread {
        double own, common;
    };
    static Spread spread(double sigma, double common_share);

    Spread load_, generation_;
    SamplePlace place_;
    NormalLanes normals_;
    std::vector<double> p_, q_;  ///< [#customer] forecast, W, V A
};

}  // namespace headroom
