#include "formulations/flow/volt_var_law.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {

double VoltVarLaw::most(double q_max, double p) const {
    return std::min(q_max, std::sqrt(std::max(apparent_max * apparent_max - p * p, 0.0)));
}

VoltVarLaw::Value VoltVarLaw::at(double v, double p) const {
    const double relative = v / base;
    double y = first, by_relative = 0.0;
    for (const Slope& s : slopes) {
        const double along = relative - s.begin;
        y += s.slope * std::clamp(along, 0.0, s.width);
        if (along > 0.0 && along < s.width) by_relative += s.slope;
    }
    const double reach = y > 0.0 ? most(inject_max, p) : most(absorb_max, p);
    return {y * reach, by_relative * reach / base};
}

VoltVarLaw volt_var_law(const Region& region, std::size_t customer, double share, double base) {
    const auto curve = static_cast<std::size_t>(region.customer.volt_var[customer]);
    const VoltVarColumns::Points &v = region.volt_var.voltage[curve], &q = region.volt_var.q[curve];
    VoltVarLaw law;
    law.base = base;
    law.first = q[0];
    law.inject_max = share * region.customer.q_inject_max[customer];
    law.absorb_max = share * region.customer.q_absorb_max[customer];
    if (const double most = region.customer.apparent_max[customer]; !std::isnan(most)) law.apparent_max = share * most;
    for (std::size_t k = 1; k < v.size() && !std::isnan(v[k]); ++k)
        if (q[k] != q[k - 1]) law.slopes.push_back({v[k - 1], v[k] - v[k - 1], (q[k] - q[k - 1]) / (v[k] - v[k - 1])});
    return law;
}

}  // namespace headroom
