#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// The rows A w <= h of a packing problem: A >= 0, w >= 0, compressed by rows. One A serves every lane; h differs.
///
/// w = 0 fits iff h >= 0, and w fits iff every smaller w does: so infeasibility is the list of negative h, and the
/// answer to "how much for everyone" needs no solver but a walk upwards (filling.hpp).
struct PackingRows {
    int limit_count = 0;                 ///< columns of A
    std::vector<std::int32_t> start{0};  ///< [#row + 1]
    std::vector<std::int32_t> column;    ///< [#entry] in [0, limit_count), increasing inside a row
    std::vector<double> value;           ///< [#entry] > 0

    int row_count() const { return static_cast<int>(start.size()) - 1; }
};

}  // namespace headroom
