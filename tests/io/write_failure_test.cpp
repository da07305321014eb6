#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <vector>

#include "io/case/case_file.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/hdf5/startup.hpp"
#include "io/partial_file.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::small_region;
using test::TemporaryDirectory;

std::string answer_of_writing(const Region& region, const std::filesystem::path& path) {
    try {
        write_case(region, path);
    } catch (const OutputError& error) {
        return error.what();
    }
    return "(was written)";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(WriteFailure, AMissingDirectoryIsNamed) {
    const TemporaryDirectory directory;

    const std::string answer = answer_of_writing(small_region(), directory.path() / "absent" / "case.h5");

    EXPECT_TRUE(contains(answer, "absent/case.h5")) << answer;
    EXPECT_TRUE(contains(answer, "No such file or directory")) << answer;
}

TEST(WriteFailure, ATargetThatIsADirectoryStaysAndNothingElseIsLeft) {
    const TemporaryDirectory directory;
    std::filesystem::create_directories(directory.path() / "case.h5" / "inside");

    EXPECT_THROW(write_case(small_region(), directory / "case.h5"), OutputError);

    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
    EXPECT_TRUE(std::filesystem::is_directory(directory.path() / "case.h5" / "inside"));
}

TEST(WriteFailure, WhatIsNoFileIsNotReplacedByOne) {
    const TemporaryDirectory directory;
    ASSERT_EQ(mkfifo((directory / "pipe").c_str(), 0600), 0);

    EXPECT_THROW(write_case(small_region(), directory / "pipe"), OutputError);

    EXPECT_TRUE(std::filesystem::is_fifo(directory / "pipe"));
}

TEST(WriteFailure, AnUnwritableDirectoryIsNamed) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
    const TemporaryDirectory directory;
    std::filesystem::permissions(directory.path(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);

    const std::string answer = answer_of_writing(small_region(), directory / "case.h5");

    EXPECT_TRUE(contains(answer, "Permission denied")) << answer;
}

/// Writes while no file may grow above 32 KiB; ends with 5 and the message on stderr when that is reported.
[[noreturn]] void write_with_short_files(const Region& region, const std::filesystem::path& path) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{32768, 32768};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string answer = answer_of_writing(region, path);
    std::fputs(answer.c_str(), stderr);
    std::exit(contains(answer, "File too large") ? 5 : 1);
}

// The write fails in the middle; the process ends by exit(), where HDF5 would crash if it cleaned up.
TEST(WriteFailure, AFailedWriteLeavesTheOldFileAndNoOther) {
    const TemporaryDirectory directory;
    write_case(small_region(1), directory / "case.h5");
    const std::string before = file_digest(directory / "case.h5");

    EXPECT_EXIT(write_with_short_files(small_region(500), directory / "case.h5"), testing::ExitedWithCode(5),
                "case.h5.*bytes.*File too large");

    EXPECT_EQ(file_digest(directory / "case.h5"), before);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

/// A file system of the given size in memory for as long as it lives.
class SmallDisk {
public:
    SmallDisk(const std::filesystem::path& place, const std::string& size) : place_(place) {
        mounted_ = mount("tmpfs", place.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) umount2(place_.c_str(), MNT_DETACH);
    }
    explicit operator bool() const { return mounted_; }

private:
    std::filesystem::path place_;
    bool mounted_;
};

TEST(WriteFailure, AFullDiskIsRefusedBeforeWritingAndLeavesNothing) {
    const TemporaryDirectory directory;
    const SmallDisk disk(directory.path(), "128k");
    if (!disk) GTEST_SKIP() << "cannot mount a small disk";

    const std::string answer = answer_of_writing(small_region(500), directory / "case.h5");

    EXPECT_TRUE(contains(answer, "are free in")) << answer;
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(WriteFailure, APartialFileThatIsNotPublishedGoesAway) {
    const TemporaryDirectory directory;
    {
        const PartialFile file(directory / "case.h5", 0);
        std::ofstream(file.path()) << "half";
        ASSERT_TRUE(std::filesystem::exists(file.path()));
        EXPECT_TRUE(contains(file.path().filename().string(), "case.h5.partial-"));
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Digest, AgreesWithThePublishedValuesHoweverTheBytesAreCut) {
    const std::string text = "Nobody inspects the spammish repetition";
    Digest whole, parts;
    whole.update(text.data(), text.size());
    for (const char c : text) parts.update(&c, 1);

    EXPECT_EQ(digest_text(Digest().value()), "ef46db3751d8e999");
    EXPECT_EQ(digest_text(whole.value()), "fbcea83c8a378bf1");
    EXPECT_EQ(parts.value(), whole.value());
}

TEST(Digest, TakesAPieceOfNoBytesAtNoPlaceAnywhere) {
    const std::vector<double> nothing;
    Digest with, without;
    with.update(nothing.data(), 0);
    with.update("abc", 3);
    with.update(nothing.data(), 0);
    without.update("abc", 3);

    EXPECT_EQ(with.value(), without.value());
}

}  // namespace
}  // namespace headroom
