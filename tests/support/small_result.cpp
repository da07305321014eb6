#include "tests/support/small_result.hpp"

namespace headroom::test {

EnvelopeResult small_result(const Region& region) {
    EnvelopeResult result;
    result.step_count = region.series.at(0).step_count();
    result.customer_count = region.customer_count();
    result.feeder_count = region.feeder_count();
    result.rows.feeder = {0, 0, 0, 1};
    result.rows.kind = {RowKind::voltage_max, RowKind::branch_phase, RowKind::voltage_min, RowKind::branch_total};
    result.rows.bus = {3, 1, 2, 6};
    result.rows.branch = {-1, 1, -1, 6};
    result.rows.phases = {"a", "b", "bc", "abc"};
    result.rows.limit = {253.0, 69e3, 216.2, 250e3};
    for (std::size_t i = 0; i < result.step_count * result.customer_count; ++i) {
        const bool published = i % 5 < 3;
        result.export_limit.push_back(published ? 1000.0 + static_cast<double>(i) / 3 : not_given);
        result.import_limit.push_back(published ? 1500.0 : not_given);
        result.export_binding_row.push_back(static_cast<std::int32_t>(i % 8) - 4);
        result.import_binding_row.push_back(binding::cap);
    }
    for (std::size_t i = 0; i < result.step_count * result.feeder_count; ++i) {
        result.status.push_back(static_cast<ItemStatus>(i % 7));
        result.level.push_back(0.5 * static_cast<double>(i));
        result.rounds.push_back(static_cast<std::int32_t>(i));
        result.forecast_over_cap.push_back(static_cast<std::int32_t>(i % 2));
        result.certificate_row_violation.push_back(-1e-12);
        result.certificate_bottleneck_gap.push_back(0);
        result.certificate_gap.push_back(i % 3 == 0 ? not_given : 1e-9 / static_cast<double>(i));
        result.objective.push_back(i % 3 == 0 ? not_given : -static_cast<double>(i) / 7);
        result.iterations.push_back(static_cast<std::int32_t>(i % 3));
        result.tie_multiplier.push_back(static_cast<double>(i) / 11);
    }
    result.prices = {{0, 1, 3, 0, 0.25, 0}, {1, 0, 0, 0, 1.0 / 3, 2.0 / 3}, {1, 0, 1, 117, 0, 1e-3}};
    result.violations = {{1, 0, 0, 254.5, 253.0}, {2, 1, 3, 260e3, 250e3}};
    result.price_of_fairness.assign(result.status.size(), 0.125);
    result.price_of_fairness.back() = not_given;
    result.feeder_fault.assign(result.feeder_count, "");
    result.feeder_fault.back() = "/branch/length row 7 (branch 'l1' of feeder 'é'): must lie in [0, 1e7] m, is -3";
    return result;
}

RunInfo small_run() {
    return {.flow = "lin-dist3-flow",
            .policy = "max-min",
            .direction = "both",
            .reference = "kW",
            .case_name = "small",
            .case_digest = "0123456789abcdef",
            .series = "day",
            .version = "0.1.0",
            .simd = "avx2",
            .options = "dust=1e-9"};
}

}  // namespace headroom::test
