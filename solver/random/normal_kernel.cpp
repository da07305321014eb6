// Random bits by counter and standard normal numbers from them, eight samples at once; normal_lanes.hpp. Compiled once
// per instruction set.

#include "solver/random/normal_kernel.hpp"

#include "solver/lanes/lane_math.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;
using Whole = Lanes::Whole;

struct WordLanes {
    Whole part[Lanes::part_count];
};

/// Products of the low halves.
#if defined(__AVX512F__)
Whole product(Whole a, Whole b) {
    return reinterpret_cast<Whole>(_mm512_mask_mul_epu32(__m512i(a), 0xff, __m512i(a), __m512i(b)));
}
#elif defined(__AVX2__)
Whole product(Whole a, Whole b) { return reinterpret_cast<Whole>(_mm256_mul_epu32(__m256i(a), __m256i(b))); }
#else
Whole product(Whole a, Whole b) { return reinterpret_cast<Whole>(_mm_mul_epu32(__m128i(a), __m128i(b))); }
#endif

WordLanes word_lanes(const unsigned long* pointer) {
    using Stored = unsigned long __attribute__((vector_size(sizeof(Whole)), may_alias));
    WordLanes lanes;
#pragma GCC unroll 4
    for (int i = 0; i < Lanes::part_count; ++i)
        lanes.part[i] = *reinterpret_cast<const Stored*>(pointer + Lanes::part_size * i);
    return lanes;
}

void store_words(unsigned long* pointer, const WordLanes& lanes) {
    using Stored = unsigned long __attribute__((vector_size(sizeof(Whole)), may_alias));
#pragma GCC unroll 4
    for (int i = 0; i < Lanes::part_count; ++i)
        *reinterpret_cast<Stored*>(pointer + Lanes::part_size * i) = lanes.part[i];
}

/// One block of each lane. High halves of the state hold what nobody reads.
void philox(const PhiloxView& v, unsigned block, const WordLanes& second, WordLanes& low, WordLanes& high) {
    constexpr unsigned long multiplier[] = {0xD2511F53UL, 0xCD9E8D57UL};
    constexpr unsigned weyl[] = {0x9E3779B9U, 0xBB67AE85U};
    constexpr unsigned long low_half = 0xffffffffUL;
#pragma GCC unroll 4
    for (int i = 0; i < Lanes::part_count; ++i) {
        Whole c0 = Whole{} + block, c1 = second.part[i], c2 = Whole{} + v.counter[2], c3 = Whole{} + v.counter[3];
        unsigned key0 = v.key[0], key1 = v.key[1];
#pragma GCC unroll 10
        for (int round = 0; round < 10; ++round) {
            const Whole p0 = product(c0, Whole{} + multiplier[0]), p1 = product(c2, Whole{} + multiplier[1]);
            c0 = (p1 >> 32) ^ c1 ^ (Whole{} + key0);
            c2 = (p0 >> 32) ^ c3 ^ (Whole{} + key1);
            c1 = p1;
            c3 = p0;
            key0 += weyl[0];
            key1 += weyl[1];
        }
        low.part[i] = (c0 & low_half) | (c1 << 32);
        high.part[i] = (c2 & low_half) | (c3 << 32);
    }
}

/// The upper 52 bits as a number in (0, 1): (k + 1/2) / 2^52, exactly.
Lanes unit(const WordLanes& word) {
    return by_part<Lanes>([&](int i) -> Lanes::Part {
        const Whole bits = (word.part[i] >> 12) | as_bits(1.0);
        return (as_number(bits) - 1.0) + 0x1p-53;
    });
}

/// Lanes whose bit is set.
Mask has_bit(const WordLanes& word, int bit) {
    const Lanes flagged = by_part<Lanes>(
        [&](int i) -> Lanes::Part { return as_number(Whole((((word.part[i] >> bit) & 1UL) << 51) | as_bits(1.0))); });
    return spread(1.25) < flagged;
}

Lanes with_sign(Lanes value, const WordLanes& word, int bit) {
    return by_part<Lanes>(
        [&](int i) -> Lanes::Part { return as_number(Whole(as_bits(value.part[i]) ^ ((word.part[i] >> bit) << 63))); });
}

}  // namespace

void philox_kernel(const PhiloxView& v) {
    alignas(64) unsigned long second[W];
    for (int lane = 0; lane < W; ++lane) second[lane] = v.counter[1] + static_cast<unsigned>(lane);
    const WordLanes second_word = word_lanes(second);
    for (int b = 0; b < v.block_count; ++b) {
        WordLanes low, high;
        philox(v, v.counter[0] + static_cast<unsigned>(b), second_word, low, high);
        store_words(v.word + 2 * b * W, low);
        store_words(v.word + (2 * b + 1) * W, high);
    }
}

/// Box and Muller: radius sqrt(-2 log u), angle in one eighth of the circle; three bits that the angle does not use say
/// in which.
void normal_kernel(const NormalView& v) {
    for (int k = 0; k < v.pair_count; ++k) {
        const WordLanes of_radius = word_lanes(v.word + 2 * k * W), of_angle = word_lanes(v.word + (2 * k + 1) * W);
        const Lanes radius = root(spread(-2) * logarithm(unit(of_radius)));
        const SineCosine<W> at = sine_cosine(spread(0.78539816339744831) * unit(of_angle));
        const Mask swapped = has_bit(of_angle, 0);
        const Lanes one = select(swapped, at.sine, at.cosine), other = select(swapped, at.cosine, at.sine);
        store(v.value + 2 * k * W, with_sign(radius * one, of_angle, 1));
        store(v.value + (2 * k + 1) * W, with_sign(radius * other, of_angle, 2));
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
