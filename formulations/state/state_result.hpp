#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/row_table.hpp"

namespace headroom {

/// What the power flow of a feeder and step came to; the numbers stand in result files.
enum class StateStatus : std::int8_t {
    solved = 0,         ///< voltages and currents hold
    diverged = 1,       ///< neither sweeps nor Newton's method came to rest: values are NaN
    invalid_input = 2,  ///< the feeder has a fault: values are NaN
};

/// By how much a limit must be passed to count, per unit of the base voltage or the rating: what accuracy leaves open
/// where a source stands at the edge of its band is no violation.
inline constexpr double passed_excess = 1e-6;

/// What the power flows of a region at its forecast come to, item by item, [step x feeder], step-major. NaN, -1 and 0
/// where there is no solution or nothing to tell of.
struct StateResult {
    std::size_t step_count = 0, feeder_count = 0;
    RowTable rows;  ///< the limits (state_limits.hpp), feeder by feeder

    std::vector<StateStatus> status;
    std::vector<double> lowest_voltage, highest_voltage;  ///< p.u. of the base voltage
    std::vector<std::int32_t> lowest_row, highest_row;    ///< of `rows`: the lower and upper limit of that voltage
    std::vector<double> highest_loading;                  ///< share of the rating
    std::vector<std::int32_t> fullest_row;                ///< of `rows`: that rating
    std::vector<std::int32_t> outside_band, over_rating;  ///< limits passed by more than passed_excess
    std::vector<double> loss;                             ///< W, of branches and shunts
    std::vector<double> head_power, head_reactive_power;  ///< W, V A; out of the source positive
    std::vector<double> mismatch;                         ///< V A, diverged items: largest at the best point found
    std::vector<std::int32_t> mismatch_terminal;          ///< where that is, row of the terminal table
    std::vector<std::int64_t> idle_customers;             ///< [feeder] passive customers that nothing feeds
    std::vector<std::string> feeder_fault;                ///< [feeder] first fault, "" when none

    std::size_t item(std::size_t step, std::size_t feeder) const { return step * feeder_count + feeder; }
    std::size_t item_count() const { return step_count * feeder_count; }
    /// Every item without a solution.
    void resize(std::size_t steps, std::size_t feeders);
};

/// Voltages and currents of some feeders that stand one after the other, as results keep them: rows and columns are
/// counted inside the block. NaN where nothing flows.
struct StateBlock {
    std::size_t step_count = 0;
    std::int64_t first_terminal = 0, terminal_count = 0, first_branch = 0, branch_count = 0;
    std::vector<double> voltage, angle;  ///< [step x terminal] V to ground, degree
    std::vector<double> current;         ///< [step x branch x conductor] A, at the sending end

    static std::uint64_t bytes(std::size_t steps, std::int64_t terminals, std::int64_t branches);
};

}  // namespace headroom
