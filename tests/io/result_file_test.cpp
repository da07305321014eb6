#include <gtest/gtest.h>

#include <stdexcept>

#include "io/case/case_file.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::same_bits;
using test::small_region;
using test::small_result;
using test::small_run;
using test::TemporaryDirectory;

TEST(ResultFile, EveryNumberComesBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const EnvelopeResult result = small_result(region);

    write_envelopes(result, region, region.series[0], small_run(), directory / "result.h5");
    const EnvelopeResult back = read_envelopes(directory / "result.h5").result;

    EXPECT_TRUE(same_bits(back.export_limit, result.export_limit));
    EXPECT_TRUE(same_bits(back.import_limit, result.import_limit));
    EXPECT_EQ(back.export_binding_row, result.export_binding_row);
    EXPECT_EQ(back.import_binding_row, result.import_binding_row);
    EXPECT_EQ(back.status, result.status);
    EXPECT_TRUE(same_bits(back.level, result.level));
    EXPECT_EQ(back.rounds, result.rounds);
    EXPECT_EQ(back.forecast_over_cap, result.forecast_over_cap);
    EXPECT_TRUE(same_bits(back.certificate_row_violation, result.certificate_row_violation));
    EXPECT_TRUE(same_bits(back.certificate_bottleneck_gap, result.certificate_bottleneck_gap));
    EXPECT_EQ(back.rows.feeder, result.rows.feeder);
    EXPECT_EQ(back.rows.kind, result.rows.kind);
    EXPECT_EQ(back.rows.bus, result.rows.bus);
    EXPECT_EQ(back.rows.branch, result.rows.branch);
    EXPECT_EQ(back.rows.phases, result.rows.phases);
    EXPECT_EQ(back.rows.limit, result.rows.limit);
    EXPECT_EQ(back.feeder_fault, result.feeder_fault);
    ASSERT_EQ(back.violations.size(), 2U);
    EXPECT_EQ(back.violations[1].row, 3);
    EXPECT_EQ(back.violations[1].value, 260e3);
    EXPECT_EQ(back.violations[0].limit, 253.0);
}

TEST(ResultFile, PoliciesOfFeedersComeBackWordForWord) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    RunInfo run = small_run();
    run.policy = run.reference = std::string(per_feeder);
    FeederQuestions asked;
    for (std::size_t feeder = 0; feeder < region.feeder_count(); ++feeder)
        asked.append({.policy = {feeder == 0 ? "proportional" : "equal"}, .reference = {feeder == 0 ? "none" : "cap"}});

    write_envelopes(small_result(region), region, region.series[0], run, directory / "result.h5", asked);
    const EnvelopeFile back = read_envelopes(directory / "result.h5");

    EXPECT_EQ(back.asked, asked);
    EXPECT_EQ(back.run, run);
    EXPECT_TRUE(back.asked.part(0, 1).policy == std::vector<std::string>{"proportional"});
}

TEST(ResultFile, PoliciesOfFeedersBelongToResultsThatSaySo) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    RunInfo run = small_run();
    FeederQuestions asked;
    asked.policy.assign(region.feeder_count(), "equal");
    asked.reference.assign(region.feeder_count(), "cap");

    EXPECT_THROW(write_envelopes(small_result(region), region, region.series[0], run, directory / "result.h5", asked),
                 std::invalid_argument);
    run.policy = std::string(per_feeder);
    EXPECT_THROW(write_envelopes(small_result(region), region, region.series[0], run, directory / "result.h5"),
                 std::invalid_argument);
}

TEST(ResultFile, WhatItTookToBeSecureInAcComesBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    EnvelopeResult result = small_result(region);
    for (std::size_t k = 0; k < result.status.size(); ++k) {
        const auto n = static_cast<std::int32_t>(k);
        result.secure.push_back({n, 10 * n, 3 * n, n % 2, 1 - 0.125 * n, 1e-7 / (1 + n), 1e-5 * n});
    }
    result.status[0] = ItemStatus::ac_shrunk;

    write_envelopes(result, region, region.series[0], small_run(), directory / "result.h5");
    const EnvelopeResult back = read_envelopes(directory / "result.h5").result;

    ASSERT_EQ(back.secure.size(), result.secure.size());
    EXPECT_EQ(back.status[0], ItemStatus::ac_shrunk);
    for (std::size_t k = 0; k < back.secure.size(); ++k) {
        EXPECT_EQ(back.secure[k].rounds, result.secure[k].rounds);
        EXPECT_EQ(back.secure[k].flows, result.secure[k].flows);
        EXPECT_EQ(back.secure[k].gradients, result.secure[k].gradients);
        EXPECT_EQ(back.secure[k].flips, result.secure[k].flips);
        EXPECT_EQ(back.secure[k].factor, result.secure[k].factor);
        EXPECT_EQ(back.secure[k].worst_excess, result.secure[k].worst_excess);
        EXPECT_EQ(back.secure[k].loosest_hold, result.secure[k].loosest_hold);
    }
}

TEST(ResultFile, PricesAndCertificatesOfConcavePoliciesComeBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const EnvelopeResult result = small_result(region);

    write_envelopes(result, region, region.series[0], small_run(), directory / "result.h5");
    const EnvelopeResult back = read_envelopes(directory / "result.h5").result;

    EXPECT_TRUE(same_bits(back.certificate_gap, result.certificate_gap));
    EXPECT_TRUE(same_bits(back.objective, result.objective));
    EXPECT_EQ(back.iterations, result.iterations);
    EXPECT_TRUE(same_bits(back.tie_multiplier, result.tie_multiplier));
    ASSERT_EQ(back.prices.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_EQ(back.prices[k].step, result.prices[k].step);
        EXPECT_EQ(back.prices[k].feeder, result.prices[k].feeder);
        EXPECT_EQ(back.prices[k].row, result.prices[k].row);
        EXPECT_EQ(back.prices[k].side, result.prices[k].side);
        EXPECT_EQ(back.prices[k].price, result.prices[k].price);
        EXPECT_EQ(back.prices[k].tie_price, result.prices[k].tie_price);
    }
}

TEST(ResultFile, ThePriceOfFairnessIsKeptWhereAskedFor) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    EnvelopeResult asked = small_result(region), not_asked = asked, too_short = asked;
    not_asked.price_of_fairness.clear();
    too_short.price_of_fairness.pop_back();

    write_envelopes(asked, region, region.series[0], {}, directory / "asked.h5");
    write_envelopes(not_asked, region, region.series[0], {}, directory / "not_asked.h5");

    EXPECT_TRUE(same_bits(read_envelopes(directory / "asked.h5").result.price_of_fairness, asked.price_of_fairness));
    EXPECT_TRUE(read_envelopes(directory / "not_asked.h5").result.price_of_fairness.empty());
    EXPECT_THROW(write_envelopes(too_short, region, region.series[0], {}, directory / "short.h5"),
                 std::invalid_argument);
}

TEST(ResultFile, ReactiveLimitsAreKeptWhereThereAreAny) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    const EnvelopeResult plain = small_result(region);
    EnvelopeResult joint = plain;
    joint.q_inject_limit = plain.import_limit;
    joint.q_absorb_limit = plain.export_limit;
    joint.q_inject_binding_row = plain.import_binding_row;
    joint.q_absorb_binding_row = plain.export_binding_row;
    EnvelopeResult half = joint;
    half.q_absorb_limit.clear();

    write_envelopes(joint, region, region.series[0], {}, directory / "joint.h5");
    write_envelopes(plain, region, region.series[0], {}, directory / "plain.h5");
    const EnvelopeResult back = read_envelopes(directory / "joint.h5").result;

    EXPECT_TRUE(same_bits(back.q_inject_limit, joint.q_inject_limit));
    EXPECT_TRUE(same_bits(back.q_absorb_limit, joint.q_absorb_limit));
    EXPECT_EQ(back.q_inject_binding_row, joint.q_inject_binding_row);
    EXPECT_EQ(back.q_absorb_binding_row, joint.q_absorb_binding_row);
    EXPECT_FALSE(read_envelopes(directory / "plain.h5").result.has_reactive_limits());
    EXPECT_THROW(write_envelopes(half, region, region.series[0], {}, directory / "half.h5"), std::invalid_argument);
}

TEST(ResultFile, ReadsWithoutItsCase) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    write_envelopes(small_result(region), region, region.series[0], small_run(), directory / "result.h5");

    const EnvelopeFile file = read_envelopes(directory / "result.h5");

    EXPECT_EQ(file.customer_id, region.customer.id);
    EXPECT_EQ(file.customer_feeder, (std::vector<std::int32_t>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));
    EXPECT_EQ(file.active, region.customer.active);
    EXPECT_EQ(file.feeder_id, region.feeder.id);
    EXPECT_EQ(file.start, region.series[0].start);
    EXPECT_EQ(file.end, region.series[0].end);
    EXPECT_EQ(file.row_bus, (std::vector<std::string>{"end", "main", "mid", "source"}));
    EXPECT_EQ(file.row_branch, (std::vector<std::string>{"", "l1", "", "t"}));
    EXPECT_EQ(file.run.policy, "max-min");
    EXPECT_EQ(file.run.case_digest, "0123456789abcdef");
    EXPECT_EQ(file.run.options, "dust=1e-9");
}

TEST(ResultFile, TheSameContentGivesTheSameBytes) {
    const TemporaryDirectory directory;
    const Region region = small_region();

    for (const char* name : {"one.h5", "two.h5"})
        write_envelopes(small_result(region), region, region.series[0], small_run(), directory / name);

    EXPECT_EQ(file_digest(directory / "one.h5"), file_digest(directory / "two.h5"));
}

TEST(ResultFile, NoRowsNoViolationsAndNoPricesAreFine) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    EnvelopeResult result = small_result(region);
    result.rows = {};
    result.violations.clear();
    result.prices.clear();
    result.export_binding_row.assign(result.export_binding_row.size(), binding::none);

    write_envelopes(result, region, region.series[0], {}, directory / "result.h5");

    EXPECT_EQ(read_envelopes(directory / "result.h5").result.rows.size(), 0U);
    EXPECT_TRUE(read_envelopes(directory / "result.h5").result.prices.empty());
    EXPECT_EQ(read_envelopes(directory / "result.h5").run.flow, "");
}

TEST(ResultFile, PartsThatDoNotFitAreRefusedBeforeAnythingIsWritten) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    EnvelopeResult result = small_result(region);
    result.violations[0].row = 4;
    EnvelopeResult wrong_price = small_result(region), short_objective = small_result(region);
    wrong_price.prices[0].row = -1;
    short_objective.objective.pop_back();

    EXPECT_THROW(write_envelopes(result, region, region.series[0], {}, directory / "result.h5"), std::invalid_argument);
    EXPECT_THROW(write_envelopes(wrong_price, region, region.series[0], {}, directory / "result.h5"),
                 std::invalid_argument);
    EXPECT_THROW(write_envelopes(short_objective, region, region.series[0], {}, directory / "result.h5"),
                 std::invalid_argument);
    EXPECT_THROW(write_envelopes(small_result(region), region, region.series[1], {}, directory / "result.h5"),
                 std::invalid_argument);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(ResultFile, ACaseIsNoResult) {
    const TemporaryDirectory directory;
    write_case(small_region(), directory / "case.h5");

    EXPECT_THROW(read_envelopes(directory / "case.h5"), InputError);
}

TEST(ResultFile, ALongFaultIsCutBetweenCharacters) {
    const TemporaryDirectory directory;
    const Region region = small_region();
    EnvelopeResult result = small_result(region);
    result.feeder_fault[0] = "x";
    for (int i = 0; i < 600; ++i) result.feeder_fault[0] += "é";

    write_envelopes(result, region, region.series[0], {}, directory / "result.h5");

    EXPECT_EQ(read_envelopes(directory / "result.h5").result.feeder_fault[0], result.feeder_fault[0].substr(0, 1023));
}

}  // namespace
}  // namespace headroom
