#include "formulations/state/state_limits.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace headroom {
namespace {

using T = TransformerColumns;

/// The ends of a pair of phases, counted among ab, bc, ca; `second` is -1 for a phase alone.
struct Pick {
    int first, second;

    std::string name() const {
        return second < 0 ? std::string(1, "abc"[first]) : std::string{"abc"[first], "abc"[second]};
    }
    PhaseVector vector() const {
        PhaseVector pick = PhaseVector::Zero();
        pick[first] = 1.0;
        if (second >= 0) pick[second] = -1.0;
        return pick;
    }
};

bool has(std::uint8_t phases, int phase) { return (phases >> phase & 1) != 0; }

std::vector<Pick> singles(std::uint8_t phases) {
    std::vector<Pick> picks;
    for (int p = 0; p < 3; ++p)
        if (has(phases, p)) picks.push_back({p, -1});
    return picks;
}

std::vector<Pick> pairs(std::uint8_t phases) {
    std::vector<Pick> picks;
    for (int p = 0; p < 3; ++p)
        if (const int next = (p + 1) % 3; has(phases, p) && has(phases, next)) picks.push_back({p, next});
    return picks;
}

std::string phase_names(std::uint8_t phases) {
    std::string name;
    for (int p = 0; p < 3; ++p)
        if (has(phases, p)) name += "abc"[p];
    return name;
}

std::uint8_t phases_of(const std::array<std::int8_t, 2>& coil) {
    std::uint8_t phases = 0;
    for (const std::int8_t end : coil)
        if (end >= T::terminal_a && end <= T::terminal_c)
            phases = static_cast<std::uint8_t>(phases | 1U << (end - T::terminal_a));
    return phases;
}

class Builder {
public:
    Builder(const Region& region, const AcPowerFlow& flow, const FeederReach& reach)
        : region_(region),
          reach_(reach),
          feeder_(static_cast<std::size_t>(flow.network().feeder)),
          all_(region, flow) {}

    StateLimits build() {
        const std::vector<std::uint8_t> delta = delta_phases();
        for (std::int64_t bus = region_.feeder.bus_offset[feeder_]; bus < region_.feeder.bus_offset[feeder_ + 1]; ++bus)
            add_voltages(static_cast<std::int32_t>(bus), delta[static_cast<std::size_t>(bus - reach_.bus_first)]);
        result_.voltage_count = result_.quantities.size();
        for (std::int64_t branch = region_.feeder.branch_offset[feeder_];
             branch < region_.feeder.branch_offset[feeder_ + 1]; ++branch)
            add_ratings(branch);
        return std::move(result_);
    }

private:
    /// [#bus of the feeder] phases between which customers are connected there.
    std::vector<std::uint8_t> delta_phases() const {
        std::vector<std::uint8_t> phases(reach_.distance.size(), 0);
        const CustomerColumns& customer = region_.customer;
        for (std::int64_t row = region_.feeder.customer_offset[feeder_];
             row < region_.feeder.customer_offset[feeder_ + 1]; ++row) {
            const auto k = static_cast<std::size_t>(row);
            if (customer.connection[k] != Connection::delta) continue;
            std::uint8_t& here = phases[static_cast<std::size_t>(customer.bus[k] - reach_.bus_first)];
            here = static_cast<std::uint8_t>(here | customer.phases[k]);
        }
        return phases;
    }

    void add_voltages(std::int32_t bus, std::uint8_t delta) {
        const std::uint8_t phases = region_.bus.phases[static_cast<std::size_t>(bus)];
        if (reach_.is_three_wire(bus)) {
            for (const Pick& pick : pairs(phases)) add_voltage(bus, pick);
            return;
        }
        for (const Pick& pick : singles(phases)) add_voltage(bus, pick);
        for (const Pick& pick : pairs(delta)) add_voltage(bus, pick);
    }

    void add_voltage(std::int32_t bus, const Pick& pick) {
        std::optional<AcQuantity> quantity = all_.voltage(bus, pick.vector());
        if (!quantity) return;
        const auto b = static_cast<std::size_t>(bus);
        const double factor = pick.second < 0 ? 1.0 : std::numbers::sqrt3;
        result_.quantities.push_back(std::move(*quantity));
        result_.base.push_back(factor * region_.bus.base_voltage[b]);
        for (const auto& [kind, limit] : {std::pair{RowKind::voltage_max, region_.bus.voltage_max[b]},
                                          std::pair{RowKind::voltage_min, region_.bus.voltage_min[b]}})
            result_.limits.push_back({kind, bus, -1, pick.name(), factor * limit});
    }

    void add_ratings(std::int64_t branch) {
        const auto k = static_cast<std::size_t>(branch);
        const double amperes = region_.branch.rating_current[k], total = region_.branch.rating_power[k];
        const int side = reach_.sending_side(region_, branch);
        const std::int32_t bus = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
        if (!std::isnan(amperes)) {
            const double volts = region_.bus.base_voltage[static_cast<std::size_t>(bus)];
            for (int p = 0; p < 3; ++p)
                add_rating(all_.current(branch, side, p), amperes,
                           {RowKind::branch_phase, bus, branch, std::string(1, "abc"[p]), amperes * volts});
        }
        if (std::isnan(total)) return;
        if (region_.branch.transformer[k] >= 0) add_windings(branch, side, bus, total);
        add_rating(all_.branch_power(branch, side), total,
                   {RowKind::branch_total, bus, branch, phase_names(region_.branch.phases[k]), total});
    }

    void add_windings(std::int64_t branch, int side, std::int32_t bus, double total) {
        const auto type = static_cast<std::size_t>(region_.branch.transformer[static_cast<std::size_t>(branch)]);
        const T::Coils& receiving = side == 0 ? region_.transformer.to_coil[type] : region_.transformer.from_coil[type];
        const auto used = std::ranges::count_if(receiving, [](const auto& coil) { return coil[0] != T::unused; });
        if (used < 2) return;
        const double share = total / static_cast<double>(used);
        for (int coil = 0; coil < 3; ++coil)
            add_rating(all_.winding_power(branch, side, coil), share,
                       {RowKind::winding, bus, branch,
                        phase_names(phases_of(receiving[static_cast<std::size_t>(coil)])), share});
    }

    void add_rating(std::optional<AcQuantity> quantity, double rating, SecurityLimit limit) {
        if (!quantity) return;
        result_.quantities.push_back(std::move(*quantity));
        result_.base.push_back(rating);
        result_.limits.push_back(std::move(limit));
    }

    const Region& region_;
    const FeederReach& reach_;
    std::size_t feeder_;
    AcQuantities all_;
    StateLimits result_;
};

}  // namespace

StateLimits state_limits(const Region& region, const AcPowerFlow& flow, const FeederReach& reach) {
    return Builder(region, flow, reach).build();
}

}  // namespace headroom
