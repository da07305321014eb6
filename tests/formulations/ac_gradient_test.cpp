// Gradients in lanes against those of AcSensitivity, one point at a time with another factor, and what lanes promise.

#include "formulations/flow/ac_gradient.hpp"

#include <gtest/gtest.h>

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
    explicit Comparison(const Region& region, const AcSettings& settings = tight)
        : kept_(test::all_buses(region)),
          ac_(region, settings, kept_),
          all_(test::all_quantities(region, ac_.flow)),
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

}  // namespace
}  // namespace headroom
