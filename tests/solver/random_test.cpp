#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "solver/random/normal_lanes.hpp"

namespace headroom {
namespace {

using Block = std::array<std::uint32_t, 4>;

Block philox(std::uint64_t key, const Block& counter) {
    WordArray word(2 * lane_count);
    philox_words(key, counter, word);
    const std::uint64_t low = word[0], high = word[lane_count];
    return {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32), static_cast<std::uint32_t>(high),
            static_cast<std::uint32_t>(high >> 32)};
}

// kat_vectors of the authors' library Random123, philox4x32 with 10 rounds.
TEST(Philox, GivesThePublishedTestVectors) {
    EXPECT_EQ(philox(0, {0, 0, 0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox(0xffffffffffffffff, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}),
              (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
              (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, LanesCountUpTheSecondWordAndBlocksTheFirstAndBothWrapAround) {
    WordArray word(3 * 2 * lane_count);
    philox_words(7, {0xfffffffe, 0xfffffffa, 3, 4}, word);

    for (std::uint32_t block = 0; block < 3; ++block)
        for (std::uint32_t lane = 0; lane < lane_count; ++lane) {
            const Block alone = philox(7, {0xfffffffe + block, 0xfffffffa + lane, 3, 4});
            EXPECT_EQ(word[(2 * block) * lane_count + lane], alone[0] + (std::uint64_t{alone[1]} << 32));
            EXPECT_EQ(word[(2 * block + 1) * lane_count + lane], alone[2] + (std::uint64_t{alone[3]} << 32));
        }
}

// The radius from the first word's upper 52 bits, the angle from the second's, its lowest three bits the octant.
TEST(NormalLanes, AreBoxAndMullersPairsOfTheSameBits) {
    NormalLanes normals(2000);
    normals.fill({.seed = 99, .stream = 5, .step = 6, .first_sample = 7});
    WordArray word(2000 * lane_count);
    philox_words(99, {0, 7, 6, 5}, word);
    const auto unit = [](std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; };

    for (int k = 0; k < 1000; ++k)
        for (int lane = 0; lane < lane_count; ++lane) {
            const std::uint64_t a = word[2 * k * lane_count + lane], b = word[(2 * k + 1) * lane_count + lane];
            const double radius = std::sqrt(-2 * std::log(unit(a))), angle = std::numbers::pi / 4 * unit(b);
            const double one = (b & 1) != 0 ? std::sin(angle) : std::cos(angle),
                         other = (b & 1) != 0 ? std::cos(angle) : std::sin(angle);
            ASSERT_NEAR(normals.of(2 * k)[lane], ((b & 2) != 0 ? -1 : 1) * radius * one, 1e-14);
            ASSERT_NEAR(normals.of(2 * k + 1)[lane], ((b & 4) != 0 ? -1 : 1) * radius * other, 1e-14);
        }
}

TEST(NormalLanes, ASampleDoesNotKnowWhereItsGroupBegins) {
    NormalLanes one(5), other(5);
    one.fill({.seed = 1, .stream = 2, .step = 3, .first_sample = 8});
    other.fill({.seed = 1, .stream = 2, .step = 3, .first_sample = 11});
    for (int k = 0; k < 5; ++k)
        for (int lane = 0; lane < 5; ++lane) EXPECT_EQ(one.of(k)[lane + 3], other.of(k)[lane]);
}

/// Every sample of numbers 0 to 3.
std::array<std::vector<double>, 4> draw(int samples) {
    std::array<std::vector<double>, 4> drawn;
    NormalLanes normals(4);
    for (int first = 0; first < samples; first += lane_count) {
        normals.fill({.seed = 2024, .stream = 1, .step = 1, .first_sample = static_cast<std::uint32_t>(first)});
        for (int k = 0; k < 4; ++k) drawn[k].insert(drawn[k].end(), normals.of(k), normals.of(k) + lane_count);
    }
    return drawn;
}

// A million samples: the mean of z^k is within five standard errors of its value 0, 1, 0, 3 (variances 1, 2, 15, 96).
TEST(NormalLanes, HaveTheMomentsAndTailsOfTheNormalDistribution) {
    constexpr int n = 1 << 20;
    for (const std::vector<double>& z : draw(n)) {
        std::array<double, 4> moment{};
        std::array<double, 4> beyond{};
        for (const double x : z) {
            moment[0] += x / n, moment[1] += x * x / n, moment[2] += x * x * x / n, moment[3] += x * x * x * x / n;
            for (int k = 1; k < 5; ++k) beyond[k - 1] += std::abs(x) > k ? 1.0 : 0.0;
        }
        const double error = 5 / std::sqrt(n);
        EXPECT_NEAR(moment[0], 0, error);
        EXPECT_NEAR(moment[1], 1, error * std::sqrt(2));
        EXPECT_NEAR(moment[2], 0, error * std::sqrt(15));
        EXPECT_NEAR(moment[3], 3, error * std::sqrt(96));
        for (int k = 1; k < 5; ++k) {
            const double p = std::erfc(k / std::numbers::sqrt2);
            EXPECT_NEAR(beyond[k - 1], n * p, 5 * std::sqrt(n * p)) << k;
        }
    }
}

TEST(NormalLanes, NumbersAndNeighbouringSamplesAreUncorrelated) {
    constexpr int n = 1 << 20;
    const auto z = draw(n);
    for (int a = 0; a < 4; ++a)
        for (int b = a; b < 4; ++b) {
            double same = 0, next = 0, squares = 0;
            for (int s = 0; s + 1 < n; ++s) {
                same += z[a][s] * z[b][s];
                next += z[a][s] * z[b][s + 1];
                squares += (z[a][s] * z[a][s] - 1) * (z[b][s] * z[b][s] - 1);
            }
            EXPECT_NEAR(next / n, 0, 5 / std::sqrt(n));
            if (a == b) continue;
            EXPECT_NEAR(same / n, 0, 5 / std::sqrt(n));
            EXPECT_NEAR(squares / n, 0, 10 / std::sqrt(n));
        }
}

}  // namespace
}  // namespace headroom
