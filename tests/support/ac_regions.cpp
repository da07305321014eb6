#include "tests/support/ac_regions.hpp"

#include <cmath>
#include <numeric>
#include <string>

#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {

PhaseVector pick(int plus, int minus) {
    PhaseVector m = PhaseVector::Zero();
    m[plus] = 1.0;
    if (minus >= 0) m[minus] = -1.0;
    return m;
}

Region two_buses(double p, std::array<double, 3> zip) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", p);
    Region region = builder.build();
    region.customer.zip_p[0] = region.customer.zip_q[0] = zip;
    return region;
}

Region mixed_feeder(unsigned seed, double load) {
    Region region = random_feeder(
        seed, {.buses = 12, .active = 5, .passive = 6, .transformer = seed % 2 == 0, .delta_customers = true});
    for (std::size_t k = 0; k < region.customer_count(); ++k)
        if (!region.customer.active[k] && k % 2 == 1)
            region.customer.zip_p[k] = {0.3, 0.3, 0.4}, region.customer.zip_q[k] = {0.5, 0.2, 0.3};
    if (seed % 2 == 0) region.transformer.to_tap[0] = {1.025, 0.9875, 1.05};
    for (double& p : region.series[0].p_forecast) p = -load * std::abs(p);
    return region;
}

void add_curves(Region& region, bool inverters) {
    constexpr double n = not_given;
    region.volt_var.id = {"steep", "two points"};
    region.volt_var.voltage = {{0.93, 0.97, 0.99, 1.01, 1.04, n, n, n}, {0.9, 1.1, n, n, n, n, n, n}};
    region.volt_var.q = {{0.8, 0.3, 0.1, -0.2, -0.9, n, n, n}, {1.0, -1.0, n, n, n, n, n, n}};
    for (std::size_t k = 0; k < region.customer_count(); ++k) {
        if (k % 3 == 0) continue;
        region.customer.reactive_mode[k] = ReactiveMode::volt_var;
        region.customer.volt_var[k] = k % 2 == 0 ? 0 : 1;
        region.customer.q_inject_max[k] = 2e3;
        region.customer.q_absorb_max[k] = 3e3;
        if (inverters && !region.customer.active[k])
            region.customer.apparent_max[k] = 1.5e3 * static_cast<double>(k % 4);
    }
}

Region four_wires() {
    FeederBuilder builder(230.0);
    builder.bus("near", "abc", 230.0);
    builder.bus("mid", "abc", 230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "near", "abc", PhaseImpedance::coupled(0.1, 0.08, 0.03, 0.02));
    builder.line("near", "mid", "abc", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.line("mid", "far", "abc", PhaseImpedance::coupled(0.2, 0.1, 0.03, 0.02));
    builder.active("a", "far", "a", 10e3, 10e3);
    builder.active("bc", "far", "bc", 10e3, 10e3);
    builder.customer("n", "near", "b", {.active = false});
    builder.customer("d", "mid", "ca", {.active = false, .connection = Connection::delta});
    builder.inject("a", -4000.0, -1000.0);
    builder.inject("bc", 3000.0, 500.0);
    builder.inject("n", -3000.0, -200.0);
    builder.inject("d", -2500.0, -700.0);
    Region region = builder.build();
    region.branch.kind[1] = BranchKind::circuit_switch;
    for (std::uint8_t& phases : region.bus.phases) phases |= phase::neutral;
    for (std::uint8_t& phases : region.branch.phases) phases |= phase::neutral;
    for (const std::size_t code : {0u, 2u})
        region.line_code.r[static_cast<std::size_t>(region.branch.line_code[code])][3][3] = 0.15;
    region.shunt.id = {"electrode"};
    region.shunt.bus = {3};
    region.shunt.g.assign(1, {});
    region.shunt.b.assign(1, {});
    region.shunt.g[0][3][3] = 0.2;
    region.feeder.shunt_offset = {0, 1};
    region.customer.zip_p[2] = {0.2, 0.5, 0.3};
    return region;
}

int add_ties(Region& region) {
    const std::size_t lines = region.branch_count();
    int ties = 0;
    for (std::int32_t a = 3; a < 20 && ties < 3; ++a)
        for (std::int32_t b = a + 5; b < 20 && ties < 3; ++b) {
            if (region.bus.phases[a] != region.bus.phases[b]) continue;
            for (std::size_t k = 1; k < lines; ++k) {
                if (region.branch.phases[k] != region.bus.phases[a] || region.branch.line_code[k] < 0) continue;
                BranchColumns& br = region.branch;
                br.id.push_back("tie" + std::to_string(ties++));
                br.kind.push_back(BranchKind::line);
                br.from_bus.push_back(a);
                br.to_bus.push_back(b);
                br.phases.push_back(br.phases[k]);
                br.line_code.push_back(br.line_code[k]);
                br.length.push_back(30.0);
                br.transformer.push_back(-1);
                br.rating_current.push_back(not_given);
                br.rating_power.push_back(not_given);
                br.closed.push_back(1);
                break;
            }
        }
    region.feeder.branch_offset[1] = static_cast<std::int64_t>(region.branch_count());
    return ties;
}

Region meshed_feeder(unsigned seed, const RandomFeederOptions& options) {
    Region region = random_feeder(seed, options);
    const std::size_t lines = region.branch_count();
    add_ties(region);
    if (options.ratings)
        for (std::size_t k = lines; k < region.branch_count(); ++k) region.branch.rating_current[k] = 40.0;
    return region;
}

std::vector<std::int32_t> all_buses(const Region& region) {
    std::vector<std::int32_t> buses(region.bus_count());
    std::iota(buses.begin(), buses.end(), 0);
    return buses;
}

std::vector<AcQuantity> all_quantities(const Region& region, const AcPowerFlow& flow) {
    const AcQuantities quantities(region, flow);
    std::vector<AcQuantity> all{quantities.losses(), quantities.head_power()};
    const auto add = [&](std::optional<AcQuantity> quantity) {
        if (quantity) all.push_back(std::move(*quantity));
    };
    for (std::int64_t bus = region.feeder.bus_offset[0]; bus < region.feeder.bus_offset[1]; ++bus)
        for (int c = 0; c < 3; ++c) {
            add(quantities.voltage(bus, pick(c)));
            add(quantities.voltage(bus, pick(c, (c + 1) % 3)));
        }
    for (std::int64_t branch = region.feeder.branch_offset[0]; branch < region.feeder.branch_offset[1]; ++branch)
        for (int side = 0; side < 2; ++side) {
            for (int c = 0; c < conductor_count; ++c) add(quantities.current(branch, side, c));
            add(quantities.branch_power(branch, side));
            for (int coil = 0; coil < 3; ++coil) add(quantities.winding_power(branch, side, coil));
        }
    return all;
}

std::vector<AcQuantity> all_turns(const Region& region, const AcPowerFlow& flow) {
    std::vector<AcQuantity> turns;
    for (AcQuantity& quantity : all_quantities(region, flow))
        if (quantity.measure == AcQuantity::Measure::modulus)
            turns.push_back({AcQuantity::Measure::turn, std::move(quantity.products)});
    return turns;
}

}  // namespace headroom::test
