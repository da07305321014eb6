#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom {

/// Published limits of one kind, over all steps and customers.
struct LimitSummary {
    std::int64_t count = 0;                    ///< limits with a number
    std::int64_t at_cap = 0;                   ///< of these, stopped by the connection cap
    std::int64_t zero = 0;                     ///< of these, 0 W
    double lowest = 0, mean = 0, highest = 0;  ///< W, V A
};

/// What a night's work comes to; an item is one feeder in one step.
struct EnvelopeSummary {
    static constexpr std::size_t status_count = 8;
    std::int64_t items = 0;
    std::array<std::int64_t, status_count> items_with{};    ///< by ItemStatus
    std::array<LimitSummary, limit_members.size()> limits;  ///< by LimitKind
    std::int64_t forecasts_over_cap = 0;                    ///< limits and steps whose forecast was cut at the cap
    std::int32_t rounds_most = 0;
    double row_violation_worst = 0;   ///< largest certificate_row_violation above 0
    double bottleneck_gap_worst = 0;  ///< W, largest certificate_bottleneck_gap above 0
    bool concave = false;             ///< the policy needed the convex solver; the next two are its certificate
    double gap_worst = 0;             ///< relative, largest certificate_gap above 0
    std::int32_t iterations_most = 0;

    const LimitSummary& of(LimitKind kind) const { return limits[static_cast<std::size_t>(kind)]; }

    std::int64_t secure_items = 0;  ///< published items with limits, made secure in AC; the rest is about these
    double excess_worst = 0;        ///< p.u.
    double hold_loosest = 0;        ///< p.u.
    std::int32_t secure_rounds_most = 0;
    double flows_mean = 0, gradients_mean = 0;  ///< per item
    std::int64_t flips = 0;
    double factor_smallest = 1;

    /// Items whose limits are fit to be published as asked.
    bool all_solved() const;
};

EnvelopeSummary summarise(const EnvelopeResult& result);

/// Items whose base case is insecure without passing a row: AC found no power flow, so there is no voltage to tell.
std::vector<std::size_t> items_without_power_flow(const EnvelopeResult& result);

/// Adds what another part of a region comes to.
void add(EnvelopeSummary& total, const EnvelopeSummary& part);

}  // namespace headroom
