#include "formulations/secure/secure_steps.hpp"

#include <algorithm>
#include <cmath>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr int shrink_bisections = 20;
constexpr int halvings = 6;

std::size_t count_from(const FeederAllocation& linear, std::size_t first_step) {
    return std::min(SecureSteps::most_steps, linear.run().end - first_step);
}

std::vector<AcBase> bases_of(const SecureFeeder& feeder, const SeriesSet& series, std::size_t first_step) {
    std::vector<AcBase> bases;
    for (std::size_t k = 0; k < count_from(feeder.linear(), first_step); ++k)
        bases.push_back(ac_base(feeder.ac(), series, first_step + k, feeder.linear().question()));
    return bases;
}

}  // namespace

SecureSteps::SecureSteps(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
                         std::size_t first_step, FeederAllocation::Workspace& scratch)
    : feeder_(feeder),
      linear_(feeder.linear()),
      limits_(feeder.ac().limits()),
      settings_(settings),
      first_step_(first_step),
      bases_(bases_of(feeder, series, first_step)),
      points_(feeder.ac(), bases_),
      worst_(feeder.ac(), points_, bases_.size(), WorstPoints::Doubts::as_learned),
      steps_(bases_.size()) {
    for (std::size_t first = 0; first < steps_.size(); first += lane_count)
        packs_.emplace_back(feeder, settings, first_step + first, std::span(bases_).subspan(first), scratch);
}

void SecureSteps::solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                        std::vector<RowPrice>& prices, FeederAllocation::RowValues* values) {
    check_bases();
    for (int round = 1; round <= settings_.round_limit && !open_steps().empty(); ++round) {
        solve_rows();
        worst_.clear();
        for (const int step : open_steps()) {
            ++at(step).outcome.rounds;
            set_box(step, 1.0, at(step).slack);
        }
        search(open_steps(), settings_.near);
        confirm();
        correct_linear_rows();
        linearise(round > settings_.patience);
    }
    for (const int step : open_steps()) shrink(step);
    for (int step = 0; step < static_cast<int>(steps_.size()); ++step) {
        publish(step, row_offset, result, violations, prices);
        if (values != nullptr) store_values(step, *values);
    }
}

std::vector<int> SecureSteps::open_steps() const {
    std::vector<int> steps;
    for (int step = 0; step < static_cast<int>(steps_.size()); ++step)
        if (at(step).open) steps.push_back(step);
    return steps;
}

/// Base cases: envelopes at nothing, reactive ranges and errors of forecasts at their worst.
void SecureSteps::check_bases() {
    std::vector<int> all_steps;
    for (int step = 0; step < static_cast<int>(steps_.size()); ++step) {
        all_steps.push_back(step);
        points_.set_box(step, pack(step).no_limits(lane(step)));
        for (const double share : {0.0, 1.0}) points_.add(step, all(share));
        if (feeder_.has_errors()) add_base_corners(step);
    }
    const bool adversarial = std::any_of(feeder_.columns().begin(), feeder_.columns().end(),
                                         [](const CoordinateColumns& of) { return of.up < 0; });
    worst_.search(all_steps, adversarial ? searched(settings_.wide) : -infinity);
    for (const int step : all_steps) judge_base(step, worst_.diverged(step));
}

void SecureSteps::judge_base(int step, bool diverged) {
    Step& s = at(step);
    const bool no_worse = linear_.question().insecure_base == InsecureBase::no_worse;
    for (std::size_t l = 0; l < limits_.size(); ++l)
        s.base_excess.push_back(worst_.excess(step, static_cast<std::int32_t>(l)));
    s.allowance.assign(limits_.size(), 0.0);
    s.slack = 2 * settings_.wide;
    const bool secure = worst_.worst_excess(step) <= base_violation;
    s.open = secure || (no_worse && !diverged);
    s.status = secure ? ItemStatus::solved : s.open ? ItemStatus::solved_no_worse : ItemStatus::insecure_base;
    if (!s.open) return;
    std::vector<double> left = s.base_excess;
    for (std::size_t l = 0; l < left.size(); ++l) {
        if (s.base_excess[l] > base_violation) s.allowance[l] = s.base_excess[l];
        left[l] -= s.allowance[l];
    }
    pack(step).set_base(lane(step), left);
}

void SecureSteps::solve_rows() {
    for (std::size_t p = 0; p < packs_.size(); ++p) {
        std::array<bool, lane_count> live{};
        for (std::size_t l = 0; l < packs_[p].count(); ++l) live[l] = steps_[p * lane_count + l].open;
        if (std::find(live.begin(), live.end(), true) != live.end()) packs_[p].solve(live);
    }
}

std::vector<double> SecureSteps::all(double share) const {
    return std::vector<double>(feeder_.columns().size(), share);
}

/// From how near limits are searched: none, where aligned corners are all that counts.
double SecureSteps::searched(double near) const { return is_aligned() ? -infinity : near; }

/// A new box, and the points that its search begins at: everything up and down, where rows were linearised, corners.
/// Aligned corners are the first of these, with reactive ranges at either end.
void SecureSteps::set_box(int step, double factor, double slack, Ends ends) {
    points_.set_box(step, pack(step).box(lane(step), factor));
    worst_.forget(step);
    for (const double share : {0.0, 1.0}) {
        points_.add(step, all(share));
        if (is_aligned()) points_.add_with_reactive_ends(step, all(share));
    }
    if (is_aligned()) return;
    for (const AcRow& row : pack(step).ac_rows(lane(step))) points_.add(step, row.share);
    add_corners(step, slack, ends);
}

/// [#corner] whether it is that of a linear row with little room.
/// @param left  room of a row, in its unit: left(row)
template <class Left> std::vector<char> SecureSteps::corners_with(double slack, Left left) const {
    std::vector<char> wanted(feeder_.corners().size(), 0);
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r) {
        const bool voltage = limits_.is_voltage(static_cast<std::size_t>(feeder_.limit()[r]));
        if (left(r) <= (voltage ? slack : rating_slack * slack))
            wanted[static_cast<std::size_t>(feeder_.corner_of_row()[r])] = 1;
    }
    return wanted;
}

/// The corners of linear rows with little room.
void SecureSteps::add_corners(int step, double slack, Ends ends) {
    const std::vector<char> wanted =
        corners_with(slack, [&](std::size_t row) { return pack(step).room_left(lane(step), row); });
    for (std::size_t c = 0; c < wanted.size(); ++c) {
        if (wanted[c] == 0) continue;
        if (ends == Ends::all)
            points_.add_with_reactive_ends(step, feeder_.corners()[c]);
        else
            points_.add(step, feeder_.corners()[c]);
    }
}

/// The same with every limit at nothing.
void SecureSteps::add_base_corners(int step) {
    const std::vector<char> wanted =
        corners_with(2 * settings_.wide, [&](std::size_t row) { return pack(step).linear_base_room(lane(step), row); });
    for (std::size_t c = 0; c < wanted.size(); ++c)
        if (wanted[c] != 0) points_.add(step, feeder_.corners()[c]);
}

/// Searches; where a point of a box has no power flow, half the box instead, and half of that.
void SecureSteps::search(std::span<const int> steps, double near) {
    for (const int step : steps) at(step).reduced = false;
    std::vector<int> again(steps.begin(), steps.end());
    double factor = 1.0;
    for (int halving = 0; halving <= halvings && !again.empty(); ++halving) {
        worst_.search(again, searched(near));
        std::erase_if(again, [&](int step) { return !worst_.diverged(step); });
        factor *= 0.5;
        for (const int step : again) {
            at(step).reduced = true;
            set_box(step, factor, 2 * near);
        }
    }
}

double SecureSteps::excess(int step, std::int32_t limit) const {
    return worst_.excess(step, limit) - at(step).allowance[static_cast<std::size_t>(limit)];
}

double SecureSteps::worst_excess(int step) const {
    if (worst_.diverged(step)) return infinity;
    double worst = -infinity;
    for (std::size_t l = 0; l < limits_.size(); ++l)
        worst = std::max(worst, excess(step, static_cast<std::int32_t>(l)));
    return worst;
}

/// How far the row that stops a limit is from its own in AC, per unit; zero where no row stops it.
double SecureSteps::hold(int step, std::size_t column) const {
    const std::int32_t limit = pack(step).stopped_by(lane(step), column);
    return limit < 0 ? 0.0 : -excess(step, limit);
}

double SecureSteps::hold_limit(std::int32_t limit) const {
    return settings_.hold_limit(limits_.is_voltage(static_cast<std::size_t>(limit)));
}

/// At first limits are held as closely as they can be, later as closely as they must be.
bool SecureSteps::clean(int step) const {
    if (at(step).reduced || worst_excess(step) > settings_.violation) return false;
    const bool patient = at(step).outcome.rounds <= settings_.patience;
    if (patient && pack(step).linear_rows_scale_starts(lane(step))) return false;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) {
        const std::int32_t limit = pack(step).stopped_by(lane(step), c);
        if (limit >= 0 && hold(step, c) > (patient ? settings_.hold_closely : hold_limit(limit))) return false;
    }
    return std::ranges::all_of(pack(step).full_limits(lane(step)), [&](std::int32_t limit) {
        return -excess(step, limit) <= (patient ? settings_.hold_closely : hold_limit(limit));
    });
}

/// What is clean is searched once more from all rows that are at all near; what stays clean is done.
void SecureSteps::confirm() {
    std::vector<int> steps = open_steps();
    std::erase_if(steps, [&](int step) { return !clean(step); });
    if (!is_aligned() && !steps.empty()) search_again(steps);
    for (const int step : steps)
        if (clean(step)) close(step, 1.0);
}

void SecureSteps::search_again(std::vector<int>& steps) {
    for (const int step : steps) add_corners(step, 2 * settings_.wide, Ends::all);
    search(steps, settings_.wide);
    std::erase_if(steps, [&](int step) { return !clean(step); });
    worst_.add_doubtful_flips(steps, settings_.doubtful);
    search(steps, settings_.wide);
}

void SecureSteps::close(int step, double factor) {
    Step& s = at(step);
    s.open = false;
    s.clean = true;
    s.outcome.factor = factor;
    s.outcome.worst_excess = worst_excess(step);
    for (std::size_t l = 0; l < limits_.size(); ++l)
        s.worst_excess.push_back(worst_.excess(step, static_cast<std::int32_t>(l)));
    for (std::size_t c = 0; factor == 1.0 && c < linear_.cap().size(); ++c)
        s.outcome.loosest_hold = std::max(s.outcome.loosest_hold, hold(step, c));
    if (factor < 1.0) {
        s.status = ItemStatus::ac_shrunk;
    } else if (s.status == ItemStatus::solved && !pack(step).too_full(lane(step)).empty()) {
        s.status = ItemStatus::forecast_not_contained;
    }
    pack(step).keep(lane(step), factor);
}

/// Linear rows stop limits where AC leaves room, and along a feeder each that is found out hands over to its neighbour:
/// all that are about as full are moved together to what AC leaves, and more of their corners are searched.
void SecureSteps::correct_linear_rows() {
    for (const int step : open_steps()) {
        if (at(step).reduced) continue;
        std::vector<double> worst(limits_.size());
        for (std::size_t l = 0; l < worst.size(); ++l) worst[l] = worst_.excess(step, static_cast<std::int32_t>(l));
        pack(step).correct(lane(step), at(step).slack, worst, at(step).allowance);
        double loosest = 0;
        for (std::size_t c = 0; c < linear_.cap().size(); ++c) loosest = std::max(loosest, hold(step, c));
        at(step).slack = std::clamp(3 * loosest, 2 * settings_.near, 2 * settings_.wide);
    }
}

/// Limits that are near, and rows that leave no room, at their worst points. Where answers go round in a circle, rows
/// of earlier answers stay beside the new ones, as long as they claim no more than the hold of a limit may be off.
void SecureSteps::linearise(bool keep) {
    struct Wanted {
        int step;
        std::vector<std::int32_t> limits;
        std::vector<std::size_t> stale;  ///< AC rows
    };
    std::vector<Wanted> all_wanted;
    std::vector<EnvelopePoints::GradientRequest> requests;
    for (const int step : open_steps()) {
        const Wanted& wanted = all_wanted.emplace_back(Wanted{step, limits_to_linearise(step), stale_rows(step, keep)});
        for (const std::int32_t limit : wanted.limits) requests.push_back({worst_.point(step, limit), limit});
        for (const std::size_t row : wanted.stale) {
            const AcRow& stale = pack(step).ac_rows(lane(step))[row];
            requests.push_back({points_.add(step, stale.share), stale.limit});
        }
    }
    points_.solve();
    worst_.require_gradients(requests);
    for (const auto& [step, limits, stale] : all_wanted) {
        for (const std::size_t row : stale) {
            const AcRow& old = pack(step).ac_rows(lane(step))[row];
            if (auto refreshed = linearised(points_.add(step, old.share), old.limit))
                pack(step).refresh(lane(step), row, std::move(*refreshed));
        }
        for (const std::int32_t limit : limits) {
            if (auto row = linearised(worst_.point(step, limit), limit))
                pack(step).add(lane(step), std::move(*row), keep);
        }
    }
}

/// Limits that are near or stop others, and have a point.
std::vector<std::int32_t> SecureSteps::limits_to_linearise(int step) const {
    std::vector<char> wanted(limits_.size(), 0);
    for (std::size_t l = 0; l < wanted.size(); ++l)
        wanted[l] = excess(step, static_cast<std::int32_t>(l)) >= -settings_.adjoining ? 1 : 0;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c)
        if (const std::int32_t limit = pack(step).stopped_by(lane(step), c); limit >= 0)
            wanted[static_cast<std::size_t>(limit)] = 1;
    for (const std::int32_t limit : pack(step).full_limits(lane(step))) wanted[static_cast<std::size_t>(limit)] = 1;
    for (const auto& [limit, passed] : pack(step).too_full(lane(step))) wanted[static_cast<std::size_t>(limit)] = 1;
    std::vector<std::int32_t> limits;
    for (std::size_t l = 0; l < wanted.size(); ++l)
        if (wanted[l] != 0 && worst_.point(step, static_cast<std::int32_t>(l)) >= 0)
            limits.push_back(static_cast<std::int32_t>(l));
    return limits;
}

/// AC rows that the linear answer leaves little room; of those that are kept only the ones that hold limits too far
/// from theirs.
std::vector<std::size_t> SecureSteps::stale_rows(int step, bool keep) const {
    std::vector<std::size_t> stale = pack(step).tight_ac_rows(lane(step), settings_.near);
    std::erase_if(stale, [&](std::size_t row) {
        const std::int32_t limit = pack(step).ac_rows(lane(step))[row].limit;
        return keep && -excess(step, limit) <= hold_limit(limit);
    });
    return stale;
}

std::optional<AcRow> SecureSteps::linearised(int point, std::int32_t limit) const {
    if (!points_.converged(point)) return {};  // then it has no gradient to ask for
    return headroom::linearised(points_, point, limit, worst_.gradient(point, limit),
                                at(points_.step_of(point)).allowance[static_cast<std::size_t>(limit)]);
}

/// The largest factor of the way from the start that the search finds clean.
void SecureSteps::shrink(int step) {
    const int one[] = {step};
    const auto fits = [&](double factor) {
        set_box(step, factor, 2 * settings_.wide, Ends::all);
        worst_.search(one, searched(settings_.wide));
        return worst_excess(step) <= settings_.violation;
    };
    double inside = 0, outside = 1;
    for (int k = 0; k < shrink_bisections; ++k) {
        const double factor = 0.5 * (inside + outside);
        (fits(factor) ? inside : outside) = factor;
    }
    if (fits(inside)) close(step, inside);
}

void SecureSteps::list(int step, std::int32_t limit, double excess, std::int32_t row_offset,
                       std::vector<Violation>& violations) const {
    const auto l = static_cast<std::size_t>(limit);
    violations.push_back({static_cast<std::int32_t>(first_step_) + step, static_cast<std::int32_t>(linear_.feeder()),
                          row_offset + limits_.in_rows(l), limits_.value(l, excess), feeder_.table_limit(l).limit});
}

/// What the search never found clean is not published, nor what is not certified on its rows; a shrunk answer is no
/// optimum that could be.
void SecureSteps::publish(int step, std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                          std::vector<RowPrice>& prices) {
    const std::size_t item = (first_step_ + static_cast<std::size_t>(step)) * result.feeder_count + linear_.feeder();
    Step& s = at(step);
    const bool base_holds = s.status != ItemStatus::insecure_base;
    const bool shrunk = s.clean && s.status == ItemStatus::ac_shrunk;
    const bool certified = s.clean && !shrunk && pack(step).certify(lane(step), item, result);
    if (base_holds && !certified && !shrunk) s.status = ItemStatus::uncertified;
    for (std::size_t l = 0; l < s.base_excess.size(); ++l)
        if (s.base_excess[l] > base_violation)
            list(step, static_cast<std::int32_t>(l), s.base_excess[l], row_offset, violations);
    for (const auto& [limit, excess] : pack(step).too_full(lane(step)))
        list(step, limit, excess + s.allowance[static_cast<std::size_t>(limit)], row_offset, violations);
    pack(step).publish(lane(step), s.status, row_offset, result);
    if (certified) pack(step).publish_prices(lane(step), row_offset, prices);
    s.outcome.flows = points_.flow_count(step);
    s.outcome.gradients = points_.gradient_count(step);
    s.outcome.flips = worst_.flip_count(step);
    result.secure[item] = s.outcome;
}

/// Limits that are not watched have no value.
void SecureSteps::store_values(int step, FeederAllocation::RowValues& values) const {
    const Step& s = at(step);
    const std::size_t first = (first_step_ + static_cast<std::size_t>(step)) * linear_.rows().limits().size();
    for (std::size_t l = 0; l < limits_.size(); ++l) {
        const std::size_t place = first + static_cast<std::size_t>(limits_.in_rows(l));
        const double limit = feeder_.table_limit(l).limit;
        const auto keep_worst = [&](double& kept, double excess) {
            const double share = limits_.value(l, excess) / limit;
            const bool worse = feeder_.table_limit(l).kind == RowKind::voltage_min ? share < kept : share > kept;
            if (std::isnan(kept) || worse) kept = share;
        };
        keep_worst(values.base[place], s.base_excess[l]);
        if (s.clean && s.status != ItemStatus::uncertified) keep_worst(values.worst[place], s.worst_excess[l]);
    }
}

}  // namespace headroom
