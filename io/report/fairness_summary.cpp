#include "io/report/fairness_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace headroom {

namespace {

constexpr double none = FairnessSummary::none;

struct Share {
    double count = 0, sum = 0, squares = 0, smallest = std::numeric_limits<double>::infinity();

    void add(double limit) {
        count += 1;
        sum += limit;
        squares += limit * limit;
        smallest = std::min(smallest, limit);
    }
    /// Nothing for all is as even as it gets.
    double jain() const { return sum > 0 ? sum * sum / (count * squares) : 1.0; }
};

/// Mean, lowest and highest of the values that are numbers.
struct Spread {
    std::int64_t count = 0;
    double mean = none, lowest = none, highest = none;
};

Spread spread_of(const std::vector<double>& values) {
    Spread spread;
    double sum = 0;
    for (const double value : values) {
        if (std::isnan(value)) continue;
        sum += value;
        spread.lowest = spread.count == 0 ? value : std::min(spread.lowest, value);
        spread.highest = spread.count == 0 ? value : std::max(spread.highest, value);
        ++spread.count;
    }
    if (spread.count > 0) spread.mean = sum / static_cast<double>(spread.count);
    return spread;
}

}  // namespace

ItemFairness item_fairness(const EnvelopeResult& result, std::span<const std::int32_t> customer_feeder) {
    std::vector<Share> shares(result.step_count * result.feeder_count);
    for (std::size_t step = 0; step < result.step_count; ++step)
        for (std::size_t customer = 0; customer < result.customer_count; ++customer) {
            const auto feeder = static_cast<std::size_t>(customer_feeder[customer]);
            Share& share = shares[step * result.feeder_count + feeder];
            const std::size_t k = step * result.customer_count + customer;
            for (const auto& [limit, binding_row] : limit_members) {
                if ((result.*limit).empty()) continue;
                const double value = (result.*limit)[k];
                if (!std::isnan(value) && (result.*binding_row)[k] != binding::not_asked) share.add(value);
            }
        }
    ItemFairness fairness;
    for (const Share& share : shares) {
        fairness.jain.push_back(share.count > 0 ? share.jain() : none);
        fairness.minimum.push_back(share.count > 0 ? share.smallest : none);
        fairness.sum.push_back(share.count > 0 ? share.sum : none);
    }
    return fairness;
}

std::vector<double> price_of_fairness(const EnvelopeResult& result, const EnvelopeResult& total,
                                      std::span<const std::int32_t> customer_feeder) {
    std::vector<double> price = item_fairness(result, customer_feeder).sum;
    const std::vector<double> most = item_fairness(total, customer_feeder).sum;
    for (std::size_t item = 0; item < price.size(); ++item) {
        const bool nothing_to_share = most[item] == 0 && price[item] == 0;
        price[item] = nothing_to_share ? 0.0 : 1 - price[item] / most[item];
    }
    return price;
}

FairnessSummary summarise_fairness(const EnvelopeResult& result, std::span<const std::int32_t> customer_feeder) {
    const ItemFairness fairness = item_fairness(result, customer_feeder);
    const Spread jain = spread_of(fairness.jain), price = spread_of(result.price_of_fairness);
    return {.items = jain.count,
            .jain_mean = jain.mean,
            .jain_lowest = jain.lowest,
            .limit_smallest = spread_of(fairness.minimum).lowest,
            .priced_items = price.count,
            .price_mean = price.mean,
            .price_worst = price.highest};
}

}  // namespace headroom
