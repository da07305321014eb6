#include "formulations/generate/sketch_feeder.hpp"

#include "formulations/generate/cable_sizing.hpp"
#include "formulations/generate/customer_draw.hpp"
#include "formulations/generate/transformer_sizes.hpp"

namespace headroom {
namespace {

/// How the kinds of feeders differ in what a planner decides.
struct Style {
    TreeScale scale;
    CableFamily family;
    DesignRule rule;
    double load_growth = 1;  ///< consumption over what was designed for
};

constexpr double copper_share = 0.6;
constexpr DesignRule low_voltage_rule{.current_per_customer = 6.5, .voltage_drop_max = 11.5};
/// With reserve: low-voltage transformers larger and at their lowest tap, which leaves as much room above as below,
/// cables thicker, those of medium voltage for what a whole low-voltage feeder takes at its peak.
constexpr double reserve_power = 1.6, reserve_drop = 0.6, reserve_current = 3;
constexpr int lowest_tap = 0;

Style draw_style(FeederKind kind, RandomStream& random) {
    const CableFamily cables = random.chance(copper_share) ? CableFamily::copper : CableFamily::aluminium;
    switch (kind) {
        case FeederKind::rural: return {{random.between(10, 16), 1.5}, CableFamily::overhead, low_voltage_rule, 0.6};
        case FeederKind::insecure: {
            DesignRule outgrown = low_voltage_rule;
            outgrown.current_per_customer /= 4;
            outgrown.voltage_drop_max = nominal::low;
            return {{1.5, 1}, cables, outgrown, 3};
        }
        case FeederKind::medium_voltage:
            // All phases of a substation draw its current: three times that of a customer on one phase.
            return {{12, 2.0}, CableFamily::medium_voltage, {3 * 0.5, 250}, 1};
        case FeederKind::regular:
        case FeederKind::mesh:
        case FeederKind::gap: break;
    }
    return {{}, cables, low_voltage_rule, 1};
}

void add_customers(FeederSketch& sketch, RandomStream& random, const FeederPlan& plan, double active_share,
                   double load_growth) {
    for (const std::int32_t bus : sketch.tree.customer_bus) {
        sketch.customers.push_back(plan.kind == FeederKind::medium_voltage
                                       ? draw_substation(random, bus, active_share)
                                       : draw_household(random, bus, active_share, plan.free_reactive));
        ProfileTraits& profile = sketch.customers.back().profile;
        profile.mean_load *= load_growth;
        profile.load_max *= load_growth;
    }
}

/// Phases and cables of services; everything else has all conductors.
void wire(FeederSketch& sketch, RandomStream& random, bool four_wire, bool low_voltage) {
    const std::uint8_t neutral = four_wire ? phase::neutral : 0;
    const GrownTree& tree = sketch.tree;
    sketch.phases.assign(tree.size(), phase::abc | neutral);
    for (const CustomerSketch& customer : sketch.customers) {
        const std::size_t type = service_types().type[random.pick(service_types().share)];
        for (auto bus = static_cast<std::size_t>(customer.bus); tree.role[bus] == BranchRole::service;
             bus = static_cast<std::size_t>(tree.parent[bus])) {
            sketch.phases[bus] = customer.phases | neutral;
            sketch.cable[bus] = low_voltage ? type : mains_of(CableFamily::medium_voltage).front();
        }
    }
}

/// Reserve and taps as planners choose them: smallest size that carries so much per customer, mostly the nominal tap.
void choose_transformer(FeederSketch& sketch, RandomStream& random, const FeederPlan& plan) {
    const double power = (plan.has_reserve ? reserve_power : 1) * random.between(1800, 3600) * plan.customers;
    const std::size_t size = transformer_size(power);
    const int drawn = static_cast<int>(random.pick(std::array{.25, .65, .10}));
    const int tap = plan.has_reserve ? lowest_tap : drawn;
    sketch.slack_voltage = nominal::eleven_kv;
    sketch.base_voltage = nominal::low;
    sketch.voltage_pu_min = 0.94;
    sketch.voltage_pu_max = 1.10;
    sketch.transformer = transformer_row(size, tap, plan.four_wire);
    sketch.transformer_rating = transformer_rating(size);
    if (plan.kind != FeederKind::medium_voltage) return;
    sketch.slack_voltage = nominal::thirty_three_kv;
    sketch.base_voltage = nominal::eleven_kv;
    sketch.voltage_pu_max = 1.06;
    sketch.transformer = primary_transformer_row();
    sketch.transformer_rating = primary_transformer_rating;
}

/// Closes a tie between the ends of the first and the last street, or from the busbar where there is one street.
void add_tie(FeederSketch& sketch) {
    const GrownTree& tree = sketch.tree;
    std::vector<bool> goes_on(tree.size(), false);
    for (std::size_t bus = 1; bus < tree.size(); ++bus)
        if (tree.role[bus] == BranchRole::main) goes_on[static_cast<std::size_t>(tree.parent[bus])] = true;
    std::vector<std::int32_t> ends;
    for (std::size_t bus = 1; bus < tree.size(); ++bus)
        if (tree.role[bus] == BranchRole::main && !goes_on[bus]) ends.push_back(static_cast<std::int32_t>(bus));
    constexpr double tie_length = 20;
    sketch.ties.push_back({ends.size() > 1 ? ends.front() : 0, ends.back(), tie_length});
}

}  // namespace

FeederSketch sketch_feeder(const GeneratorSettings& settings, const FeederPlan& plan) {
    RandomStream tree_random(settings.seed, plan.number, Purpose::tree);
    RandomStream customer_random(settings.seed, plan.number, Purpose::customers);
    Style style = draw_style(plan.kind, tree_random);
    if (plan.has_reserve) style.rule.voltage_drop_max *= reserve_drop;
    if (plan.has_reserve && plan.kind == FeederKind::medium_voltage) style.rule.current_per_customer *= reserve_current;
    FeederSketch sketch{};
    choose_transformer(sketch, tree_random, plan);
    sketch.tree = grow_tree(tree_random, plan.customers, style.scale);
    RandomStream drawing_random(settings.seed, plan.number, Purpose::drawing);
    sketch.places = draw_tree(sketch.tree, drawing_random);
    sketch.cable = size_mains(sketch.tree, style.family, style.rule);
    add_customers(sketch, customer_random, plan, settings.active_share, style.load_growth);
    wire(sketch, tree_random, plan.four_wire, plan.kind != FeederKind::medium_voltage);
    if (plan.kind == FeederKind::mesh) add_tie(sketch);
    return sketch;
}

}  // namespace headroom
