#include "io/import/opendss/base_voltage.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

class Levels {
public:
    Levels(int bus_count, const std::vector<LevelEdge>& edges) : level_(bus_count, 0.0), edges_(edges), at_(bus_count) {
        for (std::size_t k = 0; k < edges.size(); ++k) {
            at_[edges[k].from].push_back(k);
            at_[edges[k].to].push_back(k);
        }
    }

    /// Spreads a level from a bus to all that have none yet; across open switches only if asked.
    void spread(int bus, double level, bool across_open) {
        if (level_[bus] != 0.0) return;
        level_[bus] = level;
        std::vector<int> queue{bus};
        for (std::size_t head = 0; head < queue.size(); ++head) {
            for (const std::size_t k : at_[queue[head]]) {
                const LevelEdge& edge = edges_[k];
                if (!edge.closed && !across_open) continue;
                const bool outward = edge.from == queue[head];
                const int next = outward ? edge.to : edge.from;
                if (level_[next] != 0.0) continue;
                const double rated = outward ? edge.to_level : edge.from_level;
                level_[next] = rated > 0.0 ? rated : level_[queue[head]];
                queue.push_back(next);
            }
        }
    }

    std::ptrdiff_t missing() const { return std::ranges::count(level_, 0.0); }
    std::vector<double>& values() { return level_; }

private:
    std::vector<double> level_;
    const std::vector<LevelEdge>& edges_;
    std::vector<std::vector<std::size_t>> at_;
};

double nearest_base(double level, const std::vector<double>& bases, ImportReport& report) {
    if (bases.empty()) return level;
    const auto distance = [&](double base) { return std::abs(std::log(base / level)); };
    const double best = *std::ranges::min_element(bases, {}, distance);
    if (distance(best) <= std::log(1.2)) return best;
    report.note(fmt::format("no voltage base is near {:g} V phase to neutral: the rated voltage was kept", level));
    return level;
}

}  // namespace

std::vector<double> base_voltages(int bus_count, int source_bus, double source_level,
                                  const std::vector<LevelEdge>& edges, const std::vector<std::pair<int, double>>& seeds,
                                  const std::vector<double>& bases, const std::vector<bool>& fictitious,
                                  ImportReport& report) {
    Levels levels(bus_count, edges);
    levels.spread(source_bus, source_level, false);
    if (levels.missing() > 0) report.note(fmt::format("{} buses are not connected to the source", levels.missing()));
    for (const LevelEdge& edge : edges) {
        if (edge.from_level <= 0.0) continue;
        levels.spread(edge.from, edge.from_level, true);
        levels.spread(edge.to, edge.to_level, true);
    }
    for (const auto& [bus, level] : seeds) levels.spread(bus, level, true);
    for (int bus = 0; bus < bus_count; ++bus) levels.spread(bus, source_level, true);
    std::vector<double> result = std::move(levels.values());
    for (int bus = 0; bus < bus_count; ++bus)
        if (!fictitious[bus]) result[bus] = nearest_base(result[bus], bases, report);
    return result;
}

}  // namespace headroom::opendss
