#include "solver/kkt/kkt_solve.hpp"

#include "solver/lanes/simd_level.hpp"

namespace headroom {

void kkt_factor(const KktView& view) {
    run_kernel(view, baseline::factor_kernel, avx2::factor_kernel, avx512::factor_kernel);
}

void kkt_backward(KktView& view, double* solution) {
    view.solution = solution;
    run_kernel<KktView>(view, baseline::backward_kernel, avx2::backward_kernel, avx512::backward_kernel);
}

void kkt_solve(KktView& view, double* solution) {
    run_kernel<KktView>(view, baseline::forward_kernel, avx2::forward_kernel, avx512::forward_kernel);
    kkt_backward(view, solution);
}

}  // namespace headroom
