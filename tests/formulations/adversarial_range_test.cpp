// Reactive power that may be anywhere in its range: which end of it each row fears.

#include <gtest/gtest.h>

#include <cmath>

#include "formulations/flow/security_rows.hpp"
#include "tests/support/base_rooms.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

/// Room of every row where one active customer injects q and nobody else injects anything.
std::vector<double> rooms(const SecurityRows& rows, const Region& region, std::size_t active, double q) {
    auto work = rows.workspace();
    for (std::size_t c = 0; c < rows.customers().size(); ++c)
        if (rows.customers()[c].customer == rows.active()[active]) work.q[c * lane_count] = q;
    return base_rooms(rows, region, work);
}

TEST(AdversarialRanges, EveryRowNamesTheEndThatLeavesItLessRoom) {
    int up = 0, down = 0;
    for (unsigned seed = 1; seed <= 8; ++seed) {
        Region region = random_feeder(
            seed, {.buses = 12, .active = 6, .passive = 3, .transformer = seed % 2 == 0, .delta_customers = true});
        for (std::size_t k = 0; k < region.customer_count(); ++k) {
            if (k % 3 != 0) region.customer.reactive_mode[k] = ReactiveMode::range;
            region.customer.q_inject_max[k] = 800;
            region.customer.q_absorb_max[k] = 800;
        }
        const SecurityRows rows(
            region, reduce(linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers)), {});
        for (std::size_t a = 0; a < rows.active_count(); ++a) {
            if (rows.free_range(a) == std::pair{0.0, 0.0}) continue;
            const std::vector<double> injecting = rooms(rows, region, a, 800), absorbing = rooms(rows, region, a, -800);
            for (int r = 0; r < rows.row_count(); ++r) {
                const auto row = static_cast<std::size_t>(r);
                const bool injects = rows.worst_injecting(r, a);
                if (std::isinf(injecting[row]) || std::abs(injecting[row] - absorbing[row]) < 1e-9) continue;
                EXPECT_EQ(injects, injecting[row] < absorbing[row]) << "seed " << seed << " row " << r;
                ++(injects ? up : down);
            }
        }
    }
    EXPECT_GT(up, 500);
    EXPECT_GT(down, 500);
}

}  // namespace
}  // namespace headroom::test
