#include "formulations/network/tap_moves.hpp"

namespace headroom {

std::int64_t tap_moves(const SeriesSet& series) {
    if (series.to_tap.empty()) return 0;
    const std::size_t width = series.to_tap.size() / series.step_count();
    std::int64_t moves = 0;
    for (std::size_t k = width; k < series.to_tap.size(); ++k)
        if (series.to_tap[k] != series.to_tap[k - width]) ++moves;
    return moves;
}

}  // namespace headroom
