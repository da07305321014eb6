#include "formulations/market/measures.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "formulations/units.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom {
namespace {

double jain(std::span<const double> level) {
    double sum = 0, squares = 0;
    for (const double x : level) {
        sum += x;
        squares += x * x;
    }
    return squares > 0 ? sum * sum / (static_cast<double>(level.size()) * squares) : 1.0;
}

}  // namespace

void MarketMeasures::add(const MarketMeasures& other) {
    available_kwh += other.available_kwh;
    curtailed_kwh += other.curtailed_kwh;
    demand_kwh += other.demand_kwh;
    unserved_kwh += other.unserved_kwh;
    welfare += other.welfare;
    traded_kwh += other.traded_kwh;
    trades += other.trades;
    checks += other.checks;
    fullest_row_sum += other.fullest_row_sum;
    fullest_row_max = std::max(fullest_row_max, other.fullest_row_max);
    jain_sum += other.jain_sum;
    steps += other.steps;
}

DispatchModel::DispatchModel(const FeederMarket& market, std::vector<double> forecast)
    : market_(market),
      forecast_(std::move(forecast)),
      customers_(market.position.size() / static_cast<std::size_t>(traded_limit_count)) {
    for (std::size_t k = 0; k < customers_; ++k) {
        const auto customer = static_cast<std::int32_t>(market.first_customer + static_cast<std::int64_t>(k));
        const Trader trader{k, market.position_of(customer, TradedLimit::export_power),
                            market.position_of(customer, TradedLimit::import_power)};
        if (trader.exports >= 0 && trader.imports >= 0) traders_.push_back(trader);
    }
}

double DispatchModel::forecast_kw(std::size_t step, const Trader& trader) const {
    return forecast_[step * customers_ + trader.customer] / watt_per_kilowatt;
}

/// h of every row: what is left of it beside the limits that the market began with, and what these use.
void DispatchModel::find_room(std::size_t step, std::vector<double>& room) const {
    const MarketRows& rows = market_.rows_of(step);
    room.resize(static_cast<std::size_t>(rows.row_count()));
    rows.multiply(market_.levels(step), room);
    for (std::size_t r = 0; r < room.size(); ++r) room[r] += market_.rest_of(step)[r];
}

/// Energy and rows while the traders inject `dispatch` kW.
MarketMeasures DispatchModel::served(std::size_t step, std::span<const double> dispatch) const {
    const double hours = market_.hours[step];
    const MarketRows& rows = market_.rows_of(step);
    MarketMeasures measures{.steps = 1};
    std::vector<double> room, used;
    find_room(step, room);
    used.assign(room.size(), 0.0);
    for (std::size_t k = 0; k < traders_.size(); ++k) {
        const double wanted = forecast_kw(step, traders_[k]), given = dispatch[k];
        (wanted > 0 ? measures.available_kwh : measures.demand_kwh) += std::abs(wanted) * hours;
        (wanted > 0 ? measures.curtailed_kwh : measures.unserved_kwh) += std::abs(wanted - given) * hours;
        const auto add = [&](std::int32_t position, double power) {
            const auto row = rows.entry_rows(position);
            const auto entry = rows.entries(position);
            for (std::size_t e = 0; e < row.size(); ++e) used[static_cast<std::size_t>(row[e])] += entry[e] * power;
        };
        add(traders_[k].exports, given);
        add(traders_[k].imports, -given);
    }
    for (std::size_t r = 0; r < room.size(); ++r)
        if (room[r] > 0) measures.fullest_row_max = std::max(measures.fullest_row_max, used[r] / room[r]);
    measures.fullest_row_sum = measures.fullest_row_max;
    return measures;
}

MarketMeasures DispatchModel::measure(std::size_t step, std::span<const double> level) const {
    std::vector<double> dispatch;
    for (const Trader& trader : traders_)
        dispatch.push_back(std::clamp(forecast_kw(step, trader), -level[static_cast<std::size_t>(trader.imports)],
                                      level[static_cast<std::size_t>(trader.exports)]));
    MarketMeasures measures = served(step, dispatch);
    measures.jain_sum = jain(level);
    return measures;
}

MarketMeasures DispatchModel::central(std::size_t step) const {
    std::vector<double> room;
    find_room(step, room);
    const MarketRows& rows = market_.rows_of(step);
    ConvexProblem problem;
    ConvexStructure& structure = problem.structure;
    structure.variable_count = static_cast<int>(traders_.size());
    for (const Trader& trader : traders_) {
        const double wanted = forecast_kw(step, trader);
        problem.values.linear.push_back(wanted > 0 ? -1.0 : 1.0);
        problem.values.lower.push_back(std::min(wanted, 0.0));
        problem.values.upper.push_back(std::max(wanted, 0.0));
    }
    for (std::size_t r = 0; r < room.size(); ++r) {
        for (std::size_t k = 0; k < traders_.size(); ++k) {
            const double entry = rows.entry(traders_[k].exports, static_cast<int>(r))
                                 - rows.entry(traders_[k].imports, static_cast<int>(r));
            if (entry == 0) continue;
            structure.rows.column.push_back(static_cast<std::int32_t>(k));
            problem.values.row_value.push_back(entry);
        }
        structure.rows.start.push_back(structure.rows.entry_count());
        problem.values.row_lower.push_back(-no_bound);
        problem.values.row_upper.push_back(std::max(room[r], 0.0));
    }
    problem.find_sides();
    DualSimplex simplex(problem);
    if (simplex.solve() != ConvexStatus::solved) throw std::runtime_error("the central dispatch was not solved");
    return served(step, simplex.x());
}

}  // namespace headroom
