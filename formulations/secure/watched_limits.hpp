#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_watch.hpp"
#include "formulations/flow/security_rows.hpp"

namespace headroom {

/// The limits of a feeder's security rows as the AC power flow sees them: the same places, with nothing linearised.
///
/// Voltages as magnitudes; ampere ratings as currents, ratings in V A as apparent power, of a branch and of each
/// winding, all at the sending end. The excess of a limit is how far it is passed: per unit of the base voltage, or of
/// the rating; above zero it is violated.
///
/// Limits are counted among those that are watched; in_rows() leads back to SecurityRows::limits().
class WatchedLimits {
public:
    /// @param region, flow  must outlive this; `flow` keeps watched_buses() of the same rows and choice
    /// @param watched       [#limit of rows] which of them to watch; empty: all
    /// @throws InvalidFeeder  where the AC network does not settle what a limit watches
    WatchedLimits(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                  std::span<const char> watched = {});

    struct Workspace {
        LaneArray value;   ///< [#quantity x lane]
        LaneArray excess;  ///< [#limit x lane]
    };
    Workspace workspace() const;

    /// Excess of every limit into work.excess; NaN in lanes without voltages.
    void evaluate(const AcInputs& inputs, const AcLanes& lanes, Workspace& work) const;

    std::size_t size() const { return limits_.size(); }
    /// Where a watched limit is in SecurityRows::limits(), and back; -1: it is not watched.
    std::int32_t in_rows(std::size_t limit) const { return limits_[limit].in_rows; }
    std::int32_t from_rows(std::int32_t limit) const { return from_rows_[static_cast<std::size_t>(limit)]; }
    const AcQuantity& quantity(std::size_t limit) const { return watch_.quantities()[limits_[limit].quantity]; }
    const AcWatch& watch() const { return watch_; }
    /// Row of Workspace::value that a limit watches; the two limits of a voltage share one.
    std::size_t quantity_number(std::size_t limit) const { return limits_[limit].quantity; }
    std::size_t quantity_count() const { return watch_.quantities().size(); }
    /// d excess / d value
    double slope(std::size_t limit) const { return limits_[limit].slope; }
    bool is_voltage(std::size_t limit) const { return limits_[limit].voltage; }
    /// V or V A at a given excess, in the unit of SecurityLimit::limit.
    double value(std::size_t limit, double excess) const;

    struct Limit {
        std::size_t quantity;
        double limit;   ///< V, A or V A
        double slope;   ///< 1 / base or 1 / rating; negative for lower limits
        double stored;  ///< SecurityLimit::limit
        std::int32_t in_rows;
        bool voltage;
    };

private:
    struct Plan {
        std::vector<AcQuantity> quantities;
        std::vector<Limit> limits;

        static Plan make(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                         std::span<const char> watched);
    };
    WatchedLimits(const AcPowerFlow& flow, Plan&& plan, std::size_t limits_in_rows);

    std::vector<Limit> limits_;
    std::vector<std::int32_t> from_rows_;
    AcWatch watch_;
};

/// Rows of /bus that the quantities of watched limits read.
std::vector<std::int32_t> watched_buses(const Region& region, const SecurityRows& rows,
                                        std::span<const char> watched = {});

}  // namespace headroom
