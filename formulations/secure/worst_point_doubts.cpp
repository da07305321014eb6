#include <algorithm>
#include <array>
#include <cmath>

#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr double doubtful = 0.5;  // of a slope: where it changes by more across the box, its sign says little

std::vector<double> opposite(std::span<const double> share) {
    std::vector<double> across;
    for (const double s : share) across.push_back(1.0 - s);
    return across;
}

}  // namespace

void WorstPoints::add_doubtful_flips(std::span<const int> steps, double near) {
    Requests asked;
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l) {
        const std::size_t first = asked.size();
        for (const int step : steps) {
            if (!is_doubted(step, l, near)) continue;
            const std::span<const double> worst = points_.share(point(step, l));
            std::vector<std::vector<double>> places = points_.reactive_ends(worst);
            places.insert(places.begin(), opposite(worst));
            for (const std::vector<double>& place : places)
                if (seen_at(l, place) == nullptr && !is_asked(std::span(asked).subspan(first), l, place))
                    asked.push_back({points_.add(step, place), l});
        }
    }
    points_.solve();
    require_gradients(asked);
    for (const int step : steps)
        for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l)
            if (is_doubted(step, l, near)) {
                add_flips(point(step, l), doubtful_flips(point(step, l), l));
                add_other_climbs(step, l);
            }
}

/// Where the gradients at the reactive ends lead to: other worst corners, which no flip from this one finds.
void WorstPoints::add_other_climbs(int step, std::int32_t limit) {
    for (std::vector<double>& place : points_.reactive_ends(points_.share(point(step, limit)))) {
        const Seen* const seen = seen_at(limit, place);
        if (seen == nullptr) continue;
        std::vector<double> room;
        const std::span<const double> slopes = points_.slopes(step, seen->slope, room);
        for (std::size_t k = 0; k < slopes.size(); ++k)
            if (slopes[k] != 0.0) place[k] = slopes[k] > 0.0 ? 1.0 : 0.0;
        points_.add(step, place);
    }
}

bool WorstPoints::is_doubted(int step, std::int32_t limit, double near) const {
    const int worst = point(step, limit);
    return worst >= 0 && excess(step, limit) >= -reach(limit, near) && knows_gradient(worst, limit);
}

/// Alone and in pairs; active and reactive power of one customer always.
void WorstPoints::add_flips(int point, std::span<const Move> flips) {
    const auto customer = [&](const Move& move) { return feeder_.coordinates()[move.coordinate].customer; };
    for (std::size_t a = 0; a < flips.size(); ++a) {
        add_moved(point, flips.subspan(a, 1));
        for (std::size_t b = a + 1; b < flips.size(); ++b)
            if (b < paired_moves || customer(flips[a]) == customer(flips[b]))
                add_moved(point, std::array{flips[a], flips[b]});
    }
}

/// Customers whose slope changes by about itself from here to the opposite corner; those that lose least first.
std::vector<WorstPoints::Move> WorstPoints::doubtful_flips(int point, std::int32_t limit) const {
    const std::span<const double> slope = gradient(point, limit), share = points_.share(point);
    const Seen* const across = seen_at(limit, opposite(share));
    if (across == nullptr) return {};
    const int step = points_.step_of(point);
    const EnvelopeBox& box = points_.box(step);
    std::vector<double> other;
    const std::span<const double> across_slopes = points_.slopes(step, across->slope, other);
    const double room = -points_.excess(point)[static_cast<std::size_t>(limit)];
    std::vector<Move> flips;
    for (std::size_t k = 0; k < slope.size(); ++k) {
        // What a flip gains is at most what the slope changes by, over the width; two go together.
        const double change = std::abs(across_slopes[k] - slope[k]);
        if (change >= doubtful * std::abs(slope[k]) && 2 * change * box.width(k) > std::max(room, 0.0))
            flips.push_back({k, share[k] < 0.5 ? 1.0 : 0.0, -std::abs(slope[k]) * box.width(k)});
    }
    std::stable_sort(flips.begin(), flips.end(), [](const Move& a, const Move& b) { return a.gain > b.gain; });
    return flips;
}

}  // namespace headroom
