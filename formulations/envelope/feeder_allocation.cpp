#include "formulations/envelope/feeder_allocation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "formulations/units.hpp"
#include "solver/packing/nested_product.hpp"
#include "solver/packing/row_writer.hpp"

namespace headroom {
namespace {

constexpr double base_margin = 1e-12;             // rounding of h at an exactly tight base case, per unit
constexpr double contained_kw = 1e-10;            // rounding of starts that fill a row
constexpr double certified_bottleneck_kw = 1e-6;  // and every limit is this close to its bottleneck

SecurityRows make_rows(const Region& region, std::int64_t feeder, TapPositions taps, const AllocationQuestion& question,
                       RowForm form) {
    const LinearNetwork full = linear_network(region, feeder, question.flow, question.monitoring, taps);
    const ReducedNetwork reduced = reduce(full);
    SecurityRows::Options options{.dust = question.dust,
                                  .joint_reactive = question.reactive == Reactive::joint,
                                  .through_sums = form == RowForm::any};
    if (question.errors.any())
        options.uncertainty = std::make_shared<const RowUncertainty>(region, feeder, full, reduced, question.errors);
    return SecurityRows(region, reduced, options);
}

FillingPlan make_plan(const SecurityRows& rows) {
    if (rows.summed()) return FillingPlan(PackingRows{rows.summed()->nested.limit_count, {0}, {}, {}});
    return FillingPlan(rows.rows(), rows.nested_if_smaller());
}

/// kW or kvar, or no unit for weights; NaN where the case does not tell. Nobody requests reactive power, and no
/// nameplate tells it: the cap stands for both.
double reference_value(const Region& region, std::size_t customer, LimitKind kind, double cap,
                       const AllocationQuestion& question) {
    const CustomerColumns& c = region.customer;
    const Reference reference = question.policy == Policy::equal_curtailment ? Reference::request : question.reference;
    switch (reference) {
        case Reference::cap: return cap;
        case Reference::weight: return c.weight[customer];
        case Reference::request:
            if (is_reactive(kind)) return cap;
            return (kind == LimitKind::export_power ? c.export_request : c.import_request)[customer]
                   / watt_per_kilowatt;
        case Reference::nameplate: return is_reactive(kind) ? cap : c.nameplate[customer] / watt_per_kilowatt;
        case Reference::absolute: break;
    }
    return question.reference_kw;
}

}  // namespace

bool keeps_reactive_forecast(ReactiveMode mode, const AllocationQuestion& question) {
    if (mode == ReactiveMode::unity) return true;
    return mode == ReactiveMode::range && question.reactive == Reactive::joint && question.basis == Basis::added;
}

FeederAllocation::FeederAllocation(const Region& region, std::int64_t feeder, const SeriesSet& series,
                                   const AllocationQuestion& question, RowForm form)
    : FeederAllocation(region, feeder, series, only_tap_run(region, feeder, series), question, form) {}

FeederAllocation::FeederAllocation(const Region& region, std::int64_t feeder, const SeriesSet& series,
                                   const TapRun& run, const AllocationQuestion& question, RowForm form)
    : region_(region),
      series_(series),
      run_(run),
      feeder_(static_cast<std::size_t>(feeder)),
      question_(question),
      rows_(make_rows(region, feeder, run.taps, question, form)),
      plan_(make_plan(rows_)) {
    if (rows_.summed()) summed_.emplace(rows_.summed());
    find_references(region);
    for (int r = 0; r < rows_.row_count(); ++r) limit_of_row_.push_back(rows_.limit_of_row(r));
    islanded_ = rows_.customers().empty()
                && region.feeder.customer_offset[feeder_ + 1] > region.feeder.customer_offset[feeder_];
    for (const auto& customer : rows_.customers()) {
        const auto k = static_cast<std::size_t>(customer.customer);
        const bool active = region.customer.active[k] != 0;
        keeps_p_.push_back(!active || question.basis == Basis::added);
        keeps_q_.push_back(!active || keeps_reactive_forecast(region.customer.reactive_mode[k], question));
    }
    learn_first_rows();
}

/// Reactive limits have no direction of their own that could be left out.
bool FeederAllocation::is_asked(LimitKind kind) const {
    switch (kind) {
        case LimitKind::export_power: return question_.export_asked;
        case LimitKind::import_power: return question_.import_asked;
        default: return true;
    }
}

void FeederAllocation::find_references(const Region& region) {
    const std::span<const LimitColumn> columns = rows_.columns();
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& [active, kind] = columns[c];
        const auto k = static_cast<std::size_t>(rows_.active()[static_cast<std::size_t>(active)]);
        double cap = rows_.column_cap(c) / watt_per_kilowatt;
        const double reference = reference_value(region, k, kind, cap, question_);
        const bool asked = is_asked(kind);
        if (asked && std::isnan(reference))
            throw std::invalid_argument(
                fmt::format("customer '{}' of feeder '{}' has no {} that the policy refers to", region.customer.id[k],
                            region.feeder.id[feeder_],
                            question_.reference == Reference::nameplate && question_.policy != Policy::equal_curtailment
                                ? "nameplate"
                            : kind == LimitKind::export_power ? "export_request"
                                                              : "import_request"));
        const bool never_more = question_.policy == Policy::equal_curtailment || question_.policy == Policy::quadratic;
        if (never_more && asked) cap = std::min(cap, reference);
        // A limit that cannot or shall not rise needs some positive reference, any.
        reference_.push_back(reference > 0 ? reference : 1.0);
        cap_.push_back(reference > 0 || !asked ? cap : 0.0);
        asked_.push_back(asked ? 1 : 0);
        weight_.push_back(region.customer.weight[k]);
    }
}

FeederAllocation::Workspace FeederAllocation::workspace() const {
    Workspace work = workspace(plan_.rows);
    work.rows = rows_.workspace();
    work.product.resize(work.rows.room.size());
    return work;
}

FeederAllocation::Workspace FeederAllocation::workspace(const PackingRows& packing_rows) const {
    const auto rows = static_cast<std::size_t>(packing_rows.row_count());
    const std::size_t limits = rows_.columns().size();
    const auto lanes = [](std::size_t slots) { return LaneArray(slots * lane_count, 0.0); };
    SecurityRows::Workspace rooms;
    rooms.room = lanes(rows);
    return {.rows = std::move(rooms),
            .filling = FillingWorkspace(packing_rows),
            .start = lanes(limits),
            .cap = lanes(limits),
            .reference = lanes(limits),
            .limit = lanes(limits),
            .product = lanes(rows),
            .live = lanes(1),
            .level = lanes(1),
            .bottleneck = BottleneckWorkspace(packing_rows),
            .row_violation = lanes(1),
            .bound_violation = lanes(1),
            .bottleneck_gap = lanes(1),
            .stop = std::vector<int>(limits * lane_count),
            .held_by = std::vector<int>(limits * lane_count),
            .rounds = std::vector<int>(lane_count),
            .over_cap = std::vector<int>(lane_count),
            .column_room = std::vector<double>(rows),
            .column_start = std::vector<double>(limits),
            .column_cap = std::vector<double>(limits),
            .column_reference = std::vector<double>(limits),
            .column_limit = std::vector<double>(limits)};
}

/// Base case: passive customers at their forecast, active ones at P = 0 with the reactive forecast that stays theirs.
void FeederAllocation::load_base(const LaneSteps& steps, Workspace& work) const {
    const std::size_t customers = region_.customer_count();
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const double* p = series_.p_forecast.data() + steps[lane] * customers;
        const double* q = series_.q_forecast.data() + steps[lane] * customers;
        for (std::size_t c = 0; c < rows_.customers().size(); ++c) {
            const auto k = static_cast<std::size_t>(rows_.customers()[c].customer);
            work.rows.p[c * lane_count + lane] = keeps_p_[c] != 0 ? p[k] : 0.0;
            work.rows.q[c * lane_count + lane] = keeps_q_[c] != 0 ? q[k] : 0.0;
        }
        const PhaseVector slack = slack_voltage(region_, series_, feeder_, steps[lane], question_.flow);
        for (std::size_t phase = 0; phase < 3; ++phase) {
            work.rows.slack[2 * phase * lane_count + lane] = slack[static_cast<int>(phase)].real();
            work.rows.slack[(2 * phase + 1) * lane_count + lane] = slack[static_cast<int>(phase)].imag();
        }
    }
}

/// The forecast of the customer in the direction that the limit bounds, kW or kvar.
double FeederAllocation::forecast_toward(std::size_t column, std::size_t step) const {
    const auto& [active, kind] = rows_.columns()[column];
    const auto k = static_cast<std::size_t>(rows_.active()[static_cast<std::size_t>(active)]);
    const std::vector<double>& series = is_reactive(kind) ? series_.q_forecast : series_.p_forecast;
    const double injection = series[step * region_.customer_count() + k] / watt_per_kilowatt;
    return bounds_injection(kind) ? injection : -injection;
}

double FeederAllocation::connection_cap(std::size_t column, std::size_t step) const {
    const double cap = rows_.column_cap(column) / watt_per_kilowatt;
    return question_.basis == Basis::added ? std::max(cap - forecast_toward(column, step), 0.0) : cap;
}

std::vector<double> FeederAllocation::connection_caps(std::size_t step) const {
    std::vector<double> caps;
    for (std::size_t c = 0; c < rows_.columns().size(); ++c) caps.push_back(connection_cap(c, step));
    return caps;
}

/// w0 and caps in kW, kvar. A direction not asked for cannot leave its start.
void FeederAllocation::load_limits(const LaneSteps& steps, Workspace& work) const {
    const bool contains = question_.contain == Contain::forecast && question_.basis == Basis::net;
    std::fill(work.over_cap.begin(), work.over_cap.end(), 0);
    for (std::size_t limit = 0; limit < rows_.columns().size(); ++limit) {
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const double toward_limit = forecast_toward(limit, steps[lane]);
            const double forecast = std::max(toward_limit, 0.0);
            double cap = cap_[limit];
            // On top of the forecast only what the connection leaves.
            if (question_.basis == Basis::added) cap = std::max(cap - toward_limit, 0.0);
            const double start = contains ? std::min(forecast, cap) : 0.0;
            if (contains && forecast > cap) ++work.over_cap[lane];
            work.start[limit * lane_count + lane] = start;
            work.cap[limit * lane_count + lane] = asked_[limit] != 0 ? cap : start;
            work.reference[limit * lane_count + lane] = reference_[limit];
        }
    }
}

FillingPack FeederAllocation::pack_of(Workspace& work) {
    return {.room = work.rows.room.data(),
            .start = work.start.data(),
            .cap = work.cap.data(),
            .reference = work.reference.data(),
            .live = work.live.data(),
            .limit = work.limit.data(),
            .stop = work.stop.data(),
            .level = work.level.data(),
            .rounds = work.rounds.data()};
}

BottleneckPack FeederAllocation::bottleneck_pack_of(Workspace& work) {
    return {.room = work.rows.room.data(),
            .start = work.start.data(),
            .cap = work.cap.data(),
            .reference = work.reference.data(),
            .w = work.limit.data(),
            .row_violation = work.row_violation.data(),
            .bound_violation = work.bound_violation.data(),
            .bottleneck_gap = work.bottleneck_gap.data()};
}

FillingRule FeederAllocation::rule() const {
    switch (question_.policy) {
        case Policy::equal:
        case Policy::equal_curtailment:
        case Policy::kalai_smorodinsky: return FillingRule::equal_share;
        default: return FillingRule::lexicographic;  // of concave policies: rows that are likely to hold them
    }
}

/// The rows that stop limits in eight steps spread over the run are where every search begins: the same for every
/// pack, so that results do not depend on which pack is solved when. Short runs are not worth the extra pack.
void FeederAllocation::learn_first_rows() {
    constexpr std::size_t worth_it = 4 * lane_count;
    const std::size_t steps = run_.step_count();
    if (steps < worth_it || rows_.active_count() == 0) return;
    LaneSteps sample;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        sample[lane] = run_.first + lane * (steps - 1) / (lane_count - 1);
    Workspace work = workspace();
    load_base(sample, work);
    load_limits(sample, work);
    rows_.room(work.rows);
    use_rows(work.start, work);
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        work.live[lane] = 1.0;
        for (std::size_t k = lane; k < work.product.size(); k += lane_count)
            if (!(work.product[k] <= work.rows.room[k])) work.live[lane] = 0.0;
    }
    if (summed_)
        summed_->learn_first_rows(rule(), pack_of(work));
    else
        headroom::learn_first_rows(plan_, rule(), pack_of(work), work.filling);
}

/// work.product: what limits w use of all rows.
void FeederAllocation::use_rows(const LaneArray& w, Workspace& work) const {
    if (summed_)
        multiply(summed_->rows().nested, w.data(), work.product.data(), work.filling.sums);
    else
        multiply(plan_, w.data(), work.product.data(), work.filling.sums);
}

/// Lists a violated limit; the rows of one limit (two directions, the sides of a circle) follow each other and make one
/// entry, the worst.
void FeederAllocation::list_violation(std::size_t step, int row, std::int32_t row_offset, double value,
                                      std::vector<Violation>& violations) const {
    const std::int32_t limit = rows_.limit_of_row(row);
    const SecurityLimit& held = rows_.limits()[static_cast<std::size_t>(limit)];
    const Violation found{static_cast<std::int32_t>(step), static_cast<std::int32_t>(feeder_), row_offset + limit,
                          value, held.limit};
    const bool listed =
        !violations.empty() && violations.back().row == found.row && violations.back().step == found.step;
    if (!listed) {
        violations.push_back(found);
    } else if (std::abs(value - held.limit) > std::abs(violations.back().value - held.limit)) {
        violations.back().value = value;
    }
}

/// Rows violated by the base case are listed; with no_worse they get no room instead.
ItemStatus FeederAllocation::check_base(std::size_t lane, std::size_t step, std::int32_t row_offset, Workspace& work,
                                        std::vector<Violation>& violations) const {
    ItemStatus status = ItemStatus::solved;
    for (int r = 0; r < rows_.row_count(); ++r) {
        double& room = work.rows.room[static_cast<std::size_t>(r) * lane_count + lane];
        if (room >= 0) continue;
        if (room >= -base_margin) {
            room = 0;
            continue;
        }
        const int l = static_cast<int>(lane);
        const double value =
            rows_.moves_at_base(r) ? rows_.value_with(work.rows, r, l, 0.0) : rows_.base_value(work.rows, r, l);
        list_violation(step, r, row_offset, value, violations);
        status = question_.insecure_base == InsecureBase::nan ? ItemStatus::insecure_base : ItemStatus::solved_no_worse;
        room = 0;
    }
    return status;
}

std::vector<int> FeederAllocation::scale_starts(const PackingRows& rows, std::size_t lane, Workspace& work) const {
    const Strided room{work.rows.room.data() + lane, lane_count}, used{work.product.data() + lane, lane_count};
    return scale_starts(
        rows_beyond(rows, room, used, contained_kw), rows.row_count(),
        [&rows](int row, std::vector<char>& concerned) {
            for (int e = rows.start[row]; e < rows.start[row + 1]; ++e)
                concerned[static_cast<std::size_t>(rows.column[e])] = 1;
        },
        lane, work);
}

std::vector<int> FeederAllocation::scale_starts(std::size_t lane, Workspace& work) const {
    if (!summed_) return scale_starts(plan_.rows, lane, work);
    const SummedRows& rows = summed_->rows();
    const Strided room{work.rows.room.data() + lane, lane_count}, used{work.product.data() + lane, lane_count};
    RowWriter writer(rows.nested);
    return scale_starts(
        rows_beyond(rows, room, used, contained_kw), rows.nested.row_count(),
        [&writer](int row, std::vector<char>& concerned) {
            for (const auto& [column, value] : writer.row(row, rounding_of_sums))
                concerned[static_cast<std::size_t>(column)] = 1;
        },
        lane, work);
}

/// @param mark  marks the limits that have an entry in a row
std::vector<int> FeederAllocation::scale_starts(const std::vector<RowExcess>& excesses, int row_count,
                                                const std::function<void(int, std::vector<char>&)>& mark,
                                                std::size_t lane, Workspace& work) const {
    const Strided room{work.rows.room.data() + lane, lane_count}, used{work.product.data() + lane, lane_count};
    std::vector<int> violated;
    double factor = 1.0;
    for (const RowExcess& beyond : excesses) {
        const auto row = static_cast<std::size_t>(beyond.row);
        factor = std::min(factor, room[row] / used[row]);
        violated.push_back(beyond.row);
    }
    std::size_t next = 0;
    for (int r = 0; r < row_count; ++r) {
        if (next < violated.size() && violated[next] == r) {
            ++next;
            continue;
        }
        double& own = work.rows.room[static_cast<std::size_t>(r) * lane_count + lane];
        own =
            std::max(own, used[static_cast<std::size_t>(r)]);  // contained but for rounding: the filling must see it so
    }
    std::vector<char> concerned(rows_.columns().size(), 0);
    for (const int r : violated) mark(r, concerned);
    for (std::size_t c = 0; c < concerned.size(); ++c) {
        if (concerned[c] == 0) continue;
        work.start[c * lane_count + lane] *= factor;
        if (asked_[c] == 0) work.cap[c * lane_count + lane] = work.start[c * lane_count + lane];
    }
    return violated;
}

ItemStatus FeederAllocation::contain_forecast(std::size_t lane, std::size_t step, std::int32_t row_offset,
                                              ItemStatus status, Workspace& work,
                                              std::vector<Violation>& violations) const {
    const std::vector<int> violated = scale_starts(lane, work);
    for (const int r : violated) {
        const double used = work.product[static_cast<std::size_t>(r) * lane_count + lane];
        list_violation(step, r, row_offset, rows_.value_with(work.rows, r, static_cast<int>(lane), used), violations);
    }
    if (violated.empty() || status != ItemStatus::solved) return status;
    return ItemStatus::forecast_not_contained;
}

/// Has the answers of the pack checked by code apart from the filling.
void FeederAllocation::check_pack(const PackingRows& rows, Workspace& work) const {
    if (question_.policy == Policy::max_min) {
        check_lexicographic_pack(rows, bottleneck_pack_of(work), work.bottleneck);
        return;
    }
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        if (work.live[lane] == 0) continue;
        const BottleneckCertificate certificate = check_share(rows, lane, work);
        work.row_violation[lane] = certificate.row_violation;
        work.bound_violation[lane] = certificate.bound_violation;
        work.bottleneck_gap[lane] = certificate.bottleneck_gap;
    }
}

BottleneckCertificate FeederAllocation::check_share(const PackingRows& rows, std::size_t lane, Workspace& work) {
    const auto gather = [lane](const LaneArray& from, std::vector<double>& to) {
        for (std::size_t k = 0; k < to.size(); ++k) to[k] = from[k * lane_count + lane];
    };
    gather(work.rows.room, work.column_room);
    gather(work.start, work.column_start);
    gather(work.cap, work.column_cap);
    gather(work.reference, work.column_reference);
    gather(work.limit, work.column_limit);
    return check_equal_share(rows, work.column_room, work.column_start, work.column_cap, work.column_reference,
                             work.column_limit);
}

bool FeederAllocation::certify(std::size_t lane, std::size_t item, const Workspace& work,
                               EnvelopeResult& result) const {
    result.certificate_row_violation[item] = work.row_violation[lane] * watt_per_kilowatt;
    result.certificate_bottleneck_gap[item] = work.bottleneck_gap[lane] * watt_per_kilowatt;
    return work.rounds[lane] >= 0 && work.row_violation[lane] <= certified_row_kw
           && work.bound_violation[lane] <= certified_row_kw && work.bottleneck_gap[lane] <= certified_bottleneck_kw;
}

void FeederAllocation::publish(std::size_t lane, std::size_t step, ItemStatus status, std::int32_t row_offset,
                               std::span<const std::int32_t> limit_of_row, const Workspace& work,
                               EnvelopeResult& result) const {
    const std::size_t item = step * result.feeder_count + feeder_;
    result.status[item] = islanded_ ? ItemStatus::islanded : status;
    const bool solved = status == ItemStatus::solved || status == ItemStatus::solved_no_worse
                        || status == ItemStatus::forecast_not_contained || status == ItemStatus::ac_shrunk;
    if (!solved) return;
    result.level[item] = work.level[lane];
    result.rounds[item] = work.rounds[lane];
    result.forecast_over_cap[item] = work.over_cap[lane];
    const std::span<const LimitColumn> columns = rows_.columns();
    for (std::size_t limit = 0; limit < columns.size(); ++limit) {
        const auto& [active, kind] = columns[limit];
        const std::size_t at =
            step * result.customer_count + static_cast<std::size_t>(rows_.active()[static_cast<std::size_t>(active)]);
        const LimitMembers& members = limit_members[static_cast<std::size_t>(kind)];
        const int stop = work.stop[limit * lane_count + lane];
        const std::int32_t reason = asked_[limit] == 0       ? binding::not_asked
                                    : stop >= 0              ? row_offset + limit_of_row[static_cast<std::size_t>(stop)]
                                    : stop == stopped_by_cap ? binding::cap
                                                             : binding::group_stop;
        (result.*members.limit)[at] = work.limit[limit * lane_count + lane] * watt_per_kilowatt;
        (result.*members.binding_row)[at] = reason;
    }
}

/// Kalai-Smorodinsky: what every limit could have alone, all others at their start, is the unit of its share. A limit
/// whose own room is nothing is settled: as a limit that can rise it would stop all others at level zero.
void FeederAllocation::set_own_maxima(const FillingPlan& plan, Workspace& work) {
    const PackingRows& rows = plan.rows;
    LaneArray& own_room = work.reference;
    for (std::size_t k = 0; k < own_room.size(); ++k) own_room[k] = work.cap[k] - work.start[k];
    std::fill(work.held_by.begin(), work.held_by.end(), -1);
    multiply(plan, work.start.data(), work.product.data(), work.filling.sums);
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const std::size_t slot = static_cast<std::size_t>(rows.column[e]) * lane_count,
                              row = static_cast<std::size_t>(r) * lane_count;
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                const double left = std::max(work.rows.room[row + lane] - work.product[row + lane], 0.0);
                if (left / rows.value[e] >= own_room[slot + lane]) continue;
                own_room[slot + lane] = left / rows.value[e];
                work.held_by[slot + lane] = r;
            }
        }
    for (std::size_t k = 0; k < own_room.size(); ++k) {
        if (own_room[k] > no_room_kw) {
            work.held_by[k] = -1;
            work.reference[k] = work.start[k] + own_room[k];
        } else {
            work.cap[k] = work.start[k];
            work.reference[k] = 1;
        }
    }
}

/// Settled limits stand at their start for the filling as at a cap: what holds them is the row.
void FeederAllocation::name_rows_that_settle(Workspace& work) {
    for (std::size_t k = 0; k < work.held_by.size(); ++k)
        if (work.held_by[k] >= 0) work.stop[k] = work.held_by[k];
}

std::size_t FeederAllocation::count_from(std::size_t first_step) const {
    return std::min<std::size_t>(lane_count, run_.end - first_step);
}

FeederAllocation::LaneSteps FeederAllocation::steps_of(std::size_t first_step) const {
    LaneSteps steps;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        steps[lane] = first_step + std::min(lane, count_from(first_step) - 1);
    return steps;
}

void FeederAllocation::load_pack(std::size_t first_step, Workspace& work) const {
    const LaneSteps steps = steps_of(first_step);
    load_base(steps, work);
    load_limits(steps, work);
    rows_.room(work.rows);
}

void FeederAllocation::load_pack(std::size_t first_step, std::span<const int> rows, Workspace& work) const {
    const LaneSteps steps = steps_of(first_step);
    load_base(steps, work);
    load_limits(steps, work);
    rows_.room(work.rows, rows);
}

FeederAllocation::Statuses FeederAllocation::prepare_pack(std::size_t first_step, std::int32_t row_offset,
                                                          Workspace& work, std::vector<Violation>& violations) const {
    const std::size_t count = count_from(first_step);
    load_pack(first_step, work);
    Statuses status{};
    for (std::size_t lane = 0; lane < count; ++lane)
        status[lane] = check_base(lane, first_step + lane, row_offset, work, violations);
    use_rows(work.start, work);
    for (std::size_t lane = 0; lane < count; ++lane)
        if (status[lane] != ItemStatus::insecure_base)
            status[lane] = contain_forecast(lane, first_step + lane, row_offset, status[lane], work, violations);
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        work.live[lane] = lane < count && status[lane] != ItemStatus::insecure_base ? 1.0 : 0.0;
    return status;
}

void FeederAllocation::fill_pack(const FillingPlan& plan, Workspace& work) const {
    const bool own_units = question_.policy == Policy::kalai_smorodinsky;
    if (own_units) set_own_maxima(plan, work);
    fill(plan, rule(), pack_of(work), work.filling);
    if (own_units) name_rows_that_settle(work);
    check_pack(plan.rows, work);
}

void FeederAllocation::fill_summed(Workspace& work) const {
    summed_->fill(rule(), pack_of(work));
    check_lexicographic_pack(summed_->rows(), bottleneck_pack_of(work), work.live.data());
}

void FeederAllocation::solve_pack(std::size_t first_step, std::int32_t row_offset, Workspace& work,
                                  EnvelopeResult& result, std::vector<Violation>& violations, RowValues* values) const {
    const std::size_t count = count_from(first_step);
    Statuses status = prepare_pack(first_step, row_offset, work, violations);
    if (summed_)
        fill_summed(work);
    else
        fill_pack(plan_, work);
    for (std::size_t lane = 0; lane < count; ++lane) {
        const std::size_t step = first_step + lane;
        if (work.live[lane] != 0 && !certify(lane, step * result.feeder_count + feeder_, work, result))
            status[lane] = ItemStatus::uncertified;
        publish(lane, step, status[lane], row_offset, limit_of_row_, work, result);
    }
    if (values != nullptr) store_pack_values(first_step, status, work, *values);
}

void FeederAllocation::store_pack_values(std::size_t first_step, const Statuses& status, Workspace& work,
                                         RowValues& values) const {
    const std::size_t count = count_from(first_step);
    use_rows(work.limit, work);
    for (std::size_t lane = 0; lane < count; ++lane) {
        if (status[lane] == ItemStatus::uncertified) work.live[lane] = 0;
        store_row_values(lane, first_step + lane, work, values);
    }
}

/// A limit's packing rows look at it from several sides; the one that comes closest tells.
void FeederAllocation::store_row_values(std::size_t lane, std::size_t step, const Workspace& work,
                                        RowValues& values) const {
    const std::size_t limits = rows_.limits().size();
    for (int r = 0; r < rows_.row_count(); ++r) {
        const auto limit = static_cast<std::size_t>(rows_.limit_of_row(r));
        const SecurityLimit& held = rows_.limits()[limit];
        const double used = work.product[static_cast<std::size_t>(r) * lane_count + lane];
        const double worst = rows_.value_with(work.rows, r, static_cast<int>(lane), used) / held.limit;
        double& kept = values.worst[step * limits + limit];
        values.base[step * limits + limit] = rows_.base_value(work.rows, r, static_cast<int>(lane)) / held.limit;
        if (work.live[lane] == 0) continue;
        if (std::isnan(kept) || (held.kind == RowKind::voltage_min ? worst < kept : worst > kept)) kept = worst;
    }
}

}  // namespace headroom
