#include "solver/convex/pattern_groups.hpp"

#include <cstdint>
#include <unordered_map>

namespace headroom {
namespace {

/// Differs for most patterns that differ; equality decides.
std::uint64_t fingerprint(const ConvexStructure& s) {
    std::uint64_t hash = 1469598103934665603U;
    const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211U; };
    mix(static_cast<std::uint64_t>(s.variable_count));
    for (const auto* part : {&s.rows.start, &s.rows.column, &s.quadratic.start, &s.quadratic.column})
        for (const std::int32_t value : *part) mix(static_cast<std::uint64_t>(value));
    for (const auto* part : {&s.sides, &s.row_sides})
        for (const Sides side : *part) mix(static_cast<std::uint64_t>(side));
    return hash;
}

}  // namespace

std::vector<PatternGroup> group_by_pattern(std::span<const ConvexProblem> problems) {
    std::vector<PatternGroup> groups;
    std::unordered_multimap<std::uint64_t, std::size_t> known;
    for (std::size_t i = 0; i < problems.size(); ++i) {
        const std::uint64_t key = fingerprint(problems[i].structure);
        PatternGroup* home = nullptr;
        const auto [begin, end] = known.equal_range(key);
        for (auto candidate = begin; candidate != end && home == nullptr; ++candidate) {
            PatternGroup& group = groups[candidate->second];
            const ConvexProblem& first = problems[static_cast<std::size_t>(group.members.front())];
            if (first.structure == problems[i].structure) home = &group;
        }
        if (home == nullptr) {
            known.emplace(key, groups.size());
            home = &groups.emplace_back();
        } else {
            const ConvexValues& first = problems[static_cast<std::size_t>(home->members.front())].values;
            home->same_values = home->same_values && first.row_value == problems[i].values.row_value
                                && first.quadratic == problems[i].values.quadratic;
        }
        home->members.push_back(static_cast<int>(i));
    }
    return groups;
}

}  // namespace headroom
