#pragma once

#include <string>

#include "formulations/network/region.hpp"

namespace headroom::test {

/// "" when both hold the same bits in every column (NaN payloads and signs of zeros included), else the first column
/// that differs.
std::string difference(const Region& one, const Region& other);

}  // namespace headroom::test
