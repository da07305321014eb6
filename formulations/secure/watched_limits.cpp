#include "formulations/secure/watched_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "formulations/network/radial_tree.hpp"

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

WatchedLimits::Plan WatchedLimits::Plan::make(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                                              std::span<const char> watched) {
    const AcQuantities quantities(region, flow);
    Plan plan;
    std::int32_t last_monitor = -1;
    for (std::size_t l = 0; l < rows.limits().size(); ++l) {
        if (!watched.empty() && watched[l] == 0) continue;
        const SecurityLimit& limit = rows.limits()[l];
        const std::int32_t monitor = rows.monitor_of_limit(l), in_rows = static_cast<std::int32_t>(l);
        std::optional<AcQuantity> quantity;
        if (monitor >= 0) {
            const auto& watches = rows.network().monitors[static_cast<std::size_t>(monitor)];
            const double slope = (limit.kind == RowKind::voltage_max ? 1.0 : -1.0) / watches.base;
            // Both limits of a monitor share its voltage.
            const bool known = monitor == last_monitor;
            plan.limits.push_back(
                {plan.quantities.size() - (known ? 1 : 0), limit.limit, slope, limit.limit, in_rows, true});
            last_monitor = monitor;
            if (known) continue;
            quantity = quantities.voltage(limit.bus, watches.pick);
        } else {
            const double rated = rating(region, limit);
            plan.limits.push_back({plan.quantities.size(), rated, 1.0 / rated, limit.limit, in_rows, false});
            quantity = branch_quantity(region, quantities, limit);
        }
        if (!quantity) refuse(region, limit);
        plan.quantities.push_back(std::move(*quantity));
    }
    return plan;
}

WatchedLimits::WatchedLimits(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                             std::span<const char> watched)
    : WatchedLimits(flow, Plan::make(region, flow, rows, watched), rows.limits().size()) {}

WatchedLimits::WatchedLimits(const AcPowerFlow& flow, Plan&& plan, std::size_t limits_in_rows)
    : limits_(std::move(plan.limits)), from_rows_(limits_in_rows, -1), watch_(flow, std::move(plan.quantities)) {
    for (std::size_t l = 0; l < limits_.size(); ++l)
        from_rows_[static_cast<std::size_t>(limits_[l].in_rows)] = static_cast<std::int32_t>(l);
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
    }
}

std::vector<std::int32_t> watched_buses(const Region& region, const SecurityRows& rows,
                                        std::span<const char> watched) {
    std::vector<std::int32_t> buses;
    for (std::size_t l = 0; l < rows.limits().size(); ++l) {
        if (!watched.empty() && watched[l] == 0) continue;
        const SecurityLimit& limit = rows.limits()[l];
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
