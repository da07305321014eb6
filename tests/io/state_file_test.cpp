#include "io/result/state_file.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "formulations/state/network_state.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/hdf5/reader.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::same_bits;
using test::small_region;
using test::TemporaryDirectory;

const ForecastRunInfo run_info{"--load-window 0.9:1.1", "small", "0123456789abcdef", "day", "0.1.0", "avx2"};

/// Solves and writes; what was written.
struct Written {
    StateResult result;
    std::vector<double> voltage, angle, current;  ///< of one block
};

Written write(const Region& region, const std::filesystem::path& path, std::uint64_t block_bytes = 1U << 30) {
    Written written;
    const TerminalTable terminals = terminal_table(region);
    StateWriter writer(region, region.series[0], terminals, run_info, path);
    StateRun run{.threads = 1, .block_bytes = block_bytes};
    run.keep = [&](const StateBlock& block) {
        writer.write(block);
        written.voltage = block.voltage;
        written.angle = block.angle;
        written.current = block.current;
    };
    written.result =
        network_state(region, region.series[0], terminals, std::vector<std::string>(region.feeder_count()), run);
    writer.finish(written.result);
    return written;
}

std::vector<double> values_at(const Hdf5Reader& reader, const std::string& path, const Shape& shape) {
    const DatasetReader dataset = reader.dataset(path, ElementType::float64, shape.size());
    dataset.require_shape(shape);
    std::vector<double> values(element_count(shape));
    dataset.read(Slab::whole(shape), values.data());
    return values;
}

TEST(StateFile, EveryNumberComesBackBitForBit) {
    const TemporaryDirectory directory;
    const Region region = small_region(2);

    const Written written = write(region, directory / "flow.h5");
    const StateFile file = read_state(directory / "flow.h5");

    const StateResult &back = file.result, &result = written.result;
    EXPECT_EQ(back.status, result.status);
    EXPECT_TRUE(same_bits(back.lowest_voltage, result.lowest_voltage));
    EXPECT_TRUE(same_bits(back.highest_voltage, result.highest_voltage));
    EXPECT_TRUE(same_bits(back.highest_loading, result.highest_loading));
    EXPECT_TRUE(same_bits(back.loss, result.loss));
    EXPECT_TRUE(same_bits(back.head_power, result.head_power));
    EXPECT_TRUE(same_bits(back.head_reactive_power, result.head_reactive_power));
    EXPECT_EQ(back.lowest_row, result.lowest_row);
    EXPECT_EQ(back.fullest_row, result.fullest_row);
    EXPECT_EQ(back.outside_band, result.outside_band);
    EXPECT_EQ(back.idle_customers, result.idle_customers);
    EXPECT_EQ(back.rows.phases, result.rows.phases);
    const Hdf5Reader reader(directory / "flow.h5");
    const std::uint64_t nodes = terminal_table(region).size(), branches = region.branch_count();
    EXPECT_TRUE(same_bits(values_at(reader, "/voltage/magnitude", {4, nodes}), written.voltage));
    EXPECT_TRUE(same_bits(values_at(reader, "/voltage/angle", {4, nodes}), written.angle));
    EXPECT_TRUE(same_bits(values_at(reader, "/current/magnitude", {4, branches, 4}), written.current));
}

TEST(StateFile, ReadsWithoutItsCase) {
    const TemporaryDirectory directory;
    const Region region = small_region(2);
    write(region, directory / "flow.h5");

    const StateFile file = read_state(directory / "flow.h5");

    EXPECT_EQ(file.feeder_id, region.feeder.id);
    EXPECT_EQ(file.start, region.series[0].start);
    EXPECT_EQ(file.terminal_bus.size(), terminal_table(region).size());
    EXPECT_EQ(file.terminal_bus[3], "main");
    EXPECT_EQ(file.conductor[5], 2);
    EXPECT_EQ(file.run.options, "--load-window 0.9:1.1");
    EXPECT_EQ(file.run.case_digest, "0123456789abcdef");
}

TEST(StateFile, BlocksDoNotChangeAByte) {
    const TemporaryDirectory directory;
    const Region region = small_region(5);
    write(region, directory / "one.h5");
    write(region, directory / "many.h5", 1);
    EXPECT_EQ(file_digest(directory / "one.h5"), file_digest(directory / "many.h5"));
}

TEST(StateFile, WithoutItsEndThereIsNoFile) {
    const TemporaryDirectory directory;
    const Region region = small_region(1);
    const TerminalTable terminals = terminal_table(region);
    { const StateWriter writer(region, region.series[0], terminals, run_info, directory / "flow.h5"); }
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
    StateWriter writer(region, region.series[0], terminals, run_info, directory / "flow.h5");
    EXPECT_THROW(writer.finish({}), std::invalid_argument);
}

TEST(StateFile, AnItemThatNamesNothingIsRefused) {
    const TemporaryDirectory directory;
    const Region region = small_region(1);
    const auto refusal_of = [&](auto spoil) {
        const TerminalTable terminals = terminal_table(region);
        StateWriter writer(region, region.series[0], terminals, run_info, directory / "flow.h5");
        StateRun run{.threads = 1};
        run.keep = [&](const StateBlock& block) { writer.write(block); };
        StateResult result = network_state(region, region.series[0], terminals, std::vector<std::string>(1), run);
        spoil(result);
        writer.finish(result);
        try {
            read_state(directory / "flow.h5");
        } catch (const InputError& fault) {
            return std::string(fault.what());
        }
        return std::string();
    };
    EXPECT_EQ(refusal_of([](StateResult&) {}), "");
    EXPECT_NE(refusal_of([](StateResult& r) { r.lowest_row[1] = -1; }).find("/solve/lowest_row"), std::string::npos);
    EXPECT_NE(refusal_of([](StateResult& r) { r.highest_row[1] = 1000; }).find("/solve/highest_row"),
              std::string::npos);
    EXPECT_NE(refusal_of([](StateResult& r) { r.status[0] = StateStatus::diverged; }).find("/solve/mismatch_node"),
              std::string::npos);
    EXPECT_NE(refusal_of([](StateResult& r) { r.status[0] = static_cast<StateStatus>(3); }).find("/solve/status"),
              std::string::npos);
}

}  // namespace
}  // namespace headroom
