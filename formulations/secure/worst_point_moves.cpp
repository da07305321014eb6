#include <algorithm>
#include <array>
#include <cmath>

#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr std::size_t single_moves = 8;  // the most promising customers are flipped alone
constexpr std::size_t peaks = 3;         // corners at which a current would be largest, in directions far apart

}  // namespace

std::vector<WorstPoints::Move> WorstPoints::moves_at(int point, std::int32_t limit) const {
    const std::span<const double> slope = gradient(point, limit), share = points_.share(point);
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    std::vector<Move> moves;
    double total = 0;
    for (std::size_t k = 0; k < slope.size(); ++k) {
        const double end = slope[k] > 0 ? 1.0 : 0.0, gain = slope[k] * box.width(k) * (end - share[k]);
        if (!(gain > 0)) continue;
        moves.push_back({k, end, gain});
        total += gain;
    }
    if (total < no_gain) return {};
    std::stable_sort(moves.begin(), moves.end(), [](const Move& a, const Move& b) { return a.gain > b.gain; });
    return moves;
}

int WorstPoints::moved(int point, std::span<const Move> moves) {
    std::vector<double> share(points_.share(point).begin(), points_.share(point).end());
    for (const Move& move : moves) share[move.coordinate] = move.end;
    return points_.add(points_.step_of(point), share);
}

/// False: the point is known already.
bool WorstPoints::add_moved(int point, std::span<const Move> moves) {
    const std::size_t before = points_.size();
    moved(point, moves);
    return points_.size() > before;
}

/// Adds points that may be worse than the limit's worst so far; false where none is left.
bool WorstPoints::move_on(int step, std::int32_t limit, Requests& asked) {
    if (follow_gradient(step, limit, asked) || turn(step, limit, asked)) return true;
    state(step).settled[static_cast<std::size_t>(limit)] = point(step, limit);
    return false;
}

PhasorMoves WorstPoints::moves_of(const EnvelopeBox& box, double size, std::span<const double> slope,
                                  std::span<const double> turn) const {
    PhasorMoves moves{size, {slope.begin(), slope.end()}, {turn.begin(), turn.end()}};
    for (std::size_t k = 0; k < slope.size(); ++k) {
        moves.along[k] *= box.width(k);
        moves.across[k] *= box.width(k);
    }
    return moves;
}

/// Adds the corners at which a branch's current, or power, would be largest if it were linear. False: none is new.
bool WorstPoints::turn(int step, std::int32_t limit, Requests& asked) {
    const int from = point(step, limit);
    int& turned = state(step).turned[static_cast<std::size_t>(limit)];
    if (turned == from || feeder_.limits().is_voltage(static_cast<std::size_t>(limit))) return false;
    const int known = find_gradient(from, limit, true);
    if (known < 0) {
        // What another step finds at the same corner may do for this one.
        if (!is_asked(asked, limit, points_.share(from), true)) asked.push_back({from, limit, true});
        return true;
    }
    turned = from;
    const std::span<const double> across = gradient_at(known);
    if (std::any_of(across.begin(), across.end(), [](double s) { return std::isnan(s); })) return false;
    const PhasorMoves moves = moves_of(points_.box(step), 1 + excess(step, limit), gradient(from, limit), across);
    const std::size_t before = points_.size();
    for (const std::vector<double>& corner : largest_corners(moves, points_.share(from), no_gain, peaks))
        points_.add(step, corner);
    return points_.size() > before;
}

/// The same as far as the gradient leads.
bool WorstPoints::follow_gradient(int step, std::int32_t limit, Requests& asked) {
    const int from = point(step, limit);
    std::vector<Move> moves = moves_at(from, limit);
    if (moves.empty()) return false;
    if (add_between(step, limit, asked) || add_moved(from, moves)) return true;
    moves.resize(std::min(moves.size(), single_moves));
    bool added = false;
    for (std::size_t a = 0; a < moves.size(); ++a) {
        added = add_moved(from, {&moves[a], 1}) || added;
        for (std::size_t b = a + 1; b < std::min(moves.size(), paired_moves); ++b)
            added = add_moved(from, std::array{moves[a], moves[b]}) || added;
    }
    return added || add_inside(from, limit, moves);
}

}  // namespace headroom
