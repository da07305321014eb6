// Envelopes secure in AC and their replay, as a planner meets them on the command line.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "formulations/network/chosen_steps.hpp"
#include "io/case/case_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/replay_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string cases = HEADROOM_SOURCE_DIR "/cases/";
const std::string european = cases + "european_lv/european_lv.h5";

struct SecureStory : testing::Test {
    TemporaryDirectory directory;
    std::string result = (directory / "result.h5").string(), replay = (directory / "replay.h5").string();

    Outcome allocate(const std::string& case_path, std::vector<std::string> options) const {
        std::vector<std::string> words{"allocate", case_path, "-o", result};
        words.insert(words.end(), options.begin(), options.end());
        return run_headroom(words);
    }
    Outcome replayed(const std::string& case_path, std::vector<std::string> options = {}) const {
        std::vector<std::string> words{"replay", result, "--case", case_path};
        words.insert(words.end(), options.begin(), options.end());
        return run_headroom(words);
    }
};

TEST_F(SecureStory, TapsAreSolvedForTheBaseCaseAndLookedAtFree) {
    const std::string solved = (directory / "solved.h5").string(), again = (directory / "again.h5").string();
    const Outcome adjusted = run_headroom({"adjust", cases + "ieee34/ieee34.h5", "--taps", "solved", "-o", solved});
    ASSERT_EQ(adjusted.exit_code, 0) << adjusted.err;
    EXPECT_NE(adjusted.err.find("taps of 1 feeder settled"), std::string::npos) << adjusted.err;
    EXPECT_NE(run_headroom({"adjust", solved, "--taps", "solved", "-o", again}).err.find("; 0 taps moved"),
              std::string::npos)
        << "they rest there";

    const auto room = [&](const std::string& of) {
        EXPECT_LE(allocate(of, {"--secure", "ac", "--contain", "zero"}).exit_code, 4);
        const EnvelopeFile file = read_envelopes(result);
        std::array<double, 2> sum{};
        for (std::size_t c = 0; c < file.result.export_limit.size(); ++c) {
            if (std::isnan(file.result.export_limit[c])) continue;
            sum[0] += file.result.export_limit[c];
            sum[1] += file.result.import_limit[c];
        }
        return sum;
    };
    const auto held = room(cases + "ieee34/ieee34.h5"), settled = room(solved);
    EXPECT_LT(settled[0], held[0]) << "regulators that lift the voltage take room from exports";
    EXPECT_GT(settled[1], held[1]) << "and give it to imports";

    const Outcome outcome = replayed(solved, {"-o", replay, "--taps", "free", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const double free = nlohmann::json::parse(outcome.out)["worst_excess"]["taps_free"];
    EXPECT_LT(free, -1e-2) << "controls that follow the envelopes leave voltages room";
    EXPECT_EQ(read_replay(replay).result.worst_excess[4][0], free);
    EXPECT_EQ(read_replay(replay).info.options, "--taps free");
}

TEST_F(SecureStory, TapsOfEveryStepAreSolvedAndEveryVerbFollowsThem) {
    const std::string scaled = (directory / "two.h5").string(), moved = (directory / "moved.h5").string();
    Region region = read_case(cases + "ieee34/ieee34.h5", {.all_series = true});
    SeriesSet& series = region.series.front();
    ASSERT_EQ(series.step_count(), 1U);
    series = chosen_steps(series, std::vector<std::size_t>{0, 0, 0});
    for (std::size_t t = 0; t < 3; ++t) {
        series.start[t] = series.start[0] + static_cast<std::int64_t>(t) * 3600;
        series.end[t] = series.start[t] + 3600;
        for (std::vector<double>* forecast : {&series.p_forecast, &series.q_forecast})
            for (std::size_t c = 0; c < region.customer_count(); ++c)
                (*forecast)[t * region.customer_count() + c] *= t == 1 ? 0.3 : 1.0;
    }
    region.series.push_back(chosen_steps(series, std::vector<std::size_t>{1}));
    region.series.back().name = "light";
    write_case(region, scaled);

    const Outcome adjusted = run_headroom({"adjust", scaled, "--taps", "each-step", "-o", moved});
    ASSERT_EQ(adjusted.exit_code, 0) << adjusted.err;
    EXPECT_NE(adjusted.err.find("taps of 1 feeder settled"), std::string::npos) << adjusted.err;
    const Region with_taps = read_case(moved, {.all_series = true});
    const std::vector<double>& taps = with_taps.series.front().to_tap;
    ASSERT_EQ(taps.size(), 3 * 3 * region.transformer.id.size());
    EXPECT_FALSE(std::ranges::equal(with_taps.series.front().taps(0), with_taps.series.front().taps(1)));
    const auto info = nlohmann::json::parse(run_headroom({"info", moved, "--json"}).out);
    EXPECT_GT(info["series"][0]["tap_moves"], 0) << info;

    const auto room = [&](const std::string& of) {
        EXPECT_EQ(allocate(of, {"--secure", "ac", "--contain", "zero"}).exit_code, 0);
        const EnvelopeFile file = read_envelopes(result);
        std::array<double, 2> sum{};  // in the second step
        for (std::size_t c = region.customer_count(); c < 2 * region.customer_count(); ++c) {
            if (std::isnan(file.result.export_limit[c])) continue;
            sum[0] += file.result.export_limit[c];
            sum[1] += file.result.import_limit[c];
        }
        return sum;
    };
    const std::string again = (directory / "again.h5").string();
    EXPECT_EQ(run_headroom({"adjust", moved, "--taps", "solved", "-o", again}).exit_code, 0);
    EXPECT_TRUE(read_case(again).series.front().to_tap.empty()) << "one place for all steps";
    const auto of_first_step = room(again), of_each = room(moved);
    EXPECT_LT(of_first_step[0], 0.25 * of_each[0]) << "taps of the full load leave exports little room at 30 % of it";
    EXPECT_GT(of_first_step[1], 1.2 * of_each[1]) << "and promise imports what there is not";

    const Outcome outcome = replayed(moved, {"--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Outcome flow = run_headroom({"flow", moved, "-o", (directory / "flow.h5").string(), "--json"});
    EXPECT_EQ(flow.exit_code, 0) << flow.err;
}

TEST_F(SecureStory, AdjustRefusesWhatItCannotMean) {
    const std::string out = (directory / "x.h5").string();
    for (const auto& [words, code, reason] : std::vector<std::tuple<std::vector<std::string>, int, std::string>>{
             {{}, 2, "--table or --taps"},
             {{"--taps", "loose"}, 2, "--taps: 'loose' is none of kept, solved"},
             {{"--at", "2024-01-01T00:00:00Z", "--table", "x.csv"}, 2, "--at: goes with"},
             {{"--at", "2024-01-01T00:00:00Z", "--taps", "each-step"}, 2, "--at: goes with"},
             {{"--taps", "solved", "--at", "2034-01-01T00:00:00Z"}, 3, "no step of series"}}) {
        std::vector<std::string> all{"adjust", european, "-o", out};
        all.insert(all.end(), words.begin(), words.end());
        const Outcome outcome = run_headroom(all);
        EXPECT_EQ(outcome.exit_code, code) << reason;
        EXPECT_NE(outcome.err.find(reason), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(out));
    }
    EXPECT_EQ(run_headroom({"adjust", european, "--taps", "solved", "-o", out}).exit_code, 0)
        << "no controls, no moves";
}

TEST_F(SecureStory, TheEuropeanDayIsSecureInAcAndReplaysClean) {
    const Outcome allocated = allocate(european, {"--secure", "ac", "--row-values"});
    ASSERT_EQ(allocated.exit_code, 0) << allocated.err;
    EXPECT_NE(allocated.err.find("secure in AC: worst excess"), std::string::npos) << allocated.err;

    const Outcome outcome =
        replayed(european, {"-o", replay, "--random-corners", "1000", "--random-points", "1000", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_TRUE(json["all_clean"]);
    EXPECT_EQ(json["items_with"]["replayed"], 96);
    EXPECT_LE(json["worst_excess"]["searched"], 1e-6);
    EXPECT_GE(json["worst_excess"]["searched"], -1e-6) << "some limit is at its own";

    const Outcome told = run_headroom({"info", replay});
    EXPECT_EQ(told.exit_code, 0) << told.err;
    EXPECT_NE(told.out.find("96 replayed"), std::string::npos) << told.out;

    const ReplayFile file = read_replay(replay);
    EXPECT_EQ(file.result.step_count, 96U);
    const EnvelopeFile envelopes = read_envelopes(result);
    EXPECT_EQ(file.info.envelopes.case_digest, envelopes.run.case_digest);
    for (std::size_t k = 0; k < envelopes.result.row_worst.size(); ++k)
        if (envelopes.result.rows.kind[k % envelopes.result.rows.size()] == RowKind::voltage_max) {
            EXPECT_LE(envelopes.result.row_worst[k], 1 + 1e-6);
        }
}

TEST_F(SecureStory, LinearEnvelopesOfThatDayAreViolatedAndSaid) {
    ASSERT_EQ(allocate(european, {}).exit_code, 0);
    const Outcome outcome = replayed(european);
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_NE(outcome.err.find("with violated limits"), std::string::npos);
    EXPECT_NE(outcome.err.find("limits violated"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(replay)) << "nothing was asked to be written";
}

TEST_F(SecureStory, ReplayOfAnotherCaseIsRefused) {
    ASSERT_EQ(allocate(european, {"--secure", "ac"}).exit_code, 0);
    const Outcome outcome = replayed(cases + "european_lv/european_lv_105.h5");
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("was computed from another case"), std::string::npos) << outcome.err;
}

TEST_F(SecureStory, ReplayOverItsOwnInputsIsRefused) {
    ASSERT_EQ(allocate(european, {"--secure", "ac"}).exit_code, 0);
    EXPECT_EQ(replayed(european, {"-o", result}).exit_code, 2);
    EXPECT_EQ(replayed(european, {"-o", european}).exit_code, 2);
    EXPECT_EQ(read_envelopes(result).result.step_count, 96U);
}

TEST_F(SecureStory, AlignedCornersAreShownWithWhatTheyMissAndNeverWritten) {
    const Outcome outcome = run_headroom({"allocate", european, "--secure", "ac", "--corners", "aligned", "--json"});
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    for (const char* part : {"secure in AC: worst excess", "Aligned corners alone: limits for diagnosis, not written",
                             "96 replayed", "with violated limits", "the worst first"})
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["kind"], "aligned_corners");
    EXPECT_EQ(json["envelopes"]["items_with"]["solved"], 96);
    EXPECT_LE(json["envelopes"]["secure"]["worst_excess_pu"], 1e-6);
    EXPECT_FALSE(json["replay"]["all_clean"]);
    EXPECT_GT(json["replay"]["worst_excess"]["searched"], 1e-4) << "customers on other phases import meanwhile";
}

TEST_F(SecureStory, AlignedCornersRefuseToBeMoreThanADiagnostic) {
    const auto refused = [&](std::vector<std::string> words, const std::string& reason) {
        words.insert(words.begin(), {"allocate", european});
        const Outcome outcome = run_headroom(words);
        EXPECT_EQ(outcome.exit_code, 2) << reason;
        EXPECT_NE(outcome.err.find(reason), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(result));
    };
    const std::vector<std::string> aligned{"--secure", "ac", "--corners", "aligned"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.end(), aligned.begin(), aligned.end());
        return more;
    };
    refused(with({"-o", result}), "--corners: limits of aligned corners are a diagnostic and never written");
    refused(with({"-o", (directory / "run/").string()}), "leave out -o");
    refused(with({"--row-values"}), "--row-values: are written to a result, which --corners aligned has not");
    refused(with({"--resume"}), "--resume, --shard, --shard-size and --memory are of runs into a folder");
    refused({"--corners", "aligned"}, "--corners: aligned is of --secure ac");
    refused({"--secure", "ac", "--corners", "all", "-o", result}, "--corners: 'all' is none of search, aligned");
    refused({"--secure", "ac"}, "--output is required");
    const Outcome planned = run_headroom({"allocate", european, "--secure", "ac", "--corners", "aligned", "--dry-run"});
    EXPECT_EQ(planned.exit_code, 0) << planned.err;
    EXPECT_NE(planned.out.find("nothing is written"), std::string::npos) << planned.out;
}

TEST_F(SecureStory, OtherFlowModelsAreNoStart) {
    const Outcome outcome = allocate(european, {"--secure", "ac", "--flow", "dc"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("lin-dist3-flow"), std::string::npos);
}

TEST_F(SecureStory, MediumVoltageIsSecureInAcToo) {
    const std::string ieee34 = cases + "ieee34/ieee34.h5";
    const Outcome allocated = allocate(ieee34, {"--secure", "ac"});
    EXPECT_EQ(allocated.exit_code, 4) << "its forecast does not fit, as in the linear model\n" << allocated.err;
    const Outcome outcome = replayed(ieee34, {"--random-corners", "1000", "--random-points", "1000"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(SecureStory, ForecastErrorsAreHeldInAcAndReplayed) {
    ASSERT_EQ(allocate(european, {"--secure", "ac"}).exit_code, 0);
    const EnvelopeResult certain = read_envelopes(result).result;
    const Outcome allocated = allocate(european, {"--secure", "ac", "--forecast-error", "0.3:0.1"});
    ASSERT_EQ(allocated.exit_code, 0) << allocated.err;
    const EnvelopeResult robust = read_envelopes(result).result;
    const auto smallest = [](const EnvelopeResult& of, std::size_t step) {
        double limit = std::numeric_limits<double>::infinity();
        for (std::size_t k = step * of.customer_count; k < (step + 1) * of.customer_count; ++k)
            if (!std::isnan(of.export_limit[k])) limit = std::min({limit, of.export_limit[k], of.import_limit[k]});
        return limit;
    };
    for (std::size_t step = 0; step < robust.step_count; ++step)
        EXPECT_LT(smallest(robust, step), smallest(certain, step));

    const Outcome outcome = replayed(european, {"-o", replay});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string said = "forecasts of passive customers are anywhere within --forecast-error 0.3:0.1\n";
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    EXPECT_NE(run_headroom({"info", replay}).out.find(said), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(replayed(european, {"--json", "--quiet"}).out)["forecast_error"], "0.3:0.1");
}

TEST_F(SecureStory, LinearRowsDoNotHoldForecastErrorsInAc) {
    ASSERT_EQ(allocate(european, {"--forecast-error", "0.3", "--impedance-error", "0.01"}).exit_code, 0);
    const Outcome outcome = replayed(european);
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("--impedance-error 0.01 of the envelopes is not replayed: impedances are those of the "
                               "case\n"),
              std::string::npos)
        << outcome.err;
}

TEST_F(SecureStory, ErrorsOfNothingLeaveTheSameBytes) {
    const auto bytes = [&](const std::vector<std::string>& options) {
        EXPECT_EQ(allocate(european, options).exit_code, 0);
        std::ifstream file(result, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    EXPECT_EQ(bytes({"--secure", "ac"}), bytes({"--secure", "ac", "--forecast-error", "0:0"}));
}

TEST_F(SecureStory, TheSameBytesForAnyNumberOfThreads) {
    ASSERT_EQ(allocate(european, {"--secure", "ac", "--threads", "1"}).exit_code, 0);
    ASSERT_EQ(replayed(european, {"-o", replay, "--threads", "1"}).exit_code, 0);
    const auto bytes = [](const std::string& path) {
        return std::pair{std::filesystem::file_size(path), read_replay(path).result.worst_value};
    };
    const auto one = bytes(replay);
    const EnvelopeResult first = read_envelopes(result).result;
    ASSERT_EQ(allocate(european, {"--secure", "ac", "--threads", "2"}).exit_code, 0);
    ASSERT_EQ(replayed(european, {"-o", replay, "--threads", "2"}).exit_code, 0);
    const auto two = bytes(replay);
    EXPECT_EQ(one.first, two.first);
    const EnvelopeResult second = read_envelopes(result).result;
    for (std::size_t k = 0; k < first.export_limit.size(); ++k)
        if (!std::isnan(first.export_limit[k])) {
            EXPECT_EQ(first.export_limit[k], second.export_limit[k]);
        }
}

}  // namespace
}  // namespace headroom::test
