#pragma once

// Arithmetic on 1, 2, 4 or 8 lanes, for kernels only. A kernel source is compiled once per instruction set
// (solver/CMakeLists.txt) with HEADROOM_SIMD_NAMESPACE naming its namespace; it must not instantiate anything that
// other sources share, because the linker would keep one copy and that copy might use instructions that the processor
// lacks. So: this header, plain pointers, nothing else.
//
// Lanes are as many registers as the instruction set needs. They are spelled out as parts because g++ 12 takes
// comparisons and selections of vectors wider than a register apart into single numbers. A lane's bits do not depend on
// how many others there are.

#include <immintrin.h>

namespace headroom::HEADROOM_SIMD_NAMESPACE {

#if defined(__AVX512F__)
constexpr int lanes_per_register = 8;
#elif defined(__AVX2__)
constexpr int lanes_per_register = 4;
#else
constexpr int lanes_per_register = 2;
#endif

/// Vectors of one register or less; a single lane is a plain number. Spelled out: g++ 12 drops vector_size where it
/// depends on a template parameter.
template <int size> struct PartOf;
template <> struct PartOf<1> {
    using Number = double;
    using Stored = double;
    using Whole = unsigned long;
    using Truth = bool;
};
template <> struct PartOf<2> {
    using Number = double __attribute__((vector_size(16)));
    using Stored = double __attribute__((vector_size(16), may_alias));  // in memory, where plain numbers are too
    using Whole = unsigned long __attribute__((vector_size(16)));
    using Truth = long __attribute__((vector_size(16)));
};
template <> struct PartOf<4> {
    using Number = double __attribute__((vector_size(32)));
    using Stored = double __attribute__((vector_size(32), may_alias));  // in memory, where plain numbers are too
    using Whole = unsigned long __attribute__((vector_size(32)));
    using Truth = long __attribute__((vector_size(32)));
};
template <> struct PartOf<8> {
    using Number = double __attribute__((vector_size(64)));
    using Stored = double __attribute__((vector_size(64), may_alias));  // in memory, where plain numbers are too
    using Whole = unsigned long __attribute__((vector_size(64)));
    using Truth = long __attribute__((vector_size(64)));
};

template <int width> struct LanesOf {
    static constexpr int part_size = width < lanes_per_register ? width : lanes_per_register;
    static constexpr int part_count = width / part_size;
    using Part = typename PartOf<part_size>::Number;
    using Stored = typename PartOf<part_size>::Stored;
    using Whole = typename PartOf<part_size>::Whole;
    Part part[part_count];
};
using Lanes = LanesOf<8>;

template <class Result, class Operation> static inline Result by_part(Operation operation) {
    Result result;
#pragma GCC unroll 4
    for (int i = 0; i < Result::part_count; ++i) result.part[i] = operation(i);
    return result;
}

template <int W> static inline LanesOf<W> operator+(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] + b.part[i]; });
}
template <int W> static inline LanesOf<W> operator-(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] - b.part[i]; });
}
template <int W> static inline LanesOf<W> operator*(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] * b.part[i]; });
}
template <int W> static inline LanesOf<W> operator/(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] / b.part[i]; });
}
template <int W> static inline LanesOf<W> operator-(LanesOf<W> a) {
    return by_part<LanesOf<W>>([&](int i) { return -a.part[i]; });
}

template <int W = 8> static inline LanesOf<W> spread(double value) {
    using Part = typename LanesOf<W>::Part;
    return by_part<LanesOf<W>>([&](int) -> Part { return value - Part{}; });  // x - 0 is x, bit by bit
}
template <int W = 8> static inline LanesOf<W> load(const double* pointer) {
    using L = LanesOf<W>;
    return by_part<L>([&](int i) { return *reinterpret_cast<const typename L::Stored*>(pointer + L::part_size * i); });
}
template <int W> static inline void store(double* pointer, LanesOf<W> value) {
    using L = LanesOf<W>;
#pragma GCC unroll 4
    for (int i = 0; i < L::part_count; ++i)
        *reinterpret_cast<typename L::Stored*>(pointer + L::part_size * i) = value.part[i];
}

#if defined(__AVX2__)
static inline double fused_part(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline __m128d fused_part(__m128d a, __m128d b, __m128d c) { return _mm_fmadd_pd(a, b, c); }
static inline __m256d fused_part(__m256d a, __m256d b, __m256d c) { return _mm256_fmadd_pd(a, b, c); }
#if defined(__AVX512F__)
static inline __m512d fused_part(__m512d a, __m512d b, __m512d c) { return _mm512_fmadd_pd(a, b, c); }
#endif
#else
template <class Part> static inline Part fused_part(Part a, Part b, Part c) { return a * b + c; }
#endif

/// a * b + c, rounded once where the instruction set has it: here bits may differ from baseline.
template <int W> static inline LanesOf<W> fused(LanesOf<W> a, LanesOf<W> b, LanesOf<W> c) {
    using Part = typename LanesOf<W>::Part;
    return by_part<LanesOf<W>>([&](int i) -> Part { return fused_part(a.part[i], b.part[i], c.part[i]); });
}

/// All bits of a lane set: true. A single lane is a bool.
template <int width> struct MaskOf {
    static constexpr int part_size = LanesOf<width>::part_size;
    static constexpr int part_count = LanesOf<width>::part_count;
    using Part = typename PartOf<part_size>::Truth;
    Part part[part_count];
    bool operator[](int lane) const {
        if constexpr (width == 1) {
            return part[0];
        } else {
            return part[lane / part_size][lane % part_size] != 0;
        }
    }
};

static inline bool inverse(bool mask) { return !mask; }
template <class Part> static inline Part inverse(Part mask) { return ~mask; }

template <int W> static inline MaskOf<W> operator<(LanesOf<W> a, LanesOf<W> b) {
    return by_part<MaskOf<W>>([&](int i) { return a.part[i] < b.part[i]; });
}
template <int W> static inline MaskOf<W> operator<=(LanesOf<W> a, LanesOf<W> b) {
    return by_part<MaskOf<W>>([&](int i) { return a.part[i] <= b.part[i]; });
}
template <int W> static inline MaskOf<W> operator&(MaskOf<W> a, MaskOf<W> b) {
    using Part = typename MaskOf<W>::Part;
    return by_part<MaskOf<W>>([&](int i) -> Part { return a.part[i] & b.part[i]; });
}
template <int W> static inline MaskOf<W> operator|(MaskOf<W> a, MaskOf<W> b) {
    using Part = typename MaskOf<W>::Part;
    return by_part<MaskOf<W>>([&](int i) -> Part { return a.part[i] | b.part[i]; });
}
template <int W> static inline MaskOf<W> operator~(MaskOf<W> a) {
    return by_part<MaskOf<W>>([&](int i) { return inverse(a.part[i]); });
}
template <int W = 8> static inline MaskOf<W> no_lanes() {
    return by_part<MaskOf<W>>([](int) { return typename MaskOf<W>::Part{}; });
}
template <int W = 8> static inline MaskOf<W> all_lanes() { return ~no_lanes<W>(); }
template <int W> static inline bool any(MaskOf<W> mask) {
    for (int lane = 0; lane < W; ++lane)
        if (mask[lane]) return true;
    return false;
}
template <int W> static inline LanesOf<W> select(MaskOf<W> mask, LanesOf<W> yes, LanesOf<W> no) {
    return by_part<LanesOf<W>>([&](int i) { return mask.part[i] ? yes.part[i] : no.part[i]; });
}

#if defined(__AVX512F__)

/// One bit per lane. Spelled with intrinsics: g++ 12 would keep masks as vectors of whole numbers.
template <> struct MaskOf<8> {
    __mmask8 bits;
    bool operator[](int lane) const { return (bits >> lane & 1) != 0; }
};

static inline MaskOf<8> mask_of(int bits) { return {static_cast<__mmask8>(bits)}; }
template <> inline MaskOf<8> operator<(LanesOf<8> a, LanesOf<8> b) {
    return {_mm512_cmp_pd_mask(a.part[0], b.part[0], _CMP_LT_OQ)};
}
template <> inline MaskOf<8> operator<=(LanesOf<8> a, LanesOf<8> b) {
    return {_mm512_cmp_pd_mask(a.part[0], b.part[0], _CMP_LE_OQ)};
}
template <> inline MaskOf<8> operator&(MaskOf<8> a, MaskOf<8> b) { return mask_of(a.bits & b.bits); }
template <> inline MaskOf<8> operator|(MaskOf<8> a, MaskOf<8> b) { return mask_of(a.bits | b.bits); }
template <> inline MaskOf<8> operator~(MaskOf<8> a) { return mask_of(~a.bits); }
template <> inline MaskOf<8> no_lanes<8>() { return mask_of(0); }
template <> inline MaskOf<8> all_lanes<8>() { return mask_of(0xff); }
template <> inline bool any(MaskOf<8> mask) { return mask.bits != 0; }
template <> inline LanesOf<8> select(MaskOf<8> mask, LanesOf<8> yes, LanesOf<8> no) {
    return {{_mm512_mask_blend_pd(mask.bits, no.part[0], yes.part[0])}};
}

#else

template <> inline bool any(MaskOf<8> mask) {
    auto bits = mask.part[0];
    for (int i = 1; i < MaskOf<8>::part_count; ++i) bits |= mask.part[i];
    for (int lane = 0; lane < MaskOf<8>::part_size; ++lane)
        if (bits[lane] != 0) return true;
    return false;
}

#endif

using Mask = MaskOf<8>;

/// Of equal or unordered numbers the second, as the instructions have it.
template <int W> static inline LanesOf<W> minimum(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] < b.part[i] ? a.part[i] : b.part[i]; });
}
template <int W> static inline LanesOf<W> maximum(LanesOf<W> a, LanesOf<W> b) {
    return by_part<LanesOf<W>>([&](int i) { return a.part[i] > b.part[i] ? a.part[i] : b.part[i]; });
}

template <int W> static inline MaskOf<W> operator>(LanesOf<W> a, LanesOf<W> b) { return b < a; }
template <int W> static inline MaskOf<W> operator>=(LanesOf<W> a, LanesOf<W> b) { return b <= a; }
template <int W> static inline MaskOf<W>& operator&=(MaskOf<W>& a, MaskOf<W> b) { return a = a & b; }
template <int W> static inline MaskOf<W>& operator|=(MaskOf<W>& a, MaskOf<W> b) { return a = a | b; }

static inline double root_part(double a) { return __builtin_sqrt(a); }
static inline PartOf<2>::Number root_part(PartOf<2>::Number a) { return _mm_sqrt_pd(a); }
#if defined(__AVX2__)
static inline __m256d root_part(__m256d a) { return _mm256_sqrt_pd(a); }
#endif
#if defined(__AVX512F__)
static inline __m512d root_part(__m512d a) { return _mm512_mask_sqrt_pd(a, 0xff, a); }  // the plain one warns in g++ 12
#endif
template <int W> static inline LanesOf<W> root(LanesOf<W> a) {
    using Part = typename LanesOf<W>::Part;
    return by_part<LanesOf<W>>([&](int i) -> Part { return root_part(a.part[i]); });
}
template <int W> static inline LanesOf<W> magnitude(LanesOf<W> a) { return maximum(a, -a); }

/// Calls body with the number of lanes as a constant, body(Width<W>).
template <int width> struct Width { static constexpr int value = width; };
template <class Body> static inline void for_width(int width, Body body) {
    switch (width) {
        case 8: return body(Width<8>{});
        case 4: return body(Width<4>{});
        case 2: return body(Width<2>{});
        default: return body(Width<1>{});
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
