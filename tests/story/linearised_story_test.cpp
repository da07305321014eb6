// Envelopes over rows linearised at the AC base case, as a planner meets them on the command line.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "io/result/envelope_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string european = HEADROOM_SOURCE_DIR "/cases/european_lv/european_lv.h5",
                  european_orders = HEADROOM_SOURCE_DIR "/cases/european_lv/orders.csv";

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct LinearisedStory : testing::Test {
    TemporaryDirectory directory;
    std::string result = (directory / "result.h5").string();

    Outcome allocate(std::vector<std::string> options = {}) const {
        std::vector<std::string> words{"allocate", european, "-o", result, "--flow", "linearised-ac"};
        words.insert(words.end(), options.begin(), options.end());
        return run_headroom(words);
    }
    double worst_excess_in_replay() const {
        const Outcome outcome = run_headroom({"replay", result, "--case", european, "--json", "--quiet",
                                              "--random-corners", "0", "--random-points", "0"});
        const auto json = nlohmann::json::parse(outcome.out);
        EXPECT_EQ(json["items_with"]["replayed"], 96);
        return json["worst_excess"]["searched"];
    }
};

TEST_F(LinearisedStory, TheEuropeanDayIsSolvedNamesItsModelAndIsReplayed) {
    const Outcome outcome = allocate();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("96 items (feeder and step): 96 solved"), std::string::npos) << outcome.err;
    EXPECT_EQ(read_envelopes(result).run.flow, "linearised-ac");
    EXPECT_NE(run_headroom({"info", result}).out.find("linearised-ac"), std::string::npos);
    const double cautious = worst_excess_in_replay();
    EXPECT_LT(cautious, 0) << "rows of both directions hold every limit, and their errors go against each other";
    EXPECT_GT(cautious, -0.01);
    ASSERT_EQ(allocate({"--policy", "total"}).exit_code, 0);
    const double passed = worst_excess_in_replay();
    EXPECT_GT(passed, 1e-3) << "imports alone are promised too much";
    EXPECT_LT(passed, 0.02);
}

TEST_F(LinearisedStory, TheFixedPointIsAnotherLineAndNamesItself) {
    ASSERT_EQ(allocate({"--quiet"}).exit_code, 0);
    const EnvelopeResult tangent = read_envelopes(result).result;
    ASSERT_EQ(allocate({"--quiet", "--linearisation", "fixed-point"}).exit_code, 0);
    const EnvelopeFile file = read_envelopes(result);
    EXPECT_EQ(file.run.options, "--linearisation fixed-point");
    EXPECT_NE(file.result.level, tangent.level);
    EXPECT_LT(worst_excess_in_replay(), 0.02);
}

TEST_F(LinearisedStory, TheNumberOfThreadsDoesNotChangeAByte) {
    for (const char* policy : {"max-min", "total"}) {
        const auto bytes_with = [&](const char* threads) {
            const Outcome outcome = allocate({"--policy", policy, "--threads", threads, "--row-values"});
            EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
            return bytes_of(result);
        };
        EXPECT_TRUE(bytes_with("1") == bytes_with("2")) << policy;
    }
}

TEST_F(LinearisedStory, PartsOfARunJoinToTheResultOfTheWholeCase) {
    const std::string run = (directory / "run/").string(), joined = (directory / "joined.h5").string();
    ASSERT_EQ(allocate({"--quiet"}).exit_code, 0);
    ASSERT_EQ(run_headroom({"allocate", european, "-o", run, "--flow", "linearised-ac", "--quiet"}).exit_code, 0);
    ASSERT_EQ(run_headroom({"join", run, "-o", joined, "--quiet"}).exit_code, 0);
    const EnvelopeFile whole = read_envelopes(result), parts = read_envelopes(joined);
    EXPECT_EQ(parts.run.flow, "linearised-ac");
    for (std::size_t k = 0; k < whole.result.export_limit.size(); ++k)
        if (!std::isnan(whole.result.export_limit[k])) {
            EXPECT_EQ(parts.result.export_limit[k], whole.result.export_limit[k]);
        }
}

TEST_F(LinearisedStory, ADryRunAndAJobTakeTheModelLikeAnyOther) {
    const Outcome dry = allocate({"--dry-run"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    EXPECT_NE(dry.out.find("96 items"), std::string::npos);
    const std::string job = (directory / "job.toml").string();
    std::ofstream(job) << "case = \"" << european << "\"\n[allocate]\nflow = \"linearised-ac\"\npolicy = \"total\"\n"
                       << "[replay]\nrandom-corners = 0\nrandom-points = 0\n";
    const Outcome planned = run_headroom({"run", job, "--dry-run"});
    EXPECT_EQ(planned.exit_code, 0) << planned.err;
    EXPECT_NE(planned.out.find("--flow linearised-ac"), std::string::npos) << planned.out;
    EXPECT_EQ(run_headroom({"run", job, "--quiet"}).exit_code, 4) << "the replay finds violated limits";
    EXPECT_EQ(read_envelopes((directory / "allocate.h5").string()).run.flow, "linearised-ac");
}

TEST_F(LinearisedStory, ItsLimitsAreTradedAndWhatWasTradedIsVerified) {
    ASSERT_EQ(allocate({"--quiet"}).exit_code, 0);
    const std::string clearing = (directory / "clearing.h5").string();
    for (const char* mechanism : {"continuous", "auction"}) {
        const Outcome outcome = run_headroom({"clear", european, "-o", clearing, "--envelopes", result, "--orders",
                                              european_orders, "--mechanism", mechanism});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_EQ(outcome.err.find(" 0 trades"), std::string::npos) << outcome.err;
        const Outcome judged = run_headroom({"verify", clearing, "--case", european});
        EXPECT_EQ(judged.exit_code, 0) << judged.err << judged.out;
    }
    const Outcome first = run_headroom({"clear", european, "-o", clearing, "--orders", european_orders, "--quiet",
                                        "--flow", "linearised-ac", "--linearisation", "fixed-point"});
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(run_headroom({"verify", clearing, "--case", european}).exit_code, 0);
}

TEST_F(LinearisedStory, PricesOfTheSidesOfARatingAreReadAgain) {
    const std::string region = (directory / "region.h5").string();
    ASSERT_EQ(run_headroom({"generate", region, "--feeders", "2", "--seed", "5", "--steps", "8", "--reactive-share",
                            "0.5", "--quiet"})
                  .exit_code,
              0);
    ASSERT_EQ(run_headroom(
                  {"allocate", region, "-o", result, "--flow", "linearised-ac", "--policy", "proportional", "--quiet"})
                  .exit_code,
              0);
    const std::vector<RowPrice> prices = read_envelopes(result).result.prices;
    EXPECT_TRUE(std::ranges::any_of(prices, [](const RowPrice& price) { return price.side > 118; }));
}

TEST_F(LinearisedStory, ItsLimitsAreNotClearedAsThoseSecureInAc) {
    ASSERT_EQ(allocate({"--quiet"}).exit_code, 0);
    const std::string clearing = (directory / "clearing.h5").string();
    const Outcome outcome = run_headroom(
        {"clear", european, "-o", clearing, "--envelopes", result, "--orders", european_orders, "--secure", "ac"});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("secure in AC are envelopes of lin-dist3-flow; leave out --secure ac"),
              std::string::npos)
        << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(clearing));
}

}  // namespace
}  // namespace headroom::test
