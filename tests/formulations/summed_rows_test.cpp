#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/flow/security_rows.hpp"
#include "solver/packing/packing_columns.hpp"
#include "solver/packing/row_writer.hpp"
#include "tests/support/base_rooms.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

/// Large enough that A is not written out where nobody needs it so.
Region large_feeder(unsigned seed, bool free_reactive, FlowModel model = FlowModel::lin_dist3_flow) {
    const int buses = model == FlowModel::dc ? 4000 : 1600;  // dc has no voltages, but ratings
    Region region = random_feeder(seed, {.buses = buses,
                                         .active = 800,
                                         .passive = 100,
                                         .transformer = seed % 2 == 0,
                                         .delta_customers = seed % 3 == 0,
                                         .steps = 9});
    for (std::size_t k = 0; k < region.customer_count(); ++k) {
        for (double* p : {&region.series[0].p_forecast[0], &region.series[0].q_forecast[0]})
            for (std::size_t t = 0; t < 9; ++t) p[t * region.customer_count() + k] *= 0.004;
        region.customer.export_cap[k] *= 0.02;
        region.customer.import_cap[k] *= 0.02;
        if (!free_reactive) continue;
        if (k % 4 == 1) region.customer.reactive_mode[k] = ReactiveMode::power_factor;
        region.customer.power_factor[k] = k % 8 == 1 ? 0.95 : -0.9;
        if (k % 4 == 2) region.customer.reactive_mode[k] = ReactiveMode::range;
        region.customer.q_inject_max[k] = 10;
        region.customer.q_absorb_max[k] = 20;
    }
    return region;
}

SecurityRows rows_of(const Region& region, FlowModel model, bool through_sums, double dust, bool joint = false) {
    return SecurityRows(region, reduce(linear_network(region, 0, model, Monitoring::customers)),
                        {.dust = dust, .joint_reactive = joint, .through_sums = through_sums});
}

constexpr double rounding_row = 1e-14;  ///< a row of smaller entries is none: nobody moves what it holds

/// Rows by the limit and side that they hold.
std::map<std::pair<int, int>, int> by_side(const SecurityRows& rows) {
    std::map<std::pair<int, int>, int> found;
    for (int r = 0; r < rows.row_count(); ++r) found[{rows.limit_of_row(r), rows.side_of_row(r)}] = r;
    return found;
}

std::vector<double> rooms(const SecurityRows& rows, const Region& region) {
    auto work = rows.workspace();
    for (std::size_t c = 0; c < rows.customers().size(); ++c) {
        const auto k = static_cast<std::size_t>(rows.customers()[c].customer);
        if (region.customer.active[k] != 0) continue;
        work.p[c * lane_count] = region.series[0].p_forecast[k];
        work.q[c * lane_count] = region.series[0].q_forecast[k];
    }
    return base_rooms(rows, region, work);
}

/// Largest difference of entries, over the row's largest.
double difference(const PackingRows& rows, int r, const RowEntries& entries) {
    std::vector<double> value(static_cast<std::size_t>(rows.limit_count), 0.0);
    for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) value[rows.column[e]] = rows.value[e];
    for (const auto& [column, entry] : entries) value[column] -= entry;
    double worst = 0;
    for (const double d : value) worst = std::max(worst, std::abs(d));
    return worst / largest_entry(rows, r);
}

void expect_same_rows(const Region& region, FlowModel model, double dust, bool joint = false) {
    const SecurityRows written = rows_of(region, model, false, dust, joint),
                       summed = rows_of(region, model, true, dust, joint);
    ASSERT_TRUE(summed.summed());
    ASSERT_EQ(written.limits().size(), summed.limits().size());
    const auto row_of = by_side(summed);
    const std::vector<double> room = rooms(summed, region), expected = rooms(written, region);
    RowWriter writer(summed.summed()->nested);
    int compared = 0;
    for (const auto& [side, r] : by_side(written)) {
        const auto found = row_of.find(side);
        if (found == row_of.end()) {  // the twin of a row whose dust is rounding of path sums
            ASSERT_GE(side.second, 100);
            EXPECT_LE(difference(written.rows(), r, writer.row(row_of.at({side.first, side.second - 100}))), 1e-12);
            continue;
        }
        const RowEntries entries = writer.row(found->second, rounding_of_sums);
        const double largest = largest_entry(written.rows(), r);
        const double large = summed.summed()->large_entry[static_cast<std::size_t>(found->second)];
        if (largest < rounding_row) {
            for (const auto& [column, value] : entries) EXPECT_LT(value, rounding_row);
            continue;
        }
        EXPECT_LE(difference(written.rows(), r, entries), 2e-12);
        EXPECT_LE(large, largest * (1 + 1e-12));
        EXPECT_GT(large, 0);
        const auto at = static_cast<std::size_t>(found->second);
        if (std::isfinite(expected[static_cast<std::size_t>(r)])) {
            EXPECT_NEAR(room[at], expected[static_cast<std::size_t>(r)], 1e-9);
        }
        ++compared;
    }
    EXPECT_GT(compared, 1000);
}

TEST(SummedRows, AreTheWrittenOnesOfAllModels) {
    for (const FlowModel model : {FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow})
        expect_same_rows(large_feeder(3, false, model), model, 1e-9);
}

TEST(SummedRows, KnowPowerFactorsRangesAndTransformers) {
    expect_same_rows(large_feeder(2, true), FlowModel::lin_dist3_flow, 1e-9);
    expect_same_rows(large_feeder(4, true), FlowModel::lin_dist3_flow, 1e-9, true);
}

// Half of all rows leave out entries of a thousandth of their largest.
TEST(SummedRows, LeaveOutTheSameDust) { expect_same_rows(large_feeder(5, true), FlowModel::lin_dist3_flow, 1e-3); }

EnvelopeResult empty_result(const Region& region) {
    EnvelopeResult result;
    result.step_count = region.series[0].step_count();
    result.customer_count = region.customer_count();
    result.feeder_count = 1;
    const std::size_t limits = result.step_count * result.customer_count;
    result.export_limit = result.import_limit = std::vector<double>(limits, -1.0);
    result.export_binding_row = result.import_binding_row = std::vector<std::int32_t>(limits, binding::none);
    result.status.assign(result.step_count, ItemStatus::uncertified);
    result.level = result.certificate_row_violation = result.certificate_bottleneck_gap =
        std::vector<double>(result.step_count, 0.0);
    result.rounds.assign(result.step_count, 0);
    result.forecast_over_cap.assign(result.step_count, 0);
    return result;
}

EnvelopeResult solved(const Region& region, FlowModel model, RowForm form) {
    AllocationQuestion question;
    question.flow = model;
    const FeederAllocation feeder(region, 0, region.series[0], question, form);
    EXPECT_EQ(feeder.rows().summed() != nullptr, form == RowForm::any);
    EnvelopeResult result = empty_result(region);
    auto work = feeder.workspace();
    std::vector<Violation> violations;
    for (std::size_t step = 0; step < result.step_count; step += lane_count)
        feeder.solve_pack(step, 0, work, result, violations, nullptr);
    return result;
}

TEST(SummedRows, FillToTheLimitsOfWrittenOnes) {
    for (const FlowModel model : {FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow})
        for (const unsigned seed : {2u, 3u, 9u}) {
            const Region region = large_feeder(seed, seed == 2, model);
            const EnvelopeResult expected = solved(region, model, RowForm::written),
                                 found = solved(region, model, RowForm::any);

            EXPECT_EQ(found.status, expected.status) << seed;
            EXPECT_TRUE(std::any_of(found.status.begin(), found.status.end(),
                                    [](ItemStatus status) { return status == ItemStatus::solved; }));
            int held = 0;
            for (std::size_t k = 0; k < expected.export_limit.size(); ++k) {
                EXPECT_NEAR(found.export_limit[k], expected.export_limit[k], 1e-6);
                EXPECT_NEAR(found.import_limit[k], expected.import_limit[k], 1e-6);
                held += found.export_binding_row[k] >= 0;
            }
            EXPECT_GT(held, 0) << "nothing but caps";
        }
}

}  // namespace
}  // namespace headroom::test
