#pragma once

// Logarithm, exponential, sine and cosine of lanes, for kernels only (lanes.hpp). The C library's are not used: it
// picks another variant on another processor, and results would differ in the last bits.

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

static inline double as_number(unsigned long bits) { return __builtin_bit_cast(double, bits); }
static inline unsigned long as_bits(double number) { return __builtin_bit_cast(unsigned long, number); }
template <class Whole> static inline auto as_number(Whole bits) {
    if constexpr (sizeof(Whole) == 16) {
        return reinterpret_cast<PartOf<2>::Number>(bits);
    } else if constexpr (sizeof(Whole) == 32) {
        return reinterpret_cast<PartOf<4>::Number>(bits);
    } else {
        return reinterpret_cast<PartOf<8>::Number>(bits);
    }
}
template <class Number> static inline auto as_bits(Number number) {
    if constexpr (sizeof(Number) == 16) {
        return reinterpret_cast<PartOf<2>::Whole>(number);
    } else if constexpr (sizeof(Number) == 32) {
        return reinterpret_cast<PartOf<4>::Whole>(number);
    } else {
        return reinterpret_cast<PartOf<8>::Whole>(number);
    }
}

constexpr unsigned long exponent_one = 1UL << 52;
constexpr double whole_magic = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves a whole number in the low bits

/// x = 2^exponent * mantissa with mantissa in [sqrt(1/2), sqrt(2)), for positive normal x.
template <int W> struct Binary { LanesOf<W> exponent, mantissa; };

template <int W> static inline Binary<W> binary(LanesOf<W> x) {
    using Part = typename LanesOf<W>::Part;
    using Whole = typename LanesOf<W>::Whole;
    constexpr unsigned long root_half = 0x3fe6a09e667f3bcdUL;
    const auto exponent = by_part<LanesOf<W>>([&](int i) -> Part {
        // Biased by 2048 so that the shift sees positive numbers only: old instruction sets have no other.
        const Whole biased = (as_bits(x.part[i]) - root_half + 1024 * exponent_one) >> 52;
        return as_number(Whole(biased + as_bits(whole_magic))) - (whole_magic + 1024);
    });
    const auto mantissa = by_part<LanesOf<W>>([&](int i) -> Part {
        const Whole bits = as_bits(x.part[i]);
        const Whole biased = (bits - root_half + 1024 * exponent_one) >> 52;
        return as_number(Whole(bits - ((biased - 1024) << 52)));
    });
    return {exponent, mantissa};
}

/// Natural logarithm of positive normal numbers, within about one unit in the last place; others give nonsense.
/// log(1+f) = f - (f^2/2 - s (f^2/2 + R(s^2))), s = f / (2+f): the series of FreeBSD's e_log.c.
template <int W> static inline LanesOf<W> logarithm(LanesOf<W> x) {
    constexpr double series[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                                 2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                                 1.479819860511658591e-01};
    constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    const Binary<W> b = binary(x);
    const LanesOf<W> f = b.mantissa - spread<W>(1), s = f / (spread<W>(2) + f), z = s * s;
    LanesOf<W> sum = spread<W>(series[6]);
#pragma GCC unroll 6
    for (int i = 5; i >= 0; --i) sum = fused(sum, z, spread<W>(series[i]));
    const LanesOf<W> half = spread<W>(0.5) * f * f;
    const LanesOf<W> tail = fused(s, fused(sum, z, half), b.exponent * spread<W>(ln2_low));
    return b.exponent * spread<W>(ln2_high) - ((half - tail) - f);
}

/// e^x for |x| < 700, relative error about 2e-16 (1 + |x|).
template <int W> static inline LanesOf<W> exponential(LanesOf<W> x) {
    using Part = typename LanesOf<W>::Part;
    using Whole = typename LanesOf<W>::Whole;
    constexpr double inverse_ln2 = 1.4426950408889634;
    constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    constexpr double inverse_factorial[] = {
        1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,       1.0 / 720,
        1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
    const LanesOf<W> shifted = fused(x, spread<W>(inverse_ln2), spread<W>(whole_magic));
    const LanesOf<W> k = shifted - spread<W>(whole_magic);
    const LanesOf<W> r = fused(k, spread<W>(-ln2_low), fused(k, spread<W>(-ln2_high), x));
    LanesOf<W> sum = spread<W>(inverse_factorial[13]);
#pragma GCC unroll 13
    for (int i = 12; i >= 0; --i) sum = fused(sum, r, spread<W>(inverse_factorial[i]));
    const auto power_of_two = by_part<LanesOf<W>>([&](int i) -> Part {
        const Whole whole = as_bits(shifted.part[i]) - as_bits(whole_magic);
        return as_number(Whole((whole + 1023) << 52));
    });
    return sum * power_of_two;
}

template <int W> struct SineCosine { LanesOf<W> sine, cosine; };

/// Of angles in [0, pi / 4], within about one unit in the last place: the power series up to what doubles can tell.
template <int W> static inline SineCosine<W> sine_cosine(LanesOf<W> x) {
    constexpr double odd[] = {-1.0 / 6,        1.0 / 120,          -1.0 / 5040,           1.0 / 362880,
                              -1.0 / 39916800, 1.0 / 6227020800.0, -1.0 / 1307674368000.0};
    constexpr double even[] = {-1.0 / 2,       1.0 / 24,        -1.0 / 720,           1.0 / 40320,
                               -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200.0, 1.0 / 20922789888000.0};
    const LanesOf<W> z = x * x;
    LanesOf<W> sine = spread<W>(odd[6]), cosine = spread<W>(even[7]);
#pragma GCC unroll 6
    for (int i = 5; i >= 0; --i) sine = fused(sine, z, spread<W>(odd[i]));
#pragma GCC unroll 7
    for (int i = 6; i >= 0; --i) cosine = fused(cosine, z, spread<W>(even[i]));
    return {fused(sine * z, x, x), fused(cosine, z, spread<W>(1))};
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
