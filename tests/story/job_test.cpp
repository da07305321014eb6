// `headroom run` as a job script meets it: a job file, its stages, their files, and what goes wrong.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "io/case/case_file.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string source = HEADROOM_SOURCE_DIR "/cases/";

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder with the laminar case, its orders, and a job.
struct Job : testing::Test {
    TemporaryDirectory directory;

    Job() {
        EXPECT_EQ(run_headroom({"import", source + "laminar", "-o", path("laminar.h5"), "--quiet"}).exit_code, 0);
        std::filesystem::copy_file(source + "laminar/order.csv", path("orders.csv"));
    }
    std::string path(const std::string& name) const { return (directory / name).string(); }
    Outcome run(const std::string& toml, std::vector<std::string> options = {}) const {
        std::ofstream(path("job.toml"), std::ios::binary) << toml;
        options.insert(options.begin(), {"run", path("job.toml")});
        return run_headroom(options);
    }
    void expect_refused(const std::string& toml, int code, const std::string& where, const std::string& what,
                        std::vector<std::string> options = {}) const {
        const Outcome outcome = run(toml, std::move(options));
        EXPECT_EQ(outcome.exit_code, code) << toml << outcome.err;
        EXPECT_EQ(outcome.err.rfind("error: " + path("job.toml") + where, 0), 0U) << outcome.err;
        EXPECT_NE(outcome.err.find(what), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_FALSE(std::filesystem::exists(path("allocate.h5"))) << "refused before its first stage";
    }
};

const std::string three_stages =
    "case = \"laminar.h5\"\n"
    "threads = 1\n"
    "output = \"result\"\n"
    "[replay]\n"
    "random-corners = 2\n"
    "[clear]\n"
    "orders = \"orders.csv\"\n"
    "two-price = false\n"
    "[allocate]\n"
    "flow = \"dc\"\n"
    "file = \"doe.h5\"\n";

TEST_F(Job, WritesTheBytesOfTheSameCommands) {
    const Outcome outcome = run(three_stages, {"--json"});

    // Envelopes of the dc model know no voltages; their replay is not clean, and that does not stop a job.
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    const auto json = nlohmann::json::parse(outcome.out);
    ASSERT_EQ(json.at("stages").size(), 3U);
    EXPECT_EQ(json.at("exit_code"), 4);
    const char* const names[] = {"allocate", "clear", "replay"};
    const int codes[] = {0, 0, 4};
    for (std::size_t s = 0; s < 3; ++s) {
        EXPECT_EQ(json.at("stages")[s].at("name"), names[s]) << "they run in the order of the kinds";
        EXPECT_EQ(json.at("stages")[s].at("exit_code"), codes[s]) << names[s];
        EXPECT_GT(json.at("stages")[s].at("seconds"), 0.0);
    }
    ASSERT_EQ(run_headroom({"allocate", path("laminar.h5"), "-o", path("a.h5"), "--flow", "dc"}).exit_code, 0);
    ASSERT_EQ(run_headroom({"clear", path("laminar.h5"), "-o", path("c.h5"), "--envelopes", path("a.h5"), "--orders",
                            path("orders.csv")})
                  .exit_code,
              0);
    ASSERT_EQ(run_headroom(
                  {"replay", path("c.h5"), "--case", path("laminar.h5"), "-o", path("r.h5"), "--random-corners", "2"})
                  .exit_code,
              4);
    EXPECT_TRUE(bytes_of(path("result/doe.h5")) == bytes_of(path("a.h5")));
    EXPECT_TRUE(bytes_of(path("result/clear.h5")) == bytes_of(path("c.h5")));
    EXPECT_TRUE(bytes_of(path("result/replay.h5")) == bytes_of(path("r.h5")));
}

TEST_F(Job, OrdersOfATableAreJudgedByThatTable) {
    std::ofstream(path("orders.csv"), std::ios::app) << "o9,c2,sell,export,0,1,5\n";  // which the case has not
    const std::string own = "case = \"laminar.h5\"\n[clear]\nflow = \"dc\"\norders = \"orders.csv\"\n[verify]\n";

    const Outcome outcome = run(own);

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("orders were compared with those of orders.csv"), std::string::npos) << outcome.err;
    std::filesystem::copy_file(source + "laminar/order.csv", path("others.csv"));
    const Outcome others = run(own + "orders = \"others.csv\"\n");
    EXPECT_EQ(others.exit_code, 4);
    EXPECT_NE(others.err.find("order 'o9' of feeder 'laminar': is none of others.csv"), std::string::npos)
        << others.err;
}

TEST_F(Job, SaysWhichStageItIsAtAndWhatBecameOfAll) {
    const Outcome loud = run(three_stages), quiet = run(three_stages, {"--quiet"});

    EXPECT_EQ(loud.out, "") << "standard output is for machines";
    EXPECT_NE(loud.err.find("stage 2 of 3, clear: headroom clear " + path("laminar.h5") + " -o "), std::string::npos);
    EXPECT_NE(loud.err.find("seconds  file"), std::string::npos) << loud.err;
    EXPECT_EQ(quiet.out + quiet.err, "");
    EXPECT_EQ(quiet.exit_code, 4);
}

TEST_F(Job, PathsStartAtTheJobFileWhereverTheProgramStarts) {
    const TemporaryDirectory elsewhere;
    std::ofstream(path("job.toml")) << three_stages;
    const std::string shell = "cd '" + elsewhere.path().string() + "' && ln -s '" + directory.path().string()
                              + "' there && " HEADROOM_BINARY_DIR "/bin/headroom run there/job.toml";

    const Outcome outcome = run_program({"/bin/sh", "-c", shell});

    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("headroom allocate there/laminar.h5 -o there/result/doe.h5"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(path("result/clear.h5")));
    EXPECT_FALSE(std::filesystem::exists(elsewhere / "result"));

    const Outcome inside =
        run_program({"/bin/sh", "-c",
                     "cd '" + directory.path().string() + "' && " HEADROOM_BINARY_DIR "/bin/headroom run job.toml"});
    EXPECT_EQ(inside.exit_code, 4) << inside.err;
    EXPECT_NE(inside.err.find("headroom allocate laminar.h5 -o result/doe.h5"), std::string::npos) << inside.err;
}

TEST_F(Job, APlanShowsCommandsAndSizesAndWritesNothing) {
    const Outcome text = run(three_stages, {"--dry-run"}), json = run(three_stages, {"--dry-run", "--json"});

    EXPECT_EQ(text.exit_code, 0) << text.err;
    for (const std::string& part :
         {std::string("case 'laminar': 1 feeder, 9 customers, series 'hour' of 4 steps"),
          "headroom replay " + path("result/clear.h5") + " --case " + path("laminar.h5"),
          "reads " + path("result/doe.h5") + " of stage allocate", "writes " + path("result/clear.h5") + " (new)",
          std::string("4 items of series 'hour'")})
        EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
    EXPECT_FALSE(std::filesystem::exists(path("result")));

    const auto plan = nlohmann::json::parse(json.out);
    EXPECT_EQ(plan.at("series")[0].at("steps"), 4);
    EXPECT_EQ(plan.at("stages")[1].at("inputs")[1].at("stage"), "allocate");
    EXPECT_EQ(plan.at("stages")[1].at("exists"), false);
    ASSERT_EQ(run(three_stages, {"--quiet"}).exit_code, 4);
    EXPECT_NE(run(three_stages, {"--dry-run"}).out.find("clear.h5 (exists)"), std::string::npos);
}

TEST_F(Job, ArraysOfTablesAreSeveralStagesOfOneKind) {
    const std::string toml =
        "case = \"laminar.h5\"\n"
        "[[allocate]]\nname = \"fair\"\nflow = \"dc\"\npolicy = \"max-min\"\n"
        "[[allocate]]\nname = \"equal\"\nflow = \"dc\"\npolicy = \"equal\"\n"
        "[[clear]]\nname = \"auction\"\nmechanism = \"auction\"\nenvelopes = \"allocate_fair\"\n"
        "[[clear]]\nname = \"continuous\"\nmechanism = \"continuous\"\n"
        "[[clear]]\nname = \"file\"\nenvelopes = \"fair.h5\"\nmechanism = \"auction\"\n";

    expect_refused(toml, 3, ":19: envelopes: there is no file", "fair.h5");
    ASSERT_EQ(
        run_headroom({"allocate", path("laminar.h5"), "-o", path("fair.h5"), "--flow", "dc", "--policy", "max-min"})
            .exit_code,
        0);
    EXPECT_EQ(run(toml).exit_code, 0);

    const auto policy = [this](const char* file) { return read_clearing(path(file)).info.envelopes.policy; };
    EXPECT_EQ(policy("clear_auction.h5"), "max-min");
    EXPECT_EQ(policy("clear_continuous.h5"), "equal") << "the last allocate";
    const Outcome again = run(toml, {"--from", "clear", "--quiet", "--json"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    const auto stages = nlohmann::json::parse(again.out).at("stages");
    EXPECT_EQ(stages[1].at("state"), "kept");
    EXPECT_EQ(stages[2].at("state"), "ran") << "the first of its kind";
    EXPECT_TRUE(bytes_of(path("clear_auction.h5")) == bytes_of(path("clear_file.h5")));
}

TEST_F(Job, AFileThatIsNearlyTheNameOfAStageIsAnsweredWithIt) {
    expect_refused("case = \"laminar.h5\"\n[allocate]\n[clear]\nenvelopes = \"alocate\"\n", 3,
                   ":4: envelopes: there is no file", "did you mean 'allocate'?");
}

TEST_F(Job, FromAStageTheFilesOfEarlierOnesAreKept) {
    const Outcome early = run(three_stages, {"--from", "clear"});
    EXPECT_EQ(early.exit_code, 3);
    EXPECT_NE(early.err.find("doe.h5, which is not there yet; run the job from allocate"), std::string::npos);

    ASSERT_EQ(run(three_stages, {"--quiet"}).exit_code, 4);
    const auto before = std::filesystem::last_write_time(path("result/doe.h5"));
    const Outcome late = run(three_stages, {"--from", "clear", "--json"});
    EXPECT_EQ(late.exit_code, 4) << late.err;
    EXPECT_EQ(nlohmann::json::parse(late.out).at("stages")[0].at("state"), "kept");
    EXPECT_EQ(std::filesystem::last_write_time(path("result/doe.h5")), before);
    std::filesystem::rename(path("result/doe.h5"), path("aside.h5"));
    const std::string judged = three_stages + "[verify]\n";
    const Outcome last = run(judged, {"--from", "verify", "--json"});
    EXPECT_EQ(last.exit_code, 0) << last.err;
    EXPECT_EQ(nlohmann::json::parse(last.out).at("stages")[0].at("state"), "passed_over") << "it left no file";
    EXPECT_EQ(nlohmann::json::parse(last.out).at("stages")[1].at("state"), "kept");
    EXPECT_EQ(last.err.find("doe.h5"), std::string::npos) << last.err;
    EXPECT_EQ(run(judged, {"--from", "verify", "--dry-run"}).out.find("keeps " + path("result/doe.h5")),
              std::string::npos);
    std::filesystem::rename(path("aside.h5"), path("result/doe.h5"));
    const Outcome unknown = run(three_stages, {"--from", "cler"});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_NE(unknown.err.find("--from: 'cler' is no stage of "), std::string::npos) << unknown.err;
    EXPECT_NE(unknown.err.find("did you mean 'clear'?"), std::string::npos) << unknown.err;

    Region other = read_case(path("laminar.h5"));
    other.customer.export_cap[0] += 1;
    write_case(other, path("laminar.h5"));
    const Outcome foreign = run(three_stages, {"--from", "clear"});
    EXPECT_EQ(foreign.exit_code, 3);
    EXPECT_NE(foreign.err.find("error: clear: "), std::string::npos) << foreign.err;
    EXPECT_NE(foreign.err.find("was computed from another case"), std::string::npos) << foreign.err;
}

TEST_F(Job, AStageThatFailsStopsTheJobWithItsCode) {
    std::string stages_of_job = three_stages;
    stages_of_job.insert(stages_of_job.find("orders"), "file = \"none/clear.h5\"\n");

    const Outcome outcome = run(stages_of_job, {"--json"});

    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_NE(outcome.err.find("error: clear: "), std::string::npos) << outcome.err;
    const auto stages = nlohmann::json::parse(outcome.out).at("stages");
    EXPECT_EQ(stages[0].at("exit_code"), 0);
    EXPECT_EQ(stages[1].at("exit_code"), 5);
    EXPECT_EQ(stages[2].at("state"), "not_reached");
}

const std::string head = "case = \"laminar.h5\"\n";

TEST_F(Job, KeysThatAreNoneAreRefusedWithTheNearestName) {
    expect_refused("cas = \"laminar.h5\"\n[allocate]\n", 2, ":1: there is no key 'cas'", "did you mean 'case'?");
    expect_refused("threads = 1\n[allocate]\n", 2, ": there is no case", "case = \"feeder.h5\"");
    expect_refused(head, 2, ": there is no stage", "[allocate]");
    expect_refused(head + "[alocate]\n", 2, ":2: 'alocate' is no stage", "did you mean 'allocate'?");
    expect_refused(head + "allocate = 1\n", 2, ":2: 'allocate' is a stage", "write [allocate]");
    expect_refused(head + "[allocate]\nflow = \"dc\"\npolcy = \"equal\"\n", 2, ":4: allocate: there is no key 'polcy'",
                   "did you mean 'policy'?");
    expect_refused(head + "[allocate]\noutput = \"a.h5\"\n", 2, ":3: allocate", "is 'file'");
    expect_refused(head + "[allocate]\njson = true\n", 2, ":3: allocate", "option of 'headroom run'");
    expect_refused(head + "[allocate]\ncase = \"laminar.h5\"\n", 2, ":3: allocate", "above the stages");
    expect_refused(head + "[allocate]\nhelp = true\n", 2, ":3: allocate", "no key 'help'");
}

TEST_F(Job, WrongValuesGetTheWordsOfTheVerbAndTheirLine) {
    expect_refused(head + "[allocate]\nflow = \"dc\"\npolicy = \"max-mim\"\n", 2, ":4: allocate: --policy",
                   "did you mean 'max-min'?");
    expect_refused(head + "[allocate]\npolicy = \"--help\"\n", 2, ":3: allocate: --policy", "'--help'");
    expect_refused(head + "[allocate]\npolicy = \"\"\n", 2, ":3: allocate: --policy", "");
    expect_refused("threads = -1\n" + head + "[allocate]\n", 2, ":1: allocate: --threads", "-1");
    expect_refused(head + "[allocate]\nsecure = \"ac\"\nflow = \"dc\"\n", 2, ":3: allocate: --secure", "leave out");
    expect_refused(head + "[allocate]\n[clear]\npolicy = \"equal\"\n", 2, ":4: clear: --policy", "--envelopes");
    expect_refused(head + "[allocate]\nstrict = \"yes\"\n", 2, ":3: allocate: 'strict' is true or false", "'yes'");
    expect_refused(head + "[clear]\nrescan = false\n", 2, ":3: clear: 'rescan' takes a text", "");
    expect_refused("case = 3\n[allocate]\n", 2, ":1: 'case' takes a text", "");
    expect_refused("case = \"a\\u0000b\"\n[allocate]\n", 2, ":1: control characters", "");
    expect_refused(head + "[forecast]\nquantiles = [0.5, 0.9]\n", 2, ":3: 'quantiles' is an array", "");
    expect_refused(head + "[allocate]\npolicy = 2024-01-01\n", 2, ":3: 'policy' is a date", "");
    expect_refused(head + "[allocate]\nfair.policy = \"equal\"\n", 2, ":3: 'fair' is a table", "");
    expect_refused(head + "allocate = [1, 2]\n", 2, ":2: 'allocate' is an array", "");
}

TEST_F(Job, StagesThatCannotBeMeantTogetherAreRefused) {
    expect_refused(head + "[replay]\n", 2, ":2: replay: no stage before it has a result", "result = \"FILE\"");
    expect_refused(head + "[[allocate]]\n[[allocate]]\n", 2, ":3: there are two stages 'allocate'", "name = ");
    expect_refused(head + "[allocate]\nname = \"a/b\"\n", 2, ":3: 'a/b'", "a name has letters");
    expect_refused(head + "[allocate]\n[clear]\nfile = \"./allocate.h5\"\n", 2, ": stages allocate and clear write",
                   "");
    expect_refused(head + "[forecast]\n[clear]\nenvelopes = \"forecast\"\n", 2, ":4: envelopes: 'forecast' is no stage",
                   "");
    expect_refused(head + "[clear]\norders = \"none.csv\"\n", 3, ":3: orders: there is no file", "none.csv");
    expect_refused("case = \"none.h5\"\n[allocate]\n", 3, ":1: case: there is no file", "none.h5");
    for (const char* input : {"laminar.h5", "job.toml", "orders.csv"}) {
        const Outcome outcome = run(head + "[allocate]\nfile = \"" + input + "\"\n[clear]\norders = \"orders.csv\"\n");
        EXPECT_EQ(outcome.exit_code, 2) << input;
        EXPECT_NE(outcome.err.find("is the input itself"), std::string::npos) << outcome.err;
    }
}

TEST_F(Job, WhatTheCaseLacksIsToldBeforeTheFirstStage) {
    Region bare = read_case(path("laminar.h5"));
    bare.order = {};
    bare.feeder.order_offset = {0};
    write_case(bare, path("bare.h5"));
    const std::string no_orders = "case = \"bare.h5\"\n[allocate]\n[clear]\n";
    expect_refused(no_orders, 3, ":3: clear: there are no orders to clear", "orders = \"FILE.csv\"");
    expect_refused(no_orders, 3, ":3: clear: there are no orders", "bare.h5' has none", {"--dry-run"});
    expect_refused(head + "[allocate]\n[forecast]\nseries = \"hours\"\n", 3,
                   ":4: forecast: ", "has no series 'hours'; it has: hour; did you mean 'hour'?");
    expect_refused("series = \"minute\"\n" + head + "[allocate]\n[clear]\n", 3,
                   ":1: allocate: ", "has no series 'minute'; it has: hour");
    std::ofstream(path("more.csv")) << "feeder,export_cap_kw\n*,20\n";
    expect_refused(head + "[adjust]\ntable = \"more.csv\"\n[allocate]\nseries = \"minute\"\n", 3,
                   ":5: allocate: ", "laminar.h5' has no series 'minute'");
    EXPECT_FALSE(std::filesystem::exists(path("adjust.h5")));
}

TEST_F(Job, AStageOfAnotherSeriesThanTheResultsItReadsIsToldBeforeTheFirstStage) {
    Region region = read_case(path("laminar.h5"));
    region.series.push_back(region.series.front());
    region.series.back().name = "late";
    write_case(region, path("laminar.h5"));
    const std::string market = "[clear]\norders = \"orders.csv\"\n";
    expect_refused(head + "[allocate]\n" + market + "series = \"late\"\n", 2, ":5: clear is of series 'late', and ",
                   "allocate, whose result it reads, of series 'hour'");
    expect_refused("series = \"late\"\n" + head + "[allocate]\nseries = \"hour\"\n" + market + "series = \"late\"\n", 2,
                   ":7: clear is of series 'late'", "'hour'", {"--dry-run"});
    expect_refused(head + "[forecast]\nseries = \"late\"\n[allocate]\n[report]\n", 2,
                   ":5: report reads results of one ", "forecast is of 'late', allocate of 'hour'");
    EXPECT_FALSE(std::filesystem::exists(path("allocate.h5")));
    EXPECT_EQ(
        run("series = \"late\"\n" + head + "[forecast]\n[allocate]\n" + market + "[report]\n", {"--dry-run"}).exit_code,
        0);
    EXPECT_EQ(run(head + "[allocate]\nseries = \"hour\"\n[[clear]]\n" + market.substr(8), {"--dry-run"}).exit_code, 0)
        << "the first of the case by its name";
}

TEST_F(Job, AMarketThatItsEnvelopesDoNotFitIsToldBeforeTheFirstStage) {
    const std::string secure = head + "[allocate]\nsecure = \"ac\"\n[clear]\norders = \"orders.csv\"\n",
                      linear = head + "[allocate]\nflow = \"dc\"\n[clear]\norders = \"orders.csv\"\n";
    expect_refused(secure + "secure = \"linear\"\n", 2, ":6: clear: stage allocate: envelopes secure in AC",
                   "leave out --secure linear");
    expect_refused(secure + "network = \"off\"\n", 2, ":6: clear: stage allocate: --network off", "");
    expect_refused(secure + "compare = true\n", 2, ":6: clear: stage allocate: ways to share", "leave out --compare");
    expect_refused(linear + "secure = \"ac\"\n", 2,
                   ":6: clear: stage allocate: secure in AC are envelopes of lin-dist3", "leave out --secure ac");
    expect_refused(head + "[allocate]\n[clear]\nfile = \"market/\"\n", 2,
                   ":3: clear: --envelopes: a clearing by parts begins with the folder", "allocate.h5' is a file");
    expect_refused(head + "[allocate]\n[replay]\nfile = \"replay/\"\n", 2,
                   ":3: replay: -o: a replay by parts is of the folder", "allocate.h5' is a file");
    expect_refused(head + "[allocate]\n[clear]\nmarket = \"set-point-exchange\"\n[replay]\nresult = \"clear\"\n", 2,
                   ":6: result: 'clear' is a set-point-exchange", "replay does not read");
    EXPECT_FALSE(std::filesystem::exists(path("allocate.h5")));
}

TEST_F(Job, TablesThatDoNotFitTheCaseAreToldBeforeTheFirstStage) {
    std::ofstream(path("others.csv")) << "id,customer,side,limit,first_step,quantity_kw,price_per_mwh\n"
                                         "o1,nobody,buy,export,0,1,25\n";
    std::ofstream(path("policies.csv")) << "feeder,policy\nnowhere,total\n";
    expect_refused(head + "[allocate]\n[clear]\norders = \"others.csv\"\n", 3,
                   ":4: clear: others.csv:2, column 'customer'", "");
    expect_refused(head + "[forecast]\n[allocate]\npolicies = \"policies.csv\"\n", 3,
                   ":4: allocate: policies.csv:2, column 'feeder'", "there is no such feeder");
    EXPECT_FALSE(std::filesystem::exists(path("allocate.h5")));
}

TEST_F(Job, AReplayIsOfTheLimitsInForceAndPassesOverAMarketWithoutLimits) {
    const std::string stages = head + "[allocate]\n[clear]\norders = \"orders.csv\"\n";
    const auto planned = [&](const std::string& more) { return run(stages + more + "[replay]\n", {"--dry-run"}).out; };

    EXPECT_NE(planned("").find("headroom replay " + path("clear.h5")), std::string::npos);
    EXPECT_NE(planned("market = \"set-point-exchange\"\n").find("headroom replay " + path("allocate.h5")),
              std::string::npos);
    EXPECT_NE(run(stages + "[replay]\nresult = \"allocate\"\n", {"--dry-run"})
                  .out.find("headroom replay " + path("allocate.h5")),
              std::string::npos);
}

TEST_F(Job, StagesWorkOnTheAdjustedCase) {
    expect_refused(head + "[report]\n", 2, ":2: report: no stage before it has a result", "");
    std::ofstream(path("day.csv")) << "feeder,export_cap_kw\n*,1.5\n";
    const std::string toml = head + "[report]\n[allocate]\nflow = \"dc\"\n[adjust]\ntable = \"day.csv\"\n";

    const Outcome outcome = run(toml);

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("headroom allocate " + path("adjust.h5")), std::string::npos) << outcome.err;
    for (const double limit : read_envelopes(path("allocate.h5")).result.export_limit) EXPECT_FALSE(limit > 1500);
    EXPECT_TRUE(std::filesystem::exists(path("report.csv")));
    EXPECT_EQ(run(toml, {"--from", "allocate"}).exit_code, 0) << "on the case that is there";
}

TEST_F(Job, ATableOfPoliciesLiesBesideTheJobFile) {
    std::ofstream(path("policies.csv")) << "feeder,policy\n*,proportional\n";
    const std::string toml = head + "[allocate]\nflow = \"dc\"\npolicies = \"policies.csv\"\n";

    EXPECT_EQ(run(toml, {"--quiet"}).exit_code, 0);

    const EnvelopeFile file = read_envelopes(path("allocate.h5"));
    EXPECT_EQ(file.run.policy, "per-feeder");
    EXPECT_EQ(file.asked.policy, std::vector<std::string>{"proportional"});
    std::filesystem::remove(path("policies.csv"));
    std::filesystem::remove(path("allocate.h5"));
    expect_refused(toml, 3, ":4: policies: there is no file '", "policies.csv'");
}

TEST_F(Job, FilesThatAreNoTomlEndWithThree) {
    expect_refused(head + head, 3, ":2: not TOML: ", "cannot redefine");
    expect_refused(head + "[allocate]\n[clear]\n[allocate]\n", 3, ":4: not TOML: ", "cannot redefine");
    expect_refused(head + "[allocate\n", 3, ":2: not TOML: ", "");
    expect_refused(head + "series = \"\xff\"\n", 3, ":2: not TOML: ", "utf-8");
    expect_refused(head + "series = " + std::string(300, '[') + "\n", 3, ":2: not TOML: ", "depth");
    expect_refused(std::string(10'000'000, '#'), 3, ": larger than 64 kB", "");
    std::string dotted = "a";
    for (int k = 0; k < 32'000; ++k) dotted += ".a";
    expect_refused(dotted + " = 1\n", 3, ": more than 4000 dots", "");
    const Outcome missing = run_headroom({"run", path("none.toml")}), folder = run_headroom({"run", path("")});
    EXPECT_EQ(missing.exit_code, 3);
    EXPECT_NE(missing.err.find("none.toml: cannot be read"), std::string::npos) << missing.err;
    EXPECT_EQ(folder.exit_code, 3) << folder.err;
}

TEST_F(Job, VerifyJudgesTheLastClearingAndWritesNothing) {
    const std::string toml = head + "[verify]\n[[clear]]\nname = \"a\"\n[[clear]]\nname = \"b\"\n[allocate]\n"
                                    "flow = \"dc\"\n";

    expect_refused(toml + "[forecast]\n[replay]\nresult = \"forecast\"\n", 2, ":11: result: 'forecast' is no stage",
                   "replay");
    expect_refused(head + "[allocate]\n[verify]\n", 2, ":3: verify: no stage before it", "result = \"FILE\"");

    const Outcome outcome = run(toml);

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("stage 4 of 4, verify: headroom verify " + path("clear_b.h5")), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(path("verify.h5")));
}

TEST_F(Job, ASetPointExchangeReadsNoEnvelopes) {
    const Outcome plan =
        run(head + "[allocate]\nflow = \"dc\"\n[clear]\nmarket = \"set-point-exchange\"\n", {"--dry-run"});

    EXPECT_EQ(plan.exit_code, 0) << plan.err;
    EXPECT_EQ(plan.out.find("--envelopes"), std::string::npos) << plan.out;
}

TEST_F(Job, AMarketReadsEnvelopesWhoseStageHasAnEmptyWord) {
    const Outcome plan = run(head + "[allocate]\nseries = \"\"\n[clear]\norders = \"orders.csv\"\n", {"--dry-run"});

    EXPECT_NE(plan.out.find("--envelopes " + path("allocate.h5")), std::string::npos) << plan.out << plan.err;
}

TEST(BundledJob, RunsOverTheEuropeanDay) {
    const TemporaryDirectory directory;
    std::filesystem::create_directories(directory / "cases/european_lv");
    for (const char* name : {"job.toml", "orders.csv", "european_lv.h5"})
        std::filesystem::copy_file(source + "european_lv/" + name, directory / "cases/european_lv" / name);

    const Outcome outcome = run_headroom({"run", (directory / "cases/european_lv/job.toml").string()});

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    // Two trades; beside them crumbs of watts, which the last digits of envelopes decide.
    double evening_kw = 0;
    for (const Trade& trade : read_clearing(directory / "result/european_lv/clear.h5").result.trades)
        if (trade.step == 72) evening_kw += trade.quantity;
    EXPECT_NEAR(evening_kw, 2.5, 0.01);
    EXPECT_EQ(read_envelopes(directory / "result/european_lv/allocate.h5").run.policy, "max-min");
    EXPECT_TRUE(std::filesystem::exists(directory / "result/european_lv/replay.h5"));
}

}  // namespace
}  // namespace headroom::test
