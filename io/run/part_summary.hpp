#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <variant>

#include "io/report/clearing_summary.hpp"
#include "io/report/congestion_summary.hpp"
#include "io/report/envelope_summary.hpp"
#include "io/report/replay_summary.hpp"
#include "io/run/run_kind.hpp"

namespace headroom {

/// What one part, or several together, come to; the alternatives stand in the order of RunKind.
using PartSummary = std::variant<EnvelopeSummary, ClearingSummary, ReplaySummary, CongestionSummary>;

/// Of no part at all.
PartSummary empty_summary(RunKind kind);

/// @pre both are of one kind
void add(PartSummary& total, const PartSummary& part);

std::int64_t item_count(const PartSummary& summary);

/// Every item came out as it was asked for.
bool is_whole(const PartSummary& summary);

/// Numbers by name, for journals; lists that count rows of one part are left out.
nlohmann::json summary_json(const PartSummary& summary);
/// @throws nlohmann::json::exception  where a number is missing or none
PartSummary summary_of(RunKind kind, const nlohmann::json& stored);

}  // namespace headroom
