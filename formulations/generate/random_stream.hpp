#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "solver/random/normal_lanes.hpp"

namespace headroom {

/// What random numbers of a feeder are for: each purpose, and each customer's profile and orders, has a stream of its
/// own, so that a draw more in one place changes nothing in another.
enum class Purpose : std::uint32_t {
    plan = 0,
    tree = 1,
    customers = 2,
    sky = 3,
    slack = 4,
    price = 5,
    drawing = 6,
    profile = 1 << 16,
    orders = 1 << 24
};

/// Random numbers that are a function of seed, feeder, purpose and part alone (philox_words): integers from the
/// generator, then products and sums, so the same bits on every machine.
class RandomStream {
public:
    /// @param part  which of several streams of this purpose: the customer's number in its feeder, for profiles and
    ///              orders
    RandomStream(std::uint64_t seed, std::uint32_t feeder, Purpose purpose, std::uint32_t part = 0);

    double uniform();  ///< in [0, 1), a multiple of 2^-53
    double between(double low, double high) { return low + (high - low) * uniform(); }
    bool chance(double probability) { return uniform() < probability; }

    /// Number of a share that is hit; the last one takes what rounding leaves. @pre shares >= 0 sum to 1
    template <std::size_t N> std::size_t pick(const std::array<double, N>& shares) {
        double left = uniform();
        std::size_t k = 0;
        while (k + 1 < N && left >= shares[k]) left -= shares[k++];
        return k;
    }

private:
    std::uint64_t seed_;
    std::array<std::uint32_t, 4> counter_;
    WordArray words_;
    std::size_t next_;
};

}  // namespace headroom
