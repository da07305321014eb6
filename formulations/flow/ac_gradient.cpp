#include "formulations/flow/ac_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

constexpr int sweep_limit = 60;  ///< as long as this costs less than a lane alone

/// The unit of changes: the adjoint's largest entry across customers, who make the gradient. Where they hardly matter
/// rounding sets a limit, a share of the largest one anywhere, which the first change is.
void measure(int sweeps, int lane, AcGradients::Lanes& lanes) {
    constexpr double least = 1e-3;
    if (sweeps == 1) lanes.unit[lane] = least * lanes.change[lane];
    lanes.unit[lane] = std::max(lanes.unit[lane], lanes.size[lane]);
}

/// Freezes lanes that have come to rest, as AcPowerFlow does, and those that run away. The first change is the adjoint
/// without load itself, no measure of how the later ones contract.
void judge(int sweeps, double tolerance, double memory, AcGradients::Lanes& lanes) {
    constexpr double wild = 1e6;  // times the unit
    for (int l = 0; l < lane_count; ++l) {
        if (lanes.frozen[l] != 0.0) continue;
        measure(sweeps, l, lanes);
        const double change = lanes.change[l], enough = tolerance * lanes.unit[l];
        const double ratio = sweeps <= 2 ? 1.0 : change / lanes.last_change[l];
        const double contraction = std::max({ratio, lanes.ratio[l], memory});
        const double moved = sweeps <= 2 ? change : std::max(change, memory * lanes.last_change[l]);
        const bool rests = moved <= 0.01 * enough || moved * contraction <= enough * (1.0 - contraction);
        lanes.ratio[l] = sweeps <= 2 ? 0.0 : ratio;
        lanes.last_change[l] = change;
        lanes.sweeps[l] = sweeps;
        if (rests) lanes.status[l] = AcGradientStatus::ready;
        lanes.frozen[l] = rests || !(change <= wild * lanes.unit[l]) ? 1.0 : 0.0;
    }
}

bool all_frozen(const AcGradients::Lanes& lanes) {
    return std::all_of(lanes.frozen.begin(), lanes.frozen.end(), [](double f) { return f != 0.0; });
}

std::size_t two_rows(int slots) { return static_cast<std::size_t>(slots) * 2 * lane_count; }

}  // namespace

AcGradients::AcGradients(const AcPowerFlow& flow, double tolerance, LoadResponse response)
    : flow_(flow), tolerance_(tolerance), response_(response), loads_(flow.loads()) {
    LaneArray none(loads_.sum_count() * lane_count);
    AcCurrentView view{};
    loads_.describe(none, view);
    constant_count_ = static_cast<std::size_t>(view.to_ground.count + view.between.count);
    voltage_count_ = static_cast<std::size_t>(view.voltage_loads.count + view.curves.count);
    for (const double base : flow.network().base_voltage) inverse_base_.push_back(1.0 / base);
    add_legs();
}

void AcGradients::add_legs() {
    const AcNetwork& net = flow_.network();
    std::vector<const CustomerLeg*> legs;
    for (const CustomerLeg& leg : net.legs) legs.push_back(&leg);
    std::stable_sort(legs.begin(), legs.end(),
                     [](const CustomerLeg* a, const CustomerLeg* b) { return a->customer < b->customer; });
    leg_end_.assign(static_cast<std::size_t>(net.customer_count), 0);
    const auto add_shares = [](const CustomerLeg& leg, const LoadShares& shares, std::vector<double>& all) {
        const double scale = leg.share / (leg.rated_voltage * leg.rated_voltage);
        for (std::size_t k = 0; k < 3; ++k) {
            all.push_back(shares.p[k] * scale);
            all.push_back(shares.q[k] * scale);
        }
    };
    for (const CustomerLeg* leg : legs) {
        leg_head_.push_back(leg->head);
        leg_tail_.push_back(leg->tail);
        inverse_rated_.push_back(1.0 / leg->rated_voltage);
        add_shares(*leg, leg->inside, inside_);
        if (flow_.settings().window) add_shares(*leg, leg->outside, outside_);
        ++leg_end_[static_cast<std::size_t>(leg->customer)];
    }
    for (std::size_t c = 1; c < leg_end_.size(); ++c) leg_end_[c] += leg_end_[c - 1];
}

AcGradients::Lanes AcGradients::lanes() const {
    const auto customers = static_cast<std::size_t>(flow_.network().customer_count);
    Lanes lanes{};
    lanes.by_p.assign(customers * lane_count, 0.0);
    lanes.by_q.assign(customers * lane_count, 0.0);
    lanes.adjoint.assign(two_rows(flow_.slot_count()), 0.0);
    lanes.seed.assign(two_rows(flow_.slot_count() - flow_.factor().first()), 0.0);
    lanes.right = lanes.seed;
    lanes.load.assign(loads_.sum_count() * lane_count, 0.0);
    lanes.constant_slope.assign(constant_count_ * 2 * lane_count, 0.0);
    lanes.voltage_slope.assign(voltage_count_ * 4 * lane_count, 0.0);
    lanes.curve_answer.assign(loads_.curve_count() * curve_rows * lane_count, 0.0);
    lanes.status.fill(AcGradientStatus::not_asked);
    return lanes;
}

AcAdjointView AcGradients::adjoint_view(const AcInputs& inputs, const AcLanes& voltages, Lanes& lanes) const {
    loads_.add(inputs.p, inputs.q, lanes.load);
    AcAdjointView view{};
    loads_.describe(lanes.load, view.loads);
    view.loads.voltage = voltages.voltage.data();
    view.loads.first = flow_.factor().first();
    view.loads.right = lanes.right.data();
    view.constant_slope = lanes.constant_slope.data();
    view.voltage_slope = lanes.voltage_slope.data();
    view.curve_answer = lanes.curve_answer.data();
    view.adjoint = lanes.adjoint.data();
    view.seed = lanes.seed.data();
    view.inverse_base = inverse_base_.data();
    view.size = lanes.size.data();
    return view;
}

AcCollectView AcGradients::collect_view(const AcLanes& voltages, Lanes& lanes) const {
    const LoadWindow window = flow_.settings().window.value_or(LoadWindow{});
    return {static_cast<int>(leg_end_.size()),
            leg_end_.data(),
            leg_head_.data(),
            leg_tail_.data(),
            inverse_rated_.data(),
            inside_.data(),
            flow_.settings().window ? outside_.data() : nullptr,
            window.v_min,
            window.v_max,
            window.v_low,
            voltages.voltage.data(),
            lanes.adjoint.data(),
            lanes.wanted.data(),
            lanes.by_p.data(),
            lanes.by_q.data()};
}

/// Adds what makes Re(factor dV) of a node's voltage.
void AcGradients::seed(std::int32_t node, Complex factor, int lane, Lanes& lanes) const {
    if (node >= flow_.network().terminals.free_count) return;
    if (!flow_.is_read(node))
        throw std::invalid_argument("a quantity reads a node that nothing keeps; name its bus in kept_buses");
    double* at = lanes.seed.data() + two_rows(node - flow_.factor().first());
    at[lane] += factor.real();
    at[lane_count + lane] += factor.imag();
}

/// Adds what makes Re(factor dz) of a phasor z, and the part of it that does not go through voltages.
void AcGradients::seed(const AcLanePoint& point, const AcPhasor& phasor, Complex factor, int lane, Lanes& lanes) const {
    for (const AcTerm& term : phasor.terms) {
        seed(term.plus, factor * term.y, lane, lanes);
        seed(term.minus, -factor * term.y, lane, lanes);
    }
    for (const AcPhasor::Leg& part : phasor.legs) {
        const CustomerLeg& leg = flow_.network().legs[part.leg];
        const LegCurrent current = point.leg(part.leg);
        const auto [by_p, by_q] = point.leg_by_power(part.leg);
        const Complex share = factor * part.sign;
        if (response_ == LoadResponse::follows) {
            const Complex by_voltage((share * current.by_real).real(), -(share * current.by_imaginary).real());
            seed(leg.head, by_voltage, lane, lanes);
            seed(leg.tail, -by_voltage, lane, lanes);
        }
        const std::size_t at = static_cast<std::size_t>(leg.customer) * lane_count + static_cast<std::size_t>(lane);
        lanes.by_p[at] += (share * by_p).real();
        lanes.by_q[at] += (share * by_q).real();
    }
}

/// Value and dg = Re(w dS).
void AcGradients::seed(const AcLanePoint& point, const AcQuantity& quantity, int lane, Lanes& lanes) const {
    const Complex s = point.product(quantity);
    const Complex w = quantity.weight(s);
    for (const auto& [u, i] : quantity.products) {
        seed(point, u, w * std::conj(point.value(i)), lane, lanes);
        seed(point, i, std::conj(w * point.value(u)), lane, lanes);
    }
    lanes.value[lane] = quantity.value(s);
}

/// Which lanes are asked, and their seeds.
void AcGradients::start(const AcInputs& inputs, const AcLanes& voltages, Quantities quantity, Lanes& lanes) const {
    for (LaneArray* array : {&lanes.by_p, &lanes.by_q}) std::fill(array->begin(), array->end(), 0.0);
    // Nothing else is read before it is written; ground and slack stay zero.
    for (const std::int32_t slot : flow_.read_slots()) {
        std::fill_n(lanes.adjoint.begin() + static_cast<std::ptrdiff_t>(two_rows(slot)), two_rows(1), 0.0);
        std::fill_n(lanes.seed.begin() + static_cast<std::ptrdiff_t>(two_rows(slot - flow_.factor().first())),
                    two_rows(1), 0.0);
    }
    lanes.sweeps.fill(0);
    lanes.alone.fill(false);
    lanes.ratio.fill(0.0);
    lanes.value.fill(not_given);
    for (int l = 0; l < lane_count; ++l) {
        const bool asked = l < inputs.count && quantity[l] != nullptr;
        const bool here = asked && voltages.lane[l].status == AcStatus::converged;
        lanes.status[l] = asked ? AcGradientStatus::no_operating_point : AcGradientStatus::not_asked;
        lanes.frozen[l] = here ? 0.0 : 1.0;
        lanes.wanted[l] = here ? 1.0 : 0.0;
        if (here) seed(AcLanePoint(flow_, inputs, voltages, l), *quantity[l], l, lanes);
    }
}

void AcGradients::solve_alone(const AcInputs& inputs, const AcLanes& voltages, const AcQuantity& quantity, int lane,
                              Lanes& lanes) const {
    if (!lanes.exact) {
        lanes.exact = std::make_unique<AcSensitivity>(flow_);
        lanes.exact_by_p.resize(leg_end_.size());
        lanes.exact_by_q.resize(leg_end_.size());
    }
    lanes.alone[lane] = true;
    const bool ready = lanes.exact->set_point(inputs, voltages, lane) == AcSensitivityStatus::ready;
    lanes.status[lane] = ready ? AcGradientStatus::ready : AcGradientStatus::singular_jacobian;
    if (ready)
        lanes.exact->gradient(quantity, lanes.exact_by_p, lanes.exact_by_q);
    else
        lanes.value[lane] = not_given;
    for (std::size_t c = 0; c < leg_end_.size(); ++c) {
        const std::size_t at = c * lane_count + static_cast<std::size_t>(lane);
        lanes.by_p[at] = ready ? lanes.exact_by_p[c] : not_given;
        lanes.by_q[at] = ready ? lanes.exact_by_q[c] : not_given;
    }
}

void AcGradients::evaluate(const AcInputs& inputs, const AcLanes& voltages, Quantities quantity, Lanes& lanes) const {
    start(inputs, voltages, quantity, lanes);
    AcAdjointView adjoint = adjoint_view(inputs, voltages, lanes);
    if (response_ == LoadResponse::follows)  // else slopes stay the zeros of lanes()
        run_kernel(adjoint, baseline::ac_slope_kernel, avx2::ac_slope_kernel, avx512::ac_slope_kernel);
    const LdlView ldl =
        flow_.read_view(lanes.right.data(), lanes.adjoint.data(), lanes.frozen.data(), lanes.change.data());
    for (int k = 1; k <= sweep_limit && !all_frozen(lanes); ++k) {
        adjoint.loads.curves.sweep = k;
        run_kernel(adjoint, baseline::ac_adjoint_kernel, avx2::ac_adjoint_kernel, avx512::ac_adjoint_kernel);
        LaneLdl::solve(ldl);
        judge(k, tolerance_, loads_.memory(), lanes);
    }
    run_kernel(collect_view(voltages, lanes), baseline::ac_collect_kernel, avx2::ac_collect_kernel,
               avx512::ac_collect_kernel);
    for (int l = 0; l < lane_count; ++l)
        if (lanes.wanted[l] != 0.0 && lanes.status[l] != AcGradientStatus::ready)
            solve_alone(inputs, voltages, *quantity[l], l, lanes);
}

}  // namespace headroom
