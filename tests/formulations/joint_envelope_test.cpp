// Joint P-Q envelopes on feeders small enough to check by hand.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "tests/support/feeder_builder.hpp"

namespace headroom::test {
namespace {

constexpr double base = 230.0, r = 0.4, x = 0.2;
constexpr double up = (1.05 * 1.05 - 1) * base * base;    // 2 (r P + x Q) <= up
constexpr double down = (1 - 0.95 * 0.95) * base * base;  // and >= -down

EnvelopeResult solve(const Region& region, AllocationQuestion question) {
    question.reactive = Reactive::joint;
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = 1});
}

// slack --r, x-- bus with one customer on phase a: export and import cap 100 kW.
FeederBuilder one_customer(double q_inject_max, double q_absorb_max) {
    FeederBuilder builder(base);
    builder.bus("bus", "abc", base);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(r, x));
    builder.active("c", "bus", "a", 100e3, 100e3);
    builder.voltage_band(0.95 * base, 1.05 * base);
    builder.region().customer.reactive_mode = {ReactiveMode::range};
    builder.region().customer.q_inject_max = {q_inject_max};
    builder.region().customer.q_absorb_max = {q_absorb_max};
    return builder;
}

TEST(JointEnvelope, MaxMinSharesARowBetweenPAndQAlike) {
    const EnvelopeResult result = solve(one_customer(100e3, 100e3).build(), {});

    EXPECT_NEAR(result.export_limit[0], up / (2 * (r + x)), 1e-6);
    EXPECT_NEAR(result.q_inject_limit[0], up / (2 * (r + x)), 1e-6);
    EXPECT_NEAR(result.import_limit[0], down / (2 * (r + x)), 1e-6);
    EXPECT_NEAR(result.q_absorb_limit[0], down / (2 * (r + x)), 1e-6);
    EXPECT_EQ(result.q_inject_binding_row[0], result.export_binding_row[0]);
    EXPECT_EQ(result.q_absorb_binding_row[0], result.import_binding_row[0]);
    EXPECT_NE(result.q_inject_binding_row[0], result.q_absorb_binding_row[0]);
}

TEST(JointEnvelope, AReactiveLimitStopsAtItsRangeAndPTakesTheRest) {
    const EnvelopeResult result = solve(one_customer(3e3, 2e3).build(), {});

    EXPECT_NEAR(result.q_inject_limit[0], 3e3, 1e-6);
    EXPECT_EQ(result.q_inject_binding_row[0], binding::cap);
    EXPECT_NEAR(result.export_limit[0], (up - 2 * x * 3e3) / (2 * r), 1e-6) << "as with an adversary in Q";
    EXPECT_NEAR(result.q_absorb_limit[0], 2e3, 1e-6);
    EXPECT_NEAR(result.import_limit[0], (down - 2 * x * 2e3) / (2 * r), 1e-6);
}

TEST(JointEnvelope, ProportionalGivesEveryLimitAnEqualShareOfTheRow) {
    const EnvelopeResult result = solve(one_customer(100e3, 100e3).build(), {.policy = Policy::proportional});

    EXPECT_NEAR(result.export_limit[0], up / 2 / (2 * r), 1e-3);
    EXPECT_NEAR(result.q_inject_limit[0], up / 2 / (2 * x), 1e-3);
}

TEST(JointEnvelope, TotalFillsFirstWhatTakesLeastRoom) {
    const EnvelopeResult result = solve(one_customer(5e3, 5e3).build(), {.policy = Policy::total});

    EXPECT_NEAR(result.q_inject_limit[0], 5e3, 1e-3);
    EXPECT_NEAR(result.export_limit[0], (up - 2 * x * 5e3) / (2 * r), 1e-2);
}

// The box [-w, w] over P and Q reaches the side of the polygon at 45 degrees first: 2 w cos 45 = inscribed radius.
TEST(JointEnvelope, ARatingHoldsTheCornersOverPAndQ) {
    FeederBuilder builder(base);
    builder.bus("bus", "abc", base);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(1e-6, 1e-6), 1.0, not_given, 5e3);
    builder.active("c", "bus", "abc", 100e3, 100e3);
    builder.region().customer.reactive_mode = {ReactiveMode::range};
    builder.region().customer.q_inject_max = builder.region().customer.q_absorb_max = {100e3};

    const EnvelopeResult result = solve(builder.build(), {});

    const double w = 5e3 * std::cos(std::numbers::pi / 16) / std::numbers::sqrt2;
    for (const LimitMembers& members : limit_members) EXPECT_NEAR((result.*members.limit)[0], w, 1e-6);
}

// The base case has Q = 0: the forecast is inside the limit, not beside it.
TEST(JointEnvelope, ContainsTheReactiveForecast) {
    FeederBuilder builder = one_customer(100e3, 100e3);
    builder.voltage_band(0.95 * base, 1.01 * base);
    builder.inject("c", 0.0, 2e3);
    const double room = (1.01 * 1.01 - 1) * base * base;

    const EnvelopeResult contained = solve(builder.build(), {}),
                         zero = solve(builder.build(), {.contain = Contain::zero});

    EXPECT_NEAR(contained.q_inject_limit[0], 2e3, 1e-6);
    EXPECT_NEAR(contained.export_limit[0], (room - 2 * x * 2e3) / (2 * r), 1e-6);
    EXPECT_NEAR(zero.q_inject_limit[0], room / (2 * (r + x)), 1e-6);
    EXPECT_NEAR(zero.export_limit[0], room / (2 * (r + x)), 1e-6);
}

TEST(JointEnvelope, CutsTheReactiveForecastAtTheRange) {
    FeederBuilder builder = one_customer(1e3, 1.5e3);
    builder.inject("c", 0.0, -2e3);

    const EnvelopeResult result = solve(builder.build(), {});

    EXPECT_NEAR(result.q_absorb_limit[0], 1.5e3, 1e-6);
    EXPECT_EQ(result.forecast_over_cap[0], 1);
}

// Both forecasts are in the base case, and the range leaves 5 - 2 kvar of injection.
TEST(JointEnvelope, OnTheAddedBasisComesOnTopOfTheReactiveForecast) {
    FeederBuilder builder = one_customer(5e3, 5e3);
    builder.inject("c", 1e3, 2e3);

    const EnvelopeResult result = solve(builder.build(), {.basis = Basis::added});

    EXPECT_NEAR(result.q_inject_limit[0], 3e3, 1e-6);
    EXPECT_NEAR(result.export_limit[0], (up - 2 * (r * 1e3 + x * 2e3) - 2 * x * 3e3) / (2 * r), 1e-6);
    EXPECT_NEAR(result.q_absorb_limit[0], (down + 2 * (r * 1e3 + x * 2e3)) / (2 * (r + x)), 1e-6);
}

TEST(JointEnvelope, ADirectionLeavesBothReactiveLimitsAskedFor) {
    const EnvelopeResult result = solve(one_customer(100e3, 100e3).build(), {.import_asked = false});

    EXPECT_EQ(result.import_binding_row[0], binding::not_asked);
    EXPECT_NEAR(result.q_inject_limit[0], up / (2 * (r + x)), 1e-6);
    EXPECT_NEAR(result.q_absorb_limit[0], down / (2 * x), 1e-6) << "no import beside it";
}

TEST(JointEnvelope, ReferencesOfReactiveLimitsAreTheirRangesButForNumbersAndWeights) {
    FeederBuilder builder = one_customer(25e3, 100e3);
    CustomerColumns& customer = builder.region().customer;
    customer.weight = {2};
    customer.nameplate = customer.export_request = customer.import_request = {50e3};
    const Region region = builder.build();
    const auto expect = [&](const AllocationQuestion& question, double p_share, double q_share) {
        const EnvelopeResult result = solve(region, question);
        const double level = up / (2 * (r * p_share + x * q_share));
        EXPECT_NEAR(result.export_limit[0], level * p_share, 1e-6) << static_cast<int>(question.reference);
        EXPECT_NEAR(result.q_inject_limit[0], level * q_share, 1e-6) << static_cast<int>(question.reference);
    };

    expect({.reference = Reference::absolute, .reference_kw = 3}, 1, 1);
    expect({.reference = Reference::weight}, 1, 1);
    expect({.reference = Reference::cap}, 4, 1);
    expect({.reference = Reference::request}, 2, 1);
    expect({.reference = Reference::nameplate}, 2, 1);
}

TEST(JointEnvelope, EqualCurtailmentStopsReactiveLimitsAtTheirRange) {
    FeederBuilder builder = one_customer(1e3, 2e3);
    builder.region().customer.export_request = builder.region().customer.import_request = {1e3};

    const EnvelopeResult result = solve(builder.build(), {.policy = Policy::equal_curtailment});

    EXPECT_NEAR(result.export_limit[0], 1e3, 1e-6);
    EXPECT_NEAR(result.q_inject_limit[0], 1e3, 1e-6);
    EXPECT_NEAR(result.q_absorb_limit[0], 2e3, 1e-6);
}

// What each limit could have alone is up / (2 r) and up / (2 x), down likewise: half of it for both fills the rows.
TEST(JointEnvelope, KalaiSmorodinskyTakesOneFractionOfEveryMaximum) {
    const EnvelopeResult result = solve(one_customer(100e3, 100e3).build(), {.policy = Policy::kalai_smorodinsky});

    EXPECT_NEAR(result.export_limit[0], 0.5 * up / (2 * r), 1e-6);
    EXPECT_NEAR(result.q_inject_limit[0], 0.5 * up / (2 * x), 1e-6);
    EXPECT_NEAR(result.q_absorb_limit[0], 0.5 * down / (2 * x), 1e-6);
}

TEST(JointEnvelope, CustomersWithoutARangeHaveNoReactiveLimits) {
    FeederBuilder builder = one_customer(1e3, 1e3);
    builder.active("unity", "bus", "b", 100e3, 100e3);
    builder.customer("passive", "bus", "c", {.active = false});
    CustomerColumns& customer = builder.region().customer;
    customer.reactive_mode = {ReactiveMode::range, ReactiveMode::unity, ReactiveMode::range};

    const EnvelopeResult result = solve(builder.build(), {});

    for (const std::size_t c : {1, 2}) {
        EXPECT_TRUE(std::isnan(result.q_inject_limit[c])) << c;
        EXPECT_TRUE(std::isnan(result.q_absorb_limit[c])) << c;
        EXPECT_EQ(result.q_inject_binding_row[c], binding::none) << c;
        EXPECT_EQ(result.q_absorb_binding_row[c], binding::none) << c;
    }
    EXPECT_FALSE(std::isnan(result.export_limit[1]));
}

TEST(JointEnvelope, AdversarialResultsHaveNoReactiveLimits) {
    const Region region = one_customer(1e3, 1e3).build();

    const EnvelopeResult result = allocate(region, region.series.front(), {}, {""}, {.threads = 1});

    EXPECT_TRUE(result.q_inject_limit.empty());
    EXPECT_TRUE(result.q_absorb_binding_row.empty());
}

TEST(JointEnvelope, IsRefusedWhereNothingIsJoint) {
    const auto refusal = [](const Region& region, FlowModel flow) -> std::string {
        try {
            solve(region, {.flow = flow});
        } catch (const std::invalid_argument& fault) {
            return fault.what();
        }
        return "";
    };
    FeederBuilder unity = one_customer(1e3, 1e3);
    unity.region().customer.reactive_mode = {ReactiveMode::unity};

    EXPECT_EQ(refusal(one_customer(1e3, 1e3).build(), FlowModel::dc),
              "joint reactive limits need a flow model with reactive power, which dc has not");
    EXPECT_EQ(refusal(unity.build(), FlowModel::lin_dist_flow),
              "joint reactive limits: no active customer has a reactive range (reactive_mode 2)");
}

// slack -- 1 -- 2 -- ... in per unit of 1 MVA: 1 ohm is 1 p.u. at 1000 V. All active, all with a range of 10 Mvar.
FeederBuilder chain(const std::vector<double>& r_pu, const std::vector<double>& x_pu) {
    const double phase = 1000 / std::sqrt(3.0);
    FeederBuilder builder(phase);
    std::string above = "slack";
    for (std::size_t k = 0; k < r_pu.size(); ++k) {
        const std::string bus = "b" + std::to_string(k);
        builder.bus(bus, "abc", phase);
        builder.line(above, bus, "abc", PhaseImpedance::uncoupled(r_pu[k], x_pu[k]));
        builder.active("c" + std::to_string(k), bus, "abc", 10e6, 10e6);
        above = bus;
    }
    builder.voltage_band(0.95 * phase, 1.05 * phase);
    CustomerColumns& customer = builder.region().customer;
    customer.reactive_mode.assign(r_pu.size(), ReactiveMode::range);
    customer.q_inject_max.assign(r_pu.size(), 10e6);
    customer.q_absorb_max.assign(r_pu.size(), 10e6);
    return builder;
}

// Three prosumers on a chain, r = 0.08, x = 0.04: the published directional proportional (D1) envelopes.
TEST(JointEnvelope, GivesTheProportionalEnvelopesOfThreeProsumers) {
    const EnvelopeResult result = solve(chain({0.08, 0.08, 0.08}, {0.04, 0.04, 0.04}).build(),
                                        {.flow = FlowModel::lin_dist_flow, .policy = Policy::proportional});

    const double pu[] = {0.106771, 0.053385, 0.035590}, qu[] = {0.213542, 0.106771, 0.071181},
                 pl[] = {0.101563, 0.050781, 0.033854}, ql[] = {0.203125, 0.101563, 0.067708};
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(result.export_limit[k] / 1e6, pu[k], 1e-6);
        EXPECT_NEAR(result.q_inject_limit[k] / 1e6, qu[k], 1e-6);
        EXPECT_NEAR(result.import_limit[k] / 1e6, pl[k], 1e-6);
        EXPECT_NEAR(result.q_absorb_limit[k] / 1e6, ql[k], 1e-6);
    }
}

// Where the last bus of a chain alone binds, each of the 2 N limits takes an equal share of its room B:
// pu_i = B / (2 N R_ni), qu_i = B / (2 N X_ni).
TEST(JointEnvelope, ProportionalSharesOfASingleVoltageRowHaveAClosedForm) {
    std::mt19937 random(7);
    std::uniform_real_distribution<> impedance(0.01, 0.1);
    for (const std::size_t n : {1, 2, 5, 8}) {
        std::vector<double> r_pu(n), x_pu(n);
        for (std::size_t k = 0; k < n; ++k) r_pu[k] = impedance(random), x_pu[k] = impedance(random);

        const EnvelopeResult result =
            solve(chain(r_pu, x_pu).build(), {.flow = FlowModel::lin_dist_flow, .policy = Policy::proportional});

        double r_path = 0, x_path = 0;
        for (std::size_t k = 0; k < n; ++k) {
            r_path += r_pu[k], x_path += x_pu[k];
            const double share = (1.05 * 1.05 - 1) / (2 * static_cast<double>(n));
            EXPECT_NEAR(result.export_limit[k] / 1e6, share / (2 * r_path), 1e-6 * share / r_path);
            EXPECT_NEAR(result.q_inject_limit[k] / 1e6, share / (2 * x_path), 1e-6 * share / x_path);
        }
    }
}

}  // namespace
}  // namespace headroom::test
