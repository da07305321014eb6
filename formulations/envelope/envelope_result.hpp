#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/row_table.hpp"
#include "formulations/flow/limit_column.hpp"

namespace headroom {

/// What an item (feeder, step) is worth; stored as /solve/status.
enum class ItemStatus : std::int8_t {
    solved = 0,                  ///< limits are certified and may be published
    insecure_base = 1,           ///< the base case violates rows (listed); limits are NaN
    solved_no_worse = 2,         ///< insecure base case, violated rows were given no room (--insecure-base no-worse)
    forecast_not_contained = 3,  ///< certified, but the forecast of some customers was scaled to fit (listed rows)
    invalid_input = 4,           ///< the feeder has a fault; limits are NaN
    uncertified = 5,             ///< the answer failed its certificate; limits are NaN
    islanded = 6,                ///< de-energised feeder without active customers; nothing to publish
    ac_shrunk = 7,               ///< certified in AC, after limits were shrunk towards their start
};

/// What stopped a limit, where it is not a row of the security table (values of binding_row below zero).
namespace binding {
inline constexpr std::int32_t cap = -1;         ///< the connection cap
inline constexpr std::int32_t not_asked = -2;   ///< this direction was not asked for: the forecast alone is contained
inline constexpr std::int32_t none = -3;        ///< passive customer or unsolved item
inline constexpr std::int32_t group_stop = -4;  ///< the rule stops all limits together elsewhere (equal share)
}  // namespace binding

/// A row that the base case violates (or the forecast, for forecast_not_contained).
struct Violation {
    std::int32_t step, feeder, row;
    double value;  ///< V or V A, at the base case (or at the forecast corner)
    double limit;  ///< V or V A
};

/// Multiplier of a row of a limit: how much the objective would gain from more room. Rows without a price are left out.
struct RowPrice {
    std::int32_t step, feeder, row;
    std::int32_t side;          ///< which packing row of the limit (SecurityRows::side_of_row)
    double price;               ///< > 0, objective per row unit
    double tie_price;           ///< likewise of the tie-break of Policy::total; 0 for other policies
    std::int32_t tangent = -1;  ///< clearings that are secure in AC: row of ClearingResult::tangents; -1: a linear row
};

/// What making an item secure in AC came to (formulations/secure/secure_allocation.md).
struct SecureOutcome {
    std::int32_t rounds = 0;     ///< linear solves
    std::int32_t flows = 0;      ///< power flows
    std::int32_t gradients = 0;  ///< of limits, at their worst points
    std::int32_t flips = 0;      ///< points beyond the rows' corners that worsened a limit
    double factor = 1;           ///< below 1: what is left of the way from the start after shrinking
    double worst_excess = 0;     ///< largest excess of all limits at the points searched, per unit of voltage or rating
    double loosest_hold = 0;     ///< largest room in AC of a row that stops a limit, likewise
};

/// Envelopes of a region over one series. Arrays are [step x customer] or [step x feeder], step-major; customers and
/// feeders in the order of the case, passive customers NaN.
struct EnvelopeResult {
    std::vector<double> export_limit, import_limit;                    ///< W, >= 0 or NaN
    std::vector<std::int32_t> export_binding_row, import_binding_row;  ///< row of rows, or binding::
    /// Of customers with a reactive range under Reactive::joint: V A, -q_absorb_limit <= reactive injection <=
    /// q_inject_limit, NaN for all others. Empty unless joint.
    std::vector<double> q_inject_limit, q_absorb_limit;
    std::vector<std::int32_t> q_inject_binding_row, q_absorb_binding_row;  ///< as those of export
    std::vector<ItemStatus> status;                                        ///< [step x feeder]
    std::vector<double> level;                    ///< [step x feeder] last common level, reference units
    std::vector<std::int32_t> forecast_over_cap;  ///< [step x feeder] limits whose forecast was cut at the cap
    std::vector<std::int32_t> rounds;             ///< [step x feeder] filling rounds
    std::vector<double>
        certificate_row_violation;  ///< [step x feeder] W of the row's most sensitive limit; <= 0: inside
    std::vector<double> certificate_bottleneck_gap;  ///< [step x feeder] W, 0 when every limit has its bottleneck
    std::vector<double> certificate_gap;   ///< [step x feeder] relative duality gap of a concave policy, else NaN
    std::vector<double> objective;         ///< [step x feeder] what the policy minimises, kW; NaN unless concave
    std::vector<std::int32_t> iterations;  ///< [step x feeder] of the interior-point method; 0 unless concave
    std::vector<double> tie_multiplier;  ///< [step x feeder] price of the sum in the tie-break of Policy::total, else 0
    std::vector<RowPrice> prices;        ///< of concave policies, by feeder, step and row
    /// [step x feeder] share of the largest sum of limits that is given up, NaN where unsolved; empty unless asked for.
    std::vector<double> price_of_fairness;
    std::vector<SecureOutcome> secure;  ///< [step x feeder]; empty unless secure in AC was asked for
    RowTable rows;
    /// [step x row] share of the row's limit (1: at it) at the base case and at the worst point inside the envelopes;
    /// empty unless asked for. The worst point of a voltage_min row is its lowest voltage. NaN where nothing is
    /// published.
    std::vector<double> row_base, row_worst;
    std::vector<Violation> violations;
    std::vector<std::string> feeder_fault;  ///< [feeder] first fault, "" when none
    std::size_t step_count = 0, customer_count = 0, feeder_count = 0;

    bool has_reactive_limits() const { return !q_inject_limit.empty(); }
};

/// Where the limits of a kind stand in an EnvelopeResult, and what binds them.
struct LimitMembers {
    std::vector<double> EnvelopeResult::*limit;
    std::vector<std::int32_t> EnvelopeResult::*binding_row;
};
/// By LimitKind.
inline constexpr std::array<LimitMembers, 4> limit_members{
    {{&EnvelopeResult::export_limit, &EnvelopeResult::export_binding_row},
     {&EnvelopeResult::import_limit, &EnvelopeResult::import_binding_row},
     {&EnvelopeResult::q_inject_limit, &EnvelopeResult::q_inject_binding_row},
     {&EnvelopeResult::q_absorb_limit, &EnvelopeResult::q_absorb_binding_row}}};

}  // namespace headroom
