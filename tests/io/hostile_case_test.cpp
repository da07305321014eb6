#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/errors.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

/// HDF5 1.10 itself loses the buffer of a chunk whose checksum is wrong; leaks of ours are still reported.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }  // NOLINT: the sanitizer's name

namespace headroom {
namespace {

using test::small_region;
using test::TemporaryDirectory;

struct Forgery {
    std::string name;
    std::string answer;  ///< words of the message
};

/// What the reader says to each file that forge_hostile_cases.py makes.
const std::vector<Forgery> forgeries{
    {"soft_link", "/bus/phases: is a soft or external link"},
    {"dangling_soft_link", "/bus/phases: is a soft or external link"},
    {"external_link", "/bus: is a soft or external link"},
    {"external_storage", "/bus/base_voltage: has external storage"},
    {"virtual_layout", "/bus/base_voltage: is a virtual dataset"},
    {"foreign_filter", "/bus/base_voltage: uses filter 32000"},
    {"lossy_filter", "/bus/phases: uses filter 6"},
    {"variable_length_ids", "/bus/id: must hold little-endian char"},
    {"fixed_length_ids", "/bus/id: must hold little-endian char"},
    {"single_precision", "/bus/base_voltage: must hold little-endian float64"},
    {"big_endian", "/bus/base_voltage: must hold little-endian float64"},
    {"signed_bits", "/bus/phases: must hold little-endian uint8"},
    {"wide_references", "/branch/from_bus: must hold little-endian int32"},
    {"compound_type", "/bus/base_voltage: must hold little-endian float64"},
    {"scalar_column", "/bus/base_voltage: must have 1 axes, has 0"},
    {"null_column", "/bus/base_voltage: must have 1 axes, has 0"},
    {"short_column", "/bus/base_voltage: must have shape [12], has [11]"},
    {"column_with_columns", "/bus/base_voltage: must have 1 axes, has 2"},
    {"small_matrices", "/line_code/r: must have shape [2, 4, 4], has [2, 3, 3]"},
    {"unwritten_chunks", "/bus/base_voltage: has 0 of 3 chunks"},
    {"half_written_chunks", "/bus/base_voltage: has 1 of 3 chunks"},
    {"unwritten_values", "/bus/base_voltage: holds no values"},
    {"absurd_column", "/line_code/id: declares more values than the file can hold"},
    {"absurd_feeder_count", "/feeder/id: declares more values than the file can hold"},
    {"many_feeders", "/feeder/id: has 1048577 feeders, at most 1048576"},
    {"overflowing_shape", "/bus/id: declares an impossible size"},
    {"large_chunk", "/bus/base_voltage: has chunks above 16 MiB"},
    {"dataset_is_group", "/bus/base_voltage: must be a dataset"},
    {"group_is_dataset", "/bus: must be a group"},
    {"missing_column", "/branch/length: is missing"},
    {"missing_group", "/customer/id: is missing"},
    {"missing_series", "/series/day/time: is missing"},
    {"missing_schema", "is no case file"},
    {"other_schema", "is no case file"},
    {"newer_version", "has schema_version 2, this program reads 1"},
    {"variable_length_attribute", "attribute currency must be text of fixed length"},
    {"array_attribute", "attribute currency must hold one value"},
    {"long_attribute", "attribute currency has 5000 bytes, at most 4096"},
    {"latin_name", "attribute name must be UTF-8"},
    {"text_version", "attribute schema_version must be an integer"},
    {"climbing_series_name", "'../series/day' is no name for a series"},
    {"repeated_series_name", "attribute names has 'day' twice"},
    {"no_series_names", "attribute names is empty"},
    {"duplicate_bus", "/bus/id row 1 (feeder 'feeder-0-é'): 'source' must be unique, row 0 has it too"},
    {"duplicate_feeder", "/feeder/id row 1: 'feeder-0-é' must be unique, row 0 has it too"},
    {"empty_id", "/customer/id row 3 (feeder 'feeder-0-é'): must not be empty"},
    {"id_not_utf8", "/customer/id row 3 (feeder 'feeder-0-é'): must be UTF-8"},
    {"id_with_tail", "/bus/id: row 1: has characters after its end"},
    {"wide_ids", "/bus/id: has 65 bytes per identifier, at most 64"},
    {"dangling_reference", "/branch/to_bus row 4 (feeder 'feeder-0-é'): must be a bus of its feeder, rows 0 to 5"},
    {"negative_reference", "/customer/bus row 2 (feeder 'feeder-0-é'): must be a bus of its feeder"},
    {"other_feeders_bus", "/branch/to_bus row 4 (feeder 'feeder-0-é'): must be a bus of its feeder"},
    {"dangling_line_code", "/branch/line_code row 1: must be -1 or one of 2 rows, is 7"},
    {"slack_out_of_range", "/feeder/slack_bus row 1 (feeder 'feeder-1-é'): must be a bus of its feeder"},
    {"falling_offset", "/feeder/bus_offset: row 0: must rise from 0 to 12"},
    {"negative_offset", "/feeder/bus_offset: row 0: must rise from 0 to 12"},
    {"shifted_offset", "/feeder/bus_offset: row 0: must be 0"},
    {"huge_offset", "/feeder/branch_offset: row 2: is 4611686018427387904, at most 1073741824"},
    {"bounds_disagree", "/series/day/time_bounds: row 1: must begin at the time of its step"},
    {"steps_overlap", "/series/day/time_bounds row 2: a step must not start before the one before it ends"},
    {"steps_repeat", "/series/day/time_bounds row 1: a step must not start before the one before it ends"},
    {"no_steps", "/series/day/time_bounds: there must be at least one step"},
    {"forecast_of_other_size", "/series/day/p_forecast: must have shape [4, 10], has [4, 9]"},
    {"orders_without_offset", "/feeder/order_offset: is missing"},
    {"offset_without_orders", "/order/id: is missing"},
    {"huge_order_offset", "/feeder/order_offset: row 2: is 4611686018427387904, at most 1073741824"},
    {"falling_order_offset", "/feeder/order_offset: row 0: must rise from 0 to 12"},
    {"many_orders_of_a_feeder", "/feeder/order_offset: row 0: a feeder has at most 1048576 rows"},
    {"short_order_offset", "/feeder/order_offset: must have shape [3], has [2]"},
    {"short_order_column", "/order/price: must have shape [12], has [11]"},
    {"missing_order_column", "/order/quantity: is missing"},
    {"order_times_as_floats", "/order/arrival: must hold little-endian int64"},
    {"order_side_as_bits", "/order/side: must hold little-endian int8"},
    {"wide_order_steps", "/order/first_step: must hold little-endian int32"},
    {"duplicate_order", "/order/id row 7 (feeder 'feeder-1-é'): 'evening' must be unique, row 6 has it too"},
    {"customer_of_other_feeder",
     "/order/customer row 6 (order 'evening' of feeder 'feeder-1-é'): must be a customer of"},
    {"huge_order_customer", "/order/customer row 6 (order 'evening' of feeder 'feeder-1-é'): must be a customer of"},
    {"dangling_parent", "/order/parent row 8 (order 'dawn' of feeder 'feeder-1-é'): must be -1 or an order of"},
    {"parent_of_other_feeder", "/order/parent row 8 (order 'dawn' of feeder 'feeder-1-é'): must be -1 or an order of"},
    {"orders_are_a_soft_link", "/order: is a soft or external link"},
    {"old_layout", "has an HDF5 layout of version 0, must be 3"},
    {"layout_of_1_8", "has an HDF5 layout of version 2, must be 3"},
};

std::string answer_to(const std::filesystem::path& path) {
    try {
        read_case(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(was read without complaint)";
}

std::vector<char> bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::filesystem::path& path, const std::vector<char>& bytes, std::size_t count) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(count));
}

/// Fills the directory with sound.h5 and what is forged from it; false where h5py is missing.
bool forge(const TemporaryDirectory& directory) {
    Region region = small_region();
    test::add_small_orders(region);
    write_case(region, directory / "sound.h5");
    const std::string command = "/usr/bin/python3 " HEADROOM_SOURCE_DIR "/tests/io/forge_hostile_cases.py "
                                + (directory / "sound.h5").string() + " " + directory.path().string();
    const int status = std::system(command.c_str());
    EXPECT_TRUE(status == 0 || WEXITSTATUS(status) == 77) << command;
    return status == 0;
}

TEST(HostileCase, EveryForgeryIsRefusedWithItsDatasetAndRule) {
    const TemporaryDirectory directory;
    if (!forge(directory)) GTEST_SKIP() << "h5py is not installed";

    for (const Forgery& forgery : forgeries)
        EXPECT_NE(answer_to(directory / (forgery.name + ".h5")).find(forgery.answer), std::string::npos)
            << forgery.name << ": " << answer_to(directory / (forgery.name + ".h5"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), forgeries.size() + 3)
        << "sound, bare, odd_orders, and one file for each line above";
}

TEST(HostileCase, AFileWithoutOptionalColumnsIsFilledWithDefaults) {
    const TemporaryDirectory directory;
    if (!forge(directory)) GTEST_SKIP() << "h5py is not installed";

    const Region region = read_case(directory / "bare.h5");

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
    EXPECT_EQ(region.bus.id[11], "b11");
    EXPECT_TRUE(std::isnan(region.bus.x[1]) && std::isnan(region.branch.rating_power[0]));
    EXPECT_EQ(region.branch.closed, std::vector<std::uint8_t>(12, 1));
    EXPECT_EQ(region.transformer.to_tap[0], (std::array<double, 3>{1, 1, 1}));
    EXPECT_EQ(region.customer.weight, std::vector<double>(10, 1.0));
    EXPECT_EQ(region.customer.zip_q[3], (std::array<double, 3>{0, 0, 1}));
    EXPECT_EQ(region.customer.volt_var, std::vector<std::int32_t>(10, -1));
    EXPECT_EQ(region.feeder.shunt_offset, (std::vector<std::int64_t>{0, 0, 0}));
    EXPECT_TRUE(region.shunt.id.empty() && region.volt_var.id.empty() && region.series[0].price.empty());
    EXPECT_EQ(region.currency, "EUR");
    EXPECT_EQ(region.order.arrival, std::vector<std::int64_t>(12, 0));
    EXPECT_EQ(region.order.expiry, std::vector<std::int64_t>(12, OrderColumns::never));
    EXPECT_EQ(region.order.min_fill, std::vector<double>(12, 0.0));
    EXPECT_EQ(region.order.all_or_none, std::vector<std::uint8_t>(12, 0));
    EXPECT_EQ(region.order.time_in_force, std::vector<TimeInForce>(12, TimeInForce::good_till_expiry));
    for (const auto& column : {region.order.block, region.order.exclusive_group, region.order.parent})
        EXPECT_EQ(column, std::vector<std::int32_t>(12, OrderColumns::none));
    EXPECT_EQ(region.order.conditional, std::vector<std::uint8_t>(12, 0));
}

TEST(HostileCase, OddValuesOfOrdersStayInsideTheirFeeder) {
    const TemporaryDirectory directory;
    if (!forge(directory)) GTEST_SKIP() << "h5py is not installed";

    const std::vector<Fault> faults = validate(read_case(directory / "odd_orders.h5"));

    ASSERT_EQ(faults.size(), 5U) << summarise(faults);
    for (const Fault& fault : faults) EXPECT_EQ(fault.feeder, 1) << fault.message();
}

TEST(HostileCase, ATruncatedFileIsRefused) {
    const TemporaryDirectory directory;
    write_case(small_region(), directory / "sound.h5");
    const std::vector<char> bytes = bytes_of(directory / "sound.h5");

    for (const std::size_t kept : {std::size_t{0}, std::size_t{5}, std::size_t{11}, std::size_t{12}, std::size_t{100},
                                   bytes.size() / 10, bytes.size() / 2, bytes.size() * 9 / 10, bytes.size() - 1}) {
        write_bytes(directory / "short.h5", bytes, kept);
        EXPECT_THROW(read_case(directory / "short.h5"), InputError) << kept << " of " << bytes.size() << " bytes";
    }
}

TEST(HostileCase, AFileThatIsBeingWrittenIsRefused) {
    const TemporaryDirectory directory;
    write_case(small_region(), directory / "sound.h5");
    std::vector<char> bytes = bytes_of(directory / "sound.h5");
    bytes[11] = 1;
    write_bytes(directory / "open.h5", bytes, bytes.size());

    EXPECT_NE(answer_to(directory / "open.h5").find("was not closed by its writer"), std::string::npos);
}

TEST(HostileCase, WhatIsNoFileIsRefused) {
    const TemporaryDirectory directory;

    EXPECT_THROW(read_case(directory / "absent.h5"), InputError);
    EXPECT_THROW(read_case(directory.path()), InputError);
    EXPECT_THROW(read_case("/dev/null"), InputError);
}

TEST(HostileCase, AFlippedBitIsNoticedOrHarmless) {
    const TemporaryDirectory directory;
    Region region = small_region();
    test::add_small_orders(region);
    write_case(region, directory / "sound.h5");
    const std::vector<char> sound = bytes_of(directory / "sound.h5");
    std::mt19937_64 random(20240601);
    int noticed = 0;

    for (int trial = 0; trial < 600; ++trial) {
        std::vector<char> bytes = sound;
        const std::uint64_t bit = random() % (8 * bytes.size());
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        write_bytes(directory / "flipped.h5", bytes, bytes.size());
        try {
            EXPECT_EQ(test::difference(region, read_case(directory / "flipped.h5", {.all_series = true})), "")
                << "bit " << bit;
        } catch (const InputError&) {
            ++noticed;
        }
    }

    EXPECT_GT(noticed, 150);  // most of so small a file is structure that only other readers need
}

}  // namespace
}  // namespace headroom
