// Random unbalanced feeders against brute force: every corner of every envelope, by the plain flow of tests/support.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>

#include "formulations/envelope/allocation.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/plain_margin.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

/// The box of one step: [-import, export] of the active customers, forecasts of the others.
struct Box {
    const Region& region;
    std::size_t step;
    std::vector<std::size_t> active;
    std::vector<double> p, q, low, high;

    Box(const Region& r, const EnvelopeResult& result, std::size_t at) : region(r), step(at) {
        const std::size_t n = r.customer_count();
        for (std::size_t c = 0; c < n; ++c) {
            p.push_back(r.series[0].p_forecast[at * n + c]);
            q.push_back(r.series[0].q_forecast[at * n + c]);
            if (r.customer.active[c] == 0) continue;
            active.push_back(c);
            low.push_back(-result.import_limit[at * n + c]);
            high.push_back(result.export_limit[at * n + c]);
        }
    }

    double worst_corner() const {
        double worst = std::numeric_limits<double>::infinity();
        std::vector<double> at = p;
        for (std::size_t corner = 0; corner < std::size_t{1} << active.size(); ++corner) {
            for (std::size_t k = 0; k < active.size(); ++k) at[active[k]] = corner >> k & 1 ? high[k] : low[k];
            worst = std::min(worst, plain_margin(region, step, at, q));
        }
        return worst;
    }
};

EnvelopeResult solve(const Region& region, Policy policy) {
    return allocate(region, region.series.front(), {.policy = policy}, {""}, {.threads = 1});
}

struct Shape {
    const char* name;
    RandomFeederOptions options;
    unsigned seeds;
    bool meshed = false;

    Region feeder(unsigned seed) const { return meshed ? meshed_feeder(seed, options) : random_feeder(seed, options); }
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class RandomEnvelopes : public testing::TestWithParam<Shape> {};
// Without thermal rows of variable reactive power: those are polygons inside the circle and leave room on purpose.
class RandomExactEnvelopes : public testing::TestWithParam<Shape> {};

TEST_P(RandomEnvelopes, NoCornerOfAnEnvelopeIsInsecure) {
    int solved = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = GetParam().feeder(seed);
        for (const Policy policy : {Policy::max_min, Policy::equal}) {
            const EnvelopeResult result = solve(region, policy);
            EXPECT_EQ(result.feeder_fault[0], "") << seed;
            for (std::size_t step = 0; step < result.step_count; ++step) {
                if (result.status[step] != ItemStatus::solved) continue;
                ++solved;
                EXPECT_GE(Box(region, result, step).worst_corner(), -1e-9) << "seed " << seed << " step " << step;
            }
        }
    }
    EXPECT_GT(solved, static_cast<int>(GetParam().seeds)) << "most random feeders must have a secure base case";
}

TEST_P(RandomExactEnvelopes, HaveNoLimitBelowItsCapThatCouldBeLarger) {
    int tried = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = GetParam().feeder(seed);
        const EnvelopeResult result = solve(region, Policy::max_min);
        if (result.status[0] != ItemStatus::solved) continue;
        const Box box(region, result, 0);
        for (std::size_t k = 0; k < box.active.size(); ++k) {
            const std::size_t c = box.active[k];
            if (result.export_binding_row[c] >= 0) {
                Box larger = box;
                larger.high[k] += 100.0;
                EXPECT_LT(larger.worst_corner(), -1e-9) << "seed " << seed << " export of customer " << c;
                ++tried;
            }
            if (result.import_binding_row[c] >= 0) {
                Box larger = box;
                larger.low[k] -= 100.0;
                EXPECT_LT(larger.worst_corner(), -1e-9) << "seed " << seed << " import of customer " << c;
                ++tried;
            }
        }
    }
    EXPECT_GT(tried, 50);
}

const Shape wye{"WyeLoads", {.buses = 12, .active = 7}, 60};
const Shape transformer{"Transformer", {.buses = 12, .active = 6, .transformer = true}, 60};
const Shape unrated_delta{
    "DeltaLoadsWithoutRatings", {.buses = 12, .active = 6, .delta_customers = true, .ratings = false}, 60};
const Shape delta{"DeltaLoads", {.buses = 12, .active = 6, .transformer = true, .delta_customers = true}, 40};
const Shape meshed{"Meshed", {.buses = 22, .active = 5, .steps = 2}, 15, true};
const Shape meshed_transformer{
    "MeshedTransformer", {.buses = 22, .active = 5, .transformer = true, .steps = 2}, 8, true};
const Shape unrated_mesh{"MeshedWithoutRatings", {.buses = 22, .active = 5, .ratings = false, .steps = 1}, 20, true};
const Shape twelve{"TwelveCustomers", {.buses = 15, .active = 12, .steps = 1}, 4};

const auto name_of = [](const auto& shape) { return shape.param.name; };
INSTANTIATE_TEST_SUITE_P(Feeders, RandomEnvelopes,
                         testing::Values(wye, transformer, unrated_delta, delta, twelve, meshed, meshed_transformer),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Feeders, RandomExactEnvelopes,
                         testing::Values(wye, transformer, unrated_delta, twelve, unrated_mesh), name_of);

}  // namespace
}  // namespace headroom::test
