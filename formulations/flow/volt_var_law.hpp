#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// What a Volt-VAr curve makes one pair of a customer's terminals inject at voltage v across it and power p
/// (ac_power_flow.md, equations 6 and 7):
///
///     Q = max(y, 0) inject + min(y, 0) absorb,    y = first + sum of slope clamp(v / base - begin, 0, width)
///
/// where inject and absorb are the largest Q of the pair, or what p leaves of the apparent power.
struct VoltVarLaw {
    struct Slope {
        double begin, width;  ///< of v / base
        double slope;
    };
    double base = 1.0;   ///< V
    double first = 0.0;  ///< y below all slopes
    std::vector<Slope> slopes;
    double inject_max = 0.0, absorb_max = 0.0;                      ///< V A
    double apparent_max = std::numeric_limits<double>::infinity();  ///< V A

    /// Largest Q, either way, beside power p, of a limit of Q.
    double most(double q_max, double p) const;
    struct Value {
        double q, by_voltage;  ///< V A, V A / V
    };
    Value at(double v, double p) const;
};

/// @param customer  row of /customer, of ReactiveMode::volt_var
/// @param share     of the customer's power that goes through the pair
/// @param base      V across the pair
VoltVarLaw volt_var_law(const Region& region, std::size_t customer, double share, double base);

}  // namespace headroom
