#include "tests/support/plain_margin.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "tests/support/plain_flow.hpp"

namespace headroom::test {
namespace {

double voltage_margin(const Region& region, const PlainFlow& flow, std::size_t customer) {
    double smallest = std::numeric_limits<double>::infinity();
    const auto hold = [&](double v_sq, double base, double low, double high) {
        smallest = std::min({smallest, (high * high - v_sq) / (base * base), (v_sq - low * low) / (base * base)});
    };
    const auto bus = static_cast<std::size_t>(region.customer.bus[customer]);
    const double base = region.bus.base_voltage[bus], low = region.bus.voltage_min[bus],
                 high = region.bus.voltage_max[bus];
    const unsigned bits = region.customer.phases[customer];
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t j = (i + 1) % 3;
        if (region.customer.connection[customer] == Connection::wye) {
            if (bits >> i & 1) hold(flow.v_sq[bus][i], base, low, high);
        } else if ((bits >> i & 1) && (bits >> j & 1)) {
            hold(flow.pair_sq[bus][i], std::sqrt(3.0) * base, std::sqrt(3.0) * low, std::sqrt(3.0) * high);
        }
    }
    return smallest;
}

/// How much of a rating of 1 a power takes.
double taken(std::complex<double> power, Rating rating) {
    if (rating == Rating::circle) return std::abs(power);
    constexpr int sides = 16;
    double most = 0;
    for (int side = 0; side < sides; ++side)
        most = std::max(most, (power * std::polar(1.0, -2 * std::numbers::pi * side / sides)).real());
    return most / std::cos(std::numbers::pi / sides);
}

double branch_margin(const Region& region, const PlainFlow& flow, std::size_t branch, Rating rating) {
    double smallest = std::numeric_limits<double>::infinity();
    const double base = region.bus.base_voltage[static_cast<std::size_t>(region.branch.from_bus[branch])],
                 current = region.branch.rating_current[branch], power = region.branch.rating_power[branch];
    const auto hold = [&](std::complex<double> through, double rated) {
        if (!std::isnan(rated)) smallest = std::min(smallest, 1 - taken(through / rated, rating));
    };
    std::complex<double> total{};
    for (const std::complex<double>& through : flow.flow[branch]) {
        total += through;
        hold(through, current * base);
        hold(through, power / 3);
    }
    hold(total, power);
    return smallest;
}

}  // namespace

double plain_margin(const Region& region, std::size_t step, const std::vector<double>& p, const std::vector<double>& q,
                    Rating rating) {
    const PlainFlow flow = plain_flow(region, step, p, q);
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        smallest = std::min(smallest, voltage_margin(region, flow, c));
    for (std::size_t k = 0; k < region.branch_count(); ++k)
        smallest = std::min(smallest, branch_margin(region, flow, k, rating));
    return smallest;
}

}  // namespace headroom::test
