// Markets in limits and set-points on rows linearised in every step at its AC base case.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "formulations/market/verify_clearing.hpp"
#include "formulations/secure/linearised_limits.hpp"
#include "formulations/secure/linearised_rows.hpp"
#include "formulations/secure/secure_feeder.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

constexpr double watt_per_kilowatt = 1000.0;

AllocationQuestion linearised(AllocationQuestion question = {}) {
    question.flow = FlowModel::linearised_ac;
    return question;
}

/// Equal lines slack --- near --- far without load, one three-phase customer at each end.
struct TwoCustomers {
    static constexpr double r = 0.3, v = 230.0;
    /// What the voltage at far leaves to P_near + 2 P_far, kW: d|V_far| = r (P_near + 2 P_far) / 3 v.
    static constexpr double room = 3 * 0.1 * v * v / r / watt_per_kilowatt;
    FeederBuilder builder{v};

    TwoCustomers() {
        const PhaseImpedance per_metre = PhaseImpedance::uncoupled(r, 0.2);
        builder.bus("near", "abc", v);
        builder.line("slack", "near", "abc", per_metre);
        builder.bus("far", "abc", v);
        builder.line("near", "far", "abc", per_metre);
        builder.active("n", "near", "abc", 1e6, 1e6);
        builder.active("f", "far", "abc", 1e6, 1e6);
        builder.voltage_band(0.9 * v, 1.1 * v);
    }
};

struct Cleared {
    Region region;
    ClearingQuestion question;
    EnvelopeResult envelopes;
    ClearingResult result;

    std::string fault() const {
        const auto faults = verify_clearing(region, region.series.front(), question, result, 1);
        return faults.empty() ? "" : faults.front();
    }
};

Cleared clear(Region region, Mechanism mechanism, const AllocationQuestion& envelope,
              MarketKind market = MarketKind::limit_exchange) {
    ClearingQuestion question{.market = market, .mechanism = mechanism, .envelope = linearised(envelope)};
    const SeriesSet& series = region.series.front();
    EnvelopeResult envelopes = allocate(region, series, question.envelope, {""}, {.threads = 1});
    ClearingResult result = clear_market(region, series, question, envelopes, {""}, {.threads = 1});
    return {std::move(region), question, std::move(envelopes), std::move(result)};
}

TEST(LinearisedMarket, AFullVoltageLetsLimitsMoveTowardsTheSourceAlone) {
    for (const bool towards : {true, false}) {
        Region region = TwoCustomers().builder.build();
        add_order(region, {.customer = towards ? "f" : "n", .side = OrderSide::sell, .kw = 5, .price = 10});
        add_order(region, {.customer = towards ? "n" : "f", .side = OrderSide::buy, .kw = 5, .price = 20});
        const Cleared cleared = clear(region, Mechanism::continuous, {});
        EXPECT_NEAR(cleared.envelopes.export_limit[0], TwoCustomers::room / 3 * watt_per_kilowatt, 1e-3);
        ASSERT_EQ(cleared.result.trades.size(), towards ? 1u : 0u);
        for (const Trade& trade : cleared.result.trades) EXPECT_NEAR(trade.quantity, 5, 1e-9);
        EXPECT_EQ(cleared.fault(), "");
    }
}

TEST(LinearisedMarket, RoomIsWorthWhatItsBuyersPay) {
    // 5 kW less at far are 10 kW more at near.
    Region region = TwoCustomers().builder.build();
    add_order(region, {.customer = "f", .side = OrderSide::sell, .kw = 5, .price = 10});
    add_order(region, {.customer = "n", .side = OrderSide::buy, .kw = 20, .price = 20});
    const Cleared cleared = clear(region, Mechanism::auction, {});
    const auto after = [&](std::size_t customer) {
        return cleared.result.after[0][customer] / watt_per_kilowatt - TwoCustomers::room / 3;
    };
    EXPECT_NEAR(after(0), 10, 1e-6);
    EXPECT_NEAR(after(1), -5, 1e-6);
    ASSERT_EQ(cleared.result.row_prices.size(), 1u);
    EXPECT_EQ(cleared.result.row_prices[0].side, ac_side);
    // The buyer sets the price: 20 per kW of near, twice that of far.
    EXPECT_NEAR(cleared.result.price[0][0], 20, 1e-6);
    EXPECT_NEAR(cleared.result.price[0][1], 40, 1e-6);
    EXPECT_EQ(cleared.fault(), "");
}

TEST(LinearisedMarket, EveryStepHasTheRowsOfItsOwnBaseCase) {
    TwoCustomers two;
    two.builder.customer("load", "far", "abc", {.active = false});
    Region region = two.builder.build(2);
    region.series.front().p_forecast[region.customer_count() + 2] = -20e3;
    const MarketCase at(region, linearised());
    const FeederMarket& market = at.market();
    ASSERT_EQ(market.step_rows.size(), 2u);
    const std::int32_t far = market.position_of(1, TradedLimit::export_power);
    double apart = 0;
    for (int row = 0; row < market.rows.row_count(); ++row)
        apart = std::max(apart, std::abs(market.rows_of(0).entry(far, row) / market.rows_of(0).scale(row)
                                         - market.rows_of(1).entry(far, row) / market.rows_of(1).scale(row)));
    EXPECT_GT(apart, 1e-5) << "per kW: with a load the voltage is lower, and the same power a larger current";
}

/// Worst excess, per unit, of limits over every row of every limit in a step, with nothing left out.
double worst_excess(const Region& region, const AllocationQuestion& question,
                    const std::array<std::vector<double>, position_kind_count>& limits, std::size_t step) {
    const FeederAllocation allocation(region, 0, region.series.front(), question);
    const AcFeeder ac(region, 0, allocation.rows(), {}, settings_of_linearisation(question.linearisation));
    const auto columns = columns_of(ac.coordinates(), allocation.rows().columns());
    std::vector<double> kw;
    for (const LimitColumn& column : allocation.rows().columns())
        kw.push_back(
            limits[static_cast<std::size_t>(column.kind)]
                  [step * region.customer_count()
                   + static_cast<std::size_t>(allocation.rows().active()[static_cast<std::size_t>(column.active)])]
            / watt_per_kilowatt);
    const EnvelopeBox box =
        box_of_limits(columns, adversarial_ranges(allocation.rows(), ac.coordinates(), columns), kw);
    const AcBase base = ac_base(ac, region.series.front(), step, question);
    double worst = -1;
    const LinearisedStep at_base = linearise(ac, {&base, 1}).front();
    for (const AcRow& row : at_base.rows) worst = std::max(worst, reach(row, box) - std::max(row.room, 0.0));
    return worst;
}

/// A random feeder, customers with reactive ranges where wished.
Region feeder(unsigned seed, bool ranges) {
    Region region = random_feeder(seed, {.buses = 10, .active = 6, .steps = 2});
    for (std::size_t k = 0; ranges && k < region.customer_count(); ++k) {
        if (region.customer.active[k] == 0) continue;
        region.customer.reactive_mode[k] = ReactiveMode::range;
        region.customer.q_inject_max[k] = 1e3;
        region.customer.q_absorb_max[k] = 2e3;
    }
    return region;
}

TEST(LinearisedMarket, EnvelopesBeginInsideItsRowsAndFillThoseThatStopThem) {
    std::size_t full = 0;
    for (unsigned seed = 0; seed < 10; ++seed)
        for (const Policy policy : {Policy::max_min, Policy::total, Policy::proportional}) {
            const Region region = feeder(seed, seed % 2 == 1);
            const MarketCase at(
                region,
                linearised({.policy = policy, .reactive = seed % 4 == 1 ? Reactive::joint : Reactive::adversarial}));
            const FeederMarket& market = at.market();
            for (std::size_t step = 0; step < market.step_count; ++step) {
                if (market.open[step] == 0) continue;
                std::vector<double> left(at.allocation().rows().limits().size(), 1e9);  // kW
                const MarketRows& rows = market.rows_of(step);
                for (int row = 0; row < rows.row_count(); ++row)
                    if (rows.largest(row) > 0) {
                        double& of_limit =
                            left[static_cast<std::size_t>(market.row_name[static_cast<std::size_t>(row)].limit)];
                        of_limit = std::min(of_limit, market.rest_of(step)[row] / rows.largest(row));
                    }
                for (const double kw : left) EXPECT_GT(kw, -1e-6) << seed;
                for (std::size_t k = 0; k < region.customer_count(); ++k)
                    if (const std::int32_t row = at.envelopes().export_binding_row[step * region.customer_count() + k];
                        row >= 0) {
                        EXPECT_LT(left[static_cast<std::size_t>(row)], 1e-5) << seed;
                        ++full;
                    }
            }
        }
    EXPECT_GT(full, 100u);
}

TEST(LinearisedMarket, LimitsAfterARandomMarketHoldEveryRow) {
    std::size_t trades = 0, reactive = 0;
    for (unsigned seed = 0; seed < 24; ++seed) {
        Region region = feeder(seed, seed % 2 == 1);
        add_random_orders(region, seed, {.count = 60, .whole = true, .linked = true, .passing = true});
        for (std::size_t o = 0; seed % 4 == 1 && o < region.order_count(); o += 3)
            if (region.customer.reactive_mode[static_cast<std::size_t>(region.order.customer[o])]
                == ReactiveMode::range)
                region.order.limit[o] =
                    region.order.limit[o] == TradedLimit::export_power ? TradedLimit::q_inject : TradedLimit::q_absorb;
        const AllocationQuestion question{
            .import_asked = seed % 3 != 0,
            .reactive = seed % 4 == 1 ? Reactive::joint : Reactive::adversarial,
            .linearisation = seed % 5 == 0 ? LinearisedBy::fixed_point : LinearisedBy::tangent};
        for (const Mechanism mechanism : {Mechanism::continuous, Mechanism::auction}) {
            const Cleared cleared = clear(region, mechanism, question);
            EXPECT_EQ(cleared.fault(), "") << "seed " << seed;
            for (std::size_t step = 0; step < cleared.result.step_count; ++step) {
                if (cleared.envelopes.status[step] == ItemStatus::insecure_base) continue;
                EXPECT_EQ(cleared.result.status[step], ClearingStatus::cleared) << "seed " << seed;
                EXPECT_LT(worst_excess(region, cleared.question.envelope, cleared.result.after, step), 1e-8)
                    << "seed " << seed;
            }
            trades += cleared.result.trades.size();
            for (const Trade& trade : cleared.result.trades)
                reactive += trade.limit == TradedLimit::q_inject || trade.limit == TradedLimit::q_absorb;
        }
    }
    EXPECT_GT(trades, 300u);
    EXPECT_GE(reactive, 5u);
}

TEST(LinearisedMarket, LimitsThatPassARowAreNoticed) {
    Region region = TwoCustomers().builder.build();
    add_order(region, {.customer = "f", .side = OrderSide::sell, .kw = 5, .price = 10});
    add_order(region, {.customer = "n", .side = OrderSide::buy, .kw = 5, .price = 20});
    Cleared cleared = clear(region, Mechanism::continuous, {});
    ASSERT_EQ(cleared.fault(), "");
    for (auto* limits : {&cleared.result.before[0], &cleared.result.after[0]}) (*limits)[1] += 1;  // W
    EXPECT_NE(cleared.fault().find("before the market: limits pass row"), std::string::npos) << cleared.fault();
}

TEST(LinearisedMarket, SetPointsMoveWithinTheRowsAtTheForecast) {
    std::size_t trades = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        Region region = feeder(seed, false);
        add_random_orders(region, seed, {.count = 60, .whole = true});
        for (TradedLimit& limit : region.order.limit)
            limit = limit == TradedLimit::export_power ? TradedLimit::down : TradedLimit::up;
        for (const Mechanism mechanism : {Mechanism::continuous, Mechanism::auction}) {
            const Cleared cleared = clear(region, mechanism, {}, MarketKind::set_point_exchange);
            EXPECT_EQ(cleared.fault(), "") << "seed " << seed;
            trades += cleared.result.trades.size();
        }
    }
    EXPECT_GT(trades, 50u);
}

TEST(LinearisedMarket, AStepWhoseBaseCaseHasNoPowerFlowIsClosed) {
    TwoCustomers two;
    two.builder.customer("load", "far", "abc", {.active = false});
    Region region = two.builder.build(2);
    region.series.front().p_forecast[region.customer_count() + 2] = -500e3;
    for (const char* customer : {"n", "f"})
        add_order(region, {.customer = customer,
                           .side = customer[0] == 'n' ? OrderSide::buy : OrderSide::sell,
                           .limit = TradedLimit::down,
                           .kw = 1,
                           .price = customer[0] == 'n' ? 20.0 : 10.0,
                           .first_step = 0,
                           .last_step = 1});
    for (const MarketKind market : {MarketKind::limit_exchange, MarketKind::set_point_exchange}) {
        const Cleared cleared = clear(region, Mechanism::continuous, {}, market);
        EXPECT_EQ(cleared.result.status[0], ClearingStatus::cleared);
        EXPECT_EQ(cleared.result.status[1], ClearingStatus::closed);
        EXPECT_EQ(cleared.fault(), "");
    }
}

}  // namespace
}  // namespace headroom::test
