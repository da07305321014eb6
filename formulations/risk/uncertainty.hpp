#pragma once

#include <optional>
#include <string>

namespace headroom {

/// How far injections may be from their forecast (congestion_forecast.md, equation 1).
struct Uncertainty {
    double load_sigma = 0.2;        ///< relative standard deviation of a customer that withdraws, >= 0
    double generation_sigma = 0.3;  ///< the same of a customer that injects
    double common_share = 0.5;      ///< share of the variance that all customers of a kind have in common, in [0, 1]

    /// "load_sigma = -1, must be 0 or more"; nothing where all is well.
    std::optional<std::string> fault() const;
};

}  // namespace headroom
