// Tables of policies as an operator writes them, and what is said of those that cannot be meant.

#include "io/cli/policy_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "io/errors.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::cli {
namespace {

const std::vector<std::string> feeders{"north 1", "north 2", "south"};

PolicyTable read(const std::string& text, AllocateOptions options = {}) {
    const test::TemporaryDirectory folder;
    options.policies_path = (folder / "policies.csv").string();
    std::ofstream(options.policies_path) << text;
    return read_policies(options, feeders);
}

/// What it says when it refuses, from the name of the file on.
std::string refusal(const std::string& text) {
    try {
        read(text);
        return "";
    } catch (const InputError& error) {
        const std::string said = error.what();
        return said.substr(said.find("policies.csv"));
    }
}

TEST(PolicyTable, FeedersThatNoRowMeansShareAsTheCommandLineSays) {
    AllocateOptions options;
    options.question.policy = Policy::equal;
    options.question.reference = Reference::cap;

    const PolicyTable table = read("feeder,policy,reference\nsouth,total,weight\n", options);

    ASSERT_EQ(table.sharing.size(), 3U);
    EXPECT_EQ(table.sharing[0], sharing_of(options.question));
    EXPECT_EQ(table.sharing[2], (Sharing{.policy = Policy::total, .reference = Reference::weight}));
    EXPECT_EQ(table.asked.policy, (std::vector<std::string>{"equal", "equal", "total"}));
    EXPECT_EQ(table.asked.reference, (std::vector<std::string>{"cap", "cap", "weight"}));
}

TEST(PolicyTable, PatternsMeanManyAndLaterRowsCountForMore) {
    const PolicyTable table = read("policy,feeder\nproportional,*\nalpha=2.50,north ?\nalpha=1,north 2\n");

    EXPECT_EQ(table.asked.policy, (std::vector<std::string>{"alpha=2.5", "proportional", "proportional"}));
    EXPECT_EQ(table.asked.reference, (std::vector<std::string>{"absolute:1", "none", "none"}));
}

TEST(PolicyTable, AReferenceThatIsNotGivenIsTheUsualOneOfThePolicy) {
    const PolicyTable table = read("feeder,policy,reference\nsouth,quadratic,\nnorth 1,max-min,absolute:5\n");

    EXPECT_EQ(table.sharing[2].reference, Reference::request);
    EXPECT_EQ(table.sharing[0].reference_kw, 5);
    EXPECT_EQ(table.asked.reference[0], "absolute:5");
}

TEST(PolicyTable, TablesThatMeanTheSameHaveTheSameDigest) {
    const std::string digest = read("feeder,policy\nnorth*,proportional\n").digest;

    EXPECT_EQ(digest.size(), 16U);
    EXPECT_EQ(read("policy,feeder\nalpha=1,north 1\nproportional,north 2\n").digest, digest);
    EXPECT_NE(read("feeder,policy\nnorth 1,proportional\n").digest, digest);
    EXPECT_NE(read("feeder,policy,reference\nnorth*,proportional,\nsouth,max-min,cap\n").digest, digest);
    EXPECT_EQ(read_policies({}, feeders).digest, "") << "no table";
}

TEST(PolicyTable, SomeFeedersHaveTheirPartOfIt) {
    const PolicyTable table = read("feeder,policy\nsouth,proportional\n");

    const PolicyTable last = table.part(1, 2);

    EXPECT_EQ(last.asked.policy, (std::vector<std::string>{"max-min", "proportional"}));
    EXPECT_EQ(last.sharing[1].policy, Policy::proportional);
    EXPECT_EQ(last.digest, table.digest) << "that of the whole case";
    EXPECT_TRUE(PolicyTable{}.part(1, 2).sharing.empty());
}

TEST(PolicyTable, WhatCannotBeMeantIsRefusedWithItsPlace) {
    EXPECT_EQ(refusal("feeder,policy\nsouth,total\nwest*,total\n"),
              "policies.csv:3, column 'feeder': there is no such feeder");
    EXPECT_EQ(refusal("feeder,policy\nsouth,propotional\n").substr(0, 61),
              "policies.csv:2, column 'policy': 'propotional' is none of max");
    EXPECT_EQ(refusal("feeder,policy\nsouth,\n").substr(0, 50), "policies.csv:2, column 'policy': '' is none of max");
    EXPECT_EQ(refusal("feeder,policy\nsouth,alpha=-1\n"),
              "policies.csv:2, column 'policy': 'alpha=-1' is not alpha=A with a number A, 0 or more");
    EXPECT_EQ(
        refusal("feeder,policy,reference\nsouth,equal,absolute:0\n"),
        "policies.csv:2, column 'reference': 'absolute:0' is neither absolute:KW with KW > 0 nor a column's name");
    EXPECT_EQ(refusal("feeder,policy,reference\nsouth,proportional,cap\n"),
              "policies.csv:2, column 'reference': the limits of proportional (alpha=1) do not depend on any");
    EXPECT_EQ(refusal("feeder,policy,direction\nsouth,total,export\n"), "policies.csv: there is no column 'direction'");
    EXPECT_EQ(refusal("policy\ntotal\n"), "policies.csv: column 'feeder' is needed");
    EXPECT_EQ(refusal("feeder,reference\nsouth,cap\n"), "policies.csv: column 'policy' is needed");
}

TEST(PolicyTable, ASolverThatNoPolicyNeedsIsRefused) {
    AllocateOptions options;
    options.solver = SolverChoice::ipopt;

    EXPECT_THROW(read("feeder,policy\nsouth,equal\n", options), UsageError);
    EXPECT_NO_THROW(read("feeder,policy\nsouth,total\n", options));
}

}  // namespace
}  // namespace headroom::cli
