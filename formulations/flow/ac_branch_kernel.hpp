#pragma once

// The view that crosses into the kernel of branch currents: plain pointers only (solver/lanes/lanes.hpp says why).
// Complex arrays are [slot x (real, imaginary) x 8 lanes].

namespace headroom {

struct AcBranchView {
    int count;
    const int *node, *term_end;  // [#current]: current k is the sum of terms from term_end[k - 1] to term_end[k]
    const int *plus, *minus;     // [#term] slots
    const double* y;             // [#term x (real, imaginary)]
    int slack_first;             // slots from here on are the slack bus's
    const double* voltage;
    double* current;  // [#current x 2 x 8] out
    double* totals;   // [4 x 8] out: P and Q that enter branches and shunts at all nodes, and at the slack bus alone
};

namespace baseline {
void ac_branch_kernel(const AcBranchView& view);
}
namespace avx2 {
void ac_branch_kernel(const AcBranchView& view);
}
namespace avx512 {
void ac_branch_kernel(const AcBranchView& view);
}

}  // namespace headroom
