#include "formulations/flow/ac_power_flow.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/flow/ac_newton.hpp"
#include "formulations/flow/ac_reduction.hpp"
#include "formulations/flow/curve_response.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;

constexpr int curve_sweeps = 2;  ///< times as many sweeps where Volt-VAr curves are

/// Gives nodes the numbers of their places in elimination order.
void renumber(AcNetwork& net, std::span<const std::int32_t> position) {
    const auto moved = [&](std::int32_t& node) {
        if (node >= 0 && node < static_cast<std::int32_t>(position.size())) node = position[node];
    };
    AcTerminals& terminals = net.terminals;
    const std::vector<AcTerminals::Place> place = terminals.place;
    const std::vector<double> base = net.base_voltage;
    for (std::size_t k = 0; k < position.size(); ++k) {
        terminals.place[position[k]] = place[k];
        net.base_voltage[position[k]] = base[k];
    }
    for (std::int32_t& node : terminals.node) moved(node);
    for (auto& stars : terminals.star_node)
        for (std::int32_t& node : stars) moved(node);
    for (auto& nodes : terminals.ungrounded)
        for (std::int32_t& node : nodes) moved(node);
    for (AcCurrent& current : net.equations.currents) moved(current.node);
    for (AcTerm& term : net.equations.terms) moved(term.plus), moved(term.minus);
    for (CustomerLeg& leg : net.legs) moved(leg.head), moved(leg.tail);
    // A sweep walks its slots in one direction.
    std::stable_sort(net.legs.begin(), net.legs.end(),
                     [](const CustomerLeg& a, const CustomerLeg& b) { return a.head < b.head; });
}

void sweep(const AcCurrentView& currents, const LdlView& ldl) {
    run_kernel(currents, baseline::ac_current_kernel, avx2::ac_current_kernel, avx512::ac_current_kernel);
    LaneLdl::solve(ldl);
}

bool all_frozen(const AcLanes& lanes) {
    return std::all_of(lanes.frozen.begin(), lanes.frozen.end(), [](double f) { return f != 0.0; });
}

/// Freezes lanes that have come to rest, and those that run away. What is left of the way is taken for a geometric sum
/// by the larger of the last two ratios of changes.
/// @param memory  what of the last change counts beside this one: where curves follow with a lag changes go up and down
void judge(int sweeps, double tolerance, double memory, AcLanes& lanes) {
    constexpr double wild = 10.0;  // p.u.: no voltage of a network moves like that
    for (int l = 0; l < lane_count; ++l) {
        if (lanes.frozen[l] != 0.0) continue;
        AcLane& lane = lanes.lane[l];
        const double change = lanes.change[l], ratio = sweeps == 1 ? 1.0 : change / lane.change;
        const double contraction = std::max({ratio, lanes.ratio[l], memory});
        const double moved = sweeps == 1 ? change : std::max(change, memory * lane.change);
        const bool rests = moved <= 0.01 * tolerance || moved * contraction <= tolerance * (1.0 - contraction);
        if (sweeps > 1) lanes.ratio[l] = ratio;
        lane.sweeps = sweeps;
        lane.change = change;
        if (rests) lane.status = AcStatus::converged;
        lanes.frozen[l] = rests || !(change < wild) ? 1.0 : 0.0;
    }
}

double* at(LaneArray& array, std::int32_t slot) { return array.data() + 2 * lane_count * slot; }

Complex lane_value(const LaneArray& array, std::int32_t slot, int lane) {
    const double* value = array.data() + 2 * lane_count * slot;
    return {value[lane], value[lane_count + lane]};
}

/// Without pivoting nothing promises digits: the factor must find voltages again that are known.
void check_factor(const AcNetwork& net, const ComplexLdl& ldl) {
    constexpr double enough = 1e-5;  // p.u.; a zero sequence that millionths hold may have no more than seven digits
    std::vector<Complex> x(static_cast<std::size_t>(ldl.size()), 0.0);
    for (const ComplexEntry& entry : net.admittance()) {
        x[entry.i] += entry.value * net.base_voltage[entry.j];
        if (entry.i != entry.j) x[entry.j] += entry.value * net.base_voltage[entry.i];
    }
    if (ldl.regular()) ldl.solve(x);
    for (std::size_t k = 0; k < x.size(); ++k)
        if (!ldl.regular() || !(std::abs(x[k] / net.base_voltage[k] - 1.0) <= enough))
            throw InvalidFeeder("the admittance matrix of the feeder is singular, or its entries are too far apart");
}

}  // namespace

struct AcPowerFlow::Plan {
    AcNetwork network;
    LaneLdl ldl;
    std::vector<char> is_read;           ///< [#free]
    std::vector<double> curve_response;  ///< curve_response.hpp

    static Plan make(const Region& region, std::int64_t feeder, const AcSettings& settings,
                     std::span<const std::int32_t> kept_buses) {
        AcNetwork net = ac_network(region, feeder, settings.taps);
        const AcReduction nodes = reduced(net, kept_buses);
        const ComplexLdl ldl(net.terminals.free_count, net.admittance(), nodes.waits);
        check_factor(net, ldl);
        renumber(net, ldl.position());
        const std::span<const double> scale(net.base_voltage.data(), static_cast<std::size_t>(ldl.size()));
        std::vector<char> is_read(nodes.is_read.size());
        for (std::size_t k = 0; k < is_read.size(); ++k)
            is_read[static_cast<std::size_t>(ldl.position()[k])] = nodes.is_read[k];
        LaneLdl lanes(ldl, scale, is_read);
        std::vector<double> response = headroom::curve_response(net, ldl, settings.curves_together);
        return {std::move(net), std::move(lanes), std::move(is_read), std::move(response)};
    }
};

AcPowerFlow::AcPowerFlow(const Region& region, std::int64_t feeder, const AcSettings& settings,
                         std::span<const std::int32_t> kept_buses)
    : AcPowerFlow(Plan::make(region, feeder, settings, kept_buses), settings) {}

AcPowerFlow::AcPowerFlow(Plan&& plan, const AcSettings& settings)
    : settings_(settings), network_(std::move(plan.network)), ldl_(std::move(plan.ldl)) {
    for (std::size_t k = 0; k < plan.is_read.size(); ++k) {
        if (plan.is_read[k] != 0) read_slots_.push_back(static_cast<std::int32_t>(k));
        read_scale_.push_back(plan.is_read[k] != 0 ? 1.0 / network_.base_voltage[k] : 0.0);
    }
    for (std::int32_t s = network_.terminals.free_count; s < network_.terminals.ground(); ++s) read_slots_.push_back(s);
    slack_admittance_ = network_.slack_admittance();
    for (const ComplexEntry& entry : slack_admittance_) {
        const auto known = std::find(fixed_slot_.begin(), fixed_slot_.end(), entry.i);
        fixed_row_.push_back(static_cast<int>(known - fixed_slot_.begin()));
        if (known == fixed_slot_.end()) fixed_slot_.push_back(entry.i);
    }
    loads_ = AcLoads(network_, settings_, current_slots(), std::move(plan.curve_response));
}

AcInputs AcPowerFlow::inputs() const {
    const auto customers = static_cast<std::size_t>(network_.customer_count) * lane_count;
    AcInputs inputs;
    inputs.p.assign(customers, 0.0);
    inputs.q.assign(customers, 0.0);
    inputs.slack_voltage.assign(std::size_t{3 * 2 * lane_count}, 0.0);
    return inputs;
}

AcLanes AcPowerFlow::lanes() const {
    AcLanes lanes{};
    lanes.voltage.assign(static_cast<std::size_t>(slot_count()) * 2 * lane_count, 0.0);
    lanes.right.assign(static_cast<std::size_t>(slot_count() - ldl_.first()) * 2 * lane_count, 0.0);
    lanes.load.assign(loads_.sum_count() * lane_count, 0.0);
    lanes.fixed.assign(fixed_slot_.size() * 2 * lane_count, 0.0);
    return lanes;
}

AcCurrentView AcPowerFlow::current_view(AcLanes& lanes) const {
    AcCurrentView view{};
    loads_.describe(lanes.load, view);
    view.fixed_count = static_cast<int>(fixed_slot_.size());
    view.fixed_slot = fixed_slot_.data();
    view.fixed = lanes.fixed.data();
    view.voltage = lanes.voltage.data();
    view.first = ldl_.first();
    view.right = lanes.right.data();
    return view;
}

/// Slack voltages into their slots, and the currents -Y_s V_s that they drive.
void AcPowerFlow::set_slack(const AcInputs& inputs, AcLanes& lanes) const {
    const AcTerminals& terminals = network_.terminals;
    for (std::int32_t s = terminals.free_count; s < terminals.ground(); ++s) {
        const int phase = terminals.place[s].conductor;
        for (int l = 0; l < 2 * lane_count; ++l)
            at(lanes.voltage, s)[l] = phase < 3 ? inputs.slack_voltage[2 * lane_count * phase + l] : 0.0;
    }
    std::fill(lanes.fixed.begin(), lanes.fixed.end(), 0.0);
    for (std::size_t e = 0; e < slack_admittance_.size(); ++e) {
        const Complex y = slack_admittance_[e].value;
        const double* v = at(lanes.voltage, terminals.free_count + slack_admittance_[e].j);
        double* fixed = at(lanes.fixed, fixed_row_[e]);
        for (int l = 0; l < lane_count; ++l) {
            fixed[l] -= y.real() * v[l] - y.imag() * v[lane_count + l];
            fixed[lane_count + l] -= y.imag() * v[l] + y.real() * v[lane_count + l];
        }
    }
}

void AcPowerFlow::solve_alone(const AcInputs& inputs, int lane, AcLanes& lanes) const {
    const AcTerminals& terminals = network_.terminals;
    std::vector<Complex> power, voltage;
    for (std::int64_t c = 0; c < network_.customer_count; ++c)
        power.emplace_back(inputs.p[lane_count * c + lane], inputs.q[lane_count * c + lane]);
    for (std::int32_t s = 0; s < slot_count(); ++s)
        voltage.push_back(s < terminals.free_count ? 0.0 : lane_value(lanes.voltage, s, lane));
    const NewtonAnswer answer = newton_flow(network_, settings_, power, voltage);
    AcLane& result = lanes.lane[lane];
    result.newton_steps = answer.steps;
    result.change = answer.change;
    result.status = answer.converged ? AcStatus::converged : AcStatus::diverged;
    if (!answer.converged) {
        result.mismatch = answer.mismatch;
        result.bus = terminals.place[answer.node].bus;
        result.conductor = terminals.place[answer.node].conductor;
        std::fill_n(voltage.begin(), terminals.free_count, Complex(not_given, not_given));
    }
    for (std::int32_t s = 0; s < terminals.free_count; ++s) {
        at(lanes.voltage, s)[lane] = voltage[s].real();
        at(lanes.voltage, s)[lane_count + lane] = voltage[s].imag();
    }
}

void AcPowerFlow::solve(const AcInputs& inputs, AcLanes& lanes) const {
    set_slack(inputs, lanes);
    start_without_load(lanes);
    iterate(inputs, ldl_view(lanes), lanes);
    LaneLdl::expand(ldl_view(lanes));
    finish(inputs, lanes);
}

void AcPowerFlow::solve_swept(const AcInputs& inputs, AcLanes& lanes) const {
    set_slack(inputs, lanes);
    start_without_load(lanes);
    iterate(inputs, ldl_view(lanes), lanes);
    finish(inputs, lanes);
}

/// What is slow to contract may be a small part of the first change from nearby: two ratios are needed to see it.
void AcPowerFlow::solve_swept_on(const AcInputs& inputs, AcLanes& lanes) const {
    set_slack(inputs, lanes);
    lanes.ratio.fill(1.0);
    iterate(inputs, read_view(lanes.right.data(), lanes.voltage.data(), lanes.frozen.data(), lanes.change.data()),
            lanes);
    finish(inputs, lanes);
}

LdlView AcPowerFlow::ldl_view(AcLanes& lanes) const {
    return ldl_.view(lanes.right.data(), lanes.voltage.data(), lanes.frozen.data(), lanes.change.data());
}

std::vector<int> AcPowerFlow::current_slots() const {
    std::vector<int> slots(read_slots_.begin(), read_slots_.end());
    slots.push_back(network_.terminals.ground());
    return slots;
}

LdlView AcPowerFlow::read_view(double* right, double* solution, const double* frozen, double* change) const {
    LdlView view = ldl_.view(right, solution, frozen, change);
    view.inverse_scale = read_scale_.data();
    return view;
}

void AcPowerFlow::start_without_load(AcLanes& lanes) const {
    AcCurrentView without_load = current_view(lanes);
    loads_.describe_none(without_load);
    lanes.frozen.fill(0.0);
    lanes.ratio.fill(0.0);
    sweep(without_load, ldl_view(lanes));
}

void AcPowerFlow::iterate(const AcInputs& inputs, const LdlView& ldl, AcLanes& lanes) const {
    loads_.add(inputs.p, inputs.q, lanes.load);
    AcCurrentView currents = current_view(lanes);
    const int limit = loads_.curve_count() == 0 ? settings_.sweep_limit : curve_sweeps * settings_.sweep_limit;
    for (int l = 0; l < lane_count; ++l) {
        lanes.lane[l] = {};
        lanes.frozen[l] = l < inputs.count ? 0.0 : 1.0;
    }
    for (int k = 1; k <= limit && !all_frozen(lanes); ++k) {
        currents.curves.sweep = k;
        sweep(currents, ldl);
        judge(k, settings_.tolerance, loads_.memory(), lanes);
    }
}

/// Lanes that did not come to rest, alone.
void AcPowerFlow::finish(const AcInputs& inputs, AcLanes& lanes) const {
    for (int l = 0; l < inputs.count; ++l)
        if (lanes.lane[l].status != AcStatus::converged) solve_alone(inputs, l, lanes);
}

}  // namespace headroom
