#pragma once

// Arithmetic on eight lanes, for kernels only. A kernel source is compiled once per instruction set
// (solver/CMakeLists.txt) with HEADROOM_SIMD_NAMESPACE naming its namespace; it must not instantiate anything that
// other sources share, because the linker would keep one copy and that copy might use instructions that the processor
// lacks. So: this header, plain pointers, nothing else.
//
// Eight lanes are as many registers as the instruction set needs. They are spelled out as parts because g++ 12 takes
// comparisons and selections of vectors wider than a register apart into single numbers.

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace headroom::HEADROOM_SIMD_NAMESPACE {

#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX2__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif
constexpr int lanes_per_part = register_bytes / 8;
constexpr int part_count = 8 / lanes_per_part;

using Part = double __attribute__((vector_size(register_bytes)));

struct Lanes {
    Part part[part_count];
};

template <class Result, class Operation> static inline Result by_part(Operation operation) {
    Result result;
#pragma GCC unroll 4
    for (int i = 0; i < part_count; ++i) result.part[i] = operation(i);
    return result;
}

static inline Lanes operator+(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] + b.part[i]; });
}
static inline Lanes operator-(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] - b.part[i]; });
}
static inline Lanes operator*(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] * b.part[i]; });
}
static inline Lanes operator/(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] / b.part[i]; });
}
static inline Lanes operator-(Lanes a) {
    return by_part<Lanes>([&](int i) { return -a.part[i]; });
}

static inline Lanes spread(double value) {
    return by_part<Lanes>([&](int) { return value - Part{}; });  // x - 0 is x, bit by bit
}
static inline Lanes load(const double* pointer) {
    return by_part<Lanes>([&](int i) { return *reinterpret_cast<const Part*>(pointer + lanes_per_part * i); });
}
static inline void store(double* pointer, Lanes value) {
#pragma GCC unroll 4
    for (int i = 0; i < part_count; ++i) *reinterpret_cast<Part*>(pointer + lanes_per_part * i) = value.part[i];
}

/// a * b + c, rounded once where the instruction set has it: here bits may differ from baseline.
static inline Lanes fused(Lanes a, Lanes b, Lanes c) {
#if defined(__AVX512F__)
    return by_part<Lanes>([&](int i) -> Part { return _mm512_fmadd_pd(a.part[i], b.part[i], c.part[i]); });
#elif defined(__AVX2__)
    return by_part<Lanes>([&](int i) -> Part { return _mm256_fmadd_pd(a.part[i], b.part[i], c.part[i]); });
#else
    return a * b + c;
#endif
}

#if defined(__AVX512F__)

/// One bit per lane. Spelled with intrinsics: g++ 12 would keep masks as vectors of whole numbers.
struct Mask {
    __mmask8 bits;
    bool operator[](int lane) const { return (bits >> lane & 1) != 0; }
};

static inline Mask mask_of(int bits) { return {static_cast<__mmask8>(bits)}; }
static inline Mask operator<(Lanes a, Lanes b) { return {_mm512_cmp_pd_mask(a.part[0], b.part[0], _CMP_LT_OQ)}; }
static inline Mask operator<=(Lanes a, Lanes b) { return {_mm512_cmp_pd_mask(a.part[0], b.part[0], _CMP_LE_OQ)}; }
static inline Mask operator&(Mask a, Mask b) { return mask_of(a.bits & b.bits); }
static inline Mask operator|(Mask a, Mask b) { return mask_of(a.bits | b.bits); }
static inline Mask operator~(Mask a) { return mask_of(~a.bits); }
static inline Mask all_lanes() { return mask_of(0xff); }
static inline Mask no_lanes() { return mask_of(0); }
static inline bool any(Mask mask) { return mask.bits != 0; }
static inline Lanes select(Mask mask, Lanes yes, Lanes no) {
    return {{_mm512_mask_blend_pd(mask.bits, no.part[0], yes.part[0])}};
}

#else

/// All bits of a lane set: true.
using PartMask = decltype(Part{} < Part{});
struct Mask {
    PartMask part[part_count];
    bool operator[](int lane) const { return part[lane / lanes_per_part][lane % lanes_per_part] != 0; }
};

static inline Mask operator<(Lanes a, Lanes b) {
    return by_part<Mask>([&](int i) { return a.part[i] < b.part[i]; });
}
static inline Mask operator<=(Lanes a, Lanes b) {
    return by_part<Mask>([&](int i) { return a.part[i] <= b.part[i]; });
}
static inline Mask operator&(Mask a, Mask b) {
    return by_part<Mask>([&](int i) { return a.part[i] & b.part[i]; });
}
static inline Mask operator|(Mask a, Mask b) {
    return by_part<Mask>([&](int i) { return a.part[i] | b.part[i]; });
}
static inline Mask operator~(Mask a) {
    return by_part<Mask>([&](int i) { return ~a.part[i]; });
}
static inline Mask all_lanes() {
    return by_part<Mask>([](int) { return ~PartMask{}; });
}
static inline Mask no_lanes() {
    return by_part<Mask>([](int) { return PartMask{}; });
}
static inline bool any(Mask mask) {
    PartMask bits = mask.part[0];
    for (int i = 1; i < part_count; ++i) bits |= mask.part[i];
    for (int lane = 0; lane < lanes_per_part; ++lane)
        if (bits[lane] != 0) return true;
    return false;
}
static inline Lanes select(Mask mask, Lanes yes, Lanes no) {
    return by_part<Lanes>([&](int i) { return mask.part[i] ? yes.part[i] : no.part[i]; });
}

#endif

/// Of equal or unordered numbers the second, as the instructions have it.
static inline Lanes minimum(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] < b.part[i] ? a.part[i] : b.part[i]; });
}
static inline Lanes maximum(Lanes a, Lanes b) {
    return by_part<Lanes>([&](int i) { return a.part[i] > b.part[i] ? a.part[i] : b.part[i]; });
}

static inline Mask operator>(Lanes a, Lanes b) { return b < a; }
static inline Mask operator>=(Lanes a, Lanes b) { return b <= a; }
static inline Mask& operator&=(Mask& a, Mask b) { return a = a & b; }
static inline Mask& operator|=(Mask& a, Mask b) { return a = a | b; }

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
