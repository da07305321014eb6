// Rows of a clearing that were linearised in AC: whether they are what the power flow makes there; verify_clearing.hpp.

#include <algorithm>
#include <cmath>
#include <iterator>

#include "formulations/market/clearing_walk.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/market/tangent_points.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double flows_differ = 1e-7;        // per unit: two power flows of one point
constexpr double derivatives_differ = 1e-5;  // of the largest one
constexpr double same_end = 1e-6;            // W, V A: a coordinate is at the end of its range

/// Which limit a coefficient belongs to, as position_kind(); -1: errors have none.
int bounded_by(const AcTangent::Power& power) {
    const bool up = power.coefficient > 0;
    switch (power.kind) {
        case EnvelopeCoordinate::Kind::active_power: return up ? 0 : 1;
        case EnvelopeCoordinate::Kind::reactive_power: return up ? 2 : 3;
        default: return -1;
    }
}

}  // namespace

std::span<const AcTangent> ClearingWalk::tangents() const {
    const auto feeder = static_cast<std::int32_t>(feeder_);
    return {std::ranges::lower_bound(result_.tangents, feeder, {}, &AcTangent::feeder),
            std::ranges::upper_bound(result_.tangents, feeder, {}, &AcTangent::feeder)};
}

/// As a row over positions; nothing where there is none of this number in the step, or somebody in it has no position.
std::optional<ClearingWalk::NetworkRow> ClearingWalk::tangent_row(std::int32_t number, std::int32_t step) const {
    if (number < 0 || static_cast<std::size_t>(number) >= result_.tangents.size()) return std::nullopt;
    const AcTangent& tangent = result_.tangents[static_cast<std::size_t>(number)];
    if (static_cast<std::size_t>(tangent.feeder) != feeder_ || tangent.step != step) return std::nullopt;
    NetworkRow row{{}, std::max(tangent.rest, 0.0)};
    for (const AcTangent::Power& power : tangent.powers) {
        if (power.coefficient == 0) continue;
        const auto position = position_of_.find({static_cast<std::size_t>(power.customer), bounded_by(power)});
        if (position == position_of_.end()) return std::nullopt;
        row.entries[position->second] += std::abs(power.coefficient) * watt_per_kilowatt;
    }
    return row;
}

void ClearingWalk::check_tangents() {
    const std::span<const AcTangent> own = tangents();
    if (own.empty()) return;
    const auto [first_row, last_row] = result_.rows.rows_of(static_cast<std::int32_t>(feeder_));
    for (const AcTangent& tangent : own)
        if (static_cast<std::size_t>(tangent.row) < first_row || static_cast<std::size_t>(tangent.row) >= last_row)
            return say(fmt::format("step {}: row {} linearised in AC is of another feeder", tangent.step, tangent.row));
    for (const TapRun& run : tap_runs(region_, static_cast<std::int64_t>(feeder_), series_))
        check_tangents(own, run, static_cast<std::int32_t>(first_row));
}

void ClearingWalk::check_tangents(std::span<const AcTangent> all, const TapRun& run, std::int32_t first_row) {
    std::vector<AcTangent> own;
    std::ranges::copy_if(all, std::back_inserter(own), [&](const AcTangent& tangent) {
        const auto step = static_cast<std::size_t>(tangent.step);
        return run.first <= step && step < run.end;
    });
    if (own.empty()) return;
    std::optional<FeederAllocation> of_run;
    if (run.step_count() < series_.step_count())
        of_run.emplace(region_, static_cast<std::int64_t>(feeder_), series_, run, allocation_.question());
    const FeederAllocation& linear = of_run ? *of_run : allocation_;
    TangentPoints in_ac(region_, series_, linear);
    const auto points = in_ac.at(own, first_row);
    const std::vector<CoordinateColumns> columns = columns_of(in_ac.coordinates(), linear.rows().columns());
    for (std::size_t k = 0; k < own.size(); ++k)
        if (points[k] && is_open(static_cast<std::size_t>(own[k].step)))
            check_tangent(own[k], *points[k], columns);
        else
            say(fmt::format("step {}: row {} is linearised where there is no point with a power flow", own[k].step,
                            own[k].row));
}

/// A tangent has the excess that the power flow has at its point, no smaller coefficients than derivatives there, and
/// leaves what both make of the limits before the market. Coefficients may be somewhat larger: auction.md, (9).
void ClearingWalk::check_tangent(const AcTangent& tangent, const TangentPoints::Point& point,
                                 std::span<const CoordinateColumns> columns) {
    const auto step = static_cast<std::size_t>(tangent.step);
    const auto fault = [&](const std::string& what) {
        say(fmt::format("step {}: row {} linearised in AC: {}", tangent.step, tangent.row, what));
    };
    if (!(std::abs(point.excess - tangent.excess) <= flows_differ))
        fault(fmt::format("passes its limit by {:.9g} per unit at its point, not by {:.9g}", point.excess,
                          tangent.excess));
    double largest = 0;
    for (const double slope : point.slope) largest = std::max(largest, std::abs(slope));
    const double dust = allocation_.question().dust;
    double left = -point.excess, moved = 0, dust_room = 0;
    for (std::size_t k = 0; k < point.slope.size(); ++k) {
        const double slope = point.slope[k], coefficient = point.coefficient[k];
        const bool up = coefficient != 0 ? coefficient > 0 : slope > 0;
        const std::int32_t column = up ? columns[k].up : columns[k].down;
        const auto end_of = [&](const std::vector<double>& level) {
            return (up ? watt_per_kilowatt : -watt_per_kilowatt) * level[static_cast<std::size_t>(column)];
        };
        const double rounding = derivatives_differ * largest;
        if (coefficient != 0) {
            if (column < 0) return fault("a coefficient of what no limit bounds");
            const double size = std::abs(coefficient), least = up ? slope : -slope;
            if (!(size >= least - rounding && size <= steepest * std::max(least, 0.0) + rounding))
                fault(fmt::format("coefficient {:.9g} of coordinate {}, the derivative is {:.9g}", coefficient, k,
                                  slope));
            left -= slope * (end_of(before_[step]) - point.power[k]);
            moved += std::abs(slope * (end_of(before_[step]) - point.power[k]));
        } else if (column >= 0 && std::abs(slope) < dust * largest) {
            dust_room += std::abs(slope) * watt_per_kilowatt
                         * allocation_.connection_cap(static_cast<std::size_t>(column), step);
        } else if (column >= 0 && std::abs(slope) > rounding
                   && std::abs(end_of(after_[step]) - point.power[k]) <= same_end) {
            fault(fmt::format("coordinate {} moves it by {:.9g}, and has no coefficient", k, slope));
        }
    }
    const double rounding = flows_differ + derivatives_differ * moved;
    if (!(tangent.rest <= left + rounding && tangent.rest >= left - dust_room - rounding))
        fault(fmt::format("leaves {:.9g} per unit before the market, not {:.9g}", left, tangent.rest));
}

}  // namespace headroom
