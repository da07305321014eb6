#include "formulations/generate/customer_draw.hpp"

#include <algorithm>
#include <array>

#include "formulations/generate/quantile_table.hpp"

namespace headroom {
namespace {

constexpr double three_phase_share = 0.06;
constexpr std::array<double, 3> phase_share{.344, .366, .290};

/// Consumption of a day in summer, kWh, and largest mean of a quarter of an hour, kW.
constexpr QuantileTable<7> day_energy{{0, .05, .25, .5, .75, .95, 1}, {2.4, 4.1, 6.1, 8.2, 10.6, 19.8, 26.3}};
constexpr QuantileTable<7> quarter_peak{{0, .05, .25, .5, .75, .95, 1}, {.7, 1.2, 2.8, 3.6, 4.6, 6.4, 7.5}};
constexpr QuantileTable<3> reactive_ratio{{0, .5, 1}, {.31, .33, .35}};

constexpr std::array<double, 6> pv_kw{1.57, 2, 2.5, 3, 3.5, 4}, pv_share{.07, .11, .16, .20, .13, .33};
constexpr double pv_of_active = 0.6, pv_of_passive = 0.08, car_share = 0.1, pv_delay_max = 1.0;

/// Connection caps of one phase, kW: G98 and common agreements; services fused at 40 to 100 A.
constexpr std::array<double, 4> export_kw{3.68, 5, 7, 10}, export_share{.3, .4, .2, .1};
constexpr std::array<double, 4> import_kw{9.2, 13.8, 18.4, 23}, import_share{.1, .4, .3, .2};

/// In the order of ReactiveMode.
constexpr std::array<double, 4> free_reactive_share{.5, .2, .15, .15}, bound_reactive_share{.7, .3, 0, 0};
constexpr std::array<double, 3> power_factors{-0.95, -0.9, 0.98}, power_factor_share{.5, .25, .25};
constexpr double q_range_share = 0.44;  // of the export cap: AS/NZS 4777.2

void draw_reactive(RandomStream& random, const std::array<double, 4>& share, CustomerSketch& customer) {
    const double factor = power_factors[random.pick(power_factor_share)];
    customer.reactive_mode = static_cast<ReactiveMode>(random.pick(share));
    if (!customer.active) customer.reactive_mode = ReactiveMode::unity;
    if (customer.reactive_mode == ReactiveMode::power_factor) customer.power_factor = factor;
    if (customer.reactive_mode == ReactiveMode::range || customer.reactive_mode == ReactiveMode::volt_var)
        customer.q_range = q_range_share * customer.export_cap;
}

}  // namespace

CustomerSketch draw_household(RandomStream& random, std::int32_t bus, double active_share, bool free_reactive) {
    CustomerSketch customer{};
    customer.bus = bus;
    customer.active = random.chance(active_share);
    const auto single = static_cast<std::uint8_t>(phase::a << random.pick(phase_share));
    const bool three_phase = random.chance(three_phase_share);
    const double phases = three_phase ? 3 : 1;
    customer.phases = three_phase ? phase::abc : single;
    customer.export_cap = 1e3 * phases * export_kw[random.pick(export_share)];
    customer.import_cap = 1e3 * phases * import_kw[random.pick(import_share)];

    ProfileTraits& profile = customer.profile;
    profile.mean_load = phases * 1e3 / 24 * day_energy.at(random.uniform());
    profile.load_max = std::max(phases * 1e3 * quarter_peak.at(random.uniform()), 3 * profile.mean_load);
    profile.spread = 1;
    profile.reactive_ratio = reactive_ratio.at(random.uniform());
    const double pv = 1e3 * phases * pv_kw[random.pick(pv_share)];
    const bool has_pv = random.chance(customer.active ? pv_of_active : pv_of_passive);
    profile.pv_power = has_pv ? std::min(pv, customer.export_cap) : 0;
    profile.pv_delay = random.between(-pv_delay_max, pv_delay_max);
    profile.car = random.chance(car_share);
    customer.nameplate = has_pv ? profile.pv_power : not_given;
    draw_reactive(random, free_reactive ? free_reactive_share : bound_reactive_share, customer);
    return customer;
}

CustomerSketch draw_substation(RandomStream& random, std::int32_t bus, double active_share) {
    CustomerSketch customer{};
    customer.bus = bus;
    customer.active = random.chance(active_share);
    customer.phases = phase::abc;
    customer.connection = Connection::delta;
    customer.export_cap = 1e3 * random.between(50, 250);
    customer.import_cap = 1e3 * random.between(40, 160);

    ProfileTraits& profile = customer.profile;
    profile.mean_load = 1e3 * random.between(2, 12);
    profile.load_max = 4 * profile.mean_load;
    profile.spread = 0.2;
    profile.reactive_ratio = reactive_ratio.at(random.uniform());
    profile.pv_power = random.chance(pv_of_active) ? profile.mean_load : 0;
    profile.pv_delay = random.between(-pv_delay_max, pv_delay_max);
    customer.nameplate = profile.pv_power > 0 ? profile.pv_power : not_given;
    draw_reactive(random, bound_reactive_share, customer);
    return customer;
}

}  // namespace headroom
