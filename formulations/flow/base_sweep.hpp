#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

class LoopCurrents;

/// Voltages and flows of a linear network for eight steps at once: one sweep up the tree for currents, one down for
/// voltages, written as three short lists of multiply-adds so that the kernel is a loop and nothing else.
///
/// The lists hold only states that matter: currents of phases with customers below, voltages of phases with monitors at
/// or below. Slot s of a state array is [real, imaginary] x lane.
class BaseSweep {
public:
    explicit BaseSweep(const LinearNetwork& net);

    struct Workspace {
        LaneArray current, voltage;
    };
    Workspace workspace() const;

    /// @param p, q     [#customer x lane] W, V A: injections of net.customers
    /// @param rise     [#monitor x lane] out, V^2: what the injections add to |m' V|^2
    /// @param flow_p, flow_q  [#thermal x lane] out, W, V A: away from the slack bus, injections alone
    void run(const double* p, const double* q, double* rise, double* flow_p, double* flow_q, Workspace& work) const;

    int monitor_count() const { return monitor_count_; }
    int thermal_count() const { return thermal_count_; }

private:
    struct Complexes {  ///< out[to] += (re + j im) * in[from]
        std::vector<std::int32_t> to, from;
        std::vector<double> re, im;
        void add(std::int32_t to_slot, std::int32_t from_slot, Complex z);
    };
    struct Reals {  ///< out[to] += factor * in[from]
        std::vector<std::int32_t> to, from;
        std::vector<double> factor;
    };
    void index_states(const LinearNetwork& net, const LoopCurrents& loops);
    void add_injections(const LinearNetwork& net, const LoopCurrents& loops);
    void add_up(const LinearNetwork& net);
    void add_down(const LinearNetwork& net);
    std::int32_t& current_slot(std::int32_t node, int p) {
        return current_slot_[3 * static_cast<std::size_t>(node) + static_cast<std::size_t>(p)];
    }
    std::int32_t& voltage_slot(std::int32_t node, int p) {
        return voltage_slot_[3 * static_cast<std::size_t>(node) + static_cast<std::size_t>(p)];
    }

    std::vector<std::int32_t> current_slot_, voltage_slot_;  ///< [3 node + phase] slot or -1
    std::int32_t first_entry_ = 0;                           ///< slots of voltages that enter, as if currents
    int current_count_ = 0, voltage_count_ = 0, monitor_count_ = 0, thermal_count_ = 0;
    Complexes inject_;                                ///< current[to] += c conj(S[from])
    Reals up_;                                        ///< current[to] += n current[from], children before parents
    Reals carry_;                                     ///< voltage[to] += n voltage[from], parents before children
    Complexes drop_;                                  ///< voltage[to] += z current[from]
    std::vector<std::int32_t> carry_end_, drop_end_;  ///< [#voltage slot] ends of the ranges that make a slot
    Complexes observe_;                               ///< rise[to] += 2 Re(w voltage[from])
    Complexes measure_;                               ///< flow[to] -= k conj(current[from])
};

}  // namespace headroom
