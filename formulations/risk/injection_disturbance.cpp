#include "formulations/risk/injection_disturbance.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {

InjectionDisturbance::Spread InjectionDisturbance::spread(double sigma, double common_share) {
    return {sigma * std::sqrt(1 - common_share), sigma * std::sqrt(common_share)};
}

InjectionDisturbance::InjectionDisturbance(const Uncertainty& uncertainty, std::int64_t customers, std::uint64_t seed,
                                           std::uint32_t stream)
    : load_(spread(uncertainty.load_sigma, uncertainty.common_share)),
      generation_(spread(uncertainty.generation_sigma, uncertainty.common_share)),
      place_{.seed = seed, .stream = stream},
      normals_(static_cast<int>(customers) + common_count),
      p_(static_cast<std::size_t>(customers)),
      q_(p_.size()) {}

void InjectionDisturbance::set_step(const AcInputs& forecast, std::uint32_t step) {
    place_.step = step;
    for (std::size_t c = 0; c < p_.size(); ++c) {
        p_[c] = forecast.p[c * lane_count];
        q_[c] = forecast.q[c * lane_count];
    }
}

void InjectionDisturbance::draw(std::uint32_t first_sample, AcInputs& inputs) {
    place_.first_sample = first_sample;
    normals_.fill(place_);
    for (std::size_t c = 0; c < p_.size(); ++c) {
        if (p_[c] == 0) continue;
        const bool withdraws = p_[c] < 0;
        const Spread spread = withdraws ? load_ : generation_;
        const double *own = normals_.of(static_cast<int>(c) + common_count),
                     *common = normals_.of(withdraws ? load : generation);
        double *p = inputs.p.data() + c * lane_count, *q = inputs.q.data() + c * lane_count;
        for (int lane = 0; lane < lane_count; ++lane) {
            const double factor = std::max(0.0, 1.0 + (spread.own * own[lane] + spread.common * common[lane]));
            p[lane] = p_[c] * factor;
            q[lane] = q_[c] * factor;
        }
    }
}

}  // namespace headroom
