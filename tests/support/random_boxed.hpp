#pragma once

#include <cstdint>

#include "solver/convex/convex_problem.hpp"

namespace headroom::test {

/// Splitmix64: distributions of the standard library differ from one library to the next.
class RandomNumbers {
public:
    explicit RandomNumbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    double uniform(double low, double high);
    int below(int count) { return static_cast<int>(next() % static_cast<std::uint64_t>(count)); }
    bool chance(double share) { return uniform(0, 1) < share; }

private:
    std::uint64_t state_;
};

/// Linear programs in which every variable is boxed.
struct RandomBoxedOptions {
    int variables = 12, rows = 10;
    double density = 0.5;
    bool packing = true;         ///< A >= 0 and upper sides only
    bool feasible = true;        ///< sides around a point of the box; otherwise anything
    bool ties = false;           ///< costs, entries and boxes of few values
    double equation_share = 0;   ///< of rows
    double two_sided_share = 0;  ///< of rows
    double free_share = 0;       ///< of rows
    double duplicate_share = 0;  ///< of rows that repeat another one
    double fixed_share = 0;      ///< of variables
    double binary_share = 0;     ///< of variables: boxes [0, 1]
};

/// Same seed and options, same numbers.
ConvexProblem random_boxed(std::uint64_t seed, const RandomBoxedOptions& options);

/// Sizes up to those given and features on or off, as the seed falls.
RandomBoxedOptions random_boxed_options(std::uint64_t seed, int variable_max, int row_max);

}  // namespace headroom::test
