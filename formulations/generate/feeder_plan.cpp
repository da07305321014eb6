#include "formulations/generate/feeder_plan.hpp"

#include <fmt/format.h>

#include <cmath>

#include "formulations/generate/feeder_orders.hpp"
#include "formulations/generate/joined_tree.hpp"
#include "formulations/generate/quantile_table.hpp"
#include "formulations/generate/random_stream.hpp"

namespace headroom {
namespace {

/// Customers of a feeder: generate.md, "Size".
constexpr QuantileTable<8> customer_quantiles{{0, .1, .25, .5, .75, .9, .98, 1}, {4, 9, 20, 36, 62, 98, 147, 178}};
constexpr double four_wire_share = 0.25;

FeederKind kind_of(double hard_share, std::uint32_t number) {
    const double before = std::floor(number * hard_share);
    if (std::floor((number + 1.0) * hard_share) <= before) return FeederKind::regular;
    constexpr std::uint64_t hard_kinds = feeder_kind_count - 1;
    return static_cast<FeederKind>(1 + static_cast<std::uint64_t>(before) % hard_kinds);
}

int customer_count(FeederKind kind, RandomStream& random) {
    switch (kind) {
        case FeederKind::rural: return static_cast<int>(random.between(5, 9));
        case FeederKind::insecure:
        case FeederKind::mesh: return static_cast<int>(random.between(30, 80));  // streets enough to overload, to tie
        case FeederKind::medium_voltage: return static_cast<int>(random.between(340, 420));
        case FeederKind::regular:
        case FeederKind::gap: break;
    }
    return static_cast<int>(customer_quantiles.at(random.uniform()));
}

}  // namespace

std::string_view kind_name(FeederKind kind) {
    constexpr std::array<std::string_view, feeder_kind_count> names{"regular", "insecure", "rural",
                                                                    "mesh",    "gap",      "mv"};
    return names[static_cast<std::size_t>(kind)];
}

std::string FeederPlan::id() const {
    if (kind == FeederKind::regular) return fmt::format("f{:06}", number);
    return fmt::format("f{:06}-{}", number, kind_name(kind));
}

FeederPlan plan_feeder(const GeneratorSettings& settings, std::uint32_t number) {
    RandomStream random(settings.seed, number, Purpose::plan);
    const FeederKind kind = kind_of(settings.hard_share, number);
    const int customers = customer_count(kind, random);
    const bool four_wire = kind != FeederKind::medium_voltage && random.chance(four_wire_share);
    // Free Q violates limits by itself at the end of kilometres of line, and substations have none to offer.
    const bool short_lines = kind != FeederKind::rural && kind != FeederKind::medium_voltage;
    const bool free_reactive = random.chance(settings.reactive_share) && short_lines;
    return {number, kind, customers, four_wire, free_reactive};
}

std::vector<FeederPlan> plan_feeders(const GeneratorSettings& settings) {
    if (settings.joined_buses > 0) return plan_joined_tree(settings);
    std::vector<FeederPlan> plans;
    for (std::int64_t k = 0; k < settings.feeder_count; ++k)
        plans.push_back(plan_feeder(settings, static_cast<std::uint32_t>(settings.feeder_first + k)));
    return plans;
}

RegionPlan plan_region(const GeneratorSettings& settings) {
    RegionPlan plan;
    for (const FeederPlan& feeder : plan_feeders(settings)) {
        ++plan.feeders;
        plan.customers += feeder.customers;
        ++plan.of_kind[static_cast<std::size_t>(feeder.kind)];
    }
    return plan;
}

std::uint64_t planned_bytes(const GeneratorSettings& settings, const RegionPlan& plan) {
    constexpr std::uint64_t network_bytes_per_customer = 1500;  // seven buses and branches, and itself
    const auto steps = static_cast<std::uint64_t>(settings.step_count);
    const auto feeders = static_cast<std::uint64_t>(plan.feeders),
               customers = static_cast<std::uint64_t>(plan.customers);
    const std::uint64_t columns = 2 * customers + (settings.prices ? 7 : 6) * feeders;
    constexpr double order_bytes = 400;  // drawn, and in the region
    const double traders = settings.orders_share * settings.active_share * static_cast<double>(customers);
    const double orders = traders * orders_per_customer(settings);
    return network_bytes_per_customer * customers + steps * columns * sizeof(double)
           + static_cast<std::uint64_t>(order_bytes * orders);
}

}  // namespace headroom
