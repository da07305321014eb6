#include "solver/packing/packing_item.hpp"

#include <algorithm>

namespace headroom {

double share_that_fits(const PackingRows& rows, int row, const PackingItem& item, double used) {
    double start = 0;
    for (int e = rows.start[row]; e < rows.start[row + 1]; ++e) start += rows.value[e] * item.lower[rows.column[e]];
    return used > start ? std::clamp((item.room[row] - start) / (used - start), 0.0, 1.0) : 1.0;
}

void keep_share(int limit_count, const PackingItem& item, double share) {
    for (int c = 0; c < limit_count; ++c) item.w[c] = item.lower[c] + share * (item.w[c] - item.lower[c]);
}

}  // namespace headroom
