#pragma once

#include <concepts>
#include <cstdint>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

// columns_of(group): references to all columns of a group whose columns have one row per thing, in the order of its
// declaration. Naming every member in a structured binding makes the compiler refuse a group that got a new one.

template <class Group, class Wanted>
concept IsGroup = std::same_as<std::remove_const_t<Group>, Wanted>;

template <IsGroup<BusColumns> Group> auto columns_of(Group& group) {
    auto& [id, phases, base_voltage, voltage_min, voltage_max, x, y] = group;
    return std::tie(id, phases, base_voltage, voltage_min, voltage_max, x, y);
}

template <IsGroup<LineCodeColumns> Group> auto columns_of(Group& group) {
    auto& [id, r, x, g, b] = group;
    return std::tie(id, r, x, g, b);
}

template <IsGroup<TransformerColumns> Group> auto columns_of(Group& group) {
    auto& [id, from_coil, to_coil, from_voltage, to_voltage, from_tap, to_tap, r, x, no_load_loss, magnetising_power] =
        group;
    return std::tie(id, from_coil, to_coil, from_voltage, to_voltage, from_tap, to_tap, r, x, no_load_loss,
                    magnetising_power);
}

template <IsGroup<TapControlColumns> Group> auto columns_of(Group& group) {
    auto& [id, transformer, coil, ganged, voltage, band, pt_ratio, ct_primary, r, x, delay, tap_min, tap_max, tap_step,
           max_steps] = group;
    return std::tie(id, transformer, coil, ganged, voltage, band, pt_ratio, ct_primary, r, x, delay, tap_min, tap_max,
                    tap_step, max_steps);
}

template <IsGroup<BranchColumns> Group> auto columns_of(Group& group) {
    auto& [id, kind, from_bus, to_bus, phases, line_code, length, transformer, rating_current, rating_power, closed] =
        group;
    return std::tie(id, kind, from_bus, to_bus, phases, line_code, length, transformer, rating_current, rating_power,
                    closed);
}

template <IsGroup<ShuntColumns> Group> auto columns_of(Group& group) {
    auto& [id, bus, g, b] = group;
    return std::tie(id, bus, g, b);
}

template <IsGroup<CustomerColumns> Group> auto columns_of(Group& group) {
    auto& [id, bus, phases, connection, active, export_cap, import_cap, nameplate, export_request, import_request,
           weight, reactive_mode, power_factor, q_inject_max, q_absorb_max, volt_var, apparent_max, rated_voltage,
           zip_p, zip_q] = group;
    return std::tie(id, bus, phases, connection, active, export_cap, import_cap, nameplate, export_request,
                    import_request, weight, reactive_mode, power_factor, q_inject_max, q_absorb_max, volt_var,
                    apparent_max, rated_voltage, zip_p, zip_q);
}

template <IsGroup<VoltVarColumns> Group> auto columns_of(Group& group) {
    auto& [id, voltage, q] = group;
    return std::tie(id, voltage, q);
}

template <IsGroup<OrderColumns> Group> auto columns_of(Group& group) {
    auto& [id, customer, side, limit, first_step, last_step, quantity, price, arrival, expiry, min_fill, all_or_none,
           time_in_force, block, exclusive_group, parent, conditional] = group;
    return std::tie(id, customer, side, limit, first_step, last_step, quantity, price, arrival, expiry, min_fill,
                    all_or_none, time_in_force, block, exclusive_group, parent, conditional);
}

/// Calls visit(column, column) for each column of two groups of one kind.
template <class One, class Other, class Visit> void each_pair(One& one, Other& other, const Visit& visit) {
    const auto walk = [&]<std::size_t... k>(auto ones, auto others, std::index_sequence<k...>) {
        (visit(std::get<k>(ones), std::get<k>(others)), ...);
    };
    const auto ones = columns_of(one);
    walk(ones, columns_of(other), std::make_index_sequence<std::tuple_size_v<decltype(ones)>>());
}

/// Moves all rows of a group behind those of another, references as they are.
template <class Group> void append_rows(Group& to, Group&& from) {
    each_pair(to, from, [](auto& column, auto& more) {
        column.insert(column.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
        std::exchange(more, {});
    });
}

/// Those rows of a column, in this order.
template <class T> std::vector<T> picked(const std::vector<T>& column, const std::vector<std::int64_t>& rows) {
    std::vector<T> some;
    some.reserve(rows.size());
    for (const std::int64_t row : rows) some.push_back(column[static_cast<std::size_t>(row)]);
    return some;
}

/// Those rows of a group, references as they are.
template <class Group> Group picked(const Group& group, const std::vector<std::int64_t>& rows) {
    Group some;
    each_pair(some, group, [&rows](auto& column, const auto& all) { column = picked(all, rows); });
    return some;
}

/// Lets references follow rows that have moved; -1 stays.    @param place  [#row] where it stands now
inline void translate(std::vector<std::int32_t>& references, const std::vector<std::int32_t>& place) {
    for (std::int32_t& reference : references)
        if (reference >= 0) reference = place[static_cast<std::size_t>(reference)];
}

/// Lets references count from a row on, or from fewer where it is negative; -1 stays.
inline void count_from(std::vector<std::int32_t>& references, std::int64_t first) {
    for (std::int32_t& reference : references)
        if (reference >= 0) reference += static_cast<std::int32_t>(first);
}

}  // namespace headroom
