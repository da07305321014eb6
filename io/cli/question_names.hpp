#pragma once

#include <array>

#include "formulations/envelope/question.hpp"
#include "formulations/secure/secure_settings.hpp"
#include "io/cli/choice.hpp"
#include "io/cli/solver_choice.hpp"

namespace headroom::cli {

// The words of the command line for what AllocationQuestion holds.

inline constexpr auto flow_names = std::to_array<Choice<FlowModel>>({{"dc", FlowModel::dc},
                                                                     {"lin-dist-flow", FlowModel::lin_dist_flow},
                                                                     {"lin-dist3-flow", FlowModel::lin_dist3_flow},
                                                                     {"linearised-ac", FlowModel::linearised_ac}});
inline constexpr auto policy_names = std::to_array<Choice<Policy>>({{"max-min", Policy::max_min},
                                                                    {"equal", Policy::equal},
                                                                    {"equal-curtailment", Policy::equal_curtailment},
                                                                    {"kalai-smorodinsky", Policy::kalai_smorodinsky},
                                                                    {"proportional", Policy::proportional},
                                                                    {"weighted", Policy::weighted},
                                                                    {"alpha", Policy::alpha},
                                                                    {"total", Policy::total},
                                                                    {"quadratic", Policy::quadratic}});
inline constexpr auto reference_names = std::to_array<Choice<Reference>>({{"absolute", Reference::absolute},
                                                                          {"cap", Reference::cap},
                                                                          {"weight", Reference::weight},
                                                                          {"request", Reference::request},
                                                                          {"nameplate", Reference::nameplate}});
inline constexpr auto solver_names =
    std::to_array<Choice<SolverChoice>>({{"lanes", SolverChoice::lanes}, {"ipopt", SolverChoice::ipopt}});
inline constexpr auto contain_names =
    std::to_array<Choice<Contain>>({{"forecast", Contain::forecast}, {"zero", Contain::zero}});
inline constexpr auto basis_names = std::to_array<Choice<Basis>>({{"net", Basis::net}, {"added", Basis::added}});
inline constexpr auto error_norm_names =
    std::to_array<Choice<ErrorNorm>>({{"inf", ErrorNorm::box}, {"2", ErrorNorm::ball}});
inline constexpr auto insecure_base_names =
    std::to_array<Choice<InsecureBase>>({{"nan", InsecureBase::nan}, {"no-worse", InsecureBase::no_worse}});
inline constexpr auto reactive_names =
    std::to_array<Choice<Reactive>>({{"adversarial", Reactive::adversarial}, {"joint", Reactive::joint}});
inline constexpr auto secure_names = std::to_array<Choice<Secure>>({{"linear", Secure::linear}, {"ac", Secure::ac}});
inline constexpr auto linearisation_names = std::to_array<Choice<LinearisedBy>>(
    {{"tangent", LinearisedBy::tangent}, {"fixed-point", LinearisedBy::fixed_point}});
inline constexpr auto corner_names =
    std::to_array<Choice<Corners>>({{"search", Corners::search}, {"aligned", Corners::aligned}});
inline constexpr auto monitoring_names =
    std::to_array<Choice<Monitoring>>({{"customers", Monitoring::customers}, {"all", Monitoring::all}});

}  // namespace headroom::cli
