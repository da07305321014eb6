#include "formulations/state/feeder_state.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "formulations/flow/ac_step.hpp"

namespace headroom {
namespace {

std::complex<double> value_at(const LaneArray& array, std::int32_t row, int lane) {
    const double* at = array.data() + static_cast<std::ptrdiff_t>(row) * 2 * lane_count;
    return {at[lane], at[lane_count + lane]};
}

double at(const LaneArray& array, std::size_t row, int lane) {
    return array[row * lane_count + static_cast<std::size_t>(lane)];
}

AcSettings at_taps(AcSettings settings, TapPositions taps) {
    settings.taps = taps;
    return settings;
}

}  // namespace

FeederState::FeederState(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                         const TerminalTable& terminals, const AcSettings& settings)
    : region_(region),
      series_(series),
      run_(run),
      terminals_(terminals),
      feeder_(static_cast<std::size_t>(feeder)),
      reach_(feeder_reach(region, feeder)),
      flow_(region, feeder, at_taps(settings, run.taps)),
      branch_flow_(region, flow_),
      limits_(state_limits(region, flow_, reach_)),
      watch_(flow_, limits_.quantities),
      first_terminal_(terminals.first_of(region, feeder_)),
      branch_first_(region.feeder.branch_offset[feeder_]) {
    for (std::int64_t t = first_terminal_; t < terminals.first_of(region, feeder_ + 1); ++t) {
        const auto row = static_cast<std::size_t>(t);
        slot_.push_back(flow_.slot(terminals.bus[row], terminals.conductor[row]));
    }
    for (std::int64_t k = branch_first_; k < region.feeder.branch_offset[feeder_ + 1]; ++k)
        for (int c = 0; c < conductor_count; ++c)
            current_row_.push_back(branch_flow_.current(k, reach_.sending_side(region, k), c));
}

FeederState::Workspace FeederState::workspace() const {
    return {.inputs = flow_.inputs(), .lanes = flow_.lanes(), .flows = branch_flow_.lanes(), .value = watch_.values()};
}

void FeederState::solve_steps(std::size_t first, Workspace& work, const Target& target) const {
    const std::size_t left = run_.end - first;
    work.inputs.count = static_cast<int>(std::min<std::size_t>(lane_count, left));
    for (int lane = 0; lane < work.inputs.count; ++lane)
        set_lane(region_, flow_.network(), series_, first + static_cast<std::size_t>(lane), lane, work.inputs);
    flow_.solve(work.inputs, work.lanes);
    branch_flow_.evaluate(work.inputs, work.lanes, work.flows);
    watch_.evaluate(work.inputs, work.lanes, work.value);
    for (int lane = 0; lane < work.inputs.count; ++lane)
        tell(first + static_cast<std::size_t>(lane), lane, work, target);
}

void FeederState::tell(std::size_t step, int lane, const Workspace& work, const Target& target) const {
    StateResult& result = target.result;
    const std::size_t item = result.item(step, feeder_);
    const AcLane& answer = work.lanes.lane[static_cast<std::size_t>(lane)];
    if (answer.status != AcStatus::converged) {
        tell_divergence(item, answer, result);
        return;
    }
    result.status[item] = StateStatus::solved;
    result.loss[item] = work.flows.loss_p(lane);
    result.head_power[item] = work.flows.head_p(lane);
    result.head_reactive_power[item] = work.flows.head_q(lane);
    tell_voltages(item, lane, work.value, target);
    tell_ratings(item, lane, work.value, target);
    if (target.block == nullptr) return;
    keep_voltages(step, lane, work.lanes, *target.block);
    keep_currents(step, lane, work.flows, *target.block);
}

void FeederState::tell_divergence(std::size_t item, const AcLane& lane, StateResult& result) const {
    result.status[item] = StateStatus::diverged;
    result.mismatch[item] = lane.mismatch;
    result.mismatch_terminal[item] = terminals_.row(lane.bus, lane.conductor);
}

void FeederState::tell_voltages(std::size_t item, int lane, const LaneArray& value, const Target& target) const {
    StateResult& result = target.result;
    double &lowest = result.lowest_voltage[item], &highest = result.highest_voltage[item];
    for (std::size_t v = 0; v < limits_.voltage_count; ++v) {
        const double base = limits_.base[v], voltage = at(value, v, lane) / base;
        const std::size_t upper = limits_.voltage_max_row(v), lower = limits_.voltage_min_row(v);
        if (!(voltage >= lowest)) {
            lowest = voltage;
            result.lowest_row[item] = static_cast<std::int32_t>(target.first_row + lower);
        }
        if (!(voltage <= highest)) {
            highest = voltage;
            result.highest_row[item] = static_cast<std::int32_t>(target.first_row + upper);
        }
        const bool above = voltage > limits_.limits[upper].limit / base + passed_excess,
                   below = voltage < limits_.limits[lower].limit / base - passed_excess;
        result.outside_band[item] += above || below ? 1 : 0;
    }
}

void FeederState::tell_ratings(std::size_t item, int lane, const LaneArray& value, const Target& target) const {
    StateResult& result = target.result;
    double& highest = result.highest_loading[item];
    for (std::size_t q = limits_.voltage_count; q < limits_.quantities.size(); ++q) {
        const double loading = at(value, q, lane) / limits_.base[q];
        if (!(loading <= highest)) {
            highest = loading;
            result.fullest_row[item] = static_cast<std::int32_t>(target.first_row + limits_.rating_row(q));
        }
        result.over_rating[item] += loading > 1 + passed_excess ? 1 : 0;
    }
}

void FeederState::keep_voltages(std::size_t step, int lane, const AcLanes& lanes, StateBlock& block) const {
    constexpr double degrees = 180.0 / std::numbers::pi;
    const std::size_t begin = step * static_cast<std::size_t>(block.terminal_count)
                              + static_cast<std::size_t>(first_terminal_ - block.first_terminal);
    for (std::size_t t = 0; t < slot_.size(); ++t) {
        if (slot_[t] < 0) continue;
        const std::complex<double> voltage = value_at(lanes.voltage, slot_[t], lane);
        block.voltage[begin + t] = std::abs(voltage);
        block.angle[begin + t] = std::arg(voltage) * degrees;
    }
}

void FeederState::keep_currents(std::size_t step, int lane, const AcFlowLanes& flows, StateBlock& block) const {
    const std::size_t begin = (step * static_cast<std::size_t>(block.branch_count)
                               + static_cast<std::size_t>(branch_first_ - block.first_branch))
                              * conductor_count;
    for (std::size_t k = 0; k < current_row_.size(); ++k)
        if (current_row_[k] >= 0) block.current[begin + k] = std::abs(value_at(flows.current, current_row_[k], lane));
}

}  // namespace headroom
