// `headroom forecast-congestion` as a job script meets it: exit codes, files, streams.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "io/case/case_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string cases = HEADROOM_SOURCE_DIR "/cases/";
const std::string secure = cases + "european_lv/european_lv.h5", risky = cases + "european_lv/european_lv_105.h5";

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct ForecastCongestion : testing::Test {
    TemporaryDirectory directory;
    std::string result = (directory / "forecast.h5").string();

    Outcome run(const std::string& case_path, std::vector<std::string> options = {}) const {
        std::vector<std::string> words{"forecast-congestion", case_path, "-o", result};
        words.insert(words.end(), options.begin(), options.end());
        return run_headroom(words);
    }
    bool left_nothing() const { return std::filesystem::is_empty(directory.path()); }
};

// At 1.05 p.u. the forecast of noon has 253.3 V at bus 619 phase c: the network's weakest place, hour and limit.
TEST_F(ForecastCongestion, NamesTheLimitsAndTheStepsMostAtRisk) {
    const Outcome outcome = run(risky, {"--samples", "200"});

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "") << "standard output is for machines";
    for (const char* part : {"96 items (feeder and step): 96 done, 200 samples each, 0 without an answer",
                             "voltage_max at bus '619' phase c", "2024-01-01T12:00:00Z", "95 % interval",
                             "power flows per second", "forecast.h5: written"})
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
    const CongestionFile file = read_congestion(result);
    EXPECT_EQ(file.result.sample_count, 200);
    EXPECT_EQ(file.run.options,
              "--common-share 0.5 --generation-sigma 0.3 --load-sigma 0.2 --monitor customers "
              "--quantiles 0.05,0.5,0.95 --samples 200 --seed 1");
}

TEST_F(ForecastCongestion, HasTheLimitsOfEnvelopes) {
    ASSERT_EQ(run(secure, {"--samples", "8", "--quiet"}).exit_code, 0);
    const std::string envelopes = (directory / "envelopes.h5").string();
    ASSERT_EQ(run_headroom({"allocate", secure, "-o", envelopes, "--quiet"}).exit_code, 0);

    const RowTable ours = read_congestion(result).result.rows, theirs = read_envelopes(envelopes).result.rows;

    EXPECT_EQ(ours.kind, theirs.kind);
    EXPECT_EQ(ours.bus, theirs.bus);
    EXPECT_EQ(ours.branch, theirs.branch);
    EXPECT_EQ(ours.phases, theirs.phases);
    EXPECT_EQ(ours.limit, theirs.limit);
}

TEST_F(ForecastCongestion, MoreUncertaintyAndMoreInCommonAreMoreRisk) {
    const auto hours = [&](const char* sigma, const char* share) -> double {
        const Outcome outcome =
            run(secure, {"--samples", "400", "--json", "--quiet", "--load-sigma", sigma, "--common-share", share});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return nlohmann::json::parse(outcome.out).at("expected_hours");
    };
    EXPECT_EQ(hours("0", "0.5"), 0.0) << "the day is secure at its forecast";
    EXPECT_LT(hours("1", "0.1"), hours("1", "0.9"));
    EXPECT_LT(hours("0.5", "0.9"), hours("1", "0.9"));
}

TEST_F(ForecastCongestion, TheNumberOfThreadsDoesNotChangeAByteAndTheSeedDoes) {
    const auto bytes_with = [&](const char* threads, const char* seed) {
        const Outcome outcome = run(risky, {"--samples", "50", "--threads", threads, "--seed", seed, "--quiet"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return bytes_of(result);
    };
    const std::string one = bytes_with("1", "1");
    EXPECT_TRUE(one == bytes_with("2", "1"));
    EXPECT_FALSE(one == bytes_with("1", "2"));
}

// avx2 and avx512 kernels give the same bits, baseline agrees to rounding.
TEST_F(ForecastCongestion, InstructionSetsAgree) {
    const auto mean = [&](const char* level) {
        setenv("HEADROOM_SIMD", level, 1);
        const Outcome outcome = run(risky, {"--samples", "40", "--quiet"});
        unsetenv("HEADROOM_SIMD");
        return outcome.exit_code == 0 ? read_congestion(result).result.row_mean : std::vector<double>{};
    };
    const auto baseline = mean("baseline"), avx2 = mean("avx2"), avx512 = mean("avx512");

    ASSERT_FALSE(baseline.empty());
    for (std::size_t k = 0; k < baseline.size(); ++k) {
        if (avx2.empty()) continue;
        EXPECT_NEAR(avx2[k], baseline[k], 1e-9);
        if (avx512.empty()) continue;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(avx2[k]), std::bit_cast<std::uint64_t>(avx512[k]));
    }
}

TEST_F(ForecastCongestion, InfoTellsAForecastAgainFromItsFile) {
    const Outcome outcome = run(risky, {"--samples", "60", "--json"});
    const Outcome info = run_headroom({"info", result}), json = run_headroom({"info", result, "--json"});

    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_NE(info.out.find("congestion forecast of case"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("voltage_max at bus '619' phase c"), std::string::npos) << info.out;
    EXPECT_EQ(json.out, outcome.out);
}

TEST_F(ForecastCongestion, AFeederWithAFaultEndsWithFourAndIsNamed) {
    Region region = small_region(2);
    region.branch.length[static_cast<std::size_t>(region.feeder.branch_offset[1]) + 1] = -3;
    const std::string broken = (directory / "broken.h5").string();
    write_case(region, broken);

    const Outcome outcome = run(broken, {"--samples", "16"});

    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("1 feeder with a fault"), std::string::npos) << outcome.err;
    EXPECT_EQ(read_congestion(result).result.status[1], ForecastStatus::invalid_input);
}

TEST_F(ForecastCongestion, SamplesThatNoMemoryHoldsEndWithThreeBeforeTheyAreDrawn) {
    const Outcome outcome = run(secure, {"--samples", "10000000", "--monitor", "all"});

    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("10000000 samples of feeder 'lvtest'"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("ask for fewer samples"), std::string::npos) << outcome.err;
    EXPECT_TRUE(left_nothing());
}

TEST_F(ForecastCongestion, ADryRunSaysWhatWouldBeDoneAndWritesNothing) {
    const Outcome outcome = run(secure, {"--dry-run"});

    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("96 items of 1000 samples, 96000 power flows"), std::string::npos) << outcome.out;
    EXPECT_TRUE(left_nothing());
}

TEST_F(ForecastCongestion, MissingCasesAndClosedFoldersAreRefusedAsByOtherVerbs) {
    EXPECT_EQ(run((directory / "none.h5").string()).exit_code, 3);
    EXPECT_TRUE(left_nothing());
    result = (directory / "no" / "folder.h5").string();
    EXPECT_EQ(run(secure, {"--samples", "8"}).exit_code, 5);
}

}  // namespace
}  // namespace headroom::test
