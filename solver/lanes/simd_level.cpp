#include "solver/lanes/simd_level.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace headroom {
namespace {

SimdLevel best_level() {
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
                        && __builtin_cpu_supports("avx512vl");
    return avx512 ? SimdLevel::avx512 : avx2 ? SimdLevel::avx2 : SimdLevel::baseline;
}

SimdLevel chosen_level() {
    const SimdLevel best = best_level();
    const char* wanted = std::getenv("HEADROOM_SIMD");
    if (wanted == nullptr || *wanted == '\0') return best;
    for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512})
        if (simd_level_name(level) == wanted && level <= best) return level;
    throw std::invalid_argument("HEADROOM_SIMD = '" + std::string(wanted)
                                + "' is not an instruction set of this processor; baseline, avx2 or avx512, at most "
                                + std::string(simd_level_name(best)));
}

}  // namespace

SimdLevel simd_level() {
    static const SimdLevel level = chosen_level();
    return level;
}

std::string_view simd_level_name(SimdLevel level) {
    switch (level) {
        case SimdLevel::avx512: return "avx512";
        case SimdLevel::avx2: return "avx2";
        case SimdLevel::baseline: break;
    }
    return "baseline";
}

}  // namespace headroom
