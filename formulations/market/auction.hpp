#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/market/auction_program.hpp"
#include "formulations/market/trade.hpp"
#include "solver/integer/branch_and_bound.hpp"

namespace headroom {

struct AuctionSettings {
    AuctionRules rules = {};
    bool pay_as_bid = false;       ///< accepted orders trade at their own prices, not at the locational one
    IntegerSettings integer = {};  ///< with proof_size_max > 0 parts have a proof of their bound
    int ac_round_limit = 40;       ///< Secure::ac: how often answers that AC refuses are corrected
};

/// What clearing the steps that belong together came to: one step, or those that blocks, groups and parents join.
struct AuctionPart {
    std::vector<std::int32_t> steps;
    IntegerStatus status = IntegerStatus::stalled;
    double welfare = 0;          ///< currency: value of what was accepted
    double bound = 0;            ///< proven: no acceptance is worth more
    double certificate_gap = 0;  ///< currency: duality gap of the multipliers, yes-or-no answers taken as given
    double row_excess = 0;       ///< kW, largest excess over a row, floor or cap, summed up anew
    bool certified = false;      ///< solved, inside all rows, and gap and bound close to the welfare
    std::int64_t nodes = 0, iterations = 0;
    bool unique_prices = false;  ///< no other multipliers support the same acceptance
    BoundProof proof = {};       ///< of `bound`
};

/// What more room in a row would have been worth in its step.
struct AuctionRowPrice {
    std::int32_t step, row;  ///< row of the split rows
    double price;            ///< currency per row unit (of SecurityRows, unscaled), > 0
};

/// How prices and an order's answer fit together.
enum class PriceFit : std::int8_t {
    supported = 0,      ///< the order gets what it wants at these prices
    rejected_gain = 1,  ///< paradoxically rejected: it would gain, but only as a whole, or as one of a group
    accepted_loss = 2,  ///< paradoxically accepted: as a whole it loses; it is paid its own price
};

/// The auction of one feeder: all orders at once, the largest welfare that the network carries (auction.md).
class Auction {
public:
    /// @param market, orders  must outlive it
    Auction(const FeederMarket& market, const OrderColumns& orders, std::int32_t first, std::int32_t last,
            const AuctionSettings& settings = {});

    void solve() {
        answer();
        conclude();
    }

    /// The halves of solve(): what is worth most on the market's rows, and what follows from it. In between the rows of
    /// steps may be made anew and what hangs together with such a step answered again.
    void answer();
    /// @param steps  [#step] 1: answer again what is cleared together with it
    void answer_again(std::span<const char> steps);
    void conclude();
    /// [#step x #position] kW under the answers
    std::vector<double> answered_levels() const;
    /// [#step] rows of the market that have a price
    std::vector<std::vector<std::int32_t>> priced_rows() const;
    /// [#step] rows of the market that proofs of bounds name, some of them often
    std::vector<std::vector<std::int32_t>> proving_rows() const;
    /// [#step] 1: some of what is cleared together with it is among the steps named
    std::vector<char> joined_to(std::span<const char> steps) const;

    /// Their proofs name a row of the network by its row of the market (side 0) and a position by its number (side 0).
    std::span<const AuctionPart> parts() const { return parts_; }
    /// Accepted quantities by order and step, as trades with the operator at the locational price.
    std::span<const Trade> trades() const { return trades_; }
    OrderOutcome outcome(std::int32_t order) const { return outcome_[index(order)]; }
    PriceFit fit(std::int32_t order) const { return fit_[index(order)]; }
    double level(std::size_t step, std::int32_t position) const { return level_[place(step, position)]; }
    /// Value of the limit at a position, currency per MWh: the sum over rows of multiplier times coefficient, and the
    /// price of the balance where there is one.
    double price(std::size_t step, std::int32_t position, TradedLimit limit) const;
    std::span<const AuctionRowPrice> row_prices() const { return row_prices_; }

private:
    std::size_t index(std::int32_t order) const { return static_cast<std::size_t>(order - first_); }
    std::size_t place(std::size_t step, std::int32_t position) const {
        return step * static_cast<std::size_t>(market_.rows.position_count()) + static_cast<std::size_t>(position);
    }
    void refuse_orders();
    OrderOutcome at_the_door(std::int32_t order) const;
    std::vector<std::vector<AuctionLeg>> parts_of_legs() const;
    struct Part {
        AuctionProgram program;
        IntegerAnswer answer;
    };
    static bool has_step(const Part& part, std::span<const char> steps);
    void answer(Part& part, std::vector<AuctionLeg> legs) const;
    void conclude(const Part& part);
    IntegerAnswer best_of(const AuctionProgram& program) const;
    static ConvexProblem decided(const AuctionProgram& program, const IntegerAnswer& answer);
    bool is_proven(const AuctionProgram& program, const IntegerAnswer& answer) const;
    double proven_gap() const;
    bool may_all_be_parted(const AuctionProgram& program) const;
    BoundProof proof_of(const AuctionProgram& program, const IntegerAnswer& answer) const;
    void take_prices(const AuctionProgram& program, const IntegerAnswer& answer);
    static double accepted(const AuctionLeg& leg, const IntegerAnswer& answer);
    void take_answer(const AuctionProgram& program, const IntegerAnswer& answer);
    struct Gains;
    Gains gains_of(const AuctionProgram& program) const;
    void record_trades(const AuctionProgram& program, const Gains& gains, const IntegerAnswer& answer);
    void certify(const AuctionProgram& program, const IntegerAnswer& answer, AuctionPart& part) const;
    void judge_fits(const AuctionProgram& program, const Gains& gains, const IntegerAnswer& answer);
    bool held_by_own_bounds(const AuctionLeg& leg) const;
    double gain(const AuctionLeg& leg) const;
    double per_mwh(std::int32_t step) const { return 1e3 / market_.hours[static_cast<std::size_t>(step)]; }

    const FeederMarket& market_;
    const OrderColumns& orders_;
    std::int32_t first_, last_;
    AuctionSettings settings_;
    std::vector<Part> answered_;
    std::vector<OrderOutcome> outcome_;
    std::vector<PriceFit> fit_;
    std::vector<double> level_, price_;               ///< [#step x #position] kW, currency per MWh
    std::vector<double> balance_price_;               ///< [#step x #limit] currency per MWh
    std::vector<double> raised_most_, lowered_most_;  ///< [#step x #position] kW, of all orders
    std::vector<AuctionPart> parts_;
    std::vector<Trade> trades_;
    std::vector<AuctionRowPrice> row_prices_;
};

}  // namespace headroom
