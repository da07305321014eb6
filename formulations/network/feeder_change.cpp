#include "formulations/network/feeder_change.hpp"

#include <vector>

namespace headroom {
namespace {

struct RowRange {
    std::size_t first, last;
};

RowRange rows_of(const std::vector<std::int64_t>& offset, std::size_t feeder) {
    return {static_cast<std::size_t>(offset[feeder]), static_cast<std::size_t>(offset[feeder + 1])};
}

void set(const std::optional<double>& value, const RowRange& rows, std::vector<double>& column) {
    if (!value) return;
    for (std::size_t k = rows.first; k < rows.last; ++k) column[k] = *value;
}

void scale(const std::optional<double>& factor, const RowRange& rows, std::vector<double>& column) {
    if (!factor) return;
    for (std::size_t k = rows.first; k < rows.last; ++k) column[k] *= *factor;
}

/// The same columns of every step.
void scale_steps(const std::optional<double>& factor, const RowRange& columns, std::size_t width,
                 std::vector<double>& series) {
    for (std::size_t first = 0; first < series.size(); first += width)
        scale(factor, {first + columns.first, first + columns.last}, series);
}

void change_customers(const FeederChange& change, const RowRange& rows, CustomerColumns& customer) {
    for (std::size_t k = rows.first; k < rows.last; ++k) {
        if (change.active) customer.active[k] = *change.active;
        if (customer.active[k] == 0) continue;
        set(change.export_cap, {k, k + 1}, customer.export_cap);
        set(change.import_cap, {k, k + 1}, customer.import_cap);
    }
}

void change_band(const FeederChange& change, const RowRange& rows, BusColumns& bus) {
    for (std::size_t k = rows.first; k < rows.last; ++k) {
        if (change.voltage_min_pu) bus.voltage_min[k] = *change.voltage_min_pu * bus.base_voltage[k];
        if (change.voltage_max_pu) bus.voltage_max[k] = *change.voltage_max_pu * bus.base_voltage[k];
    }
}

}  // namespace

void apply(const FeederChange& change, std::size_t feeder, Region& region) {
    const RowRange customers = rows_of(region.feeder.customer_offset, feeder),
                   branches = rows_of(region.feeder.branch_offset, feeder);
    change_customers(change, customers, region.customer);
    change_band(change, rows_of(region.feeder.bus_offset, feeder), region.bus);
    scale(change.rating_factor, branches, region.branch.rating_current);
    scale(change.rating_factor, branches, region.branch.rating_power);
    for (SeriesSet& series : region.series) {
        scale_steps(change.source_factor, {3 * feeder, 3 * feeder + 3}, 3 * region.feeder_count(),
                    series.slack_voltage);
        scale_steps(change.forecast_factor, customers, region.customer_count(), series.p_forecast);
        scale_steps(change.forecast_factor, customers, region.customer_count(), series.q_forecast);
    }
}

}  // namespace headroom
