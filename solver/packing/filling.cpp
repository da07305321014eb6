#include "solver/packing/filling.hpp"

#include "solver/lanes/simd_level.hpp"
#include "solver/packing/filling_kernel.hpp"

namespace headroom {

void fill(const PackingRows& rows, FillingRule rule, const FillingPack& pack, FillingWorkspace& workspace) {
    const FillingView view{.row_count = rows.row_count(),
                           .limit_count = rows.limit_count,
                           .start = rows.start.data(),
                           .column = rows.column.data(),
                           .value = rows.value.data(),
                           .lexicographic = rule == FillingRule::lexicographic,
                           .room = pack.room,
                           .first = pack.start,
                           .cap = pack.cap,
                           .reference = pack.reference,
                           .live = pack.live,
                           .limit = pack.limit,
                           .level = pack.level,
                           .stop = pack.stop,
                           .rounds = pack.rounds,
                           .used = workspace.used.data(),
                           .slope = workspace.slope.data(),
                           .rise = workspace.rise.data(),
                           .frozen = workspace.frozen.data()};
    switch (simd_level()) {
        case SimdLevel::avx512: return avx512::fill_kernel(view);
        case SimdLevel::avx2: return avx2::fill_kernel(view);
        case SimdLevel::baseline: return baseline::fill_kernel(view);
    }
}

void multiply(const PackingRows& rows, const double* w, double* product) {
    const ProductView view{rows.row_count(), rows.start.data(), rows.column.data(), rows.value.data(), w, product};
    switch (simd_level()) {
        case SimdLevel::avx512: return avx512::multiply_kernel(view);
        case SimdLevel::avx2: return avx2::multiply_kernel(view);
        case SimdLevel::baseline: return baseline::multiply_kernel(view);
    }
}

}  // namespace headroom
