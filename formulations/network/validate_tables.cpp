#include <fmt/format.h>

#include <algorithm>

#include <set>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

using Coil = std::array<std::int8_t, 2>;
using Finding = std::optional<TableFault>;

bool is_symmetric(const ConductorMatrix& m) {
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (std::abs(m[i][k] - m[k][i]) > 1e-9 * (std::abs(m[i][k]) + std::abs(m[k][i]))) return false;
    return true;
}

Finding matrix_fault(const char* dataset, const ConductorMatrix& m, double diagonal_min) {
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t k = 0; k < m.size(); ++k) {
            const double lowest = i == k ? diagonal_min : -plausible::impedance_max;
            if (!in_range(m[i][k], lowest, plausible::impedance_max))
                return TableFault{dataset, fmt::format("element [{}, {}] must lie in [{}, {}], is {}", i, k, lowest,
                                                       plausible::impedance_max, m[i][k])};
        }
    if (!is_symmetric(m)) return TableFault{dataset, "must be symmetric"};
    return std::nullopt;
}

Finding line_code_fault(const LineCodeColumns& code, std::size_t row) {
    if (auto fault = matrix_fault("/line_code/r", code.r[row], 0)) return fault;
    if (auto fault = matrix_fault("/line_code/x", code.x[row], -plausible::impedance_max)) return fault;
    if (auto fault = matrix_fault("/line_code/g", code.g[row], -plausible::impedance_max)) return fault;
    return matrix_fault("/line_code/b", code.b[row], -plausible::impedance_max);
}

bool is_unused(const Coil& coil) {
    return coil[0] == TransformerColumns::unused && coil[1] == TransformerColumns::unused;
}

bool is_sound(const Coil& coil) {
    for (const std::int8_t terminal : coil)
        if (terminal < TransformerColumns::ground || terminal > TransformerColumns::floating_star) return false;
    return coil[0] != coil[1];
}

Finding coil_fault(const TransformerColumns& type, std::size_t row) {
    int used = 0;
    for (std::size_t k = 0; k < type.from_coil[row].size(); ++k) {
        const Coil &from = type.from_coil[row][k], &to = type.to_coil[row][k];
        if (is_unused(from) && is_unused(to)) continue;
        ++used;
        if (!is_sound(from))
            return TableFault{"/transformer/from_coil", fmt::format("coil {} must join two different terminals", k)};
        if (!is_sound(to))
            return TableFault{"/transformer/to_coil", fmt::format("coil {} must join two different terminals", k)};
        for (const auto& [dataset, tap] : {std::pair{"/transformer/from_tap", type.from_tap[row][k]},
                                           std::pair{"/transformer/to_tap", type.to_tap[row][k]}})
            if (!in_range(tap, 0.1, 10))
                return TableFault{dataset, fmt::format("coil {}: must lie in [0.1, 10], is {}", k, tap)};
    }
    if (used == 0) return TableFault{"/transformer/from_coil", "must have at least one coil pair"};
    return std::nullopt;
}

Finding transformer_fault(const TransformerColumns& type, std::size_t row) {
    if (auto fault = coil_fault(type, row)) return fault;
    for (const auto& [dataset, voltage] : {std::pair{"/transformer/from_voltage", type.from_voltage[row]},
                                           std::pair{"/transformer/to_voltage", type.to_voltage[row]}})
        if (!(voltage > 0 && voltage <= plausible::voltage_max))
            return TableFault{dataset,
                              fmt::format("must be positive and at most {} V, is {}", plausible::voltage_max, voltage)};
    const double r = type.r[row], x = type.x[row];
    if (!in_range(r, 0, plausible::impedance_max))
        return TableFault{"/transformer/r",
                          fmt::format("must lie in [0, {:g}] ohm, is {}", plausible::impedance_max, r)};
    if (!in_range(x, -plausible::impedance_max, plausible::impedance_max))
        return TableFault{"/transformer/x",
                          fmt::format("must lie in [-{0:g}, {0:g}] ohm, is {1}", plausible::impedance_max, x)};
    if (std::abs(r) + std::abs(x) < plausible::impedance_min)
        return TableFault{"/transformer/x", fmt::format("impedance must be at least {} ohm, is {} + {}j",
                                                        plausible::impedance_min, r, x)};
    for (const auto& [dataset, power] : {std::pair{"/transformer/no_load_loss", type.no_load_loss[row]},
                                         std::pair{"/transformer/magnetising_power", type.magnetising_power[row]}})
        if (!in_range(power, 0, plausible::power_max))
            return TableFault{dataset, fmt::format("must lie in [0, {:g}], is {}", plausible::power_max, power)};
    return std::nullopt;
}

Finding volt_var_fault(const VoltVarColumns& curve, std::size_t row) {
    const auto &voltage = curve.voltage[row], &q = curve.q[row];
    std::size_t used = 0;
    while (used < voltage.size() && !std::isnan(voltage[used])) ++used;
    if (used < 2) return TableFault{"/volt_var/voltage", "must have at least two points"};
    for (std::size_t k = 0; k < voltage.size(); ++k) {
        if (k >= used && (!std::isnan(voltage[k]) || !std::isnan(q[k])))
            return TableFault{"/volt_var/voltage", "unused points must be NaN and stand at the end"};
        if (k >= used) continue;
        if (!in_range(voltage[k], 0, 10) || (k > 0 && voltage[k] <= voltage[k - 1]))
            return TableFault{"/volt_var/voltage",
                              fmt::format("point {} must be above the one before and below 10, is {}", k, voltage[k])};
        if (!in_range(q[k], -1, 1))
            return TableFault{"/volt_var/q", fmt::format("point {} must lie in [-1, 1], is {}", k, q[k])};
    }
    return std::nullopt;
}

template <class Columns, class Check>
std::map<std::int32_t, TableFault> find_faults(const Columns& columns, Check check) {
    std::map<std::int32_t, TableFault> found;
    for (std::size_t row = 0; row < columns.id.size(); ++row)
        if (auto fault = check(columns, row)) found.emplace(static_cast<std::int32_t>(row), *std::move(fault));
    return found;
}

void report(const std::map<std::int32_t, TableFault>& found, const std::vector<std::int32_t>& references,
            std::int64_t begin, std::int64_t end, const char* kind, const std::vector<std::string>& ids,
            FaultList& faults) {
    if (found.empty()) return;
    std::set<std::int32_t> used(references.begin() + begin, references.begin() + end);
    for (const std::int32_t row : used)
        if (const auto fault = found.find(row); fault != found.end())
            faults.add(fault->second.dataset, row, fault->second.rule, kind, ids[static_cast<std::size_t>(row)]);
}

}  // namespace

TableFaults find_table_faults(const Region& region) {
    TableFaults faults{find_faults(region.line_code, line_code_fault),
                       find_faults(region.transformer, transformer_fault),
                       find_faults(region.volt_var, volt_var_fault),
                       {}};
    for (std::size_t row = 0; row < region.tap_control.id.size(); ++row)
        if (auto fault = tap_control_fault(region, row))
            faults.tap_control.emplace(static_cast<std::int32_t>(row), *std::move(fault));
    return faults;
}

void check_table_use(const Region& region, std::size_t feeder, const TableFaults& table_faults, FaultList& faults) {
    const std::int64_t branch = region.feeder.branch_offset[feeder],
                       branch_end = region.feeder.branch_offset[feeder + 1];
    const std::int64_t customer = region.feeder.customer_offset[feeder],
                       customer_end = region.feeder.customer_offset[feeder + 1];
    report(table_faults.line_code, region.branch.line_code, branch, branch_end, "line code", region.line_code.id,
           faults);
    report(table_faults.transformer, region.branch.transformer, branch, branch_end, "transformer",
           region.transformer.id, faults);
    for (const auto& [row, fault] : table_faults.tap_control) {
        const auto uses =
            std::count(region.branch.transformer.begin() + branch, region.branch.transformer.begin() + branch_end,
                       region.tap_control.transformer[static_cast<std::size_t>(row)]);
        if (uses > 0)
            faults.add(fault.dataset, row, fault.rule, "tap control",
                       region.tap_control.id[static_cast<std::size_t>(row)]);
    }
    report(table_faults.volt_var, region.customer.volt_var, customer, customer_end, "volt-var curve",
           region.volt_var.id, faults);
}

void check_shunts(const Region& region, std::size_t feeder, FaultList& faults) {
    const ShuntColumns& shunt = region.shunt;
    for (auto row = region.feeder.shunt_offset[feeder]; row < region.feeder.shunt_offset[feeder + 1]; ++row) {
        const auto i = static_cast<std::size_t>(row);
        for (const auto& [dataset, matrix] : {std::pair{"/shunt/g", &shunt.g[i]}, std::pair{"/shunt/b", &shunt.b[i]}})
            if (const auto fault = matrix_fault(dataset, *matrix, -plausible::impedance_max))
                faults.add(dataset, row, fault->rule, "shunt", shunt.id[i]);
    }
}

}  // namespace headroom
