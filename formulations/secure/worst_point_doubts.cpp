#include <algorithm>
#include <array>
#include <cmath>

#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr double doubtful = 0.5;       // of a slope: where it changes by more across the box, its sign says little
constexpr double bends_at_most = 2.0;  // times as much as the same flip in another step or box of this size,
constexpr double bend_noise = 5e-9;    // per unit: known only to what flows leave

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
    add_flips(steps, near);
    for (const int step : steps)
        for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l)
            if (is_doubted(step, l, near)) add_other_climbs(step, l);
}

/// As learned: of steps with the same worst corner the first goes ahead, and flips that bend too little there to matter
/// are not tried in the others.
void WorstPoints::add_flips(std::span<const int> steps, double near) {
    std::vector<Trial> trials;
    const auto doubted = [&](const auto& visit) {
        for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l) {
            const std::size_t first = trials.size();
            for (const int step : steps)
                if (is_doubted(step, l, near)) visit(point(step, l), l, first);
        }
    };
    if (doubts_ == Doubts::as_learned) {
        doubted([&](int from, std::int32_t limit, std::size_t first) { try_flips(from, limit, first, trials); });
        points_.solve();
        for (const Trial& trial : trials) learn(trial);
    }
    doubted([&](int from, std::int32_t limit, std::size_t) { add_hopeful_flips(from, limit); });
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
std::vector<WorstPoints::Flips> WorstPoints::flips_against(int point, std::int32_t limit) const {
    const std::vector<Move> moves = doubtful_flips(point, limit);
    const auto customer = [&](const Move& move) { return feeder_.coordinates()[move.coordinate].customer; };
    std::vector<Flips> flips;
    for (std::size_t a = 0; a < moves.size(); ++a) {
        flips.push_back({moves[a], moves[a]});
        for (std::size_t b = a + 1; b < moves.size(); ++b)
            if (b < paired_moves || customer(moves[a]) == customer(moves[b])) flips.push_back({moves[a], moves[b]});
    }
    return flips;
}

/// Those of which nothing is known, and that none of the trials from `first` on is.
void WorstPoints::try_flips(int point, std::int32_t limit, std::size_t first, std::vector<Trial>& trials) {
    const auto is_tried = [&](const Flips& flips) {
        return std::any_of(trials.begin() + static_cast<std::ptrdiff_t>(first), trials.end(), [&](const Trial& other) {
            return other.flips[0].coordinate == flips[0].coordinate && other.flips[1].coordinate == flips[1].coordinate
                   && std::ranges::equal(points_.share(other.from), points_.share(point));
        });
    };
    for (const Flips& flips : flips_against(point, limit))
        if (tried(point, limit, flips) == nullptr && !is_tried(flips))
            trials.push_back({point, moved(point, flips), limit, flips});
}

void WorstPoints::add_hopeful_flips(int point, std::int32_t limit) {
    for (const Flips& flips : flips_against(point, limit)) {
        const TriedFlip* const known = tried(point, limit, flips);
        if (known == nullptr || !is_hopeless(point, limit, flips, *known)) moved(point, flips);
    }
}

/// What the gradient says that flips change.
double WorstPoints::rise_along(int point, std::int32_t limit, const Flips& flips) const {
    const std::span<const double> slope = gradient(point, limit), share = points_.share(point);
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    double rise = 0;
    for (std::size_t f = 0; f < (flips[0].coordinate == flips[1].coordinate ? 1 : 2); ++f) {
        const std::size_t k = flips[f].coordinate;
        rise += slope[k] * box.width(k) * (flips[f].end - share[k]);
    }
    return rise;
}

/// At corners alone: others are nobody's elsewhere.
void WorstPoints::learn(const Trial& trial) {
    Seen* const seen = seen_at(trial.limit, points_.share(trial.from));
    if (seen == nullptr) return;
    const auto l = static_cast<std::size_t>(trial.limit);
    const EnvelopeBox& box = points_.box(points_.step_of(trial.from));
    const std::array<std::size_t, 2> at{trial.flips[0].coordinate, trial.flips[1].coordinate};
    const double rise = points_.excess(trial.to)[l] - points_.excess(trial.from)[l];  // infinite: without a flow
    seen->tried.push_back(
        {at, {box.width(at[0]), box.width(at[1])}, rise - rise_along(trial.from, trial.limit, trial.flips)});
}

const WorstPoints::TriedFlip* WorstPoints::tried(int point, std::int32_t limit, const Flips& flips) const {
    const Seen* const seen = seen_at(limit, points_.share(point));
    if (seen == nullptr) return nullptr;
    const std::array<std::size_t, 2> at{flips[0].coordinate, flips[1].coordinate};
    const auto known = std::ranges::find(seen->tried, at, &TriedFlip::coordinate);
    return known == seen->tried.end() ? nullptr : &*known;
}

/// Whether flips neither worsen a limit nor pass it, even where they bend more than when they were tried. Bends go with
/// the square of widths.
bool WorstPoints::is_hopeless(int point, std::int32_t limit, const Flips& flips, const TriedFlip& known) const {
    const EnvelopeBox& box = points_.box(points_.step_of(point));
    double wider = 0;
    for (std::size_t f = 0; f < flips.size(); ++f)
        wider = std::max(wider, box.width(flips[f].coordinate) / known.width[f]);
    const double bend = bends_at_most * (std::max(known.bend, 0.0) + bend_noise) * wider * wider;
    const double rise = rise_along(point, limit, flips) + bend;
    return rise <= no_gain || points_.excess(point)[static_cast<std::size_t>(limit)] + rise <= 0;
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
