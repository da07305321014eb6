// Markets of limits. Continuous: orders per second with the network asked about every pair, and what the network and
// the rescan cost. Auction: a day of orders at once.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "bench/agree.hpp"
#include "bench/support/bench_cases.hpp"
#include "bench/support/envelope_answers.hpp"
#include "bench/support/order_stream.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/auction.hpp"
#include "formulations/market/continuous_market.hpp"

namespace headroom::bench {
namespace {

struct MatchingCase {
    MatchingCase(const BenchCase& bench_case, const AllocationQuestion& question, const OrderStream& orders = {})
        : stream(orders), bench(bench_case), allocation(bench.region, 0, bench.steps(), question) {
        add_orders(bench.region, bench.steps().step_count(), stream);
        const EnvelopeResult envelopes = allocate(bench.region, bench.steps(), question, {""}, {.threads = 1});
        market = limit_market(bench.region, bench.steps(), allocation, envelopes);
    }

    OrderStream stream;
    BenchCase bench;
    FeederAllocation allocation;
    FeederMarket market;
};

/// The dc model has no voltages: every branch gets a rating, which holds near the head.
BenchCase rated(BenchCase bench_case) {
    constexpr double amperes = 250;
    for (std::size_t k = 0; k < bench_case.region.branch_count(); ++k)
        bench_case.region.branch.rating_current[k] = amperes;
    return bench_case;
}

/// The largest excess of the final limits, summed up anew, in kW of a row's most sensitive limit.
double worst_excess(const MatchingCase& c, const ContinuousMarket& cleared) {
    std::vector<double> level(static_cast<std::size_t>(c.market.rows.position_count()));
    double worst = 0;
    for (std::size_t step = 0; step < c.market.step_count; ++step) {
        for (std::size_t p = 0; p < level.size(); ++p) level[p] = cleared.level(step, static_cast<std::int32_t>(p));
        worst = std::max(worst, level_excess(c.market, step, level, true));
    }
    return worst;
}

void time_matching(benchmark::State& state, const MatchingCase& c, const ContinuousSettings& settings) {
    const auto first = c.stream.resting, last = first + c.stream.arriving;
    for (auto _ : state) {
        state.PauseTiming();
        ContinuousMarket market(c.market, c.bench.region.order, 0, last, settings);
        for (std::int32_t k = 0; k < first; ++k) market.submit(k);
        const auto before = market.trades().size();
        state.ResumeTiming();
        for (std::int32_t k = first; k < last; ++k) market.submit(k);
        state.PauseTiming();
        if (settings.network && worst_excess(c, market) > 1e-6) return state.SkipWithError("a row is exceeded");
        state.counters["trades"] =
            static_cast<double>(market.trades().size() - before) / static_cast<double>(c.stream.arriving);
        state.counters["checks"] = static_cast<double>(market.check_count()) / static_cast<double>(c.stream.arriving);
        state.ResumeTiming();
    }
    state.counters["orders"] = {static_cast<double>(c.stream.arriving), benchmark::Counter::kIsIterationInvariantRate};
}

/// All orders of a day at once: programs, solutions, prices and certificates of 96 steps.
void time_auction(benchmark::State& state, const MatchingCase& c) {
    for (auto _ : state) {
        Auction auction(c.market, c.bench.region.order, 0, c.stream.resting + c.stream.arriving);
        auction.solve();
        for (const AuctionPart& part : auction.parts())
            if (!part.certified) return state.SkipWithError("a step is not certified");
        benchmark::DoNotOptimize(auction.trades().data());
    }
    state.counters["steps"] = {static_cast<double>(c.market.step_count), benchmark::Counter::kIsIterationInvariantRate};
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    using namespace headroom;
    using namespace headroom::bench;
    const BenchCase* european = nullptr;
    for (const BenchCase& c : bench_cases())
        if (european == nullptr && c.steps().step_count() == 96) european = &c;
    const MatchingCase voltages(*european, {}), tree(rated(*european), {.flow = FlowModel::dc});
    const auto add = [](const char* name, const MatchingCase& c, const ContinuousSettings& settings) {
        benchmark::RegisterBenchmark(name, [&c, settings](benchmark::State& state) {
            time_matching(state, c, settings);
        })->Unit(benchmark::kMillisecond);
    };
    add("matching/lin_dist3_flow", voltages, {});
    add("matching/lin_dist3_flow/no_rescan", voltages, {.rescan = false});
    add("matching/lin_dist3_flow/no_network", voltages, {.network = false});
    add("matching/dc", tree, {});
    const MatchingCase day(*european, {}, {.resting = 0, .arriving = 9600});
    benchmark::RegisterBenchmark("auction/lin_dist3_flow/9600_orders", [&day](benchmark::State& state) {
        time_auction(state, day);
    })->Unit(benchmark::kMillisecond);
    return run_benchmarks(argc, argv);
}
