// Regions joined to one: every feeder stays what it was, and solves to the same bits.

#include "formulations/network/merge_regions.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "formulations/envelope/allocation.hpp"
#include "formulations/generate/generate_region.hpp"
#include "formulations/network/unique_names.hpp"
#include "formulations/network/validate.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

/// A small feeder of another name, its cables so many times as long per metre.
Region small_feeder(const std::string& id, double resistance) {
    Region region = small_region(1);
    region.feeder.id = {id};
    for (auto& row : region.line_code.r[0])
        for (double& r : row) r *= resistance;
    return region;
}

TEST(MergedRegions, RangesOfAGeneratedRegionGiveTheWholeBack) {
    GeneratorSettings settings{
        .feeder_count = 9, .step_count = 4, .hard_share = 0.3, .orders_share = 0.5, .prices = true};
    const Region whole = generate_region(settings);
    std::vector<Region> parts;
    for (const auto& [first, count] : {std::pair{0, 4}, std::pair{4, 1}, std::pair{5, 4}}) {
        settings.feeder_first = first;
        settings.feeder_count = count;
        parts.push_back(generate_region(settings));
    }

    EXPECT_EQ(difference(merge_regions(std::move(parts)), whole), "");
}

TEST(MergedRegions, OrdersKeepTheirCustomersParentsAndNumbers) {
    Region with = small_feeder("with", 1), without = small_feeder("without", 1);
    add_small_orders(with);
    Region again = with;
    again.feeder.id = {"again"};
    const OrderColumns alone = with.order;
    std::vector<Region> parts{std::move(with), std::move(without), std::move(again)};

    const Region merged = merge_regions(std::move(parts));

    const auto n = static_cast<std::int64_t>(alone.size());
    EXPECT_EQ(merged.feeder.order_offset, (std::vector<std::int64_t>{0, n, n, 2 * n}));
    for (std::size_t k = 0; k < alone.size(); ++k) {
        const std::size_t at = alone.size() + k;
        EXPECT_EQ(merged.order.id[at], alone.id[k]);
        EXPECT_EQ(merged.order.customer[at], alone.customer[k] + 10) << "two feeders of five customers come before";
        EXPECT_EQ(merged.order.parent[at], alone.parent[k] < 0 ? -1 : alone.parent[k] + n);
        EXPECT_EQ(merged.order.block[at], alone.block[k]) << "numbers of blocks are the feeder's own";
    }
    EXPECT_TRUE(validate(merged).empty()) << summarise(validate(merged));
}

TEST(MergedRegions, EqualRowsOfTablesBecomeOneAndNamesStayUnique) {
    std::vector<Region> parts{small_feeder("one", 1), small_feeder("two", 2), small_feeder("three", 1),
                              small_feeder("four", 2)};

    const Region merged = merge_regions(std::move(parts));

    EXPECT_EQ(merged.line_code.id, (std::vector<std::string>{"cable 95 mm²", "ideal", "cable 95 mm²#2"}));
    EXPECT_EQ(merged.volt_var.id.size(), 1U);
    const auto code_of = [&](std::size_t feeder) {
        return merged.branch.line_code[static_cast<std::size_t>(merged.feeder.branch_offset[feeder]) + 1];
    };
    EXPECT_EQ(code_of(0), 0);
    EXPECT_EQ(code_of(1), 2);
    EXPECT_EQ(code_of(2), 0);
    EXPECT_EQ(code_of(3), 2);
    EXPECT_TRUE(validate(merged).empty()) << summarise(validate(merged));
}

TEST(MergedRegions, ATransformerWithATapControlIsSharedByNobody) {
    std::vector<Region> parts{small_feeder("one", 1), small_feeder("two", 1)};

    const Region merged = merge_regions(std::move(parts));

    EXPECT_EQ(merged.transformer.id, (std::vector<std::string>{"Dyn 250 kVA", "regulator a", "regulator c",
                                                               "regulator a#2", "regulator c#2"}));
    EXPECT_EQ(merged.tap_control.id,
              (std::vector<std::string>{"control a", "control c", "control a#2", "control c#2"}));
    EXPECT_EQ(merged.tap_control.transformer, (std::vector<std::int32_t>{1, 2, 3, 4}));
    const auto first = static_cast<std::size_t>(merged.feeder.branch_offset[1]);
    EXPECT_EQ(merged.branch.transformer[first], 0);
    EXPECT_EQ(merged.branch.transformer[first + 3], 3);
    EXPECT_EQ(merged.branch.transformer[first + 4], 4);
}

TEST(MergedRegions, EachFeederSolvesToTheBitsItHasAlone) {
    for (const Secure secure : {Secure::linear, Secure::ac}) {
        const std::vector<Region> parts{small_feeder("one", 1), small_feeder("two", 30), small_feeder("three", 7)};
        const auto solve = [&](const Region& region) {
            return allocate(region, region.series.front(), {.secure = secure}, first_faults(validate(region), 3), {});
        };
        const Region merged = merge_regions(parts);
        const EnvelopeResult together = solve(merged);

        const std::size_t steps = merged.series.front().step_count(), all = merged.customer_count();
        for (std::size_t f = 0; f < parts.size(); ++f) {
            const EnvelopeResult alone = solve(parts[f]);
            EXPECT_GT(alone.import_limit.front(), 0) << "limits are published";
            const std::size_t own = parts[f].customer_count();
            for (std::size_t t = 0; t < steps; ++t)
                for (const auto limit : {&EnvelopeResult::export_limit, &EnvelopeResult::import_limit})
                    EXPECT_EQ(std::memcmp((together.*limit).data() + t * all + f * own, (alone.*limit).data() + t * own,
                                          own * sizeof(double)),
                              0)
                        << "feeder " << f << " step " << t;
        }
    }
}

TEST(MergedRegions, OneRegionAloneStaysWhatItIs) {
    Region region = small_region(3);
    region.tap_control = {};
    add_small_orders(region);

    EXPECT_EQ(difference(merge_regions({region}), region), "");
}

TEST(UniqueNames, NumberWhatIsTakenAndCutWhatIsTooLong) {
    UniqueNames names;
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("a#2"), "a#2");
    EXPECT_EQ(names.take("a"), "a#3");
    EXPECT_EQ(names.take("a"), "a#4");
    const std::string fits(64, 'x'), longer = std::string(61, 'x') + "éé";
    EXPECT_EQ(names.take(fits), fits);
    EXPECT_EQ(names.take(fits), std::string(62, 'x') + "#2");
    EXPECT_EQ(names.take(longer), std::string(61, 'x') + "#2")
        << "65 bytes; the é of bytes 61 and 62 is not cut in two";
}

}  // namespace
}  // namespace headroom::test
