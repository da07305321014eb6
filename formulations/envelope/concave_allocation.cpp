#include "formulations/envelope/concave_allocation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>

#include "formulations/units.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/packing/packing_simplex.hpp"

namespace headroom {
namespace {

constexpr double certified_gap = 1e-7;      // and is this close to the best, of 1 + |objective|
constexpr double certified_squares = 1e-5;  // of 1 + half the sum of squares: the tie-break of total
constexpr double tie_slack = 1e-10;         // of 1 + sum, for which no smaller weight of the squares is tried
constexpr double priced_share = 1e-6;       // a row that charges a limit less, of what a unit of it gains, has no price
constexpr double settled_sliver = 1e-3;     // an interior for settled limits, in units
constexpr double least_level_kw = 1e-3;     // of the level that powers are scaled by
constexpr double at_cap_kw = 1e-6;          // nearer than this a limit is at its cap,
constexpr double full_row_kw = 1e-6;        // and with less room for its most sensitive limit a row is full
constexpr double tie_weights[] = {1e-3, 1e-4, 1e-5, 1e-6, 2e-7};  // squares against the sum, at the largest cap
// Limits that little presses against what holds them come only within the root of the gap, and iterations are cheap;
// what the solver cannot bring so far (high powers of limits of all sizes) is asked for less than is certified.
constexpr double gap_asked = 1e-12, gap_asked_again = 1e-9;
constexpr double tie_gap_asked_again = 1e-10;  // of tie-breaks, where the squares are a small part of the objective

/// What a weight of the squares may cost of 1 + sum: the last and smallest, what the certificate allows.
constexpr double slack_of(double weight) { return weight == *std::rbegin(tie_weights) ? certified_gap : tie_slack; }

constexpr int items_per_thread = 100;  // certificates worth waking a thread

PackingUtility utility_of(const AllocationQuestion& question, std::size_t limits) {
    switch (question.policy) {
        case Policy::proportional:
        case Policy::weighted: return {Term::log, 1.0, {}};
        case Policy::alpha: return {Term::power, question.alpha, {}};
        case Policy::quadratic: return {Term::none, 1.0, std::vector<double>(limits, 1.0)};
        default: return {};
    }
}

std::vector<std::size_t> asked_columns(std::span<const char> asked) {
    std::vector<std::size_t> columns;
    for (std::size_t c = 0; c < asked.size(); ++c)
        if (asked[c] != 0) columns.push_back(c);
    return columns;
}

/// [#limit of the feeder] where it stands among the columns, or -1.
std::vector<std::int32_t> places(int limit_count, const std::vector<std::size_t>& columns) {
    std::vector<std::int32_t> place(static_cast<std::size_t>(limit_count), -1);
    for (std::size_t c = 0; c < columns.size(); ++c) place[columns[c]] = static_cast<std::int32_t>(c);
    return place;
}

std::optional<NestedRows> keep_columns(const std::optional<NestedRows>& rows, const std::vector<std::size_t>& columns,
                                       double unit) {
    if (!rows) return std::nullopt;
    return with_limits(*rows, places(rows->limit_count, columns), static_cast<int>(columns.size()), unit);
}

PackingRows keep_columns(const PackingRows& rows, const std::vector<std::size_t>& columns, double unit) {
    const std::vector<std::int32_t> place = places(rows.limit_count, columns);
    PackingRows kept;
    kept.limit_count = static_cast<int>(columns.size());
    for (int r = 0; r < rows.row_count(); ++r) {
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            if (place[rows.column[e]] < 0) continue;
            kept.column.push_back(place[rows.column[e]]);
            kept.value.push_back(rows.value[e] * unit);
        }
        kept.start.push_back(static_cast<std::int32_t>(kept.column.size()));
    }
    return kept;
}

/// kW that limits are counted in: a power of two that makes the largest cap a number of about ten, so that a feeder of
/// households and one of power stations are the same problem.
double unit_of(const FeederAllocation& feeder, const std::vector<std::size_t>& columns) {
    double largest = 0;
    for (const std::size_t column : columns) largest = std::max(largest, feeder.cap()[column]);
    return largest > 0 ? std::ldexp(1.0, std::ilogb(largest) - 3) : 1.0;
}

/// Room of every row for the columns kept: what the others hold at their start is taken.
std::vector<double> room_for(const PackingRows& rows, std::span<const char> asked, std::vector<double> room,
                             const std::vector<double>& start) {
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            if (asked[rows.column[e]] == 0) room[r] -= rows.value[e] * start[rows.column[e]];
    return room;
}

}  // namespace

ConcaveAllocation::ConcaveAllocation(const FeederAllocation& feeder, PackingProgram::SingleSolver single)
    : ConcaveAllocation(feeder, feeder.plan(), std::move(single)) {}

ConcaveAllocation::ConcaveAllocation(const FeederAllocation& feeder, const FillingPlan& plan,
                                     PackingProgram::SingleSolver single)
    : feeder_(feeder),
      single_(std::move(single)),
      columns_(asked_columns(feeder.asked())),
      unit_(unit_of(feeder, columns_)),
      plan_(keep_columns(plan.rows, columns_, unit_), keep_columns(plan.nested, columns_, unit_)),
      whole_rows_(plan.rows),
      limit_columns_(plan_.rows) {
    plan_.first_rows = plan.first_rows;
    const PackingRows& rows = plan_.rows;
    for (int r = 0; r < rows.row_count(); ++r) largest_entry_.push_back(largest_entry(rows, r));
}

void ConcaveAllocation::solve(int threads, std::int32_t row_offset, EnvelopeResult& result,
                              std::vector<Violation>& violations, std::vector<RowPrice>& prices,
                              FeederAllocation::RowValues* values) {
    prepare(threads, row_offset, result, violations);
    run(threads);
    if (feeder_.question().policy == Policy::total) break_ties(threads);
    certify(threads);
    FeederAllocation::Workspace work = feeder_.workspace();
    for (Item& item : items_) publish(item, row_offset, work, result, prices);
    if (values == nullptr) return;
    std::vector<Violation> seen;
    for (std::size_t first = feeder_.run().first; first < feeder_.run().end; first += lane_count) {
        FeederAllocation::Statuses status = feeder_.prepare_pack(first, row_offset, work, seen);
        for (const Item& item : items_) {
            if (item.step < first || item.step >= first + lane_count) continue;
            const std::size_t lane = item.step - first;
            status[lane] = item.status;
            spread_limits(item, work.limit, lane);
        }
        feeder_.store_pack_values(first, status, work, *values);
    }
}

/// Base cases, starts and caps of all steps; steps that cannot be solved are published at once.
void ConcaveAllocation::prepare(int threads, std::int32_t row_offset, EnvelopeResult& result,
                                std::vector<Violation>& violations) {
    const TapRun& steps = feeder_.run();
    const std::size_t packs = (steps.step_count() + lane_count - 1) / lane_count;
    std::vector<std::vector<Item>> items(packs);
    std::vector<std::vector<Violation>> found(packs);
    const int workers = thread_count(threads);
    std::vector<FeederAllocation::Workspace> work(static_cast<std::size_t>(workers), feeder_.workspace());
    run_batch(static_cast<int>(packs), threads, [&](int pack, int worker) {
        const auto k = static_cast<std::size_t>(pack), first = steps.first + k * lane_count;
        FeederAllocation::Workspace& w = work[static_cast<std::size_t>(worker)];
        const auto status = feeder_.prepare_pack(first, row_offset, w, found[k]);
        for (std::size_t lane = 0; lane < lane_count && first + lane < steps.end; ++lane) {
            if (w.live[lane] == 0) {
                feeder_.publish(lane, first + lane, status[lane], row_offset, feeder_.limit_of_row(), w, result);
            } else {
                add_item(lane, first + lane, status[lane], w, items[k].emplace_back());
            }
        }
    });
    for (std::size_t k = 0; k < packs; ++k) {
        std::move(items[k].begin(), items[k].end(), std::back_inserter(items_));
        violations.insert(violations.end(), found[k].begin(), found[k].end());
    }
}

void ConcaveAllocation::solve_pack(std::size_t first_step, FeederAllocation::Workspace& work) {
    items_.clear();
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        if (work.live[lane] != 0) add_item(lane, first_step + lane, ItemStatus::solved, work, items_.emplace_back());
    run(1);
    if (feeder_.question().policy == Policy::total) break_ties(1);
    certify(1);
    for (const Item& item : items_) load_answer(item, work);
}

void ConcaveAllocation::add_item(std::size_t lane, std::size_t step, ItemStatus status,
                                 const FeederAllocation::Workspace& work, Item& item) const {
    const auto gather = [lane](const LaneArray& from) {
        std::vector<double> values(from.size() / lane_count);
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = from[k * lane_count + lane];
        return values;
    };
    item.step = step;
    item.lane = lane;
    item.status = status;
    item.over_cap = work.over_cap[lane];
    item.start = gather(work.start);
    item.room = room_for(whole_rows_, feeder_.asked(), gather(work.rows.room), item.start);
    const std::vector<double> cap = gather(work.cap);
    for (const std::size_t column : columns_) {
        item.lower.push_back(item.start[column] / unit_);
        item.upper.push_back(cap[column] / unit_);
    }
    item.w = item.lower;
    item.price.assign(item.room.size(), 0.0);
    settle_limits_without_room(item);
    set_costs(item);
}

/// A limit whose own room is nothing stays at its start: the logarithm of no room has no meaning.
void ConcaveAllocation::settle_limits_without_room(Item& item) const {
    const PackingRows& rows = plan_.rows;
    item.held_by.assign(item.lower.size(), -1);
    const std::vector<double> rest = rest_of_rows(rows, item.room, item.lower);
    for (int r = 0; r < rows.row_count(); ++r) {
        const double left = rest[r];
        if (left > no_room_kw / unit_ * largest_entry_[r]) continue;  // enough for the limit that needs most
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            if (left <= no_room_kw / unit_ * rows.value[e]) item.held_by[rows.column[e]] = r;
    }
    for (std::size_t c = 0; c < item.lower.size(); ++c)
        if (item.held_by[c] >= 0 || item.upper[c] - item.lower[c] <= no_room_kw / unit_) item.upper[c] = item.lower[c];
    give_interior(item);
}

void ConcaveAllocation::give_interior(Item& item) const {
    const PackingRows& rows = plan_.rows;
    item.solver_upper = item.upper;
    for (std::size_t c = 0; c < item.upper.size(); ++c)
        if (item.upper[c] == item.lower[c]) item.solver_upper[c] += settled_sliver * (1 + item.lower[c]);
    item.solver_room = item.room;
    for (int r = 0; r < rows.row_count(); ++r) {
        bool open = false;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            open = open || item.upper[rows.column[e]] > item.lower[rows.column[e]];
        if (!open) item.solver_room[r] = std::numeric_limits<double>::infinity();
    }
}

/// What all limits that can rise could have alike if no row but one mattered: the order of size of the answer.
double ConcaveAllocation::common_level(const Item& item) const {
    const PackingRows& rows = plan_.rows;
    double level = *std::max_element(item.upper.begin(), item.upper.end());
    for (int r = 0; r < rows.row_count(); ++r) {
        double room = item.room[r], all = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const auto c = static_cast<std::size_t>(rows.column[e]);
            const bool rises = item.upper[c] > item.lower[c];
            (rises ? all : room) += rises ? rows.value[e] : -rows.value[e] * item.lower[c];
        }
        if (all > 0) level = std::min(level, room / all);
    }
    return std::max(level, least_level_kw / unit_);
}

void ConcaveAllocation::set_costs(Item& item) const {
    const AllocationQuestion& question = feeder_.question();
    const std::size_t limits = item.lower.size();
    item.scale = question.policy == Policy::quadratic ? 1 / (unit_ * unit_)
                 : question.policy == Policy::total   ? 1 / unit_
                                                      : 1.0;
    // Powers of kW may be next to nothing or beyond all measure: the objective is scaled to about one per limit.
    if (question.policy == Policy::alpha && limits > 0)
        item.scale = std::pow(common_level(item) / reference(0), question.alpha - 1);
    item.linear.assign(limits, 0.0);
    item.weight.assign(limits, 0.0);
    for (std::size_t c = 0; c < limits; ++c) {
        if (item.lower[c] == item.upper[c]) continue;
        switch (question.policy) {
            case Policy::proportional: item.weight[c] = 1; break;
            case Policy::weighted: item.weight[c] = feeder_.weight()[columns_[c]]; break;
            case Policy::alpha:
                // (w / ref)^(1-a) / (1-a): the reference leaves the power as a weight.
                item.weight[c] = item.scale * std::pow(reference(c), question.alpha - 1);
                break;
            case Policy::quadratic: item.linear[c] = -reference(c); break;
            default: item.linear[c] = -1; break;
        }
    }
}

std::vector<LimitCost> ConcaveAllocation::costs(const Item& item) const {
    const PackingUtility utility = utility_of(feeder_.question(), item.lower.size());
    std::vector<LimitCost> cost(item.lower.size());
    for (std::size_t c = 0; c < cost.size(); ++c)
        cost[c] = {.linear = item.linear[c],
                   .quadratic = utility.quadratic.empty() ? 0.0 : utility.quadratic[c],
                   .weight = item.weight[c],
                   .exponent = utility.exponent};
    return cost;
}

void ConcaveAllocation::solve_program(const FillingPlan& plan, const PackingUtility& utility, double tolerance,
                                      std::span<const PackingItem> packed, std::span<PackingOutcome> outcomes,
                                      int threads) const {
    PackingProgram program(plan, utility, {.tolerance = tolerance});
    if (single_) {
        program.solve_with(single_, packed, outcomes, threads);
    } else {
        program.solve(packed, outcomes, threads);
    }
}

/// The item as the solver sees it, with its answer in `w` and `price`.
PackingItem ConcaveAllocation::packing_item(const Item& item, std::vector<double>& w, std::vector<double>& price) {
    return {.room = item.solver_room.data(),
            .lower = item.lower.data(),
            .upper = item.solver_upper.data(),
            .linear = item.linear.data(),
            .weight = item.weight.data(),
            .w = w.data(),
            .price = price.data()};
}

/// Settled limits back onto their bound.
void ConcaveAllocation::leave_sliver(const Item& item, std::vector<double>& w) {
    for (std::size_t c = 0; c < w.size(); ++c) w[c] = std::min(w[c], item.upper[c]);
}

/// Total, as far as the simplex method brings it.
void ConcaveAllocation::run_simplex(int threads) {
    const double steepest = steepest_square();
    std::vector<double> squares;
    std::vector<TieWeight> weights;
    for (std::size_t c = 0; c < columns_.size(); ++c) squares.push_back(1 / (reference(c) * reference(c)));
    for (const double weight : tie_weights)
        weights.push_back({steepest > 0 ? weight / steepest : weight, slack_of(weight)});
    std::vector<PackingItem> packed;
    std::vector<PackingOutcome> outcomes(items_.size());
    std::vector<PackingTie> ties;
    for (Item& item : items_) {
        item.tie_price.assign(item.price.size(), 0.0);
        packed.push_back(packing_item(item, item.w, item.price));
        packed.back().upper = item.upper.data();
        ties.push_back({squares.data(), item.tie_price.data()});
    }
    PackingSimplex(plan_).solve(packed, outcomes, ties, weights, threads);
    for (std::size_t i = 0; i < items_.size(); ++i) {
        items_[i].outcome = outcomes[i];
        items_[i].tie_weight = ties[i].weight;
        if (ties[i].weight == 0) items_[i].tie_price.clear();
    }
}

void ConcaveAllocation::run(int threads) {
    if (feeder_.question().policy == Policy::total && !single_ && PackingSimplex::fits(plan_.rows))
        run_simplex(threads);
    std::vector<Item*> open;
    for (Item& item : items_)
        if (!item.outcome.solved) open.push_back(&item);
    for (const double tolerance : {gap_asked, gap_asked_again}) {
        std::vector<PackingItem> packed;
        std::vector<PackingOutcome> outcomes(open.size());
        for (Item* item : open) packed.push_back(packing_item(*item, item->w, item->price));
        solve_program(plan_, utility_of(feeder_.question(), columns_.size()), tolerance, packed, outcomes, threads);
        for (std::size_t i = 0; i < open.size(); ++i) {
            open[i]->outcome = outcomes[i];
            leave_sliver(*open[i], open[i]->w);
        }
        std::erase_if(open, [](const Item* item) { return item->outcome.solved; });
        if (open.empty()) return;
    }
}

/// Largest slope of the squares at any cap, per unit of their weight.
double ConcaveAllocation::steepest_square() const {
    double steepest = 0;
    for (const Item& item : items_)
        for (std::size_t c = 0; c < item.upper.size(); ++c)
            steepest = std::max(steepest, item.upper[c] / (reference(c) * reference(c)));
    return steepest;
}

/// Of all limits with the largest sum the smallest squares: sum minus a little of the squares. A weight small enough
/// leaves the sum at its largest, since the best set of a linear program is a face; too large a weight shows in the
/// sum, and the next is smaller. The last costs at most half of it in the sum, which the certificate allows.
///
/// Where hundreds of rows nearly hold (polygons of joint P and Q) the solver may lose its way among them. What is left
/// tries again with the rows that price the sum, to which those join that its answers violate.
void ConcaveAllocation::break_ties(int threads) {
    std::vector<Item*> open;
    for (Item& item : items_)
        if (item.outcome.solved && item.tie_weight == 0) open.push_back(&item);
    const double steepest = steepest_square();
    if (open.empty() || steepest == 0) return;
    open = break_ties(plan_, gap_asked, steepest, std::move(open), threads);
    if (open.empty()) return;
    FillingPlan priced = plan_;
    priced.first_rows = priced_rows(open);
    break_ties(priced, tie_gap_asked_again, steepest, std::move(open), threads);
}

/// Tries the weights. @return the items that none of them settles
std::vector<ConcaveAllocation::Item*> ConcaveAllocation::break_ties(const FillingPlan& plan, double tolerance,
                                                                    double steepest, std::vector<Item*> items,
                                                                    int threads) const {
    for (const double weight : tie_weights) {
        items = weigh_squares(plan, tolerance, weight / steepest, slack_of(weight), items, threads);
    }
    return items;
}

/// Rows that have a price in the largest sum of any of the items.
std::vector<std::int32_t> ConcaveAllocation::priced_rows(std::span<Item* const> items) const {
    std::vector<std::int32_t> rows;
    for (int r = 0; r < plan_.rows.row_count(); ++r) {
        const auto k = static_cast<std::size_t>(r);
        const bool priced = std::any_of(items.begin(), items.end(), [&](const Item* item) {
            return item->price[k] * largest_entry_[k] > priced_share;
        });
        if (priced) rows.push_back(r);
    }
    return rows;
}

/// Solves with one weight of the squares. @return the items that this leaves unsolved, or whose sum it costs more than
/// `slack` of 1 + sum
std::vector<ConcaveAllocation::Item*> ConcaveAllocation::weigh_squares(const FillingPlan& plan, double tolerance,
                                                                       double weight, double slack,
                                                                       std::span<Item* const> items,
                                                                       int threads) const {
    if (items.empty()) return {};
    PackingUtility utility;
    for (std::size_t c = 0; c < columns_.size(); ++c)
        utility.quadratic.push_back(weight / (reference(c) * reference(c)));
    std::vector<std::vector<double>> w(items.size(), std::vector<double>(columns_.size())),
        price(items.size(), std::vector<double>(static_cast<std::size_t>(plan_.rows.row_count())));
    std::vector<PackingItem> packed;
    std::vector<PackingOutcome> outcomes(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) packed.push_back(packing_item(*items[i], w[i], price[i]));
    solve_program(plan, utility, tolerance, packed, outcomes, threads);
    std::vector<Item*> open;
    for (std::size_t i = 0; i < items.size(); ++i) {
        Item& item = *items[i];
        leave_sliver(item, w[i]);
        const double most = std::accumulate(item.w.begin(), item.w.end(), 0.0);
        const double sum = std::accumulate(w[i].begin(), w[i].end(), 0.0);
        if (!outcomes[i].solved || sum < most - slack * (1 + most)) {
            open.push_back(&item);
            continue;
        }
        item.w = w[i];
        item.tie_price = price[i];
        item.tie_weight = weight;
        item.outcome.iterations += outcomes[i].iterations;
    }
    return open;
}

void ConcaveAllocation::certify(int threads) {
    run_batch(
        static_cast<int>(items_.size()), threads, [&](int i, int) { certify(items_[static_cast<std::size_t>(i)]); },
        items_per_thread);
}

void ConcaveAllocation::certify(Item& item) const {
    const PackingRows& rows = plan_.rows;
    item.rest = rest_of_rows(rows, item.room, item.w);
    raise_limits(limit_columns_, item.upper, item.rest, item.w);
    std::vector<LimitCost> cost = costs(item);
    item.certificate = check_packing(rows, item.room, item.lower, item.upper, cost, item.w, item.price);
    if (item.tie_weight == 0) return;
    double squares = 0;
    for (std::size_t c = 0; c < cost.size(); ++c) {
        const double share = item.w[c] / reference(c);
        squares += share * share / 2;
        cost[c].quadratic = item.tie_weight / (reference(c) * reference(c));
    }
    const double gap = check_packing(rows, item.room, item.lower, item.upper, cost, item.w, item.tie_price).gap;
    item.tie_gap = gap / item.tie_weight / (1 + squares);
}

double ConcaveAllocation::objective(const Item& item) const {
    return (item.certificate.objective - objective_offset(item)) / item.scale;
}

/// Of the objective as published. Powers of kW may be next to nothing, so that one beside them would hide any gap.
double ConcaveAllocation::gap(const Item& item) const {
    const double proven = item.certificate.gap / item.scale, size = std::abs(objective(item));
    if (feeder_.question().policy != Policy::alpha) return proven / (1 + size);
    return settled(item) ? 0 : proven / size;
}

/// The gap counts in the units of the program as well: of a feeder of watts, one kW hides much.
bool ConcaveAllocation::holds(const Item& item) const {
    const PackingCertificate& c = item.certificate;
    const bool tie_settled = feeder_.question().policy != Policy::total || item.tie_weight > 0 || settled(item);
    return item.outcome.solved && tie_settled && c.row_violation * unit_ <= certified_row_kw
           && c.bound_violation * unit_ <= certified_row_kw && c.gap_relative() <= certified_gap
           && gap(item) <= certified_gap && item.tie_gap <= certified_squares;
}

/// No limit can move: there is nothing to break ties between.
bool ConcaveAllocation::settled(const Item& item) { return item.lower == item.upper; }

/// What holds every limit: the row that left it no room, the cap, or of the full rows the one that charges it most. A
/// price alone says nothing: near a cap that nothing presses against, rows with room have prices of rounding size.
std::vector<int> ConcaveAllocation::stops(const Item& item) const {
    std::vector<int> stop(item.w.size(), stopped_with_others);
    for (std::size_t c = 0; c < stop.size(); ++c) {
        if (item.held_by[c] >= 0) {
            stop[c] = item.held_by[c];
        } else if (item.upper[c] - item.w[c] <= at_cap_kw / unit_) {
            stop[c] = stopped_by_cap;
        } else {
            stop[c] = full_row(item, c);
        }
    }
    return stop;
}

int ConcaveAllocation::full_row(const Item& item, std::size_t c) const {
    const auto rows = limit_columns_.rows(c);
    const auto values = limit_columns_.values(c);
    int found = stopped_with_others;
    double most = -1;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto r = static_cast<std::size_t>(rows[k]);
        if (item.rest[r] > full_row_kw / unit_ * largest_entry_[r]) continue;
        const double charge = values[k] * std::max(item.price[r], item.tie_price.empty() ? 0.0 : item.tie_price[r]);
        if (charge <= most) continue;
        most = charge;
        found = rows[k];
    }
    return found;
}

/// Limits of all columns into a lane.
void ConcaveAllocation::spread_limits(const Item& item, LaneArray& limit, std::size_t lane) const {
    for (std::size_t c = 0; c < item.start.size(); ++c) limit[c * lane_count + lane] = item.start[c];
    for (std::size_t c = 0; c < columns_.size(); ++c) limit[columns_[c] * lane_count + lane] = unit_ * item.w[c];
}

/// What counting in units takes from a sum of logarithms.
double ConcaveAllocation::objective_offset(const Item& item) const {
    const Policy policy = feeder_.question().policy;
    if (policy != Policy::proportional && policy != Policy::weighted) return 0;
    return std::log(unit_) * std::accumulate(item.weight.begin(), item.weight.end(), 0.0);
}

/// Limits not asked for have no way up from their start, as in filling: no row stops them.
void ConcaveAllocation::load_answer(const Item& item, FeederAllocation::Workspace& work) const {
    const std::size_t lane = item.lane;
    const std::vector<int> stop = stops(item);
    spread_limits(item, work.limit, lane);
    for (std::size_t c = 0; c < item.start.size(); ++c) work.stop[c * lane_count + lane] = stopped_by_cap;
    for (std::size_t c = 0; c < columns_.size(); ++c) work.stop[columns_[c] * lane_count + lane] = stop[c];
    work.level[lane] = std::numeric_limits<double>::quiet_NaN();
    work.rounds[lane] = item.outcome.rounds;
    work.over_cap[lane] = item.over_cap;
}

ConcaveAllocation::Proof ConcaveAllocation::proof(std::size_t step) const {
    const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.step == step; });
    return found == items_.end() ? Proof{} : proof(*found);
}

ConcaveAllocation::Proof ConcaveAllocation::proof(const Item& item) const {
    Proof proof{.holds = holds(item),
                .row_violation = item.certificate.row_violation * unit_ * watt_per_kilowatt,
                .gap = gap(item),
                .objective = objective(item),
                .iterations = item.outcome.iterations,
                .tie_multiplier = item.tie_weight > 0 ? 1 / (item.tie_weight * unit_) : 0.0,
                .prices = {}};
    for (int r = 0; r < plan_.rows.row_count(); ++r) {
        const double tie = item.tie_price.empty() ? 0.0 : item.tie_price[r] / item.tie_weight;
        const double price = item.price[r] / item.scale;
        if (price > 0 || tie > 0) proof.prices.push_back({r, price, tie});
    }
    return proof;
}

void ConcaveAllocation::store(const Proof& proof, std::size_t item, EnvelopeResult& result) {
    result.certificate_row_violation[item] = proof.row_violation;
    result.certificate_gap[item] = proof.gap;
    result.objective[item] = proof.objective;
    result.iterations[item] = proof.iterations;
    result.tie_multiplier[item] = proof.tie_multiplier;
}

void ConcaveAllocation::publish(Item& item, std::int32_t row_offset, FeederAllocation::Workspace& work,
                                EnvelopeResult& result, std::vector<RowPrice>& prices) const {
    const Proof shown = proof(item);
    if (!shown.holds) item.status = ItemStatus::uncertified;
    load_answer(item, work);
    feeder_.publish(item.lane, item.step, item.status, row_offset, feeder_.limit_of_row(), work, result);
    store(shown, item.step * result.feeder_count + feeder_.feeder(), result);
    if (!shown.holds) return;
    for (const auto& [row, price, tie_price] : shown.prices)
        prices.push_back({static_cast<std::int32_t>(item.step), static_cast<std::int32_t>(feeder_.feeder()),
                          row_offset + feeder_.rows().limit_of_row(row), feeder_.rows().side_of_row(row), price,
                          tie_price});
}

}  // namespace headroom
