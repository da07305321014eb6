#include "io/progress.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace headroom {
namespace {

struct Lines {
    std::vector<std::string> written;
    Progress::Sink sink() {
        return [this](std::string_view text) { written.emplace_back(text); };
    }
};

TEST(Progress, PrintsOneLinePerTenthWhenNobodyWatches) {
    Lines lines;
    Progress progress("allocating", 40, false, lines.sink());

    for (int k = 0; k < 40; ++k) progress.tick();

    ASSERT_EQ(lines.written.size(), 10U);
    EXPECT_EQ(lines.written.front(), "allocating: 10 % (4 of 40)\n");
    EXPECT_EQ(lines.written.back(), "allocating: 100 % (40 of 40)\n");
}

TEST(Progress, OneLargeStepIsOneLine) {
    Lines lines;
    Progress progress("allocating", 10, false, lines.sink());

    progress.tick(7);

    EXPECT_EQ(lines.written, std::vector<std::string>{"allocating: 70 % (7 of 10)\n"});
}

TEST(Progress, NothingIsSaidBeyondAGuessedTotal) {
    Lines lines;
    Progress progress("allocating", 10, false, lines.sink());

    for (int k = 0; k < 5; ++k) progress.tick(4);

    ASSERT_EQ(lines.written.size(), 3U);
    EXPECT_EQ(lines.written.back(), "allocating: 100 % (10 of 10)\n");
}

TEST(Progress, WorkOfAnInstantPrintsNothingWhenNobodyWatches) {
    Lines lines;
    Progress progress("allocating", 10, false, lines.sink(), std::chrono::minutes(1));

    progress.tick(10);

    EXPECT_TRUE(lines.written.empty());
}

TEST(Progress, NothingToDoPrintsNothing) {
    Lines lines;
    {
        Progress progress("allocating", 0, true, lines.sink());
        progress.tick(0);
    }

    EXPECT_TRUE(lines.written.empty());
}

TEST(Progress, OnATerminalRedrawsOneLineAndRemovesIt) {
    Lines lines;
    {
        Progress progress("allocating", 2, true, lines.sink());
        progress.tick();
    }

    ASSERT_EQ(lines.written.size(), 2U);
    EXPECT_EQ(lines.written[0], "\r\033[Kallocating [###############...............]  50 %");
    EXPECT_EQ(lines.written[1], "\r\033[K");
}

TEST(Progress, FourThreadsCountEveryTickAndNeverGoBack) {
    Lines lines;
    Progress progress("allocating", 40'000, false, lines.sink());

    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int k = 0; k < 10'000; ++k) progress.tick();
            });
        }
    }

    ASSERT_FALSE(lines.written.empty());
    EXPECT_LE(lines.written.size(), 10U);
    EXPECT_EQ(lines.written.back(), "allocating: 100 % (40000 of 40000)\n");
}

}  // namespace
}  // namespace headroom
