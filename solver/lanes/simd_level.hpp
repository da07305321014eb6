#pragma once

#include <string_view>

namespace headroom {

/// Instruction set of the lane kernels, chosen once per process from what the processor has.
///
/// avx2 and avx512 give the same bits (fused multiply-add where written, width changes only the grouping); baseline may
/// differ in the last bits. The environment variable HEADROOM_SIMD (baseline, avx2, avx512) lowers the choice, for
/// tests and comparisons; a name that the processor cannot run is a std::invalid_argument.
enum class SimdLevel { baseline, avx2, avx512 };

SimdLevel simd_level();
std::string_view simd_level_name(SimdLevel level);

/// A kernel source compiled for one instruction set (lanes.hpp).
template <class View> using Kernel = void (*)(const View& view);

/// Runs the one that this process has chosen.
template <class View> void run_kernel(const View& view, Kernel<View> baseline, Kernel<View> avx2, Kernel<View> avx512) {
    switch (simd_level()) {
        case SimdLevel::avx512: return avx512(view);
        case SimdLevel::avx2: return avx2(view);
        case SimdLevel::baseline: return baseline(view);
    }
}

}  // namespace headroom
