#pragma once

#include <array>

#include "formulations/market/clear_market.hpp"
#include "io/cli/choice.hpp"

namespace headroom::cli {

// The words of the command line for what ClearingQuestion holds.

inline constexpr auto market_names = std::to_array<Choice<MarketKind>>(
    {{"limit-exchange", MarketKind::limit_exchange}, {"set-point-exchange", MarketKind::set_point_exchange}});
inline constexpr auto mechanism_names =
    std::to_array<Choice<Mechanism>>({{"continuous", Mechanism::continuous}, {"auction", Mechanism::auction}});
inline constexpr auto on_off = std::to_array<Choice<bool>>({{"on", true}, {"off", false}});

}  // namespace headroom::cli
