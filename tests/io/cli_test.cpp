#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "io/case/case_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"

// The built program as a person or a job script meets it: exit codes, and messages that say what, where and what to do.
namespace headroom::test {
namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_refused(const std::vector<std::string>& arguments, int exit_code, const std::string& part_of_message) {
    const Outcome outcome = run_headroom(arguments);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    EXPECT_EQ(outcome.err.substr(0, 7), "error: ") << outcome.err;
    EXPECT_NE(outcome.err.find(part_of_message), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
}

TEST(Cli, WithoutArgumentsShowsTheVerbs) {
    const Outcome outcome = run_headroom({});

    EXPECT_EQ(outcome.exit_code, 0);
    for (const char* verb : {"import", "generate", "info", "allocate", "clear", "verify", "forecast-congestion", "run"})
        EXPECT_NE(outcome.out.find(verb), std::string::npos) << verb;
}

TEST(Cli, HelpAndVersionGoToStandardOutput) {
    EXPECT_NE(run_headroom({"--version"}).out.find("HDF5 1."), std::string::npos);
    const Outcome help = run_headroom({"allocate", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("headroom allocate"), std::string::npos) << help.out;
    EXPECT_NE(help.out.find("dc|lin-dist-flow|lin-dist3-flow"), std::string::npos) << help.out;
    EXPECT_EQ(help.err, "");
}

TEST(Cli, AMistypedVerbIsAnsweredWithTheNearestOne) {
    expect_refused({"alocate"}, 2, "did you mean 'allocate'?");
    expect_refused(
        {"solve"}, 2,
        "verbs are import, generate, info, adjust, flow, allocate, clear, replay, verify, forecast-congestion, run");
}

TEST(Cli, WrongUsageExitsWithTwo) {
    expect_refused({"--frobnicate"}, 2, "'--frobnicate' was not expected");
    expect_refused({"allocate"}, 2, "CASE is required");
    expect_refused({"allocate", "a.h5"}, 2, "--output is required");
    expect_refused({"info", "a.h5", "b.h5"}, 2, "'b.h5' was not expected");
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--polcy", "max-min"}, 2, "did you mean '--policy'?");
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--policy", "max-mim"}, 2, "did you mean 'max-min'?");
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--flow", "ac"}, 2,
                   "none of dc, lin-dist-flow, lin-dist3-flow, linearised-ac");
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--dust", "1"}, 2, "--dust");
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--threads", "-1"}, 2, "--threads");
}

TEST(Cli, WhatIsNoNumberIsInNoRange) {
    expect_refused({"allocate", "a.h5", "-o", "b.h5", "--dust", "nan"}, 2,
                   "--dust: Value nan not in range 0 to 0.999999");
    expect_refused({"allocate", "a.h5", "-o", "b/", "--shard-size", "nan"}, 2, "--shard-size: Value nan");
    expect_refused({"allocate", "a.h5", "-o", "b/", "--memory", "nan"}, 2, "--memory: Value nan");
    expect_refused({"clear", "a.h5", "-o", "b.h5", "--mechanism", "auction", "--gap", "nan"}, 2, "--gap: Value nan");
    expect_refused({"replay", "a.h5", "--case", "b.h5", "--dss-vmin", "nan"}, 2, "--dss-vmin: Value nan");
    expect_refused({"replay", "a.h5", "--case", "b.h5", "--dss-vmax", "one"}, 2, "--dss-vmax: Value one");
}

TEST(Cli, ARegionIsOfFeedersOrOneJoinedTree) {
    expect_refused({"generate", "a.h5"}, 2, "one of --feeders and --joined is needed");
    expect_refused({"generate", "a.h5", "--feeders", "2", "--joined", "500"}, 2, "exclude each other");
    expect_refused({"generate", "a.h5", "--joined", "0"}, 2, "--joined: a tree of 0 buses is none");
    expect_refused({"generate", "a.h5", "--joined", "99"}, 2, "joined_buses = 99, must lie in [100, 200000]");
}

TEST(Cli, ErrorsAreSharesThatEnvelopesCanHold) {
    const auto with = [](std::vector<std::string> options) {
        options.insert(options.begin(), {"allocate", "missing.h5", "-o", "b.h5"});
        return options;
    };
    for (const char* wrong : {"", "-0.1", "nan", "inf", "10.1", "0.1:", "0.1:-1", "0.1:nan", "0.1:inf", "0.1:1kW", "a"})
        expect_refused(with({"--forecast-error", wrong}), 2, "--forecast-error");
    for (const char* wrong : {"", "-0.1", "nan", "1", "1.5", "10%"})
        expect_refused(with({"--impedance-error", wrong}), 2, "--impedance-error");
    expect_refused(with({"--forecast-error-norm", "2"}), 2, "--forecast-error, which is not given");
    expect_refused(with({"--forecast-error", "0.1", "--forecast-error-norm", "1"}), 2, "none of inf, 2");
    expect_refused(with({"--impedance-error", "0.1", "--flow", "dc"}), 2, "dc has no voltages");
    expect_refused(with({"--impedance-error", "0.1", "--secure", "ac"}), 2,
                   "--impedance-error: is of linear rows; with --secure ac envelopes hold for --forecast-error alone");
    expect_refused(with({"--forecast-error", "0.1", "--forecast-error-norm", "2", "--secure", "ac"}), 2,
                   "--forecast-error-norm: 2 is of linear rows; with --secure ac forecasts are wrong in a box (inf)");
    expect_refused(with({"--forecast-error", "0.1", "--secure", "ac"}), 3, "missing.h5");
    for (const char* right : {"0", "10", "0.2:1.5"})
        expect_refused(with({"--forecast-error", right, "--impedance-error", "0.99"}), 3, "missing.h5");
}

TEST(Cli, RowsOfOneStepAreRefusedWhereOthersAreNeeded) {
    const auto with = [](const std::string& verb, std::vector<std::string> options) {
        options.insert(options.begin(), {verb, "missing.h5", "-o", "b.h5", "--flow", "linearised-ac"});
        return options;
    };
    expect_refused(with("allocate", {}), 3, "missing.h5");
    expect_refused(with("allocate", {"--linearisation", "fixed-point"}), 3, "missing.h5");
    expect_refused(with("allocate", {"--linearisation", "secant"}), 2, "none of tangent, fixed-point");
    expect_refused({"allocate", "missing.h5", "-o", "b.h5", "--linearisation", "fixed-point"}, 2,
                   "--linearisation is of --flow linearised-ac, which is not given");
    expect_refused(with("allocate", {"--secure", "ac"}), 2, "ac starts from lin-dist3-flow; leave out --flow");
    for (const char* option : {"--forecast-error", "--impedance-error"})
        expect_refused(with("allocate", {option, "0.1"}), 2,
                       "--flow: robust envelopes need dc, lin-dist-flow or lin-dist3-flow, not linearised-ac");
    expect_refused(with("clear", {"--linearisation", "fixed-point"}), 3, "missing.h5");
    expect_refused(with("clear", {"--secure", "ac"}), 2, "ac starts from lin-dist3-flow; leave out --flow");
    expect_refused({"clear", "missing.h5", "-o", "b.h5", "--linearisation", "fixed-point"}, 2,
                   "--linearisation is of --flow linearised-ac, which is not given");
}

TEST(Cli, TheReferenceIsAPowerOrAColumn) {
    const auto with = [](const std::string& reference) {
        return std::vector<std::string>{"allocate", "missing.h5", "-o", "b.h5", "--reference", reference};
    };
    for (const char* wrong :
         {"absolute", "absolute:", "absolute:0", "absolute:-1", "absolute:inf", "absolute:1kW", "cap:1", "caps", ""}) {
        expect_refused(with(wrong), 2, "--reference");
    }
    for (const char* right : {"absolute:2.5", "cap", "weight", "request", "nameplate"}) {
        expect_refused(with(right), 3, "missing.h5");
    }
}

std::vector<std::string> with_policy(const std::string& policy, const std::string& reference = "") {
    std::vector<std::string> words{"allocate", "missing.h5", "-o", "b.h5", "--policy", policy};
    if (!reference.empty()) words.insert(words.end(), {"--reference", reference});
    return words;
}

TEST(Cli, EveryPolicyIsAWordAndAlphaHasANumber) {
    for (const char* right : {"max-min", "equal", "equal-curtailment", "kalai-smorodinsky", "proportional", "weighted",
                              "alpha=0", "alpha=0.5", "alpha=1", "alpha=2", "total", "quadratic"})
        expect_refused(with_policy(right), 3, "missing.h5");
    for (const char* wrong : {"alpha", "alpha=", "alpha=two", "alpha=-1", "alpha=nan", "alpha=inf", "alpha=2x"})
        expect_refused(with_policy(wrong), 2, "is not alpha=A with a number A, 0 or more");
    for (const char* large : {"alpha=10.01", "alpha=50", "alpha=1e300"})
        expect_refused(with_policy(large), 2, "A is at most 10; what large A comes near is max-min");
    expect_refused(with_policy("alpha=10"), 3, "");
    for (const char* wrong : {"total=2", "max-min=", "quadratic=1"})
        expect_refused(with_policy(wrong), 2, "only alpha takes a number");
}

TEST(Cli, AMisspeltPolicyIsAnsweredWithTheNearestOne) {
    expect_refused(with_policy("alpa=2"), 2, "did you mean 'alpha'?");
    expect_refused(with_policy("kalai-smorodinski"), 2, "did you mean 'kalai-smorodinsky'?");
    expect_refused(with_policy("proportionnal"), 2, "did you mean 'proportional'?");
    expect_refused(with_policy(""), 2, "--policy");
    EXPECT_NE(run_headroom({"allocate", "--help"}).out.find("|alpha=A|"), std::string::npos);
}

TEST(Cli, APolicyThatHasNoUseForAReferenceRefusesIt) {
    expect_refused(with_policy("equal-curtailment", "cap"), 2, "always compares with the customer's request");
    expect_refused(with_policy("kalai-smorodinsky", "cap"), 2, "with what it could have alone");
    expect_refused(with_policy("proportional", "absolute:1"), 2, "limits of proportional");
    expect_refused(with_policy("alpha=1", "cap"), 2, "limits of proportional (alpha=1)");
    expect_refused(with_policy("weighted", "weight"), 2, "limits of weighted");
    for (const char* policy : {"max-min", "equal", "alpha=2", "alpha=0", "total"})
        for (const char* reference : {"absolute:2", "cap", "weight", "request", "nameplate"})
            expect_refused(with_policy(policy, reference), 3, "missing.h5");
}

TEST(Cli, QuadraticComparesWithAPower) {
    for (const char* right : {"absolute:2", "cap", "request", "nameplate"})
        expect_refused(with_policy("quadratic", right), 3, "missing.h5");
    expect_refused(with_policy("quadratic", "weight"), 2, "a weight is none");
    expect_refused(with_policy("quadratic", "caps"), 2, "did you mean 'cap'?");
}

TEST(Cli, AForecastWithNumbersThatMakeNoSenseIsRefused) {
    const auto expect = [](const std::string& option, const std::string& value, const std::string& part) {
        expect_refused({"forecast-congestion", "missing.h5", "-o", "b.h5", option, value}, 2, part);
    };
    for (const char* option : {"--load-sigma", "--generation-sigma", "--common-share"}) {
        expect(option, "-0.1", option);
        expect(option, "much", option);
        expect(option, "nan", "must");
    }
    expect("--common-share", "1.01", "--common-share");
    for (const char* samples : {"0", "-5", "10000001", "many"}) expect("--samples", samples, "--samples");
    for (const char* seed : {"-1", "x", "1.5"}) expect("--seed", seed, "--seed");
    for (const char* quantiles : {"0.5,", "", "0.5;0.9", "1.5", "-0.1", "0.5,0.5", "0.9,0.1", "nan"})
        expect("--quantiles", quantiles, "quantiles");
    expect("--monitor", "some", "none of customers, all");
    expect_refused({"forecast-congestion", "missing.h5", "-o", "b.h5", "--quantiles", "0,0.5,1", "--seed",
                    "18446744073709551615", "--load-sigma", "0", "--common-share", "1"},
                   3, "missing.h5");
}

TEST(Cli, AMissingOrForeignFileExitsWithThreeAndIsNamed) {
    expect_refused({"info", "no/such/file.h5"}, 3, "no/such/file.h5");
    expect_refused({"info", HEADROOM_SOURCE_DIR "/LICENSE"}, 3, "LICENSE");
    expect_refused({"import", "no/such/master.dss", "-o", "x.h5"}, 3, "no/such/master.dss");
}

/// A folder of its own for each test, gone afterwards, with a feeder of one line and one customer in OpenDSS text.
class CliFiles : public testing::Test {
protected:
    CliFiles() : folder_(testing::TempDir() + "/headroom_cli_" + std::to_string(getpid())) {
        std::filesystem::create_directory(folder_);
        std::ofstream(folder_ / "tiny.dss") << "New Circuit.tiny basekv=0.4 pu=1.0 phases=3 bus1=source\n"
                                               "New Line.cable bus1=source bus2=far length=0.1 units=km\n"
                                               "New Load.home bus1=far.1 phases=1 kv=0.23 kw=1 pf=1\n";
    }
    ~CliFiles() override { std::filesystem::remove_all(folder_); }
    std::string path(const char* name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

TEST_F(CliFiles, ASourceMayBeNamedWithoutItsFolder) {
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(path(""));
    const Outcome imported = run_headroom({"import", "tiny.dss", "-o", "tiny.h5"});
    const Outcome onto_itself = run_headroom({"import", "tiny.dss", "-o", "tiny.dss"});
    std::filesystem::current_path(before);
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    EXPECT_EQ(onto_itself.exit_code, 2) << onto_itself.err;
}

TEST_F(CliFiles, ImportSaysWhatItUnderstoodAndInfoWhatTheCaseHolds) {
    const Outcome imported = run_headroom({"import", path("tiny.dss"), "-o", path("tiny.h5"), "--export-cap", "5"});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    EXPECT_NE(imported.err.find("understood: 1 x load"), std::string::npos) << imported.err;
    EXPECT_EQ(imported.out, "");

    const Outcome info = run_headroom({"info", path("tiny.h5")});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_EQ(info.err, "");
    EXPECT_NE(info.out.find("case 'tiny': valid"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("caps 5.0 kW export, 10.0 kW import"), std::string::npos) << info.out;

    const Outcome json = run_headroom({"info", path("tiny.h5"), "--json"});
    EXPECT_NE(json.out.find("\"customers\": 1"), std::string::npos) << json.out;
}

TEST_F(CliFiles, InfoCountsOrdersBySideAndLimit) {
    Region region = small_region();
    add_small_orders(region);
    write_case(region, path("orders.h5"));

    const Outcome info = run_headroom({"info", path("orders.h5")});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_NE(info.out.find("2 export, 2 import, 2 up"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("4 export, 2 import"), std::string::npos) << info.out;

    const Outcome json = run_headroom({"info", path("orders.h5"), "--json"});
    EXPECT_NE(json.out.find("\"orders\": 12"), std::string::npos) << json.out;
    EXPECT_NE(json.out.find("\"orders_sell\": {\n    \"export\": 4"), std::string::npos) << json.out;
}

TEST_F(CliFiles, AnOrderAtFaultSpoilsItsFeederWhereOrdersAreReadAlone) {
    Region region = small_region();
    add_small_orders(region);
    region.order.quantity[6] = -1;
    write_case(region, path("orders.h5"));

    const Outcome info = run_headroom({"info", path("orders.h5")});
    EXPECT_EQ(info.exit_code, 4) << info.err;
    EXPECT_NE(info.out.find("/order/quantity row 6 (order 'evening' of feeder 'feeder-1-é')"), std::string::npos);
    EXPECT_EQ(run_headroom({"allocate", path("orders.h5"), "-o", path("result.h5"), "--dry-run"}).exit_code, 0);
}

TEST_F(CliFiles, AFolderOfTablesIsReadAsCsvAndTakesNoOpenDssOption) {
    std::filesystem::create_directory(path("tables"));
    std::ofstream(path("tables/feeder.csv")) << "id,slack_bus\nf,a\n";

    expect_refused({"import", path("tables"), "-o", path("tiny.h5")}, 3, "bus.csv");
    expect_refused({"import", path("tables"), "-o", path("tiny.h5"), "--series", "daily"}, 2, "--series");
}

TEST_F(CliFiles, AJsonFileIsReadAsPowerGridModelAndTakesTheOptionsItShares) {
    std::ofstream(path("town.json")) << R"({"version": "1.0", "type": "input", "is_batch": false, "data": {
        "node": [{"id": 1, "u_rated": 400}], "source": [{"id": 2, "node": 1, "status": 1, "u_ref": 1.0}],
        "sym_load": [{"id": 3, "node": 1, "status": 1, "type": 0, "p_specified": 1e3, "q_specified": 0}]}})";

    expect_refused({"import", path("town.json"), "-o", path("tiny.h5"), "--series", "daily"}, 2, "--series");
    const Outcome done = run_headroom(
        {"import", path("town.json"), "-o", path("tiny.h5"), "--active", "none", "--feeder-id", "town hall"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    const Region region = read_case(path("tiny.h5"));
    EXPECT_EQ(region.feeder.id, (std::vector<std::string>{"town hall"}));
    EXPECT_EQ(region.customer.active, (std::vector<std::uint8_t>{0}));

    std::filesystem::create_directory(path("tables"));
    std::ofstream(path("tables/feeder.csv")) << "id,slack_bus\nf,a\n";
    expect_refused({"import", path("tables"), "-o", path("other.h5"), "--active", "none"}, 2, "--active");
}

TEST_F(CliFiles, AFolderWithoutSourcesIsRefusedAndSaysWhatWasLookedFor) {
    std::filesystem::create_directory(path("empty"));

    expect_refused({"import", path("empty"), "-o", path("tiny.h5")}, 3, "no OpenDSS master (master*.dss, master*.txt)");
    expect_refused({"import", path(""), "-o", path("tiny.h5"), "--master", "big*.dss"}, 3, "(big*.dss)");
    EXPECT_FALSE(std::filesystem::exists(path("tiny.h5")));
}

TEST_F(CliFiles, ManySourcesBecomeOneRegionNamedAfterTheirFolder) {
    const Outcome imported = run_headroom({"import", path(""), "-o", path("all.h5"), "--master", "tiny.dss"});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    for (const char* name : {"a", "b"}) {
        std::filesystem::create_directories(path("many") + ("/" + std::string(name)));
        std::filesystem::copy_file(path("tiny.dss"), path("many") + ("/" + std::string(name) + "/Master.dss"));
    }
    const Outcome many = run_headroom({"import", path("many"), "-o", path("one.h5"), "--threads", "1"});
    EXPECT_EQ(many.exit_code, 0) << many.err;
    for (const char* part : {"a/Master.dss: feeder 'a.tiny', 3 buses, 2 branches, 1 customer",
                             "understood: 2 x load (2 sources, first ", "wrote ", "feeders 2, buses 6"})
        EXPECT_NE(many.err.find(part), std::string::npos) << part << many.err;
    EXPECT_NE(run_headroom({"info", path("one.h5")}).out.find("case 'many': valid"), std::string::npos);

    EXPECT_EQ(run_headroom({"import", path("many"), "-o", path("two.h5"), "--threads", "2", "--quiet"}).err, "");
    EXPECT_EQ(bytes_of(path("one.h5")), bytes_of(path("two.h5")));
    EXPECT_EQ(run_headroom({"allocate", path("one.h5"), "-o", path("run/"), "--quiet"}).exit_code, 0);
    expect_refused({"import", path("many"), "-o", path("x.h5"), "--feeder-id", "f"}, 2, "cannot name 2 feeders");
}

TEST_F(CliFiles, ABrokenSourceIsNamedAndTheOthersAreImported) {
    std::ofstream(path("broken.dss")) << "New Circuit.b\nfrobnicate\n";
    const std::vector<std::string> words{"import", path("tiny.dss"), path("broken.dss"), path("missing.dss"),
                                         "-o",     path("some.h5")};
    auto strict = words, quiet = words;
    strict.push_back("--strict");
    quiet.push_back("--quiet");

    expect_refused(strict, 3, "2 of 3 sources cannot be read");
    EXPECT_FALSE(std::filesystem::exists(path("some.h5")));
    const Outcome outcome = run_headroom(quiet);
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_EQ(outcome.err, "left out: " + path("broken.dss") + ": broken.dss:2: 'frobnicate' is no command\nleft out: "
                               + path("missing.dss") + ": no such file or folder\n");
    EXPECT_EQ(run_headroom({"info", path("some.h5")}).exit_code, 0);
    expect_refused({"import", path("broken.dss"), path("missing.dss"), "-o", path("none.h5")}, 3, "2 of 2 sources");
}

// A source at 1.9 p.u. is a fault of its feeder, a loop is none.
TEST_F(CliFiles, ACaseWithoutASoundFeederIsNotWritten) {
    const std::string tiny = bytes_of(path("tiny.dss"));
    std::ofstream(path("high.dss")) << std::string(tiny).replace(tiny.find("pu=1.0"), 6, "pu=1.9");
    std::ofstream(path("mesh.dss")) << tiny << "New Line.a bus1=far bus2=b length=0.1 units=km\n"
                                    << "New Line.b bus1=b bus2=source length=0.1 units=km\n";
    expect_refused({"import", path("high.dss"), "-o", path("x.h5"), "--quiet"}, 3,
                   "high.dss: nothing is written, every feeder has a fault; 1 fault:\n  /series/");
    const std::vector<std::string> both{"import", path("tiny.dss"), path("high.dss"), "-o", path("x.h5"), "--quiet"};
    auto strict = both;
    strict.push_back("--strict");
    expect_refused(strict, 3, "with --strict nothing is written where a feeder has a fault; 1 fault:");
    EXPECT_FALSE(std::filesystem::exists(path("x.h5")));

    const Outcome some = run_headroom(both);
    EXPECT_EQ(some.exit_code, 4) << some.err;
    EXPECT_EQ(some.err.substr(0, 8), "1 fault:") << some.err;
    EXPECT_TRUE(std::filesystem::exists(path("x.h5")));
    const Outcome mesh = run_headroom({"import", path("mesh.dss"), "-o", path("mesh.h5"), "--quiet"});
    EXPECT_EQ(mesh.exit_code, 0) << mesh.err;
    EXPECT_EQ(run_headroom({"flow", path("mesh.h5"), "--quiet"}).exit_code, 0);
}

TEST_F(CliFiles, AnAdjustedCaseWithoutASoundFeederIsNotWritten) {
    write_case(small_region(1), path("case.h5"));
    std::ofstream(path("narrow.csv")) << "feeder,voltage_min_pu,voltage_max_pu\n*,1.1,0.9\n";
    expect_refused({"adjust", path("case.h5"), "--table", path("narrow.csv"), "-o", path("x.h5")}, 3,
                   "narrow.csv: nothing is written, every feeder has a fault; ");
    expect_refused({"adjust", path("case.h5"), "--table", path("narrow.csv"), "-o", path("x.h5")}, 3,
                   "narrow.csv:2, column 'voltage_min_pu' and narrow.csv:2, column 'voltage_max_pu': /bus/voltage_max");
    EXPECT_FALSE(std::filesystem::exists(path("x.h5")));
}

TEST_F(CliFiles, QuietImportPrintsNothing) {
    const Outcome imported = run_headroom({"import", path("tiny.dss"), "-o", path("tiny.h5"), "--quiet"});

    EXPECT_EQ(imported.exit_code, 0);
    EXPECT_EQ(imported.out + imported.err, "");
}

TEST_F(CliFiles, AnOutputThatCannotBeWrittenExitsWithFiveAndLeavesNothing) {
    const Outcome outcome = run_headroom({"import", path("tiny.dss"), "-o", path("no_folder/tiny.h5"), "--quiet"});

    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_NE(outcome.err.find("no_folder"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(path("no_folder")));
}

TEST_F(CliFiles, WrongImportOptionsAreRefused) {
    const auto with = [this](const std::string& option, const std::string& value) {
        return std::vector<std::string>{"import", path("tiny.dss"), "-o", path("tiny.h5"), option, value};
    };
    expect_refused(with("--export-cap", "-1"), 2, "--export-cap");
    expect_refused(with("--start", "2024-13-01"), 2, "--start");
    expect_refused(with("--series", "weekly"), 2, "none of snapshot, daily, yearly");
    expect_refused(with("--step", "0"), 2, "--step");
}

TEST(Cli, AFullStandardOutputExitsWithFive) {
    const Outcome outcome = run_program({"/bin/sh", "-c", HEADROOM_BINARY_DIR "/bin/headroom --version > /dev/full"});

    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
}

TEST(Cli, AWrongKernelChoiceIsAUsageError) {
    const Outcome outcome = run_program({"/usr/bin/env", "HEADROOM_SIMD=mmx", HEADROOM_BINARY_DIR "/bin/headroom"});

    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
}

}  // namespace
}  // namespace headroom::test
