// A region whose feeders share their room each in its own way, against regions in which all share it alike.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/allocation.hpp"
#include "formulations/generate/generate_region.hpp"
#include "formulations/network/validate.hpp"

namespace headroom {
namespace {

const std::vector<Sharing> ways{{.policy = Policy::max_min},
                                {.policy = Policy::proportional},
                                {.policy = Policy::equal, .reference = Reference::cap},
                                {.policy = Policy::alpha, .alpha = 2, .reference_kw = 3},
                                {.policy = Policy::total, .reference = Reference::cap},
                                {.policy = Policy::kalai_smorodinsky}};

/// Numbers of one feeder as bits, so that NaN equals NaN; rows count from the feeder's first one.
struct FeederNumbers {
    std::vector<std::uint64_t> bits;

    template <class T> void add(T value) {
        if constexpr (std::is_floating_point_v<T>)
            bits.push_back(std::bit_cast<std::uint64_t>(value));
        else
            bits.push_back(static_cast<std::uint64_t>(value));
    }
    bool operator==(const FeederNumbers&) const = default;
};

void add_customers(const EnvelopeResult& result, const Region& region, std::size_t feeder, std::int32_t first_row,
                   FeederNumbers& numbers) {
    for (std::size_t step = 0; step < result.step_count; ++step)
        for (auto k = region.feeder.customer_offset[feeder]; k < region.feeder.customer_offset[feeder + 1]; ++k) {
            const std::size_t at = step * result.customer_count + static_cast<std::size_t>(k);
            for (const LimitMembers& kind : limit_members) {
                if ((result.*kind.limit).empty()) continue;
                const std::int32_t row = (result.*kind.binding_row)[at];
                numbers.add((result.*kind.limit)[at]);
                numbers.add(row < 0 ? row : row - first_row);
            }
        }
}

void add_lists(const EnvelopeResult& result, std::size_t feeder, std::int32_t first_row, FeederNumbers& numbers) {
    for (const Violation& v : result.violations) {
        if (v.feeder != static_cast<std::int32_t>(feeder)) continue;
        numbers.add(v.step);
        numbers.add(v.row - first_row);
        numbers.add(v.value);
    }
    for (const RowPrice& p : result.prices) {
        if (p.feeder != static_cast<std::int32_t>(feeder)) continue;
        numbers.add(p.step);
        numbers.add(p.row - first_row);
        numbers.add(p.side);
        numbers.add(p.price);
        numbers.add(p.tie_price);
    }
}

FeederNumbers numbers_of(const EnvelopeResult& result, const Region& region, std::size_t feeder) {
    FeederNumbers numbers;
    const auto first_row = static_cast<std::int32_t>(
        std::ranges::lower_bound(result.rows.feeder, static_cast<std::int32_t>(feeder)) - result.rows.feeder.begin());
    add_customers(result, region, feeder, first_row, numbers);
    for (std::size_t step = 0; step < result.step_count; ++step) {
        const std::size_t item = step * result.feeder_count + feeder;
        numbers.add(static_cast<std::int8_t>(result.status[item]));
        for (const auto* values : {&result.level, &result.certificate_row_violation, &result.certificate_bottleneck_gap,
                                   &result.certificate_gap, &result.objective, &result.tie_multiplier})
            numbers.add((*values)[item]);
        for (const auto* counts : {&result.rounds, &result.forecast_over_cap, &result.iterations})
            numbers.add((*counts)[item]);
        if (!result.secure.empty()) numbers.add(result.secure[item].worst_excess);
    }
    add_lists(result, feeder, first_row, numbers);
    return numbers;
}

struct Day {
    Region region;
    std::vector<std::string> faults;

    Day(int feeders, int steps, double active_share = 0.4)
        : region(generate_region({.seed = 5,
                                  .feeder_count = feeders,
                                  .step_count = steps,
                                  .active_share = active_share,
                                  .hard_share = 0.3})),
          faults(first_faults(validate(region), region.feeder_count())) {}

    EnvelopeResult allocate(const AllocationQuestion& question, const std::vector<Sharing>& sharing,
                            int threads = 1) const {
        return headroom::allocate(region, region.series.front(), question, sharing, faults, {.threads = threads});
    }
};

void expect_what_all_would_get(const Day& day, const AllocationQuestion& question) {
    std::vector<Sharing> sharing;
    for (std::size_t feeder = 0; feeder < day.region.feeder_count(); ++feeder)
        sharing.push_back(ways[feeder % ways.size()]);

    const EnvelopeResult mixed = day.allocate(question, sharing);

    for (std::size_t way = 0; way < ways.size(); ++way) {
        const EnvelopeResult alike = day.allocate(with(question, ways[way]), {});
        for (std::size_t feeder = way; feeder < sharing.size(); feeder += ways.size())
            EXPECT_EQ(numbers_of(mixed, day.region, feeder), numbers_of(alike, day.region, feeder))
                << "feeder " << feeder << ", way " << way;
    }
    const EnvelopeResult by_two = day.allocate(question, sharing, 2);
    for (std::size_t feeder = 0; feeder < sharing.size(); ++feeder)
        EXPECT_EQ(numbers_of(mixed, day.region, feeder), numbers_of(by_two, day.region, feeder)) << feeder;
}

TEST(FeederPolicies, GiveEveryFeederBitForBitWhatItHasWhereAllShareAlike) {
    expect_what_all_would_get(Day(18, 10), {});
}

TEST(FeederPolicies, GiveTheSameSecureInAc) { expect_what_all_would_get(Day(6, 1, 0.1), {.secure = Secure::ac}); }

TEST(FeederPolicies, ListsStandInTheOrderOfFeedersWhoeverWasSolvedFirst) {
    const Day day(40, 4);
    const EnvelopeResult alike = day.allocate({}, {});
    ASSERT_FALSE(alike.violations.empty());
    const std::int32_t first = alike.violations.front().feeder, last = alike.violations.back().feeder;
    ASSERT_LT(first, last);
    std::vector<Sharing> sharing(day.region.feeder_count());
    sharing[static_cast<std::size_t>(last)] = {.policy = Policy::proportional};  // solved before those that fill

    const EnvelopeResult mixed = day.allocate({}, sharing);

    const auto by_feeder = [](const auto& a, const auto& b) { return a.feeder < b.feeder; };
    EXPECT_TRUE(std::ranges::is_sorted(mixed.violations, by_feeder));
    EXPECT_EQ(mixed.violations.size(), alike.violations.size());
}

TEST(FeederPolicies, PricesAreOfTheFeedersWithAConcavePolicy) {
    const Day day(4, 2);

    const EnvelopeResult mixed = day.allocate({}, {ways[0], ways[1], ways[0], ways[4]});

    const auto by_feeder = [](const auto& a, const auto& b) { return a.feeder < b.feeder; };
    EXPECT_TRUE(std::ranges::is_sorted(mixed.prices, by_feeder));
    EXPECT_FALSE(mixed.prices.empty());
    for (const RowPrice& price : mixed.prices) EXPECT_EQ(price.feeder % 2, 1);
}

TEST(FeederPolicies, AnAlphaThatIsAnotherPolicyIsRefused) {
    const Day day(1, 1);

    EXPECT_THROW(day.allocate({}, {{.policy = Policy::alpha, .alpha = 1}}), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
