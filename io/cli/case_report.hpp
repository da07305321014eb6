#pragma once

#include <array>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"

namespace headroom::cli {

inline constexpr std::array branch_kind_names{"lines", "transformers", "regulators", "switches"};
inline constexpr std::array traded_limit_names{"export", "import", "q_inject", "q_absorb", "up", "down"};

/// What `info` says about a case, for people: counts, voltage levels, series, and the first faults.
std::string case_text(const Region& region, const std::vector<Fault>& faults);

/// The same for machines, with all faults: one JSON object.
std::string case_json(const Region& region, const std::vector<Fault>& faults);

/// The first faults, one indented line each, and how many more there are.
std::string faults_text(const std::vector<Fault>& faults);

}  // namespace headroom::cli
