#pragma once

// The view that crosses into the kernel: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

/// Differences of scaled entries that are rounding: both positions use the row alike.
inline constexpr double market_dust = 1e-12;

/// Smallest rest / (up - down) over the rows where up - down > market_dust; the first such row among equals.
struct MarketView {
    const double *rest, *up, *down;  // [row_count], 64-byte boundaries
    int row_count;                   // whole lanes
    double* quantity;                // [1] out; +inf if no row stands in the way
    int* row;                        // [1] out; -1: none
};

namespace baseline {
void market_room_kernel(const MarketView& view);
}
namespace avx2 {
void market_room_kernel(const MarketView& view);
}
namespace avx512 {
void market_room_kernel(const MarketView& view);
}

}  // namespace headroom
