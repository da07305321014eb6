#include "formulations/generate/joined_tree.hpp"

#include <algorithm>

#include "formulations/network/graft_feeders.hpp"

namespace headroom {
namespace {

/// Of generated feeders: buses of low voltage per customer, of medium voltage per substation.
constexpr double buses_per_customer = 6.6, buses_per_substation = 13;
constexpr int customers_min = 4;
constexpr int substations_max = 90;  ///< of one medium-voltage feeder: what the first piece of its cable carries

}  // namespace

std::vector<FeederPlan> plan_joined_tree(const GeneratorSettings& settings) {
    GeneratorSettings regular = settings;
    regular.hard_share = 0;
    std::vector<FeederPlan> plans;
    std::size_t high = 0;  // the medium-voltage feeder in hand
    double left = static_cast<double>(settings.joined_buses);
    for (std::uint32_t number = 0; left > 0; ++number) {
        if (number == 0 || plans[high].customers == substations_max) {
            high = plans.size();
            plans.push_back({number, FeederKind::medium_voltage, 0, false, false, true});
            continue;
        }
        FeederPlan& plan = plans.emplace_back(plan_feeder(regular, number));
        plan.has_reserve = true;
        const double fit = (left - buses_per_substation) / buses_per_customer;
        plan.customers = std::max(customers_min, static_cast<int>(std::min<double>(plan.customers, fit)));
        left -= buses_per_substation + buses_per_customer * plan.customers;
        ++plans[high].customers;
    }
    return plans;
}

Region joined_tree(const Region& parts, std::span<const FeederPlan> plans) {
    Region region = parts;
    // The last medium-voltage feeder first: rows of those before it stay where they are.
    for (std::size_t high = plans.size(); high-- > 0;) {
        if (plans[high].kind != FeederKind::medium_voltage) continue;
        std::vector<Graft> grafts;
        for (int k = 0; k < plans[high].customers; ++k) {
            const std::int64_t substation = region.feeder.customer_offset[high] + k;
            grafts.push_back({.feeder = high + 1 + static_cast<std::size_t>(k),
                              .bus = region.customer.bus[static_cast<std::size_t>(substation)],
                              .replaced = {substation}});
        }
        region = graft_feeders(region, high, grafts);
    }
    std::vector<Graft> beside;
    for (std::size_t high = 1; high < region.feeder_count(); ++high)
        beside.push_back({.feeder = high, .bus = region.feeder.slack_bus[0], .replaced = {}});
    return graft_feeders(region, 0, beside);
}

}  // namespace headroom
