#pragma once

#include <cstddef>

namespace headroom::cli {

/// Of a list for people, whose rest is counted.
inline constexpr std::size_t lines_shown = 10;

}  // namespace headroom::cli
