#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "io/cli/choice.hpp"

namespace headroom::cli {

enum class Flow : std::int8_t { dc, lin_dist_flow, lin_dist3_flow };
enum class Policy : std::int8_t { max_min, equal, equal_curtailment };
enum class ReferenceKind : std::int8_t { absolute, cap, weight, request, nameplate };
enum class Direction : std::int8_t { export_only, import_only, both };
enum class Contain : std::int8_t { forecast, zero };
enum class Basis : std::int8_t { net, added };
enum class InsecureBase : std::int8_t { nan, no_worse };
enum class Monitor : std::int8_t { customers, all };

inline constexpr auto flow_names = std::to_array<Choice<Flow>>(
    {{"dc", Flow::dc}, {"lin-dist-flow", Flow::lin_dist_flow}, {"lin-dist3-flow", Flow::lin_dist3_flow}});
inline constexpr auto policy_names = std::to_array<Choice<Policy>>(
    {{"max-min", Policy::max_min}, {"equal", Policy::equal}, {"equal-curtailment", Policy::equal_curtailment}});
inline constexpr auto reference_names = std::to_array<Choice<ReferenceKind>>({{"absolute", ReferenceKind::absolute},
                                                                              {"cap", ReferenceKind::cap},
                                                                              {"weight", ReferenceKind::weight},
                                                                              {"request", ReferenceKind::request},
                                                                              {"nameplate", ReferenceKind::nameplate}});
inline constexpr auto direction_names = std::to_array<Choice<Direction>>(
    {{"export", Direction::export_only}, {"import", Direction::import_only}, {"both", Direction::both}});
inline constexpr auto contain_names =
    std::to_array<Choice<Contain>>({{"forecast", Contain::forecast}, {"zero", Contain::zero}});
inline constexpr auto basis_names = std::to_array<Choice<Basis>>({{"net", Basis::net}, {"added", Basis::added}});
inline constexpr auto insecure_base_names =
    std::to_array<Choice<InsecureBase>>({{"nan", InsecureBase::nan}, {"no-worse", InsecureBase::no_worse}});
inline constexpr auto monitor_names =
    std::to_array<Choice<Monitor>>({{"customers", Monitor::customers}, {"all", Monitor::all}});

/// The unit in which max-min compares limits and equal share deals them out.
struct Reference {
    ReferenceKind kind = ReferenceKind::absolute;
    double kw = 1.0;  ///< > 0, used by absolute
};

/// `headroom allocate CASE -o RESULT [options]`
struct AllocateOptions {
    std::string case_path;
    std::string result_path;
    Flow flow = Flow::lin_dist3_flow;
    Policy policy = Policy::max_min;
    Reference reference;  ///< request under equal_curtailment
    Direction direction = Direction::both;
    Contain contain = Contain::forecast;  ///< zero under Basis::added
    Basis basis = Basis::net;
    InsecureBase insecure_base = InsecureBase::nan;
    Monitor monitor = Monitor::customers;
    double dust = 1e-9;    ///< in [0, 1): coefficients below dust times their row's largest freeze nobody
    std::string series;    ///< empty: the first of the case
    int threads = 0;       ///< 0: one per processor
    bool strict = false;   ///< one invalid feeder is an invalid case
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be done, and stop
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
