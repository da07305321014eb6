#pragma once

// Arithmetic on eight lanes, for kernels only. A kernel source is compiled once per instruction set
// (solver/CMakeLists.txt) with HEADROOM_SIMD_NAMESPACE naming its namespace; it must not instantiate anything that
// other sources share, because the linker would keep one copy and that copy might use instructions that the processor
// lacks. So: this header, plain pointers, nothing else.

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace headroom::HEADROOM_SIMD_NAMESPACE {

using Lanes = double __attribute__((vector_size(64)));
using Mask = long long __attribute__((vector_size(64)));  ///< all bits set: true

static inline Lanes spread(double value) { return Lanes{value, value, value, value, value, value, value, value}; }

static inline Lanes load(const double* pointer) { return *reinterpret_cast<const Lanes*>(pointer); }
static inline void store(double* pointer, Lanes value) { *reinterpret_cast<Lanes*>(pointer) = value; }

/// a * b + c, rounded once where the instruction set has it; one of the two places where bits may differ from baseline.
static inline Lanes fused(Lanes a, Lanes b, Lanes c) {
#if defined(__AVX512F__)
    return reinterpret_cast<Lanes>(
        _mm512_fmadd_pd(reinterpret_cast<__m512d>(a), reinterpret_cast<__m512d>(b), reinterpret_cast<__m512d>(c)));
#elif defined(__AVX2__)
    union Halves {
        Lanes whole;
        __m256d half[2];
    };
    const Halves x{a}, y{b}, z{c};
    Halves result;
    result.half[0] = _mm256_fmadd_pd(x.half[0], y.half[0], z.half[0]);
    result.half[1] = _mm256_fmadd_pd(x.half[1], y.half[1], z.half[1]);
    return result.whole;
#else
    return a * b + c;
#endif
}

static inline Lanes select(Mask mask, Lanes yes, Lanes no) { return mask ? yes : no; }
static inline Lanes minimum(Lanes a, Lanes b) { return a < b ? a : b; }
static inline Lanes maximum(Lanes a, Lanes b) { return a > b ? a : b; }

static inline bool any(Mask mask) {
    long long bits = 0;
    for (int lane = 0; lane < 8; ++lane) bits |= mask[lane];
    return bits != 0;
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
