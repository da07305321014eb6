// A case written by hand as CSV tables, from the tables to the golden envelopes.

#include <gtest/gtest.h>

#include "io/result/envelope_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

// Four steps with a passive injection of -2, 0, 3 and -6 kW at b2; kW for c1 to c8.
constexpr double exports[4][8] = {
    {6, 6, 6, 6, 4, 4, 5, 5}, {6, 6, 5, 5, 4, 4, 5, 5}, {6, 6, 3.75, 3.75, 3.75, 3.75, 5, 5}, {7, 7, 7, 7, 4, 4, 5, 5}};
constexpr double imports[4][8] = {
    {6, 6, 4, 4, 4, 4, 5, 5}, {6, 6, 5, 5, 4, 4, 5, 5}, {6.25, 6.25, 6.25, 6.25, 4, 4, 5, 5}, {6, 6, 3, 3, 3, 3, 5, 5}};

TEST(HandWrittenCase, GoesFromTablesToTheGoldenEnvelopes) {
    const TemporaryDirectory directory;
    const std::string tables = HEADROOM_SOURCE_DIR "/cases/laminar";
    const std::string region = (directory / "laminar.h5").string(), result = (directory / "result.h5").string();

    ASSERT_EQ(run_headroom({"import", tables, "-o", region}).exit_code, 0);
    ASSERT_EQ(run_headroom({"allocate", region, "-o", result, "--flow", "dc"}).exit_code, 0);

    const EnvelopeResult envelopes = read_envelopes(result).result;
    ASSERT_EQ(envelopes.step_count, 4u);
    for (std::size_t step = 0; step < 4; ++step)
        for (std::size_t c = 0; c < 8; ++c) {
            EXPECT_NEAR(envelopes.export_limit[step * 9 + c], 1e3 * exports[step][c], 1e-6) << step << " c" << c + 1;
            EXPECT_NEAR(envelopes.import_limit[step * 9 + c], 1e3 * imports[step][c], 1e-6) << step << " c" << c + 1;
        }
}

}  // namespace
}  // namespace headroom::test
