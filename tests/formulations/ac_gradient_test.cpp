// Gradients in lanes against those of AcSensitivity, one point at a time with another factor, and what lanes promise.

#include "formulations/flow/ac_gradient.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <stdexcept>
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
using test::PhaseImpedance;
using test::pick;
using test::two_buses;
using Asked = std::array<const AcQuantity*, lane_count>;
using std::abs;

const AcSettings tight{.tolerance = 1e-12, .window = {}};

std::vector<double> lane_of(const LaneArray& array, int lane) {
    std::vector<double> values;
    for (std::size_t k = static_cast<std::size_t>(lane); k < array.size(); k += lane_count) values.push_back(array[k]);
    return values;
}

/// Every lane at a point of its own: lane l with 0.3 + 0.1 l of all powers.
void scale_lanes(AcCase& ac) {
    for (LaneArray* power : {&ac.inputs.p, &ac.inputs.q})
        for (std::size_t k = 0; k < power->size(); ++k) (*power)[k] *= 0.3 + 0.1 * static_cast<double>(k % lane_count);
}

void expect_near(const std::vector<double>& ours, const std::vector<double>& exact, double largest,
                 const std::string& what) {
    ASSERT_EQ(ours.size(), exact.size());
    for (std::size_t c = 0; c < exact.size(); ++c) EXPECT_NEAR(ours[c], exact[c], 1e-8 * largest) << what << c;
}

/// All quantities, eight at a time, each in another lane at another point.
class Comparison {
public:
    using Choice = std::vector<AcQuantity> (*)(const Region&, const AcPowerFlow&);
    explicit Comparison(const Region& region, const AcSettings& settings = tight)
        : Comparison(region, test::all_quantities, settings) {}
    Comparison(const Region& region, Choice choice, const AcSettings& settings = tight)
        : kept_(test::all_buses(region)),
          ac_(region, settings, kept_),
          all_(choice(region, ac_.flow)),
          gradients_(ac_.flow),
          lanes_(gradients_.lanes()),
          sensitivity_(ac_.flow) {
        scale_lanes(ac_);
        ac_.solve();
    }

    void expect_exact(const std::string& what) {
        for (std::size_t first = 0; first < all_.size(); first += lane_count) {
            Asked asked{};
            for (std::size_t l = 0; l < lane_count && first + l < all_.size(); ++l) asked[l] = &all_[first + l];
            gradients_.evaluate(ac_.inputs, ac_.lanes, asked, lanes_);
            for (int l = 0; l < lane_count; ++l)
                if (asked[l] != nullptr)
                    expect_lane(*asked[l], l, what + ", quantity " + std::to_string(first) + " + " + std::to_string(l));
        }
    }

private:
    void expect_lane(const AcQuantity& quantity, int lane, const std::string& what) {
        ASSERT_EQ(sensitivity_.set_point(ac_.inputs, ac_.lanes, lane), AcSensitivityStatus::ready) << what;
        ASSERT_EQ(lanes_.status[lane], AcGradientStatus::ready) << what;
        EXPECT_FALSE(lanes_.alone[lane]) << what;
        const auto customers = static_cast<std::size_t>(ac_.flow.network().customer_count);
        std::vector<double> by_p(customers), by_q(customers);
        const double value = sensitivity_.gradient(quantity, by_p, by_q);
        double largest = 1e-6;  // V / W and the like: smaller where nothing uses a conductor
        for (std::size_t c = 0; c < customers; ++c) largest = std::max({largest, abs(by_p[c]), abs(by_q[c])});
        EXPECT_EQ(lanes_.value[lane], value) << what;
        expect_near(lane_of(lanes_.by_p, lane), by_p, largest, what + ", P of customer ");
        expect_near(lane_of(lanes_.by_q, lane), by_q, largest, what + ", Q of customer ");
    }

    std::vector<std::int32_t> kept_;
    AcCase ac_;
    std::vector<AcQuantity> all_;
    AcGradients gradients_;
    AcGradients::Lanes lanes_;
    AcSensitivity sensitivity_;
};

TEST(AcGradients, AreThoseOfTheFactoredJacobian) {
    for (unsigned seed = 1; seed <= 10; ++seed)
        Comparison(test::mixed_feeder(seed, seed % 3 == 0 ? 2.5 : 1.0)).expect_exact("seed " + std::to_string(seed));
}

TEST(AcGradients, OfTurnsAreThoseOfTheFactoredJacobian) {
    for (unsigned seed = 1; seed <= 5; ++seed)
        Comparison(test::mixed_feeder(seed, 1.0), test::all_turns).expect_exact("seed " + std::to_string(seed));
}

// What |S| arg S is moved by, from S at two points beside it.
TEST(AcGradients, OfTurnsAreDifferenceQuotients) {
    const Region region = test::mixed_feeder(2, 1.0);
    const std::vector<std::int32_t> kept = test::all_buses(region);
    AcCase ac(region, tight, kept), less(region, tight, kept), more(region, tight, kept);
    less.set_power(1, 0, ac.inputs.p[lane_count] - 5.0, ac.inputs.q[lane_count]);
    more.set_power(1, 0, ac.inputs.p[lane_count] + 5.0, ac.inputs.q[lane_count]);
    for (AcCase* at : {&ac, &less, &more}) at->solve();
    const AcGradients gradients(ac.flow);
    AcGradients::Lanes lanes = gradients.lanes();
    int compared = 0;
    for (const AcQuantity& turn : test::all_turns(region, ac.flow)) {
        gradients.evaluate(ac.inputs, ac.lanes, Asked{&turn}, lanes);
        const auto product = [&](const AcCase& at) {
            return AcLanePoint(at.flow, at.inputs, at.lanes, 0).product(turn);
        };
        const std::complex<double> here = product(ac), change = (product(more) - product(less)) / 10.0;
        if (abs(here) < 1e-3) continue;
        const double exact = (std::conj(here) / abs(here) * change).imag();
        EXPECT_EQ(lanes.value[0], 0.0);
        EXPECT_NEAR(lanes.by_p[lane_count], exact, 1e-6 * abs(here) / 1000.0 + 1e-5 * abs(exact));
        ++compared;
    }
    EXPECT_GT(compared, 20);
}

TEST(AcGradients, AreThoseOfTheFactoredJacobianOnVoltVarCurves) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        Region region = test::mixed_feeder(seed, 1.0);
        test::add_curves(region, true);
        Comparison(region).expect_exact("together, seed " + std::to_string(seed));
        AcSettings apart = tight;
        apart.curves_together = 0;
        Comparison(region, apart).expect_exact("apart, seed " + std::to_string(seed));
    }
}

TEST(AcGradients, AreThoseOfTheFactoredJacobianAroundTheLoadWindow) {
    AcSettings narrow = tight;
    narrow.window = LoadWindow{.v_min = 0.995, .v_max = 1.0};
    for (unsigned seed = 1; seed <= 4; ++seed)
        Comparison(test::mixed_feeder(seed, 1.0), narrow).expect_exact("seed " + std::to_string(seed));
    AcSettings low = tight;
    low.window = LoadWindow{.v_min = 1.2, .v_max = 1.3, .v_low = 0.99};
    for (unsigned seed = 1; seed <= 4; ++seed)
        Comparison(test::mixed_feeder(seed, 1.0), low).expect_exact("low, seed " + std::to_string(seed));
}

TEST(AcGradients, AreThoseOfTheFactoredJacobianWithRegulatorsChargingAndUnfedCustomers) {
    Region region = test::small_region(1);
    for (double& p : region.series[0].p_forecast) p *= 20.0;
    Comparison(region).expect_exact("small region");
}

TEST(AcGradients, AreThoseOfTheFactoredJacobianWithNeutralsAndSwitches) {
    Comparison(test::four_wires()).expect_exact("four wires");
}

TEST(AcGradients, AreThoseOfTheFactoredJacobianInMeshes) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        Region region = test::random_feeder(seed, {.buses = 20, .transformer = seed % 2 == 0, .delta_customers = true});
        ASSERT_GT(test::add_ties(region), 0) << seed;
        Comparison(region).expect_exact("meshed, seed " + std::to_string(seed));
    }
}

/// Voltages, currents and powers at the customers' end of a feeder, one per lane.
struct DifferentLanes {
    explicit DifferentLanes(const Region& region)
        : kept(test::all_buses(region)), ac(region, {}, kept), all(test::all_quantities(region, ac.flow)) {
        scale_lanes(ac);
        ac.solve();
        for (std::size_t l = 0; l < lane_count; ++l) asked[l] = &all[l * 11 % all.size()];
    }

    std::vector<std::int32_t> kept;
    AcCase ac;
    std::vector<AcQuantity> all;
    Asked asked{};
};

/// A lane's point and quantity into another lane of other ones.
void copy_lane(const DifferentLanes& from, int source, DifferentLanes& to, int target) {
    for (const auto& [a, b] :
         {std::pair{&from.ac.inputs.p, &to.ac.inputs.p}, std::pair{&from.ac.inputs.q, &to.ac.inputs.q},
          std::pair{&from.ac.lanes.voltage, &to.ac.lanes.voltage}})
        for (std::size_t k = 0; k < a->size(); k += lane_count) (*b)[k + target] = (*a)[k + source];
    to.ac.lanes.lane[target] = from.ac.lanes.lane[source];
    to.asked[target] = from.asked[source];
}

TEST(AcGradients, ALanesBitsDependOnNothingButItsPointAndQuantity) {
    const Region region = test::mixed_feeder(4, 1.0);
    DifferentLanes together(region);
    const AcGradients gradients(together.ac.flow);
    AcGradients::Lanes all = gradients.lanes(), other = gradients.lanes();
    gradients.evaluate(together.ac.inputs, together.ac.lanes, together.asked, all);
    for (int l = 0; l < lane_count; ++l) {
        DifferentLanes elsewhere(region);
        const int place = (l + 3) % lane_count;
        copy_lane(together, l, elsewhere, place);
        elsewhere.ac.lanes.lane[(place + 1) % lane_count].status = AcStatus::diverged;
        elsewhere.asked[static_cast<std::size_t>((place + 2) % lane_count)] = nullptr;

        gradients.evaluate(elsewhere.ac.inputs, elsewhere.ac.lanes, elsewhere.asked, other);

        EXPECT_EQ(all.status[l], AcGradientStatus::ready);
        EXPECT_EQ(other.value[place], all.value[l]) << l;
        EXPECT_EQ(other.sweeps[place], all.sweeps[l]) << l;
        EXPECT_EQ(lane_of(other.by_p, place), lane_of(all.by_p, l)) << l;
        EXPECT_EQ(lane_of(other.by_q, place), lane_of(all.by_q, l)) << l;
    }
}

TEST(AcGradients, ReadOnlyWhatSweepsTouch) {
    const Region region = test::random_feeder(3, {.buses = 30, .transformer = true, .delta_customers = true});
    AcCase ac(region);
    const int phase = std::countr_zero(region.customer.phases[0]);
    const AcQuantity voltage = *AcQuantities(region, ac.flow).voltage(region.customer.bus[0], pick(phase));
    const AcGradients gradients(ac.flow);
    AcGradients::Lanes known = gradients.lanes(), partly = gradients.lanes();
    Asked asked{};
    asked.fill(&voltage);
    ac.solve();
    gradients.evaluate(ac.inputs, ac.lanes, asked, known);
    ASSERT_GT(ac.flow.factor().first(), 0);
    std::fill_n(ac.lanes.voltage.begin(), 2 * lane_count * ac.flow.factor().first(), not_given);

    gradients.evaluate(ac.inputs, ac.lanes, asked, partly);

    EXPECT_EQ(known.status[0], AcGradientStatus::ready);
    EXPECT_EQ(partly.by_p, known.by_p);
    EXPECT_EQ(partly.by_q, known.by_q);
    EXPECT_EQ(partly.value, known.value);
}

void expect_nothing(const AcGradients::Lanes& lanes, int lane) {
    EXPECT_TRUE(std::isnan(lanes.value[lane])) << lane;
    for (const LaneArray* array : {&lanes.by_p, &lanes.by_q})
        for (const double value : lane_of(*array, lane)) EXPECT_TRUE(std::isnan(value)) << lane;
}

TEST(AcGradients, LanesWithoutQuantityOrPointHaveNoNumbers) {
    const Region region = two_buses(-5000.0);
    AcCase ac(region);
    const AcQuantity voltage = *AcQuantities(region, ac.flow).voltage(1, pick(0));
    ac.inputs.count = 3;
    ac.set_power(0, 1, -27000.0);
    ac.solve();
    const AcGradients gradients(ac.flow);
    AcGradients::Lanes lanes = gradients.lanes();
    Asked asked{};
    asked.fill(&voltage);
    asked[2] = nullptr;

    gradients.evaluate(ac.inputs, ac.lanes, asked, lanes);

    EXPECT_EQ(lanes.status[0], AcGradientStatus::ready);
    EXPECT_EQ(lanes.status[1], AcGradientStatus::no_operating_point);
    EXPECT_EQ(lanes.status[2], AcGradientStatus::not_asked);
    EXPECT_EQ(lanes.status[3], AcGradientStatus::not_asked) << "beyond count";
    for (int l = 1; l < lane_count; ++l) expect_nothing(lanes, l);
    EXPECT_EQ(lanes.sweeps[1], 0);
}

// V (V - 230) / 0.5 = P:  dV / dP = 1 / (4 (V - 115)); sweeps contract by |P| 0.5 / V^2
TEST(AcGradients, CloseToTheLargestPowerALaneIsSolvedAlone) {
    const Region region = two_buses(-5000.0);
    AcCase ac(region, tight);
    const AcQuantity voltage = *AcQuantities(region, ac.flow).voltage(1, pick(0));
    const std::array<double, 4> powers{-5000.0, -20000.0, -26000.0, -26400.0};
    for (int l = 0; l < 4; ++l) ac.set_power(0, l, powers[static_cast<std::size_t>(l)]);
    ac.solve();
    // the largest power of all, 26 450 W, at half the voltage
    ac.set_power(0, 4, -26450.0);
    ac.lanes.voltage[static_cast<std::size_t>(2 * lane_count * ac.flow.slot(1, 0) + 4)] = 115.0;
    const AcGradients gradients(ac.flow);
    AcGradients::Lanes lanes = gradients.lanes();
    Asked asked{};
    asked.fill(&voltage);

    gradients.evaluate(ac.inputs, ac.lanes, asked, lanes);

    for (int l = 0; l < 4; ++l) {
        const double exact = 1 / (4 * std::sqrt(115.0 * 115.0 + powers[static_cast<std::size_t>(l)] / 2));
        EXPECT_EQ(lanes.status[l], AcGradientStatus::ready) << l;
        EXPECT_EQ(lanes.alone[l], l >= 2) << l;
        EXPECT_NEAR(lanes.by_p[static_cast<std::size_t>(l)], exact, 1e-8 * exact) << l;
    }
    EXPECT_EQ(lanes.status[4], AcGradientStatus::singular_jacobian);
    expect_nothing(lanes, 4);
}

TEST(AcGradients, OfCustomersAtTheSlackBusOnlyTheHeadKnows) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.active("there", "slack", "a", 10e3, 10e3);
    builder.active("far", "far", "a", 10e3, 10e3);
    builder.inject("far", -3000.0);
    Comparison(builder.build()).expect_exact("slack bus");
}

TEST(AcGradients, AFeederWithNothingFedHasZeroGradients) {
    Region region = two_buses(-5000.0);
    region.branch.closed[0] = 0;
    Comparison(region).expect_exact("nothing fed");
}

TEST(AcGradients, ABusBetweenTwoOthersIsReadWhereItIsKept) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"first", "link", "far"}) builder.bus(bus, "abc", 230.0);
    builder.line("slack", "first", "abc", PhaseImpedance::uncoupled(0.1, 0.0));
    builder.line("first", "link", "abc", PhaseImpedance::uncoupled(0.2, 0.0));
    builder.line("link", "far", "abc", PhaseImpedance::uncoupled(0.2, 0.0));
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", -5000.0);
    const Region region = builder.build();
    const std::array<std::int32_t, 1> link{2};
    AcCase without(region, tight), with(region, tight, link);
    without.solve();
    with.solve();
    EXPECT_LT(without.flow.slot(2, 0), without.flow.factor().first());
    for (int c = 0; c < 3; ++c) EXPECT_GE(with.flow.slot(2, c), with.flow.factor().first());
    EXPECT_EQ(with.flow.iterated_count(), without.flow.iterated_count() + 3);
    const auto evaluate = [&](const AcCase& ac) {
        const AcQuantity voltage = *AcQuantities(region, ac.flow).voltage(2, pick(0));
        const AcGradients gradients(ac.flow);
        AcGradients::Lanes lanes = gradients.lanes();
        gradients.evaluate(ac.inputs, ac.lanes, Asked{&voltage}, lanes);
        return lanes.by_p[0];
    };

    // with v at the far end: V_link = 230 - 0.3 I, I = -P / v, dv / dP = 1 / (4 (v - 115))
    const double v = 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), slope = 1 / (4 * (v - 115.0));
    EXPECT_NEAR(evaluate(with), 0.3 * (1 / v + 5000.0 / (v * v) * slope), 1e-12);
    EXPECT_THROW(evaluate(without), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
