#include "solver/integer/pseudo_costs.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr double least_rise = 1e-9;

}  // namespace

void PseudoCosts::learn(std::size_t variable, bool up, double distance, double rise) {
    if (!(distance > 0)) return;
    const double per_unit = std::max(0.0, rise) / distance;
    for (Mean* mean : {up ? &up_[variable] : &down_[variable], up ? &all_up_ : &all_down_}) {
        mean->sum += per_unit;
        ++mean->count;
    }
}

int PseudoCosts::tries(std::size_t variable) const { return std::min(down_[variable].count, up_[variable].count); }

double PseudoCosts::expected(const Mean& own, const Mean& all, double distance) const {
    const Mean& known = own.count > 0 ? own : all;
    return known.count > 0 ? known.sum / known.count * distance : distance;
}

double PseudoCosts::score(std::size_t variable, double fraction) const {
    return score_of(expected(down_[variable], all_down_, fraction), expected(up_[variable], all_up_, 1 - fraction));
}

double PseudoCosts::score_of(double down_rise, double up_rise) {
    return std::max(down_rise, least_rise) * std::max(up_rise, least_rise);
}

}  // namespace headroom
