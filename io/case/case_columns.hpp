#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// What a column of a case file says about itself; io/schema.md prints the same table for people.
struct ColumnNote {
    std::string_view name, units, long_name;
    std::string_view values = {};  ///< "line transformer ...": the values 0, 1, 2, ... in words
    std::string_view bits = {};    ///< "a b c neutral": the bits 1, 2, 4, 8 in words
    std::string_view axes = {};    ///< "/coil /terminal": axes after the row axis
    bool money = false;            ///< in the region's currency, which stands in an attribute
    bool may_be_never = false;     ///< times of which the latest there is means never
};

/// A group of the file whose columns have one row per thing; `rows` is the name of the row axis in the root.
struct GroupNote {
    std::string_view path, rows, long_name;
};

namespace case_group {
inline constexpr GroupNote feeder{"/feeder", "/feeders", "feeders: what one slack bus supplies"};
inline constexpr GroupNote bus{"/bus", "/buses", "buses, feeder by feeder (/feeder/bus_offset)"};
inline constexpr GroupNote line_code{"/line_code", "/line_codes", "impedances of lines per metre"};
inline constexpr GroupNote transformer{"/transformer", "/transformers",
                                       "transformer and regulator types, coil by coil"};
inline constexpr GroupNote tap_control{"/tap_control", "/tap_controls", "what moves the taps of transformers"};
inline constexpr GroupNote branch{"/branch", "/branches",
                                  "lines, transformers, regulators and switches between two buses"};
inline constexpr GroupNote shunt{"/shunt", "/shunts", "admittances from a bus to ground"};
inline constexpr GroupNote customer{"/customer", "/customers", "customers: connection points with injections"};
inline constexpr GroupNote volt_var{"/volt_var", "/volt_vars", "reactive power as a function of voltage"};
inline constexpr GroupNote order{"/order", "/orders", "orders of the market in limits, feeder by feeder"};
}  // namespace case_group

/// The numbers behind one row of a column: double for double, double and {4, 4} for a ConductorMatrix.
template <class T> struct Cell {
    using Scalar = T;
    static std::vector<std::uint64_t> extents() { return {}; }
};
template <class T, std::size_t n> struct Cell<std::array<T, n>> {
    using Scalar = typename Cell<T>::Scalar;
    static std::vector<std::uint64_t> extents() {
        std::vector<std::uint64_t> all{n};
        for (const std::uint64_t inner : Cell<T>::extents()) all.push_back(inner);
        return all;
    }
};

inline constexpr std::string_view phase_bits = "a b c neutral";
inline constexpr std::string_view conductor_axes = "/conductor /other_conductor";
inline constexpr std::string_view coil_axes = "/coil /terminal";
inline constexpr std::string_view microseconds = "microseconds since 1970-01-01 00:00:00";

// Each visit_columns calls visit(note, column[, fallback]) for every column of its group, identifiers first: the one
// list of names, units and meanings that both the writer and the reader follow. A column with a fallback may be absent.

template <class Columns, class Wanted>
concept SameColumns = std::same_as<std::remove_const_t<Columns>, Wanted>;

template <SameColumns<FeederColumns> Columns, class Visit> void visit_columns(Columns& feeder, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique in the file"}, feeder.id);
    visit({.name = "slack_bus", .units = "1", .long_name = "row of /bus: the ideal voltage source of the feeder"},
          feeder.slack_bus);
}

template <SameColumns<BusColumns> Columns, class Visit> void visit_columns(Columns& bus, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique within its feeder"}, bus.id);
    visit({.name = "phases", .units = "", .long_name = "conductors of the bus, as bits", .bits = phase_bits},
          bus.phases);
    visit({.name = "base_voltage", .units = "V", .long_name = "nominal voltage, phase to neutral"}, bus.base_voltage);
    visit({.name = "voltage_min", .units = "V", .long_name = "lowest permitted voltage, phase to neutral"},
          bus.voltage_min);
    visit({.name = "voltage_max", .units = "V", .long_name = "highest permitted voltage, phase to neutral"},
          bus.voltage_max);
    visit({.name = "x", .units = "1", .long_name = "coordinate for drawings, to the right"}, bus.x, not_given);
    visit({.name = "y", .units = "1", .long_name = "coordinate for drawings, upwards"}, bus.y, not_given);
}

template <SameColumns<LineCodeColumns> Columns, class Visit> void visit_columns(Columns& code, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique in the file"}, code.id);
    visit({.name = "r", .units = "ohm m-1", .long_name = "series resistance per length", .axes = conductor_axes},
          code.r);
    visit({.name = "x", .units = "ohm m-1", .long_name = "series reactance per length", .axes = conductor_axes},
          code.x);
    visit({.name = "g",
           .units = "S m-1",
           .long_name = "shunt conductance per length, half at each end",
           .axes = conductor_axes},
          code.g, {});
    visit({.name = "b",
           .units = "S m-1",
           .long_name = "shunt susceptance per length, half at each end",
           .axes = conductor_axes},
          code.b, {});
}

template <SameColumns<TransformerColumns> Columns, class Visit> void visit_columns(Columns& type, Visit&& visit) {
    const std::string_view terminals =
        "terminals of each coil: -1 unused, 0 ground, 1 a, 2 b, 3 c, 4 neutral, 5 floating star";
    visit({.name = "id", .units = "", .long_name = "identifier, unique in the file"}, type.id);
    visit({.name = "from_coil", .units = "", .long_name = terminals, .axes = coil_axes}, type.from_coil);
    visit({.name = "to_coil", .units = "", .long_name = terminals, .axes = coil_axes}, type.to_coil);
    visit({.name = "from_voltage", .units = "V", .long_name = "rated voltage across one coil, from side"},
          type.from_voltage);
    visit({.name = "to_voltage", .units = "V", .long_name = "rated voltage across one coil, to side"}, type.to_voltage);
    visit(
        {.name = "from_tap", .units = "1", .long_name = "tap in per unit of rated voltage, from side", .axes = "/coil"},
        type.from_tap, {1, 1, 1});
    visit({.name = "to_tap", .units = "1", .long_name = "tap in per unit of rated voltage, to side", .axes = "/coil"},
          type.to_tap, {1, 1, 1});
    visit({.name = "r", .units = "ohm", .long_name = "series resistance of one coil pair, seen from the to side"},
          type.r);
    visit({.name = "x", .units = "ohm", .long_name = "series reactance of one coil pair, seen from the to side"},
          type.x);
    visit({.name = "no_load_loss", .units = "W", .long_name = "loss of the whole transformer at rated voltage"},
          type.no_load_loss, 0.0);
    visit({.name = "magnetising_power",
           .units = "V A",
           .long_name = "reactive power of the whole transformer without load"},
          type.magnetising_power, 0.0);
}

template <SameColumns<TapControlColumns> Columns, class Visit> void visit_columns(Columns& control, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique in the file"}, control.id);
    visit({.name = "transformer", .units = "1", .long_name = "row of /transformer"}, control.transformer);
    visit({.name = "coil", .units = "1", .long_name = "coil of the to side that is measured and moved"}, control.coil);
    visit({.name = "ganged",
           .units = "",
           .long_name = "do all coils of the transformer move together",
           .values = "alone together"},
          control.ganged, std::uint8_t{0});
    visit({.name = "voltage", .units = "V", .long_name = "voltage kept behind the voltage transformer"},
          control.voltage);
    visit({.name = "band", .units = "V", .long_name = "whole width of the band around it"}, control.band);
    visit({.name = "pt_ratio", .units = "1", .long_name = "ratio of the voltage transformer"}, control.pt_ratio);
    visit({.name = "ct_primary", .units = "A", .long_name = "current that makes a compensated drop of r + j x"},
          control.ct_primary, 1.0);
    visit({.name = "r", .units = "V", .long_name = "compensated drop in phase with the current"}, control.r, 0.0);
    visit({.name = "x", .units = "V", .long_name = "compensated drop ahead of the current"}, control.x, 0.0);
    visit({.name = "delay", .units = "s", .long_name = "time out of band before the tap moves"}, control.delay, 0.0);
    visit({.name = "tap_min", .units = "1", .long_name = "lowest tap in per unit of rated voltage"}, control.tap_min);
    visit({.name = "tap_max", .units = "1", .long_name = "highest tap in per unit of rated voltage"}, control.tap_max);
    visit({.name = "tap_step", .units = "1", .long_name = "one step in per unit of rated voltage"}, control.tap_step);
    visit({.name = "max_steps", .units = "1", .long_name = "most steps in one move"}, control.max_steps, 16.0);
}

template <SameColumns<BranchColumns> Columns, class Visit> void visit_columns(Columns& branch, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique within its feeder"}, branch.id);
    visit({.name = "kind",
           .units = "",
           .long_name = "what the branch is",
           .values = "line transformer regulator circuit_switch"},
          branch.kind);
    visit({.name = "from_bus", .units = "1", .long_name = "row of /bus"}, branch.from_bus);
    visit({.name = "to_bus", .units = "1", .long_name = "row of /bus"}, branch.to_bus);
    visit({.name = "phases",
           .units = "",
           .long_name = "conductors of a line or switch, terminals used at the to bus otherwise, as bits",
           .bits = phase_bits},
          branch.phases);
    visit({.name = "line_code", .units = "1", .long_name = "row of /line_code; -1 for transformers and regulators"},
          branch.line_code);
    visit({.name = "length", .units = "m", .long_name = "length; 0 for transformers and regulators"}, branch.length);
    visit({.name = "transformer", .units = "1", .long_name = "row of /transformer; -1 for lines and switches"},
          branch.transformer);
    visit(
        {.name = "rating_current", .units = "A", .long_name = "highest permitted current of each phase; NaN: unrated"},
        branch.rating_current, not_given);
    visit({.name = "rating_power",
           .units = "V A",
           .long_name = "highest permitted power of all phases together; NaN: unrated"},
          branch.rating_power, not_given);
    visit({.name = "closed", .units = "", .long_name = "is the branch in service", .values = "open closed"},
          branch.closed, std::uint8_t{1});
}

template <SameColumns<ShuntColumns> Columns, class Visit> void visit_columns(Columns& shunt, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique within its feeder"}, shunt.id);
    visit({.name = "bus", .units = "1", .long_name = "row of /bus"}, shunt.bus);
    visit({.name = "g", .units = "S", .long_name = "conductance to ground", .axes = conductor_axes}, shunt.g);
    visit({.name = "b", .units = "S", .long_name = "susceptance to ground", .axes = conductor_axes}, shunt.b);
}

template <SameColumns<CustomerColumns> Columns, class Visit> void visit_columns(Columns& customer, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique within its feeder"}, customer.id);
    visit({.name = "bus", .units = "1", .long_name = "row of /bus"}, customer.bus);
    visit({.name = "phases", .units = "", .long_name = "phases of the connection, as bits", .bits = phase_bits},
          customer.phases);
    visit({.name = "connection", .units = "", .long_name = "phase to neutral or phase to phase", .values = "wye delta"},
          customer.connection, Connection::wye);
    visit({.name = "active",
           .units = "",
           .long_name = "active customers get envelopes, passive ones follow their forecast",
           .values = "passive active"},
          customer.active);
    visit({.name = "export_cap", .units = "W", .long_name = "connection cap of injection, not negative"},
          customer.export_cap);
    visit({.name = "import_cap", .units = "W", .long_name = "connection cap of withdrawal, not negative"},
          customer.import_cap);
    visit({.name = "nameplate", .units = "W", .long_name = "installed capacity; NaN: not given"}, customer.nameplate,
          not_given);
    visit({.name = "export_request", .units = "W", .long_name = "injection asked for, not negative; NaN: not given"},
          customer.export_request, not_given);
    visit({.name = "import_request", .units = "W", .long_name = "withdrawal asked for, not negative; NaN: not given"},
          customer.import_request, not_given);
    visit({.name = "weight", .units = "1", .long_name = "weight in policies that know weights"}, customer.weight, 1.0);
    visit({.name = "reactive_mode",
           .units = "",
           .long_name = "what reactive power does with envelope power",
           .values = "unity power_factor range volt_var"},
          customer.reactive_mode, ReactiveMode::unity);
    visit({.name = "power_factor", .units = "1", .long_name = "mode power_factor: sign(Q P) |P| / S"},
          customer.power_factor, not_given);
    visit(
        {.name = "q_inject_max", .units = "V A", .long_name = "largest reactive injection (capacitive), not negative"},
        customer.q_inject_max, 0.0);
    visit(
        {.name = "q_absorb_max", .units = "V A", .long_name = "largest reactive withdrawal (inductive), not negative"},
        customer.q_absorb_max, 0.0);
    visit({.name = "volt_var", .units = "1", .long_name = "row of /volt_var; -1: none"}, customer.volt_var, -1);
    visit({.name = "apparent_max",
           .units = "V A",
           .long_name = "passive customers, mode volt_var: Q reaches no further than P leaves of this; NaN: not given"},
          customer.apparent_max, not_given);
    visit({.name = "rated_voltage",
           .units = "V",
           .long_name = "voltage across the terminals at which forecasts hold; NaN: the base of the bus"},
          customer.rated_voltage, not_given);
    visit({.name = "zip_p",
           .units = "1",
           .long_name = "shares of constant impedance, current and power in P",
           .axes = "/zip_part"},
          customer.zip_p, constant_power);
    visit({.name = "zip_q",
           .units = "1",
           .long_name = "shares of constant impedance, current and power in Q",
           .axes = "/zip_part"},
          customer.zip_q, constant_power);
}

template <SameColumns<VoltVarColumns> Columns, class Visit> void visit_columns(Columns& curve, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique in the file"}, curve.id);
    visit({.name = "voltage",
           .units = "1",
           .long_name = "points of the curve in per unit of the customer's rated voltage, increasing; unused ones NaN",
           .axes = "/point"},
          curve.voltage);
    visit({.name = "q",
           .units = "1",
           .long_name = "reactive power at the points, per unit of q_inject_max or q_absorb_max, in [-1, 1]",
           .axes = "/point"},
          curve.q);
}

template <SameColumns<OrderColumns> Columns, class Visit> void visit_columns(Columns& order, Visit&& visit) {
    visit({.name = "id", .units = "", .long_name = "identifier, unique within its feeder"}, order.id);
    visit({.name = "customer", .units = "1", .long_name = "row of /customer"}, order.customer);
    visit({.name = "side", .units = "", .long_name = "who gets more of it", .values = "buy sell"}, order.side);
    visit({.name = "limit",
           .units = "",
           .long_name = "limit of the envelope, or change of the set-point, that is traded",
           .values = "export import q_inject q_absorb up down"},
          order.limit);
    visit({.name = "first_step", .units = "1", .long_name = "first step of the series that is cleared"},
          order.first_step);
    visit({.name = "last_step", .units = "1", .long_name = "last step of the series that is cleared"}, order.last_step);
    visit({.name = "quantity", .units = "W", .long_name = "quantity, positive; V A for reactive limits"},
          order.quantity);
    visit({.name = "price",
           .units = "MW-1.h-1",
           .long_name = "price, any sign; per Mvar and hour for reactive limits",
           .money = true},
          order.price);
    visit({.name = "arrival", .units = microseconds, .long_name = "when the order comes; equal ones come row by row"},
          order.arrival, std::int64_t{0});
    visit({.name = "expiry",
           .units = microseconds,
           .long_name = "no trade at or after it; the latest time there is: never",
           .may_be_never = true},
          order.expiry, OrderColumns::never);
    visit({.name = "min_fill", .units = "W", .long_name = "least quantity of a trade but the last one; 0: none"},
          order.min_fill, 0.0);
    visit({.name = "all_or_none",
           .units = "",
           .long_name = "is the whole quantity wanted at once or nothing",
           .values = "partly whole"},
          order.all_or_none, std::uint8_t{0});
    visit({.name = "time_in_force",
           .units = "",
           .long_name = "how long the order stays",
           .values = "good_till_expiry immediate_or_cancel fill_or_kill"},
          order.time_in_force, TimeInForce::good_till_expiry);
    visit({.name = "block", .units = "1", .long_name = "orders of a feeder with one number are one block; -1: none"},
          order.block, OrderColumns::none);
    visit({.name = "exclusive_group",
           .units = "1",
           .long_name = "accepted shares of a feeder's orders with one number sum to 1 at most; -1: none"},
          order.exclusive_group, OrderColumns::none);
    visit({.name = "parent", .units = "1", .long_name = "row of /order whose accepted share bounds this one; -1: none"},
          order.parent, OrderColumns::none);
    visit({.name = "conditional",
           .units = "",
           .long_name = "of a buyer of up or down: is room kept for it while nothing moves",
           .values = "firm conditional"},
          order.conditional, std::uint8_t{0});
}

}  // namespace headroom
