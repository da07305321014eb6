#include "formulations/secure/tangents.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace headroom {
namespace {

/// The end of a coordinate where a function of this slope is highest; of a flat one, where the other is.
double high_end(double slope, double other) { return (slope != 0 ? slope : other) > 0 ? 1.0 : 0.0; }

double height(const Tangent& tangent, std::span<const double> share) {
    double height = tangent.value;
    for (std::size_t k = 0; k < share.size(); ++k) height += tangent.slope[k] * (share[k] - tangent.at[k]);
    return height;
}

}  // namespace

HighestPoint highest_under(const Tangent& first, const Tangent& second) {
    std::vector<double> share;
    std::vector<std::pair<double, std::size_t>> turning;  // weight of the first at which a coordinate turns
    for (std::size_t k = 0; k < first.slope.size(); ++k) {
        const double u = first.slope[k], v = second.slope[k];
        share.push_back(high_end(v, u));
        if (u * v < 0) turning.emplace_back(v / (v - u), k);
    }
    std::sort(turning.begin(), turning.end());
    double missing = height(second, share) - height(first, share);  // of the first, up to the second
    for (const auto& [weight, k] : turning) {
        if (missing <= 0) break;
        const double closed = std::abs(first.slope[k] - second.slope[k]), way = std::min(missing / closed, 1.0);
        share[k] = share[k] == 0.0 ? way : 1.0 - way;
        missing -= closed * way;
    }
    const double least = std::min(height(first, share), height(second, share));
    return {std::move(share), least};
}

}  // namespace headroom
