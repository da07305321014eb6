// `headroom allocate` as a job script meets it: exit codes, files, streams.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "io/case/case_file.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string cases = HEADROOM_SOURCE_DIR "/cases/";
const std::string european = cases + "european_lv/european_lv.h5";

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Allocate : testing::Test {
    TemporaryDirectory directory;
    std::string result = (directory / "result.h5").string();

    Outcome run(const std::string& case_path, std::vector<std::string> options = {}) const {
        std::vector<std::string> words{"allocate", case_path, "-o", result};
        words.insert(words.end(), options.begin(), options.end());
        return run_headroom(words);
    }
    bool left_nothing() const { return std::filesystem::is_empty(directory.path()); }
};

TEST_F(Allocate, ADayThatIsSecureEndsWithZeroAndSaysWhatBinds) {
    const Outcome outcome = run(european);

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "") << "standard output is for machines";
    for (const char* part : {"96 items (feeder and step): 96 solved", "export", "import",
                             "voltage_max at bus '899' phase b", "steps per second", "result.h5: written"})
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
    EXPECT_EQ(read_envelopes(result).run.flow, "lin-dist3-flow");
}

TEST_F(Allocate, ADayWithRefusedStepsEndsWithFourAndListsTheRows) {
    const Outcome outcome = run(cases + "european_lv/european_lv_105.h5");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_NE(outcome.err.find("insecure_base"), std::string::npos);
    EXPECT_NE(outcome.err.find("violated rows, the worst first"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(result)) << "what could be solved is published";
}

TEST_F(Allocate, ACaseThatCannotBeReadEndsWithThreeAndLeavesNothing) {
    const Outcome missing = run((directory / "none.h5").string());
    EXPECT_EQ(missing.exit_code, 3);
    EXPECT_TRUE(left_nothing());

    const std::string truncated = (directory / "truncated.h5").string();
    std::ofstream(truncated, std::ios::binary) << bytes_of(european).substr(0, 100'000);
    EXPECT_EQ(run(truncated).exit_code, 3);
    EXPECT_FALSE(std::filesystem::exists(result));
}

TEST_F(Allocate, AnOutputThatCannotBeWrittenEndsWithFive) {
    result = (directory / "no" / "such" / "folder" / "result.h5").string();

    const Outcome outcome = run(european);

    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_NE(outcome.err.find(result.substr(0, result.rfind('/'))), std::string::npos) << outcome.err;
    EXPECT_TRUE(left_nothing());
}

TEST_F(Allocate, TheCaseIsNeverReplacedByItsResult) {
    const std::filesystem::path copy = directory / "case.h5";
    std::filesystem::copy_file(european, copy);
    std::filesystem::create_symlink(copy, directory / "other_name.h5");
    const std::string before = bytes_of(copy);

    for (const char* name : {"case.h5", "other_name.h5"}) {
        result = (directory / name).string();
        const Outcome outcome = run(copy.string());
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_NE(outcome.err.find("is the input itself"), std::string::npos) << outcome.err;
    }
    EXPECT_TRUE(bytes_of(copy) == before);
}

/// Every item certified, and none of the certificates near what would be refused.
void expect_certified(const EnvelopeResult& result, bool concave) {
    for (std::size_t item = 0; item < result.status.size(); ++item) {
        EXPECT_EQ(result.status[item], ItemStatus::solved);
        EXPECT_LE(result.certificate_row_violation[item], 1e-4);
        if (concave) {
            EXPECT_LE(result.certificate_gap[item], 1e-7) << "item " << item;
            EXPECT_GT(result.iterations[item], 0);
        } else {
            EXPECT_TRUE(std::isnan(result.certificate_gap[item]));
            EXPECT_LE(result.certificate_bottleneck_gap[item], 1e-3);
        }
    }
}

TEST_F(Allocate, EveryPolicySharesTheDayAndIsCertified) {
    for (const char* policy : {"kalai-smorodinsky", "proportional", "weighted", "alpha=2", "total", "quadratic"}) {
        const bool concave = std::string(policy) != "kalai-smorodinsky";
        std::vector<std::string> options{"--quiet", "--json", "--policy", policy};
        if (std::string(policy) == "quadratic") options.insert(options.end(), {"--reference", "cap"});

        const Outcome outcome = run(european, options);

        ASSERT_EQ(outcome.exit_code, 0) << policy << "\n" << outcome.err;
        const EnvelopeFile file = read_envelopes(result);
        EXPECT_EQ(file.run.policy, policy);
        expect_certified(file.result, concave);
        EXPECT_EQ(file.result.prices.empty(), !concave) << policy;
        const auto json = nlohmann::json::parse(outcome.out);
        EXPECT_EQ(json.at("gap_worst").is_null(), !concave) << policy;
        EXPECT_EQ(json.at("fairness").at("items"), 96);
    }
}

TEST_F(Allocate, RobustEnvelopesSayWhatTheyHoldInSpiteOf) {
    ASSERT_EQ(run(european).exit_code, 0);
    const EnvelopeFile certain = read_envelopes(result);

    const Outcome outcome =
        run(european, {"--forecast-error", "0.2:0.1", "--forecast-error-norm", "2", "--impedance-error", "0.1"});

    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const EnvelopeFile robust = read_envelopes(result);
    EXPECT_EQ(robust.run.options, "--forecast-error 0.2:0.1 --forecast-error-norm 2 --impedance-error 0.1");
    for (std::size_t item = 0; item < robust.result.level.size(); ++item)
        EXPECT_LE(robust.result.level[item], certain.result.level[item]);
}

TEST_F(Allocate, JointEnvelopesHaveReactiveLimitsForCustomersWithARange) {
    Region region = read_case(european);
    const auto with_range = static_cast<std::size_t>(
        std::find(region.customer.active.begin(), region.customer.active.end(), 1) - region.customer.active.begin());
    region.customer.reactive_mode[with_range] = ReactiveMode::range;
    region.customer.q_inject_max[with_range] = region.customer.q_absorb_max[with_range] = 2e3;
    write_case(region, directory / "ranges.h5");

    const Outcome outcome = run((directory / "ranges.h5").string(), {"--reactive", "joint", "--json"});

    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("q inject, kvar"), std::string::npos) << outcome.err;
    EXPECT_EQ(nlohmann::json::parse(outcome.out).at("q_inject").at("count"), 96);
    const EnvelopeFile file = read_envelopes(result);
    EXPECT_EQ(file.run.options, "--reactive joint");
    ASSERT_TRUE(file.result.has_reactive_limits());
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        EXPECT_EQ(std::isnan(file.result.q_inject_limit[c]), c != with_range) << c;
    EXPECT_LE(file.result.q_inject_limit[with_range], 2e3);
}

TEST_F(Allocate, JointEnvelopesAreRefusedWhereTheyWouldSayNothing) {
    const Outcome no_range = run(european, {"--reactive", "joint"}),
                  dc = run(european, {"--reactive", "joint", "--flow", "dc"});

    EXPECT_EQ(no_range.exit_code, 3);
    EXPECT_NE(no_range.err.find("no active customer has a reactive range"), std::string::npos) << no_range.err;
    EXPECT_EQ(dc.exit_code, 2);
    EXPECT_NE(dc.err.find("--reactive: joint needs"), std::string::npos) << dc.err;
    EXPECT_TRUE(left_nothing());
}

TEST_F(Allocate, TheReferenceOfAPolicyIsNotedAsItCounts) {
    const auto reference = [&](std::vector<std::string> options) {
        options.emplace_back("--quiet");
        EXPECT_EQ(run(european, options).exit_code, 0);
        return read_envelopes(result).run.reference;
    };

    EXPECT_EQ(reference({"--policy", "alpha=2", "--reference", "cap"}), "cap");
    EXPECT_EQ(reference({"--policy", "total"}), "absolute:1");
    EXPECT_EQ(reference({"--policy", "proportional"}), "none");
}

TEST_F(Allocate, QuadraticComparesWithTheRequestUnlessToldOtherwise) {
    const Outcome outcome = run(european, {"--policy", "quadratic"});

    EXPECT_EQ(outcome.exit_code, 3) << "the bundled case has no requests";
    EXPECT_NE(outcome.err.find("has no export_request"), std::string::npos) << outcome.err;
}

TEST_F(Allocate, ThePriceOfFairnessIsNothingForTotalAndRisesWithAlpha) {
    const auto mean_price = [&](const char* policy) -> double {
        const Outcome outcome = run(european, {"--policy", policy, "--price-of-fairness", "--json"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_NE(outcome.err.find("price of fairness: "), std::string::npos) << outcome.err;
        EXPECT_EQ(read_envelopes(result).result.price_of_fairness.size(), 96U);
        return nlohmann::json::parse(outcome.out).at("fairness").at("price_mean");
    };
    const double total = mean_price("total"), proportional = mean_price("proportional"), two = mean_price("alpha=2"),
                 max_min = mean_price("max-min");

    EXPECT_EQ(total, 0.0);
    EXPECT_LT(total, proportional);
    EXPECT_LT(proportional, two);
    EXPECT_LT(two, max_min);
    EXPECT_LT(max_min, 1.0);
}

TEST_F(Allocate, AReferenceThatTheCaseLacksEndsWithThreeAndNamesTheCustomer) {
    const Outcome outcome = run(european, {"--reference", "nameplate"});

    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("customer 'load1'"), std::string::npos) << outcome.err;
    EXPECT_TRUE(left_nothing());
}

TEST_F(Allocate, TheNumberOfThreadsDoesNotChangeAByte) {
    for (const char* policy : {"max-min", "proportional", "total"}) {
        const auto bytes_with = [&](const char* threads) {
            const Outcome outcome =
                run(european, {"--policy", policy, "--threads", threads, "--row-values", "--price-of-fairness"});
            EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
            return bytes_of(result);
        };
        EXPECT_TRUE(bytes_with("1") == bytes_with("2")) << policy;
    }
}

TEST_F(Allocate, TheMachineReadableSummaryIsOneJsonObject) {
    const Outcome outcome = run(european, {"--json", "--quiet"});

    EXPECT_EQ(outcome.err, "");
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json.at("items"), 96);
    EXPECT_EQ(json.at("all_solved"), true);
    EXPECT_EQ(json.at("export").at("count"), 96 * 22);
}

TEST_F(Allocate, ADryRunSaysWhatWouldBeDoneAndWritesNothing) {
    const Outcome outcome = run(european, {"--dry-run"});

    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("96 items"), std::string::npos) << outcome.out;
    EXPECT_TRUE(left_nothing());
}

TEST_F(Allocate, TheMinuteSeriesHasItsOwnSteps) {
    ASSERT_EQ(run(european, {"--series", "minute", "--quiet"}).exit_code, 0);

    const EnvelopeFile file = read_envelopes(result);
    EXPECT_EQ(file.result.step_count, 1440u);
    EXPECT_EQ(file.end[0] - file.start[0], 60);
}

TEST_F(Allocate, RowValuesReachTheirLimitExactlyWhereRowsBind) {
    ASSERT_EQ(run(european, {"--row-values", "--quiet"}).exit_code, 0);
    const EnvelopeResult file = read_envelopes(result).result;
    const std::size_t rows = file.rows.size();
    ASSERT_EQ(file.row_worst.size(), 96 * rows);

    for (std::size_t step = 0; step < 96; ++step) {
        std::vector<char> binds(rows, 0);
        for (std::size_t c = 0; c < 55; ++c)
            if (const auto row = file.export_binding_row[step * 55 + c]; row >= 0)
                binds[static_cast<std::size_t>(row)] = 1;
        for (std::size_t row = 0; row < rows; ++row) {
            const double worst = file.row_worst[step * rows + row];
            if (file.rows.kind[row] == RowKind::voltage_min) {
                EXPECT_GE(worst, 1 - 1e-9);
            } else {
                EXPECT_LE(worst, 1 + 1e-9);
            }
            if (binds[row] == 0) continue;
            EXPECT_NEAR(worst, 1.0, 1e-9) << "row " << row << " step " << step;
        }
    }
}

// avx2 and avx512 kernels give the same bits, baseline agrees to rounding; unsupported sets are refused by name.
TEST_F(Allocate, InstructionSetsAgree) {
    const auto limits = [&](const char* level) {
        setenv("HEADROOM_SIMD", level, 1);
        const Outcome outcome = run(european, {"--quiet"});
        unsetenv("HEADROOM_SIMD");
        return outcome.exit_code == 0 ? read_envelopes(result).result.export_limit : std::vector<double>{};
    };
    const auto baseline = limits("baseline"), avx2 = limits("avx2"), avx512 = limits("avx512");

    ASSERT_FALSE(baseline.empty());
    for (std::size_t k = 0; k < baseline.size(); ++k) {
        if (std::isnan(baseline[k])) continue;
        if (avx2.empty()) continue;
        EXPECT_NEAR(avx2[k], baseline[k], 1e-6);
        if (avx512.empty()) continue;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(avx2[k]), std::bit_cast<std::uint64_t>(avx512[k]));
    }
}

TEST_F(Allocate, AnUnknownInstructionSetIsRefusedByName) {
    setenv("HEADROOM_SIMD", "mmx", 1);
    const Outcome outcome = run(european);
    unsetenv("HEADROOM_SIMD");

    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("'mmx'"), std::string::npos) << outcome.err;
    EXPECT_TRUE(left_nothing());
}

}  // namespace
}  // namespace headroom::test
