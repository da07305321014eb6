#include "formulations/secure/worst_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace headroom {
namespace {

constexpr double worse = 1e-9;      // per unit: what counts as worse
constexpr double uncertain = 0.03;  // slopes of another step or box, of the largest of them
constexpr int move_limit = 48;      // moves of one search; a limit rarely takes three

/// The same corner, or the same coordinates inside, anywhere, and the others at the same ends.
bool are_alike(std::span<const double> share, std::span<const double> other) {
    return std::ranges::equal(share, other,
                              [](double s, double o) { return s == o || (is_inside(s) && is_inside(o)); });
}

}  // namespace

WorstPoints::WorstPoints(const AcFeeder& feeder, EnvelopePoints& points, std::size_t step_count, Doubts doubts)
    : feeder_(feeder), points_(points), doubts_(doubts), states_(step_count), seen_(feeder.limits().size()) {
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
    s.turned.assign(feeder_.limits().size(), -1);
    s.line.assign(feeder_.limits().size(), {-1, -1, -1, -1});
    s.excess.assign(feeder_.limits().size(), -std::numeric_limits<double>::infinity());
    s.seen = 0;
    s.diverged = false;
}

double WorstPoints::worst_excess(int step) const {
    double worst = diverged(step) ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    for (const double excess : state(step).excess) worst = std::max(worst, excess);
    return worst;
}

void WorstPoints::confine(std::vector<char> wanted) {
    wanted_ = std::move(wanted);
    for (std::size_t l = 0; l < seen_.size(); ++l)
        if (!is_wanted(static_cast<std::int32_t>(l))) seen_[l].clear();
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
    std::vector<int> open(steps.begin(), steps.end());
    Requests asked;
    for (int round = 0; round < move_limit; ++round) {
        points_.solve();
        for (const int step : open) {
            look(step, round > 0);
            find_near(step, near);
        }
        require_gradients_near(open);
        require_gradients(std::exchange(asked, {}));
        // What no move worsens in one round none does in the next.
        std::erase_if(open, [&](int step) {
            bool moved = false;
            for (const std::int32_t limit : state(step).near)
                if (is_searched(step, limit)) moved = move_on(step, limit, asked) || moved;
            return !moved;
        });
        if (open.empty()) return;
    }
    points_.solve();
    for (const int step : open) look(step, true);
}

void WorstPoints::find_near(int step, double near) {
    State& s = state(step);
    s.near.clear();
    for (std::size_t l = 0; l < s.worst.size(); ++l)
        if (const auto limit = static_cast<std::int32_t>(l);
            s.excess[l] >= -reach(limit, near) && s.worst[l] >= 0 && is_wanted(limit))
            s.near.push_back(limit);
}

/// Of steps that ask for the same limit at the same corner the first goes ahead: what it finds may do for the others.
void WorstPoints::require_gradients_near(std::span<const int> steps) {
    std::vector<std::pair<std::int32_t, int>> near;  // limit and step
    for (const int step : steps)
        for (const std::int32_t limit : state(step).near) near.emplace_back(limit, step);
    std::sort(near.begin(), near.end());
    for (const bool ahead : {true, false}) {
        Requests requests;
        std::size_t first = 0;
        for (const auto& [limit, step] : near) {
            if (!is_searched(step, limit) || knows_gradient(point(step, limit), limit)) continue;
            if (requests.empty() || requests.back().limit != limit) first = requests.size();
            const std::span<const double> share = points_.share(point(step, limit));
            if (!ahead || !is_asked(std::span(requests).subspan(first), limit, share))
                requests.push_back({point(step, limit), limit});
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

bool WorstPoints::is_asked(std::span<const EnvelopePoints::GradientRequest> among, std::int32_t limit,
                           std::span<const double> share, bool turn) const {
    return std::ranges::any_of(among, [&](const EnvelopePoints::GradientRequest& asked) {
        const std::span<const double> other = points_.share(asked.point);
        return asked.limit == limit && asked.turn == turn
               && (turn ? std::ranges::equal(other, share) : are_alike(other, share));
    });
}

const WorstPoints::Seen* WorstPoints::seen_at(std::int32_t limit, std::span<const double> share) const {
    for (const Seen& seen : seen_[static_cast<std::size_t>(limit)])
        if (are_alike(share, seen.share)) return &seen;
    return nullptr;
}

WorstPoints::Seen* WorstPoints::seen_at(std::int32_t limit, std::span<const double> share) {
    return const_cast<Seen*>(std::as_const(*this).seen_at(limit, share));
}

bool WorstPoints::cannot_move(int point, std::int32_t limit) const {
    const double room = -points_.excess(point)[static_cast<std::size_t>(limit)];
    const std::span<const double> share = points_.share(point);
    const Seen* const seen = seen_at(limit, share);
    if (room <= 0 || seen == nullptr) return false;
    const int step = points_.step_of(point);
    const EnvelopeBox& box = points_.box(step);
    std::vector<double> slope_room, turn_room;
    const std::span<const double> slopes = points_.slopes(step, seen->slope, slope_room);
    const double largest = largest_size(slopes);
    double gain = 0;
    for (std::size_t k = 0; k < share.size(); ++k) {
        // Towards the far end, from inside to either; a slope that points there gains with all that it may be.
        const double inwards = is_inside(share[k]) ? std::abs(slopes[k]) : share[k] < 0.5 ? slopes[k] : -slopes[k];
        gain += std::max(inwards + uncertain * largest, 0.0) * box.width(k);
    }
    if (gain >= room || feeder_.limits().is_voltage(static_cast<std::size_t>(limit))) return gain < room;
    if (seen->turn.empty()) return false;
    const std::span<const double> turns = points_.slopes(step, seen->turn, turn_room);
    return largest_corners(moves_of(box, 1 - room, slopes, turns), share, room - gain, 1).empty();
}

void WorstPoints::remember(const EnvelopePoints::GradientRequest& of, std::span<const double> row) {
    const std::span<const double> share = points_.share(of.point);
    if (std::any_of(row.begin(), row.end(), [](double s) { return std::isnan(s); })) return;
    Seen* const same = seen_at(of.limit, share);
    if (of.turn) {
        if (same != nullptr) same->turn.assign(row.begin(), row.end());
    } else if (same != nullptr) {
        same->slope.assign(row.begin(), row.end());
    } else {
        seen_[static_cast<std::size_t>(of.limit)].push_back(
            {{share.begin(), share.end()}, {row.begin(), row.end()}, {}, {}});
    }
}

void WorstPoints::require_gradients(std::span<const EnvelopePoints::GradientRequest> requests) {
    std::vector<EnvelopePoints::GradientRequest> missing;
    known_.resize(points_.size());
    const std::size_t size = feeder_.coordinates().size();
    const auto first = static_cast<int>(size == 0 ? 0 : slope_.size() / size);
    for (const auto& request : requests) {
        if (find_gradient(request.point, request.limit, request.turn) >= 0) continue;
        known_[static_cast<std::size_t>(request.point)].push_back(
            {request.limit, request.turn, first + static_cast<int>(missing.size())});
        missing.push_back(request);
    }
    std::vector<double> rows, room;
    points_.gradients(missing, rows);
    for (std::size_t k = 0; k < missing.size(); ++k) {
        const std::span<const double> row =
            std::span(rows).subspan(k * points_.gradient_size(), points_.gradient_size());
        const std::span<const double> slopes = points_.slopes(points_.step_of(missing[k].point), row, room);
        slope_.insert(slope_.end(), slopes.begin(), slopes.end());
        remember(missing[k], row);
    }
}

int WorstPoints::find_gradient(int point, std::int32_t limit, bool turn) const {
    if (static_cast<std::size_t>(point) >= known_.size()) return -1;
    for (const Known& known : known_[static_cast<std::size_t>(point)])
        if (known.limit == limit && known.turn == turn) return known.number;
    return -1;
}

std::span<const double> WorstPoints::gradient_at(int number) const {
    const std::size_t size = feeder_.coordinates().size();
    return std::span(slope_).subspan(static_cast<std::size_t>(number) * size, size);
}

std::span<const double> WorstPoints::gradient(int point, std::int32_t limit) const {
    return gradient_at(find_gradient(point, limit));
}

}  // namespace headroom
