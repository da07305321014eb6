#include "tests/support/feeder_builder.hpp"

#include <algorithm>
#include <stdexcept>

namespace headroom::test {

PhaseImpedance PhaseImpedance::uncoupled(double r, double x) { return coupled(r, x, 0, 0); }

PhaseImpedance PhaseImpedance::coupled(double r_self, double x_self, double r_mutual, double x_mutual) {
    PhaseImpedance z;
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            z.r[i][j] = i == j ? r_self : r_mutual;
            z.x[i][j] = i == j ? x_self : x_mutual;
        }
    return z;
}

std::uint8_t phase_bits(const std::string& phases) {
    std::uint8_t bits = 0;
    for (const char p : phases) bits = static_cast<std::uint8_t>(bits | 1u << (p - 'a'));
    return bits;
}

FeederBuilder::FeederBuilder(double base_voltage, const std::string& phases) {
    region_.name = "test";
    region_.feeder.id = {"feeder"};
    region_.feeder.slack_bus = {0};
    bus("slack", phases, base_voltage);
}

std::int32_t FeederBuilder::bus(const std::string& id, const std::string& phases, double base_voltage) {
    BusColumns& b = region_.bus;
    b.id.push_back(id);
    b.phases.push_back(phase_bits(phases));
    b.base_voltage.push_back(base_voltage);
    b.voltage_min.push_back(0.9 * base_voltage);
    b.voltage_max.push_back(1.1 * base_voltage);
    b.x.push_back(not_given);
    b.y.push_back(not_given);
    return static_cast<std::int32_t>(b.id.size() - 1);
}

std::int32_t FeederBuilder::bus_row(const std::string& id) const {
    const auto found = std::find(region_.bus.id.begin(), region_.bus.id.end(), id);
    if (found == region_.bus.id.end()) throw std::out_of_range("no bus " + id);
    return static_cast<std::int32_t>(found - region_.bus.id.begin());
}

std::int64_t FeederBuilder::line(const std::string& from, const std::string& to, const std::string& phases,
                                 const PhaseImpedance& per_metre, double length, double rating_current,
                                 double rating_power) {
    const std::uint8_t bits = phase_bits(phases);
    ConductorMatrix r{}, x{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            if ((bits >> i & 1) && (bits >> j & 1)) r[i][j] = per_metre.r[i][j], x[i][j] = per_metre.x[i][j];
    LineCodeColumns& code = region_.line_code;
    code.id.push_back("code" + std::to_string(code.id.size()));
    code.r.push_back(r);
    code.x.push_back(x);
    code.g.push_back({});
    code.b.push_back({});
    BranchColumns& branch = region_.branch;
    branch.id.push_back(from + "-" + to);
    branch.kind.push_back(BranchKind::line);
    branch.from_bus.push_back(bus_row(from));
    branch.to_bus.push_back(bus_row(to));
    branch.phases.push_back(bits);
    branch.line_code.push_back(static_cast<std::int32_t>(code.id.size() - 1));
    branch.length.push_back(length);
    branch.transformer.push_back(-1);
    branch.rating_current.push_back(rating_current);
    branch.rating_power.push_back(rating_power);
    branch.closed.push_back(1);
    return static_cast<std::int64_t>(branch.id.size() - 1);
}

std::int64_t FeederBuilder::customer(const std::string& id, const std::string& bus, const std::string& phases,
                                     const Customer& values) {
    CustomerColumns& c = region_.customer;
    c.id.push_back(id);
    c.bus.push_back(bus_row(bus));
    c.phases.push_back(phase_bits(phases));
    c.connection.push_back(values.connection);
    c.active.push_back(values.active ? 1 : 0);
    c.export_cap.push_back(values.export_cap);
    c.import_cap.push_back(values.import_cap);
    c.nameplate.push_back(not_given);
    c.export_request.push_back(not_given);
    c.import_request.push_back(not_given);
    c.weight.push_back(values.weight);
    c.reactive_mode.push_back(ReactiveMode::unity);
    c.power_factor.push_back(1.0);
    c.q_inject_max.push_back(0.0);
    c.q_absorb_max.push_back(0.0);
    c.volt_var.push_back(-1);
    c.apparent_max.push_back(not_given);
    c.rated_voltage.push_back(not_given);
    c.zip_p.push_back({0, 0, 1});
    c.zip_q.push_back({0, 0, 1});
    p_.push_back(0.0);
    q_.push_back(0.0);
    return static_cast<std::int64_t>(c.id.size() - 1);
}

std::int64_t FeederBuilder::active(const std::string& id, const std::string& bus, const std::string& phases,
                                   double export_cap, double import_cap) {
    return customer(id, bus, phases, {.export_cap = export_cap, .import_cap = import_cap});
}

void FeederBuilder::inject(const std::string& customer, double p, double q) {
    const auto& ids = region_.customer.id;
    const auto k = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), customer) - ids.begin());
    p_.at(k) = p;
    q_.at(k) = q;
}

void FeederBuilder::voltage_band(double minimum, double maximum) {
    std::fill(region_.bus.voltage_min.begin(), region_.bus.voltage_min.end(), minimum);
    std::fill(region_.bus.voltage_max.begin(), region_.bus.voltage_max.end(), maximum);
}

Region FeederBuilder::build(std::size_t steps, double slack_pu) const {
    Region region = region_;
    region.feeder.bus_offset = {0, static_cast<std::int64_t>(region.bus_count())};
    region.feeder.branch_offset = {0, static_cast<std::int64_t>(region.branch_count())};
    region.feeder.shunt_offset = {0, static_cast<std::int64_t>(region.shunt.id.size())};
    region.feeder.customer_offset = {0, static_cast<std::int64_t>(region.customer_count())};
    SeriesSet series;
    series.name = "hour";
    for (std::size_t t = 0; t < steps; ++t) {
        series.start.push_back(static_cast<std::int64_t>(t) * 3600);
        series.end.push_back(static_cast<std::int64_t>(t + 1) * 3600);
        series.p_forecast.insert(series.p_forecast.end(), p_.begin(), p_.end());
        series.q_forecast.insert(series.q_forecast.end(), q_.begin(), q_.end());
        for (const double angle : {0.0, -120.0, 120.0}) {
            series.slack_voltage.push_back(slack_pu * region.bus.base_voltage[0]);
            series.slack_angle.push_back(angle);
        }
    }
    region.series = {series};
    return region;
}

}  // namespace headroom::test
