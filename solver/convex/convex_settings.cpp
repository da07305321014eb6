#include "solver/convex/convex_settings.hpp"

#include <fmt/format.h>

namespace headroom {

std::string ConvexSettings::fault() const {
    const auto outside = [](const char* name, double value, const char* range) {
        return fmt::format("{} = {}, must lie in {}", name, value, range);
    };
    const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
    if (!within(tolerance, tolerance_least, 1e-2)) return outside("tolerance", tolerance, "[1e-12, 1e-2]");
    if (!within(iteration_max, 1, 1e6)) return outside("iteration_max", iteration_max, "[1, 1e6]");
    if (!within(lane_iteration_max, 1, 1e6)) return outside("lane_iteration_max", lane_iteration_max, "[1, 1e6]");
    if (!(recentrings >= 0 && recentrings <= 4)) return outside("recentrings", recentrings, "[0, 4]");
    if (!(step_fraction > 0 && step_fraction < 1)) return outside("step_fraction", step_fraction, "(0, 1)");
    if (!(regularisation_primal > 0 && regularisation_primal <= 1e-4))
        return outside("regularisation_primal", regularisation_primal, "(0, 1e-4]");
    if (!(regularisation_dual > 0 && regularisation_dual <= 1e-4))
        return outside("regularisation_dual", regularisation_dual, "(0, 1e-4]");
    return "";
}

}  // namespace headroom
