#include "bench/support/yardstick_answers.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>

#include "bench/support/cpu_clock.hpp"
#include "formulations/envelope/allocation.hpp"
#include "formulations/nlp/ac_allocation.hpp"
#include "formulations/units.hpp"
#include "solver/numbers.hpp"

namespace headroom::bench {
namespace {

constexpr double short_run = 0.3;  // seconds; shorter ones are repeated
constexpr int repetitions = 4;

MethodAnswer no_answer(std::string method, const Region& region, const SeriesSet& series) {
    const std::vector<double> unsolved(series.step_count() * region.customer_count(), nan);
    return {std::move(method), {unsolved, unsolved, {}, {}}, std::vector<double>(series.step_count(), nan), 0, ""};
}

/// Limits of one step, by column, to where customers have them.
void put(const FeederAllocation& linear, std::size_t step, std::size_t customers, const std::vector<double>& limit,
         double level, MethodAnswer& answer) {
    const auto columns = linear.rows().columns();
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto& of_kind =
            columns[c].kind == LimitKind::export_power ? answer.limits.export_limit : answer.limits.import_limit;
        const auto customer =
            static_cast<std::size_t>(linear.rows().active()[static_cast<std::size_t>(columns[c].active)]);
        of_kind[step * customers + customer] = watt_per_kilowatt * limit[c];
    }
    answer.merit[step] = merit_of(linear.question().policy, limit, level);
}

/// How often each thing was said.
std::string tally(const std::map<std::string, int>& counts) {
    std::string text;
    for (const auto& [what, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    return text;
}

std::string name(ItemStatus status) {
    switch (status) {
        case ItemStatus::insecure_base: return "insecure base";
        case ItemStatus::forecast_not_contained: return "forecast scaled";
        case ItemStatus::uncertified: return "uncertified";
        case ItemStatus::ac_shrunk: return "shrunk";
        default: return "other";
    }
}

template <class Work> double time_of(Work&& work) {
    const double once = shortest_run(1, work);
    return once < short_run ? std::min(once, shortest_run(repetitions - 1, work)) : once;
}

MethodAnswer by_allocate(const std::string& method, const Region& region, const SeriesSet& series,
                         const AllocationQuestion& question) {
    MethodAnswer answer = no_answer(method, region, series);
    EnvelopeResult result;
    answer.seconds = time_of([&] { result = allocate(region, series, question, {""}, {.threads = 1}); });
    answer.limits.export_limit = result.export_limit;
    answer.limits.import_limit = result.import_limit;
    std::map<std::string, int> remarks;
    for (std::size_t step = 0; step < series.step_count(); ++step) {
        if (result.status[step] != ItemStatus::solved) ++remarks[name(result.status[step])];
        std::vector<double> limits;
        for (const auto* of_kind : {&result.export_limit, &result.import_limit})
            for (std::size_t k = 0; k < region.customer_count(); ++k)
                if (region.customer.active[k] != 0)
                    limits.push_back((*of_kind)[step * region.customer_count() + k] / watt_per_kilowatt);
        answer.merit[step] = merit_of(question.policy, limits, result.level[step]);
    }
    answer.remark = tally(remarks);
    return answer;
}

MethodAnswer by_yardstick(const Region& region, const SeriesSet& series, const AllocationQuestion& question) {
    MethodAnswer answer = no_answer("yardstick", region, series);
    std::map<std::string, int> remarks;
    int rounds = 0, corners = 0;
    answer.seconds = shortest_run(1, [&] {
        const FeederAllocation linear(region, 0, series, question);
        const AcAllocation allocation(region, linear);
        for (std::size_t step = 0; step < series.step_count(); ++step) {
            const AcAllocationAnswer found = allocation.solve(series, step);
            rounds = std::max(rounds, found.rounds);
            corners = std::max(corners, found.corners);
            if (found.status == AcAllocationStatus::solved)
                put(linear, step, region.customer_count(), found.limit, found.objective, answer);
            else
                ++remarks[fmt::format("unsolved ({})", found.reason)];
        }
    });
    answer.remark =
        fmt::format("{}{}{} rounds, {} corners", tally(remarks), remarks.empty() ? "" : "; ", rounds, corners);
    return answer;
}

}  // namespace

double merit_of(Policy policy, const std::vector<double>& limits, double level) {
    double sum = 0, logs = 0;
    for (const double limit : limits) sum += limit, logs += std::log(limit);
    switch (policy) {
        case Policy::total: return sum;
        case Policy::proportional: return std::exp(logs / static_cast<double>(limits.size()));
        default: return level;
    }
}

std::vector<MethodAnswer> answers_of_all_methods(const Region& region, const SeriesSet& series,
                                                 AllocationQuestion question) {
    std::vector<MethodAnswer> answers;
    question.secure = Secure::linear;
    for (const auto& [method, flow] :
         {std::pair{"dc", FlowModel::dc}, std::pair{"lin-dist-flow", FlowModel::lin_dist_flow},
          std::pair{"lin-dist3-flow", FlowModel::lin_dist3_flow},
          std::pair{"linearised-ac", FlowModel::linearised_ac}}) {
        question.flow = flow;
        answers.push_back(by_allocate(method, region, series, question));
    }
    question.flow = FlowModel::lin_dist3_flow;
    question.secure = Secure::ac;
    answers.push_back(by_allocate("corrected in AC", region, series, question));
    answers.push_back(by_yardstick(region, series, question));
    return answers;
}

}  // namespace headroom::bench
