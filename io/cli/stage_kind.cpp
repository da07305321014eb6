#include "io/cli/stage_kind.hpp"

namespace headroom::cli {

namespace {

constexpr auto all_stages = std::to_array<StageKind>({
    {"adjust", "adjust", "", {}, {}, "table", ""},
    {"forecast", "forecast-congestion", "", {}, {}, "", ""},
    {"allocate", "allocate", "", {}, {}, "policies", ""},
    {"clear", "clear", "envelopes", {"allocate"}, {"market", "set-point-exchange"}, "orders", ""},
    {"replay", "replay", "result", {"allocate", "clear"}, {}, "", "set-point-exchange"},
    {"verify", "verify", "result", {"clear"}, {}, "orders", ""},
    {"report", "report", "", {}, {}, "", "", true, ".csv"},
});

}  // namespace

std::span<const StageKind> stage_kinds() { return all_stages; }

}  // namespace headroom::cli
