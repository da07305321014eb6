#include "formulations/secure/linearised_steps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace headroom {

LinearisedSteps::LinearisedSteps(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
                                 std::size_t first_step, FeederAllocation::Workspace& scratch)
    : LinearisedSteps(feeder, settings, first_step,
                      bases_of(feeder.ac(), series, feeder.linear().run(), first_step, feeder.linear().question()),
                      scratch) {}

LinearisedSteps::LinearisedSteps(const SecureFeeder& feeder, const SecureSettings& settings, std::size_t first_step,
                                 const std::vector<AcBase>& bases, FeederAllocation::Workspace& scratch)
    : feeder_(feeder),
      linear_(feeder.linear()),
      limits_(feeder.ac().limits()),
      first_step_(first_step),
      pack_(feeder, settings, first_step, bases, scratch) {
    for (LinearisedStep& at_base : linearise(feeder.ac(), bases)) {
        const std::size_t lane = steps_.size();
        steps_.push_back(
            {.at_base = std::move(at_base), .violated = {}, .largest = feeder.largest(bases[lane], first_step + lane)});
        judge(steps_.size() - 1);
    }
}

void LinearisedSteps::solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                            std::vector<RowPrice>& prices, FeederAllocation::RowValues* values) {
    for (std::size_t lane = 0; lane < steps_.size(); ++lane) {
        if (has_answer(steps_[lane])) solve_rows(lane);
        publish(lane, row_offset, result, violations, prices);
        if (values != nullptr) store_values(lane, *values);
    }
}

/// Steps share no row, so each is solved alone.
void LinearisedSteps::solve_rows(std::size_t lane) {
    const Step& step = steps_[lane];
    for (const AcRow& row : step.at_base.rows)
        if (can_fill(row, step.largest)) pack_.add(lane, row, true);
    std::array<bool, lane_count> live{};
    live[lane] = true;
    pack_.solve(live);
    pack_.keep(lane, 1.0);
    pack_.forget_rows(lane);
}

/// A base case without a power flow is insecure whatever is asked; one without derivatives has no rows.
void LinearisedSteps::judge(std::size_t lane) {
    Step& step = steps_[lane];
    const LinearisedStep& at_base = step.at_base;
    std::vector<char> passed;
    for (const double excess : at_base.excess) passed.push_back(excess > base_violation ? 1 : 0);
    for (const AcRow& row : at_base.rows)
        if (reach(row, pack_.no_limits(lane)) - row.room > base_violation)
            passed[static_cast<std::size_t>(row.limit)] = 1;
    for (std::size_t l = 0; l < passed.size(); ++l)
        if (passed[l] != 0) step.violated.push_back(static_cast<std::int32_t>(l));
    const bool no_worse = at_base.converged && linear_.question().insecure_base == InsecureBase::no_worse;
    if (!at_base.converged || !step.violated.empty())
        step.status = no_worse ? ItemStatus::solved_no_worse : ItemStatus::insecure_base;
    if (step.status != ItemStatus::insecure_base && !at_base.differentiable) step.status = ItemStatus::uncertified;
}

bool LinearisedSteps::has_answer(const Step& step) {
    return step.status == ItemStatus::solved || step.status == ItemStatus::solved_no_worse;
}

/// [#limit] to first order, of the limits in a box.
std::vector<double> LinearisedSteps::worst_excess(const Step& step, const EnvelopeBox& box) const {
    std::vector<double> worst = step.at_base.excess;
    for (const AcRow& row : step.at_base.rows) {
        double& of_limit = worst[static_cast<std::size_t>(row.limit)];
        of_limit = std::max(of_limit, row.full - row.room + reach(row, box));
    }
    return worst;
}

void LinearisedSteps::list(std::size_t lane, std::int32_t limit, double excess, std::int32_t row_offset,
                           std::vector<Violation>& violations) const {
    const auto l = static_cast<std::size_t>(limit);
    violations.push_back({static_cast<std::int32_t>(first_step_ + lane), static_cast<std::int32_t>(linear_.feeder()),
                          row_offset + limits_.in_rows(l), limits_.value(l, excess), feeder_.table_limit(l).limit});
}

void LinearisedSteps::publish(std::size_t lane, std::int32_t row_offset, EnvelopeResult& result,
                              std::vector<Violation>& violations, std::vector<RowPrice>& prices) {
    Step& step = steps_[lane];
    const std::size_t item = (first_step_ + lane) * result.feeder_count + linear_.feeder();
    const bool answered = has_answer(step), certified = answered && pack_.certify(lane, item, result);
    if (answered && !certified) {
        step.status = ItemStatus::uncertified;
    } else if (step.status == ItemStatus::solved && !pack_.too_full(lane).empty()) {
        step.status = ItemStatus::forecast_not_contained;
    }
    const std::vector<double> base = worst_excess(step, pack_.no_limits(lane));
    for (const std::int32_t limit : step.violated)
        list(lane, limit, base[static_cast<std::size_t>(limit)], row_offset, violations);
    for (const auto& [limit, excess] : pack_.too_full(lane)) list(lane, limit, excess, row_offset, violations);
    pack_.publish(lane, step.status, row_offset, result);
    if (certified) pack_.publish_prices(lane, row_offset, prices);
}

/// Limits that are not watched have no value.
void LinearisedSteps::store_values(std::size_t lane, FeederAllocation::RowValues& values) const {
    const Step& step = steps_[lane];
    const bool published = has_answer(step) || step.status == ItemStatus::forecast_not_contained;
    const std::vector<double> worst =
        published ? worst_excess(step, pack_.box(lane, 1.0))
                  : std::vector<double>(limits_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t l = 0; l < limits_.size(); ++l) {
        const std::size_t place =
            (first_step_ + lane) * linear_.rows().limits().size() + static_cast<std::size_t>(limits_.in_rows(l));
        const double limit = feeder_.table_limit(l).limit;
        values.base[place] = limits_.value(l, step.at_base.excess[l]) / limit;
        values.worst[place] = limits_.value(l, worst[l]) / limit;
    }
}

}  // namespace headroom
