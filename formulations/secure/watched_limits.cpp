#include "formulations/secure/watched_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

/// The coil of a transformer whose terminals at the receiving end have these phases; -1: none.
int coil_of(const Region& region, std::int64_t branch, int receiving_side, const std::string& phases) {
    const std::int32_t type = region.branch.transformer[branch];
    const auto& coils = receiving_side == 0 ? region.transformer.from_coil[type] : region.transformer.to_coil[type];
    for (int coil = 0; coil < 3; ++coil) {
        std::string name;
        for (const std::int8_t phase :
             {TransformerColumns::terminal_a, TransformerColumns::terminal_b, TransformerColumns::terminal_c})
            if (coils[coil][0] == phase || coils[coil][1] == phase)
                name += "abc"[phase - TransformerColumns::terminal_a];
        if (name == phases) return coil;
    }
    return -1;
}

int sending_side(const Region& region, const SecurityLimit& limit) {
    return region.branch.from_bus[limit.branch] == limit.bus ? 0 : 1;
}

std::optional<AcQuantity> branch_quantity(const Region& region, const AcQuantities& quantities,
                                          const SecurityLimit& limit) {
    const int side = sending_side(region, limit);
    switch (limit.kind) {
        case RowKind::branch_phase:
            return quantities.current(limit.branch, side, static_cast<int>(limit.phases.front() - 'a'));
        case RowKind::branch_total: return quantities.branch_power(limit.branch, side);
        default: break;
    }
    const int coil = coil_of(region, limit.branch, 1 - side, limit.phases);
    if (coil < 0) return std::nullopt;
    return quantities.winding_power(limit.branch, side, coil);
}

/// A or V A.
double rating(const Region& region, const SecurityLimit& limit) {
    return limit.kind == RowKind::branch_phase ? region.branch.rating_current[limit.branch] : limit.limit;
}

[[noreturn]] void refuse(const Region& region, const SecurityLimit& limit) {
    throw InvalidFeeder(limit.branch >= 0
                            ? fmt::format("the AC power flow does not settle the flow of branch '{}', phases {}",
                                          region.branch.id[limit.branch], limit.phases)
                            : fmt::format("the AC power flow has no voltage at bus '{}', phases {}",
                                          region.bus.id[static_cast<std::size_t>(limit.bus)], limit.phases));
}

}  // namespace

void WatchedLimits::Plan::add_voltage(const AcQuantities& all, const SecurityRows& rows, std::int32_t limit) {
    const SecurityLimit& held = rows.limits()[static_cast<std::size_t>(limit)];
    const std::int32_t monitor = rows.monitor_of_limit(static_cast<std::size_t>(limit));
    const auto& watches = rows.network().monitors[static_cast<std::size_t>(monitor)];
    const double slope = (held.kind == RowKind::voltage_max ? 1.0 : -1.0) / watches.base;
    // Both limits of a monitor share its voltage; the lower one follows the upper one.
    const bool known = !limits.empty() && limits.back().in_rows == limit - 1
                       && rows.monitor_of_limit(static_cast<std::size_t>(limit) - 1) == monitor;
    limits.push_back({quantities.size() - (known ? 1 : 0), held.limit, slope, held.limit, limit, true, 0});
    if (known) return;
    std::optional<AcQuantity> quantity = all.voltage(held.bus, watches.pick);
    if (quantity) quantities.push_back(std::move(*quantity));
}

void WatchedLimits::Plan::add_branch(const Region& region, const AcQuantities& all, const SecurityRows& rows,
                                     std::int32_t limit, Sides sides) {
    const SecurityLimit& held = rows.limits()[static_cast<std::size_t>(limit)];
    const double rated = rating(region, held);
    Limit watched{quantities.size(), rated, 1.0 / rated, held.limit, limit, false, 0};
    std::optional<AcQuantity> quantity = branch_quantity(region, all, held);
    if (!quantity) return;
    if (sides == Sides::together) {
        limits.push_back(watched);
        quantities.push_back(std::move(*quantity));
        return;
    }
    watched.power = quantities.size() + 1;
    for (const std::int8_t direction : {std::int8_t{1}, std::int8_t{-1}}) {
        watched.direction = direction;
        limits.push_back(watched);
    }
    AcQuantity power = *quantity;
    power.measure = AcQuantity::Measure::real_part;
    if (held.kind == RowKind::branch_phase)
        power.products.front().voltage = all.terminal_voltage(held.bus, held.phases.front() - 'a');
    quantities.push_back(std::move(*quantity));
    quantities.push_back(std::move(power));
}

WatchedLimits::Plan WatchedLimits::Plan::make(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                                              std::span<const char> watched, Sides sides) {
    const AcQuantities quantities(region, flow);
    Plan plan;
    for (std::size_t l = 0; l < rows.limits().size(); ++l) {
        if (!watched.empty() && watched[l] == 0) continue;
        const auto limit = static_cast<std::int32_t>(l);
        if (rows.monitor_of_limit(l) >= 0) {
            plan.add_voltage(quantities, rows, limit);
        } else {
            plan.add_branch(region, quantities, rows, limit, sides);
        }
        if (plan.limits.empty() || plan.limits.back().quantity >= plan.quantities.size()
            || plan.limits.back().in_rows != limit)
            refuse(region, rows.limits()[l]);
    }
    return plan;
}

WatchedLimits::WatchedLimits(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                             std::span<const char> watched, Sides sides)
    : WatchedLimits(flow, Plan::make(region, flow, rows, watched, sides), rows.limits().size()) {}

WatchedLimits::WatchedLimits(const AcPowerFlow& flow, Plan&& plan, std::size_t limits_in_rows)
    : limits_(std::move(plan.limits)), first_(limits_in_rows, -1), watch_(flow, std::move(plan.quantities)) {
    for (std::size_t l = limits_.size(); l-- > 0;)
        first_[static_cast<std::size_t>(limits_[l].in_rows)] = static_cast<std::int32_t>(l);
    turns_.resize(limits_.size());
    for (std::size_t l = 0; l < limits_.size(); ++l)
        if (!is_voltage(l)) turns_[l] = {AcQuantity::Measure::turn, quantity(l).products};
}

std::int32_t WatchedLimits::of_row(const SecurityRows& rows, int row) const {
    const std::int32_t first = first_[static_cast<std::size_t>(rows.limit_of_row(row))];
    if (first < 0 || limits_[static_cast<std::size_t>(first)].direction == 0) return first;
    return rows.looks_forward(row) ? first : first + 1;
}

WatchedLimits::Workspace WatchedLimits::workspace() const {
    return {.value = watch_.values(), .excess = LaneArray(limits_.size() * lane_count, 0.0)};
}

double WatchedLimits::value(std::size_t limit, double excess) const {
    const Limit& at = limits_[limit];
    return at.voltage ? at.limit + excess / at.slope : at.stored * (1 + excess);
}

void WatchedLimits::evaluate(const AcInputs& inputs, const AcLanes& lanes, Workspace& work) const {
    watch_.evaluate(inputs, lanes, work.value);
    for (std::size_t l = 0; l < limits_.size(); ++l) {
        const Limit& limit = limits_[l];
        const double* value = work.value.data() + limit.quantity * lane_count;
        double* excess = work.excess.data() + l * lane_count;
        for (int lane = 0; lane < lane_count; ++lane) excess[lane] = limit.slope * (value[lane] - limit.limit);
        if (limit.direction == 0) continue;
        const double* power = work.value.data() + limit.power * lane_count;
        for (int lane = 0; lane < lane_count; ++lane)
            if (power[lane] * limit.direction < 0) excess[lane] = -1.0;
    }
}

std::vector<std::int32_t> watched_buses(const Region& region, const SecurityRows& rows, std::span<const char> watched) {
    // Sweeps touch the terminals of customers as it is.
    std::map<std::int32_t, std::uint8_t> customers;
    for (const LinearNetwork::Customer& at : rows.network().customers) {
        const auto k = static_cast<std::size_t>(at.customer);
        customers[region.customer.bus[k]] |= region.customer.phases[k];
    }
    std::vector<std::int32_t> buses;
    for (std::size_t l = 0; l < rows.limits().size(); ++l) {
        if (!watched.empty() && watched[l] == 0) continue;
        const SecurityLimit& limit = rows.limits()[l];
        std::uint8_t phases = 0;
        for (const char name : limit.phases) phases |= static_cast<std::uint8_t>(1u << (name - 'a'));
        const auto found = customers.find(limit.bus);
        const bool touched = found != customers.end() && (phases & ~found->second) == 0;
        if (limit.branch < 0 && touched) continue;
        buses.push_back(limit.bus);
        if (limit.branch < 0) continue;
        buses.push_back(region.branch.from_bus[limit.branch]);
        buses.push_back(region.branch.to_bus[limit.branch]);
    }
    std::sort(buses.begin(), buses.end());
    buses.erase(std::unique(buses.begin(), buses.end()), buses.end());
    return buses;
}

}  // namespace headroom
