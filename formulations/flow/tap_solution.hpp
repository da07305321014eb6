#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_settings.hpp"
#include "formulations/flow/ac_step.hpp"
#include "formulations/flow/coil_pair.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

struct TapSettings {
    AcSettings flow;
    int round_limit = 100;  ///< flows, > 0
};

enum class TapStatus : std::uint8_t {
    settled,        ///< every control is within its band or at the end of its range
    round_limit,    ///< controls still move: they hunt each other
    flow_diverged,  ///< there is no power flow at the taps reached
};

struct TapOutcome {
    TapStatus status = TapStatus::settled;
    int rounds = 0;  ///< power flows; none: the feeder has no controls
};

/// What became of the taps of a feeder in a series.
struct SeriesTaps {
    int rounds = 0;                     ///< power flows
    std::vector<std::size_t> restless;  ///< steps without a rest: they keep the taps of the step before
};

/// The tap controls of a feeder and where its taps stand. Points follow each other: each begins with the taps that the
/// one before left (tap_solution.md).
class TapControls {
public:
    /// @param region  must outlive this
    /// @param taps    where they stand at first; empty: as the region has them
    /// @throws InvalidFeeder  where a controlled row of /transformer belongs to several branches
    TapControls(const Region& region, std::int64_t feeder, TapPositions taps = {}, const TapSettings& settings = {});

    bool none() const { return controls_.empty(); }
    TapPositions taps() const { return taps_; }
    /// Rows of /transformer that controls move, some more than once.
    std::vector<std::size_t> transformers() const;

    /// Moves taps to where the controls come to rest at a point; what is not settled is left where it got to.
    /// @throws InvalidFeeder  as AcPowerFlow does
    TapOutcome settle(const AcPoint& point);
    void put_back(TapPositions taps);
    /// Settles step by step at base_point() and writes SeriesSet::to_tap of the rows that controls move.
    /// @pre    to_tap has its size; it may be written for several feeders at a time
    /// @throws InvalidFeeder  as AcPowerFlow does
    SeriesTaps follow(SeriesSet& series);

private:
    /// A control and the branch whose taps it moves.
    struct Control {
        std::size_t row;
        std::int64_t branch;
    };

    static std::vector<Control> controls_of(const Region& region, std::int64_t feeder);
    bool has_flow(const AcPoint& point);
    double measured(const Control& control, const CoilPair& pair) const;
    int wanted(const Control& control) const;
    bool move();
    void step_tap(std::size_t row, int wanted_steps);
    std::span<double> taps_of(std::size_t control) {
        return std::span(taps_).subspan(3 * static_cast<std::size_t>(region_.tap_control.transformer[control]), 3);
    }

    const Region& region_;
    std::int64_t feeder_;
    TapSettings settings_;
    std::vector<Control> controls_;
    std::vector<double> taps_;                   ///< TapPositions reached so far
    std::optional<AcPowerFlow> flow_;            ///< at these taps; none: they moved since
    std::vector<std::complex<double>> voltage_;  ///< [#slot]
};

/// TapControls of a region, of which it moves TransformerColumns::to_tap, at one point.
/// @throws InvalidFeeder
TapOutcome settle_taps(Region& region, std::int64_t feeder, const AcPoint& point, const TapSettings& settings = {});

/// A step of a series with active customers at zero power, passive ones at their forecast.
AcPoint base_point(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step);

bool has_tap_controls(const Region& region, std::int64_t feeder);

}  // namespace headroom
