#include <algorithm>
#include <array>
#include <cmath>

#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr double doubtful = 0.5;       // of a slope: where it changes by more across the box, its sign says little
constexpr double bends_at_most = 2.0;  // times as much as the same flip in another step or box of this size,
constexpr double curve_bend = 1e-3;    // of the largest slope over a width: what curves bend in some steps only

std::vector<double> opposite(std::span<const double> share) {
    std::vector<double> across;
    for (const double s : share) across.push_back(1.0 - s);
    return across;
}

/// By how much a customer alone may bend a limit over the width of his range: who turns a phasor of size 1 by as much
/// per watt as anyone lengthens it makes it longer by half the square, whichever way he goes.
double bend_alone(double largest_slope, double width) {
    const double turned = largest_slope * width;
    return turned * turned / 2;
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
    std::vector<Trial> trials;
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l)
        for (const int step : steps)
            if (is_doubted(step, l, near)) append_trials(point(step, l), l, trials);
    if (doubts_ == Doubts::as_learned) learn(trials);
    for (const Trial& trial : trials) {
        const TriedFlip* const known = tried(trial);
        if (known == nullptr || !is_hopeless(trial, *known)) moved(trial.from, trial.flips);
    }
    for (const int step : steps)
        for (std::int32_t l = 0; l < static_cast<std::int32_t>(feeder_.limits().size()); ++l)
            if (is_doubted(step, l, near)) add_other_climbs(step, l);
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
    return worst >= 0 && is_wanted(limit) && excess(step, limit) >= -reach(limit, near) && knows_gradient(worst, limit)
           && std::ranges::none_of(points_.share(worst), is_inside);
}

/// Flips against the gradient, alone and in pairs; active and reactive power of one customer always.
void WorstPoints::append_trials(int point, std::int32_t limit, std::vector<Trial>& trials) const {
    const std::vector<Move> moves = doubtful_flips(point, limit);
    const auto customer = [&](const Move& move) { return feeder_.coordinates()[move.coordinate].customer; };
    for (std::size_t a = 0; a < moves.size(); ++a) {
        trials.push_back({point, limit, {moves[a], moves[a]}});
        for (std::size_t b = a + 1; b < moves.size(); ++b)
            if (b < paired_moves || customer(moves[a]) == customer(moves[b]))
                trials.push_back({point, limit, {moves[a], moves[b]}});
    }
}

/// Of steps with the same worst corner the first goes ahead with flips of which nothing is known.
void WorstPoints::learn(std::span<const Trial> trials) {
    std::vector<std::pair<const Trial*, int>> ahead;  // and the point it leads to
    for (const Trial& trial : trials) {
        const auto is_same = [&](const std::pair<const Trial*, int>& other) {
            return other.first->limit == trial.limit && other.first->coordinates() == trial.coordinates()
                   && std::ranges::equal(points_.share(other.first->from), points_.share(trial.from));
        };
        if (tried(trial) == nullptr && std::ranges::none_of(ahead, is_same))
            ahead.emplace_back(&trial, moved(trial.from, trial.flips));
    }
    points_.solve();
    for (const auto& [trial, to] : ahead) remember(*trial, to);
}

/// What the gradient says that flips change.
double WorstPoints::rise_along(const Trial& trial) const {
    const std::span<const double> slope = gradient(trial.from, trial.limit), share = points_.share(trial.from);
    const EnvelopeBox& box = points_.box(points_.step_of(trial.from));
    const auto rise = [&](const Move& flip) {
        return slope[flip.coordinate] * box.width(flip.coordinate) * (flip.end - share[flip.coordinate]);
    };
    const auto& [a, b] = trial.flips;
    return a.coordinate == b.coordinate ? rise(a) : rise(a) + rise(b);
}

void WorstPoints::remember(const Trial& trial, int to) {
    Seen* const seen = seen_at(trial.limit, points_.share(trial.from));
    if (seen == nullptr) return;
    const auto l = static_cast<std::size_t>(trial.limit);
    const EnvelopeBox& box = points_.box(points_.step_of(trial.from));
    const auto at = trial.coordinates();
    const double rise = points_.excess(to)[l] - points_.excess(trial.from)[l];  // infinite: without a flow
    seen->tried.push_back({at, {box.width(at[0]), box.width(at[1])}, rise - rise_along(trial)});
}

const WorstPoints::TriedFlip* WorstPoints::tried(const Trial& trial) const {
    const Seen* const seen = seen_at(trial.limit, points_.share(trial.from));
    if (seen == nullptr) return nullptr;
    const auto known = std::ranges::find(seen->tried, trial.coordinates(), &TriedFlip::coordinate);
    return known == seen->tried.end() ? nullptr : &*known;
}

/// Whether flips neither worsen a limit nor pass it, even where they bend more than when they were tried. Bends go with
/// the square of widths.
bool WorstPoints::is_hopeless(const Trial& trial, const TriedFlip& known) const {
    const EnvelopeBox& box = points_.box(points_.step_of(trial.from));
    double wider = 0, width = 0;
    for (std::size_t f = 0; f < trial.flips.size(); ++f) {
        wider = std::max(wider, box.width(trial.flips[f].coordinate) / known.width[f]);
        width = std::max(width, box.width(trial.flips[f].coordinate));
    }
    const double by_curves = curve_bend * largest_size(gradient(trial.from, trial.limit)) * width;
    const double bend = bends_at_most * (std::max(known.bend, 0.0) * wider * wider + by_curves);
    const double rise = rise_along(trial) + bend;
    return rise <= no_gain || points_.excess(trial.from)[static_cast<std::size_t>(trial.limit)] + rise <= 0;
}

/// Customers whose slope changes by about itself from here to the opposite corner, and those whose own power may bend
/// the limit by more than the slope; those that lose least first.
std::vector<WorstPoints::Move> WorstPoints::doubtful_flips(int point, std::int32_t limit) const {
    const std::span<const double> slope = gradient(point, limit), share = points_.share(point);
    const Seen* const across = seen_at(limit, opposite(share));
    if (across == nullptr) return {};
    const int step = points_.step_of(point);
    const EnvelopeBox& box = points_.box(step);
    std::vector<double> other;
    const std::span<const double> across_slopes = points_.slopes(step, across->slope, other);
    const double room = std::max(-points_.excess(point)[static_cast<std::size_t>(limit)], 0.0);
    const double largest = largest_size(slope);
    std::vector<Move> flips;
    for (std::size_t k = 0; k < slope.size(); ++k) {
        // What a flip gains is at most what the slope changes by, over the width; two go together.
        const double width = box.width(k), loss = std::abs(slope[k]) * width,
                     change = std::abs(across_slopes[k] - slope[k]) * width, bend = bend_alone(largest, width);
        if ((change >= doubtful * loss && 2 * change > room) || (bend >= loss && 2 * bend > room))
            flips.push_back({k, share[k] < 0.5 ? 1.0 : 0.0, -loss});
    }
    std::stable_sort(flips.begin(), flips.end(), [](const Move& a, const Move& b) { return a.gain > b.gain; });
    return flips;
}

}  // namespace headroom
