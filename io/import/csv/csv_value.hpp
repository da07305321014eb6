#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::csv {

/// Shortest text of value * 10^shift that reads back as the same bits: the decimal point is moved in the text, so that
/// W written as kW lose nothing. NaN is the empty text.
std::string number_text(double value, int shift);

/// value of `text` * 10^shift, rounded once; nothing unless the whole text is a finite number.
std::optional<double> parse_number(std::string_view text, int shift);

std::string phases_text(std::uint8_t phases);  ///< "abcn"
std::optional<std::uint8_t> parse_phases(std::string_view text);

/// "ab bc ca", "an bn cn", "ag bg cg" (ground), "as bs cs" (floating star); unused coils are left out.
std::string coils_text(const TransformerColumns::Coils& coils);
std::optional<TransformerColumns::Coils> parse_coils(std::string_view text);

std::string time_text(std::int64_t seconds);  ///< "2025-03-01T00:30:00Z"
/// "2025-03-01T00:30:00Z", also with an offset +hh:mm, or whole UTC seconds. Times without a zone are refused.
std::optional<std::int64_t> parse_time(std::string_view text);

/// A step by its number, from 0, or by its start; `starts` rise.
std::optional<std::int32_t> parse_step(std::string_view text, const std::vector<std::int64_t>& starts);

}  // namespace headroom::csv
