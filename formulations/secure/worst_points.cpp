#include "formulations/secure/worst_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr double no_gain = 2e-8;         // per unit: moves that promise less are not tried
constexpr double worse = 1e-9;           // per unit: what counts as worse
constexpr std::size_t single_moves = 8;  // the most promising customers are flipped alone,
constexpr std::size_t paired_moves = 4;  // and these in pairs
constexpr double uncertain = 0.03;       // slopes of another step or box, of the largest of them
constexpr int move_limit = 16;           // moves of one search; a limit rarely takes three

}  // namespace

WorstPoints::WorstPoints(const AcFeeder& feeder, EnvelopePoints& points, std::size_t step_count)
    : feeder_(feeder), points_(points), states_(step_count), seen_(feeder.limits().size()) {
    for (std::size_t step = 0; step < step_count; ++step) forget(static_cast<int>(step));
}

void WorstPoints::clear() {
    points_.clear();
    gradient_.clear();
    for (std::size_t step = 0; step < states_.size(); ++step) forget(static_cast<int>(step));
}

void WorstPoints::forget(int step) {
    State& s = state(step);
    s.worst.assign(feeder_.limits().size(), -1);
    s.seen = 0;
    s.diverged = false;
}

double WorstPoints::excess(int step, std::int32_t limit) const {
    const int worst = point(step, limit);
    return worst < 0 ? -std::numeric_limits<double>::infinity()
                     : points_.excess(worst)[static_cast<std::size_t>(limit)];
}

double WorstPoints::worst_excess(int step) const {
    if (diverged(step)) return std::numeric_limits<double>::infinity();
    double worst = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < state(step).worst.size(); ++l)
        worst = std::max(worst, excess(step, static_cast<std::int32_t>(l)));
    return worst;
}

/// Takes in what was solved since.
void WorstPoints::look(int step, bool moved) {
    State& s = state(step);
    const std::span<const int> points = points_.points_of(step);
    for (; s.seen < points.size(); ++s.seen) {
        const int point = points[s.seen];
        if (!points_.converged(point)) {
            s.diverged = true;
            continue;
        }
        const std::span<const double> excess = points_.excess(point);
        bool worsened = false;
        for (std::size_t l = 0; l < excess.size(); ++l) {
            int& worst = s.worst[l];
            if (worst >= 0 && !(excess[l] > points_.excess(worst)[l] + worse)) continue;
            worsened = worsened || (worst >= 0 && excess[l] > points_.excess(worst)[l] + no_gain);
            worst = point;
        }
        if (moved && worsened) ++s.flips;
    }
}

void WorstPoints::search(std::span<const int> steps, double near, bool moves) {
    const auto limits = static_cast<std::int32_t>(feeder_.limits().size());
    for (int round = 0; round < move_limit; ++round) {
        points_.solve();
        for (const int step : steps) look(step, round > 0);
        require_gradients_near(steps, near);
        if (!moves) return;
        bool moved = false;
        for (const int step : steps)
            for (std::int32_t l = 0; l < limits; ++l)
                if (needs_gradient(step, l, near)) moved = move_on(step, l) || moved;
        if (!moved) return;
    }
    points_.solve();
    for (const int step : steps) look(step, true);
}

/// Of steps that ask for the same limit at the same corner the first goes ahead: what it finds may do for the others.
void WorstPoints::require_gradients_near(std::span<const int> steps, double near) {
    const auto limits = static_cast<std::int32_t>(feeder_.limits().size());
    for (bool waiting = true; waiting;) {
        waiting = false;
        std::vector<EnvelopePoints::GradientRequest> requests;
        for (std::int32_t l = 0; l < limits; ++l) {
            const std::size_t first = requests.size();
            for (const int step : steps) {
                if (!needs_gradient(step, l, near) || knows_gradient(point(step, l), l)) continue;
                const auto same = [&](const auto& request) {
                    return std::ranges::equal(points_.share(request.point), points_.share(point(step, l)));
                };
                const bool asked = std::any_of(requests.begin() + static_cast<std::ptrdiff_t>(first), requests.end(), same);
                waiting = waiting || asked;
                if (!asked) requests.push_back({point(step, l), l});
            }
        }
        require_gradients(requests);
    }
}

bool WorstPoints::needs_gradient(int step, std::int32_t limit, double near) const {
    const int worst = point(step, limit);
    return worst >= 0 && excess(step, limit) >= -near && (knows_gradient(worst, limit) || !cannot_move(worst, limit));
}

bool WorstPoints::cannot_move(int point, std::int32_t limit) const {
    const double room = -points_.excess(point)[static_cast<std::size_t>(limit)];
    const std::vector<Seen>& known = seen_[static_cast<std::size_t>(limit)];
    const std::span<const double> share = points_.share(point);
    const auto seen = std::find_if(known.begin(), known.end(),
                                   [&](const Seen& s) { return std::equal(share.begin(), share.end(), s.share.begin()); });
    if (room <= 0 || seen == known.end()) return false;
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    double largest = 0, gain = 0;
    for (const double slope : seen->slope) largest = std::max(largest, std::abs(slope));
    for (std::size_t k = 0; k < share.size(); ++k) {
        // Towards the far end; a slope that points there already gains with all that it may be.
        const double outwards = share[k] < 0.5 ? -seen->slope[k] : seen->slope[k];
        gain += std::max(uncertain * largest - outwards, 0.0) * box.width(k);
    }
    return gain < room;
}

void WorstPoints::remember(int point, std::int32_t limit, std::span<const double> slope) {
    const std::span<const double> share = points_.share(point);
    const auto inside = [](double s) { return s != 0.0 && s != 1.0; };
    if (std::any_of(share.begin(), share.end(), inside) || std::any_of(slope.begin(), slope.end(), [](double s) { return std::isnan(s); }))
        return;
    std::vector<Seen>& known = seen_[static_cast<std::size_t>(limit)];
    auto seen = std::find_if(known.begin(), known.end(),
                             [&](const Seen& s) { return std::equal(share.begin(), share.end(), s.share.begin()); });
    if (seen == known.end()) seen = known.insert(known.end(), {{share.begin(), share.end()}, {}});
    seen->slope.assign(slope.begin(), slope.end());
}

void WorstPoints::require_gradients(std::span<const EnvelopePoints::GradientRequest> requests) {
    std::vector<EnvelopePoints::GradientRequest> missing;
    for (const auto& request : requests)
        if (gradient_.try_emplace({request.point, request.limit}).second) missing.push_back(request);
    std::vector<double> rows;
    points_.gradients(missing, rows);
    const auto size = static_cast<std::ptrdiff_t>(feeder_.coordinates().size());
    for (std::size_t k = 0; k < missing.size(); ++k) {
        const auto first = rows.begin() + static_cast<std::ptrdiff_t>(k) * size;
        std::vector<double>& slope = gradient_[{missing[k].point, missing[k].limit}];
        slope.assign(first, first + size);
        remember(missing[k].point, missing[k].limit, slope);
    }
}

std::span<const double> WorstPoints::gradient(int point, std::int32_t limit) const {
    return gradient_.at({point, limit});
}

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

/// False: the point is known already.
bool WorstPoints::add_moved(int point, std::span<const Move> moves) {
    std::vector<double> share(points_.share(point).begin(), points_.share(point).end());
    for (const Move& move : moves) share[move.coordinate] = move.end;
    const std::size_t before = points_.size();
    points_.add(points_.step_of(point), share);
    return points_.size() > before;
}

int WorstPoints::find_moved(int point, const Move& move) {
    std::vector<double> share(points_.share(point).begin(), points_.share(point).end());
    share[move.coordinate] = move.end;
    return points_.add(points_.step_of(point), share);
}

/// Every coordinate to the top of the parabola through its slope here and the excess at its other end.
bool WorstPoints::add_inside(int point, std::int32_t limit, std::span<const Move> moves) {
    const auto l = static_cast<std::size_t>(limit);
    std::vector<Move> inside;
    for (const Move& move : moves) {
        const int end = find_moved(point, move);
        if (!points_.is_solved(end) || !points_.converged(end)) continue;
        const double rise = points_.excess(end)[l] - points_.excess(point)[l], bend = rise - move.gain;
        if (!(bend < 0)) continue;
        const double way = move.gain / (-2 * bend), share = points_.share(point)[move.coordinate];
        if (way * move.gain < no_gain) continue;
        inside.push_back({move.coordinate, share + std::min(way, 1.0) * (move.end - share), move.gain});
    }
    return !inside.empty() && add_moved(point, inside);
}

/// Adds points that may be worse than the limit's worst so far; false where none is left.
bool WorstPoints::move_on(int step, std::int32_t limit) {
    const int from = point(step, limit);
    if (from < 0) return false;
    if (!knows_gradient(from, limit)) return true;  // found in this very round: its turn is the next
    std::vector<Move> moves = moves_at(from, limit);
    if (moves.empty()) return false;
    if (add_moved(from, moves)) return true;
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
