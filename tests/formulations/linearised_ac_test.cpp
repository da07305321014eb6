// The flow model linearised_ac: its rows against differences of a plain power flow, its envelopes in sight.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <stdexcept>
#include <string>

#include "formulations/envelope/allocation.hpp"
#include "formulations/secure/linearised_rows.hpp"
#include "formulations/secure/replay.hpp"
#include "formulations/secure/secure_feeder.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/plain_power_flow.hpp"
#include "tests/support/plain_worst.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

constexpr int sides = SecurityRows::polygon_sides;

EnvelopeResult solve(const Region& region, AllocationQuestion question, int threads = 1, bool row_values = false) {
    question.flow = FlowModel::linearised_ac;
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads, .row_values = row_values});
}

/// The first step of a region linearised at its base case, with all its limits.
struct Linearised {
    explicit Linearised(const Region& region)
        : allocation(region, 0, region.series.front(), {.flow = FlowModel::linearised_ac}),
          ac(region, 0, allocation.rows(), {},
             {.flow_tolerance = 1e-13, .gradient_tolerance = 1e-12, .sides = WatchedLimits::Sides::together}),
          base(ac_base(ac, region.series.front(), 0, allocation.question())),
          step(linearise(ac, {&base, 1}).front()) {}

    const SecurityLimit& limit(const AcRow& row) const {
        return allocation.rows()
            .limits()[static_cast<std::size_t>(ac.limits().in_rows(static_cast<std::size_t>(row.limit)))];
    }

    FeederAllocation allocation;
    AcFeeder ac;
    AcBase base;
    LinearisedStep step;
};

/// The power flow of the base case, with `watts` more from one customer.
PlainPowerFlow plain_flow_with(Region& at, std::size_t customer, double watts) {
    for (std::size_t c = 0; c < at.customer_count(); ++c)
        if (at.customer.active[c] != 0) at.series.front().p_forecast[c] = c == customer ? watts : 0.0;
    PlainPowerFlow flow(at, 0);
    EXPECT_TRUE(flow.solve(1e-14));
    return flow;
}

TEST(LinearisedAc, RowsOfVoltagesAreDerivativesOfAPlainPowerFlow) {
    constexpr double watts = 20.0;
    int compared = 0;
    for (unsigned seed = 0; seed < 6; ++seed) {
        Region region = random_feeder(seed, {.buses = 10,
                                             .active = 4,
                                             .passive = 4,
                                             .transformer = seed % 2 == 1,
                                             .delta_customers = seed % 3 == 0,
                                             .ratings = false,
                                             .steps = 1});
        const Linearised model(region);
        ASSERT_TRUE(model.step.differentiable) << seed;
        for (std::size_t k = 0; k < model.ac.coordinates().size(); ++k) {
            const auto customer = static_cast<std::size_t>(model.ac.coordinates()[k].customer);
            const PlainPowerFlow up = plain_flow_with(region, customer, watts),
                                 down = plain_flow_with(region, customer, -watts);
            for (const AcRow& row : model.step.rows) {
                if (row.side != ac_side) continue;  // a rating of the transformer
                const SecurityLimit& limit = model.limit(row);
                const double per_unit = model.ac.limits().slope(static_cast<std::size_t>(row.limit));
                const double slope =
                    per_unit
                    * (plain_magnitude(up, limit.bus, limit.phases) - plain_magnitude(down, limit.bus, limit.phases))
                    / (2 * watts);
                EXPECT_NEAR(row.slope[k], slope, 2e-5 * std::abs(slope) + 1e-12) << seed << " row " << row.limit;
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 200);
}

TEST(LinearisedAc, RowsLeaveWhatThePlainBaseCaseLeaves) {
    Region region = random_feeder(3, {.buses = 10, .active = 4, .passive = 5, .ratings = false, .steps = 1});
    const Linearised model(region);
    const PlainPowerFlow flow = plain_flow_with(region, 0, 0.0);
    for (const AcRow& row : model.step.rows) {
        const SecurityLimit& limit = model.limit(row);
        const double per_unit = model.ac.limits().slope(static_cast<std::size_t>(row.limit));
        EXPECT_NEAR(row.room, per_unit * (limit.limit - plain_magnitude(flow, limit.bus, limit.phases)), 1e-9);
        EXPECT_EQ(row.side, ac_side);
    }
}

/// One three-phase customer behind one uncoupled line.
struct TwoBuses {
    static constexpr double r = 0.3, x = 0.2, v_slack = 230.0;
    FeederBuilder builder{v_slack};

    explicit TwoBuses(double rating_current = not_given, double rating_power = not_given) {
        builder.bus("end", "abc", v_slack);
        builder.line("slack", "end", "abc", PhaseImpedance::uncoupled(r, x), 1.0, rating_current, rating_power);
        builder.active("c", "end", "abc", 1e6, 1e6);
        builder.voltage_band(0.9 * v_slack, 1.1 * v_slack);
    }
    /// A load beside the customer, of so much power and angle.
    void add_load(double volt_amperes, double angle) {
        builder.customer("load", "end", "abc", {.active = false});
        builder.inject("load", -volt_amperes * std::cos(angle), -volt_amperes * std::sin(angle));
    }
};

TEST(LinearisedAc, LimitsOfOneCustomerAreWhereTheTangentMeetsTheBand) {
    // |V|^2 = u^2 / 2 + r s + sqrt((u^2 / 2 + r s)^2 - |z|^2 s^2) for s = P / 3, so d|V| / ds = r / u where s = 0.
    const EnvelopeResult result = solve(TwoBuses().builder.build(), {});
    ASSERT_EQ(result.status[0], ItemStatus::solved);
    const double power = 3 * 0.1 * TwoBuses::v_slack * TwoBuses::v_slack / TwoBuses::r;
    EXPECT_NEAR(result.export_limit[0], power, 1e-6 * power);
    EXPECT_NEAR(result.import_limit[0], power, 1e-6 * power);
}

TEST(LinearisedAc, ARatingIsReachedExactlyTheWayThatActivePowerFlows) {
    // Without a load I = P / 3 u to first order, and a corner of the polygon lies there.
    const EnvelopeResult amperes = solve(TwoBuses(20.0).builder.build(), {});
    EXPECT_NEAR(amperes.export_limit[0], 3 * TwoBuses::v_slack * 20.0, 1e-3);
    EXPECT_NEAR(amperes.import_limit[0], 3 * TwoBuses::v_slack * 20.0, 1e-3);
    // Losses are of second order: what the sending end carries is P.
    const EnvelopeResult volt_amperes = solve(TwoBuses(not_given, 12e3).builder.build(), {});
    EXPECT_NEAR(volt_amperes.export_limit[0], 12e3, 1e-3);
    EXPECT_NEAR(volt_amperes.import_limit[0], 12e3, 1e-3);
}

/// Phasor of the current through the line of TwoBuses, phase a, over its rating.
std::complex<double> current_over(double rating, const PlainPowerFlow& flow) {
    return (flow.voltage(0, 1) - flow.voltage(1, 1)) / std::complex<double>(TwoBuses::r, TwoBuses::x) / rating;
}

TEST(LinearisedAc, SidesOfARatingAreHowTheCurrentOfAPlainPowerFlowMoves) {
    constexpr double rating = 40.0, watts = 5.0;
    TwoBuses two(rating);
    two.add_load(12e3, 0.7);
    Region region = two.builder.build();
    const Linearised model(region);
    const std::complex<double> z0 = current_over(rating, plain_flow_with(region, 0, 0.0)),
                               dz = (current_over(rating, plain_flow_with(region, 0, watts))
                                     - current_over(rating, plain_flow_with(region, 0, -watts)))
                                    / (2 * watts);
    std::vector<AcRow> rows;
    for (const AcRow& row : model.step.rows)
        if (model.limit(row).kind == RowKind::branch_phase && model.limit(row).phases == "a") rows.push_back(row);
    ASSERT_EQ(rows.size(), std::size_t{sides});
    const double inscribed = std::cos(M_PI / sides);
    for (int k = 0; k < sides; ++k) {
        EXPECT_EQ(rows[static_cast<std::size_t>(k)].side, ac_side + 1 + k);
        // A side and the one at right angles to it are the two components of a phasor.
        const AcRow &side = rows[static_cast<std::size_t>(k)], &next = rows[static_cast<std::size_t>((k + 4) % sides)];
        const std::complex<double> slope(side.slope[0], next.slope[0]),
            base(1 + side.full - side.room, 1 + next.full - next.room);
        EXPECT_NEAR(std::abs(slope), std::abs(dz), 1e-6 * std::abs(dz));
        EXPECT_NEAR(std::abs(base), std::abs(z0), 1e-8);
        EXPECT_NEAR((std::conj(base) * slope).real(), (std::conj(z0) * dz).real(), 1e-6 * std::abs(dz));
        EXPECT_NEAR(1 + side.full, inscribed, 1e-15);
    }
}

TEST(LinearisedAc, ABaseCaseBetweenASideAndItsCircleIsSecureAndOneOutsideIsNot) {
    // Half a side away from the way of active power: where the polygon is nearest to the centre.
    constexpr double rating = 20.0, angle = M_PI / sides;
    const auto loaded = [](double amperes) {
        TwoBuses two(rating);
        two.add_load(3 * TwoBuses::v_slack * amperes, angle);
        return two.builder.build();
    };
    Region probe = loaded(0.9 * rating);
    const double share = std::abs(current_over(rating, plain_flow_with(probe, 0, 0.0))) / 0.9;
    for (const double wanted : {0.99, 1.01}) {
        Region region = loaded(wanted * rating / share);
        const double carried = std::abs(current_over(rating, plain_flow_with(region, 0, 0.0)));
        ASSERT_NEAR(carried, wanted, 0.005) << "on the right side of the circle, outside the polygon";
        const EnvelopeResult result = solve(region, {});
        if (wanted < 1) {
            ASSERT_EQ(result.status[0], ItemStatus::solved);
            // A corner was turned to the base case; the side that active power meets squarely is pi / 16 from it.
            const double left = std::cos(M_PI / sides) * (1 - carried) * rating;
            EXPECT_NEAR(result.import_limit[0], 3 * TwoBuses::v_slack * left, 0.2 * 3 * TwoBuses::v_slack * left);
        } else {
            ASSERT_EQ(result.status[0], ItemStatus::insecure_base);
            ASSERT_FALSE(result.violations.empty());
            EXPECT_NEAR(result.violations[0].value, 3 * TwoBuses::v_slack * rating / 3 * carried, 1e-3)
                << "V A of the phase at its base voltage";
            EXPECT_TRUE(std::isnan(result.export_limit[0]));
        }
    }
}

TEST(LinearisedAc, TheFixedPointHoldsTheCurrentsOfLoads) {
    // V = u + z conj(s / v) with v held: dV / ds = z / conj(v), so d|V| / ds = r / |v| whatever the load; the tangent
    // has the load answer.
    TwoBuses two;
    two.add_load(30e3, 0.3);
    Region region = two.builder.build();
    const double at_load = std::abs(plain_flow_with(region, 0, 0.0).voltage(1, 1));
    const double room = 1.1 * TwoBuses::v_slack - at_load;
    const EnvelopeResult held = solve(region, {.linearisation = LinearisedBy::fixed_point}),
                         tangent = solve(region, {});
    EXPECT_NEAR(held.export_limit[0], 3 * room * at_load / TwoBuses::r, 1e-2);
    EXPECT_GT(std::abs(tangent.export_limit[0] / held.export_limit[0] - 1), 0.02);
}

TEST(LinearisedAc, WithoutLoadTheFixedPointIsTheTangent) {
    for (const double rating : {not_given, 20.0}) {
        const Region region = TwoBuses(rating).builder.build();
        const EnvelopeResult held = solve(region, {.linearisation = LinearisedBy::fixed_point}),
                             tangent = solve(region, {});
        EXPECT_NEAR(held.export_limit[0], tangent.export_limit[0], 1e-3);
        EXPECT_NEAR(held.import_limit[0], tangent.import_limit[0], 1e-3);
    }
}

/// A feeder whose customers inject nothing in the base case, in a band of this width around the slack voltage.
Region in_band(unsigned seed, double width) {
    Region region = random_feeder(seed, {.buses = 10, .active = 5, .passive = 3, .ratings = false, .steps = 1});
    for (double& p : region.series.front().p_forecast) p = 0.0;
    for (double& q : region.series.front().q_forecast) q = 0.0;
    for (double& v : region.series.front().slack_voltage) v = region.bus.base_voltage[0];
    for (std::size_t b = 0; b < region.bus_count(); ++b) {
        region.bus.voltage_min[b] = (1 - width) * region.bus.base_voltage[0];
        region.bus.voltage_max[b] = (1 + width) * region.bus.base_voltage[0];
    }
    return region;
}

TEST(LinearisedAc, InNarrowBandsLimitsAreThoseOfTheAcPowerFlowToFirstOrder) {
    for (const Policy policy : {Policy::max_min, Policy::equal}) {
        double last = 0;
        for (const double width : {0.04, 0.02, 0.01, 0.005}) {
            double worst = 0;
            for (unsigned seed = 0; seed < 3; ++seed) {
                const Region region = in_band(seed, width);
                const EnvelopeResult linearised = solve(region, {.policy = policy});
                const EnvelopeResult secure = allocate(region, region.series.front(),
                                                       {.policy = policy, .secure = Secure::ac}, {""}, {.threads = 1});
                ASSERT_EQ(linearised.status[0], ItemStatus::solved);
                ASSERT_EQ(secure.status[0], ItemStatus::solved);
                for (std::size_t c = 0; c < region.customer_count(); ++c)
                    if (region.customer.active[c] != 0)
                        worst = std::max(worst, std::abs(linearised.export_limit[c] / secure.export_limit[c] - 1));
            }
            EXPECT_LT(worst, 4 * width) << "policy " << static_cast<int>(policy);
            if (last > 0) {
                EXPECT_LT(worst, 0.65 * last) << "half the band, half the error; width " << width;
            }
            last = worst;
        }
    }
}

TEST(LinearisedAc, EveryPolicyIsCertifiedAndHoldsItsRows) {
    int solved = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        const Region region = random_feeder(seed, {.buses = 12,
                                                   .active = 5,
                                                   .passive = 4,
                                                   .transformer = seed % 2 == 0,
                                                   .delta_customers = seed % 3 == 0,
                                                   .steps = 10});
        for (const Policy policy :
             {Policy::max_min, Policy::equal, Policy::equal_curtailment, Policy::kalai_smorodinsky,
              Policy::proportional, Policy::weighted, Policy::alpha, Policy::total, Policy::quadratic}) {
            Region asking = region;
            for (std::size_t c = 0; c < asking.customer_count(); ++c)
                asking.customer.export_request[c] = asking.customer.import_request[c] = 20e3;
            const AllocationQuestion question{.policy = policy, .alpha = 2, .reference = Reference::request};
            const EnvelopeResult result = solve(asking, question, 1, true);
            for (std::size_t item = 0; item < result.status.size(); ++item) {
                ASSERT_NE(result.status[item], ItemStatus::uncertified) << seed << " " << static_cast<int>(policy);
                if (result.status[item] == ItemStatus::insecure_base) continue;
                ++solved;
                for (std::size_t row = 0; row < result.rows.size(); ++row) {
                    const double worst = result.row_worst[item * result.rows.size() + row];
                    if (std::isnan(worst)) continue;  // a rating out of reach
                    if (result.rows.kind[row] == RowKind::voltage_min) {
                        EXPECT_GE(worst, 1 - 1e-7);
                    } else {
                        EXPECT_LE(worst, 1 + 1e-7);
                    }
                }
            }
        }
    }
    EXPECT_GT(solved, 3000);
}

TEST(LinearisedAc, AnyNumberOfThreadsGivesTheSameBytes) {
    for (const Policy policy : {Policy::max_min, Policy::proportional}) {
        const Region region = random_feeder(5, {.buses = 12, .active = 6, .passive = 4, .steps = 20});
        const EnvelopeResult one = solve(region, {.policy = policy}), two = solve(region, {.policy = policy}, 2);
        EXPECT_TRUE(same_bits(one.export_limit, two.export_limit));
        EXPECT_TRUE(same_bits(one.import_limit, two.import_limit));
        EXPECT_EQ(one.export_binding_row, two.export_binding_row);
        ASSERT_EQ(one.prices.size(), two.prices.size());
        for (std::size_t k = 0; k < one.prices.size(); ++k) EXPECT_EQ(one.prices[k].price, two.prices[k].price);
    }
}

TEST(LinearisedAc, AStepDoesNotDependOnThoseBesideIt) {
    const Region region = random_feeder(5, {.buses = 12, .active = 6, .passive = 4, .steps = 9});
    const EnvelopeResult all = solve(region, {});
    Region last = region;  // the step that is alone in its pack, among others
    SeriesSet& series = last.series.front();
    const std::size_t customers = region.customer_count();
    const auto turn = [](std::vector<double>& values, std::size_t per_step) {
        std::rotate(values.begin(), values.end() - static_cast<std::ptrdiff_t>(per_step), values.end());
    };
    turn(series.p_forecast, customers);
    turn(series.q_forecast, customers);
    turn(series.slack_voltage, 3);
    const EnvelopeResult turned = solve(last, {});
    for (std::size_t c = 0; c < customers; ++c)
        if (region.customer.active[c] != 0) {
            EXPECT_EQ(turned.export_limit[c], all.export_limit[8 * customers + c]);
        }
}

/// A load that brings the end to about 0.95 p.u. in AC.
Region loaded(double v_min) {
    TwoBuses two;
    two.add_load(25e3, 0.0);
    two.builder.voltage_band(v_min, 1.1 * TwoBuses::v_slack);
    return two.builder.build();
}

TEST(LinearisedAc, BaseCasesAreJudgedInAc) {
    Region probe = loaded(100.0);
    const double lowest = std::abs(plain_flow_with(probe, 0, 0.0).voltage(1, 1));

    const EnvelopeResult insecure = solve(loaded(lowest + 0.01), {}), secure = solve(loaded(lowest - 0.01), {});

    EXPECT_EQ(secure.status[0], ItemStatus::solved);
    ASSERT_EQ(insecure.status[0], ItemStatus::insecure_base);
    ASSERT_FALSE(insecure.violations.empty());
    EXPECT_NEAR(insecure.violations[0].value, lowest, 1e-6);
    EXPECT_TRUE(std::isnan(insecure.export_limit[0]));
    EXPECT_EQ(allocate(loaded(lowest + 0.01), probe.series.front(), {}, {""}, {.threads = 1}).status[0],
              ItemStatus::solved)
        << "the lossless model does not see it";
}

TEST(LinearisedAc, ARatingFullOfReactivePowerIsWatchedHoweverLittleActivePowerThereIs) {
    constexpr double reactive = 3 * 46.7e3, share = 0.65;  // 0.62 p.u. of voltage are left
    TwoBuses two(not_given, reactive / share);
    two.add_load(reactive, std::numbers::pi / 2);
    two.builder.voltage_band(50.0, 1.1 * TwoBuses::v_slack);
    Region region = two.builder.build();
    region.customer.export_cap[0] = region.customer.import_cap[0] = 10.0;
    Region probe = region;
    const double current = reactive / std::abs(plain_flow_with(probe, 0, 0.0).voltage(1, 1));
    ASSERT_GT(current * TwoBuses::v_slack, reactive / share);

    EXPECT_EQ(allocate(region, region.series.front(), {}, {""}, {.threads = 1}).status[0], ItemStatus::solved)
        << "the lossless model does not see it";
    EXPECT_EQ(solve(region, {}).status[0], ItemStatus::insecure_base);
}

TEST(LinearisedAc, AnInsecureBaseCaseIsMadeNoWorseWhereAsked) {
    const EnvelopeResult result = solve(loaded(222.0), {.insecure_base = InsecureBase::no_worse});
    ASSERT_EQ(result.status[0], ItemStatus::solved_no_worse);
    EXPECT_NEAR(result.import_limit[0], 0.0, 1e-3);
    EXPECT_GT(result.export_limit[0], 1e3);
}

// Its forecast would worsen a voltage that is outside its band without it: both are told, with what they are.
TEST(LinearisedAc, AForecastThatWorsensAnInsecureBaseCaseIsListedFromThere) {
    Region region = loaded(222.0);
    const double base = std::abs(plain_flow_with(region, 0, 0.0).voltage(1, 1)),
                 below = std::abs(plain_flow_with(region, 0, -5e3).voltage(1, 1));  // leaves the forecast at that

    const EnvelopeResult result = solve(region, {.insecure_base = InsecureBase::no_worse});

    ASSERT_EQ(result.status[0], ItemStatus::solved_no_worse);
    EXPECT_NEAR(result.import_limit[0], 0.0, 1e-3);
    ASSERT_EQ(result.violations.size(), 6U) << "of each phase two";
    EXPECT_NEAR(result.violations.front().value, base, 1e-6);
    EXPECT_NEAR(result.violations.back().value, below, 0.1 * (base - below)) << "V, to first order";
}

// Between phases nothing returns in the neutral, which then is at zero and may as well be absent.
TEST(LinearisedAc, DeltaCustomersAloneAtBusesWithANeutralHaveTheLimitsOfThreeWires) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"mid", "end"}) builder.bus(bus, "abc", 230.0);
    builder.line("slack", "mid", "abc", PhaseImpedance::coupled(0.1, 0.08, 0.03, 0.02));
    builder.line("mid", "end", "abc", PhaseImpedance::coupled(0.2, 0.1, 0.03, 0.02));
    builder.customer("load", "mid", "abc", {.active = false, .connection = Connection::delta});
    builder.customer("c", "end", "ca", {.export_cap = 1e6, .import_cap = 1e6, .connection = Connection::delta});
    builder.inject("load", -3000.0, -500.0);
    const Region three_wires = builder.build();
    Region four_wires = three_wires;
    for (std::uint8_t& phases : four_wires.bus.phases) phases |= phase::neutral;
    for (std::uint8_t& phases : four_wires.branch.phases) phases |= phase::neutral;
    for (ConductorMatrix& r : four_wires.line_code.r) r[3][3] = 0.15;

    const EnvelopeResult result = solve(four_wires, {}), expected = solve(three_wires, {});

    ASSERT_EQ(result.status[0], ItemStatus::solved);
    EXPECT_GT(expected.export_limit[1], 1e3);
    EXPECT_NEAR(result.export_limit[1], expected.export_limit[1], 1e-6 * expected.export_limit[1]);
    EXPECT_NEAR(result.import_limit[1], expected.import_limit[1], 1e-6 * expected.import_limit[1]);
}

TEST(LinearisedAc, ABaseCaseWithoutAPowerFlowIsInsecure) {
    TwoBuses two;
    two.add_load(500e3, 0.0);
    for (const InsecureBase wish : {InsecureBase::nan, InsecureBase::no_worse}) {
        const EnvelopeResult result = solve(two.builder.build(), {.insecure_base = wish}, 1, true);
        EXPECT_EQ(result.status[0], ItemStatus::insecure_base);
        EXPECT_TRUE(result.violations.empty()) << "no voltage, no excess";
        for (const double share : result.row_base) EXPECT_TRUE(std::isnan(share));
    }
}

TEST(LinearisedAc, AForecastThatDoesNotFitIsScaledToWhatDoes) {
    TwoBuses two;
    two.builder.inject("c", 200e3);
    const EnvelopeResult result = solve(two.builder.build(), {});
    ASSERT_EQ(result.status[0], ItemStatus::forecast_not_contained);
    const double power = 3 * 0.1 * TwoBuses::v_slack * TwoBuses::v_slack / TwoBuses::r;
    EXPECT_NEAR(result.export_limit[0], power, 1e-6 * power);
    ASSERT_FALSE(result.violations.empty());
    const double risen = TwoBuses::v_slack + TwoBuses::r / TwoBuses::v_slack * 200e3 / 3;
    EXPECT_NEAR(result.violations[0].value, risen, 1e-3) << "V, to first order";
}

TEST(LinearisedAc, AForecastBeyondARatingIsToldAsWhatTheBranchWouldCarry) {
    TwoBuses two(20.0);
    two.builder.inject("c", 15e3);
    const EnvelopeResult result = solve(two.builder.build(), {});
    ASSERT_EQ(result.status[0], ItemStatus::forecast_not_contained);
    ASSERT_FALSE(result.violations.empty());
    // The two sides beside the corner: 15 kW along their normals.
    EXPECT_NEAR(result.violations[0].value, 15e3 / 3 * std::cos(M_PI / sides), 1e-2);
    EXPECT_NEAR(result.violations[0].limit, TwoBuses::v_slack * 20.0, 1e-9);
}

TEST(LinearisedAc, ReactiveRangesAreAtTheirWorstOrShared) {
    TwoBuses two;
    Region region = two.builder.build();
    region.customer.reactive_mode[0] = ReactiveMode::range;
    region.customer.q_inject_max[0] = 6e3;
    region.customer.q_absorb_max[0] = 9e3;
    // d|V| / dQ = x / u where nothing flows.
    const double volt = 3 * 0.1 * TwoBuses::v_slack * TwoBuses::v_slack, r = TwoBuses::r, x = TwoBuses::x;
    const EnvelopeResult worst = solve(region, {});
    EXPECT_NEAR(worst.export_limit[0], (volt - x * 6e3) / r, 1.0);
    EXPECT_NEAR(worst.import_limit[0], (volt - x * 9e3) / r, 1.0);
    const EnvelopeResult joint = solve(region, {.reactive = Reactive::joint});
    EXPECT_NEAR(joint.q_inject_limit[0], 6e3, 1e-3) << "its cap, below the common level";
    EXPECT_NEAR(joint.export_limit[0], worst.export_limit[0], 1.0);
}

TEST(LinearisedAc, CustomersOfEveryKindAreSolvedAndReplayed) {
    const Region region = small_region(1);  // wye, delta, volt-var, power factor, ZIP; transformer, regulators, shunt
    const EnvelopeResult result = solve(region, {});
    int solved = 0;
    for (std::size_t step = 0; step < result.step_count; ++step) {
        ASSERT_NE(result.status[step], ItemStatus::uncertified);
        if (result.status[step] == ItemStatus::solved) ++solved;
    }
    EXPECT_GT(solved, 0);
    const ReplayResult replayed = replay(region, region.series.front(), {.flow = FlowModel::linearised_ac},
                                         {result.export_limit, result.import_limit, {}, {}},
                                         std::vector<std::string>(region.feeder_count()), {}, {.threads = 1});
    for (std::size_t item = 0; item < replayed.status.size(); ++item)
        if (replayed.status[item] == ReplayStatus::replayed) {
            EXPECT_LT(replayed.excess(item), 0.1) << "about right";
        }
}

TEST(LinearisedAc, WhatCannotUseItsRowsRefusesThem) {
    const Region region = TwoBuses().builder.build();
    const auto with = [&](AllocationQuestion question) { return solve(region, question); };
    EXPECT_THROW(with({.secure = Secure::ac}), std::invalid_argument);
    EXPECT_THROW(with({.errors = {.impedance = 0.1}}), std::invalid_argument);
}

}  // namespace
}  // namespace headroom::test
