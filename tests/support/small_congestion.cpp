#include "tests/support/small_congestion.hpp"

namespace headroom::test {

CongestionResult small_congestion(const Region& region) {
    CongestionResult result;
    result.step_count = region.series.at(0).step_count();
    result.feeder_count = region.feeder_count();
    result.sample_count = 200;
    result.probability = {0.05, 0.95};
    result.rows.feeder = {0, 0, 0};
    result.rows.kind = {RowKind::voltage_max, RowKind::branch_phase, RowKind::voltage_min};
    result.rows.bus = {3, 1, 2};
    result.rows.branch = {-1, 1, -1};
    result.rows.phases = {"a", "b", "bc"};
    result.rows.limit = {253.0, 69e3, 216.2};
    for (std::size_t i = 0; i < result.step_count * result.rows.size(); ++i) {
        const auto x = static_cast<double>(i);
        const bool passed = i % 3 != 1;
        result.row_violated.push_back(passed ? static_cast<std::int32_t>(17 * i % 200) : 0);
        result.row_mean.push_back(0.9 + x / 70);
        result.row_deviation.push_back(0.01 + x / 700);
        result.row_excess.push_back(passed ? 0.001 + x / 3000 : not_given);
        result.row_quantile.insert(result.row_quantile.end(), {0.8 + x / 70, 1.0 + x / 30});
    }
    for (std::size_t i = 0; i < result.step_count * result.feeder_count; ++i) {
        const bool done = i % result.feeder_count + 1 < result.feeder_count;
        result.status.push_back(done ? ForecastStatus::done : ForecastStatus::invalid_input);
        result.diverged.push_back(done ? static_cast<std::int32_t>(i % 2) : 0);
        result.violated.push_back(done ? static_cast<std::int32_t>(10 * i) : 0);
        result.violated_limits.push_back(done ? static_cast<double>(i) / 7 : not_given);
        for (const double level : result.probability)
            result.head_power_quantile.push_back(done ? 1e4 * level + static_cast<double>(i) / 3 : not_given);
    }
    result.feeder_fault.assign(result.feeder_count, "");
    result.feeder_fault.back() = "/branch/length row 7 (branch 'l1' of feeder 'é'): must lie in [0, 1e7] m, is -3";
    return result;
}

ForecastRunInfo small_congestion_run() {
    return {.options = "--samples 200 --seed 1",
            .case_name = "small",
            .case_digest = "0123456789abcdef",
            .series = "day",
            .version = "0.1.0",
            .simd = "avx2"};
}

}  // namespace headroom::test
