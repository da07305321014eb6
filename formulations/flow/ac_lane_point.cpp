#include "formulations/flow/ac_lane_point.hpp"

namespace headroom {

AcLanePoint::Complex AcLanePoint::voltage(std::int32_t slot) const {
    const double* at = voltages_.voltage.data() + static_cast<std::ptrdiff_t>(slot) * 2 * lane_count;
    return {at[lane_], at[lane_count + lane_]};
}

LegCurrent AcLanePoint::leg(std::size_t number) const {
    const CustomerLeg& leg = flow_.network().legs[number];
    const std::size_t at = static_cast<std::size_t>(leg.customer) * lane_count + static_cast<std::size_t>(lane_);
    return leg_current(flow_.network(), leg, flow_.settings(), {inputs_.p[at], inputs_.q[at]}, across(leg));
}

std::array<AcLanePoint::Complex, 2> AcLanePoint::leg_by_power(std::size_t number) const {
    const CustomerLeg& leg = flow_.network().legs[number];
    return headroom::leg_by_power(leg, flow_.settings(), across(leg));
}

AcLanePoint::Complex AcLanePoint::value(const AcPhasor& phasor) const {
    Complex sum = phasor.constant;
    for (const AcTerm& term : phasor.terms) sum += term.y * (voltage(term.plus) - voltage(term.minus));
    for (const AcPhasor::Leg& part : phasor.legs) sum += part.sign * leg(part.leg).i;
    return sum;
}

AcLanePoint::Complex AcLanePoint::product(const AcQuantity& quantity) const {
    Complex s = 0.0;
    for (const auto& [u, i] : quantity.products) s += value(u) * std::conj(value(i));
    return s;
}

double AcLanePoint::value(const AcQuantity& quantity) const { return quantity.value(product(quantity)); }

}  // namespace headroom
