#include "formulations/market/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/units.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

using Ways = std::array<MarketMeasures, sharing_way_count>;

class FeederComparison {
public:
    FeederComparison(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                     const EnvelopeResult& envelopes, std::size_t feeder)
        : region_(region),
          question_(question),
          allocation_(market_allocation(region, feeder, series, question.envelope)),
          market_(limit_market(region, series, allocation_, envelopes)),
          dispatch_(market_, forecasts(region, series, feeder)) {
        const auto [first, last] = region.feeder.order_rows(feeder);
        first_ = static_cast<std::int32_t>(first);
        last_ = static_cast<std::int32_t>(last);
    }

    Ways compare(double static_kw) const {
        Ways ways;
        ContinuousMarket continuous(market_, region_.order, first_, last_, question_.continuous);
        continuous.run();
        Auction auction(market_, region_.order, first_, last_, question_.auction);
        auction.solve();
        const int positions = market_.rows.position_count();
        std::vector<double> level(static_cast<std::size_t>(positions));
        const auto measure = [&](SharingWay way, std::size_t step, auto&& level_of) {
            for (int p = 0; p < positions; ++p) level[static_cast<std::size_t>(p)] = level_of(p);
            ways[static_cast<std::size_t>(way)].add(dispatch_.measure(step, level));
        };
        for (std::size_t step = 0; step < market_.step_count; ++step) {
            if (market_.open[step] == 0) continue;
            measure(SharingWay::static_limits, step,
                    [&](int p) { return std::min(static_kw, market_.at(step, p).cap); });
            measure(SharingWay::envelopes, step, [&](int p) { return market_.at(step, p).level; });
            measure(SharingWay::continuous, step, [&](int p) { return continuous.level(step, p); });
            measure(SharingWay::auction, step, [&](int p) { return auction.level(step, p); });
            ways[static_cast<std::size_t>(SharingWay::central)].add(dispatch_.central(step));
        }
        add_trades(continuous.trades(), ways[static_cast<std::size_t>(SharingWay::continuous)]);
        add_trades(auction.trades(), ways[static_cast<std::size_t>(SharingWay::auction)]);
        ways[static_cast<std::size_t>(SharingWay::continuous)].checks = continuous.check_count();
        return ways;
    }

private:
    static std::vector<double> forecasts(const Region& region, const SeriesSet& series, std::size_t feeder) {
        const auto begin = region.feeder.customer_offset[feeder], end = region.feeder.customer_offset[feeder + 1];
        std::vector<double> result;
        for (std::size_t step = 0; step < series.step_count(); ++step) {
            const auto row = series.p_forecast.begin() + static_cast<std::ptrdiff_t>(step * region.customer_count());
            result.insert(result.end(), row + begin, row + end);
        }
        return result;
    }

    void add_trades(std::span<const Trade> trades, MarketMeasures& measures) const {
        for (const Trade& trade : trades) {
            const double kwh = trade.quantity * market_.hours[static_cast<std::size_t>(trade.step)];
            const auto value = [&](std::int32_t order) {
                return order < 0 ? 0.0
                                 : region_.order.price[static_cast<std::size_t>(order)] * kwh / kilowatt_per_megawatt;
            };
            measures.welfare += value(trade.buy) - value(trade.sell);
            // An auction writes both sides down: what was bought is what changed hands.
            if (trade.buy >= 0) measures.traded_kwh += kwh;
        }
        measures.trades += static_cast<std::int64_t>(trades.size());
    }

    const Region& region_;
    const ClearingQuestion& question_;
    FeederAllocation allocation_;
    FeederMarket market_;
    DispatchModel dispatch_;
    std::int32_t first_ = 0, last_ = 0;
};

/// The equal share that every step carries, kW; [#feeder].
std::vector<double> static_limits(const Region& region, const SeriesSet& series, const AllocationQuestion& envelope,
                                  const std::vector<std::string>& faults, int threads) {
    AllocationQuestion question = envelope;
    question.policy = Policy::equal;
    question.reference = Reference::absolute;
    question.reference_kw = 1;
    question.contain = Contain::zero;
    question.export_asked = question.import_asked = true;
    const EnvelopeResult equal = allocate(region, series, question, faults, {.threads = threads});
    std::vector<double> least(region.feeder_count(), std::numeric_limits<double>::infinity());
    for (std::size_t item = 0; item < equal.level.size(); ++item)
        if (!std::isnan(equal.level[item])) {
            double& own = least[item % equal.feeder_count];
            own = std::min(own, equal.level[item]);
        }
    for (double& own : least)
        if (std::isinf(own)) own = 0;
    return least;
}

}  // namespace

MarketComparison compare_ways(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                              const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                              const ClearingRun& run) {
    if (question.market != MarketKind::limit_exchange)
        throw std::invalid_argument("only the exchange of limits is compared with other ways to share them");
    if (question.secure == Secure::ac)
        throw std::invalid_argument("ways to share the network are compared on linear rows, not secure in AC");
    if (question.envelope.errors.impedance > 0)
        throw std::invalid_argument("a central dispatch needs coefficients, which errors of impedances make intervals");
    const std::size_t feeders = region.feeder_count();
    std::vector<Ways> ways(feeders);
    const std::vector<double> static_kw = static_limits(region, series, question.envelope, faults, run.threads);
    MarketComparison comparison;
    comparison.feeder_fault = faults;
    run_batch(static_cast<int>(feeders), run.threads, [&](int k, int) {
        const auto feeder = static_cast<std::size_t>(k);
        try {
            if (comparison.feeder_fault[feeder].empty()) {
                ways[feeder] = FeederComparison(region, series, question, envelopes, feeder).compare(static_kw[feeder]);
            }
        } catch (const InvalidFeeder& fault) {
            comparison.feeder_fault[feeder] = fault.what();
        }
        if (run.finished) run.finished(static_cast<std::int64_t>(series.step_count()));
    });
    for (const Ways& own : ways)
        for (std::size_t way = 0; way < own.size(); ++way) comparison.measures[way].add(own[way]);
    if (feeders > 0) comparison.static_limit_kw = static_kw.front();
    return comparison;
}

}  // namespace headroom
