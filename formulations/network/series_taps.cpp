#include "formulations/network/series_taps.hpp"

namespace headroom {

std::vector<double> standing_taps(const TransformerColumns& transformer, std::size_t step_count) {
    std::vector<double> taps;
    taps.reserve(step_count * 3 * transformer.to_tap.size());
    for (std::size_t step = 0; step < step_count; ++step)
        for (const std::array<double, 3>& coils : transformer.to_tap)
            taps.insert(taps.end(), coils.begin(), coils.end());
    return taps;
}

std::int64_t tap_moves(const SeriesSet& series) {
    if (series.to_tap.empty()) return 0;
    const std::size_t width = series.to_tap.size() / series.step_count();
    std::int64_t moves = 0;
    for (std::size_t k = width; k < series.to_tap.size(); ++k)
        if (series.to_tap[k] != series.to_tap[k - width]) ++moves;
    return moves;
}

}  // namespace headroom
