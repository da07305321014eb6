#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {

/// An interval that holds a real number whatever rounding does: every operation rounds to nearest and goes one double
/// further out.
struct Outward {
    double low = 0, high = 0;

    static Outward exactly(double value) { return {value, value}; }
    static double down(double value) { return std::nextafter(value, -std::numeric_limits<double>::infinity()); }
    static double up(double value) { return std::nextafter(value, std::numeric_limits<double>::infinity()); }

    friend Outward operator-(const Outward& a) { return {-a.high, -a.low}; }
    friend Outward operator+(const Outward& a, const Outward& b) { return {down(a.low + b.low), up(a.high + b.high)}; }
    friend Outward operator*(const Outward& a, double factor) {
        const double one = a.low * factor, other = a.high * factor;
        return {down(std::min(one, other)), up(std::max(one, other))};
    }
    friend Outward operator/(const Outward& a, double divisor) {
        const double one = a.low / divisor, other = a.high / divisor;
        return {down(std::min(one, other)), up(std::max(one, other))};
    }
};

}  // namespace headroom
