#include "solver/batch/run_batch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace headroom {
namespace {

TEST(RunBatch, RunsEveryItemOnceOnWorkersThatExist) {
    for (const int threads : {1, 2, 5}) {
        std::vector<std::atomic<int>> runs(200);
        std::atomic<bool> worker_exists{true};

        run_batch(200, threads, [&](int item, int worker) {
            ++runs[static_cast<std::size_t>(item)];
            if (worker < 0 || worker >= threads) worker_exists = false;
        });

        for (const auto& count : runs) EXPECT_EQ(count, 1);
        EXPECT_TRUE(worker_exists);
    }
}

TEST(RunBatch, AnItemThatThrowsStopsNoOtherAndTheFirstOneIsHeard) {
    std::atomic<int> finished{0};

    try {
        run_batch(100, 3, [&](int item, int) {
            if (item == 30 || item == 70) throw std::runtime_error(std::to_string(item));
            ++finished;
        });
        FAIL() << "must throw";
    } catch (const std::runtime_error& fault) {
        EXPECT_STREQ(fault.what(), "30");
    }

    EXPECT_EQ(finished, 98);
}

TEST(RunBatch, AFewItemsStayOnOneThread) {
    std::atomic<int> other_workers{0};

    run_batch(
        12, 4, [&](int, int worker) { other_workers += worker > 0; }, 16);

    EXPECT_EQ(other_workers, 0);
}

TEST(RunBatch, NoItemIsBegunAfterItWasAskedToStop) {
    std::atomic<bool> stop{false};
    std::atomic<int> begun{0}, late{0};

    EXPECT_THROW(run_batch(
                     1000, 2,
                     [&](int, int) {
                         if (stop) ++late;
                         if (++begun == 10) stop = true;
                     },
                     1, &stop),
                 Stopped);

    EXPECT_GE(begun, 10);
    EXPECT_LE(late, 1);  // the other worker may have been about to begin one
}

TEST(RunBatch, NothingToDoIsDone) {
    EXPECT_NO_THROW(run_batch(0, 2, [](int, int) { throw std::logic_error("no item"); }));
}

}  // namespace
}  // namespace headroom
