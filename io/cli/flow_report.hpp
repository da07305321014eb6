#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formulations/state/state_result.hpp"
#include "io/result/row_table.hpp"

namespace headroom::cli {

/// What a StateResult only numbers.
struct FlowNames {
    std::span<const std::string> feeder;  ///< [#feeder] ids
    const RowNames& row;
    std::span<const std::string> terminal_bus;  ///< [#terminal] ids
    std::span<const std::int8_t> conductor;     ///< [#terminal] 0 to 3: a, b, c, neutral
    std::span<const std::int64_t> start, end;   ///< [#step] UTC seconds
};

/// The conductor of a terminal: "a", "b", "c" or "n".
char conductor_name(std::int8_t conductor);

/// The extremes of voltages and loadings, energy and losses, and what has no solution, for people.
std::string flow_text(const StateResult& result, const FlowNames& names);

/// The same for machines: one JSON object.
std::string flow_json(const StateResult& result, const FlowNames& names);

}  // namespace headroom::cli
