#pragma once

#include <cstdint>
#include <string_view>

namespace headroom::case_schema {

inline constexpr std::string_view name = "headroom-case";
inline constexpr std::int64_t version = 1;

inline constexpr std::uint64_t feeders_max = std::uint64_t{1} << 20;
inline constexpr std::uint64_t rows_per_feeder_max = std::uint64_t{1} << 20;
inline constexpr std::uint64_t table_rows_max = std::uint64_t{1} << 30;
inline constexpr std::uint64_t steps_max = std::uint64_t{1} << 20;
inline constexpr std::uint64_t id_bytes_max = 64;

/// Letters, digits, '-' and '_', at most id_bytes_max of them: a series name is also the name of a group.
bool is_series_name(std::string_view text);

}  // namespace headroom::case_schema
