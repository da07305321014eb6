#include "formulations/market/auction.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "formulations/market/own_trades.hpp"
#include "formulations/units.hpp"
#include "solver/certificate/check_kkt.hpp"

namespace headroom {
namespace {

// kW: less is nothing. Unlike in the continuous market a crumb counts, because others may have been accepted on it.
constexpr double least_accepted_kw = 1e-9;
constexpr double certified_excess_kw = 1e-7;
constexpr double certified_gap = 1e-8;    // of 1 + |welfare|
constexpr double bound_rounding = 1e-13;  // of what all orders are worth: closer bounds of two answers are ties
constexpr double interior_share = 1e-9;   // of a box: closer to a side is at it
constexpr double gain_rounding = 1e-9;    // of 1 + |value| of an order
constexpr double fine_share = 0.1;        // of the gap of a certificate, for all costs that count as nothing together

/// Of the largest cost: costs below it are worth less than a share of a certificate's gap, all quantities together.
double finest_tolerance(const ConvexValues& values) {
    double largest = 0, quantity = 0;
    for (std::size_t j = 0; j < values.linear.size(); ++j) {
        largest = std::max(largest, std::abs(values.linear[j]));
        quantity += values.upper[j];
    }
    return fine_share * certified_gap / std::max(largest * quantity, 1.0);
}

/// Steps that belong together.
class StepGroups {
public:
    explicit StepGroups(std::size_t steps) : parent_(steps) { std::iota(parent_.begin(), parent_.end(), 0); }
    std::int32_t find(std::int32_t step) {
        while (parent_[static_cast<std::size_t>(step)] != step) {
            auto& up = parent_[static_cast<std::size_t>(step)];
            up = parent_[static_cast<std::size_t>(up)];
            step = up;
        }
        return step;
    }
    void join(std::int32_t a, std::int32_t b) {
        const std::int32_t first = find(a), second = find(b);
        parent_[static_cast<std::size_t>(std::max(first, second))] = std::min(first, second);
    }

private:
    std::vector<std::int32_t> parent_;
};

/// Whether as many rows are tight as variables lie strictly between their bounds: then no other multipliers fit x.
bool has_unique_multipliers(const ConvexProblem& fixed, const std::vector<double>& x) {
    std::size_t interior = 0, tight = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
        const double range = fixed.values.upper[j] - fixed.values.lower[j];
        if (x[j] - fixed.values.lower[j] > interior_share * range
            && fixed.values.upper[j] - x[j] > interior_share * range)
            ++interior;
    }
    const SparsePattern& pattern = fixed.structure.rows;
    for (int r = 0; r < pattern.row_count(); ++r) {
        double activity = 0, scale = 0;
        for (int e = pattern.start[r]; e < pattern.start[r + 1]; ++e) {
            const double term = fixed.values.row_value[e] * x[static_cast<std::size_t>(pattern.column[e])];
            activity += term;
            scale = std::max(scale, std::abs(fixed.values.row_value[e]));
        }
        if (activity > fixed.values.row_upper[r] - interior_share * scale
            || activity < fixed.values.row_lower[r] + interior_share * scale)
            ++tight;
    }
    return interior == tight;
}

}  // namespace

Auction::Auction(const FeederMarket& market, const OrderColumns& orders, std::int32_t first, std::int32_t last,
                 const AuctionSettings& settings)
    : market_(market), orders_(orders), first_(first), last_(last), settings_(settings) {
    level_ = market.levels();
    price_.assign(level_.size(), 0.0);
    balance_price_.assign(market.step_count * traded_limit_count, 0.0);
    raised_most_ = lowered_most_ = price_;
    outcome_.assign(static_cast<std::size_t>(last - first), {.status = OrderStatus::rejected});
    fit_.assign(outcome_.size(), PriceFit::supported);
}

void Auction::answer() {
    refuse_orders();
    for (std::vector<AuctionLeg>& legs : parts_of_legs()) answer(answered_.emplace_back(), std::move(legs));
}

void Auction::answer_again(std::span<const char> steps) {
    for (Part& part : answered_)
        if (has_step(part, steps)) answer(part, std::move(part.program.legs));
}

void Auction::conclude() {
    for (const Part& part : answered_) conclude(part);
}

bool Auction::has_step(const Part& part, std::span<const char> steps) {
    return std::ranges::any_of(part.program.legs,
                               [&](const AuctionLeg& leg) { return steps[static_cast<std::size_t>(leg.step)] != 0; });
}

std::vector<double> Auction::answered_levels() const {
    std::vector<double> level = market_.levels();
    for (const Part& part : answered_) {
        if (!part.answer.has_point) continue;
        for (const AuctionLeg& leg : part.program.legs)
            if (const double quantity = accepted(leg, part.answer); quantity >= least_accepted_kw)
                level[place(static_cast<std::size_t>(leg.step), leg.position)] += leg.raises ? quantity : -quantity;
    }
    return level;
}

std::vector<std::vector<std::int32_t>> Auction::priced_rows() const {
    std::vector<std::vector<std::int32_t>> priced(market_.step_count);
    for (const Part& part : answered_) {
        if (!part.answer.has_point) continue;
        for (std::size_t r = 0; r < part.program.rows.size(); ++r)
            if (const AuctionProgram::Row& row = part.program.rows[r];
                row.origin == AuctionRow::network && part.answer.y[r] < 0)
                priced[static_cast<std::size_t>(row.step)].push_back(row.index);
    }
    return priced;
}

std::vector<std::vector<std::int32_t>> Auction::proving_rows() const {
    std::vector<std::vector<std::int32_t>> proving(market_.step_count);
    for (const Part& part : answered_) {
        if (!part.answer.proof) continue;
        for (const IntegerProof::Multipliers& multipliers : part.answer.proof->multipliers)
            for (const std::int32_t r : multipliers.row)
                if (const AuctionProgram::Row& row = part.program.rows[static_cast<std::size_t>(r)];
                    row.origin == AuctionRow::network)
                    proving[static_cast<std::size_t>(row.step)].push_back(row.index);
    }
    return proving;
}

std::vector<char> Auction::joined_to(std::span<const char> steps) const {
    std::vector<char> joined(market_.step_count, 0);
    for (const Part& part : answered_)
        if (has_step(part, steps))
            for (const AuctionLeg& leg : part.program.legs) joined[static_cast<std::size_t>(leg.step)] = 1;
    return joined;
}

double Auction::price(std::size_t step, std::int32_t position, TradedLimit limit) const {
    const double value = price_[place(step, position)];
    return (limit == TradedLimit::up ? -value : value)
           + balance_price_[step * traded_limit_count + static_cast<std::size_t>(limit)];
}

/// An order that nothing of the auction could ever carry is refused; whether the others fit together is what the
/// program decides.
void Auction::refuse_orders() {
    for (std::int32_t order = first_; order < last_; ++order) {
        const auto o = static_cast<std::size_t>(order);
        const std::int32_t position = market_.position_of(orders_.customer[o], orders_.limit[o]);
        if (position < 0) continue;
        auto& most = raises(orders_.limit[o], orders_.side[o]) ? raised_most_ : lowered_most_;
        for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step)
            if (static_cast<std::size_t>(step) < market_.step_count)
                most[place(static_cast<std::size_t>(step), position)] += orders_.quantity[o] / watt_per_kilowatt;
    }
    std::map<std::int32_t, bool> block_refused;
    for (std::int32_t order = first_; order < last_; ++order) {
        outcome_[index(order)] = at_the_door(order);
        const std::int32_t block = orders_.block[static_cast<std::size_t>(order)];
        if (block >= 0 && outcome_[index(order)].status == OrderStatus::refused) block_refused[block] = true;
    }
    for (std::int32_t order = first_; order < last_; ++order) {
        const std::int32_t block = orders_.block[static_cast<std::size_t>(order)];
        if (block >= 0 && block_refused.contains(block) && outcome_[index(order)].status != OrderStatus::refused)
            outcome_[index(order)] = {OrderStatus::refused, OrderRefusal::block_refused, -1, 0};
    }
}

OrderOutcome Auction::at_the_door(std::int32_t order) const {
    const auto o = static_cast<std::size_t>(order);
    const auto refused = [](OrderRefusal rule, std::int32_t step) {
        return OrderOutcome{OrderStatus::refused, rule, step, 0};
    };
    const std::int32_t position = market_.position_of(orders_.customer[o], orders_.limit[o]);
    if (position < 0) return refused(OrderRefusal::not_in_market, -1);
    if (orders_.conditional[o] != 0) return refused(OrderRefusal::conditional, -1);
    const double quantity = orders_.quantity[o] / watt_per_kilowatt;
    for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
        const auto s = static_cast<std::size_t>(step);
        if (s >= market_.step_count || market_.open[s] == 0) return refused(OrderRefusal::step_closed, step);
        const std::size_t at = place(s, position);
        const FeederMarket::Place& bounds = market_.place[at];
        if (raises(orders_.limit[o], orders_.side[o])) {
            if (bounds.level - lowered_most_[at] + quantity > bounds.cap + quantity_rounding)
                return refused(OrderRefusal::beyond_cap, step);
        } else if (bounds.level + raised_most_[at] - quantity < bounds.floor - quantity_rounding) {
            return refused(OrderRefusal::beyond_envelope, step);
        }
    }
    return {.status = OrderStatus::rejected};
}

std::vector<std::vector<AuctionLeg>> Auction::parts_of_legs() const {
    StepGroups groups(market_.step_count);
    std::map<std::int32_t, std::int32_t> step_of_block, step_of_group;
    std::vector<AuctionLeg> legs;
    const auto join = [&](std::map<std::int32_t, std::int32_t>& known, std::int32_t label, std::int32_t step) {
        if (label >= 0) groups.join(known.emplace(label, step).first->second, step);
    };
    for (std::int32_t order = first_; order < last_; ++order) {
        const auto o = static_cast<std::size_t>(order);
        if (outcome_[index(order)].status == OrderStatus::refused) continue;
        const double quantity = orders_.quantity[o] / watt_per_kilowatt;
        const double direction = orders_.side[o] == OrderSide::buy ? 1 : -1;
        for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
            legs.push_back({.order = order,
                            .step = step,
                            .position = market_.position_of(orders_.customer[o], orders_.limit[o]),
                            .quantity = quantity,
                            .value = direction * orders_.price[o] * quantity / kilowatt_per_megawatt
                                     * market_.hours[static_cast<std::size_t>(step)],
                            .raises = raises(orders_.limit[o], orders_.side[o])});
            join(step_of_block, orders_.block[o], step);
            join(step_of_group, orders_.exclusive_group[o], step);
        }
        if (orders_.parent[o] >= 0)
            groups.join(orders_.first_step[o], orders_.first_step[static_cast<std::size_t>(orders_.parent[o])]);
    }
    std::map<std::int32_t, std::vector<AuctionLeg>> parts;
    for (const AuctionLeg& leg : legs) parts[groups.find(leg.step)].push_back(leg);
    std::vector<std::vector<AuctionLeg>> result;
    for (auto& [first_step, part] : parts) result.push_back(std::move(part));
    return result;
}

/// Of every variable of a program, what its legs would gain together, and what of that is rounding.
struct Auction::Gains {
    std::map<std::int32_t, double> gain, worth;

    bool loses(const AuctionLeg& leg) const { return gain.at(leg.variable) < -nothing(leg); }
    bool wins(const AuctionLeg& leg) const { return gain.at(leg.variable) > nothing(leg); }
    double nothing(const AuctionLeg& leg) const { return gain_rounding * (1 + worth.at(leg.variable)); }
};

void Auction::answer(Part& part, std::vector<AuctionLeg> legs) const {
    part.program = auction_program(market_, orders_, std::move(legs), settings_.rules);
    part.answer = best_of(part.program);
}

void Auction::conclude(const Part& answered) {
    const auto& [program, answer] = answered;
    AuctionPart part{.steps = {},
                     .status = answer.status,
                     .welfare = answer.has_point ? -answer.objective : 0,
                     .bound = -answer.bound,
                     .nodes = answer.nodes,
                     .iterations = answer.iterations,
                     .proof = proof_of(program, answer)};
    for (const AuctionLeg& leg : program.legs)
        if (part.steps.empty() || part.steps.back() != leg.step) part.steps.push_back(leg.step);
    if (answer.has_point) {
        take_prices(program, answer);
        take_answer(program, answer);
        const Gains gains = gains_of(program);
        judge_fits(program, gains, answer);
        record_trades(program, gains, answer);
        certify(program, answer, part);
    }
    parts_.push_back(std::move(part));
}

bool Auction::may_all_be_parted(const AuctionProgram& program) const {
    return std::ranges::all_of(program.legs, [&](const AuctionLeg& leg) {
        return orders_.may_be_parted(static_cast<std::size_t>(leg.order));
    });
}

/// Prices alone prove what is worth most where all may be parted. What the search leaves open must not keep the part
/// from its certificate, however much more than its welfare all orders together are worth.
IntegerAnswer Auction::best_of(const AuctionProgram& program) const {
    IntegerSettings settings = settings_.integer;
    const ConvexValues& values = program.problem.values;
    double worth = 0;  // of all orders
    for (std::size_t j = 0; j < values.linear.size(); ++j) worth += std::abs(values.linear[j]) * values.upper[j];
    if (settings.gap_absolute * worth > 0.5 * certified_gap)
        settings.gap_absolute = std::max(0.5 * certified_gap / worth, bound_rounding);
    if (may_all_be_parted(program)) settings.proof_size_max = 0;
    IntegerAnswer answer = branch_and_bound(program.problem, program.integer, settings);
    if (answer.status == IntegerStatus::node_limit || is_proven(program, answer)) return answer;
    // Beside what is worth far more and does not trade, all that trades may be below what the search calls nothing.
    settings.simplex.dual_tolerance = std::min(settings.simplex.dual_tolerance, finest_tolerance(values));
    settings.gap_absolute = std::min(settings.gap_absolute, 0.5 * certified_gap / worth);
    IntegerAnswer finer = branch_and_bound(program.problem, program.integer, settings);
    return is_proven(program, finer) ? finer : answer;
}

/// The program with its yes-or-no answers as they were given.
ConvexProblem Auction::decided(const AuctionProgram& program, const IntegerAnswer& answer) {
    ConvexProblem fixed = program.problem;
    for (const int k : program.integer) {
        const auto j = static_cast<std::size_t>(k);
        fixed.values.lower[j] = fixed.values.upper[j] = answer.x[j];
    }
    return fixed;
}

bool Auction::is_proven(const AuctionProgram& program, const IntegerAnswer& answer) const {
    return answer.status == IntegerStatus::optimal && answer.has_point
           && answer.objective - answer.bound <= proven_gap() * (1 + std::abs(answer.objective))
           && check_kkt(decided(program, answer), answer.x, answer.y, answer.z, {}).holds(certified_gap);
}

/// A wider one may have been asked for.
double Auction::proven_gap() const { return std::max(certified_gap, settings_.integer.gap_relative); }

/// The proof of the program's bound in the words of orders; welfare is what the program takes from its objective.
BoundProof Auction::proof_of(const AuctionProgram& program, const IntegerAnswer& answer) const {
    BoundProof found;
    if (may_all_be_parted(program)) found.state = BoundProof::State::by_prices;
    if (!answer.proof) return found;
    found.state = BoundProof::State::stored;
    std::vector<std::int64_t> first;
    for (const IntegerProof::Multipliers& multipliers : answer.proof->multipliers) {
        first.push_back(static_cast<std::int64_t>(found.multipliers.size()));
        for (std::size_t e = 0; e < multipliers.row.size(); ++e) {
            const AuctionProgram::Row& row = program.rows[static_cast<std::size_t>(multipliers.row[e])];
            const double scale = row.origin == AuctionRow::network
                                     ? market_.rows_of(static_cast<std::size_t>(row.step)).scale(row.index)
                                     : 1;
            found.multipliers.push_back({row.origin, row.step, row.index, 0, -multipliers.y[e] * scale});
        }
    }
    std::map<std::int32_t, AuctionProgram::Answer> answers;
    for (std::size_t k = 0; k < program.integer.size(); ++k) answers[program.integer[k]] = program.answers[k];
    for (const IntegerProof::Node& node : answer.proof->nodes) {
        const AuctionProgram::Answer about =
            node.variable < 0 ? AuctionProgram::Answer{-1, -1} : answers.at(node.variable);
        BoundProof::Node& named = found.nodes.emplace_back(BoundProof::Node{node.parent, about.order, about.step,
                                                                            static_cast<std::uint8_t>(node.lower),
                                                                            BoundProof::NodeKind::split, 0, 0});
        if (node.multipliers < 0) continue;
        const auto k = static_cast<std::size_t>(node.multipliers);
        const IntegerProof::Multipliers& multipliers = answer.proof->multipliers[k];
        named.kind = multipliers.is_ray ? BoundProof::NodeKind::nothing_fits : BoundProof::NodeKind::bound;
        named.first_multiplier = first[k];
        named.multiplier_count = static_cast<std::int32_t>(multipliers.row.size());
    }
    return found;
}

/// The value of a limit is the sum over rows of multiplier times its coefficient.
void Auction::take_prices(const AuctionProgram& program, const IntegerAnswer& answer) {
    for (std::size_t r = 0; r < program.rows.size(); ++r) {
        const AuctionProgram::Row& row = program.rows[r];
        const double multiplier = -answer.y[r];
        if (row.origin == AuctionRow::balance)
            balance_price_[static_cast<std::size_t>(row.step) * traded_limit_count
                           + static_cast<std::size_t>(row.index)] = multiplier * per_mwh(row.step);
        if (row.origin != AuctionRow::network || multiplier <= 0) continue;
        const MarketRows& rows = market_.rows_of(static_cast<std::size_t>(row.step));
        row_prices_.push_back({row.step, row.index, multiplier * rows.scale(row.index)});
        for (int p = 0; p < rows.position_count(); ++p)
            price_[place(static_cast<std::size_t>(row.step), p)] +=
                multiplier * rows.entry(p, row.index) * per_mwh(row.step);
    }
}

double Auction::accepted(const AuctionLeg& leg, const IntegerAnswer& answer) {
    return answer.x[static_cast<std::size_t>(leg.variable)] * leg.share;
}

void Auction::take_answer(const AuctionProgram& program, const IntegerAnswer& answer) {
    for (const AuctionLeg& leg : program.legs) {
        const auto o = static_cast<std::size_t>(leg.order);
        const double quantity = accepted(leg, answer);
        if (quantity < least_accepted_kw) continue;
        level_[place(static_cast<std::size_t>(leg.step), leg.position)] += leg.raises ? quantity : -quantity;
        outcome_[index(leg.order)].accepted += quantity / (orders_.last_step[o] - orders_.first_step[o] + 1);
    }
    for (const AuctionLeg& leg : program.legs) {
        OrderOutcome& outcome = outcome_[index(leg.order)];
        const double wanted = orders_.quantity[static_cast<std::size_t>(leg.order)] / watt_per_kilowatt;
        if (outcome.accepted > wanted - least_trade_kw)
            outcome.status = OrderStatus::filled;
        else if (outcome.accepted > 0)
            outcome.status = OrderStatus::partly_filled;
    }
}

/// What the order would gain if all of the leg traded at the prices, currency.
double Auction::gain(const AuctionLeg& leg) const {
    const auto o = static_cast<std::size_t>(leg.order);
    const double at_price =
        price(static_cast<std::size_t>(leg.step), leg.position, orders_.limit[o]) * leg.quantity / per_mwh(leg.step);
    return orders_.side[o] == OrderSide::buy ? leg.value - at_price : leg.value + at_price;
}

bool Auction::held_by_own_bounds(const AuctionLeg& leg) const {
    const std::size_t at = place(static_cast<std::size_t>(leg.step), leg.position);
    return leg.raises ? level_[at] > market_.place[at].cap - least_trade_kw
                      : level_[at] < market_.place[at].floor + least_trade_kw;
}

Auction::Gains Auction::gains_of(const AuctionProgram& program) const {
    Gains gains;
    for (const AuctionLeg& leg : program.legs) {
        gains.gain[leg.variable] += gain(leg);
        gains.worth[leg.variable] += std::abs(leg.value);
    }
    return gains;
}

/// Orders that may be taken in part are content with the prices, but for those that their own cap or floor holds.
/// Orders that trade as a whole, and those of groups and families, may not be. An order over several steps is as
/// content as it is in the worst of them.
void Auction::judge_fits(const AuctionProgram& program, const Gains& gains, const IntegerAnswer& answer) {
    for (const AuctionLeg& leg : program.legs) {
        const auto o = static_cast<std::size_t>(leg.order);
        const double quantity = accepted(leg, answer);
        PriceFit& fit = fit_[index(leg.order)];
        if (quantity >= least_accepted_kw && gains.loses(leg))
            fit = PriceFit::accepted_loss;
        else if (quantity < leg.quantity - least_trade_kw && gains.wins(leg) && !orders_.may_be_parted(o)
                 && !held_by_own_bounds(leg) && fit != PriceFit::accepted_loss)
            fit = PriceFit::rejected_gain;
    }
}

/// What loses at the locational price trades at its own, but for what a customer buys from itself.
void Auction::record_trades(const AuctionProgram& program, const Gains& gains, const IntegerAnswer& answer) {
    OwnTrades turned;
    for (const AuctionLeg& leg : program.legs) {
        const auto o = static_cast<std::size_t>(leg.order);
        if (const double quantity = accepted(leg, answer); quantity >= least_accepted_kw)
            turned.add(leg.step, orders_.customer[o], orders_.limit[o], orders_.side[o], quantity);
    }
    for (const AuctionLeg& leg : program.legs) {
        const auto o = static_cast<std::size_t>(leg.order);
        const double quantity = accepted(leg, answer);
        if (quantity < least_accepted_kw) continue;
        const bool buys = orders_.side[o] == OrderSide::buy;
        const double of_limit = price(static_cast<std::size_t>(leg.step), leg.position, orders_.limit[o]);
        const double with_others =
            turned.share_with_others(leg.step, orders_.customer[o], orders_.limit[o], orders_.side[o]);
        const double traded_at =
            settings_.pay_as_bid || gains.loses(leg) ? std::lerp(of_limit, orders_.price[o], with_others) : of_limit;
        trades_.push_back({.time = orders_.arrival[o],
                           .step = leg.step,
                           .limit = orders_.limit[o],
                           .buy = buys ? leg.order : -1,
                           .sell = buys ? -1 : leg.order,
                           .quantity = quantity,
                           .buy_price = traded_at,
                           .sell_price = traded_at});
    }
}

void Auction::certify(const AuctionProgram& program, const IntegerAnswer& answer, AuctionPart& part) const {
    const ConvexProblem fixed = decided(program, answer);
    const KktCertificate kkt = check_kkt(fixed, answer.x, answer.y, answer.z, {});
    part.certificate_gap = kkt.gap;
    for (const std::int32_t step : part.steps) {
        const auto levels = std::span<const double>(level_).subspan(
            place(static_cast<std::size_t>(step), 0), static_cast<std::size_t>(market_.rows.position_count()));
        part.row_excess = std::max(
            part.row_excess, level_excess(market_, static_cast<std::size_t>(step), levels, settings_.rules.network));
    }
    part.certified = part.status == IntegerStatus::optimal && part.row_excess <= certified_excess_kw
                     && kkt.holds(certified_gap)
                     && part.bound - part.welfare <= proven_gap() * (1 + std::abs(part.welfare));
    part.unique_prices = has_unique_multipliers(fixed, answer.x);
}

}  // namespace headroom
