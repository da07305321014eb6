#include "solver/simplex/simplex_kernel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

using Numbers = std::array<double, 16>;

constexpr Numbers all(double value) {
    Numbers numbers{};
    numbers.fill(value);
    return numbers;
}

// Two are 0.5 outside, one on either side, and one that comes before is 0.25 outside. Not on the stack, whose place
// counts here.
constexpr Numbers three_outside = [] {
    Numbers value = all(0.5);
    value[3] = 1.25;
    value[6] = -0.5;
    value[13] = 1.5;
    return value;
}();
alignas(64) const Numbers inside = all(0.5), outside = three_outside, lower = all(0), upper = all(1);

struct Worst {
    double amount = 0;
    int row = 0;
};

Worst worst_of(const Numbers& value, Kernel<WorstView> kernel) {
    Worst worst;
    kernel({.length = 16,
            .value = value.data(),
            .lower = lower.data(),
            .upper = upper.data(),
            .worst = &worst.amount,
            .index = &worst.row,
            .least = 0});
    return worst;
}

/// The worst of those outside, from a stack that is so many bytes further down.
template <int bytes> [[gnu::noinline]] Worst with_the_stack_moved(Kernel<WorstView> kernel) {
    volatile char room[bytes];
    room[0] = 0;
    const Worst worst = worst_of(outside, kernel);
    room[bytes - 1] = room[0];
    return worst;
}

void expect_the_first_of_the_worst(Worst worst) {
    EXPECT_EQ(worst.amount, 0.5);
    EXPECT_EQ(worst.row, 6);
}

// A register of 64 bytes is stored whole, so it needs a place of 64 bytes whatever the caller's stack looks like.
TEST(SimplexKernel, FindsTheFirstOfTheWorstRowsFromAnyPlaceOnTheStack) {
    std::vector<Kernel<WorstView>> kernels{baseline::worst_kernel};
    if (simd_level() >= SimdLevel::avx2) kernels.push_back(avx2::worst_kernel);
    if (simd_level() >= SimdLevel::avx512) kernels.push_back(avx512::worst_kernel);
    for (const auto kernel : kernels) {
        expect_the_first_of_the_worst(with_the_stack_moved<16>(kernel));
        expect_the_first_of_the_worst(with_the_stack_moved<32>(kernel));
        expect_the_first_of_the_worst(with_the_stack_moved<48>(kernel));
        expect_the_first_of_the_worst(with_the_stack_moved<64>(kernel));
    }
}

TEST(SimplexKernel, NamesNoRowWhereAllAreInside) {
    const Worst worst = worst_of(inside, baseline::worst_kernel);
    EXPECT_EQ(worst.row, -1);
    EXPECT_EQ(worst.amount, 0);
}

}  // namespace
}  // namespace headroom
