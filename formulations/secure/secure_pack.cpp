#include "formulations/secure/secure_pack.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr double watt_per_kilowatt = 1000.0;
constexpr double base_violation = 1e-6;  // per unit: what an AC base case may pass a limit by
constexpr double rounding = 1e-12;
constexpr int shrink_steps = 20;
constexpr std::int32_t ac_side = 200;  // RowPrice::side of a row that was linearised in AC
constexpr int halvings = 6;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t slot(std::size_t index, std::size_t lane) { return index * lane_count + lane; }

std::vector<AcBase> bases_of(const AcFeeder& feeder, const SeriesSet& series, Basis basis, std::size_t first,
                             std::size_t count) {
    std::vector<AcBase> bases;
    for (std::size_t k = 0; k < count; ++k) bases.push_back(ac_base(feeder, series, first + k, basis));
    return bases;
}

bool has_derivative(std::span<const double> slope) {
    return std::none_of(slope.begin(), slope.end(), [](double s) { return std::isnan(s); });
}

}  // namespace

SecurePack::SecurePack(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
                       std::size_t first_step)
    : secure_(feeder),
      linear_(feeder.linear()),
      feeder_(feeder.ac()),
      columns_(feeder.columns()),
      settings_(settings),
      first_step_(first_step),
      count_(std::min<std::size_t>(lane_count, linear_.step_count() - first_step)),
      base_(linear_.workspace()),
      bases_(bases_of(feeder_, series, linear_.question().basis, first_step, count_)),
      points_(feeder_, bases_),
      worst_(feeder_, points_, count_),
      plan_(feeder.rows()),
      work_(linear_.workspace(plan_.rows)),
      kept_(linear_.workspace(PackingRows{.limit_count = plan_.rows.limit_count, .column = {}, .value = {}})) {
    linear_.load_pack(first_step_, base_);
    no_limits_.lower.assign(columns_.size(), 0.0);
    no_limits_.upper.assign(columns_.size(), 0.0);
    for (std::size_t k = 0; k < columns_.size(); ++k) {
        if (columns_[k].up >= 0) continue;
        const auto active = static_cast<std::size_t>(feeder_.coordinates()[k].active);
        const auto [absorbed, injected] = linear_.rows().free_range(active);
        no_limits_.lower[k] = -absorbed;
        no_limits_.upper[k] = injected;
    }
}

void SecurePack::solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                       std::vector<RowPrice>& prices) {
    check_base(row_offset, violations);
    correct_rooms();
    for (int round = 1; round <= settings_.round_limit && !open_lanes().empty(); ++round) {
        const double near = round == 1 ? settings_.wide : settings_.near;
        make_plan();
        solve_rows();
        worst_.clear();
        for (const int lane : open_lanes()) {
            ++step(static_cast<std::size_t>(lane)).outcome.rounds;
            set_box(static_cast<std::size_t>(lane), 1.0, 2 * near);
        }
        search(open_lanes(), near);
        confirm();
        linearise(round > settings_.patience);
    }
    for (const int lane : open_lanes()) shrink(static_cast<std::size_t>(lane));
    publish(row_offset, result, violations, prices);
}

std::vector<int> SecurePack::open_lanes() const {
    std::vector<int> lanes;
    for (std::size_t lane = 0; lane < count_; ++lane)
        if (step(lane).open) lanes.push_back(static_cast<int>(lane));
    return lanes;
}

/// Base cases: envelopes at nothing, reactive ranges at their worst.
void SecurePack::check_base(std::int32_t row_offset, std::vector<Violation>& violations) {
    std::vector<int> lanes;
    for (std::size_t lane = 0; lane < count_; ++lane) {
        lanes.push_back(static_cast<int>(lane));
        points_.set_box(static_cast<int>(lane), no_limits_);
        for (const double share : {0.0, 1.0}) points_.add(static_cast<int>(lane), all(share));
    }
    const bool adversarial = std::any_of(columns_.begin(), columns_.end(), [](const auto& c) { return c.up < 0; });
    worst_.search(lanes, adversarial ? settings_.wide : -infinity, adversarial);
    const bool no_worse = linear_.question().insecure_base == InsecureBase::no_worse;
    for (std::size_t lane = 0; lane < count_; ++lane) {
        Step& s = step(lane);
        s.replaced.assign(secure_.limit().size(), 0);
        s.allowance.assign(feeder_.limits().size(), 0.0);
        const bool secure = worst_.worst_excess(static_cast<int>(lane)) <= base_violation;
        s.open = secure || (no_worse && !worst_.diverged(static_cast<int>(lane)));
        s.status = secure ? ItemStatus::solved : s.open ? ItemStatus::solved_no_worse : ItemStatus::insecure_base;
        if (secure) continue;
        list_violated(lane, row_offset, violations);
        for (std::size_t l = 0; s.open && l < s.allowance.size(); ++l)
            s.allowance[l] = std::max(worst_.excess(static_cast<int>(lane), static_cast<std::int32_t>(l)), 0.0);
    }
}

void SecurePack::list_violated(std::size_t lane, std::int32_t row_offset, std::vector<Violation>& violations) const {
    for (std::size_t l = 0; l < feeder_.limits().size(); ++l) {
        const double excess = worst_.excess(static_cast<int>(lane), static_cast<std::int32_t>(l));
        if (excess <= base_violation) continue;
        violations.push_back({static_cast<std::int32_t>(first_step_ + lane), static_cast<std::int32_t>(linear_.feeder()),
                              row_offset + feeder_.limits().in_rows(l), feeder_.limits().value(l, excess),
                              secure_.table_limit(l).limit});
    }
}

/// The rooms of linear rows as the AC base case leaves them.
void SecurePack::correct_rooms() {
    base_room_.assign(secure_.limit().size() * lane_count, infinity);
    for (std::size_t lane = 0; lane < count_; ++lane)
        for (std::size_t r = 0; step(lane).open && r < secure_.limit().size(); ++r)
            base_room_[slot(r, lane)] = std::max(corrected_room(lane, r), 0.0);
}

/// Voltages have the same unknowns in both models, so their room moves by what the base cases differ. Powers do not:
/// only a room that is missing in the linear model alone is given back.
double SecurePack::corrected_room(std::size_t lane, std::size_t row) const {
    const auto limit = static_cast<std::size_t>(secure_.limit()[row]);
    const int linear_row = secure_.linear_row()[row];
    const double room = base_.rows.room[slot(static_cast<std::size_t>(linear_row), lane)];
    const double at_base = excess(lane, secure_.limit()[row]);
    if (!feeder_.limits().is_voltage(limit)) return room < 0 ? -at_base : room;
    const double base = 1 / std::abs(feeder_.limits().slope(limit));
    const double linear = linear_.rows().base_value(base_.rows, linear_row, static_cast<int>(lane)) / base;
    const double ac = feeder_.limits().value(limit, at_base) / base;
    return room + (feeder_.limits().slope(limit) > 0 ? 1 : -1) * (linear * linear - ac * ac);
}

void SecurePack::make_plan() {
    PackingRows rows = secure_.rows();
    limit_of_row_.assign(secure_.limit().begin(), secure_.limit().end());
    room_ = base_room_;
    for (std::size_t lane = 0; lane < count_; ++lane)
        for (std::size_t r = 0; r < step(lane).replaced.size(); ++r)
            if (step(lane).replaced[r] != 0) room_[slot(r, lane)] = infinity;
    for (std::size_t lane = 0; lane < count_; ++lane) append_ac_rows(lane, rows);
    plan_ = FillingPlan(std::move(rows));
}

void SecurePack::append_ac_rows(std::size_t lane, PackingRows& rows) {
    std::vector<double> cap;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) cap.push_back(base_.cap[slot(c, lane)]);
    step(lane).first_row = rows.row_count();
    step(lane).solved_rows = step(lane).rows.size();
    for (const AcRow& row : step(lane).rows) {
        const SplitAcRow parts = split(row, columns_, no_limits_, cap, linear_.question().dust);
        for (const auto& [column, value] : parts.entries) {
            rows.column.push_back(column);
            rows.value.push_back(value);
        }
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        limit_of_row_.push_back(row.limit);
        room_.resize(room_.size() + lane_count, infinity);
        room_[room_.size() - lane_count + lane] = std::max(parts.room, 0.0);
    }
}

void SecurePack::solve_rows() {
    work_ = linear_.workspace(plan_.rows);
    work_.rows.room = room_;
    work_.start = base_.start;
    work_.cap = base_.cap;
    work_.reference = base_.reference;
    work_.over_cap = base_.over_cap;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        work_.live[lane] = lane < count_ && step(lane).open ? 1.0 : 0.0;
    multiply(plan_, work_.start.data(), work_.product.data(), work_.filling.sums);
    for (std::size_t lane = 0; lane < count_; ++lane)
        if (work_.live[lane] != 0) contain_forecast(lane);
    if (is_concave(linear_.question().policy)) {
        concave_.emplace(linear_, plan_, settings_.single_solver);
        concave_->solve_pack(first_step_, work_);
    } else {
        linear_.fill_pack(plan_, work_);
    }
    multiply(plan_, work_.limit.data(), work_.product.data(), work_.filling.sums);
}

/// Scales the starts in rows that they violate by the largest common factor that fits.
void SecurePack::contain_forecast(std::size_t lane) {
    Step& s = step(lane);
    s.too_full.clear();
    for (const int row : linear_.scale_starts(plan_.rows, lane, work_)) {
        const std::size_t at = slot(static_cast<std::size_t>(row), lane);
        s.too_full.emplace_back(limit_of_row_[static_cast<std::size_t>(row)], work_.product[at] - work_.rows.room[at]);
    }
    if (s.status == ItemStatus::solved_no_worse) return;
    s.status = s.too_full.empty() ? ItemStatus::solved : ItemStatus::forecast_not_contained;
}

/// The envelope when limits are `factor` of the way from their start.
EnvelopeBox SecurePack::box_of(std::size_t lane, double factor) const {
    EnvelopeBox box = no_limits_;
    const auto limit = [&](std::int32_t column) {
        const std::size_t at = slot(static_cast<std::size_t>(column), lane);
        return (work_.start[at] + factor * (work_.limit[at] - work_.start[at])) * watt_per_kilowatt;
    };
    for (std::size_t k = 0; k < columns_.size(); ++k) {
        if (columns_[k].up >= 0) box.upper[k] = limit(columns_[k].up);
        if (columns_[k].down >= 0) box.lower[k] = -limit(columns_[k].down);
    }
    return box;
}

std::vector<double> SecurePack::all(double share) const { return std::vector<double>(columns_.size(), share); }

/// A new box, and the points that its search begins at.
void SecurePack::set_box(std::size_t lane, double factor, double slack) {
    points_.set_box(static_cast<int>(lane), box_of(lane, factor));
    worst_.forget(static_cast<int>(lane));
    add_starts(lane, slack);
}

/// Everything up and down, where rows were linearised, and the corners of linear rows with little room.
void SecurePack::add_starts(std::size_t lane, double slack) {
    for (const double share : {0.0, 1.0}) points_.add(static_cast<int>(lane), all(share));
    if (settings_.corners == Corners::aligned) return;
    for (const AcRow& row : step(lane).rows) points_.add(static_cast<int>(lane), row.share);
    for (int r = 0; r < secure_.rows().row_count(); ++r)
        if (room_left(lane, r) <= slack) {
            const auto limit = static_cast<std::size_t>(secure_.limit()[static_cast<std::size_t>(r)]);
            points_.add(static_cast<int>(lane),
                        worst_corner(secure_.rows(), r, columns_, secure_.table_limit(limit).kind));
        }
}

double SecurePack::room_left(std::size_t lane, int row) const {
    const std::size_t at = slot(static_cast<std::size_t>(row), lane);
    return room_[at] - work_.product[at];
}

/// Searches; where a point of a box has no power flow, half the box instead, and half of that.
void SecurePack::search(std::span<const int> lanes, double near) {
    const bool moves = settings_.corners == Corners::searched;
    for (const int lane : lanes) step(static_cast<std::size_t>(lane)).reduced = false;
    std::vector<int> again(lanes.begin(), lanes.end());
    double factor = 1.0;
    for (int halving = 0; halving <= halvings && !again.empty(); ++halving) {
        worst_.search(again, near, moves);
        std::erase_if(again, [&](int lane) { return !worst_.diverged(lane); });
        factor *= 0.5;
        for (const int lane : again) {
            step(static_cast<std::size_t>(lane)).reduced = true;
            set_box(static_cast<std::size_t>(lane), factor, 2 * near);
        }
    }
}

double SecurePack::excess(std::size_t lane, std::int32_t limit) const {
    return worst_.excess(static_cast<int>(lane), limit) - step(lane).allowance[static_cast<std::size_t>(limit)];
}

double SecurePack::worst_excess(std::size_t lane) const {
    if (worst_.diverged(static_cast<int>(lane))) return infinity;
    double worst = -infinity;
    for (std::size_t l = 0; l < feeder_.limits().size(); ++l)
        worst = std::max(worst, excess(lane, static_cast<std::int32_t>(l)));
    return worst;
}

/// How far the row that stops a limit is from its own in AC, per unit; zero where no row stops it.
double SecurePack::hold(std::size_t lane, std::size_t column) const {
    const int stop = work_.stop[slot(column, lane)];
    if (stop < 0) return 0.0;
    return -excess(lane, limit_of_row_[static_cast<std::size_t>(stop)]);
}

bool SecurePack::held(std::size_t lane, std::size_t column) const {
    const int stop = work_.stop[slot(column, lane)];
    return stop < 0 || hold(lane, column) <= hold_limit(limit_of_row_[static_cast<std::size_t>(stop)]);
}

bool SecurePack::clean(std::size_t lane) const {
    if (step(lane).reduced || worst_excess(lane) > settings_.violation) return false;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c)
        if (!held(lane, c)) return false;
    return true;
}

/// What is clean is searched once more from all rows that are at all near; what stays clean is done.
void SecurePack::confirm() {
    std::vector<int> lanes = open_lanes();
    std::erase_if(lanes, [&](int lane) { return !clean(static_cast<std::size_t>(lane)); });
    if (lanes.empty()) return;
    for (const int lane : lanes) add_starts(static_cast<std::size_t>(lane), 2 * settings_.wide);
    search(lanes, settings_.wide);
    for (const int lane : lanes)
        if (const auto l = static_cast<std::size_t>(lane); clean(l)) close(l, step(l).status);
}

void SecurePack::close(std::size_t lane, ItemStatus status) {
    Step& s = step(lane);
    s.open = false;
    s.clean = true;
    s.status = status;
    s.outcome.worst_excess = worst_excess(lane);
    s.outcome.loosest_hold = 0;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c)
        s.outcome.loosest_hold = std::max(s.outcome.loosest_hold, hold(lane, c));
    keep_answer(lane);
}

/// Limits that are near, and rows that leave no room, at their worst points. Where answers go round in a circle, rows
/// of earlier answers stay beside the new ones, as long as they claim no more than the hold of a limit may be off.
void SecurePack::linearise(bool keep) {
    std::vector<EnvelopePoints::GradientRequest> requests;
    const auto limits = static_cast<std::int32_t>(feeder_.limits().size());
    for (const int lane : open_lanes()) {
        const auto l = static_cast<std::size_t>(lane);
        for (std::int32_t limit = 0; limit < limits; ++limit)
            if (wants_row(l, limit)) requests.push_back({worst_.point(lane, limit), limit});
        for (const std::size_t row : stale_rows(l, keep))
            requests.push_back({points_.add(lane, step(l).rows[row].share), step(l).rows[row].limit});
    }
    points_.solve();
    worst_.require_gradients(requests);
    for (const int lane : open_lanes()) {
        const auto l = static_cast<std::size_t>(lane);
        for (const std::size_t row : stale_rows(l, keep)) {
            AcRow& refreshed = step(l).rows[row];
            set_row(points_.add(lane, refreshed.share), refreshed);
        }
        for (std::int32_t limit = 0; limit < limits; ++limit)
            if (wants_row(l, limit)) add_row(l, limit, keep);
    }
}

bool SecurePack::wants_row(std::size_t lane, std::int32_t limit) const {
    return worst_.point(static_cast<int>(lane), limit) >= 0
           && (excess(lane, limit) >= -settings_.near || stops_some(lane, limit));
}

bool SecurePack::stops_some(std::size_t lane, std::int32_t limit) const {
    for (std::size_t c = 0; c < linear_.cap().size(); ++c)
        if (const int stop = work_.stop[slot(c, lane)];
            stop >= 0 && limit_of_row_[static_cast<std::size_t>(stop)] == limit)
            return true;
    return false;
}

/// AC rows of a lane, as in Step::rows, that the linear answer leaves little room; of those that are kept only the
/// ones that hold limits too far from theirs.
std::vector<std::size_t> SecurePack::stale_rows(std::size_t lane, bool keep) const {
    std::vector<std::size_t> stale;
    for (std::size_t k = 0; k < step(lane).solved_rows; ++k) {
        const std::int32_t limit = step(lane).rows[k].limit;
        if (room_left(lane, step(lane).first_row + static_cast<int>(k)) > settings_.near) continue;
        if (!keep || -excess(lane, limit) > hold_limit(limit)) stale.push_back(k);
    }
    return stale;
}

double SecurePack::hold_limit(std::int32_t limit) const {
    return feeder_.limits().is_voltage(static_cast<std::size_t>(limit)) ? settings_.hold_voltage : settings_.hold_rating;
}

/// False where the point has no derivative: the row stays as it was.
bool SecurePack::set_row(int point, AcRow& row) const {
    if (!points_.converged(point)) return false;
    const std::span<const double> slope = worst_.gradient(point, row.limit);
    if (!has_derivative(slope)) return false;
    const std::vector<double> x = points_.injections(point);
    const auto limit = static_cast<std::size_t>(row.limit);
    row.share.assign(points_.share(point).begin(), points_.share(point).end());
    row.slope.assign(slope.begin(), slope.end());
    row.room = step(static_cast<std::size_t>(points_.step_of(point))).allowance[limit] - points_.excess(point)[limit];
    for (std::size_t k = 0; k < x.size(); ++k) row.room += slope[k] * x[k];
    return true;
}

/// The limit at its worst point, in place of a row of the same point.
void SecurePack::add_row(std::size_t lane, std::int32_t limit, bool keep) {
    AcRow row{limit, {}, {}, 0};
    if (!set_row(worst_.point(static_cast<int>(lane), limit), row)) return;
    std::vector<AcRow>& rows = step(lane).rows;
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const AcRow& other) {
        return !keep && other.limit == row.limit && other.share == row.share;
    });
    replace_linear_rows(lane, row);
    if (same != rows.end()) {
        *same = std::move(row);
    } else {
        rows.push_back(std::move(row));
    }
}

/// A voltage has one row. A branch is looked at from several sides: those that look the same way are replaced.
void SecurePack::replace_linear_rows(std::size_t lane, const AcRow& row) {
    const PackingRows& rows = secure_.rows();
    const bool voltage = feeder_.limits().is_voltage(static_cast<std::size_t>(row.limit));
    std::vector<double> entry(linear_.cap().size(), 0.0);
    for (std::size_t k = 0; k < columns_.size(); ++k)
        if (const std::int32_t column = row.slope[k] > 0 ? columns_[k].up : columns_[k].down; column >= 0)
            entry[static_cast<std::size_t>(column)] = std::abs(row.slope[k]);
    for (int r = 0; r < rows.row_count(); ++r) {
        if (secure_.limit()[static_cast<std::size_t>(r)] != row.limit) continue;
        double alike = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) alike += rows.value[e] * entry[rows.column[e]];
        if (voltage || alike > 0) step(lane).replaced[static_cast<std::size_t>(r)] = 1;
    }
}

/// The largest factor of the way from the start that the search finds clean.
void SecurePack::shrink(std::size_t lane) {
    const int one[] = {static_cast<int>(lane)};
    Step& s = step(lane);
    double inside = 0, outside = 1;
    const auto fits = [&](double factor) {
        set_box(lane, factor, 2 * settings_.wide);
        worst_.search(one, settings_.wide);
        return worst_excess(lane) <= settings_.violation;
    };
    for (int k = 0; k < shrink_steps; ++k) {
        const double factor = k == 0 ? outside : 0.5 * (inside + outside);
        const bool good = fits(factor);
        (good ? inside : outside) = factor;
        if (good && factor == 1.0) break;
    }
    if (!fits(inside)) return;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) {
        const std::size_t at = slot(c, lane);
        work_.limit[at] = work_.start[at] + inside * (work_.limit[at] - work_.start[at]);
    }
    s.outcome.factor = inside;
    close(lane, ItemStatus::ac_shrunk);
}

/// Rows that the forecast does not fit into, as the last linear answer had them.
void SecurePack::list_too_full(std::size_t lane, std::int32_t row_offset, std::vector<Violation>& violations) const {
    for (const auto& [limit, excess] : step(lane).too_full)
        violations.push_back({static_cast<std::int32_t>(first_step_ + lane),
                              static_cast<std::int32_t>(linear_.feeder()),
                              row_offset + feeder_.limits().in_rows(static_cast<std::size_t>(limit)),
                              feeder_.limits().value(static_cast<std::size_t>(limit), excess),
                              secure_.table_limit(static_cast<std::size_t>(limit)).limit});
}

/// The answer of a lane as it is now.
void SecurePack::keep_answer(std::size_t lane) {
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) {
        const std::size_t at = slot(c, lane);
        const int stop = work_.stop[at];
        kept_.limit[at] = work_.limit[at];
        kept_.stop[at] = stop < 0 ? stop : limit_of_row_[static_cast<std::size_t>(stop)];
    }
    for (const auto array : {&FeederAllocation::Workspace::level, &FeederAllocation::Workspace::row_violation,
                             &FeederAllocation::Workspace::bound_violation, &FeederAllocation::Workspace::bottleneck_gap})
        (kept_.*array)[lane] = (work_.*array)[lane];
    kept_.rounds[lane] = work_.rounds[lane];
    kept_.over_cap[lane] = work_.over_cap[lane];
    if (concave_) keep_proof(lane);
}

void SecurePack::keep_proof(std::size_t lane) {
    Step& s = step(lane);
    s.proof = concave_->proof(first_step_ + lane);
    s.price_place.clear();
    for (const auto& price : s.proof.prices) {
        const auto row = static_cast<std::size_t>(price.row);
        const bool linear = row < secure_.linear_row().size();
        s.price_place.emplace_back(feeder_.limits().in_rows(static_cast<std::size_t>(limit_of_row_[row])),
                                   linear ? linear_.rows().side_of_row(secure_.linear_row()[row]) : ac_side);
    }
}

bool SecurePack::certify(std::size_t lane, std::size_t item, EnvelopeResult& result) const {
    if (!concave_) return linear_.certify(lane, item, kept_, result);
    ConcaveAllocation::store(step(lane).proof, item, result);
    return step(lane).proof.holds;
}

/// What the search never found clean is not published, nor what is not certified on its rows. A shrunk answer is no
/// optimum that could be.
void SecurePack::publish(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                         std::vector<RowPrice>& prices) {
    std::vector<std::int32_t> table_limit;
    for (std::size_t l = 0; l < feeder_.limits().size(); ++l) table_limit.push_back(feeder_.limits().in_rows(l));
    for (std::size_t lane = 0; lane < count_; ++lane) {
        const std::size_t number = first_step_ + lane, item = number * result.feeder_count + linear_.feeder();
        Step& s = step(lane);
        const bool shrunk = s.clean && s.outcome.factor < 1;
        const bool certified = s.clean && !shrunk && certify(lane, item, result);
        if (s.status != ItemStatus::insecure_base && !certified && !shrunk) s.status = ItemStatus::uncertified;
        list_too_full(lane, row_offset, violations);
        linear_.publish(lane, number, s.status, row_offset, table_limit, kept_, result);
        s.outcome.flows = points_.flow_count(static_cast<int>(lane));
        s.outcome.gradients = points_.gradient_count(static_cast<int>(lane));
        s.outcome.flips = worst_.flip_count(static_cast<int>(lane));
        result.secure[item] = s.outcome;
        for (std::size_t k = 0; certified && k < s.price_place.size(); ++k)
            prices.push_back({static_cast<std::int32_t>(number), static_cast<std::int32_t>(linear_.feeder()),
                              row_offset + s.price_place[k].first, s.price_place[k].second, s.proof.prices[k].price,
                              s.proof.prices[k].tie_price});
    }
}

}  // namespace headroom
