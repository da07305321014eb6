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
/// Limits are counted among those that are watched; in_rows() leads back to SecurityRows::limits(). A branch can be too
/// full either way, with worst points of their own: by direction it is two limits, each far from its own (-1) while
/// power flows the other way.
class WatchedLimits {
public:
    enum class Sides : std::uint8_t { together, by_direction };
    /// @param region, flow  must outlive this; `flow` keeps watched_buses() of the same rows and choice
    /// @param watched       [#limit of rows] which of them to watch; empty: all
    /// @throws InvalidFeeder  where the AC network does not settle what a limit watches
    WatchedLimits(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                  std::span<const char> watched = {}, Sides sides = Sides::together);

    struct Workspace {
        LaneArray value;   ///< [#quantity x lane]
        LaneArray excess;  ///< [#limit x lane]
    };
    Workspace workspace() const;

    /// Excess of every limit into work.excess; NaN in lanes without voltages.
    void evaluate(const AcInputs& inputs, const AcLanes& lanes, Workspace& work) const;

    std::size_t size() const { return limits_.size(); }
    /// Where a watched limit is in SecurityRows::limits().
    std::int32_t in_rows(std::size_t limit) const { return limits_[limit].in_rows; }
    /// The watched limit that a row of SecurityRows looks at; -1: none.
    std::int32_t of_row(const SecurityRows& rows, int row) const;
    const AcQuantity& quantity(std::size_t limit) const { return watch_.quantities()[limits_[limit].quantity]; }
    /// How the power or current of a branch's limit turns; of voltages nothing.
    const AcQuantity& turn(std::size_t limit) const { return turns_[limit]; }
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
        std::int8_t direction;  ///< 1 forward (away from the sending end), -1 backward, 0 both
        std::size_t power = 0;  ///< quantity that tells the direction, W
    };

private:
    struct Plan {
        std::vector<AcQuantity> quantities;
        std::vector<Limit> limits;

        static Plan make(const Region& region, const AcPowerFlow& flow, const SecurityRows& rows,
                         std::span<const char> watched, Sides sides);
        void add_voltage(const AcQuantities& quantities, const SecurityRows& rows, std::int32_t limit);
        void add_branch(const Region& region, const AcQuantities& quantities, const SecurityRows& rows,
                        std::int32_t limit, Sides sides);
    };
    WatchedLimits(const AcPowerFlow& flow, Plan&& plan, std::size_t limits_in_rows);

    std::vector<Limit> limits_;
    std::vector<std::int32_t> first_;  ///< [#limit of the rows] first watched limit of it, or -1
    AcWatch watch_;
    std::vector<AcQuantity> turns_;  ///< [#limit]
};

/// Rows of /bus that the quantities of watched limits read.
std::vector<std::int32_t> watched_buses(const Region& region, const SecurityRows& rows,
                                        std::span<const char> watched = {});

}  // namespace headroom
