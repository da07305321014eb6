#include "io/report/replay_summary.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

void raise(std::optional<double>& worst, const std::optional<double>& other) {
    if (other && (!worst || *other > *worst)) worst = other;
}

}  // namespace

ReplaySummary summarise(const ReplayResult& result) {
    ReplaySummary summary;
    summary.items = static_cast<std::int64_t>(result.status.size());
    for (std::size_t item = 0; item < result.status.size(); ++item) {
        ++summary.items_with[static_cast<std::size_t>(result.status[item])];
        summary.violated += result.violated[item] > 0 ? 1 : 0;
        summary.unclean += result.status[item] != ReplayStatus::no_limits && !result.clean(item) ? 1 : 0;
        summary.flows += result.points[item];
    }
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind)
        for (const double excess : result.worst_excess[kind])
            if (!std::isnan(excess)) raise(summary.worst_excess[kind], excess);
    return summary;
}

void add(ReplaySummary& total, const ReplaySummary& part) {
    total.items += part.items;
    for (std::size_t k = 0; k < total.items_with.size(); ++k) total.items_with[k] += part.items_with[k];
    total.violated += part.violated;
    total.unclean += part.unclean;
    total.flows += part.flows;
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind)
        raise(total.worst_excess[kind], part.worst_excess[kind]);
}

}  // namespace headroom
