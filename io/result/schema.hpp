#pragma once

#include <cstdint>
#include <string_view>

namespace headroom::result_schema {

inline constexpr std::string_view name = "headroom-envelopes";
inline constexpr std::int64_t version = 2;
inline constexpr std::int64_t version_without_prices = 1;  ///< the oldest that is still read

inline constexpr std::uint64_t rows_max = std::uint64_t{1} << 30;
inline constexpr std::uint64_t steps_max = std::uint64_t{1} << 20;
inline constexpr std::uint64_t id_bytes_max = 64;
inline constexpr std::uint64_t fault_bytes_max = 1024;

inline constexpr std::string_view status_meanings =
    "solved insecure_base solved_no_worse forecast_not_contained invalid_input uncertified islanded ac_shrunk";
inline constexpr std::string_view row_kind_meanings = "voltage_max voltage_min branch_phase branch_total winding";
inline constexpr std::int8_t status_last = 7, row_kind_last = 4;
inline constexpr std::int32_t side_last = 134;  ///< the last side of a rating that was linearised in AC

}  // namespace headroom::result_schema

namespace headroom::replay_schema {

inline constexpr std::string_view name = "headroom-replay";
inline constexpr std::int64_t version = 1;
inline constexpr std::string_view status_meanings = "replayed no_limits diverged invalid_input";
inline constexpr std::int8_t status_last = 3;

}  // namespace headroom::replay_schema
