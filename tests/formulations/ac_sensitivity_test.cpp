// Derivatives of the AC power flow against closed forms and against differences of the power flow itself.

#include "formulations/flow/ac_sensitivity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "tests/support/ac_case.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

using test::AcCase;
using test::FeederBuilder;
using test::four_wires;
using test::mixed_feeder;
using test::PhaseImpedance;
using test::pick;
using test::two_buses;
using Complex = std::complex<double>;
using std::abs;
using std::conj;

const AcSettings tight{.tolerance = 1e-12, .window = {}};

struct Gradient {
    double value;
    std::vector<double> by_p, by_q;
};

Gradient gradient(AcSensitivity& sensitivity, const AcCase& ac, const AcQuantity& quantity) {
    const auto customers = static_cast<std::size_t>(ac.flow.network().customer_count);
    Gradient g{0.0, std::vector<double>(customers), std::vector<double>(customers)};
    g.value = sensitivity.gradient(quantity, g.by_p, g.by_q);
    return g;
}

// V (V - 230) / 0.5 = P:  V = 115 + sqrt(115^2 + P / 2),  dV / dP = 1 / (4 (V - 115)).  A little Q turns V only.
// I = -P / V,  loss = I^2 / 2,  head = loss - P,  power into the line at the far end = P.
TEST(AcSensitivity, TwoBusesFollowTheirQuadratic) {
    const double p = -5000.0, v = 115.0 + std::sqrt(115.0 * 115.0 + p / 2), slope = 1 / (4 * (v - 115.0));
    const double amperes = -p / v, amperes_slope = -1 / v + p / (v * v) * slope;
    const Region region = two_buses(p);
    AcCase ac(region, tight);
    const AcQuantities quantities(region, ac.flow);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);
    const Gradient voltage = gradient(sensitivity, ac, *quantities.voltage(1, pick(0)));
    const Gradient current = gradient(sensitivity, ac, *quantities.current(0, 0, 0));
    const Gradient losses = gradient(sensitivity, ac, quantities.losses());
    const Gradient head = gradient(sensitivity, ac, quantities.head_power());
    const Gradient far = gradient(sensitivity, ac, *quantities.branch_power(0, 1));

    EXPECT_NEAR(voltage.value, v, 1e-6);
    EXPECT_NEAR(voltage.by_p[0], slope, 1e-9 * slope);
    EXPECT_NEAR(voltage.by_q[0], 0.0, 1e-9 * slope);
    EXPECT_NEAR(current.value, amperes, 1e-6);
    EXPECT_NEAR(current.by_p[0], amperes_slope, 1e-9);
    EXPECT_NEAR(losses.by_p[0], amperes * amperes_slope, 1e-9);
    EXPECT_NEAR(head.by_p[0], amperes * amperes_slope - 1.0, 1e-9);
    // conj(V) (V - 230) = 0.5 conj(S): reactive power moves V by -j / 460.
    AcQuantity turn = *quantities.voltage(1, pick(0));
    turn.measure = AcQuantity::Measure::turn;
    const Gradient turned = gradient(sensitivity, ac, turn);
    EXPECT_EQ(turned.value, 0.0);
    EXPECT_NEAR(turned.by_p[0], 0.0, 1e-12);
    EXPECT_NEAR(turned.by_q[0], 1.0 / 460.0, 1e-9) << "S is conj(V)";
    EXPECT_NEAR(far.by_p[0], -1.0, 1e-9) << "5000 W drawn: each watt injected is one less";
}

// I = P V / 230^2:  V = 230 / (1 - 0.5 P / 230^2)
TEST(AcSensitivity, ConstantImpedanceGivesWayWithItsVoltage) {
    const Region region = two_buses(-5000.0, {1, 0, 0});
    AcCase ac(region, tight);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    const Gradient voltage = gradient(sensitivity, ac, *AcQuantities(region, ac.flow).voltage(1, pick(0)));
    const double per_watt = 0.5 / (230.0 * 230.0), share = 1 + 5000.0 * per_watt;
    EXPECT_NEAR(voltage.by_p[0], 230.0 * per_watt / (share * share), 1e-12);
}

// I = P / 230 whatever the voltage
TEST(AcSensitivity, ConstantCurrentIsLinear) {
    const Region region = two_buses(-5000.0, {0, 1, 0});
    AcCase ac(region, tight);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    const Gradient voltage = gradient(sensitivity, ac, *AcQuantities(region, ac.flow).voltage(1, pick(0)));
    EXPECT_NEAR(voltage.by_p[0], 0.5 / 230.0, 1e-12);
}

// The line carries at most 26 450 W, at V = 115: there dV / dP = 1 / (4 (V - 115)) has no value.
TEST(AcSensitivity, AtTheLargestPowerThereIsNoDerivative) {
    const Region region = two_buses(-26400.0);
    AcCase ac(region);
    AcSensitivity sensitivity(ac.flow);
    EXPECT_EQ(sensitivity.status(), AcSensitivityStatus::no_operating_point);
    ac.solve();
    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready) << "50 W before it";
    const Gradient voltage = gradient(sensitivity, ac, *AcQuantities(region, ac.flow).voltage(1, pick(0)));
    EXPECT_NEAR(voltage.by_p[0], 1 / (4 * std::sqrt(25.0)), 1e-6);

    const std::ptrdiff_t real = 2 * lane_count * ac.flow.slot(1, 0);
    ac.set_power(0, 0, -26450.0);
    for (const double v : {115.0, 115.0 * (1 + 1e-9)}) {
        ac.lanes.voltage[static_cast<std::size_t>(real)] = v;
        EXPECT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::singular_jacobian) << v;
    }
}

TEST(AcSensitivity, ALaneWithoutVoltagesIsNoOperatingPoint) {
    const Region region = two_buses(-5000.0);
    AcCase ac(region);
    AcSensitivity sensitivity(ac.flow);
    ac.set_power(0, 1, -27000.0);
    ac.inputs.count = 2;
    ac.solve();

    EXPECT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 1), AcSensitivityStatus::no_operating_point);
    EXPECT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 2), AcSensitivityStatus::no_operating_point);
    EXPECT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);
}

/// Something to differentiate, and what it is in a lane by the power flow's own results.
struct Watched {
    std::string name;
    AcQuantity quantity;
    std::function<double(int lane)> measure;
    double smallest;  ///< below it differences of a modulus tell nothing: it bends where it comes close to zero
};

/// All that can be watched in a region.
class Watch {
public:
    explicit Watch(const Region& region, const AcSettings& settings = tight)
        : region_(region),
          ac_(region, settings),
          branches_(region, ac_.flow),
          flows_(branches_.lanes()),
          quantities_(region, ac_.flow),
          sensitivity_(ac_.flow) {
        for (std::int64_t bus = region.feeder.bus_offset[0]; bus < region.feeder.bus_offset[1]; ++bus)
            for (int c = 0; c < 3; ++c) watch_voltages(bus, c);
        for (std::int64_t k = region.feeder.branch_offset[0]; k < region.feeder.branch_offset[1]; ++k)
            for (int side = 0; side < 2; ++side) watch_branch(k, side);
        watched_.push_back({"losses", quantities_.losses(), [this](int l) { return flows_.loss_p(l); }, 0.0});
        watched_.push_back({"head", quantities_.head_power(), [this](int l) { return flows_.head_p(l); }, 0.0});
    }

    /// Compares gradients with differences of fourth order: eight lanes hold a customer's P and Q in four places.
    void expect_exact(const std::string& what) {
        solve();
        ASSERT_EQ(sensitivity_.set_point(ac_.inputs, ac_.lanes, 0), AcSensitivityStatus::ready) << what;
        std::vector<Gradient> exact, differences(watched_.size());
        for (const Watched& w : watched_) {
            exact.push_back(gradient(sensitivity_, ac_, w.quantity));
            EXPECT_NEAR(exact.back().value, w.measure(0), 1e-8 + 1e-9 * abs(exact.back().value)) << what << w.name;
        }
        for (int c = 0; c < static_cast<int>(ac_.flow.network().customer_count); ++c) add_differences(c, differences);
        std::size_t compared = 0;
        for (std::size_t k = 0; k < watched_.size(); ++k) {
            if (exact[k].value < watched_[k].smallest) continue;
            ++compared;
            expect_equal(exact[k], differences[k], what + ", " + watched_[k].name);
        }
        EXPECT_GT(2 * compared, watched_.size()) << what;
    }

private:
    Complex ampere(std::int64_t branch, int side, int conductor, int lane) const {
        const std::int32_t row = branches_.current(branch, side, conductor);
        if (row < 0) return 0.0;
        const double* at = flows_.current.data() + static_cast<std::ptrdiff_t>(row) * 2 * lane_count;
        return {at[lane], at[lane_count + lane]};
    }
    Complex volt(std::int64_t bus, int conductor, int lane) const {
        return ac_.flow.slot(bus, conductor) < 0 ? Complex(0.0) : ac_.voltage(bus, conductor, lane);
    }

    void watch_voltages(std::int64_t bus, int c) {
        const std::string name = "voltage of bus " + std::to_string(bus) + " conductor " + std::to_string(c);
        if (const auto q = quantities_.voltage(bus, pick(c)))
            watched_.push_back({name, *q, [=, this](int l) { return abs(volt(bus, c, l) - volt(bus, 3, l)); }, 0.0});
        const int next = (c + 1) % 3;
        if (const auto q = quantities_.voltage(bus, pick(c, next)))
            watched_.push_back(
                {name + " to next", *q, [=, this](int l) { return abs(volt(bus, c, l) - volt(bus, next, l)); }, 0.0});
    }

    void watch_branch(std::int64_t k, int side) {
        const std::string name = "branch " + std::to_string(k) + " side " + std::to_string(side);
        const std::int64_t bus = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
        for (int c = 0; c < conductor_count; ++c)
            if (const auto q = quantities_.current(k, side, c))
                watched_.push_back({name + " current " + std::to_string(c), *q,
                                    [=, this](int l) { return abs(ampere(k, side, c, l)); }, 5.0});
        const auto power = [=, this](int conductor, int l) {
            return volt(bus, conductor, l) * conj(ampere(k, side, conductor, l));
        };
        if (const auto q = quantities_.branch_power(k, side))
            watched_.push_back({name + " power", *q,
                                [=](int l) { return abs(power(0, l) + power(1, l) + power(2, l) + power(3, l)); },
                                1000.0});
        const std::int32_t type = region_.branch.transformer[k];
        if (type < 0) return;
        for (int coil = 0; coil < 3; ++coil) {
            const auto q = quantities_.winding_power(k, side, coil);
            if (!q) continue;
            // A star's coil carries its conductor's current; a delta's coil what its impedance lets through.
            const auto& ends =
                side == 0 ? region_.transformer.from_coil[type][coil] : region_.transformer.to_coil[type][coil];
            const int plus = ends[0] - 1;
            if (ends[1] == TransformerColumns::ground)
                watched_.push_back({name + " winding", *q, [=](int l) { return abs(power(plus, l)); }, 1000.0});
            else
                watched_.push_back(
                    {name + " winding", *q, [=, this](int l) { return delta_coil_power(k, coil, l); }, 1000.0});
        }
    }

    /// Of the from side of a delta-star transformer without series admittance to ground at that side.
    double delta_coil_power(std::int64_t k, int coil, int lane) const {
        const TransformerColumns& t = region_.transformer;
        const auto row = static_cast<std::size_t>(region_.branch.transformer[k]);
        const auto c = static_cast<std::size_t>(coil);
        const double ratio = t.to_voltage[row] * t.to_tap[row][c] / (t.from_voltage[row] * t.from_tap[row][c]);
        const Complex across = volt(region_.branch.from_bus[k], t.from_coil[row][c][0] - 1, lane)
                               - volt(region_.branch.from_bus[k], t.from_coil[row][c][1] - 1, lane);
        const double tap = t.to_tap[row][c];
        const Complex low = volt(region_.branch.to_bus[k], t.to_coil[row][c][0] - 1, lane);
        const Complex amperes = (across * ratio - low) / (Complex(t.r[row], t.x[row]) * (tap * tap)) * ratio;
        return abs(across * conj(amperes));
    }

    void solve() {
        ac_.solve();
        branches_.evaluate(ac_.inputs, ac_.lanes, flows_);
        for (const AcLane& lane : ac_.lanes.lane) ASSERT_EQ(lane.status, AcStatus::converged);
    }

    void add_differences(int customer, std::vector<Gradient>& differences) {
        constexpr double step = 20.0;  // W, V A
        constexpr std::array<double, 4> places{1, -1, 2, -2}, weights{8.0 / 12, -8.0 / 12, -1.0 / 12, 1.0 / 12};
        const AcInputs before = ac_.inputs;
        for (int l = 0; l < lane_count; ++l) {
            LaneArray& power = l < 4 ? ac_.inputs.p : ac_.inputs.q;
            power[static_cast<std::size_t>(customer * lane_count + l)] +=
                step * places[static_cast<std::size_t>(l % 4)];
        }
        solve();
        for (std::size_t k = 0; k < watched_.size(); ++k) {
            double by_p = 0.0, by_q = 0.0;
            for (int l = 0; l < 4; ++l) {
                by_p += weights[static_cast<std::size_t>(l)] * watched_[k].measure(l) / step;
                by_q += weights[static_cast<std::size_t>(l)] * watched_[k].measure(l + 4) / step;
            }
            differences[k].by_p.push_back(by_p);
            differences[k].by_q.push_back(by_q);
        }
        ac_.inputs = before;
    }

    static void expect_equal(const Gradient& exact, const Gradient& differences, const std::string& what) {
        double largest = 1e-5;  // V / W and the like: below that differences are rounding
        for (std::size_t c = 0; c < exact.by_p.size(); ++c)
            largest = std::max({largest, abs(differences.by_p[c]), abs(differences.by_q[c])});
        for (std::size_t c = 0; c < exact.by_p.size(); ++c) {
            EXPECT_NEAR(exact.by_p[c], differences.by_p[c], 1e-6 * largest) << what << ", P of customer " << c;
            EXPECT_NEAR(exact.by_q[c], differences.by_q[c], 1e-6 * largest) << what << ", Q of customer " << c;
        }
    }

    const Region& region_;
    AcCase ac_;
    AcBranchFlow branches_;
    AcFlowLanes flows_;
    AcQuantities quantities_;
    AcSensitivity sensitivity_;
    std::vector<Watched> watched_;
};

TEST(AcSensitivity, IsTheDifferenceQuotientOfRandomFeeders) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const Region region = mixed_feeder(seed, seed % 3 == 0 ? 2.5 : 1.0);
        Watch(region).expect_exact("seed " + std::to_string(seed));
        if (HasFatalFailure()) return;
    }
}

TEST(AcSensitivity, IsTheDifferenceQuotientOnVoltVarCurves) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        Region region = mixed_feeder(seed, 1.0);
        test::add_curves(region, false);
        Watch(region).expect_exact("seed " + std::to_string(seed));
        if (HasFatalFailure()) return;
    }
}

TEST(AcSensitivity, IsTheDifferenceQuotientOutsideTheLoadWindow) {
    AcSettings narrow = tight;
    narrow.window = LoadWindow{.v_min = 0.995, .v_max = 1.0};
    for (unsigned seed = 1; seed <= 4; ++seed)
        Watch(mixed_feeder(seed, 1.0), narrow).expect_exact("seed " + std::to_string(seed));
}

TEST(AcSensitivity, IsTheDifferenceQuotientWithRegulatorsChargingAndUnfedCustomers) {
    Region region = test::small_region(1);
    for (double& p : region.series[0].p_forecast) p *= 20.0;
    Watch(region).expect_exact("small region");
}

TEST(AcSensitivity, IsTheDifferenceQuotientWithNeutralsAndSwitches) {
    const Region region = four_wires();
    Watch(region).expect_exact("four wires");
}

TEST(AcSensitivity, OfCustomersAtTheSlackBusOnlyTheHeadKnows) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.active("there", "slack", "a", 10e3, 10e3);
    builder.active("far", "far", "a", 10e3, 10e3);
    builder.inject("far", -3000.0);
    const Region region = builder.build();
    AcCase ac(region);
    const AcQuantities quantities(region, ac.flow);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    EXPECT_NEAR(gradient(sensitivity, ac, quantities.head_power()).by_p[0], -1.0, 1e-12);
    EXPECT_EQ(gradient(sensitivity, ac, quantities.losses()).by_p[0], 0.0);
    EXPECT_EQ(gradient(sensitivity, ac, *quantities.voltage(1, pick(0))).by_p[0], 0.0);
}

TEST(AcSensitivity, HeadPowerKnowsCustomersBehindSwitchesOfTheSlackBus) {
    FeederBuilder builder(230.0);
    builder.bus("near", "abc", 230.0);
    builder.line("slack", "near", "ab", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.line("slack", "near", "c", PhaseImpedance::uncoupled(0.5, 0.2));
    builder.region().branch.kind[0] = BranchKind::circuit_switch;
    builder.active("switched", "near", "a", 10e3, 10e3);
    builder.customer("half", "near", "bc", {.active = false, .connection = Connection::delta});
    builder.inject("half", -4000.0);
    Watch(builder.build()).expect_exact("behind a switch");
}

// head = losses - injections, where injections do not depend on voltages
TEST(AcSensitivity, HeadPowerIsLossesLessInjections) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const Region region = test::random_feeder(seed, {.transformer = seed % 2 == 0, .delta_customers = true});
        AcCase ac(region);
        const AcQuantities quantities(region, ac.flow);
        AcSensitivity sensitivity(ac.flow);
        ac.solve();

        ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready) << seed;
        const Gradient losses = gradient(sensitivity, ac, quantities.losses());
        const Gradient head = gradient(sensitivity, ac, quantities.head_power());

        for (std::size_t c = 0; c < head.by_p.size(); ++c) {
            EXPECT_NEAR(head.by_p[c], losses.by_p[c] - 1.0, 1e-8) << seed;
            EXPECT_NEAR(head.by_q[c], losses.by_q[c], 1e-8) << seed;
        }
    }
}

TEST(AcSensitivity, ManyAtOnceAreTheSameAsEachAlone) {
    const Region region = test::random_feeder(2, {.transformer = true, .delta_customers = true});
    AcCase ac(region);
    const AcQuantities quantities(region, ac.flow);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();
    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);
    std::vector<AcQuantity> asked{quantities.losses(), quantities.head_power()};
    for (int c = 0; c < 3; ++c) asked.push_back(*quantities.current(0, 1, c));
    const std::size_t customers = region.customer_count();
    std::vector<double> values(asked.size()), by_p(asked.size() * customers), by_q(by_p.size());

    sensitivity.gradients(asked, values, by_p, by_q);

    for (std::size_t k = 0; k < asked.size(); ++k) {
        const Gradient alone = gradient(sensitivity, ac, asked[k]);
        EXPECT_EQ(values[k], alone.value);
        for (std::size_t c = 0; c < customers; ++c) {
            EXPECT_EQ(by_p[k * customers + c], alone.by_p[c]) << k;
            EXPECT_EQ(by_q[k * customers + c], alone.by_q[c]) << k;
        }
    }
}

TEST(AcSensitivity, WhatIsNotThereHasNoQuantity) {
    Region region = two_buses(-5000.0);
    region.branch.closed[0] = 0;
    const AcPowerFlow flow(region, 0);
    const AcQuantities quantities(region, flow);

    EXPECT_FALSE(quantities.voltage(1, pick(0)));
    EXPECT_FALSE(quantities.current(0, 0, 0));
    EXPECT_FALSE(quantities.branch_power(0, 0));
    EXPECT_FALSE(quantities.winding_power(0, 0, 0));
    EXPECT_TRUE(quantities.voltage(0, pick(0, 1)));
}

TEST(AcSensitivity, AFeederWithNothingFedHasZeroGradients) {
    Region region = two_buses(-5000.0);
    region.branch.closed[0] = 0;
    AcCase ac(region);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    EXPECT_EQ(gradient(sensitivity, ac, AcQuantities(region, ac.flow).head_power()).by_p[0], 0.0);
}

TEST(AcSensitivity, AnUnusedBranchHasZeroCurrentAndZeroGradient) {
    const Region region = two_buses(-5000.0);
    AcCase ac(region);
    AcSensitivity sensitivity(ac.flow);
    ac.solve();

    ASSERT_EQ(sensitivity.set_point(ac.inputs, ac.lanes, 0), AcSensitivityStatus::ready);

    const Gradient current = gradient(sensitivity, ac, *AcQuantities(region, ac.flow).current(0, 0, 1));
    EXPECT_NEAR(current.value, 0.0, 1e-9);
    EXPECT_NEAR(current.by_p[0], 0.0, 1e-12);
}

}  // namespace
}  // namespace headroom
