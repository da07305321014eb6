#include "formulations/flow/base_sweep.hpp"

#include "formulations/flow/base_sweep_kernel.hpp"
#include "formulations/flow/loop_currents.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom {

void BaseSweep::Complexes::add(std::int32_t to_slot, std::int32_t from_slot, Complex z) {
    to.push_back(to_slot);
    from.push_back(from_slot);
    re.push_back(z.real());
    im.push_back(z.imag());
}

BaseSweep::BaseSweep(const LinearNetwork& net)
    : current_slot_(3 * net.nodes.size(), -1),
      voltage_slot_(3 * net.nodes.size(), -1),
      monitor_count_(static_cast<int>(net.monitors.size())),
      thermal_count_(static_cast<int>(net.thermals.size())) {
    const LoopCurrents loops(net);
    index_states(net, loops);
    first_entry_ = current_count_;
    current_count_ += static_cast<int>(loops.entries().size());
    add_injections(net, loops);
    add_up(net);
    add_down(net);
}

/// Marks the states that matter, from the leaves up, then numbers them from the root down.
void BaseSweep::index_states(const LinearNetwork& net, const LoopCurrents& loops) {
    constexpr std::int32_t wanted = 0;
    for (const auto& customer : net.customers)
        for (int p = 0; p < 3; ++p)
            if (customer.share[p] != Complex{}) current_slot(customer.node, p) = wanted;
    for (const auto& monitor : net.monitors)
        for (int p = 0; p < 3; ++p)
            if (monitor.pick[p] != Complex{}) voltage_slot(monitor.node, p) = wanted;
    for (const LoopCurrents::Place& place : loops.places())
        current_slot(place.end, place.phase) = current_slot(place.node, place.phase) = wanted;
    for (auto i = static_cast<std::int32_t>(net.nodes.size()); i-- > 1;) {
        const auto& node = net.nodes[static_cast<std::size_t>(i)];
        for (int child = 0; child < 3; ++child)
            for (int parent = 0; parent < 3; ++parent) {
                if (node.edge.turns(child, parent) == 0) continue;
                if (current_slot(i, child) >= 0) current_slot(node.parent, parent) = wanted;
                if (voltage_slot(i, child) >= 0) voltage_slot(node.parent, parent) = wanted;
            }
    }
    for (std::int32_t i = 1; i < static_cast<std::int32_t>(net.nodes.size()); ++i)
        for (int p = 0; p < 3; ++p) {
            if (current_slot(i, p) >= 0) current_slot(i, p) = current_count_++;
            if (voltage_slot(i, p) >= 0) voltage_slot(i, p) = voltage_count_++;
        }
    for (int p = 0; p < 3; ++p) current_slot(0, p) = voltage_slot(0, p) = -1;  // the slack bus: no drop, no rise
}

/// Customers inject; what they drive round loops leaves at one node of a bus and comes in at the other; and they move
/// the voltages that enter from there.
void BaseSweep::add_injections(const LinearNetwork& net, const LoopCurrents& loops) {
    for (std::size_t c = 0; c < net.customers.size(); ++c) {
        const auto& customer = net.customers[c];
        const PhaseVector current = net.unit_current(customer);
        for (int p = 0; p < 3; ++p)
            if (customer.share[p] != Complex{} && customer.node > 0)
                inject_.add(current_slot(customer.node, p), static_cast<std::int32_t>(c), current[p]);
        for (std::size_t k = 0; k < loops.places().size(); ++k) {
            const LoopCurrents::Place& place = loops.places()[k];
            const Complex around = loops.of_customer(c)[k];
            if (around == Complex{}) continue;
            inject_.add(current_slot(place.end, place.phase), static_cast<std::int32_t>(c), -around);
            if (place.node > 0)
                inject_.add(current_slot(place.node, place.phase), static_cast<std::int32_t>(c), around);
        }
        for (std::size_t e = 0; e < loops.entries().size(); ++e)
            inject_.add(first_entry_ + static_cast<std::int32_t>(e), static_cast<std::int32_t>(c),
                        loops.of_customer(c)[loops.places().size() + e]);
    }
}

void BaseSweep::add_up(const LinearNetwork& net) {
    for (auto i = static_cast<std::int32_t>(net.nodes.size()); i-- > 1;) {
        const auto& node = net.nodes[static_cast<std::size_t>(i)];
        if (node.parent == 0) continue;
        for (int parent = 0; parent < 3; ++parent)
            for (int child = 0; child < 3; ++child) {
                if (node.edge.turns(child, parent) == 0 || current_slot(i, child) < 0) continue;
                up_.to.push_back(current_slot(node.parent, parent));
                up_.from.push_back(current_slot(i, child));
                up_.factor.push_back(node.edge.turns(child, parent));
            }
    }
    for (std::size_t t = 0; t < net.thermals.size(); ++t)
        for (int p = 0; p < 3; ++p)
            if (const auto slot = current_slot(net.thermals[t].node, p);
                slot >= 0 && net.thermals[t].functional[p] != Complex{})
                measure_.add(static_cast<std::int32_t>(t), slot, net.thermals[t].functional[p]);
}

void BaseSweep::add_down(const LinearNetwork& net) {
    for (std::int32_t i = 1; i < static_cast<std::int32_t>(net.nodes.size()); ++i) {
        const auto& node = net.nodes[static_cast<std::size_t>(i)];
        for (int p = 0; p < 3; ++p) {
            if (voltage_slot(i, p) < 0) continue;
            for (int parent = 0; parent < 3; ++parent) {
                if (node.parent == 0 || node.edge.turns(p, parent) == 0) continue;
                carry_.to.push_back(voltage_slot(i, p));
                carry_.from.push_back(voltage_slot(node.parent, parent));
                carry_.factor.push_back(node.edge.turns(p, parent));
            }
            for (int q = 0; q < 3; ++q)
                if (current_slot(i, q) >= 0 && node.edge.impedance(p, q) != Complex{})
                    drop_.add(voltage_slot(i, p), current_slot(i, q), node.edge.impedance(p, q));
            for (std::size_t e = 0; e < net.entries.size(); ++e)
                if (net.entries[e].node == i && net.entries[e].phase == p)
                    drop_.add(voltage_slot(i, p), first_entry_ + static_cast<std::int32_t>(e), 1.0);
            carry_end_.push_back(static_cast<std::int32_t>(carry_.to.size()));
            drop_end_.push_back(static_cast<std::int32_t>(drop_.to.size()));
        }
    }
    for (std::size_t m = 0; m < net.monitors.size(); ++m) {
        const auto& monitor = net.monitors[m];
        if (monitor.node == 0) continue;
        const Complex flat = (monitor.pick.transpose() * net.nodes[static_cast<std::size_t>(monitor.node)].flat)(0);
        for (int p = 0; p < 3; ++p)
            if (monitor.pick[p] != Complex{})
                observe_.add(static_cast<std::int32_t>(m), voltage_slot(monitor.node, p),
                             std::conj(flat) * monitor.pick[p]);
    }
}

BaseSweep::Workspace BaseSweep::workspace() const {
    return {LaneArray(static_cast<std::size_t>(2 * lane_count * current_count_)),
            LaneArray(static_cast<std::size_t>(2 * lane_count * voltage_count_))};
}

void BaseSweep::run(const double* p, const double* q, double* rise, double* flow_p, double* flow_q,
                    Workspace& work) const {
    const auto complexes = [](const Complexes& c) {
        return SparseComplex{static_cast<int>(c.to.size()), c.to.data(), c.from.data(), c.re.data(), c.im.data()};
    };
    const auto reals = [](const Reals& r) {
        return SparseReal{static_cast<int>(r.to.size()), r.to.data(), r.from.data(), r.factor.data()};
    };
    const BaseSweepView view{.current_count = current_count_,
                             .voltage_count = voltage_count_,
                             .monitor_count = monitor_count_,
                             .thermal_count = thermal_count_,
                             .inject = complexes(inject_),
                             .drop = complexes(drop_),
                             .observe = complexes(observe_),
                             .measure = complexes(measure_),
                             .up = reals(up_),
                             .carry = reals(carry_),
                             .carry_end = carry_end_.data(),
                             .drop_end = drop_end_.data(),
                             .p = p,
                             .q = q,
                             .rise = rise,
                             .flow_p = flow_p,
                             .flow_q = flow_q,
                             .current = work.current.data(),
                             .voltage = work.voltage.data()};
    run_kernel(view, baseline::base_sweep_kernel, avx2::base_sweep_kernel, avx512::base_sweep_kernel);
}

}  // namespace headroom
