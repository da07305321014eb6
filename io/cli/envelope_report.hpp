#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "formulations/envelope/envelope_result.hpp"
#include "io/report/envelope_summary.hpp"

namespace headroom::cli {

/// What an EnvelopeResult only numbers.
struct EnvelopeNames {
    std::span<const std::string> feeder;                       ///< [#feeder] ids
    std::span<const std::string> row_bus;                      ///< [#row] ids
    std::span<const std::string> row_branch;                   ///< [#row] ids, "" for voltage rows
    std::span<const std::int64_t> step_start;                  ///< [#step] UTC seconds
    std::span<const std::int32_t> customer_feeder;             ///< [#customer] row of feeder
    std::span<const std::string> policy = {}, reference = {};  ///< [#feeder] where they differ, else empty
};

/// Items by status, policies where feeders have their own, limits by direction, fairness, certificate, then the worst
/// violated rows and the faults of feeders, for people.
std::string envelope_text(const EnvelopeResult& result, const EnvelopeNames& names);

/// Of that, what a summary alone says.
/// @param joint  envelopes over P and Q
std::string summary_text(const EnvelopeSummary& summary, std::size_t steps, bool joint);

/// envelope_text for machines, with all violations and faults: one JSON object.
std::string envelope_json(const EnvelopeResult& result, const EnvelopeNames& names);

/// "solved", "insecure_base", ...: as in result files.
const char* status_name(ItemStatus status);

/// "voltage_max at bus 'b' phase a", "branch 'l5' phase c": a security row in words.
std::string row_text(const EnvelopeResult& result, const EnvelopeNames& names, std::int32_t row);

}  // namespace headroom::cli
