#include <algorithm>
#include <cmath>
#include <limits>

#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr double least_way = 0.02;  // along a line between two points

/// Where the tangents at both ends of a line meet, as a share of the way: at the kink of two straight pieces.
/// @param up, down  slopes at the near and the far end, towards the other, > 0
/// @param rise      value at the far end over the near one
double meeting_of_tangents(double up, double down, double rise) { return (rise + down) / (up + down); }

/// The top of the cubic through both ends and their slopes; the same arguments.
double top_of_cubic(double up, double down, double rise) {
    const double second = 3 * rise - 2 * up + down, third = up - down - 2 * rise;
    return up / (std::sqrt(second * second - 3 * third * up) - second);
}

}  // namespace

/// Every coordinate to the top of the parabola through its slope here and the excess at its other end. False: known.
bool WorstPoints::add_inside(int from, std::int32_t limit, std::span<const Move> moves) {
    const auto l = static_cast<std::size_t>(limit);
    std::vector<Move> inside;
    int far = -1;
    for (const Move& move : moves) {
        const int end = moved(from, {&move, 1});
        if (!points_.is_solved(end) || !points_.converged(end)) continue;
        const double rise = points_.excess(end)[l] - points_.excess(from)[l], bend = rise - move.gain;
        if (!(bend < 0)) continue;
        const double way = move.gain / (-2 * bend), share = points_.share(from)[move.coordinate];
        if (way * move.gain < no_gain) continue;
        inside.push_back({move.coordinate, share + std::min(way, 1.0) * (move.end - share), move.gain});
        far = end;
    }
    if (inside.empty()) return false;
    const std::size_t before = points_.size();
    state(points_.step_of(from)).line[l] = {moved(from, inside), from, inside.size() == 1 ? far : -1, -1};
    return points_.size() > before;
}

/// d excess along the line from a point, all of it, to another.
double WorstPoints::along(int point, std::int32_t limit, int to) const {
    const std::span<const double> slope = gradient(point, limit), from = points_.share(point), end = points_.share(to);
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    double sum = 0;
    for (std::size_t k = 0; k < slope.size(); ++k) sum += slope[k] * box.width(k) * (end[k] - from[k]);
    return sum;
}

/// The nearest point of the limit's line that lies uphill of its worst one; -1: there is none.
int WorstPoints::uphill_end(int step, std::int32_t limit) const {
    const int from = point(step, limit);
    int nearest = -1;
    double least = std::numeric_limits<double>::infinity();
    for (const int end : state(step).line[static_cast<std::size_t>(limit)]) {
        if (end < 0 || end == from || !points_.is_solved(end) || !points_.converged(end)) continue;
        double distance = 0;
        for (std::size_t k = 0; k < points_.share(from).size(); ++k)
            distance += std::abs(points_.share(end)[k] - points_.share(from)[k]);
        if (distance >= least || along(from, limit, end) <= no_gain) continue;
        nearest = end;
        least = distance;
    }
    return nearest;
}

/// Along a line that goes up from the worst point and down to its other end: where the tangents at both meet, which is
/// the kink where a Volt-VAr curve bends a voltage, and the top of the cubic, near any other top. Of several customers
/// inside, the kink of one moves with the others: then to the top of the ridge that kinks make. False: they promise
/// nothing, or are known.
bool WorstPoints::add_between(int step, std::int32_t limit, Requests& asked) {
    const int from = point(step, limit), end = uphill_end(step, limit);
    if (end < 0) return false;
    if (!knows_gradient(end, limit)) {
        asked.push_back({end, limit});
        return true;
    }
    const auto l = static_cast<std::size_t>(limit);
    const double up = along(from, limit, end), down = along(end, limit, from);
    const double rise = points_.excess(end)[l] - points_.excess(from)[l];
    if (!(down > 0)) return false;
    const double kink = meeting_of_tangents(up, down, rise), top = top_of_cubic(up, down, rise);
    const bool bends_twice = kink <= 0;  // between two kinks, or more: the tangents meet below the worst point
    if (!bends_twice && kink * up < no_gain) return add_on_ridge(limit, from, end);
    const std::size_t before = points_.size();
    const int at_kink = bends_twice ? -1 : add_on_way(from, end, kink);
    const int at_top = bends_twice || std::abs(top - kink) > least_way ? add_on_way(from, end, top) : -1;
    state(step).line[l] = {at_kink, at_top, from, end};
    return points_.size() > before || add_on_ridge(limit, from, end);
}

/// To the highest point of the box under the tangents at two points. False: it promises nothing, or is known.
bool WorstPoints::add_on_ridge(std::int32_t limit, int from, int end) {
    const HighestPoint top = highest_under(tangent(from, limit), tangent(end, limit));
    if (top.height < points_.excess(from)[static_cast<std::size_t>(limit)] + no_gain) return false;
    const int step = points_.step_of(from);
    const std::size_t before = points_.size();
    state(step).line[static_cast<std::size_t>(limit)] = {points_.add(step, top.share), from, end, -1};
    return points_.size() > before;
}

Tangent WorstPoints::tangent(int point, std::int32_t limit) const {
    Tangent tangent{points_.excess(point)[static_cast<std::size_t>(limit)], points_.share(point), {}};
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    const std::span<const double> slope = gradient(point, limit);
    for (std::size_t k = 0; k < slope.size(); ++k) tangent.slope.push_back(slope[k] * box.width(k));
    return tangent;
}

int WorstPoints::add_on_way(int from, int end, double way) {
    way = std::clamp(way, least_way, 1 - least_way);
    const std::span<const double> to = points_.share(end);
    std::vector<double> share(points_.share(from).begin(), points_.share(from).end());
    for (std::size_t k = 0; k < share.size(); ++k) share[k] += way * (to[k] - share[k]);
    return points_.add(points_.step_of(from), share);
}

}  // namespace headroom
