#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "io/errors.hpp"
#include "io/result/envelope_file.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"
#include "tests/support/temporary_directory.hpp"

/// HDF5 1.10 itself loses the buffer of a chunk whose checksum is wrong; leaks of ours are still reported.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }  // NOLINT: the sanitizer's name

namespace headroom {
namespace {

using test::TemporaryDirectory;

struct Forgery {
    std::string name;
    std::string answer;  ///< words of the message
};

/// What the reader says to each damaged file that forge_results.py makes.
const std::vector<Forgery> forgeries{
    {"version_0", "has schema_version 0, this program reads 1 to 2"},
    {"newer_version", "has schema_version 3, this program reads 1 to 2"},
    {"policies_that_no_feeder_has", "/feeder/policy: is missing"},
    {"policies_of_other_length", "/feeder/policy: must have shape [2, 5], has [3, 5]"},
    {"version_2_without_objective", "/solve/objective: is missing"},
    {"version_2_without_prices", "/price/step: is missing"},
    {"gap_of_other_size", "/solve/certificate_gap: must have shape [4, 2], has [3, 2]"},
    {"prices_of_other_length", "/price/price: must have shape [3], has [2]"},
    {"fairness_of_other_size", "/fairness/price: must have shape [4, 2], has [4, 3]"},
    {"price_of_no_row", "/price/row: value 1: must lie in [0, 3], is 4"},
    {"price_of_no_step", "/price/step: value 0: must lie in [0, 3], is -1"},
    {"price_of_no_side", "/price/side: value 2: must lie in [0, 134], is 135"},
};

std::string answer_to(const std::filesystem::path& path) {
    try {
        read_envelopes(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(was read without complaint)";
}

/// Fills the directory with sound.h5 and what is forged from it; false where h5py is missing.
bool forge(const TemporaryDirectory& directory) {
    const Region region = test::small_region();
    write_envelopes(test::small_result(region), region, region.series[0], test::small_run(), directory / "sound.h5");
    const std::string command = "/usr/bin/python3 " HEADROOM_SOURCE_DIR "/tests/io/forge_results.py "
                                + (directory / "sound.h5").string() + " " + directory.path().string();
    const int status = std::system(command.c_str());
    EXPECT_TRUE(status == 0 || WEXITSTATUS(status) == 77) << command;
    return status == 0;
}

TEST(ResultVersion, AFileOfTheFirstVersionIsReadAsOneWithoutConcavePolicies) {
    const TemporaryDirectory directory;
    if (!forge(directory)) GTEST_SKIP() << "h5py is not installed";

    const EnvelopeResult result = read_envelopes(directory / "version_1.h5").result;

    EXPECT_EQ(result.export_limit.size(), 40U);
    EXPECT_EQ(result.rounds.back(), 7);
    EXPECT_EQ(result.violations.size(), 2U);
    for (const auto* values : {&result.certificate_gap, &result.objective}) {
        ASSERT_EQ(values->size(), 8U);
        EXPECT_TRUE(std::all_of(values->begin(), values->end(), [](double value) { return std::isnan(value); }));
    }
    EXPECT_EQ(result.iterations, std::vector<std::int32_t>(8, 0));
    EXPECT_EQ(result.tie_multiplier, std::vector<double>(8, 0.0));
    EXPECT_TRUE(result.prices.empty());
    EXPECT_TRUE(result.price_of_fairness.empty());
}

TEST(ResultVersion, EveryForgeryIsRefusedWithItsDatasetAndRule) {
    const TemporaryDirectory directory;
    if (!forge(directory)) GTEST_SKIP() << "h5py is not installed";

    for (const Forgery& forgery : forgeries) {
        const std::string answer = answer_to(directory / (forgery.name + ".h5"));
        EXPECT_NE(answer.find(forgery.answer), std::string::npos) << forgery.name << ": " << answer;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), forgeries.size() + 2)
        << "sound, version 1, and one file for each line above";
}

}  // namespace
}  // namespace headroom
