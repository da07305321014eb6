#include "formulations/market/feeder_market.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/feeder_allocation.hpp"

namespace headroom {
namespace {

constexpr double watt_per_kilowatt = 1000.0;

FeederMarket empty_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                          MarketRows rows) {
    FeederMarket market;
    market.rows = std::move(rows);
    market.step_count = series.step_count();
    market.open.assign(market.step_count, 0);
    for (std::size_t step = 0; step < market.step_count; ++step) market.hours.push_back(series.hours(step));
    market.place.assign(market.step_count * static_cast<std::size_t>(market.rows.position_count()), {});
    market.rest.assign(market.step_count * market.rows.rest_size(), 0.0);
    const std::size_t feeder = allocation.feeder();
    market.first_customer = region.feeder.customer_offset[feeder];
    const auto customers = static_cast<std::size_t>(region.feeder.customer_offset[feeder + 1] - market.first_customer);
    market.position.assign(customers * traded_limit_count, -1);
    return market;
}

/// Rooms of the rows in the lanes of a pack, scaled, less what the levels use.
void take_rests(const FeederAllocation::Workspace& work, std::size_t first_step, FeederMarket& market) {
    const MarketRows& rows = market.rows;
    const auto positions = static_cast<std::size_t>(rows.position_count());
    std::vector<double> level(positions), used(static_cast<std::size_t>(rows.row_count()));
    for (std::size_t lane = 0; lane < lane_count && first_step + lane < market.step_count; ++lane) {
        const std::size_t step = first_step + lane;
        if (market.open[step] == 0) continue;
        for (std::size_t p = 0; p < positions; ++p) level[p] = market.place[step * positions + p].level;
        rows.multiply(level, used);
        double* rest = market.rest.data() + step * rows.rest_size();
        for (int r = 0; r < rows.row_count(); ++r) {
            const auto row = static_cast<std::size_t>(r);
            rest[row] = work.rows.room[row * lane_count + lane] * rows.scale(r) - used[row];
        }
    }
}

bool is_voltage(RowKind kind) { return kind == RowKind::voltage_max || kind == RowKind::voltage_min; }

/// What a voltage uses of its row beyond the base case: the row is linear in its square.
double used_by_voltage(const SecurityRows& rows, const SecurityRows::Workspace& work, int row, int lane,
                       double voltage) {
    const double at_base = rows.value_with(work, row, lane, 0), at_unit = rows.value_with(work, row, lane, 1);
    return (voltage * voltage - at_base * at_base) / (at_unit * at_unit - at_base * at_base);
}

/// Puts AC values in the place of linear ones. The rows of a branch (directions, sides) move together, by how far its
/// worst value is from the linear one.
void move_rests(const SecurityRows& rows, const FeederAllocation::Workspace& work, std::size_t lane,
                std::span<const double> ac_worst, const MarketRows& market, double* rest) {
    const int l = static_cast<int>(lane);
    std::vector<double> linear_worst(rows.limits().size(), 0.0);
    const auto used = [&](int r) {
        return work.rows.room[static_cast<std::size_t>(r) * lane_count + lane] - rest[r] / market.scale(r);
    };
    for (int r = 0; r < market.row_count(); ++r) {
        double& worst = linear_worst[static_cast<std::size_t>(rows.limit_of_row(r))];
        worst = std::max(worst, rows.value_with(work.rows, r, l, used(r)));
    }
    for (int r = 0; r < market.row_count(); ++r) {
        const auto limit = static_cast<std::size_t>(rows.limit_of_row(r));
        const double value = ac_worst[limit];
        if (!std::isfinite(value)) continue;
        const SecurityLimit& held = rows.limits()[limit];
        const double more = is_voltage(held.kind) ? used_by_voltage(rows, work.rows, r, l, value) - used(r)
                                                  : (value - linear_worst[limit]) / held.limit;
        rest[r] -= more * market.scale(r);
    }
}

}  // namespace

double level_excess(const FeederMarket& market, std::size_t step, std::span<const double> level, bool with_rows) {
    const MarketRows& rows = market.rows_of(step);
    std::vector<double> change(level.size()), used(static_cast<std::size_t>(rows.row_count()));
    double worst = -std::numeric_limits<double>::infinity();
    for (std::size_t p = 0; p < level.size(); ++p) {
        const FeederMarket::Place& at = market.at(step, static_cast<std::int32_t>(p));
        change[p] = level[p] - at.level;
        worst = std::max({worst, level[p] - at.cap, at.floor - level[p]});
    }
    if (!with_rows) return worst;
    rows.multiply(change, used);
    for (int r = 0; r < rows.row_count(); ++r) {
        if (rows.largest(r) == 0) continue;  // nobody is in it: no trade changes it, and it has no kW
        const double rest = std::max(market.rest_of(step)[r], 0.0);
        worst = std::max(worst, (used[static_cast<std::size_t>(r)] - rest) / rows.largest(r));
    }
    return worst;
}

FeederMarket limit_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                          const EnvelopeResult& envelopes, std::span<const double> ac_worst) {
    FeederMarket market = empty_market(region, series, allocation, MarketRows::of_limits(allocation.rows()));
    const std::span<const LimitColumn> columns = allocation.rows().columns();
    const auto customer_of = [&](const LimitColumn& column) {
        return allocation.rows().active()[static_cast<std::size_t>(column.active)];
    };
    for (std::size_t p = 0; p < columns.size(); ++p)
        market.position[static_cast<std::size_t>(customer_of(columns[p]) - market.first_customer) * traded_limit_count
                        + static_cast<std::size_t>(columns[p].kind)] = static_cast<std::int32_t>(p);
    FeederAllocation::Workspace work = allocation.workspace();
    std::vector<Violation> violations;
    for (std::size_t first = 0; first < market.step_count; first += lane_count) {
        allocation.prepare_pack(first, 0, work, violations);
        for (std::size_t lane = 0; lane < lane_count && first + lane < market.step_count; ++lane) {
            const std::size_t step = first + lane;
            bool published = !columns.empty();
            for (std::size_t p = 0; p < columns.size(); ++p) {
                const auto& limits = envelopes.*limit_members[static_cast<std::size_t>(columns[p].kind)].limit;
                const double level =
                    limits[step * envelopes.customer_count + static_cast<std::size_t>(customer_of(columns[p]))]
                    / watt_per_kilowatt;
                published = published && std::isfinite(level);
                // A seller keeps what the forecast needs; a cap that the policy narrowed is no cap of the market.
                market.place[step * columns.size() + p] = {.level = level,
                                                           .floor = std::min(work.start[p * lane_count + lane], level),
                                                           .cap = std::max(allocation.connection_cap(p, step), level)};
            }
            market.open[step] = published ? 1 : 0;
        }
        take_rests(work, first, market);
        const std::size_t limits = allocation.rows().limits().size();
        for (std::size_t lane = 0; !ac_worst.empty() && lane < lane_count && first + lane < market.step_count; ++lane)
            if (market.open[first + lane] != 0)
                move_rests(allocation.rows(), work, lane, ac_worst.subspan((first + lane) * limits, limits),
                           market.rows, market.rest.data() + (first + lane) * market.rows.rest_size());
    }
    return market;
}

FeederMarket set_point_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation) {
    FeederMarket market = empty_market(region, series, allocation, MarketRows::of_injections(allocation.rows()));
    const std::span<const std::int64_t> active = allocation.rows().active();
    for (std::size_t p = 0; p < active.size(); ++p)
        for (const TradedLimit limit : {TradedLimit::up, TradedLimit::down})
            market.position[static_cast<std::size_t>(active[p] - market.first_customer) * traded_limit_count
                            + static_cast<std::size_t>(limit)] = static_cast<std::int32_t>(p);
    FeederAllocation::Workspace work = allocation.workspace();
    for (std::size_t first = 0; first < market.step_count; first += lane_count) {
        allocation.load_pack(first, work);
        for (std::size_t lane = 0; lane < lane_count && first + lane < market.step_count; ++lane) {
            const std::size_t step = first + lane;
            market.open[step] = active.empty() ? 0 : 1;
            for (std::size_t p = 0; p < active.size(); ++p) {
                const auto k = static_cast<std::size_t>(active[p]);
                const double level = series.p_forecast[step * region.customer_count() + k] / watt_per_kilowatt;
                // The forecast is in the base case: rows see the change alone.
                market.place[step * active.size() + p] = {
                    .level = level,
                    .floor = std::min(-region.customer.import_cap[k] / watt_per_kilowatt, level),
                    .cap = std::max(region.customer.export_cap[k] / watt_per_kilowatt, level)};
            }
            double* rest = market.rest.data() + step * market.rows.rest_size();
            for (int r = 0; r < market.rows.row_count(); ++r)
                rest[r] = work.rows.room[static_cast<std::size_t>(r) * lane_count + lane] * market.rows.scale(r);
        }
    }
    return market;
}

}  // namespace headroom
