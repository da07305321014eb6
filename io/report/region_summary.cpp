#include "io/report/region_summary.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <span>

#include "formulations/network/series_taps.hpp"

namespace headroom {

namespace {

std::int64_t count(std::size_t size) { return static_cast<std::int64_t>(size); }

void count_branches(const BranchColumns& branch, RegionSummary& summary) {
    for (const BranchKind kind : branch.kind) {
        const auto k = static_cast<std::size_t>(kind);
        if (k < summary.branches_of_kind.size()) ++summary.branches_of_kind[k];
    }
    summary.branches_open = std::count(branch.closed.begin(), branch.closed.end(), std::uint8_t{0});
}

void count_customers(const CustomerColumns& customer, RegionSummary& summary) {
    constexpr std::array conductor{phase::a, phase::b, phase::c};
    for (std::size_t k = 0; k < customer.id.size(); ++k) {
        const unsigned phases = customer.phases[k] & phase::abc;
        ++summary.customers_with_phases[static_cast<std::size_t>(std::popcount(phases))];
        for (std::size_t p = 0; p < conductor.size(); ++p) {
            if ((phases & conductor[p]) != 0) ++summary.customers_on_phase[p];
        }
        if (customer.active[k] == 0) continue;
        ++summary.customers_active;
        summary.export_cap += customer.export_cap[k];
        summary.import_cap += customer.import_cap[k];
    }
}

void count_orders(const OrderColumns& order, RegionSummary& summary) {
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto side = static_cast<std::size_t>(order.side[k]), limit = static_cast<std::size_t>(order.limit[k]);
        if (side < summary.orders_of_limit.size() && limit < summary.orders_of_limit[side].size())
            ++summary.orders_of_limit[side][limit];
    }
}

std::vector<VoltageLevel> voltage_levels(const BusColumns& bus) {
    std::map<double, VoltageLevel, std::greater<>> levels;
    for (std::size_t k = 0; k < bus.id.size(); ++k) {
        const double base = bus.base_voltage[k];
        if (!(base > 0)) continue;
        const double low = bus.voltage_min[k] / base;
        const double high = bus.voltage_max[k] / base;
        VoltageLevel& level = levels.try_emplace(base, VoltageLevel{base, 0, low, low, high, high}).first->second;
        ++level.buses;
        level.min_lowest = std::min(level.min_lowest, low);
        level.min_highest = std::max(level.min_highest, low);
        level.max_lowest = std::min(level.max_lowest, high);
        level.max_highest = std::max(level.max_highest, high);
    }
    std::vector<VoltageLevel> sorted;
    for (const auto& [base, level] : levels) sorted.push_back(level);
    return sorted;
}

SeriesSummary summarise(const SeriesSet& set, std::size_t customer_count) {
    SeriesSummary summary;
    summary.name = set.name;
    summary.steps = count(set.step_count());
    summary.has_prices = !set.price.empty();
    summary.has_taps = !set.to_tap.empty();
    summary.tap_moves = tap_moves(set);
    if (set.step_count() == 0) return summary;
    summary.start = set.start.front();
    summary.end = set.end.back();
    summary.step_shortest = summary.step_longest = set.end.front() - set.start.front();
    summary.injection_lowest = std::numeric_limits<double>::infinity();
    summary.injection_highest = -summary.injection_lowest;
    for (std::size_t t = 0; t < set.step_count(); ++t) {
        const std::int64_t length = set.end[t] - set.start[t];
        summary.step_shortest = std::min(summary.step_shortest, length);
        summary.step_longest = std::max(summary.step_longest, length);
        const auto row = std::span(set.p_forecast).subspan(t * customer_count, customer_count);
        const double total = std::accumulate(row.begin(), row.end(), 0.0);
        summary.injection_lowest = std::min(summary.injection_lowest, total);
        summary.injection_highest = std::max(summary.injection_highest, total);
        summary.injection_mean += total / static_cast<double>(set.step_count());
    }
    return summary;
}

}  // namespace

RegionSummary summarise(const Region& region) {
    RegionSummary summary;
    summary.feeders = count(region.feeder_count());
    summary.buses = count(region.bus_count());
    summary.branches = count(region.branch_count());
    summary.shunts = count(region.shunt.id.size());
    summary.customers = count(region.customer_count());
    summary.orders = count(region.order_count());
    count_branches(region.branch, summary);
    count_customers(region.customer, summary);
    count_orders(region.order, summary);
    summary.voltage_levels = voltage_levels(region.bus);
    for (const SeriesSet& set : region.series) summary.series.push_back(summarise(set, region.customer_count()));
    return summary;
}

}  // namespace headroom
