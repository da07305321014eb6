#include "solver/convex/iterate.hpp"

#include "solver/lanes/simd_level.hpp"

namespace headroom {

void assess(const IterateView& view) {
    run_kernel(view, baseline::assess_kernel, avx2::assess_kernel, avx512::assess_kernel);
}

void predict(const IterateView& view) {
    run_kernel(view, baseline::predict_kernel, avx2::predict_kernel, avx512::predict_kernel);
}

namespace {

void combine(IterateView& view, Addition addition) {
    view.addition = addition;
    run_kernel<IterateView>(view, baseline::combine_kernel, avx2::combine_kernel, avx512::combine_kernel);
}

}  // namespace

void add_corrector(IterateView& view) { combine(view, addition_whole); }

void add_corrector_share(IterateView& view) { combine(view, addition_corrector); }

void add_recentring(IterateView& view) { combine(view, addition_recentring); }

void recentre(const IterateView& view) {
    run_kernel(view, baseline::recentre_kernel, avx2::recentre_kernel, avx512::recentre_kernel);
}

void advance(const IterateView& view) {
    run_kernel(view, baseline::advance_kernel, avx2::advance_kernel, avx512::advance_kernel);
}

}  // namespace headroom
