#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::csv {

/// The fields of every CSV file, once for reading and writing. A `Visitor` has
///   text(name, column), number(name, shift, column[, fallback]), phases, coils, taps, matrix, word(name, names,
///   column[, fallback]), bus(name, column), row(name, ids, column) for references by id, and for orders
///   within(name, group, column[, none]), step(name, starts, column[, fallback]), moment(name, column, fallback),
///   label(name, column).
/// `shift`: power of ten from the file's unit to the region's: +3 for kW.

/// A group of columns, to be read (const) or filled.
template <class Columns, class Group>
concept Is = std::same_as<std::remove_const_t<Columns>, Group>;

/// Ids of a group whose rows belong to feeders, and the ranges of the feeders.
struct InFeeders {
    const std::vector<std::string>& ids;
    const std::vector<std::int64_t>& offset;
};

inline const std::vector<std::string_view> branch_kinds = {"line", "transformer", "regulator", "switch"};
inline const std::vector<std::string_view> coil_numbers = {"1", "2", "3"};
inline const std::vector<std::string_view> yes_no = {"no", "yes"};
inline const std::vector<std::string_view> connections = {"wye", "delta"};
inline const std::vector<std::string_view> reactive_modes = {"unity", "power_factor", "range", "volt_var"};
inline const std::vector<std::string_view> order_sides = {"buy", "sell"};
inline const std::vector<std::string_view> traded_limits = {"export", "import", "q_inject", "q_absorb", "up", "down"};
inline const std::vector<std::string_view> times_in_force = {"good_till_expiry", "immediate_or_cancel", "fill_or_kill"};

template <class Visitor, Is<BusColumns> Columns> void visit(Visitor& v, Columns& c) {
    v.text("id", c.id);
    v.phases("phases", c.phases);
    v.number("base_voltage_v", 0, c.base_voltage);
    v.number("voltage_min_v", 0, c.voltage_min, not_given);  // then 90 % of base
    v.number("voltage_max_v", 0, c.voltage_max, not_given);  // then 110 % of base
    v.number("x", 0, c.x, not_given);
    v.number("y", 0, c.y, not_given);
}

template <class Visitor, Is<LineCodeColumns> Columns> void visit(Visitor& v, Columns& c) {
    v.text("id", c.id);
    v.matrix("r", "ohm_per_km", -3, c.r);
    v.matrix("x", "ohm_per_km", -3, c.x);
    v.matrix("g", "us_per_km", -9, c.g);
    v.matrix("b", "us_per_km", -9, c.b);
}

template <class Visitor, Is<TransformerColumns> Columns> void visit(Visitor& v, Columns& c) {
    v.text("id", c.id);
    v.coils("from_coils", c.from_coil);
    v.coils("to_coils", c.to_coil);
    v.number("from_voltage_v", 0, c.from_voltage);
    v.number("to_voltage_v", 0, c.to_voltage);
    v.taps("from_tap", c.from_tap);
    v.taps("to_tap", c.to_tap);
    v.number("r_ohm", 0, c.r);
    v.number("x_ohm", 0, c.x);
    v.number("no_load_loss_kw", 3, c.no_load_loss, 0.0);
    v.number("magnetising_power_kva", 3, c.magnetising_power, 0.0);
}

template <class Visitor, Is<TapControlColumns> Columns>
void visit(Visitor& v, Columns& c, const TransformerColumns& types) {
    v.text("id", c.id);
    v.row("transformer", types.id, c.transformer);
    v.word("coil", coil_numbers, c.coil, std::int8_t{0});
    v.word("ganged", yes_no, c.ganged, std::uint8_t{0});
    v.number("voltage_v", 0, c.voltage);
    v.number("band_v", 0, c.band);
    v.number("pt_ratio", 0, c.pt_ratio);
    v.number("ct_primary_a", 0, c.ct_primary, 1.0);
    v.number("r_v", 0, c.r, 0.0);
    v.number("x_v", 0, c.x, 0.0);
    v.number("delay_s", 0, c.delay, 0.0);
    v.number("tap_min", 0, c.tap_min);
    v.number("tap_max", 0, c.tap_max);
    v.number("tap_step", 0, c.tap_step);
    v.number("max_steps", 0, c.max_steps, 16.0);
}

template <class Visitor, Is<BranchColumns> Columns>
void visit(Visitor& v, Columns& c, const LineCodeColumns& codes, const TransformerColumns& types) {
    v.text("id", c.id);
    v.word("kind", branch_kinds, c.kind, BranchKind::line);
    v.bus("from_bus", c.from_bus);
    v.bus("to_bus", c.to_bus);
    v.phases("phases", c.phases);
    v.row("line_code", codes.id, c.line_code);
    v.number("length_m", 0, c.length, 0.0);
    v.row("transformer", types.id, c.transformer);
    v.number("rating_current_a", 0, c.rating_current, not_given);
    v.number("rating_power_kva", 3, c.rating_power, not_given);
    v.word("closed", yes_no, c.closed, std::uint8_t{1});
}

template <class Visitor, Is<ShuntColumns> Columns> void visit(Visitor& v, Columns& c) {
    v.text("id", c.id);
    v.bus("bus", c.bus);
    v.matrix("g", "us", -6, c.g);
    v.matrix("b", "us", -6, c.b);
}

template <class Visitor, Is<CustomerColumns> Columns> void visit(Visitor& v, Columns& c, const VoltVarColumns& curves) {
    v.text("id", c.id);
    v.bus("bus", c.bus);
    v.phases("phases", c.phases);
    v.word("connection", connections, c.connection, Connection::wye);
    v.word("active", yes_no, c.active, std::uint8_t{1});
    v.number("export_cap_kw", 3, c.export_cap);
    v.number("import_cap_kw", 3, c.import_cap);
    v.number("nameplate_kw", 3, c.nameplate, not_given);
    v.number("export_request_kw", 3, c.export_request, not_given);
    v.number("import_request_kw", 3, c.import_request, not_given);
    v.number("weight", 0, c.weight, 1.0);
    v.word("reactive_mode", reactive_modes, c.reactive_mode, ReactiveMode::unity);
    v.number("power_factor", 0, c.power_factor, not_given);
    v.number("q_inject_max_kvar", 3, c.q_inject_max, 0.0);
    v.number("q_absorb_max_kvar", 3, c.q_absorb_max, 0.0);
    v.row("volt_var", curves.id, c.volt_var);
    v.number("apparent_max_kva", 3, c.apparent_max, not_given);
    v.number("rated_voltage_v", 0, c.rated_voltage, not_given);
    v.template list<3>({"zip_p_impedance", "zip_p_current", "zip_p_power"}, c.zip_p, {0.0, 0.0, 1.0});
    v.template list<3>({"zip_q_impedance", "zip_q_current", "zip_q_power"}, c.zip_q, {0.0, 0.0, 1.0});
}

template <class Visitor, Is<VoltVarColumns> Columns> void visit(Visitor& v, Columns& c) {
    constexpr double n = not_given;
    v.text("id", c.id);
    v.template list<8>({"voltage_1_pu", "voltage_2_pu", "voltage_3_pu", "voltage_4_pu", "voltage_5_pu", "voltage_6_pu",
                        "voltage_7_pu", "voltage_8_pu"},
                       c.voltage, {n, n, n, n, n, n, n, n});
    v.template list<8>({"q_1_pu", "q_2_pu", "q_3_pu", "q_4_pu", "q_5_pu", "q_6_pu", "q_7_pu", "q_8_pu"}, c.q,
                       {n, n, n, n, n, n, n, n});
}

/// `starts`: of the steps of the series that is cleared.
template <class Visitor, Is<OrderColumns> Columns>
void visit(Visitor& v, Columns& c, const InFeeders& customers, const InFeeders& orders,
           const std::vector<std::int64_t>& starts) {
    v.text("id", c.id);
    v.within("customer", customers, c.customer);
    v.word("side", order_sides, c.side);
    v.word("limit", traded_limits, c.limit);
    v.step("first_step", starts, c.first_step);
    v.step("last_step", starts, c.last_step, OrderColumns::none);  // then first_step
    v.number("quantity_kw", 3, c.quantity);
    v.number("price_per_mwh", 0, c.price);
    v.moment("arrival", c.arrival, 0);
    v.moment("expiry", c.expiry, OrderColumns::never);
    v.number("min_fill_kw", 3, c.min_fill, 0.0);
    v.word("all_or_none", yes_no, c.all_or_none, std::uint8_t{0});
    v.word("time_in_force", times_in_force, c.time_in_force, TimeInForce::good_till_expiry);
    v.label("block", c.block);
    v.label("exclusive_group", c.exclusive_group);
    v.within("parent", orders, c.parent, OrderColumns::none);
    v.word("conditional", yes_no, c.conditional, std::uint8_t{0});
}

}  // namespace headroom::csv
