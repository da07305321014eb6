#pragma once

// The views that cross into the kernels of random numbers: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

struct PhiloxView {
    unsigned key[2];
    unsigned counter[4];  // of the first block in lane 0; word 0 counts up by block, word 1 by lane
    int block_count;
    unsigned long* word;  // [#block x 2 x 8] out: words 0 and 1, 2 and 3 of the block, the first one in the low half
};

struct NormalView {
    int pair_count;
    const unsigned long* word;  // [#pair x 2 x 8] random bits
    double* value;              // [#pair x 2 x 8] out
};

namespace baseline {
void philox_kernel(const PhiloxView& view);
void normal_kernel(const NormalView& view);
}  // namespace baseline
namespace avx2 {
void philox_kernel(const PhiloxView& view);
void normal_kernel(const NormalView& view);
}  // namespace avx2
namespace avx512 {
void philox_kernel(const PhiloxView& view);
void normal_kernel(const NormalView& view);
}  // namespace avx512

}  // namespace headroom
