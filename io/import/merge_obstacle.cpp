#include "io/import/merge_obstacle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "io/import/csv/csv_value.hpp"
#include "io/report/counted.hpp"

namespace headroom {
namespace {

std::string axis_text(const SeriesSet& series) {
    return fmt::format("{} from {} to {}, the first of {} s", counted(series.step_count(), "step"),
                       csv::time_text(series.start.front()), csv::time_text(series.end.back()),
                       series.end.front() - series.start.front());
}

std::vector<std::string> names_of(const std::vector<SeriesSet>& series) {
    std::vector<std::string> names;
    for (const SeriesSet& set : series) names.push_back(set.name);
    return names;
}

std::string axis_obstacle(const SeriesSet& first, const SeriesSet& second) {
    if (first.start != second.start || first.end != second.end) {
        const std::string theirs = axis_text(second), ours = axis_text(first);
        return theirs == ours ? fmt::format("its series '{}' has other steps in between", first.name)
                              : fmt::format("its series '{}' has {}, not {}", first.name, theirs, ours);
    }
    if (first.price.empty() == second.price.empty()) return "";
    return fmt::format("its series '{}' has {}prices of energy", first.name, second.price.empty() ? "no " : "");
}

}  // namespace

bool has_money(const Region& region) {
    return region.order_count() > 0
           || std::ranges::any_of(region.series, [](const SeriesSet& series) { return !series.price.empty(); });
}

std::string merge_obstacle(const Region& first, const Region& second) {
    const std::vector<std::string> ours = names_of(first.series), theirs = names_of(second.series);
    if (ours != theirs)
        return fmt::format("it has the series {}, not {}", fmt::join(theirs, ", "), fmt::join(ours, ", "));
    for (std::size_t s = 0; s < first.series.size(); ++s)
        if (std::string obstacle = axis_obstacle(first.series[s], second.series[s]); !obstacle.empty()) return obstacle;
    return "";
}

}  // namespace headroom
