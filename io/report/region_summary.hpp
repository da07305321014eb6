#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Buses of one nominal voltage and the bands they must stay in, per unit of it.
struct VoltageLevel {
    double base_voltage;  ///< V, phase to neutral
    std::int64_t buses;
    double min_lowest, min_highest;  ///< of voltage_min / base_voltage
    double max_lowest, max_highest;  ///< of voltage_max / base_voltage
};

struct SeriesSummary {
    std::string name;
    std::int64_t steps = 0;
    std::int64_t start = 0, end = 0;                   ///< UTC seconds: start of the first step, end of the last
    std::int64_t step_shortest = 0, step_longest = 0;  ///< s
    /// W, forecast of all customers together, over the steps
    double injection_lowest = 0, injection_highest = 0, injection_mean = 0;
    bool has_prices = false;
    bool has_taps = false;
    std::int64_t tap_moves = 0;
};

/// What a planner asks of a case before computing with it.
struct RegionSummary {
    static constexpr int branch_kind_count = 4, order_side_count = 2, traded_limit_count = 6;
    std::int64_t feeders = 0, buses = 0, branches = 0, shunts = 0, customers = 0, orders = 0;
    std::array<std::int64_t, branch_kind_count> branches_of_kind{};  ///< by BranchKind
    std::int64_t branches_open = 0;
    std::int64_t customers_active = 0;
    std::array<std::int64_t, 4> customers_with_phases{};  ///< by number of phases, 0 to 3
    std::array<std::int64_t, 3> customers_on_phase{};     ///< a, b, c; a three-phase customer counts on each
    double export_cap = 0, import_cap = 0;                ///< W, of the active customers together
    /// by OrderSide and TradedLimit
    std::array<std::array<std::int64_t, traded_limit_count>, order_side_count> orders_of_limit{};
    std::vector<VoltageLevel> voltage_levels;  ///< highest first
    std::vector<SeriesSummary> series;
};

/// Values out of their range, which validate() names, are left out of the sums.
/// @pre the columns of a group are equally long
RegionSummary summarise(const Region& region);

}  // namespace headroom
