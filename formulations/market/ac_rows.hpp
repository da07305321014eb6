#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "formulations/market/ac_tangent.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/linear_runs.hpp"
#include "formulations/secure/worst_points.hpp"

namespace headroom {

/// Rows of a feeder's limit market that are linearised in AC, for every open step its own. A limit of the network that
/// has one or several, each at a point that was its worst under some limits (secure_allocation.md, 3), has no linear
/// rows any more. They stand behind the linear rows, which keep their numbers and what AC leaves of them (AcRoom).
class AcRows {
public:
    static constexpr int patience = 6;  ///< corrections after which answers are taken to go round in a circle

    /// Linearises the voltages that come near their limit under the limits that the market begins with.
    /// @param allocation  market_allocation(), in lin_dist3_flow; it, region and series must outlive this
    /// @param market      gets the rows; must outlive this
    AcRows(const Region& region, const SeriesSet& series, const FeederAllocation& allocation, FeederMarket& market);

    /// Looks for the worst points of an auction's answer, and linearises there what it passes and what has a price.
    /// At first rows of earlier answers move along; later they stay as they are beside the new ones, so that no answer
    /// comes twice.
    /// @param levels  [#step x #position] kW
    /// @param steps   [#step] 1: look at
    /// @param priced  [#step] rows that have a price
    /// @param proving [#step] rows that proofs of bounds name
    /// @param round   from 1 on
    /// @return        [#step] 1: AC refuses the levels, or a priced row is not that of a limit which is full in AC, or
    ///                a proof names a linear row; its rows are others now
    std::vector<char> correct(std::span<const double> levels, std::span<const char> steps,
                              const std::vector<std::vector<std::int32_t>>& priced,
                              const std::vector<std::vector<std::int32_t>>& proving, int round);

    /// A row of the market as others can make it again; nothing where it is a linear one.
    std::optional<AcTangent> tangent(std::size_t step, std::int32_t row) const;

private:
    struct Row {
        AcRow at;
        SplitAcRow halves;
        double excess;                    ///< at the point,
        std::vector<double> power;        ///< [#coordinate] where this is injected
        std::vector<double> charge = {};  ///< [#position] by which entries are larger than derivatives; empty: by none
    };
    /// The feeder in steps in which its taps stand still.
    struct Network {
        const FeederAllocation* linear;
        std::vector<std::size_t> place;  ///< [#row of `linear`] which of the market's linear rows it is
        PackingRows rows;                ///< all linear rows of the market; those it has not have no entries
        MarketRows market_rows;          ///< the same
        std::unique_ptr<AcFeeder> ac;
    };
    struct Step {
        std::vector<Row> rows;
        std::vector<char> replaced;       ///< [#linear row] rows linearised in AC stand for it
        std::vector<double> linear_rest;  ///< [#linear row] what the market's first levels leave, unscaled
    };
    /// Some steps side by side, their points and their search.
    struct Pack;
    /// What is to be linearised in a step.
    struct Wanted {
        int lane;
        std::vector<std::int32_t> limits;
        std::vector<std::size_t> stale;  ///< rows to be made anew at their own point
    };

    Step& at(std::size_t step) { return steps_[step]; }
    const Step& at(std::size_t step) const { return steps_[step]; }
    std::span<const double> levels_of(std::span<const double> levels, std::size_t step) const {
        const auto positions = static_cast<std::size_t>(market_.rows.position_count());
        return levels.subspan(step * positions, positions);
    }
    void add_network(const Region& region, const FeederAllocation& linear, std::vector<std::size_t> place,
                     PackingRows rows);
    const Network& network_of(std::size_t step) const { return networks_[number_[step]]; }
    /// Its limits and coordinates are the same whatever the taps.
    const AcFeeder& ac() const { return *networks_.front().ac; }
    std::size_t pack_end(std::size_t first) const;
    std::vector<int> lanes_of(std::size_t first, std::span<const char> steps) const;
    void search(Pack& pack, std::span<const double> levels, double near);
    void set_box(Pack& pack, int lane, std::span<const double> levels, double factor, double near);
    bool is_held(const Pack& pack, int lane, std::span<const std::int32_t> priced, int round,
                 std::vector<char>& wanted) const;
    bool is_linear(std::int32_t row) const { return static_cast<std::size_t>(row) < watched_.size(); }
    void want_limits_of_linear_rows(const Pack& pack, int lane, std::span<const std::int32_t> proving,
                                    std::vector<char>& wanted) const;
    double claim(const Row& row, std::span<const double> level) const;
    std::vector<std::size_t> stale_rows(const Pack& pack, int lane, std::span<const double> level, int round) const;
    double first_rest(std::size_t step, const Row& row) const;
    void take_charge(std::size_t step, Row& row, std::span<const double> charge) const;
    void refuse(std::size_t step, Row& row, std::span<const double> change, double excess) const;
    void linearise(Pack& pack, const std::vector<Wanted>& all_wanted, bool keep);
    Row& add(std::size_t step, Row row, bool keep);
    void write_rows();
    void write_rows(std::size_t step);

    const SeriesSet& series_;
    const FeederAllocation& allocation_;
    FeederMarket& market_;
    std::optional<LinearRuns> runs_;   ///< where the series moves the feeder's taps
    std::vector<Network> networks_;    ///< [#run]
    std::vector<std::size_t> number_;  ///< [#step] which it is of
    std::vector<CoordinateColumns> columns_;
    EnvelopeBox ranges_;
    std::vector<std::int32_t> watched_;  ///< [#linear row] the limit of AcFeeder that it looks at, -1: none
    std::vector<Step> steps_;
    std::size_t most_rows_ = 0;  ///< of a step, linearised in AC
};

}  // namespace headroom
