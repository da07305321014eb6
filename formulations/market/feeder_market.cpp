#include "formulations/market/feeder_market.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/linearised_limits.hpp"
#include "formulations/secure/step_limits.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

/// Derivatives that are one number but for rounding make a trade use some 1e-10 of itself of a row, which a full row
/// does not have: rows linearised in AC let so much pass, far below what counts.
constexpr double rounding_kw = 2e-8;

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

/// @param rows_of  rows_of(PackingRows): those of the market
template <class RowsOf>
FeederMarket empty_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                          const StepLimits& limits, RowsOf rows_of) {
    std::vector<MarketRows> rows;
    for (const PackingRows& set : limits.sets) rows.push_back(rows_of(set));
    FeederMarket market = empty_market(region, series, allocation, rows.front());
    market.step_rows = std::move(rows);
    for (const StepLimits::Step& step : limits.steps) market.row_set.push_back(step.set);
    market.row_name = limits.names;
    return market;
}

bool moves_taps(const Region& region, const SeriesSet& series, const FeederAllocation& allocation) {
    return tap_runs(region, static_cast<std::int64_t>(allocation.feeder()), series).size() > 1;
}

/// Rooms of the rows, scaled.
/// @param room  [#row]
void set_rest(std::span<const double> room, std::size_t step, FeederMarket& market) {
    const MarketRows& rows = market.rows_of(step);
    double* rest = market.rest.data() + step * rows.rest_size();
    for (int r = 0; r < rows.row_count(); ++r) rest[r] = room[static_cast<std::size_t>(r)] * rows.scale(r);
}

/// The same, less what the levels use.
void take_rest(std::span<const double> room, std::size_t step, FeederMarket& market) {
    const MarketRows& rows = market.rows_of(step);
    std::vector<double> used(static_cast<std::size_t>(rows.row_count()));
    rows.multiply(market.levels(step), used);
    set_rest(room, step, market);
    double* rest = market.rest.data() + step * rows.rest_size();
    for (std::size_t r = 0; r < used.size(); ++r) rest[r] -= used[r];
}

/// [#row] of a lane of a pack
std::vector<double> room_of(const FeederAllocation::Workspace& work, std::size_t lane) {
    std::vector<double> room;
    for (std::size_t at = lane; at < work.rows.room.size(); at += lane_count) room.push_back(work.rows.room[at]);
    return room;
}

std::int64_t customer_of(const FeederAllocation& allocation, std::size_t column) {
    return allocation.rows().active()[static_cast<std::size_t>(allocation.rows().columns()[column].active)];
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
/// @param place  [#row] which of the market's it is
void move_rests(const SecurityRows& rows, const FeederAllocation::Workspace& work, std::size_t lane,
                std::span<const double> ac_worst, std::span<const std::size_t> place, const MarketRows& market,
                double* rest) {
    const int l = static_cast<int>(lane);
    std::vector<double> linear_worst(rows.limits().size(), 0.0);
    const auto scale = [&](int r) { return market.scale(static_cast<int>(place[static_cast<std::size_t>(r)])); };
    const auto used = [&](int r) {
        const auto own = static_cast<std::size_t>(r);
        return work.rows.room[own * lane_count + lane] - rest[place[own]] / scale(r);
    };
    for (int r = 0; r < rows.row_count(); ++r) {
        double& worst = linear_worst[static_cast<std::size_t>(rows.limit_of_row(r))];
        worst = std::max(worst, rows.value_with(work.rows, r, l, used(r)));
    }
    for (int r = 0; r < rows.row_count(); ++r) {
        const auto limit = static_cast<std::size_t>(rows.limit_of_row(r));
        const double value = ac_worst[limit];
        if (!std::isfinite(value)) continue;
        const SecurityLimit& held = rows.limits()[limit];
        const double more = is_voltage(held.kind) ? used_by_voltage(rows, work.rows, r, l, value) - used(r)
                                                  : (value - linear_worst[limit]) / held.limit;
        rest[place[static_cast<std::size_t>(r)]] -= more * scale(r);
    }
}

/// Every limit is a position.
void name_limits(const FeederAllocation& allocation, FeederMarket& market) {
    const std::span<const LimitColumn> columns = allocation.rows().columns();
    for (std::size_t p = 0; p < columns.size(); ++p)
        market
            .position[static_cast<std::size_t>(customer_of(allocation, p) - market.first_customer) * traded_limit_count
                      + static_cast<std::size_t>(columns[p].kind)] = static_cast<std::int32_t>(p);
}

/// Where limits stand in a step, which is open if all are published.
/// @param start  start(position): the committed forecast, kW
template <class Start>
void place_limits(const FeederAllocation& allocation, const EnvelopeResult& envelopes, std::size_t step, Start start,
                  FeederMarket& market) {
    const std::span<const LimitColumn> columns = allocation.rows().columns();
    bool published = !columns.empty();
    for (std::size_t p = 0; p < columns.size(); ++p) {
        const auto& limits = envelopes.*limit_members[static_cast<std::size_t>(columns[p].kind)].limit;
        const double level =
            limits[step * envelopes.customer_count + static_cast<std::size_t>(customer_of(allocation, p))]
            / watt_per_kilowatt;
        published = published && std::isfinite(level);
        // A seller keeps what the forecast needs; a cap that the policy narrowed is no cap of the market.
        market.place[step * columns.size() + p] = {.level = level,
                                                   .floor = std::min(start(p), level),
                                                   .cap = std::max(allocation.connection_cap(p, step), level)};
    }
    market.open[step] = published ? 1 : 0;
}

FeederMarket linearised_limit_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                                     const EnvelopeResult& envelopes) {
    const StepLimits limits = linearised_limits(region, series, allocation);
    FeederMarket market = empty_market(region, series, allocation, limits, &MarketRows::of_rows);
    name_limits(allocation, market);
    FeederAllocation::Workspace work = allocation.workspace();
    for (std::size_t step = 0; step < market.step_count; ++step) {
        if (step % lane_count == 0) allocation.load_pack(step, {}, work);
        if (!limits.steps[step].has_rows) continue;
        const HeldStep begins = held(allocation, limits, step, step % lane_count, work);
        place_limits(
            allocation, envelopes, step, [&](std::size_t p) { return begins.start[p]; }, market);
        if (market.open[step] == 0) continue;
        take_rest(begins.room, step, market);
        const MarketRows& of_step = market.rows_of(step);
        double* rest = market.rest.data() + step * of_step.rest_size();
        for (int r = 0; r < of_step.row_count(); ++r) rest[r] += rounding_kw * of_step.largest(r);
    }
    return market;
}

/// What linear limits begin with.
struct RunSource {
    const EnvelopeResult& envelopes;
    std::span<const double> ac_worst;  ///< as limit_market() has it
};

/// The steps of a run.
/// @param place  [#row of `of_run`] which of the market's it is
void load_run(const FeederAllocation& of_run, std::span<const std::size_t> place, const RunSource& source,
              FeederMarket& market) {
    const TapRun& run = of_run.run();
    FeederAllocation::Workspace work = of_run.workspace();
    std::vector<Violation> violations;
    std::vector<double> room(static_cast<std::size_t>(market.rows.row_count()),
                             std::numeric_limits<double>::infinity());
    const std::size_t limits = of_run.rows().limits().size();
    for (std::size_t step = run.first; step < run.end; ++step) {
        const std::size_t lane = (step - run.first) % lane_count;
        if (lane == 0) of_run.prepare_pack(step, 0, work, violations);
        place_limits(
            of_run, source.envelopes, step, [&](std::size_t p) { return work.start[p * lane_count + lane]; }, market);
        if (market.open[step] == 0) continue;
        for (std::size_t r = 0; r < place.size(); ++r) room[place[r]] = work.rows.room[r * lane_count + lane];
        take_rest(room, step, market);
        if (!source.ac_worst.empty())
            move_rests(of_run.rows(), work, lane, source.ac_worst.subspan(step * limits, limits), place,
                       market.rows_of(step), market.rest.data() + step * market.rows.rest_size());
    }
}

/// Every active customer is a position.
void name_injections(const FeederAllocation& allocation, FeederMarket& market) {
    const std::span<const std::int64_t> active = allocation.rows().active();
    for (std::size_t p = 0; p < active.size(); ++p)
        for (const TradedLimit limit : {TradedLimit::up, TradedLimit::down})
            market.position[static_cast<std::size_t>(active[p] - market.first_customer) * traded_limit_count
                            + static_cast<std::size_t>(limit)] = static_cast<std::int32_t>(p);
}

void place_injections(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                      std::size_t step, FeederMarket& market) {
    const std::span<const std::int64_t> active = allocation.rows().active();
    market.open[step] = active.empty() ? 0 : 1;
    for (std::size_t p = 0; p < active.size(); ++p) {
        const auto k = static_cast<std::size_t>(active[p]);
        const double level = series.p_forecast[step * region.customer_count() + k] / watt_per_kilowatt;
        market.place[step * active.size() + p] = {
            .level = level,
            .floor = std::min(-region.customer.import_cap[k] / watt_per_kilowatt, level),
            .cap = std::max(region.customer.export_cap[k] / watt_per_kilowatt, level)};
    }
}

FeederMarket set_point_market_by_step(const Region& region, const SeriesSet& series,
                                      const FeederAllocation& allocation) {
    const AllocationQuestion& question = allocation.question();
    const StepLimits limits =
        question.flow == FlowModel::linearised_ac
            ? linearised_limits(region, series, allocation)
            : limits_of_runs(LinearRuns(region, static_cast<std::int64_t>(allocation.feeder()), series, question));
    FeederMarket market = empty_market(region, series, allocation, limits, [&](const PackingRows& set) {
        return MarketRows::of_injections(set, allocation.rows().columns(), allocation.rows().active_count());
    });
    name_injections(allocation, market);
    for (std::size_t step = 0; step < market.step_count; ++step) {
        if (!limits.steps[step].has_rows) continue;
        place_injections(region, series, allocation, step, market);
        set_rest(limits.steps[step].room, step, market);
    }
    return market;
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

std::vector<double> FeederMarket::levels() const {
    std::vector<double> levels;
    for (const Place& at : place) levels.push_back(at.level);
    return levels;
}

std::vector<double> FeederMarket::levels(std::size_t step) const {
    std::vector<double> levels;
    for (int p = 0; p < rows.position_count(); ++p) levels.push_back(at(step, p).level);
    return levels;
}

FeederAllocation market_allocation(const Region& region, std::size_t feeder, const SeriesSet& series,
                                   const AllocationQuestion& question) {
    const TapPositions first = series.to_tap.empty() ? TapPositions{} : series.taps(0);
    return FeederAllocation(region, static_cast<std::int64_t>(feeder), series, TapRun{0, series.step_count(), first},
                            question);
}

FeederMarket limit_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                          const EnvelopeResult& envelopes, std::span<const double> ac_worst) {
    if (allocation.question().flow == FlowModel::linearised_ac)
        return linearised_limit_market(region, series, allocation, envelopes);
    const RunSource source{envelopes, ac_worst};
    if (!moves_taps(region, series, allocation)) {
        FeederMarket market = empty_market(region, series, allocation, MarketRows::of_rows(allocation.rows().rows()));
        market.row_name = allocation.rows().row_names();
        name_limits(allocation, market);
        std::vector<std::size_t> place(market.row_name.size());
        std::iota(place.begin(), place.end(), std::size_t{0});
        load_run(allocation, place, source, market);
        return market;
    }
    const LinearRuns runs(region, static_cast<std::int64_t>(allocation.feeder()), series, allocation.question());
    FeederMarket market = empty_market(region, series, allocation, limits_of_runs(runs), &MarketRows::of_rows);
    name_limits(allocation, market);
    for (const LinearRuns::Run& run : runs.runs()) load_run(*run.allocation, run.place, source, market);
    return market;
}

FeederMarket set_point_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation) {
    if (allocation.question().flow == FlowModel::linearised_ac || moves_taps(region, series, allocation))
        return set_point_market_by_step(region, series, allocation);
    const SecurityRows& rows = allocation.rows();
    FeederMarket market = empty_market(region, series, allocation,
                                       MarketRows::of_injections(rows.rows(), rows.columns(), rows.active_count()));
    market.row_name = rows.row_names();
    name_injections(allocation, market);
    FeederAllocation::Workspace work = allocation.workspace();
    for (std::size_t step = 0; step < market.step_count; ++step) {
        if (step % lane_count == 0) allocation.load_pack(step, work);
        // The forecast is in the base case: rows see the change alone.
        place_injections(region, series, allocation, step, market);
        set_rest(room_of(work, step % lane_count), step, market);
    }
    return market;
}

}  // namespace headroom
