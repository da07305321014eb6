#include "formulations/generate/generator_settings.hpp"

#include <fmt/format.h>

#include "formulations/generate/day_shape.hpp"

namespace headroom {
namespace {

/// Below, no feeder fits on a substation; above, nobody has looked.
constexpr std::int64_t joined_min = 100, joined_max = 200'000;
constexpr std::int64_t feeders_max = 1 << 20, steps_max = 1 << 20;
/// So that the largest feeder has fewer orders than a case file takes.
constexpr std::int64_t order_seconds_max = 50 * seconds_of_day;
/// Times far enough from the ends of int64 that no sum of them overflows.
constexpr std::int64_t time_max = std::int64_t{1} << 40;

}  // namespace

std::optional<std::string> GeneratorSettings::fault() const {
    const auto outside = [](const char* name, auto value, auto least, auto most) -> std::optional<std::string> {
        if (value >= least && value <= most) return std::nullopt;
        return fmt::format("{} = {}, must lie in [{}, {}]", name, value, least, most);
    };
    if (auto wrong = outside("feeder_first", feeder_first, std::int64_t{0}, feeders_max - 1)) return wrong;
    if (auto wrong = outside("feeder_count", feeder_count, std::int64_t{1}, feeders_max - feeder_first)) return wrong;
    if (joined_buses != 0)
        if (auto wrong = outside("joined_buses", joined_buses, joined_min, joined_max)) return wrong;
    if (auto wrong = outside("start", start, -time_max, time_max)) return wrong;
    if (auto wrong = outside("step_count", step_count, std::int64_t{1}, steps_max)) return wrong;
    if (auto wrong = outside("step_seconds", step_seconds, std::int64_t{1}, seconds_of_day)) return wrong;
    if (auto wrong = outside("active_share", active_share, 0.0, 1.0)) return wrong;
    if (auto wrong = outside("reactive_share", reactive_share, 0.0, 1.0)) return wrong;
    if (auto wrong = outside("hard_share", hard_share, 0.0, 1.0)) return wrong;
    if (auto wrong = outside("orders_share", orders_share, 0.0, 1.0)) return wrong;
    if (orders_share == 0) return std::nullopt;
    return outside("step_count times step_seconds, with orders,", step_count * step_seconds, std::int64_t{1},
                   order_seconds_max);
}

}  // namespace headroom
