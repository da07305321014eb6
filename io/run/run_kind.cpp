#include "io/run/run_kind.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "io/result/clearing_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

constexpr std::array<RunKindTraits, 4> kinds{{
    {"allocate", "/solve", "what the limits of each feeder and step are worth", "worth of the limits",
     result_schema::status_meanings, true, false},
    {"clear", "/market", "what the market of each feeder and step is worth", "worth of the market",
     clearing_schema::status_meanings, true, true},
    {"replay", "/replay", "worst values found in the AC power flow inside the envelopes of a result",
     "what the replay of each feeder and step came to", replay_schema::status_meanings, false, false},
    {"forecast-congestion", "/solve", "each feeder and step as a whole", "worth of the forecast",
     congestion_schema::status_meanings, false, false},
}};

}  // namespace

const RunKindTraits& traits(RunKind kind) { return kinds.at(static_cast<std::size_t>(kind)); }

RunKind run_kind_of(std::string_view name) {
    const auto at = std::ranges::find(kinds, name, &RunKindTraits::name);
    if (at == kinds.end()) throw std::invalid_argument("a kind that is unknown");
    return static_cast<RunKind>(at - kinds.begin());
}

}  // namespace headroom
