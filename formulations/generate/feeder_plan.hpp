#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/generate/generator_settings.hpp"

namespace headroom {

/// What a feeder is meant to be. All but the first are hard on purpose, each in its way.
enum class FeederKind : std::uint8_t {
    regular,
    insecure,        ///< loads have outgrown its cables: the base case violates limits in the evening
    rural,           ///< kilometres of overhead line: valid, but corners of its caps may have no power flow
    mesh,            ///< a closed tie between two streets: no tree
    gap,             ///< NaN in one customer's forecast: invalid_input
    medium_voltage,  ///< thousands of buses at 11 kV behind a 33 kV transformer, customers are substations
};
inline constexpr std::size_t feeder_kind_count = 6;

/// Word for a kind, as identifiers of feeders end in it.
std::string_view kind_name(FeederKind kind);

/// The first draws about a feeder, from which the rest follows.
struct FeederPlan {
    std::uint32_t number;
    FeederKind kind;
    int customers;
    bool four_wire;            ///< the neutral is a conductor of its own; else it is inside the impedances
    bool free_reactive;        ///< some active customers have a reactive range or a Volt-VAr curve; else Q follows P
    bool has_reserve = false;  ///< planned with more reserve, as a part of a tree must be where one fault stops all

    std::string id() const;  ///< "f000123", "f000124-rural"
};

/// Plan of a feeder. Hard feeders stand evenly: their k-th is the first whose number f has floor((f + 1) share) > k,
/// and its kind is the one after that of the hard feeder before it.
FeederPlan plan_feeder(const GeneratorSettings& settings, std::uint32_t number);

/// Plans of all feeders of a region, or of all parts of a joined tree.
std::vector<FeederPlan> plan_feeders(const GeneratorSettings& settings);

/// How much a region will hold, before any of it is made.
struct RegionPlan {
    std::int64_t feeders = 0, customers = 0;
    std::array<std::int64_t, feeder_kind_count> of_kind{};
};

RegionPlan plan_region(const GeneratorSettings& settings);

/// What such a region takes in memory: its series exactly, its network by what a customer brings along on average.
std::uint64_t planned_bytes(const GeneratorSettings& settings, const RegionPlan& plan);

}  // namespace headroom
