#include "formulations/flow/row_uncertainty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formulations/flow/loop_currents.hpp"
#include "formulations/flow/path_sums.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

bool is_passive(const Region& region, const LinearNetwork::Customer& customer) {
    return region.customer.active[static_cast<std::size_t>(customer.customer)] == 0;
}

}  // namespace

/// The dual norm (1) of effects, in lanes.
class RowUncertainty::Sum {
public:
    explicit Sum(const RowErrors& errors) : errors_(errors) {}

    /// @param share, watt  what all of a customer's forecast moves, and a watt of it
    void add(std::size_t lane, double share, double watt) {
        share *= errors_.forecast_share;
        watt *= errors_.forecast_kw * watt_per_kilowatt;
        sum_[lane] += errors_.norm == ErrorNorm::box ? share + watt : share * share + watt * watt;
    }
    double value(std::size_t lane) const { return errors_.norm == ErrorNorm::box ? sum_[lane] : std::sqrt(sum_[lane]); }

private:
    const RowErrors& errors_;
    std::array<double, lane_count> sum_{};
};

RowUncertainty::RowUncertainty(const Region& region, std::int64_t feeder, const LinearNetwork& full,
                               const ReducedNetwork& reduced, const RowErrors& errors)
    : errors_(errors),
      full_(full),
      voltage_effects_(reduced.net.monitors.size()),
      flow_effects_(reduced.net.thermals.size()) {
    if (errors.impedance > 0 && !full.closures.empty())
        throw InvalidFeeder(fmt::format("branch '{}' closes a loop, and errors of impedances are known for trees alone",
                                        region.branch.id[static_cast<std::size_t>(full.closures.front().branch)]));
    if (errors.impedance > 0) intervals_.emplace(region, feeder, full, errors.impedance);
    if (!errors.has_forecast()) return;
    find_voltage_effects(region, reduced.net);
    find_flow_effects(region, reduced.net);
}

void RowUncertainty::find_voltage_effects(const Region& region, const LinearNetwork& net) {
    PathSums sums(net);
    const LoopCurrents loops(net);
    for (std::size_t m = 0; m < net.monitors.size(); ++m) {
        const auto& monitor = net.monitors[m];
        const Complex flat = (monitor.pick.transpose() * net.nodes[static_cast<std::size_t>(monitor.node)].flat)(0);
        const Complex factor = 2.0 * std::conj(flat) / (monitor.base * monitor.base);
        const std::vector<PhaseVector>& functional = sums.voltage(monitor.node, monitor.pick);
        const std::vector<Complex> seen = loops.seen_by_voltage(net, monitor.node, monitor.pick, functional);
        const CoefficientErrors interval(*this, m);
        for (std::size_t c = 0; c < net.customers.size(); ++c) {
            if (!is_passive(region, net.customers[c])) continue;
            const PhaseVector& f = functional[static_cast<std::size_t>(net.customers[c].node)];
            Complex moved = (f.transpose() * net.unit_current(net.customers[c]))(0);
            for (std::size_t k = 0; k < seen.size(); ++k) moved += seen[k] * loops.of_customer(c)[k];
            const Complex of_conjugate = factor * moved;
            voltage_effects_[m].push_back({static_cast<std::int32_t>(c), std::conj(of_conjugate), interval.of(c, 1.0),
                                           interval.of(c, Complex(0, -1))});
        }
    }
}

void RowUncertainty::find_flow_effects(const Region& region, const LinearNetwork& net) {
    PathSums sums(net);
    const LoopCurrents loops(net);
    for (std::size_t t = 0; t < net.thermals.size(); ++t) {
        const auto& thermal = net.thermals[t];
        const std::vector<PhaseVector>& functional = sums.flow(thermal.node, thermal.functional);
        const std::vector<Complex> seen = loops.seen_by_flow(functional);
        for (std::size_t c = 0; c < net.customers.size(); ++c) {
            if (!is_passive(region, net.customers[c])) continue;
            const PhaseVector& f = functional[static_cast<std::size_t>(net.customers[c].node)];
            Complex moved = (f.transpose() * net.unit_current(net.customers[c]).conjugate())(0);
            for (std::size_t k = 0; k < seen.size(); ++k) moved += seen[k] * std::conj(loops.of_customer(c)[k]);
            const Complex effect = -moved / thermal.limit;
            if (effect != Complex{}) flow_effects_[t].push_back({static_cast<std::int32_t>(c), effect, 0, 0});
        }
    }
}

RowUncertainty::CoefficientErrors::CoefficientErrors(const RowUncertainty& uncertainty, std::size_t monitor)
    : uncertainty_(uncertainty) {
    if (uncertainty.intervals_) path_ = uncertainty.intervals_->path_of(uncertainty.full_.monitors[monitor]);
}

double RowUncertainty::CoefficientErrors::of(std::size_t customer, Complex unit) const {
    if (!uncertainty_.intervals_) return 0;
    const LinearNetwork::Customer& at = uncertainty_.full_.customers[customer];
    return uncertainty_.intervals_->deviation(path_, at.node, unit * uncertainty_.full_.unit_current(at));
}

RowUncertainty::Workspace RowUncertainty::workspace() const {
    const auto lanes = [](std::size_t slots) { return LaneArray(slots * lane_count, 0.0); };
    return {lanes(voltage_effects_.size()), lanes(flow_effects_.size()), lanes(flow_effects_.size()),
            intervals_ ? intervals_->current_array() : LaneArray()};
}

void RowUncertainty::run(const LaneArray& p, const LaneArray& q, Workspace& work) const {
    if (intervals_) intervals_->currents(p, q, work.current);
    for (std::size_t m = 0; m < voltage_effects_.size(); ++m) {
        double* const out = work.voltage.data() + m * lane_count;
        reach(voltage_effects_[m], 1, 0, p, q, out);
        if (intervals_) intervals_->add_deviation(full_.monitors[m], work.current, out);
    }
    for (std::size_t t = 0; t < flow_effects_.size(); ++t) {
        reach(flow_effects_[t], 1, 0, p, q, work.flow_p.data() + t * lane_count);
        reach(flow_effects_[t], 0, 1, p, q, work.flow_q.data() + t * lane_count);
    }
}

void RowUncertainty::along(std::size_t thermal, double cosine, double sine, const LaneArray& p, const LaneArray& q,
                           double* out) const {
    reach(flow_effects_[thermal], cosine, sine, p, q, out);
}

void RowUncertainty::voltage_by_watt(std::size_t monitor, double factor, std::span<double> by_watt) const {
    for (const Effect& effect : voltage_effects_[monitor])
        by_watt[static_cast<std::size_t>(effect.customer)] = factor * effect.of_power.real();
}

void RowUncertainty::flow_by_watt(std::size_t thermal, double cosine, double sine, std::span<double> by_watt) const {
    for (const Effect& effect : flow_effects_[thermal])
        by_watt[static_cast<std::size_t>(effect.customer)] =
            cosine * effect.of_power.real() + sine * effect.of_power.imag();
}

/// (1) for cosine times the real part of what the effects move plus sine times the imaginary one.
void RowUncertainty::reach(const std::vector<Effect>& effects, double cosine, double sine, const LaneArray& p,
                           const LaneArray& q, double* out) const {
    Sum sum(errors_);
    for (const Effect& effect : effects) {
        const double of_p = cosine * effect.of_power.real() + sine * effect.of_power.imag(),
                     of_q = sine * effect.of_power.real() - cosine * effect.of_power.imag();
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const std::size_t at = static_cast<std::size_t>(effect.customer) * lane_count + lane;
            const double moved = std::abs(of_p * p[at] + of_q * q[at]) + effect.p_error * std::abs(p[at])
                                 + effect.q_error * std::abs(q[at]);
            sum.add(lane, moved, std::abs(of_p) + effect.p_error);
        }
    }
    for (std::size_t lane = 0; lane < lane_count; ++lane) out[lane] = sum.value(lane);
}

}  // namespace headroom
