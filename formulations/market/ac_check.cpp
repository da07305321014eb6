#include "formulations/market/ac_check.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "formulations/network/chosen_steps.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

ReplaySettings searched_points() { return {.random_corners = 0, .random_points = 0}; }

}  // namespace

ReplayedLimits replayed_limits(const std::array<std::vector<double>, position_kind_count>& limits) {
    return {limits[0], limits[1], limits[2], limits[3]};
}

AcQuestion ac_question(const Region& region, const std::array<std::vector<double>, position_kind_count>& limits,
                       std::size_t feeder, std::size_t step) {
    AcQuestion question{feeder, step, {}};
    for (std::size_t kind = 0; kind < 4; ++kind) {
        if (limits[kind].empty()) continue;
        const auto row = limits[kind].begin() + static_cast<std::ptrdiff_t>(step * region.customer_count());
        question.limits[kind].assign(row + region.feeder.customer_offset[feeder],
                                     row + region.feeder.customer_offset[feeder + 1]);
    }
    return question;
}

ReplayResult AcCheck::replay_all(const ReplayedLimits& limits) const {
    return replay(region_, series_, question_.envelope, limits, faults_, searched_points(), run_);
}

std::vector<double> AcCheck::excess_of(const std::vector<AcQuestion>& questions) const {
    std::vector<std::size_t> steps;
    std::vector<std::string> faults(region_.feeder_count(), "not asked");
    for (const AcQuestion& question : questions) {
        steps.push_back(question.step);
        faults[question.feeder] = faults_[question.feeder];
    }
    std::ranges::sort(steps);
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    const auto place_of = [&](std::size_t step) {
        return static_cast<std::size_t>(std::ranges::lower_bound(steps, step) - steps.begin());
    };
    const std::size_t size = steps.size() * region_.customer_count();
    ReplayedLimits limits;
    std::vector<double>* of_kind[] = {&limits.export_limit, &limits.import_limit, &limits.q_inject_limit,
                                      &limits.q_absorb_limit};
    for (std::size_t kind = 0; kind < 4; ++kind)
        if (kind < 2 || (!questions.empty() && !questions.front().limits[kind].empty()))
            of_kind[kind]->assign(size, nan);
    for (const AcQuestion& question : questions) {
        const std::size_t begin = place_of(question.step) * region_.customer_count()
                                  + static_cast<std::size_t>(region_.feeder.customer_offset[question.feeder]);
        for (std::size_t kind = 0; kind < 4; ++kind)
            std::ranges::copy(question.limits[kind], of_kind[kind]->begin() + static_cast<std::ptrdiff_t>(begin));
    }
    const SeriesSet some = chosen_steps(series_, steps);
    const ReplayResult replayed = replay(region_, some, question_.envelope, limits, faults, searched_points(), run_);
    std::vector<double> excess;
    for (const AcQuestion& question : questions) {
        const std::size_t item = place_of(question.step) * region_.feeder_count() + question.feeder;
        excess.push_back(replayed.status[item] == ReplayStatus::replayed ? replayed.excess(item) : nan);
    }
    return excess;
}

std::vector<std::int64_t> same_limits(const RowTable& rows, const RowTable& other,
                                      std::pair<std::size_t, std::size_t> range) {
    using Key = std::tuple<RowKind, std::int32_t, std::int32_t, std::string>;
    std::map<Key, std::int64_t> row_of;
    for (std::size_t r = range.first; r < range.second; ++r)
        row_of[{other.kind[r], other.bus[r], other.branch[r], other.phases[r]}] = static_cast<std::int64_t>(r);
    std::vector<std::int64_t> same;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto found = row_of.find({rows.kind[r], rows.bus[r], rows.branch[r], rows.phases[r]});
        same.push_back(found == row_of.end() ? -1 : found->second);
    }
    return same;
}

std::vector<double> ac_values(const ReplayResult& replayed, std::size_t feeder, const SecurityRows& rows) {
    const auto feeder_row = static_cast<std::int32_t>(feeder);
    RowTable own;
    own.add(feeder_row, rows.limits());
    const std::vector<std::int64_t> row_of = same_limits(own, replayed.rows, replayed.rows.rows_of(feeder_row));
    std::vector<double> values(replayed.step_count * own.size(), nan);
    for (std::size_t l = 0; l < own.size(); ++l)
        for (std::size_t step = 0; step < replayed.step_count && row_of[l] >= 0; ++step)
            values[step * own.size() + l] =
                replayed.worst_value[step * replayed.rows.size() + static_cast<std::size_t>(row_of[l])];
    return values;
}

}  // namespace headroom
