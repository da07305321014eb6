// What the rows leave for a trade; market_rows.hpp. Compiled once per instruction set.

#include "formulations/market/market_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;
constexpr double infinity = __builtin_inf();

}  // namespace

void market_room_kernel(const MarketView& v) {
    alignas(64) double least[W], where[W];
    for (int lane = 0; lane < W; ++lane) where[lane] = lane;
    Lanes row = load(where), best = spread(infinity), best_row = spread(-1);
    for (int r = 0; r < v.row_count; r += W) {
        const Lanes difference = load(v.up + r) - load(v.down + r);
        const Lanes stands = load(v.rest + r) / difference;
        const Lanes quantity = select(difference > spread(market_dust), stands, spread(infinity));
        const Mask closer = quantity < best;
        best = select(closer, quantity, best);
        best_row = select(closer, row, best_row);
        row = row + spread(W);
    }
    store(least, best);
    store(where, best_row);
    int lane = 0;
    for (int k = 1; k < W; ++k)
        if (least[k] < least[lane] || (least[k] == least[lane] && where[k] < where[lane])) lane = k;
    *v.quantity = least[lane];
    *v.row = static_cast<int>(where[lane]);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
