#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "formulations/envelope/question.hpp"
#include "formulations/flow/ac_gradient.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_step.hpp"
#include "formulations/secure/envelope_box.hpp"
#include "formulations/secure/forecast_errors.hpp"
#include "formulations/secure/point_ends.hpp"
#include "formulations/secure/watched_limits.hpp"
#include "solver/memory/lane_arena.hpp"

namespace headroom {

/// How points are looked at. By default as replays do it: currents, differences of voltages, to far below what limits
/// may be passed by. Gradients suit a correction: every linearisation is checked by the flows of the next round.
struct AcFeederSettings {
    double flow_tolerance = 1e-10;     ///< AcSettings::tolerance
    double gradient_tolerance = 1e-7;  ///< of AcGradients
    LoadResponse response = LoadResponse::follows;
    WatchedLimits::Sides sides = WatchedLimits::Sides::by_direction;
    std::optional<LoadWindow> window = {};  ///< where loads keep their model; none: everywhere
    RowErrors errors = {};                  ///< of forecasts, whose ranges points are in too
    TapPositions taps = {};                 ///< must outlive the feeder; empty: those of the region
};

/// One feeder made ready for AC: power flow, limits, gradients, and the coordinates of its envelopes.
class AcFeeder {
public:
    /// @param region   must outlive this
    /// @param rows     of the feeder in lin_dist3_flow; read here only
    /// @param watched  [#limit of rows] which of them to watch; empty: all
    /// @throws InvalidFeeder
    AcFeeder(const Region& region, std::int64_t feeder, const SecurityRows& rows, std::span<const char> watched = {},
             const AcFeederSettings& settings = {});
    AcFeeder(const AcFeeder&) = delete;
    AcFeeder& operator=(const AcFeeder&) = delete;
    ~AcFeeder() = default;

    const Region& region() const { return region_; }
    const AcPowerFlow& flow() const { return flow_; }
    const WatchedLimits& limits() const { return limits_; }
    const AcGradients& gradients() const { return gradients_; }
    /// Active power of every active customer, reactive power, then errors of forecasts, those of shares last.
    std::span<const EnvelopeCoordinate> coordinates() const { return coordinates_; }
    /// The last coordinates, of which a unit injects what the forecast of the step says.
    std::size_t shared_error_count() const { return shared_error_count_; }
    const RowErrors& errors() const { return errors_; }

private:
    const Region& region_;
    RowErrors errors_;
    AcPowerFlow flow_;
    WatchedLimits limits_;
    AcGradients gradients_;
    std::vector<EnvelopeCoordinate> coordinates_;
    std::size_t shared_error_count_;
};

/// What all points of one step share: injections of all customers where the envelopes inject nothing, and the source.
using AcBase = AcPoint;

AcBase ac_base(const AcFeeder& feeder, const SeriesSet& series, std::size_t step, const AllocationQuestion& question);

/// Points of the boxes of up to some steps, solved in lanes as they come: each once.
///
/// A point is written in shares of its box, 0 at the lower and 1 at the upper end of each coordinate, so that a corner
/// stays the same corner when the box changes. Where the power flow of a point diverges, every excess is infinite.
///
/// A flow starts from the voltages of a point that has most ends in common: of the same step in the last box, of the
/// same step, of the step before, the last 1024 of each. Which one that is depends on the points alone, not on threads.
class EnvelopePoints {
public:
    /// @param bases  [#step] must outlive this
    EnvelopePoints(const AcFeeder& feeder, std::span<const AcBase> bases);

    /// Forgets all points but as starts of the next ones; their numbers are given again.
    void clear();
    /// Forgets the points of a step and gives it a new box.
    void set_box(int step, EnvelopeBox box);
    const EnvelopeBox& box(int step) const { return boxes_[static_cast<std::size_t>(step)]; }

    /// The point's number; an old one where it is known already.
    int add(int step, std::span<const double> share);
    /// The same point with all reactive coordinates down, and with all of them up; empty where there are none.
    std::vector<std::vector<double>> reactive_ends(std::span<const double> share) const;
    /// A point and its reactive_ends(): a current may be largest either way, and between the two no single customer
    /// makes it worse.
    void add_with_reactive_ends(int step, std::span<const double> share);
    /// Solves what has come since.
    void solve();

    std::size_t size() const { return count_; }
    int step_of(int point) const { return at(point).step; }
    bool is_solved(int point) const { return at(point).solved; }
    bool converged(int point) const { return at(point).converged; }
    /// [#coordinate], until clear()
    std::span<const double> share(int point) const { return at(point).share; }
    /// [#limit], until clear()
    std::span<const double> excess(int point) const { return at(point).excess; }
    /// W and V A above AcBase of each coordinate.
    std::vector<double> injections(int point) const;
    /// What all customers inject at a point.
    /// @param whole  out
    void inject(int point, AcPoint& whole) const;
    std::span<const int> points_of(int step) const { return of_step_[static_cast<std::size_t>(step)]; }

    struct GradientRequest {
        int point;
        std::int32_t limit;
        bool turn = false;  ///< of WatchedLimits::turn(), per unit of the rating, in place of the excess
    };
    /// d excess / d coordinate, per W and V A. Rows that hold for other steps too: of errors that follow a forecast
    /// they have the slope by P in the coordinate's place and that by Q behind all coordinates.
    /// @param result  [#request x gradient_size()] out; NaN where a point has no derivative
    void gradients(std::span<const GradientRequest> requests, std::vector<double>& result);
    std::size_t gradient_size() const { return feeder_.coordinates().size() + feeder_.shared_error_count(); }
    /// Slopes along the coordinates of a step, of a row of gradients().
    /// @param room  for the answer, where it is not a part of the row
    /// @return      [#coordinate]
    std::span<const double> slopes(int step, std::span<const double> row, std::vector<double>& room) const;

    std::int32_t flow_count(int step) const { return counts_[static_cast<std::size_t>(step)].flows; }
    std::int32_t gradient_count(int step) const { return counts_[static_cast<std::size_t>(step)].gradients; }

private:
    using Voltages = const double*;  ///< [#read slot of the flow x (real, imaginary)]; null: there are none
    struct Point {
        int step = 0;
        bool solved = false, converged = false;
        std::span<const double> share, excess;
        double level = 0;            ///< sum of share
        PointEnds ends;              ///< of share
        Voltages voltage = nullptr;  ///< once solved
    };
    /// A point of before the last clear().
    struct Past {
        PointEnds ends;
        Voltages voltage;
    };
    struct Counts {
        std::int32_t flows = 0, gradients = 0;
    };
    std::span<const InjectedPower> units(int step) const {
        const std::size_t size = feeder_.coordinates().size();
        return std::span(units_).subspan(static_cast<std::size_t>(step) * size, size);
    }
    std::uint64_t key_of(int step, std::span<const double> share) const;
    void load(int point, int lane);
    const Point& at(int point) const { return points_[static_cast<std::size_t>(point)]; }
    void order_waiting();
    std::array<Voltages, lane_count> keep_voltages();
    void load_voltages(const std::array<Voltages, lane_count>& from);
    Voltages nearest(const Point& point) const;
    void save(Point& point, int lane, Voltages voltage);
    void save_gradient(const GradientRequest& request, int lane, std::span<double> row) const;

    const AcFeeder& feeder_;
    std::span<const AcBase> bases_;
    std::vector<InjectedPower> units_;  ///< [#step x #coordinate] of a W or V A
    std::vector<EnvelopeBox> boxes_;
    std::vector<std::vector<int>> of_step_;
    std::vector<std::unordered_multimap<std::uint64_t, int>> by_key_;  ///< [#step] points
    std::vector<Point> points_;                                        ///< those from count_ on wait for use
    std::size_t count_ = 0;
    std::vector<int> waiting_;
    LaneArena memory_, past_memory_;       ///< of points, and of points of before the last clear()
    std::vector<std::vector<Past>> past_;  ///< [#step]
    std::vector<Counts> counts_;           ///< [#step]
    AcPoint whole_;                        ///< of the point at hand
    AcInputs inputs_;
    AcLanes lanes_;
    WatchedLimits::Workspace watch_;
    AcGradients::Lanes gradient_;
};

}  // namespace headroom
