// Random unbalanced feeders with joint P-Q envelopes against brute force: every corner over P and Q, by the plain flow
// of tests/support.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>

#include "formulations/envelope/allocation.hpp"
#include "tests/support/plain_margin.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

constexpr double pf = 0.95;

/// Most active customers get a reactive range, every fourth a power factor: no Q is fixed, so that every rating with an
/// active customer behind it is a polygon.
Region with_ranges(Region region) {
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        if (region.customer.active[c] == 0) continue;
        const bool fixed = c % 4 == 3;
        region.customer.reactive_mode[c] = fixed ? ReactiveMode::power_factor : ReactiveMode::range;
        region.customer.power_factor[c] = pf;
        region.customer.q_inject_max[c] = fixed ? 0 : 0.6 * region.customer.export_cap[c];
        region.customer.q_absorb_max[c] = fixed ? 0 : 0.4 * region.customer.import_cap[c];
    }
    return region;
}

EnvelopeResult solve(const Region& region, AllocationQuestion question) {
    question.reactive = Reactive::joint;
    return allocate(region, region.series.front(), question, {""}, {.threads = 1});
}

/// The box of one step: a side for the P of every active customer and for the Q of every reactive range.
struct Box {
    struct Side {
        std::size_t customer;
        bool reactive;
        double low, high;  ///< injection, W or V A
        std::int32_t binding_low, binding_high;
    };
    const Region& region;
    std::size_t step;
    std::vector<Side> sides;
    std::vector<double> p, q;  ///< forecasts of all; those of the others stay

    Box(const Region& r, const EnvelopeResult& result, std::size_t at) : region(r), step(at) {
        const std::size_t n = r.customer_count();
        for (std::size_t c = 0; c < n; ++c) {
            const std::size_t k = at * n + c;
            p.push_back(r.series[0].p_forecast[k]);
            q.push_back(r.series[0].q_forecast[k]);
            if (r.customer.active[c] == 0) continue;
            sides.push_back({c, false, -result.import_limit[k], result.export_limit[k], result.import_binding_row[k],
                             result.export_binding_row[k]});
            if (r.customer.reactive_mode[c] == ReactiveMode::range)
                sides.push_back({c, true, -result.q_absorb_limit[k], result.q_inject_limit[k],
                                 result.q_absorb_binding_row[k], result.q_inject_binding_row[k]});
        }
    }

    double worst_corner(Rating rating) const {
        double worst = std::numeric_limits<double>::infinity();
        std::vector<double> p_at = p, q_at = q;
        for (std::size_t corner = 0; corner < std::size_t{1} << sides.size(); ++corner) {
            for (std::size_t k = 0; k < sides.size(); ++k) {
                const Side& side = sides[k];
                const double value = corner >> k & 1 ? side.high : side.low;
                (side.reactive ? q_at : p_at)[side.customer] = value;
                if (region.customer.reactive_mode[side.customer] == ReactiveMode::power_factor)
                    q_at[side.customer] = value * std::sqrt(1 - pf * pf) / pf;
            }
            worst = std::min(worst, plain_margin(region, step, p_at, q_at, rating));
        }
        return worst;
    }
};

struct Shape {
    const char* name;
    RandomFeederOptions options;
    unsigned seeds;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class RandomJointEnvelopes : public testing::TestWithParam<Shape> {};

TEST_P(RandomJointEnvelopes, NoCornerOverPAndQIsInsecure) {
    int solved = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = with_ranges(random_feeder(seed, GetParam().options));
        for (const Policy policy : {Policy::max_min, Policy::equal, Policy::proportional, Policy::total}) {
            const EnvelopeResult result = solve(region, {.policy = policy, .reference = Reference::cap});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                if (result.status[step] != ItemStatus::solved) continue;
                ++solved;
                EXPECT_GE(Box(region, result, step).worst_corner(Rating::circle), -1e-9)
                    << "seed " << seed << " step " << step << " policy " << static_cast<int>(policy);
            }
        }
    }
    EXPECT_GT(solved, static_cast<int>(2 * GetParam().seeds)) << "most random feeders must have a secure base case";
}

// 100 W more of a limit that a row stopped make a corner insecure, ratings being polygons.
TEST_P(RandomJointEnvelopes, HaveNoLimitBelowItsCapThatCouldBeLarger) {
    int active = 0, reactive = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = with_ranges(random_feeder(seed, GetParam().options));
        const EnvelopeResult result = solve(region, {.policy = Policy::max_min});
        if (result.status[0] != ItemStatus::solved) continue;
        const Box box(region, result, 0);
        for (std::size_t k = 0; k < box.sides.size(); ++k)
            for (const bool up : {true, false}) {
                if ((up ? box.sides[k].binding_high : box.sides[k].binding_low) < 0) continue;
                Box larger = box;
                (up ? larger.sides[k].high : larger.sides[k].low) += up ? 100.0 : -100.0;
                EXPECT_LT(larger.worst_corner(Rating::polygon), -1e-9)
                    << "seed " << seed << (box.sides[k].reactive ? " Q" : " P") << (up ? " up" : " down")
                    << " of customer " << box.sides[k].customer;
                ++(box.sides[k].reactive ? reactive : active);
            }
    }
    EXPECT_GT(active, 50);
    EXPECT_GT(reactive, 50);
}

const Shape wye{"WyeLoads", {.buses = 12, .active = 5, .steps = 1}, 40};
const Shape transformer{"Transformer", {.buses = 12, .active = 5, .transformer = true, .steps = 1}, 40};
const Shape delta{
    "DeltaLoads", {.buses = 12, .active = 5, .transformer = true, .delta_customers = true, .steps = 1}, 40};

INSTANTIATE_TEST_SUITE_P(Feeders, RandomJointEnvelopes, testing::Values(wye, transformer, delta),
                         [](const auto& shape) { return shape.param.name; });

// Every answer is judged by code apart from what found it: a bottleneck for every limit of P and Q, or a duality gap.
TEST(JointEnvelopes, AreCertifiedUnderEveryPolicy) {
    int published = 0, items = 0;
    for (unsigned seed = 100; seed < 130; ++seed) {
        Region region = with_ranges(
            random_feeder(seed, {.buses = 25, .active = 10, .passive = 5, .delta_customers = seed % 2 == 0}));
        region.customer.export_request = region.customer.export_cap;
        region.customer.import_request = region.customer.import_cap;
        for (const Policy policy :
             {Policy::max_min, Policy::equal, Policy::equal_curtailment, Policy::kalai_smorodinsky,
              Policy::proportional, Policy::weighted, Policy::alpha, Policy::total, Policy::quadratic}) {
            const EnvelopeResult result =
                solve(region, {.policy = policy, .alpha = 2, .reference = Reference::request});
            for (std::size_t item = 0; item < result.status.size(); ++item) {
                ++items;
                EXPECT_NE(result.status[item], ItemStatus::uncertified)
                    << "seed " << seed << " policy " << static_cast<int>(policy);
                if (result.status[item] != ItemStatus::solved) continue;
                ++published;
                EXPECT_LE(result.certificate_row_violation[item], 1e-4);
                if (is_concave(policy))
                    EXPECT_LE(result.certificate_gap[item], 1e-7);
                else
                    EXPECT_LE(result.certificate_bottleneck_gap[item], 1e-3);
            }
        }
    }
    EXPECT_GT(2 * published, items) << "most random feeders must have a secure base case";
}

}  // namespace
}  // namespace headroom::test
