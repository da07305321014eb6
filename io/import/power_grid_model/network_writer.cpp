#include "io/import/power_grid_model/network_writer.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace headroom::pgm {
namespace {

ConductorMatrix columns_of(const Eigen::Matrix3d& matrix) {
    ConductorMatrix result{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            result[i][j] = matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    return result;
}

}  // namespace

NetworkWriter::NetworkWriter(std::string name, const PowerGridModelOptions& options) : options_(options) {
    region_.name = std::move(name);
    series_.name = "snapshot";
    series_.start = {options.start};
    series_.end = {options.start + 3600};
}

int NetworkWriter::add_bus(const std::string& id, double base_voltage) {
    BusColumns& bus = region_.bus;
    bus.id.push_back(id);
    bus.phases.push_back(phase::abc);
    bus.base_voltage.push_back(base_voltage);
    bus.voltage_min.push_back(options_.voltage_pu_min * base_voltage);
    bus.voltage_max.push_back(options_.voltage_pu_max * base_voltage);
    bus.x.push_back(not_given);
    bus.y.push_back(not_given);
    return static_cast<int>(bus.id.size()) - 1;
}

std::size_t NetworkWriter::add_branch(const std::string& id, BranchKind kind, int from, int to, bool closed) {
    BranchColumns& branch = region_.branch;
    branch.id.push_back(id);
    branch.kind.push_back(kind);
    branch.from_bus.push_back(from);
    branch.to_bus.push_back(to);
    branch.phases.push_back(phase::abc);
    branch.line_code.push_back(-1);
    branch.length.push_back(0.0);
    branch.transformer.push_back(-1);
    branch.rating_current.push_back(not_given);
    branch.rating_power.push_back(not_given);
    branch.closed.push_back(closed ? 1 : 0);
    return branch.id.size() - 1;
}

std::int32_t NetworkWriter::add_code(const std::string& id, const PhaseMatrix& z, const PhaseMatrix& y) {
    LineCodeColumns& code = region_.line_code;
    code.id.push_back(id);
    code.r.push_back(columns_of(z.real()));
    code.x.push_back(columns_of(z.imag()));
    code.g.push_back(columns_of(y.real()));
    code.b.push_back(columns_of(y.imag()));
    return static_cast<std::int32_t>(code.id.size()) - 1;
}

void NetworkWriter::add_line(const std::string& id, int from, int to, const PhaseMatrix& z, const PhaseMatrix& y,
                             bool closed, double rating_current) {
    const std::size_t row = add_branch(id, BranchKind::line, from, to, closed);
    region_.branch.line_code[row] = add_code(id, z, y);
    region_.branch.length[row] = 1.0;
    region_.branch.rating_current[row] = rating_current;
}

void NetworkWriter::add_switch(const std::string& id, int from, int to, bool closed) {
    const std::size_t row = add_branch(id, BranchKind::circuit_switch, from, to, closed);
    region_.branch.line_code[row] = add_code(id, PhaseMatrix::Zero(), PhaseMatrix::Zero());
}

void NetworkWriter::add_transformer(const std::string& id, int from, int to, const Transformer& transformer,
                                    bool closed) {
    TransformerColumns& t = region_.transformer;
    const std::size_t row = add_branch(id, BranchKind::transformer, from, to, closed);
    region_.branch.transformer[row] = static_cast<std::int32_t>(t.id.size());
    region_.branch.rating_power[row] = transformer.rating_power;
    t.id.push_back(id);
    t.from_coil.push_back(transformer.from_coil);
    t.to_coil.push_back(transformer.to_coil);
    t.from_voltage.push_back(transformer.from_voltage);
    t.to_voltage.push_back(transformer.to_voltage);
    t.from_tap.push_back({transformer.from_tap, transformer.from_tap, transformer.from_tap});
    t.to_tap.push_back({transformer.to_tap, transformer.to_tap, transformer.to_tap});
    t.r.push_back(transformer.z.real());
    t.x.push_back(transformer.z.imag());
    t.no_load_loss.push_back(0.0);
    t.magnetising_power.push_back(0.0);
}

void NetworkWriter::add_shunt(const std::string& id, int bus, const PhaseMatrix& y) {
    if (y.isZero(0.0)) return;
    region_.shunt.id.push_back(id);
    region_.shunt.bus.push_back(bus);
    region_.shunt.g.push_back(columns_of(y.real()));
    region_.shunt.b.push_back(columns_of(y.imag()));
}

void NetworkWriter::add_customer(const Customer& customer) {
    CustomerColumns& c = region_.customer;
    c.id.push_back(customer.id);
    c.bus.push_back(customer.bus);
    c.phases.push_back(customer.phases);
    c.connection.push_back(Connection::wye);
    c.active.push_back(customer.active ? 1 : 0);
    c.export_cap.push_back(options_.export_cap);
    c.import_cap.push_back(options_.import_cap);
    for (auto* column : {&c.nameplate, &c.export_request, &c.import_request, &c.apparent_max, &c.rated_voltage})
        column->push_back(not_given);
    c.weight.push_back(1.0);
    c.reactive_mode.push_back(ReactiveMode::unity);
    c.power_factor.push_back(1.0);
    c.q_inject_max.push_back(0.0);
    c.q_absorb_max.push_back(0.0);
    c.volt_var.push_back(-1);
    c.zip_p.push_back(customer.shares);
    c.zip_q.push_back(customer.shares);
    series_.p_forecast.push_back(customer.p);
    series_.q_forecast.push_back(customer.q);
}

Region NetworkWriter::finish(int slack_bus, Complex slack_voltage) {
    const double degree = std::arg(slack_voltage) * 180.0 / std::numbers::pi;
    for (int k = 0; k < 3; ++k) {
        series_.slack_voltage.push_back(std::abs(slack_voltage));
        series_.slack_angle.push_back(degree - 120.0 * k);
    }
    region_.series = {std::move(series_)};
    FeederColumns& feeder = region_.feeder;
    feeder.id = {options_.feeder_id.empty() ? region_.name : options_.feeder_id};
    feeder.slack_bus = {slack_bus};
    feeder.bus_offset.push_back(static_cast<std::int64_t>(region_.bus_count()));
    feeder.branch_offset.push_back(static_cast<std::int64_t>(region_.branch_count()));
    feeder.shunt_offset.push_back(static_cast<std::int64_t>(region_.shunt.id.size()));
    feeder.customer_offset.push_back(static_cast<std::int64_t>(region_.customer_count()));
    return std::move(region_);
}

}  // namespace headroom::pgm
