#include "formulations/flow/security_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "formulations/flow/path_sums.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double rounding = 1e-12;                   // of a row's largest entry
constexpr std::size_t many_entries = 50'000;         // of A, below which it is best as it is
constexpr std::size_t entries_per_sum_entry = 3;     // eight rows at a time share loads, sums do not
constexpr std::size_t too_many_entries = 1'000'000;  // to be looked at, above which A is not written out without need

/// Outward normals of the sides that stand for a circle, and their distance from its centre.
struct Polygon {
    static constexpr std::size_t sides = SecurityRows::polygon_sides;
    std::array<double, sides> cosine, sine;
    double inscribed = std::cos(std::numbers::pi / sides);

    Polygon() {
        for (std::size_t side = 0; side < sides; ++side) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(side) / sides;
            cosine[side] = std::cos(angle);
            sine[side] = std::sin(angle);
        }
    }
    /// How far the point reaches towards a side.
    double along(std::int32_t side, double p, double q) const {
        return cosine[static_cast<std::size_t>(side)] * p + sine[static_cast<std::size_t>(side)] * q;
    }
};
const Polygon polygon;

double power_factor_tangent(const Region& region, std::size_t customer) {
    if (region.customer.reactive_mode[customer] != ReactiveMode::power_factor) return 0.0;
    const double pf = region.customer.power_factor[customer];
    return std::copysign(std::sqrt(std::max(1.0 - pf * pf, 0.0)) / std::abs(pf), pf);
}

/// Reactive power that the customer may absorb and inject whatever its active power is (V A).
std::pair<double, double> reactive_range(const Region& region, std::size_t customer) {
    switch (region.customer.reactive_mode[customer]) {
        case ReactiveMode::range: break;
        case ReactiveMode::volt_var: {
            const auto curve = static_cast<std::size_t>(region.customer.volt_var[customer]);
            double lowest = 0, highest = 0;
            for (const double q : region.volt_var.q[curve])
                if (!std::isnan(q)) lowest = std::min(lowest, q), highest = std::max(highest, q);
            return {-lowest * region.customer.q_absorb_max[customer], highest * region.customer.q_inject_max[customer]};
        }
        default: return {0.0, 0.0};
    }
    return {region.customer.q_absorb_max[customer], region.customer.q_inject_max[customer]};
}

}  // namespace

SecurityRows::SecurityRows(const Region& region, const ReducedNetwork& reduced, const Options& options)
    : net_(reduced.net), loops_(net_), sweep_(net_), options_(options) {
    find_active(region);
    find_columns(region);
    rows_.limit_count = static_cast<int>(columns_.size());
    const std::size_t entries = 2 * (net_.monitors.size() + net_.thermals.size()) * active_.size();
    if (options.through_sums && !options.uncertainty && loops_.none() && entries > too_many_entries) {
        add_rows_through_sums();
    } else {
        add_voltage_rows();
        add_thermal_rows();
    }
    index_no_load();
}

void SecurityRows::find_active(const Region& region) {
    for (std::size_t c = 0; c < net_.customers.size(); ++c) {
        const auto k = static_cast<std::size_t>(net_.customers[c].customer);
        if (region.customer.active[k] == 0) continue;
        active_.push_back(net_.customers[c].customer);
        active_customer_.push_back(static_cast<std::int32_t>(c));
        tangent_.push_back(power_factor_tangent(region, k));
        q_range_.push_back(reactive_range(region, k));
        joint_.push_back(options_.joint_reactive && region.customer.reactive_mode[k] == ReactiveMode::range ? 1 : 0);
        has_adversary_ = has_adversary_ || is_adversarial(active_.size() - 1);
        unit_current_.push_back(net_.unit_current(net_.customers[c]));
    }
}

void SecurityRows::find_columns(const Region& region) {
    const CustomerColumns& customer = region.customer;
    const std::vector<double>* caps[] = {&customer.export_cap, &customer.import_cap, &customer.q_inject_max,
                                         &customer.q_absorb_max};
    for (const LimitKind kind :
         {LimitKind::export_power, LimitKind::import_power, LimitKind::q_inject, LimitKind::q_absorb})
        for (std::size_t k = 0; k < active_.size(); ++k) {
            if (is_reactive(kind) && joint_[k] == 0) continue;
            columns_.push_back({static_cast<std::int32_t>(k), kind});
            column_cap_.push_back((*caps[static_cast<std::size_t>(kind)])[static_cast<std::size_t>(active_[k])]);
        }
}

void SecurityRows::add_voltage_rows() {
    PathSums sums(net_);
    Coefficients coefficients(active_.size());
    for (std::size_t m = 0; m < net_.monitors.size(); ++m) {
        const auto& monitor = net_.monitors[m];
        const auto& node = net_.nodes[static_cast<std::size_t>(monitor.node)];
        const Complex flat = (monitor.pick.transpose() * node.flat)(0);
        add_shunt_rise(m);
        const auto& functional = sums.voltage(monitor.node, monitor.pick);
        const std::vector<Complex> seen = loops_.seen_by_voltage(net_, monitor.node, monitor.pick, functional);
        for (std::size_t a = 0; a < active_.size(); ++a) {
            const PhaseVector& f = functional[node_of_active(a)];
            Complex effect{};  // of conj(S) on m'V
            for (int p = 0; p < 3; ++p) effect += f[p] * unit_current_[a][p];
            const auto around = loops_.of_customer(static_cast<std::size_t>(active_customer_[a]));
            for (std::size_t k = 0; k < seen.size(); ++k) effect += seen[k] * around[k];
            effect *= 2.0 * std::conj(flat) / (monitor.base * monitor.base);
            coefficients.p[a] = effect.real();
            coefficients.q[a] = effect.imag();
        }
        if (options_.uncertainty) find_errors(m, coefficients);
        for (const bool upper : {true, false}) {
            const std::int32_t limit = add_voltage_limit(m, upper);
            add_row({upper ? Part::voltage_max : Part::voltage_min, limit, static_cast<std::int32_t>(m), 0, 0, 0, false,
                     false},
                    coefficients, upper ? 1.0 : -1.0);
        }
    }
}

void SecurityRows::add_shunt_rise(std::size_t monitor) {
    const auto& [node, pick, base, minimum, maximum, phases] = net_.monitors[monitor];
    const auto i = static_cast<std::size_t>(node);
    const Complex flat = (pick.transpose() * net_.nodes[i].flat)(0);
    shunt_rise_.push_back(2 * (std::conj(flat) * (pick.transpose() * net_.shunt_voltage_rise[i])(0)).real());
}

/// @return its number
std::int32_t SecurityRows::add_voltage_limit(std::size_t monitor, bool upper) {
    const auto& held = net_.monitors[monitor];
    limits_.push_back({upper ? RowKind::voltage_max : RowKind::voltage_min,
                       net_.nodes[static_cast<std::size_t>(held.node)].bus, -1, held.phases,
                       upper ? held.maximum : held.minimum});
    return static_cast<std::int32_t>(limits_.size()) - 1;
}

std::int32_t SecurityRows::add_thermal_limit(std::size_t index) {
    const auto& thermal = net_.thermals[index];
    shunt_flow_.push_back(thermal.shunt_flow);
    limits_.push_back({thermal.kind, thermal.bus, thermal.branch, thermal.phases, thermal.limit});
    return static_cast<std::int32_t>(limits_.size()) - 1;
}

void SecurityRows::find_errors(std::size_t monitor, Coefficients& coefficients) const {
    const RowUncertainty::CoefficientErrors errors(*options_.uncertainty, monitor);
    for (std::size_t a = 0; a < active_.size(); ++a) {
        const auto customer = static_cast<std::size_t>(active_customer_[a]);
        coefficients.p_error[a] = errors.of(customer, Complex(1, -tangent_[a]));
        coefficients.q_error[a] = errors.of(customer, Complex(0, -1));
    }
}

/// P and Q through a thermal as functions of the customers; away from the slack bus is forward, and injections lower
/// it.
void SecurityRows::add_thermal_rows() {
    PathSums sums(net_);
    const std::size_t n = active_.size();
    Coefficients p_row(n), q_row(n), side_row(n);
    for (std::size_t t = 0; t < net_.thermals.size(); ++t) {
        const auto& thermal = net_.thermals[t];
        const std::int32_t limit = add_thermal_limit(t);
        const auto& functional = sums.flow(thermal.node, thermal.functional);
        const std::vector<Complex> seen = loops_.seen_by_flow(functional);
        double largest_p = 0, largest_q = 0;
        for (std::size_t a = 0; a < n; ++a) {
            const PhaseVector& f = functional[node_of_active(a)];
            Complex effect{};  // of S on S through the thermal
            for (int p = 0; p < 3; ++p) effect -= f[p] * std::conj(unit_current_[a][p]);
            const auto around = loops_.of_customer(static_cast<std::size_t>(active_customer_[a]));
            for (std::size_t k = 0; k < seen.size(); ++k) effect -= seen[k] * std::conj(around[k]);
            effect /= thermal.limit;
            p_row.p[a] = effect.real();
            p_row.q[a] = -effect.imag();
            q_row.p[a] = effect.imag();
            q_row.q[a] = effect.real();
            const double moved_q = std::abs(effect.imag() + tangent_[a] * effect.real())
                                   + (q_range_[a] != std::pair{0.0, 0.0} ? std::abs(effect.real()) : 0.0);
            largest_p = std::max(largest_p, std::abs(effect));
            largest_q = std::max(largest_q, moved_q);
        }
        const auto source = static_cast<std::int32_t>(t);
        const bool fixed_q = net_.model == FlowModel::dc || largest_q <= 1e-9 * largest_p;
        if (fixed_q) {
            add_row({Part::forward, limit, source, 0, 0, 0, false, false}, p_row, 1.0);
            add_row({Part::backward, limit, source, 0, 0, 0, false, false}, p_row, -1.0);
            continue;
        }
        for (int side = 0; side < polygon_sides; ++side) {
            for (std::size_t a = 0; a < n; ++a) {
                side_row.p[a] = polygon.along(side, p_row.p[a], q_row.p[a]);
                side_row.q[a] = polygon.along(side, p_row.q[a], q_row.q[a]);
            }
            add_row({Part::polygon, limit, source, side, 0, 0, false, false}, side_row, 1.0);
        }
    }
}

/// Splits scale * coefficients into entries of A. Dust does not enter the row; a twin row keeps it for the case that
/// setting aside dust times caps would take more than half of the room.
void SecurityRows::add_row(RowInfo info, const Coefficients& coefficients, double scale) {
    RowEntries entries;
    double largest = 0;
    Coefficients effect = coefficients;
    std::vector<char> injecting(has_adversary_ ? active_.size() : 0, 1);
    for (std::size_t k = 0; k < active_.size(); ++k) {
        const double q = effect.q[k] = scale * coefficients.q[k], error = effect.q_error[k];
        effect.p[k] = scale * coefficients.p[k] + tangent_[k] * q;
        if (!is_adversarial(k)) continue;
        const double injected = std::max(q + error, 0.0) * q_range_[k].second,
                     absorbed = std::max(error - q, 0.0) * q_range_[k].first;
        info.adversarial += injected + absorbed;
        injecting[k] = injected >= absorbed ? 1 : 0;
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto& [active, kind] = columns_[c];
        const auto k = static_cast<std::size_t>(active);
        const double injected = (is_reactive(kind) ? effect.q : effect.p)[k],
                     error = (is_reactive(kind) ? effect.q_error : effect.p_error)[k];
        const double value = ((bounds_injection(kind) ? injected : -injected) + error) * watt_per_kilowatt;
        if (value <= 0) continue;
        entries.emplace_back(static_cast<std::int32_t>(c), value);
        largest = std::max(largest, value);
    }
    const double smallest = options_.dust * largest;
    for (const auto& [column, value] : entries) {
        if (value >= smallest) continue;
        info.dust_room += value * column_cap_[static_cast<std::size_t>(column)] / watt_per_kilowatt;
        info.leaves_out = info.leaves_out || value > rounding * largest;
    }
    push_row(info, entries, smallest);
    injecting_.insert(injecting_.end(), injecting.begin(), injecting.end());
    if (info.dust_room > 0) {
        info.keeps_dust = true;
        push_row(info, entries, 0.0);
        injecting_.insert(injecting_.end(), injecting.begin(), injecting.end());
    }
}

void SecurityRows::push_row(const RowInfo& info, const RowEntries& entries, double smallest) {
    for (const auto& [column, value] : entries) {
        if (value < smallest) continue;
        rows_.column.push_back(column);
        rows_.value.push_back(value);
    }
    rows_.start.push_back(static_cast<std::int32_t>(rows_.column.size()));
    row_info_.push_back(info);
}

/// A kW of an active customer, at its power factor, and a kvar of a joint range.
std::vector<NestedPathSums::Source> SecurityRows::sum_sources() const {
    const std::size_t n = active_.size(), joint = columns_.size() / 2 - n;
    std::vector<NestedPathSums::Source> sources;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto& [active, kind] = columns_[c];
        if (!bounds_injection(kind)) continue;
        const auto k = static_cast<std::size_t>(active);
        const Complex unit = is_reactive(kind) ? Complex(0, -1) : Complex(1, -tangent_[k]);  // conj(P + j Q)
        sources.push_back({static_cast<std::int32_t>(node_of_active(k)), unit_current_[k] * (watt_per_kilowatt * unit),
                           static_cast<std::int32_t>(c),
                           static_cast<std::int32_t>(c + (is_reactive(kind) ? joint : n))});
    }
    return sources;
}

NestedRows SecurityRows::nested() const {
    const NestedPathSums sums(net_, sum_sources(), static_cast<int>(columns_.size()));
    std::vector<RowEntries> rows;
    for (int r = 0; r < rows_.row_count(); ++r) rows.push_back(nested_row(sums, r));
    return sums.nested(rows);
}

std::optional<NestedRows> SecurityRows::nested_if_smaller() const {
    if (rows_.column.size() < many_entries || !loops_.none()) return std::nullopt;
    NestedRows sums = nested();
    if (sums.entry_count() * entries_per_sum_entry > rows_.column.size()) return std::nullopt;
    return sums;
}

RowEntries SecurityRows::nested_row(const NestedPathSums& sums, int row) const {
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    // The ends of intervals are not sums over the reduced tree.
    const bool is_interval = info.is_voltage() && options_.uncertainty && options_.uncertainty->has_intervals();
    if ((info.leaves_out && !info.keeps_dust) || is_interval) {
        RowEntries entries;
        for (int e = rows_.start[row]; e < rows_.start[row + 1]; ++e)
            entries.emplace_back(rows_.column[e], rows_.value[e]);
        return entries;
    }
    if (info.is_voltage()) return sums.voltage(static_cast<std::size_t>(info.source), info.part == Part::voltage_max);
    return sums.flow(net_.thermals[static_cast<std::size_t>(info.source)].node, thermal_functional(info));
}

/// What the row of a thermal makes of the currents below it.
PhaseVector SecurityRows::thermal_functional(const RowInfo& info) const {
    const auto& thermal = net_.thermals[static_cast<std::size_t>(info.source)];
    const Complex side = info.part == Part::forward    ? Complex(1)
                         : info.part == Part::backward ? Complex(-1)
                                                       : Complex(polygon.cosine[static_cast<std::size_t>(info.side)],
                                                                 polygon.sine[static_cast<std::size_t>(info.side)]);
    return thermal.functional.conjugate() * (-side / thermal.limit);
}

/// Monitors share their no-load voltage where they see the slack bus through the same turns.
void SecurityRows::index_no_load() {
    for (const auto& monitor : net_.monitors) {
        const auto& node = net_.nodes[static_cast<std::size_t>(monitor.node)];
        const Eigen::Vector3d pick = node.from_slack.transpose() * monitor.pick.real();
        const auto same = std::find(no_load_pick_.begin(), no_load_pick_.end(), pick);
        no_load_of_monitor_.push_back(static_cast<std::int32_t>(same - no_load_pick_.begin()));
        if (same == no_load_pick_.end()) no_load_pick_.push_back(pick);
    }
}

SecurityRows::Workspace SecurityRows::workspace() const {
    const auto lanes = [](std::size_t slots) { return LaneArray(slots * lane_count, 0.0); };
    return {sweep_.workspace(),
            lanes(net_.customers.size()),
            lanes(net_.customers.size()),
            lanes(6),
            lanes(net_.monitors.size()),
            lanes(net_.thermals.size()),
            lanes(net_.thermals.size()),
            lanes(no_load_pick_.size()),
            lanes(row_info_.size()),
            lanes(options_.uncertainty ? row_info_.size() : 0),
            options_.uncertainty ? options_.uncertainty->workspace() : RowUncertainty::Workspace{}};
}

void SecurityRows::room(Workspace& work) const {
    find_base(work);
    for (std::size_t r = 0; r < row_info_.size(); ++r) find_room(work, r);
}

void SecurityRows::room(Workspace& work, std::span<const int> rows) const {
    find_base(work);
    for (const int row : rows) find_room(work, static_cast<std::size_t>(row));
}

void SecurityRows::find_base(Workspace& work) const {
    sweep_.run(work.p.data(), work.q.data(), work.rise.data(), work.flow_p.data(), work.flow_q.data(), work.sweep);
    for (std::size_t k = 0; k < no_load_pick_.size(); ++k)
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            double re = 0, im = 0;
            for (std::size_t p = 0; p < 3; ++p) {
                re += no_load_pick_[k][static_cast<int>(p)] * work.slack[2 * p * lane_count + lane];
                im += no_load_pick_[k][static_cast<int>(p)] * work.slack[(2 * p + 1) * lane_count + lane];
            }
            work.no_load[k * lane_count + lane] = re * re + im * im;
        }
    if (options_.uncertainty) find_taken(work);
}

void SecurityRows::find_room(Workspace& work, std::size_t row) const {
    double* h = work.room.data() + row * lane_count;
    if (row_info_[row].is_voltage())
        voltage_room(work, row, h);
    else
        thermal_room(work, row, h);
    set_aside(row_info_[row], h);
}

void SecurityRows::find_taken(Workspace& work) const {
    const RowUncertainty& uncertainty = *options_.uncertainty;
    uncertainty.run(work.p, work.q, work.errors);
    for (std::size_t r = 0; r < row_info_.size(); ++r) {
        const RowInfo& info = row_info_[r];
        const auto source = static_cast<std::size_t>(info.source), side = static_cast<std::size_t>(info.side);
        double* const out = work.taken.data() + r * lane_count;
        if (info.part == Part::polygon) {
            uncertainty.along(source, polygon.cosine[side], polygon.sine[side], work.p, work.q, out);
            continue;
        }
        const LaneArray& moved = info.is_voltage() ? work.errors.voltage : work.errors.flow_p;
        std::copy_n(moved.data() + source * lane_count, lane_count, out);
    }
}

SecurityRows::Reach SecurityRows::reach(const Workspace& work, std::size_t row, std::size_t lane) const {
    if (!options_.uncertainty) return {0, 0};
    const std::size_t at = static_cast<std::size_t>(row_info_[row].source) * lane_count + lane;
    return {taken(work, row, lane), work.errors.flow_q[at]};
}

/// |m'V|^2 of a monitor at the base case, V^2.
double SecurityRows::base_v_sq(const Workspace& work, std::size_t monitor, std::size_t lane) const {
    const auto no_load = static_cast<std::size_t>(no_load_of_monitor_[monitor]);
    return work.no_load[no_load * lane_count + lane] + work.rise[monitor * lane_count + lane] + shunt_rise_[monitor];
}

/// Power through a thermal at the base case, over its limit.
SecurityRows::Flow SecurityRows::base_flow(const Workspace& work, std::size_t thermal, std::size_t lane) const {
    const double limit = net_.thermals[thermal].limit;
    return {(work.flow_p[thermal * lane_count + lane] + shunt_flow_[thermal].real()) / limit,
            (work.flow_q[thermal * lane_count + lane] + shunt_flow_[thermal].imag()) / limit};
}

void SecurityRows::voltage_room(const Workspace& work, std::size_t row, double* h) const {
    const RowInfo& info = row_info_[row];
    const auto m = static_cast<std::size_t>(info.source);
    const auto& monitor = net_.monitors[m];
    const double base_sq = monitor.base * monitor.base;
    const bool upper = info.part == Part::voltage_max;
    const double limit_sq = upper ? monitor.maximum * monitor.maximum : monitor.minimum * monitor.minimum;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const double v_sq = base_v_sq(work, m, lane);
        h[lane] = (upper ? limit_sq - v_sq : v_sq - limit_sq) / base_sq - taken(work, row, lane);
    }
}

void SecurityRows::thermal_room(const Workspace& work, std::size_t row, double* h) const {
    const RowInfo& info = row_info_[row];
    if (!options_.uncertainty && net_.model != FlowModel::dc && info.part != Part::polygon)
        return direction_room(work, info, h);
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        h[lane] = room_for(base_flow(work, static_cast<std::size_t>(info.source), lane), reach(work, row, lane), info);
}

/// room_for() of the most frequent rows, without branches: one direction, no errors.
void SecurityRows::direction_room(const Workspace& work, const RowInfo& info, double* h) const {
    const auto thermal = static_cast<std::size_t>(info.source);
    const double limit = net_.thermals[thermal].limit, sign = info.part == Part::forward ? -1.0 : 1.0;
    const double shunt_p = shunt_flow_[thermal].real(), shunt_q = shunt_flow_[thermal].imag();
    const double *flow_p = work.flow_p.data() + thermal * lane_count,
                 *flow_q = work.flow_q.data() + thermal * lane_count;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const double p = (flow_p[lane] + shunt_p) / limit, q = std::abs((flow_q[lane] + shunt_q) / limit);
        const double inside = std::sqrt(std::max(1.0 - q * q, 0.0)) + sign * p;
        h[lane] = q > 1.0 ? 1.0 - q : inside;
    }
}

/// What reactive ranges and dust may take; a row that stands back for its twin has no end.
void SecurityRows::set_aside(const RowInfo& info, double* h) {
    for (std::size_t lane = 0; lane < lane_count; ++lane) h[lane] -= info.adversarial;
    if (info.dust_room == 0) return;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const bool dust_fits = info.dust_room <= 0.5 * h[lane];
        if (dust_fits == info.keeps_dust)
            h[lane] = std::numeric_limits<double>::infinity();
        else if (!info.keeps_dust)
            h[lane] -= info.dust_room;
    }
}

/// Errors take what they reach along the row; the fixed Q of a circle is the largest that they make of it.
double SecurityRows::room_for(const Flow& flow, const Reach& reach, const RowInfo& info) const {
    const auto [p, q] = flow;
    if (net_.model == FlowModel::dc) return (info.part == Part::forward ? 1.0 - p : 1.0 + p) - reach.along;
    if (info.part == Part::polygon) {
        const double along = polygon.along(info.side, p, q);
        return (p * p + q * q <= 1.0 ? std::max(polygon.inscribed, along) : polygon.inscribed) - along - reach.along;
    }
    const double q_most = std::abs(q) + reach.q;
    if (q_most > 1.0) return 1.0 - q_most;
    const double allowed = std::sqrt(1.0 - q_most * q_most);
    return (info.part == Part::forward ? allowed - p : allowed + p) - reach.along;
}

bool SecurityRows::looks_forward(int row) const {
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    return info.part == Part::polygon ? polygon.cosine[static_cast<std::size_t>(info.side)] >= 0
                                      : info.part == Part::forward;
}

std::vector<double> SecurityRows::passive_effects(int row) const {
    if (!options_.uncertainty || !options_.uncertainty->has_forecast()) return {};
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    const auto source = static_cast<std::size_t>(info.source), side = static_cast<std::size_t>(info.side);
    std::vector<double> effect(net_.customers.size(), 0.0);
    switch (info.part) {
        case Part::voltage_max: options_.uncertainty->voltage_by_watt(source, 1.0, effect); break;
        case Part::voltage_min: options_.uncertainty->voltage_by_watt(source, -1.0, effect); break;
        case Part::forward: options_.uncertainty->flow_by_watt(source, 1.0, 0.0, effect); break;
        case Part::backward: options_.uncertainty->flow_by_watt(source, -1.0, 0.0, effect); break;
        case Part::polygon:
            options_.uncertainty->flow_by_watt(source, polygon.cosine[side], polygon.sine[side], effect);
            break;
    }
    return effect;
}

std::vector<RowName> SecurityRows::row_names() const {
    std::vector<RowName> names;
    for (int r = 0; r < row_count(); ++r) names.push_back({limit_of_row(r), side_of_row(r)});
    return names;
}

std::int32_t SecurityRows::side_of_row(int row) const {
    constexpr std::int32_t polygon_first = 2, dust_twin = 100;
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    const std::int32_t side = info.part == Part::polygon    ? polygon_first + info.side
                              : info.part == Part::backward ? 1
                                                            : 0;
    return side + (info.keeps_dust ? dust_twin : 0);
}

double SecurityRows::base_value(const Workspace& work, int row, int lane_index) const {
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    const auto source = static_cast<std::size_t>(info.source), lane = static_cast<std::size_t>(lane_index);
    if (info.is_voltage()) return std::sqrt(std::max(base_v_sq(work, source, lane), 0.0));
    const auto [p, q] = base_flow(work, source, lane);
    return net_.thermals[source].limit * (net_.model == FlowModel::dc ? std::abs(p) : std::hypot(p, q));
}

double SecurityRows::value_with(const Workspace& work, int row, int lane_index, double used) const {
    const RowInfo& info = row_info_[static_cast<std::size_t>(row)];
    const auto source = static_cast<std::size_t>(info.source), lane = static_cast<std::size_t>(lane_index);
    used += info.adversarial + taken(work, static_cast<std::size_t>(row), lane);
    if (info.is_voltage()) {
        const double unit = net_.monitors[source].base;
        const double moved = info.part == Part::voltage_max ? used : -used;
        return std::sqrt(std::max(base_v_sq(work, source, lane) + moved * unit * unit, 0.0));
    }
    const auto [p, q] = base_flow(work, source, lane);
    const double limit = net_.thermals[source].limit;
    if (info.part == Part::polygon) return limit * (polygon.along(info.side, p, q) + used);
    const double along = std::max((info.part == Part::forward ? p : -p) + used, 0.0);
    const double q_most = std::abs(q) + reach(work, static_cast<std::size_t>(row), lane).q;
    return limit * (net_.model == FlowModel::dc ? along : std::hypot(along, q_most));
}

}  // namespace headroom
