#include "solver/convex/iterate.hpp"

#include "solver/lanes/simd_level.hpp"

namespace headroom {

void assess(const IterateView& view) {
    run_kernel(view, baseline::assess_kernel, avx2::assess_kernel, avx512::assess_kernel);
}

void predict(const IterateView& view) {
    run_kernel(view, baseline::predict_kernel, avx2::predict_kernel, avx512::predict_kernel);
}

void advance(const IterateView& view) {
    run_kernel(view, baseline::advance_kernel, avx2::advance_kernel, avx512::advance_kernel);
}

}  // namespace headroom
