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

}  // namespace headroom
