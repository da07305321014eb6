#include <fmt/format.h>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

template <class T>
void check_length(FaultList& faults, const char* dataset, const std::vector<T>& column, std::size_t expected) {
    if (column.size() != expected)
        faults.add_file(dataset, -1, fmt::format("must have {} rows, has {}", expected, column.size()));
}

void check_bus_lengths(const BusColumns& bus, FaultList& faults) {
    const std::size_t n = bus.id.size();
    check_length(faults, "/bus/phases", bus.phases, n);
    check_length(faults, "/bus/base_voltage", bus.base_voltage, n);
    check_length(faults, "/bus/voltage_min", bus.voltage_min, n);
    check_length(faults, "/bus/voltage_max", bus.voltage_max, n);
    check_length(faults, "/bus/x", bus.x, n);
    check_length(faults, "/bus/y", bus.y, n);
}

void check_table_lengths(const Region& region, FaultList& faults) {
    const LineCodeColumns& code = region.line_code;
    check_length(faults, "/line_code/r", code.r, code.id.size());
    check_length(faults, "/line_code/x", code.x, code.id.size());
    check_length(faults, "/line_code/g", code.g, code.id.size());
    check_length(faults, "/line_code/b", code.b, code.id.size());
    const TransformerColumns& type = region.transformer;
    const std::size_t n = type.id.size();
    check_length(faults, "/transformer/from_coil", type.from_coil, n);
    check_length(faults, "/transformer/to_coil", type.to_coil, n);
    check_length(faults, "/transformer/from_voltage", type.from_voltage, n);
    check_length(faults, "/transformer/to_voltage", type.to_voltage, n);
    check_length(faults, "/transformer/from_tap", type.from_tap, n);
    check_length(faults, "/transformer/to_tap", type.to_tap, n);
    check_length(faults, "/transformer/r", type.r, n);
    check_length(faults, "/transformer/x", type.x, n);
    check_length(faults, "/transformer/no_load_loss", type.no_load_loss, n);
    check_length(faults, "/transformer/magnetising_power", type.magnetising_power, n);
    const TapControlColumns& control = region.tap_control;
    check_length(faults, "/tap_control/transformer", control.transformer, control.id.size());
    check_length(faults, "/tap_control/coil", control.coil, control.id.size());
    check_length(faults, "/tap_control/ganged", control.ganged, control.id.size());
    for (const auto& [dataset, column] : tap_control_numbers(control))
        check_length(faults, dataset, *column, control.id.size());
    const VoltVarColumns& curve = region.volt_var;
    check_length(faults, "/volt_var/voltage", curve.voltage, curve.id.size());
    check_length(faults, "/volt_var/q", curve.q, curve.id.size());
}

void check_branch_lengths(const BranchColumns& branch, const ShuntColumns& shunt, FaultList& faults) {
    const std::size_t n = branch.id.size();
    check_length(faults, "/branch/kind", branch.kind, n);
    check_length(faults, "/branch/from_bus", branch.from_bus, n);
    check_length(faults, "/branch/to_bus", branch.to_bus, n);
    check_length(faults, "/branch/phases", branch.phases, n);
    check_length(faults, "/branch/line_code", branch.line_code, n);
    check_length(faults, "/branch/length", branch.length, n);
    check_length(faults, "/branch/transformer", branch.transformer, n);
    check_length(faults, "/branch/rating_current", branch.rating_current, n);
    check_length(faults, "/branch/rating_power", branch.rating_power, n);
    check_length(faults, "/branch/closed", branch.closed, n);
    check_length(faults, "/shunt/bus", shunt.bus, shunt.id.size());
    check_length(faults, "/shunt/g", shunt.g, shunt.id.size());
    check_length(faults, "/shunt/b", shunt.b, shunt.id.size());
}

void check_customer_lengths(const CustomerColumns& customer, FaultList& faults) {
    const std::size_t n = customer.id.size();
    check_length(faults, "/customer/bus", customer.bus, n);
    check_length(faults, "/customer/phases", customer.phases, n);
    check_length(faults, "/customer/connection", customer.connection, n);
    check_length(faults, "/customer/active", customer.active, n);
    check_length(faults, "/customer/export_cap", customer.export_cap, n);
    check_length(faults, "/customer/import_cap", customer.import_cap, n);
    check_length(faults, "/customer/nameplate", customer.nameplate, n);
    check_length(faults, "/customer/export_request", customer.export_request, n);
    check_length(faults, "/customer/import_request", customer.import_request, n);
    check_length(faults, "/customer/weight", customer.weight, n);
    check_length(faults, "/customer/reactive_mode", customer.reactive_mode, n);
    check_length(faults, "/customer/power_factor", customer.power_factor, n);
    check_length(faults, "/customer/q_inject_max", customer.q_inject_max, n);
    check_length(faults, "/customer/q_absorb_max", customer.q_absorb_max, n);
    check_length(faults, "/customer/volt_var", customer.volt_var, n);
    check_length(faults, "/customer/apparent_max", customer.apparent_max, n);
    check_length(faults, "/customer/rated_voltage", customer.rated_voltage, n);
    check_length(faults, "/customer/zip_p", customer.zip_p, n);
    check_length(faults, "/customer/zip_q", customer.zip_q, n);
}

void check_order_lengths(const OrderColumns& order, FaultList& faults) {
    const std::size_t n = order.id.size();
    check_length(faults, "/order/customer", order.customer, n);
    check_length(faults, "/order/side", order.side, n);
    check_length(faults, "/order/limit", order.limit, n);
    check_length(faults, "/order/first_step", order.first_step, n);
    check_length(faults, "/order/last_step", order.last_step, n);
    check_length(faults, "/order/quantity", order.quantity, n);
    check_length(faults, "/order/price", order.price, n);
    check_length(faults, "/order/arrival", order.arrival, n);
    check_length(faults, "/order/expiry", order.expiry, n);
    check_length(faults, "/order/min_fill", order.min_fill, n);
    check_length(faults, "/order/all_or_none", order.all_or_none, n);
    check_length(faults, "/order/time_in_force", order.time_in_force, n);
    check_length(faults, "/order/block", order.block, n);
    check_length(faults, "/order/exclusive_group", order.exclusive_group, n);
    check_length(faults, "/order/parent", order.parent, n);
    check_length(faults, "/order/conditional", order.conditional, n);
}

}  // namespace

void check_lengths(const Region& region, FaultList& faults) {
    check_length(faults, "/feeder/slack_bus", region.feeder.slack_bus, region.feeder.id.size());
    check_bus_lengths(region.bus, faults);
    check_table_lengths(region, faults);
    check_branch_lengths(region.branch, region.shunt, faults);
    check_customer_lengths(region.customer, faults);
    check_order_lengths(region.order, faults);
}

}  // namespace headroom
