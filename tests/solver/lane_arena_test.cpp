// Memory that many small arrays share: where they lie, how long they stay, and that it is used again.

#include "solver/memory/lane_arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

namespace headroom {
namespace {

constexpr std::size_t block = HugeBlock::size / sizeof(double);

TEST(LaneArena, ArraysStayWhereTheyAreWhileOthersCome) {
    LaneArena arena;
    std::vector<std::span<double>> arrays;
    for (std::size_t k = 0; k < 300; ++k) {
        arrays.push_back(arena.add(1 + 97 * k));
        for (double& value : arrays.back()) value = static_cast<double>(k);
    }
    for (std::size_t k = 0; k < arrays.size(); ++k) {
        EXPECT_EQ(arrays[k].size(), 1 + 97 * k);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arrays[k].data()) % 64, 0U) << k;
        for (const double value : arrays[k]) ASSERT_EQ(value, static_cast<double>(k));
    }
}

TEST(LaneArena, ABlockIsFilledToItsEnd) {
    LaneArena arena;
    const double* first = arena.add(block - 8).data();
    EXPECT_EQ(arena.add(8).data(), first + block - 8);
    EXPECT_NE(arena.add(1).data(), first + block);
}

TEST(LaneArena, WhatNoBlockHoldsHasMemoryOfItsOwn) {
    LaneArena arena;
    const std::span<double> small = arena.add(3), large = arena.add(block + 1), next = arena.add(3);
    large.front() = large.back() = 7.0;
    EXPECT_EQ(large.size(), block + 1);
    EXPECT_EQ(next.data(), small.data() + 8);
}

TEST(LaneArena, NothingTakesNoMemory) {
    LaneArena arena;
    EXPECT_TRUE(arena.add(0).empty());
    const double* first = arena.add(1).data();
    EXPECT_TRUE(arena.add(0).empty());
    EXPECT_EQ(arena.add(1).data(), first + 8);
}

TEST(LaneArena, StartsAgainInTheSameMemory) {
    LaneArena arena;
    std::vector<const double*> places;
    for (int k = 0; k < 5; ++k) places.push_back(arena.add(block / 2).data());
    arena.clear();
    for (const double* place : places) EXPECT_EQ(arena.add(block / 2).data(), place);
}

TEST(HugeBlock, AThreadGetsBackWhatItGaveBack) {
    std::set<const std::byte*> given;
    {
        std::vector<HugeBlock> blocks(HugeBlock::most_kept);
        for (const HugeBlock& one : blocks) given.insert(one.data());
    }
    EXPECT_EQ(given.size(), HugeBlock::most_kept) << "each has its own";
    std::vector<HugeBlock> again(HugeBlock::most_kept);
    for (const HugeBlock& one : again) {
        EXPECT_TRUE(given.contains(one.data()));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.data()) % HugeBlock::size, 0U);
    }
}

}  // namespace
}  // namespace headroom
