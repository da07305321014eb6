#include "formulations/market/auction_program.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "formulations/units.hpp"

namespace headroom {
namespace {

class Builder {
public:
    Builder(const FeederMarket& market, const OrderColumns& orders, const AuctionRules& rules, AuctionProgram& program)
        : market_(market), orders_(orders), rules_(rules), program_(program) {}

    void build() {
        add_variables();
        for (std::size_t first = 0; first < program_.legs.size();) {
            std::size_t last = first;
            while (last < program_.legs.size() && program_.legs[last].step == program_.legs[first].step) ++last;
            add_step(std::span(program_.legs).subspan(first, last - first));
            first = last;
        }
        add_smallest_acceptances();
        add_groups();
        add_parents();
        program_.problem.structure.sides.clear();
        program_.problem.find_sides();
    }

private:
    using Entries = std::vector<std::pair<std::int32_t, double>>;

    std::int32_t add_variable(double upper, const AuctionLeg& leg, bool is_integer) {
        ConvexProblem& problem = program_.problem;
        const std::int32_t variable = problem.structure.variable_count++;
        problem.values.linear.push_back(0);
        problem.values.lower.push_back(0);
        problem.values.upper.push_back(upper);
        if (is_integer) {
            program_.integer.push_back(variable);
            program_.answers.push_back({leg.order, leg.step});
        }
        return variable;
    }

    /// Orders that trade as a whole are yes or no, blocks with one variable for all their legs.
    void add_variables() {
        std::map<std::int32_t, std::int32_t> variable_of_block;
        for (AuctionLeg& leg : program_.legs) {
            const auto o = static_cast<std::size_t>(leg.order);
            const bool block = orders_.block[o] >= 0;
            const bool whole = orders_.is_whole(o);
            const auto known = block ? variable_of_block.find(orders_.block[o]) : variable_of_block.end();
            leg.variable =
                known != variable_of_block.end() ? known->second : add_variable(whole ? 1 : leg.quantity, leg, whole);
            if (block) variable_of_block[orders_.block[o]] = leg.variable;
            leg.share = whole ? leg.quantity : 1;
            program_.problem.values.linear[static_cast<std::size_t>(leg.variable)] -=
                leg.value / leg.quantity * leg.share;
        }
    }

    void add_row(AuctionProgram::Row row, Entries entries, double lower, double upper) {
        std::ranges::sort(entries, {}, [](const auto& entry) { return entry.first; });
        SparsePattern& pattern = program_.problem.structure.rows;
        std::vector<double>& value = program_.problem.values.row_value;
        const auto begin = pattern.column.size();
        for (const auto& [variable, entry] : entries) {
            if (pattern.column.size() > begin && pattern.column.back() == variable) {
                value.back() += entry;
            } else {
                pattern.column.push_back(variable);
                value.push_back(entry);
            }
        }
        pattern.start.push_back(static_cast<std::int32_t>(pattern.column.size()));
        program_.problem.values.row_lower.push_back(lower);
        program_.problem.values.row_upper.push_back(upper);
        program_.rows.push_back(row);
    }

    static double sign(const AuctionLeg& leg) { return leg.raises ? 1.0 : -1.0; }

    void add_step(std::span<const AuctionLeg> legs) {
        if (rules_.network) add_network(legs);
        add_places(legs);
        add_balances(legs);
    }

    /// Of the rows of the network those that some acceptance can fill.
    void add_network(std::span<const AuctionLeg> legs) {
        const std::int32_t step = legs.front().step;
        const MarketRows& rows = market_.rows_of(static_cast<std::size_t>(step));
        const double* rest = market_.rest_of(static_cast<std::size_t>(step));
        std::vector<double> most(static_cast<std::size_t>(rows.row_count()), 0.0);
        for (const AuctionLeg& leg : legs) {
            const auto row = rows.entry_rows(leg.position);
            const auto entry = rows.entries(leg.position);
            for (std::size_t e = 0; e < row.size(); ++e)
                most[static_cast<std::size_t>(row[e])] += std::max(sign(leg) * entry[e] * leg.quantity, 0.0);
        }
        std::vector<std::int32_t> place(most.size(), -1);
        std::vector<Entries> entries;
        std::vector<std::int32_t> taken;
        for (std::size_t r = 0; r < most.size(); ++r)
            if (most[r] > rest[r]) {
                place[r] = static_cast<std::int32_t>(taken.size());
                taken.push_back(static_cast<std::int32_t>(r));
            }
        entries.resize(taken.size());
        for (const AuctionLeg& leg : legs) {
            const auto row = rows.entry_rows(leg.position);
            const auto entry = rows.entries(leg.position);
            for (std::size_t e = 0; e < row.size(); ++e)
                if (const std::int32_t at = place[static_cast<std::size_t>(row[e])]; at >= 0)
                    entries[static_cast<std::size_t>(at)].emplace_back(leg.variable, sign(leg) * entry[e] * leg.share);
        }
        for (std::size_t k = 0; k < taken.size(); ++k)
            // A row may be full but for rounding, or violated by the set-points: nobody makes it worse.
            add_row({AuctionRow::network, step, taken[k]}, std::move(entries[k]), -no_bound,
                    std::max(rest[taken[k]], 0.0));
    }

    void add_places(std::span<const AuctionLeg> legs) {
        std::map<std::int32_t, Entries> of_position;
        std::map<std::int32_t, std::pair<double, double>> reach;  // down, up
        for (const AuctionLeg& leg : legs) {
            of_position[leg.position].emplace_back(leg.variable, sign(leg) * leg.share);
            auto& [down, up] = reach[leg.position];
            (leg.raises ? up : down) += leg.quantity;
        }
        for (auto& [position, entries] : of_position) {
            const FeederMarket::Place& at = market_.at(static_cast<std::size_t>(legs.front().step), position);
            const auto [down, up] = reach[position];
            if (at.level + up <= at.cap && at.level - down >= at.floor) continue;
            add_row({AuctionRow::position, legs.front().step, position}, std::move(entries), at.floor - at.level,
                    at.cap - at.level);
        }
    }

    void add_balances(std::span<const AuctionLeg> legs) {
        for (int limit = 0; limit < traded_limit_count; ++limit) {
            const auto traded = static_cast<TradedLimit>(limit);
            if (!rules_.balance && !is_set_point(traded)) continue;
            Entries entries;
            for (const AuctionLeg& leg : legs) {
                const auto o = static_cast<std::size_t>(leg.order);
                if (orders_.limit[o] != traded) continue;
                const double direction = orders_.side[o] == OrderSide::buy ? 1.0 : -1.0;
                entries.emplace_back(leg.variable, direction * leg.share);
            }
            if (entries.empty()) continue;
            add_row({AuctionRow::balance, legs.front().step, limit}, std::move(entries), 0, 0);
        }
    }

    void add_link(AuctionProgram::Row row, Entries entries, double upper) {
        add_row(row, std::move(entries), -no_bound, upper);
    }

    /// Accepted in full or in part, but then at least min_fill:  min_fill y <= x <= quantity y.
    void add_smallest_acceptances() {
        for (const AuctionLeg& leg : program_.legs) {
            const auto o = static_cast<std::size_t>(leg.order);
            const double least = orders_.min_fill[o] / watt_per_kilowatt;
            if (least <= 0 || orders_.is_whole(o)) continue;
            const std::int32_t taken = add_variable(1, leg, true);
            add_link({AuctionRow::least, leg.step, leg.order},
                     {{leg.variable, -1.0}, {taken, std::min(least, leg.quantity)}}, 0);
            add_link({AuctionRow::most, leg.step, leg.order}, {{leg.variable, 1.0}, {taken, -leg.quantity}}, 0);
        }
    }

    /// Accepted share of an order in one step, or of its block.
    double share_per_unit(const AuctionLeg& leg) const { return leg.share / leg.quantity; }

    void add_groups() {
        std::map<std::int32_t, std::map<std::int32_t, double>> members;
        for (const AuctionLeg& leg : program_.legs) {
            const std::int32_t group = orders_.exclusive_group[static_cast<std::size_t>(leg.order)];
            if (group >= 0) members[group][leg.variable] = share_per_unit(leg);
        }
        for (const auto& [group, shares] : members)
            add_link({AuctionRow::group, -1, group}, Entries(shares.begin(), shares.end()), 1);
    }

    void add_parents() {
        std::map<std::int32_t, const AuctionLeg*> leg_of;
        for (const AuctionLeg& leg : program_.legs) leg_of.emplace(leg.order, &leg);
        for (const auto& [order, child] : leg_of) {
            const std::int32_t parent = orders_.parent[static_cast<std::size_t>(order)];
            if (parent < 0) continue;
            Entries entries{{child->variable, share_per_unit(*child)}};
            if (const auto found = leg_of.find(parent); found != leg_of.end())
                entries.emplace_back(found->second->variable, -share_per_unit(*found->second));
            add_link({AuctionRow::parent, -1, order}, std::move(entries), 0);
        }
    }

    const FeederMarket& market_;
    const OrderColumns& orders_;
    const AuctionRules& rules_;
    AuctionProgram& program_;
};

}  // namespace

AuctionProgram auction_program(const FeederMarket& market, const OrderColumns& orders, std::vector<AuctionLeg> legs,
                               const AuctionRules& rules) {
    AuctionProgram program;
    program.legs = std::move(legs);
    std::ranges::stable_sort(program.legs, {}, &AuctionLeg::step);
    Builder(market, orders, rules, program).build();
    return program;
}

}  // namespace headroom
