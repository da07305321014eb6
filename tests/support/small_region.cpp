#include "tests/support/small_region.hpp"

#include <cmath>

namespace headroom::test {
namespace {

constexpr double lv_base = 400 / 1.7320508075688772, mv_base = 11000 / 1.7320508075688772;

std::int32_t add_bus(Region& region, const char* id, std::uint8_t phases, double volts) {
    BusColumns& bus = region.bus;
    bus.id.emplace_back(id);
    bus.phases.push_back(phases);
    bus.base_voltage.push_back(volts);
    bus.voltage_min.push_back(0.94 * volts);
    bus.voltage_max.push_back(1.10 * volts);
    bus.x.push_back(bus.id.size() % 2 ? 10.0 * static_cast<double>(bus.id.size()) : not_given);
    bus.y.push_back(not_given);
    return static_cast<std::int32_t>(bus.id.size() - 1);
}

struct BranchPlan {
    const char* id;
    BranchKind kind;
    std::int32_t from, to;
    std::uint8_t phases;
    std::int32_t type;
    double length = 0;
    bool closed = true;
};

void add_branch(Region& region, const BranchPlan& plan) {
    const bool wire = plan.kind == BranchKind::line || plan.kind == BranchKind::circuit_switch;
    BranchColumns& branch = region.branch;
    branch.id.emplace_back(plan.id);
    branch.kind.push_back(plan.kind);
    branch.from_bus.push_back(plan.from);
    branch.to_bus.push_back(plan.to);
    branch.phases.push_back(plan.phases);
    branch.line_code.push_back(wire ? plan.type : -1);
    branch.length.push_back(plan.length);
    branch.transformer.push_back(wire ? -1 : plan.type);
    branch.rating_current.push_back(wire ? 300 : not_given);
    branch.rating_power.push_back(plan.kind == BranchKind::transformer ? 250e3 : not_given);
    branch.closed.push_back(plan.closed);
}

struct CustomerPlan {
    const char* id;
    std::int32_t bus;
    std::uint8_t phases;
    Connection connection;
    bool active;
    ReactiveMode mode;
};

void add_customer(Region& region, const CustomerPlan& plan) {
    CustomerColumns& customer = region.customer;
    customer.id.emplace_back(plan.id);
    customer.bus.push_back(plan.bus);
    customer.phases.push_back(plan.phases);
    customer.connection.push_back(plan.connection);
    customer.active.push_back(plan.active);
    customer.export_cap.push_back(10e3);
    customer.import_cap.push_back(14e3);
    customer.nameplate.push_back(plan.active ? 8e3 : not_given);
    customer.export_request.push_back(plan.active ? 7e3 : not_given);
    customer.import_request.push_back(not_given);
    customer.weight.push_back(1 + static_cast<double>(customer.id.size() % 3));
    customer.reactive_mode.push_back(plan.mode);
    customer.power_factor.push_back(plan.mode == ReactiveMode::power_factor ? -0.95 : not_given);
    customer.q_inject_max.push_back(plan.mode == ReactiveMode::volt_var ? 4e3 : 0);
    customer.q_absorb_max.push_back(plan.mode == ReactiveMode::volt_var ? 4e3 : 0);
    customer.volt_var.push_back(plan.mode == ReactiveMode::volt_var ? 0 : -1);
    customer.apparent_max.push_back(not_given);
    customer.rated_voltage.push_back(plan.active ? not_given : 230);
    customer.zip_p.push_back(plan.active ? std::array<double, 3>{0, 0, 1} : std::array<double, 3>{0.3, 0.3, 0.4});
    customer.zip_q.push_back({0.5, 0.25, 0.25});
}

void add_line_codes(Region& region) {
    ConductorMatrix r{}, x{}, b{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 3; ++k) {
            r[i][k] = i == k ? 0.32e-3 : 0.05e-3;
            x[i][k] = i == k ? 0.27e-3 : 0.18e-3;
            b[i][k] = i == k ? 8e-9 : -1e-9;
        }
    region.line_code = {{"cable 95 mm²", "ideal"},
                        {r, ConductorMatrix{}},
                        {x, ConductorMatrix{}},
                        {ConductorMatrix{}, ConductorMatrix{}},
                        {b, ConductorMatrix{}}};
}

/// Rows 0: Dyn, 1: regulator of phase a, 2: regulator of phase c.
void add_transformers(Region& region) {
    using Coils = TransformerColumns::Coils;
    constexpr std::array<std::int8_t, 2> none{-1, -1};
    const Coils delta{{{1, 2}, {2, 3}, {3, 1}}}, star{{{1, 0}, {2, 0}, {3, 0}}};
    const Coils only_a{{{1, 0}, none, none}}, only_c{{{3, 0}, none, none}};
    TransformerColumns& type = region.transformer;
    type.id = {"Dyn 250 kVA", "regulator a", "regulator c"};
    type.from_coil = {delta, only_a, only_c};
    type.to_coil = {star, only_a, only_c};
    type.from_voltage = {11000, lv_base, lv_base};
    type.to_voltage = {lv_base, lv_base, lv_base};
    type.from_tap = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
    type.to_tap = {{1.025, 1.025, 1.025}, {1.05, 1, 1}, {1.0125, 1, 1}};
    type.r = {0.0076, 0.001, 0.001};
    type.x = {0.0249, 0.002, 0.002};
    type.no_load_loss = {450, 0, 0};
    type.magnetising_power = {1500, 0, 0};
}

/// A compensator each for the regulators.
void add_tap_controls(Region& region) {
    region.tap_control = {{"control a", "control c"},
                          {1, 2},
                          {0, 0},
                          {0, 1},
                          {122, 120},
                          {2, 1.5},
                          {2, 2},
                          {100, 1},
                          {3, 0},
                          {-1.5, 0},
                          {30, 0},
                          {0.9, 0.95},
                          {1.1, 1.05},
                          {0.00625, 0.0125},
                          {16, 1}};
}

void add_shunt(Region& region, std::int32_t bus) {
    ConductorMatrix b{};
    for (std::size_t i = 0; i < 3; ++i) b[i][i] = 0.02;
    region.shunt.id.emplace_back("capacitor");
    region.shunt.bus.push_back(bus);
    region.shunt.g.push_back({});
    region.shunt.b.push_back(b);
}

void add_feeder(Region& region, int number) {
    const auto source = add_bus(region, "source", phase::abc, mv_base);
    const auto main = add_bus(region, "main", phase::abc, lv_base);
    const auto mid = add_bus(region, "mid", phase::abc, lv_base);
    const auto end = add_bus(region, "end", phase::abc, lv_base);
    const auto boosted = add_bus(region, "boosted", phase::a | phase::c, lv_base);
    const auto spare = add_bus(region, "spare", phase::abc, lv_base);
    add_branch(region, {"t", BranchKind::transformer, source, main, phase::abc, 0});
    add_branch(region, {"l1", BranchKind::line, main, mid, phase::abc, 0, 200});
    add_branch(region, {"l2", BranchKind::line, mid, end, phase::abc, 0, 150});
    add_branch(region, {"ra", BranchKind::regulator, main, boosted, phase::a, 1});
    add_branch(region, {"rc", BranchKind::regulator, main, boosted, phase::c, 2});
    add_branch(region, {"s", BranchKind::circuit_switch, end, spare, phase::abc, 1, 1, false});
    add_shunt(region, main);
    add_customer(region, {"c1", mid, phase::a, Connection::wye, true, ReactiveMode::unity});
    add_customer(region, {"c2", mid, phase::b | phase::c, Connection::delta, true, ReactiveMode::volt_var});
    add_customer(region, {"c3", end, phase::abc, Connection::wye, true, ReactiveMode::power_factor});
    add_customer(region, {"c4", boosted, phase::c, Connection::wye, false, ReactiveMode::unity});
    add_customer(region, {"c5", spare, phase::a, Connection::wye, false, ReactiveMode::unity});

    FeederColumns& feeder = region.feeder;
    feeder.id.push_back("feeder-" + std::to_string(number) + "-é");
    feeder.slack_bus.push_back(source);
    feeder.bus_offset.push_back(static_cast<std::int64_t>(region.bus.id.size()));
    feeder.branch_offset.push_back(static_cast<std::int64_t>(region.branch.id.size()));
    feeder.shunt_offset.push_back(static_cast<std::int64_t>(region.shunt.id.size()));
    feeder.customer_offset.push_back(static_cast<std::int64_t>(region.customer.id.size()));
}

void add_series(Region& region, const char* name, int steps, std::int64_t seconds, bool prices) {
    SeriesSet set;
    set.name = name;
    for (int t = 0; t < steps; ++t) {
        set.start.push_back(1700000000 + t * seconds);
        set.end.push_back(1700000000 + (t + 1) * seconds);
        for (std::size_t c = 0; c < region.customer_count(); ++c) {
            set.p_forecast.push_back(100.0 * (t + 1) - 333.0 * static_cast<double>(c % 5));
            set.q_forecast.push_back(-20.0 * static_cast<double>(c % 4));
        }
        for (std::size_t f = 0; f < region.feeder_count(); ++f) {
            for (int k = 0; k < 3; ++k) {
                set.slack_voltage.push_back(mv_base * (1 + 0.01 * t));
                set.slack_angle.push_back(-120.0 * k);
            }
            if (prices) set.price.push_back(40 + t + static_cast<double>(f));
        }
    }
    region.series.push_back(std::move(set));
}

}  // namespace

Region small_region(int feeder_count) {
    Region region;
    region.name = "small";
    region.currency = "AUD";
    add_line_codes(region);
    add_transformers(region);
    add_tap_controls(region);
    VoltVarColumns::Points voltage, q;
    voltage.fill(not_given);
    q.fill(not_given);
    voltage[0] = 0.9, voltage[1] = 1.0, voltage[2] = 1.1;
    q[0] = 1, q[1] = 0, q[2] = -1;
    region.volt_var = {{"curve"}, {voltage}, {q}};
    for (int f = 0; f < feeder_count; ++f) add_feeder(region, f);
    add_series(region, "day", 4, 1800, true);
    add_series(region, "peak", 1, 3600, false);
    return region;
}

void append_branch(Region& region, std::size_t model, const char* id, std::int32_t from, std::int32_t to) {
    BranchColumns& branch = region.branch;
    const auto copy = [&](auto& column) { column.push_back(column[model]); };
    copy(branch.kind), copy(branch.phases), copy(branch.line_code), copy(branch.length), copy(branch.transformer);
    copy(branch.rating_current), copy(branch.rating_power), copy(branch.closed);
    branch.id.emplace_back(id);
    branch.from_bus.push_back(from);
    branch.to_bus.push_back(to);
    ++region.feeder.branch_offset.back();
}

std::size_t own_transformer(Region& region, std::size_t branch) {
    TransformerColumns& type = region.transformer;
    const auto model = static_cast<std::size_t>(region.branch.transformer[branch]);
    type.id.emplace_back("own");
    const auto copy = [&](auto& column) { column.push_back(column[model]); };
    copy(type.from_coil), copy(type.to_coil), copy(type.from_voltage), copy(type.to_voltage), copy(type.from_tap);
    copy(type.to_tap), copy(type.r), copy(type.x), copy(type.no_load_loss), copy(type.magnetising_power);
    region.branch.transformer[branch] = static_cast<std::int32_t>(type.id.size() - 1);
    return type.id.size() - 1;
}

}  // namespace headroom::test
