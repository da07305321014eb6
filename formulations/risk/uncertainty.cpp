#include "formulations/risk/uncertainty.hpp"

#include <fmt/format.h>

#include <cmath>

namespace headroom {

std::optional<std::string> Uncertainty::fault() const {
    for (const auto& [name, sigma] : {std::pair{"load_sigma", load_sigma}, {"generation_sigma", generation_sigma}})
        if (!(sigma >= 0) || !std::isfinite(sigma))
            return fmt::format("{} = {}, must be a number, 0 or more", name, sigma);
    if (!(common_share >= 0 && common_share <= 1))
        return fmt::format("common_share = {}, must lie in [0, 1]", common_share);
    return std::nullopt;
}

}  // namespace headroom
