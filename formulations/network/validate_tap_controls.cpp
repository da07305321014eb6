#include <fmt/format.h>

#include <cmath>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

/// What one number of a control may be.
struct Range {
    const char* dataset;
    const std::vector<double>* column;
    double lowest, highest;
};

constexpr double least = 1e-9;  // of what must be positive

std::vector<Range> ranges(const TapControlColumns& c) {
    return {{"/tap_control/voltage", &c.voltage, least, plausible::voltage_max},
            {"/tap_control/band", &c.band, least, plausible::voltage_max},
            {"/tap_control/pt_ratio", &c.pt_ratio, least, plausible::voltage_max},
            {"/tap_control/ct_primary", &c.ct_primary, least, plausible::current_max},
            {"/tap_control/r", &c.r, -plausible::voltage_max, plausible::voltage_max},
            {"/tap_control/x", &c.x, -plausible::voltage_max, plausible::voltage_max},
            {"/tap_control/delay", &c.delay, 0, 1e6},
            {"/tap_control/tap_min", &c.tap_min, 0.1, 10},
            {"/tap_control/tap_max", &c.tap_max, 0.1, 10},
            {"/tap_control/tap_step", &c.tap_step, 1e-6, 1},
            {"/tap_control/max_steps", &c.max_steps, 1, 1000}};
}

}  // namespace

std::vector<std::pair<const char*, const std::vector<double>*>> tap_control_numbers(const TapControlColumns& control) {
    std::vector<std::pair<const char*, const std::vector<double>*>> columns;
    for (const Range& range : ranges(control)) columns.emplace_back(range.dataset, range.column);
    return columns;
}

std::optional<TableFault> tap_control_fault(const Region& region, std::size_t row) {
    const TapControlColumns& control = region.tap_control;
    for (const Range& range : ranges(control))
        if (const double value = (*range.column)[row]; !in_range(value, range.lowest, range.highest))
            return TableFault{range.dataset,
                              fmt::format("must lie in [{}, {}], is {}", range.lowest, range.highest, value)};
    if (std::trunc(control.max_steps[row]) != control.max_steps[row])
        return TableFault{"/tap_control/max_steps",
                          fmt::format("must be a whole number, is {}", control.max_steps[row])};
    if (control.tap_min[row] > control.tap_max[row])
        return TableFault{"/tap_control/tap_min", fmt::format("must not be above tap_max ({}), is {}",
                                                              control.tap_max[row], control.tap_min[row])};
    if (control.ganged[row] > 1)
        return TableFault{"/tap_control/ganged", fmt::format("must be 0 or 1, is {}", control.ganged[row])};
    const int coil = control.coil[row];
    const auto type = static_cast<std::size_t>(control.transformer[row]);
    if (coil < 0 || coil > 2
        || region.transformer.to_coil[type][static_cast<std::size_t>(coil)][0] == TransformerColumns::unused)
        return TableFault{"/tap_control/coil", fmt::format("must be a coil of its transformer, is {}", coil)};
    return std::nullopt;
}

}  // namespace headroom
