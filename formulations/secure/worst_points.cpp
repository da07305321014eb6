#include "formulations/secure/worst_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace headroom {
namespace {

constexpr double no_gain = 2e-8;         // per unit: moves that promise less are not tried
constexpr double worse = 1e-9;           // per unit: what counts as worse
constexpr std::size_t single_moves = 8;  // the most promising customers are flipped alone,
constexpr std::size_t paired_moves = 4;  // and these in pairs
constexpr double uncertain = 0.03;       // slopes of another step or box, of the largest of them
constexpr double doubtful = 0.5;         // of a slope: where it changes by more across the box, its sign says little
constexpr double least_way = 0.02;       // along a line between two points
constexpr int move_limit = 48;           // moves of one search; a limit rarely takes three
// Ratings count as near from so many times farther: customers who hardly count one by one make a tenth of a rating.
constexpr double rating_reach = 6;

std::vector<double> opposite(std::span<const double> share) {
    std::vector<double> across;
    for (const double s : share) across.push_back(1.0 - s);
    return across;
}

}  // namespace

WorstPoints::WorstPoints(const AcFeeder& feeder, EnvelopePoints& points, std::size_t step_count)
    : feeder_(feeder), points_(points), states_(step_count), seen_(feeder.limits().size()) {
    for (std::size_t step = 0; step < step_count; ++step) forget(static_cast<int>(step));
}

void WorstPoints::clear() {
    points_.clear();
    known_.clear();
    slope_.clear();
    for (std::size_t step = 0; step < states_.size(); ++step) forget(static_cast<int>(step));
}

void WorstPoints::forget(int step) {
    State& s = state(step);
    s.worst.assign(feeder_.limits().size(), -1);
    s.settled.assign(feeder_.limits().size(), -1);
    s.bracket.assign(feeder_.limits().size(), {-1, -1, -1});
    s.excess.assign(feeder_.limits().size(), -std::numeric_limits<double>::infinity());
    s.seen = 0;
    s.diverged = false;
}

double WorstPoints::worst_excess(int step) const {
    double worst = diverged(step) ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    for (const double excess : state(step).excess) worst = std::max(worst, excess);
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
            if (!(excess[l] > s.excess[l] + worse)) continue;
            worsened = worsened || (s.worst[l] >= 0 && excess[l] > s.excess[l] + no_gain);
            s.worst[l] = point;
            s.excess[l] = excess[l];
        }
        if (moved && worsened) ++s.flips;
    }
}

void WorstPoints::search(std::span<const int> steps, double near) {
    for (int round = 0; round < move_limit; ++round) {
        points_.solve();
        for (const int step : steps) {
            look(step, round > 0);
            find_near(step, near);
        }
        require_gradients_near(steps);
        require_gradients(std::exchange(asked_, {}));
        bool moved = false;
        for (const int step : steps)
            for (const std::int32_t limit : state(step).near)
                if (is_searched(step, limit)) moved = move_on(step, limit) || moved;
        if (!moved) return;
    }
    points_.solve();
    for (const int step : steps) look(step, true);
}

void WorstPoints::find_near(int step, double near) {
    State& s = state(step);
    s.near.clear();
    for (std::size_t l = 0; l < s.worst.size(); ++l) {
        const double reach = feeder_.limits().is_voltage(l) ? near : rating_reach * near;
        if (s.excess[l] >= -reach && s.worst[l] >= 0) s.near.push_back(static_cast<std::int32_t>(l));
    }
}

/// Of steps that ask for the same limit at the same corner the first goes ahead: what it finds may do for the others.
void WorstPoints::require_gradients_near(std::span<const int> steps) {
    std::vector<std::pair<std::int32_t, int>> near;  // limit and step
    for (const int step : steps)
        for (const std::int32_t limit : state(step).near) near.emplace_back(limit, step);
    std::sort(near.begin(), near.end());
    for (const bool ahead : {true, false}) {
        std::vector<EnvelopePoints::GradientRequest> requests;
        std::size_t first = 0;
        for (const auto& [limit, step] : near) {
            if (!is_searched(step, limit) || knows_gradient(point(step, limit), limit)) continue;
            if (requests.empty() || requests.back().limit != limit) first = requests.size();
            const auto same = [&, l = limit, s = step](const auto& request) {
                return std::ranges::equal(points_.share(request.point), points_.share(point(s, l)));
            };
            const auto others = requests.begin() + static_cast<std::ptrdiff_t>(first);
            if (!ahead || std::none_of(others, requests.end(), same)) requests.push_back({point(step, limit), limit});
        }
        require_gradients(requests);
    }
}

/// Whether the search of a limit that is near goes on: nothing says that no move worsens it.
bool WorstPoints::is_searched(int step, std::int32_t limit) {
    State& s = state(step);
    const auto l = static_cast<std::size_t>(limit);
    if (s.settled[l] == s.worst[l]) return false;
    if (!cannot_move(s.worst[l], limit)) return true;
    s.settled[l] = s.worst[l];
    return false;
}

const WorstPoints::Seen* WorstPoints::seen_at(std::int32_t limit, std::span<const double> share) const {
    for (const Seen& seen : seen_[static_cast<std::size_t>(limit)])
        if (std::ranges::equal(share, seen.share)) return &seen;
    return nullptr;
}

bool WorstPoints::cannot_move(int point, std::int32_t limit) const {
    const double room = -points_.excess(point)[static_cast<std::size_t>(limit)];
    const std::span<const double> share = points_.share(point);
    const Seen* const seen = seen_at(limit, share);
    if (room <= 0 || seen == nullptr) return false;
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
    if (std::any_of(share.begin(), share.end(), inside)
        || std::any_of(slope.begin(), slope.end(), [](double s) { return std::isnan(s); }))
        return;
    std::vector<Seen>& known = seen_[static_cast<std::size_t>(limit)];
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const Seen& s) { return std::ranges::equal(share, s.share); });
    if (same != known.end()) {
        same->slope.assign(slope.begin(), slope.end());
    } else {
        known.push_back({{share.begin(), share.end()}, {slope.begin(), slope.end()}});
    }
}

void WorstPoints::require_gradients(std::span<const EnvelopePoints::GradientRequest> requests) {
    std::vector<EnvelopePoints::GradientRequest> missing;
    known_.resize(points_.size());
    const std::size_t size = feeder_.coordinates().size();
    const auto first = static_cast<int>(size == 0 ? 0 : slope_.size() / size);
    for (const auto& request : requests) {
        if (knows_gradient(request.point, request.limit)) continue;
        known_[static_cast<std::size_t>(request.point)].emplace_back(request.limit,
                                                                     first + static_cast<int>(missing.size()));
        missing.push_back(request);
    }
    std::vector<double> slopes;
    points_.gradients(missing, slopes);
    slope_.insert(slope_.end(), slopes.begin(), slopes.end());
    for (const auto& request : missing) remember(request.point, request.limit, gradient(request.point, request.limit));
}

int WorstPoints::find_gradient(int point, std::int32_t limit) const {
    if (static_cast<std::size_t>(point) >= known_.size()) return -1;
    for (const auto& [of, number] : known_[static_cast<std::size_t>(point)])
        if (of == limit) return number;
    return -1;
}

std::span<const double> WorstPoints::gradient(int point, std::int32_t limit) const {
    const std::size_t size = feeder_.coordinates().size();
    return std::span(slope_).subspan(static_cast<std::size_t>(find_gradient(point, limit)) * size, size);
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

/// Every coordinate to the top of the parabola through its slope here and the excess at its other end. -1: known.
int WorstPoints::add_inside(int point, std::int32_t limit, std::span<const Move> moves) {
    const auto l = static_cast<std::size_t>(limit);
    std::vector<Move> inside;
    for (const Move& move : moves) {
        const int end = moved(point, {&move, 1});
        if (!points_.is_solved(end) || !points_.converged(end)) continue;
        const double rise = points_.excess(end)[l] - points_.excess(point)[l], bend = rise - move.gain;
        if (!(bend < 0)) continue;
        const double way = move.gain / (-2 * bend), share = points_.share(point)[move.coordinate];
        if (way * move.gain < no_gain) continue;
        inside.push_back({move.coordinate, share + std::min(way, 1.0) * (move.end - share), move.gain});
    }
    if (inside.empty()) return -1;
    const std::size_t before = points_.size();
    const int added = moved(point, inside);
    return points_.size() > before ? added : -1;
}

/// d excess along the line from a point, all of it, to another.
double WorstPoints::along(int point, std::int32_t limit, int to) const {
    const std::span<const double> slope = gradient(point, limit), from = points_.share(point), end = points_.share(to);
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    double sum = 0;
    for (std::size_t k = 0; k < slope.size(); ++k) sum += slope[k] * box.width(k) * (end[k] - from[k]);
    return sum;
}

/// The end of the limit's line that lies uphill of its worst point; -1: there is none.
int WorstPoints::uphill_end(int step, std::int32_t limit) const {
    const int from = point(step, limit);
    for (const int end : state(step).bracket[static_cast<std::size_t>(limit)])
        if (end >= 0 && end != from && points_.is_solved(end) && points_.converged(end)
            && along(from, limit, end) > no_gain)
            return end;
    return -1;
}

/// Where the tangents at both ends of a line meet that goes up from the worst point and down to its other end: at the
/// kink where a Volt-VAr curve bends a voltage, and near any other top. False: it promises nothing, or is known.
bool WorstPoints::add_between(int step, std::int32_t limit) {
    const int from = point(step, limit), end = uphill_end(step, limit);
    if (end < 0) return false;
    if (!knows_gradient(end, limit)) {
        asked_.push_back({end, limit});
        return true;
    }
    const auto l = static_cast<std::size_t>(limit);
    const double up = along(from, limit, end), down = along(end, limit, from);
    const double rise = points_.excess(end)[l] - points_.excess(from)[l];
    if (!(down > 0)) return false;
    const double way = std::clamp((rise + down) / (up + down), least_way, 1 - least_way);
    if (way * up < no_gain) return false;
    const std::span<const double> to = points_.share(end);
    std::vector<double> share(points_.share(from).begin(), points_.share(from).end());
    for (std::size_t k = 0; k < share.size(); ++k) share[k] += way * (to[k] - share[k]);
    const std::size_t before = points_.size();
    state(step).bracket[l] = {points_.add(step, share), from, end};
    return points_.size() > before;
}

void WorstPoints::add_doubtful_flips(std::span<const int> steps, double near) {
    std::vector<EnvelopePoints::GradientRequest> asked;
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l) {
        const std::size_t first = asked.size();
        for (const int step : steps) {
            if (!is_doubted(step, l, near)) continue;
            const std::vector<double> across = opposite(points_.share(point(step, l)));
            const auto same = [&](const auto& request) {
                return std::ranges::equal(points_.share(request.point), across);
            };
            if (seen_at(l, across) != nullptr
                || std::any_of(asked.begin() + static_cast<std::ptrdiff_t>(first), asked.end(), same))
                continue;
            asked.push_back({points_.add(step, across), l});
        }
    }
    points_.solve();
    require_gradients(asked);
    for (const int step : steps)
        for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l)
            if (is_doubted(step, l, near)) add_flips(point(step, l), doubtful_flips(point(step, l), l));
}

bool WorstPoints::is_doubted(int step, std::int32_t limit, double near) const {
    const int worst = point(step, limit);
    return worst >= 0 && excess(step, limit) >= -near && knows_gradient(worst, limit);
}

void WorstPoints::add_flips(int point, std::span<const Move> flips) {
    for (std::size_t a = 0; a < flips.size(); ++a) {
        add_moved(point, flips.subspan(a, 1));
        for (std::size_t b = a + 1; b < std::min(flips.size(), paired_moves); ++b)
            add_moved(point, std::array{flips[a], flips[b]});
    }
}

/// Customers whose slope changes by about itself from here to the opposite corner; those that lose least first.
std::vector<WorstPoints::Move> WorstPoints::doubtful_flips(int point, std::int32_t limit) const {
    const std::span<const double> slope = gradient(point, limit), share = points_.share(point);
    const Seen* const across = seen_at(limit, opposite(share));
    if (across == nullptr) return {};
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    const double room = -points_.excess(point)[static_cast<std::size_t>(limit)];
    std::vector<Move> flips;
    for (std::size_t k = 0; k < slope.size(); ++k) {
        // What a flip gains is at most what the slope changes by, over the width; two go together.
        const double change = std::abs(across->slope[k] - slope[k]);
        if (change >= doubtful * std::abs(slope[k]) && 2 * change * box.width(k) > std::max(room, 0.0))
            flips.push_back({k, share[k] < 0.5 ? 1.0 : 0.0, -std::abs(slope[k]) * box.width(k)});
    }
    std::stable_sort(flips.begin(), flips.end(), [](const Move& a, const Move& b) { return a.gain > b.gain; });
    return flips;
}

/// Adds points that may be worse than the limit's worst so far; false where none is left.
bool WorstPoints::move_on(int step, std::int32_t limit) {
    const int from = point(step, limit);
    std::vector<Move> moves = moves_at(from, limit);
    if (moves.empty()) {
        state(step).settled[static_cast<std::size_t>(limit)] = from;
        return false;
    }
    if (add_between(step, limit) || add_moved(from, moves)) return true;
    moves.resize(std::min(moves.size(), single_moves));
    bool added = false;
    for (std::size_t a = 0; a < moves.size(); ++a) {
        added = add_moved(from, {&moves[a], 1}) || added;
        for (std::size_t b = a + 1; b < std::min(moves.size(), paired_moves); ++b)
            added = add_moved(from, std::array{moves[a], moves[b]}) || added;
    }
    if (const int inside = added ? -1 : add_inside(from, limit, moves); inside >= 0) {
        state(step).bracket[static_cast<std::size_t>(limit)] = {inside, from, -1};
        added = true;
    }
    if (!added) state(step).settled[static_cast<std::size_t>(limit)] = from;
    return added;
}

}  // namespace headroom
