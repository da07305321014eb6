#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/flow/ac_loads.hpp"
#include "formulations/flow/ac_network.hpp"
#include "formulations/flow/ac_settings.hpp"
#include "solver/lanes/lane_count.hpp"
#include "solver/ldl/lane_ldl.hpp"

namespace headroom {

/// Eight scenarios of a feeder. Lanes from `count` on are not looked at.
struct AcInputs {
    int count = lane_count;
    LaneArray p, q;           ///< [#customer of the feeder x lane] W, V A: injections at rated voltage
    LaneArray slack_voltage;  ///< [3 x (real, imaginary) x lane] V, phases a, b, c of the slack bus, to ground
};

/// What one lane's numbers are worth.
enum class AcStatus : std::uint8_t {
    converged,  ///< voltages hold
    diverged,   ///< neither sweeps nor Newton's method came to rest: voltages are NaN; mismatch and place of the last
    not_asked,  ///< a lane beyond AcInputs::count
};

struct AcLane {
    AcStatus status = AcStatus::not_asked;
    int sweeps = 0, newton_steps = 0;
    double change = 0.0;  ///< p.u., largest change of a node's voltage in the last sweep or step
    double mismatch =
        0.0;  ///< diverged: V A, largest current mismatch times the node's base voltage, at the best point
    std::int32_t bus = -1;  ///< diverged: where that is, row of /bus
    int conductor = -1;     ///< 0 to 3, or AcTerminals::star
};

/// Voltages of eight scenarios, and the memory that finds them.
struct AcLanes {
    LaneArray voltage;  ///< [#slot x (real, imaginary) x lane] V to ground, by AcPowerFlow::slot()
    std::array<AcLane, lane_count> lane;
    LaneArray load, fixed, right;                               ///< work
    alignas(64) std::array<double, lane_count> frozen, change;  ///< work
    std::array<double, lane_count> ratio;                       ///< work
};

/// The AC power flow of one feeder: structure and factor once, then eight scenarios at a time (ac_power_flow.md).
///
///     V <- Y^-1 (I(V) - Y_s V_s)                                                             (2)
///
/// from the voltages without load, with one factor of Y for all scenarios; a lane that does not come to rest goes to
/// Newton's method alone. A lane's bits depend on its own inputs and, if given, start. Taps are those of the settings.
class AcPowerFlow {
public:
    /// @param kept_buses  rows of /bus whose nodes stay among those that a sweep touches, customers or not: what
    ///                    AcGradients differentiates reads no others
    /// @throws InvalidFeeder  as ac_network(), and where Y is singular
    AcPowerFlow(const Region& region, std::int64_t feeder, const AcSettings& settings = {},
                std::span<const std::int32_t> kept_buses = {});

    AcInputs inputs() const;  ///< of this feeder's size, zeros
    AcLanes lanes() const;    ///< of this feeder's size
    /// Allocates nothing but for lanes that go to Newton's method.
    void solve(const AcInputs& inputs, AcLanes& lanes) const;
    /// The same but for the voltages that no sweep touches, which are left as they were: slots before factor().first().
    /// Enough, and faster, where nobody looks at others than those of customers, kept buses and the slack bus.
    void solve_swept(const AcInputs& inputs, AcLanes& lanes) const;
    /// solve_swept() from the voltages that lanes hold in read_slots(), in place of those without load: fewer sweeps
    /// from an answer nearby. The bits of a lane depend on where it starts too. Starts are numbers other than zero.
    /// Changes are measured in these slots alone.
    void solve_swept_on(const AcInputs& inputs, AcLanes& lanes) const;

    /// Where a terminal's voltage is in AcLanes::voltage; -1: not there or not fed.
    std::int32_t slot(std::int64_t bus, int conductor) const { return network_.terminals.of(bus, conductor); }
    int slot_count() const { return network_.terminals.ground() + 1; }
    /// The feeder with nodes numbered as slots.
    const AcNetwork& network() const { return network_; }
    const AcSettings& settings() const { return settings_; }
    const AcLoads& loads() const { return loads_; }
    /// Y = L D L' with positions numbered as slots; a sweep touches those from factor().first() on. Right sides are
    /// nothing outside of read_slots().
    const LaneLdl& factor() const { return ldl_; }
    /// Slots whose voltages drive currents of customers, those of kept buses and of the slack bus, ascending: what a
    /// sweep, AcQuantities at kept buses and AcGradients read.
    std::span<const std::int32_t> read_slots() const { return read_slots_; }
    /// These, and ground: where currents may go.
    std::vector<int> current_slots() const;
    /// The view of factor() that measures changes in read_slots() alone.
    LdlView read_view(double* right, double* solution, const double* frozen, double* change) const;
    bool is_read(std::int32_t free_slot) const { return read_scale_[static_cast<std::size_t>(free_slot)] > 0.0; }
    int iterated_count() const { return ldl_.size() - ldl_.first(); }     ///< nodes that a sweep touches
    std::size_t iterated_entries() const { return ldl_.late_entries(); }  ///< entries of L that a sweep touches

private:
    struct Plan;
    AcPowerFlow(Plan&& plan, const AcSettings& settings);
    void set_slack(const AcInputs& inputs, AcLanes& lanes) const;
    AcCurrentView current_view(AcLanes& lanes) const;
    void start_without_load(AcLanes& lanes) const;
    void iterate(const AcInputs& inputs, const LdlView& ldl, AcLanes& lanes) const;
    void finish(const AcInputs& inputs, AcLanes& lanes) const;
    LdlView ldl_view(AcLanes& lanes) const;
    void solve_alone(const AcInputs& inputs, int lane, AcLanes& lanes) const;

    AcSettings settings_;
    AcNetwork network_;
    LaneLdl ldl_;
    std::vector<std::int32_t> read_slots_;
    std::vector<double> read_scale_;  ///< [#free] 1 / V in read_slots(), else 0
    std::vector<ComplexEntry> slack_admittance_;
    std::vector<int> fixed_slot_, fixed_row_;  ///< rows of Y_s; of each of its entries the place in fixed_slot_
    AcLoads loads_;
};

}  // namespace headroom
