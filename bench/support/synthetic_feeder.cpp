#include "bench/support/synthetic_feeder.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <string>

namespace headroom::bench {
namespace {

constexpr double base_voltage = 230.0;  // V, phase to neutral
constexpr double total_length = 900.0;  // m, of all branches together
constexpr double chain_share = 0.94;    // of buses that go on where the last one ended
constexpr double day = 86400.0;         // s

/// Numbers in [0, 1) that do not depend on the standard library's distributions.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    int below(int count) { return static_cast<int>(unit() * count); }

private:
    std::mt19937_64 engine_;
};

/// Conductors a, b, c with equal self and mutual impedance, ohm per m.
ConductorMatrix cable(double self, double mutual) {
    ConductorMatrix z{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) z[i][j] = i == j ? self : mutual;
    return z;
}

void add_cable(Region& region) {
    region.line_code.id = {"cable"};
    region.line_code.r = {cable(0.45e-3, 0.05e-3)};
    region.line_code.x = {cable(0.30e-3, 0.20e-3)};
    region.line_code.g = {{}};
    region.line_code.b = {{}};
}

void add_buses(Region& region, int count) {
    BusColumns& bus = region.bus;
    const auto n = static_cast<std::size_t>(count);
    for (int i = 0; i < count; ++i) bus.id.push_back("bus" + std::to_string(i));
    bus.phases.assign(n, phase::abc);
    bus.base_voltage.assign(n, base_voltage);
    bus.voltage_min.assign(n, 0.94 * base_voltage);
    bus.voltage_max.assign(n, 1.10 * base_voltage);
    bus.x.assign(n, not_given);
    bus.y.assign(n, not_given);
}

void add_branches(Region& region, int buses, Dice& dice) {
    BranchColumns& branch = region.branch;
    const auto n = static_cast<std::size_t>(buses - 1);
    for (int to = 1; to < buses; ++to) {
        const int from = to == 1 || dice.unit() < chain_share ? to - 1 : dice.below(to);
        branch.id.push_back("branch" + std::to_string(to));
        branch.from_bus.push_back(from);
        branch.to_bus.push_back(to);
        branch.length.push_back(total_length / buses * (0.5 + dice.unit()));
    }
    branch.kind.assign(n, BranchKind::line);
    branch.phases.assign(n, phase::abc);
    branch.line_code.assign(n, 0);
    branch.transformer.assign(n, -1);
    branch.rating_current.assign(n, not_given);
    branch.rating_power.assign(n, not_given);
    branch.rating_current[0] = 400.0;
    branch.closed.assign(n, 1);
}

void add_customers(Region& region, int buses, int count, Dice& dice) {
    CustomerColumns& customer = region.customer;
    const auto n = static_cast<std::size_t>(count);
    for (int k = 0; k < count; ++k) {
        customer.id.push_back("customer" + std::to_string(k));
        const int first = buses * k / count, width = std::max(buses / count, 1);
        customer.bus.push_back(std::clamp(first + dice.below(width), 1, buses - 1));
        customer.phases.push_back(static_cast<std::uint8_t>(1u << dice.below(3)));
        customer.active.push_back(k % 5 == 0 || k % 5 == 2 ? 1 : 0);
    }
    customer.connection.assign(n, Connection::wye);
    customer.export_cap.assign(n, 10e3);
    customer.import_cap.assign(n, 14e3);
    customer.nameplate.assign(n, not_given);
    customer.export_request.assign(n, not_given);
    customer.import_request.assign(n, not_given);
    customer.weight.assign(n, 1.0);
    customer.reactive_mode.assign(n, ReactiveMode::unity);
    customer.power_factor.assign(n, 1.0);
    customer.q_inject_max.assign(n, 0.0);
    customer.q_absorb_max.assign(n, 0.0);
    customer.volt_var.assign(n, -1);
    customer.apparent_max.assign(n, not_given);
    customer.rated_voltage.assign(n, not_given);
    customer.zip_p.assign(n, {0, 0, 1});
    customer.zip_q.assign(n, {0, 0, 1});
}

/// A household's injection (W): a base load, an evening peak, and for every third one sun at noon.
double injection(std::size_t customer, double hour, Dice& dice) {
    const auto bell = [&](double centre, double width) { return std::exp(-std::pow((hour - centre) / width, 2)); };
    const double load = 200 + 150 * dice.unit() + 900 * bell(19, 2.5) * dice.unit();
    return (customer % 3 == 0 ? 2500 * bell(12.5, 3) * (0.6 + 0.4 * dice.unit()) : 0.0) - load;
}

SeriesSet series(const SyntheticFeeder& wanted, double scale, Dice& dice) {
    SeriesSet s;
    s.name = "day";
    const double power_factor_tangent = std::tan(std::acos(0.95));
    for (int t = 0; t < wanted.steps; ++t) {
        s.start.push_back(static_cast<std::int64_t>(day * t / wanted.steps));
        s.end.push_back(static_cast<std::int64_t>(day * (t + 1) / wanted.steps));
        for (int k = 0; k < wanted.customers; ++k) {
            const double p = scale * injection(static_cast<std::size_t>(k), 24.0 * t / wanted.steps, dice);
            s.p_forecast.push_back(p);
            s.q_forecast.push_back(std::min(p, 0.0) * power_factor_tangent);
        }
        for (const double angle : {0.0, -120.0, 120.0}) {
            s.slack_voltage.push_back(1.02 * base_voltage);
            s.slack_angle.push_back(angle);
        }
    }
    return s;
}

}  // namespace

Region synthetic_region(const SyntheticFeeder& wanted) {
    Dice dice(wanted.seed);
    Region region;
    region.name = "synthetic_" + std::to_string(wanted.buses);
    region.feeder.id = {"feeder"};
    region.feeder.slack_bus = {0};
    add_cable(region);
    add_buses(region, wanted.buses);
    add_branches(region, wanted.buses, dice);
    add_customers(region, wanted.buses, wanted.customers, dice);
    region.feeder.bus_offset = {0, wanted.buses};
    region.feeder.branch_offset = {0, wanted.buses - 1};
    region.feeder.shunt_offset = {0, 0};
    region.feeder.customer_offset = {0, wanted.customers};
    // The same total power on any number of customers: what the cables carry does not grow with the feeder.
    const double scale = std::min(1.0, 55.0 / wanted.customers);
    region.series = {series(wanted, scale, dice)};
    return region;
}

}  // namespace headroom::bench
