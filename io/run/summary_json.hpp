#pragma once

#include <nlohmann/json_fwd.hpp>

#include "io/report/envelope_summary.hpp"

namespace headroom {

/// All numbers of a summary, for journals.
nlohmann::json summary_json(const EnvelopeSummary& summary);

/// @throws nlohmann::json::exception  where a number is missing
EnvelopeSummary summary_of(const nlohmann::json& stored);

}  // namespace headroom
