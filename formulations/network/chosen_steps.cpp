#include "formulations/network/chosen_steps.hpp"

#include <algorithm>

namespace headroom {

SeriesSet chosen_steps(const SeriesSet& series, std::span<const std::size_t> steps) {
    SeriesSet chosen;
    chosen.name = series.name;
    for (const std::size_t step : steps) {
        chosen.start.push_back(series.start[step]);
        chosen.end.push_back(series.end[step]);
    }
    for (const auto array : {&SeriesSet::p_forecast, &SeriesSet::q_forecast, &SeriesSet::slack_voltage,
                             &SeriesSet::slack_angle, &SeriesSet::price, &SeriesSet::to_tap}) {
        const std::vector<double>& all = series.*array;
        const std::size_t width = all.size() / std::max<std::size_t>(series.step_count(), 1);
        for (const std::size_t step : steps) {
            const auto row = std::span(all).subspan(step * width, width);
            (chosen.*array).insert((chosen.*array).end(), row.begin(), row.end());
        }
    }
    return chosen;
}

}  // namespace headroom
