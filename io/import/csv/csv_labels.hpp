#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace headroom::csv {

/// Numbers of groups from their labels, for the rows of one feeder: the same label is the same number, the empty one is
/// -1. A label that is a number from 0, as export writes it, is that number; all others take, in order of appearance,
/// the least numbers that are left.
std::vector<std::int32_t> label_numbers(const std::vector<std::string_view>& labels);

}  // namespace headroom::csv
