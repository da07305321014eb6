#include "formulations/network/feeder_reach.hpp"

#include <algorithm>

namespace headroom {
namespace {

using T = TransformerColumns;

bool between_phases(const std::array<std::int8_t, 2>& coil) {
    return std::ranges::all_of(coil, [](std::int8_t end) { return end >= T::terminal_a && end <= T::terminal_c; });
}

/// Whether every coil that is used lies between phases.
bool lies_between_phases(const T::Coils& coils) {
    return std::ranges::all_of(coils, [](const auto& coil) { return coil[0] == T::unused || between_phases(coil); });
}

class Walk {
public:
    Walk(const Region& region, std::int64_t feeder) : region_(region), touching_(bus_count(region, feeder)) {
        reach_.bus_first = region.feeder.bus_offset[static_cast<std::size_t>(feeder)];
        reach_.distance.assign(touching_.size(), -1);
        reach_.three_wire.assign(touching_.size(), 0);
        const auto f = static_cast<std::size_t>(feeder);
        for (std::int64_t k = region.feeder.branch_offset[f]; k < region.feeder.branch_offset[f + 1]; ++k) {
            const auto branch = static_cast<std::size_t>(k);
            if (region.branch.closed[branch] == 0) continue;
            for (const std::int32_t bus : {region.branch.from_bus[branch], region.branch.to_bus[branch]})
                touching_[local(bus)].push_back(branch);
        }
    }

    FeederReach from(std::int32_t slack) {
        std::vector<std::int32_t> queue{slack};
        reach_.distance[local(slack)] = 0;
        for (std::size_t head = 0; head < queue.size(); ++head) {
            const std::int32_t here = queue[head];
            for (const std::size_t branch : touching_[local(here)]) {
                const std::int32_t there = other_end(branch, here);
                if (reach_.distance[local(there)] >= 0) continue;
                reach_.distance[local(there)] = reach_.distance[local(here)] + 1;
                reach_.three_wire[local(there)] = three_wire_behind(here, there) ? 1 : 0;
                queue.push_back(there);
            }
        }
        return std::move(reach_);
    }

private:
    static std::size_t bus_count(const Region& region, std::int64_t feeder) {
        const auto f = static_cast<std::size_t>(feeder);
        return static_cast<std::size_t>(region.feeder.bus_offset[f + 1] - region.feeder.bus_offset[f]);
    }
    std::size_t local(std::int32_t bus) const { return static_cast<std::size_t>(bus - reach_.bus_first); }
    std::int32_t other_end(std::size_t branch, std::int32_t bus) const {
        return region_.branch.from_bus[branch] == bus ? region_.branch.to_bus[branch] : region_.branch.from_bus[branch];
    }

    /// Lines keep what is; of transformers side by side one with a neutral gives it to all.
    bool three_wire_behind(std::int32_t here, std::int32_t there) const {
        bool three_wire = reach_.three_wire[local(here)] != 0;
        for (const std::size_t branch : touching_[local(here)]) {
            const std::int32_t type = region_.branch.transformer[branch];
            if (type < 0 || other_end(branch, here) != there) continue;
            const auto row = static_cast<std::size_t>(type);
            three_wire =
                lies_between_phases(region_.branch.from_bus[branch] == here ? region_.transformer.to_coil[row]
                                                                            : region_.transformer.from_coil[row]);
            if (!three_wire) return false;
        }
        return three_wire;
    }

    const Region& region_;
    std::vector<std::vector<std::size_t>> touching_;  ///< [#bus] closed branches
    FeederReach reach_;
};

}  // namespace

int FeederReach::sending_side(const Region& region, std::int64_t branch) const {
    const auto k = static_cast<std::size_t>(branch);
    const auto distance_of = [&](std::int32_t bus) { return distance[static_cast<std::size_t>(bus - bus_first)]; };
    return distance_of(region.branch.to_bus[k]) < distance_of(region.branch.from_bus[k]) ? 1 : 0;
}

FeederReach feeder_reach(const Region& region, std::int64_t feeder) {
    return Walk(region, feeder).from(region.feeder.slack_bus[static_cast<std::size_t>(feeder)]);
}

}  // namespace headroom
