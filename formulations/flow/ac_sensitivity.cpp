#include "formulations/flow/ac_sensitivity.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace headroom {
namespace {

constexpr std::size_t together = 4;  ///< right sides that KLU takes in one pass over its factor

/// Entries in the order in which values come later.
std::vector<MatrixEntry> pattern(const AcNetwork& net) {
    std::vector<MatrixEntry> entries;
    write_jacobian(net, std::vector<LegCurrent>(net.legs.size()), entries);
    return entries;
}

}  // namespace

AcSensitivity::AcSensitivity(const AcPowerFlow& flow)
    : flow_(flow),
      voltage_(static_cast<std::size_t>(flow.slot_count())),
      legs_(flow.network().legs.size()),
      unit_(flow.network().legs.size()),
      entries_(pattern(flow.network())),
      lu_(2 * flow.network().terminals.free_count, entries_),
      adjoint_(together * 2 * static_cast<std::size_t>(flow.network().terminals.free_count)) {}

AcSensitivityStatus AcSensitivity::set_point(const AcInputs& inputs, const AcLanes& lanes, int lane) {
    status_ = AcSensitivityStatus::no_operating_point;
    if (lanes.lane[lane].status != AcStatus::converged) return status_;
    for (std::size_t slot = 0; slot < voltage_.size(); ++slot) {
        const double* at = lanes.voltage.data() + 2 * lane_count * slot;
        voltage_[slot] = {at[lane], at[lane_count + lane]};
    }
    const AcNetwork& net = flow_.network();
    for (std::size_t k = 0; k < net.legs.size(); ++k) {
        const CustomerLeg& leg = net.legs[k];
        const std::size_t at = static_cast<std::size_t>(leg.customer) * lane_count + static_cast<std::size_t>(lane);
        const Complex v = voltage_[leg.head] - voltage_[leg.tail];
        legs_[k] = leg_current(net, leg, flow_.settings(), {inputs.p[at], inputs.q[at]}, v);
        const auto [by_p, by_q] = leg_by_power(leg, flow_.settings(), v);
        unit_[k] = {by_p, by_q};
    }
    write_jacobian(net, legs_, entries_);
    status_ =
        lu_.factorise(entries_) && regular() ? AcSensitivityStatus::ready : AcSensitivityStatus::singular_jacobian;
    return status_;
}

/// Rounding hides a zero pivot, so the factor is asked how the network answers: voltages moved by 1 p.u. change the
/// loads' currents, and these move the voltages again, by x = J^-1 (dI / dV) w. Close to the largest power that the
/// network carries x grows without bound.
bool AcSensitivity::regular() {
    constexpr double edge = 1e6;  // p.u.: with voltages known to 1e-9 derivatives there have lost all but three digits
    constexpr double turn = 2.4;  // rad from node to node, so that w favours no direction
    const AcNetwork& net = flow_.network();
    const auto probe = [&](std::int32_t node) {
        return node < net.terminals.free_count ? std::polar(net.base_voltage[node], turn * node) : Complex(0.0);
    };
    const std::span<double> x(adjoint_.data(), adjoint_.size() / together);
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t k = 0; k < net.legs.size(); ++k) {
        const CustomerLeg& leg = net.legs[k];
        const Complex w = probe(leg.head) - probe(leg.tail);
        const Complex i = legs_[k].by_real * w.real() + legs_[k].by_imaginary * w.imag();
        for (const auto& [node, sign] : {std::pair(leg.head, 1.0), std::pair(leg.tail, -1.0)}) {
            if (node >= net.terminals.free_count) continue;
            x[2 * node] += sign * i.real();
            x[2 * node + 1] += sign * i.imag();
        }
    }
    lu_.solve(x);
    for (std::size_t k = 0; k < x.size(); ++k)
        if (!(std::abs(x[k]) <= edge * net.base_voltage[k / 2])) return false;
    return true;
}

AcSensitivity::Complex AcSensitivity::value(const AcPhasor& phasor) const {
    Complex sum = phasor.constant;
    for (const AcTerm& term : phasor.terms) sum += term.y * (voltage_[term.plus] - voltage_[term.minus]);
    for (const AcPhasor::Leg& leg : phasor.legs) sum += leg.sign * legs_[leg.leg].i;
    return sum;
}

/// Adds what makes Re(factor dV) of a node's voltage.
void AcSensitivity::seed(std::int32_t node, Complex factor, const Row& row) const {
    if (node >= flow_.network().terminals.free_count) return;
    row.adjoint[2 * node] += factor.real();
    row.adjoint[2 * node + 1] -= factor.imag();
}

/// Adds what makes Re(factor dz) of a phasor z.
void AcSensitivity::seed(const AcPhasor& phasor, Complex factor, const Row& row) const {
    for (const AcTerm& term : phasor.terms) {
        seed(term.plus, factor * term.y, row);
        seed(term.minus, -factor * term.y, row);
    }
    for (const AcPhasor::Leg& part : phasor.legs) {
        const CustomerLeg& leg = flow_.network().legs[part.leg];
        const LegCurrent& at = legs_[part.leg];
        const Complex share = factor * part.sign;
        const Complex by_voltage((share * at.by_real).real(), -(share * at.by_imaginary).real());
        seed(leg.head, by_voltage, row);
        seed(leg.tail, -by_voltage, row);
        row.by_p[leg.customer] += (share * unit_[part.leg].by_p).real();
        row.by_q[leg.customer] += (share * unit_[part.leg].by_q).real();
    }
}

double AcSensitivity::seed(const AcQuantity& quantity, const Row& row) const {
    for (const std::span<double>& part : {row.by_p, row.by_q, row.adjoint}) std::fill(part.begin(), part.end(), 0.0);
    Complex s = 0.0;
    for (const auto& [u, i] : quantity.products) s += value(u) * std::conj(value(i));
    const Complex w = quantity.weight(s);
    for (const auto& [u, i] : quantity.products) {
        seed(u, w * std::conj(value(i)), row);
        seed(i, std::conj(w * value(u)), row);
    }
    return quantity.value(s);
}

/// Adds l' dI / ds.
void AcSensitivity::collect(const Row& row) const {
    const AcNetwork& net = flow_.network();
    const auto at = [&](std::int32_t node) {
        return node < net.terminals.free_count ? Complex(row.adjoint[2 * node], row.adjoint[2 * node + 1]) : Complex{};
    };
    for (std::size_t k = 0; k < net.legs.size(); ++k) {
        const CustomerLeg& leg = net.legs[k];
        const Complex across = std::conj(at(leg.head) - at(leg.tail));
        row.by_p[leg.customer] += (across * unit_[k].by_p).real();
        row.by_q[leg.customer] += (across * unit_[k].by_q).real();
    }
}

void AcSensitivity::gradients(std::span<const AcQuantity> quantities, std::span<double> values, std::span<double> by_p,
                              std::span<double> by_q) {
    assert(status_ == AcSensitivityStatus::ready);
    const auto customers = static_cast<std::size_t>(flow_.network().customer_count);
    const std::size_t size = adjoint_.size() / together;
    const std::span<double> adjoint(adjoint_);
    const auto row = [&](std::size_t k) -> Row {
        return {by_p.subspan(k * customers, customers), by_q.subspan(k * customers, customers),
                adjoint.subspan(k % together * size, size)};
    };
    for (std::size_t first = 0; first < quantities.size(); first += together) {
        const std::size_t end = std::min(first + together, quantities.size());
        for (std::size_t k = first; k < end; ++k) values[k] = seed(quantities[k], row(k));
        lu_.solve_transposed(adjoint.first((end - first) * size), static_cast<int>(end - first));
        for (std::size_t k = first; k < end; ++k) collect(row(k));
    }
}

double AcSensitivity::gradient(const AcQuantity& quantity, std::span<double> by_p, std::span<double> by_q) {
    double value = 0.0;
    gradients({&quantity, 1}, {&value, 1}, by_p, by_q);
    return value;
}

}  // namespace headroom
