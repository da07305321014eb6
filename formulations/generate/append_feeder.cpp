#include "formulations/generate/append_feeder.hpp"

#include <fmt/format.h>

#include "formulations/generate/cable_types.hpp"
#include "formulations/generate/transformer_sizes.hpp"

namespace headroom {
namespace {

/// Volt-VAr curve of AS/NZS 4777.2, as real inverters have it, of 230 V.
constexpr VoltVarColumns::Points curve_voltage{0.5, 0.9, 0.96, 1.04, 1.12, 1.5, not_given, not_given},
    curve_q{1, 1, 0, 0, -1, -1, not_given, not_given};

constexpr double slack_pu_min = 0.9, slack_pu_max = 1.1;

/// Feeders stand on a map in rows of so many, so far apart in m.
constexpr std::uint32_t feeders_in_row = 1024;
constexpr double between_feeders = 2000, beside_busbar = 5;

void append_bus(BusColumns& bus, std::string id, std::uint8_t phases, double base, double pu_min, double pu_max,
                MapPoint place) {
    bus.id.push_back(std::move(id));
    bus.phases.push_back(phases);
    bus.base_voltage.push_back(base);
    bus.voltage_min.push_back(pu_min * base);
    bus.voltage_max.push_back(pu_max * base);
    bus.x.push_back(place.x);
    bus.y.push_back(place.y);
}

/// A branch with the values that lines and transformers share.
void append_branch(BranchColumns& branch, std::string id, BranchKind kind, std::int32_t from, std::int32_t to,
                   std::uint8_t phases) {
    branch.id.push_back(std::move(id));
    branch.kind.push_back(kind);
    branch.from_bus.push_back(from);
    branch.to_bus.push_back(to);
    branch.phases.push_back(phases);
    branch.line_code.push_back(-1);
    branch.length.push_back(0);
    branch.transformer.push_back(-1);
    branch.rating_current.push_back(not_given);
    branch.rating_power.push_back(not_given);
    branch.closed.push_back(1);
}

/// Makes the branch that was appended last a line.
void make_line(BranchColumns& branch, std::size_t cable, bool four_wire, double length) {
    branch.line_code.back() = line_code_row(cable, four_wire);
    branch.length.back() = length;
}

void append_network(Region& region, const FeederPlan& plan, const FeederSketch& sketch) {
    const GrownTree& tree = sketch.tree;
    const auto slack = static_cast<std::int32_t>(region.bus_count());
    const auto row = [slack](std::int32_t bus) { return slack + 1 + bus; };
    region.feeder.slack_bus.push_back(slack);
    const MapPoint origin{between_feeders * (plan.number % feeders_in_row),
                          between_feeders * (plan.number / feeders_in_row)};
    append_bus(region.bus, "source", phase::abc, sketch.slack_voltage, slack_pu_min, slack_pu_max,
               {origin.x - beside_busbar, origin.y});
    for (std::size_t k = 0; k < tree.size(); ++k)
        append_bus(region.bus, k == 0 ? "busbar" : fmt::format("b{}", k), sketch.phases[k], sketch.base_voltage,
                   sketch.voltage_pu_min, sketch.voltage_pu_max,
                   {origin.x + sketch.places[k].x, origin.y + sketch.places[k].y});

    BranchColumns& branch = region.branch;
    append_branch(branch, "transformer", BranchKind::transformer, slack, row(0), sketch.phases[0]);
    branch.transformer.back() = sketch.transformer;
    branch.rating_power.back() = sketch.transformer_rating;
    for (std::size_t k = 1; k < tree.size(); ++k) {
        append_branch(branch, fmt::format("l{}", k), BranchKind::line, row(tree.parent[k]),
                      row(static_cast<std::int32_t>(k)), sketch.phases[k]);
        make_line(branch, sketch.cable[k], plan.four_wire, tree.length[k]);
        if (tree.role[k] == BranchRole::main) branch.rating_current.back() = cable_types()[sketch.cable[k]].rating;
    }
    for (const TieSketch& tie : sketch.ties) {
        append_branch(branch, "tie", BranchKind::line, row(tie.from), row(tie.to), sketch.phases[0]);
        make_line(branch, sketch.cable[static_cast<std::size_t>(tie.to)], plan.four_wire, tie.length);
    }
}

void append_customer(CustomerColumns& column, const CustomerSketch& customer, std::string id, std::int32_t bus) {
    column.id.push_back(std::move(id));
    column.bus.push_back(bus);
    column.phases.push_back(customer.phases);
    column.connection.push_back(customer.connection);
    column.active.push_back(customer.active);
    column.export_cap.push_back(customer.export_cap);
    column.import_cap.push_back(customer.import_cap);
    column.nameplate.push_back(customer.nameplate);
    column.export_request.push_back(customer.export_cap);
    column.import_request.push_back(customer.import_cap);
    column.weight.push_back(1);
    column.reactive_mode.push_back(customer.reactive_mode);
    column.power_factor.push_back(customer.power_factor);
    column.q_inject_max.push_back(customer.q_range);
    column.q_absorb_max.push_back(customer.q_range);
    column.volt_var.push_back(customer.reactive_mode == ReactiveMode::volt_var ? 0 : -1);
    column.apparent_max.push_back(not_given);
    column.rated_voltage.push_back(not_given);
    column.zip_p.push_back(constant_power);
    column.zip_q.push_back(constant_power);
}

}  // namespace

Region empty_generated_region() {
    Region region;
    region.line_code = line_codes();
    region.transformer = transformer_types();
    region.volt_var.id = {"as4777"};
    region.volt_var.voltage = {curve_voltage};
    region.volt_var.q = {curve_q};
    return region;
}

void append_feeder(Region& region, const FeederPlan& plan, const FeederSketch& sketch) {
    const auto slack = static_cast<std::int32_t>(region.bus_count());
    region.feeder.id.push_back(plan.id());
    append_network(region, plan, sketch);
    for (std::size_t k = 0; k < sketch.customers.size(); ++k)
        append_customer(region.customer, sketch.customers[k], fmt::format("c{}", k + 1),
                        slack + 1 + sketch.customers[k].bus);
    region.feeder.bus_offset.push_back(static_cast<std::int64_t>(region.bus_count()));
    region.feeder.branch_offset.push_back(static_cast<std::int64_t>(region.branch_count()));
    region.feeder.shunt_offset.push_back(0);
    region.feeder.customer_offset.push_back(static_cast<std::int64_t>(region.customer_count()));
}

}  // namespace headroom
