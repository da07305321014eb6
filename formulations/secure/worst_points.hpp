#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulations/secure/envelope_points.hpp"
#include "formulations/secure/largest_corners.hpp"
#include "formulations/secure/tangents.hpp"

namespace headroom {

/// Whether a coordinate stands at neither end of its box.
/// @param share  0 at the lower, 1 at the upper end
inline bool is_inside(double share) { return share != 0.0 && share != 1.0; }

inline double largest_size(std::span<const double> slopes) {
    double largest = 0;
    for (const double slope : slopes) largest = std::max(largest, std::abs(slope));
    return largest;
}

/// Looks for the point of a box at which each limit of the network is worst in AC (secure_allocation.md).
///
/// From points that somebody names (the corners that rows name, everything up, everything down) each limit goes on from
/// its worst point so far: customers move to the other end where the gradient says that this worsens the limit, all
/// together, one by one and in pairs; where the gradient points inwards and the other end is no worse, to the top of
/// the parabola between. Currents lean in some direction, and where none of that worsens them, to the corners at which
/// they would be largest in any other (largest_corners.hpp). The search ends when no move worsens any limit.
///
/// A limit with room needs no gradient of its own where one that was found at the same corner, for another step or box,
/// says that no move can use that room up, slopes being uncertain by a share of the largest.
class WorstPoints {
public:
    /// Where doubtful flips are tried: in every step, or in the first with that worst corner and in those where they
    /// may matter if they bend twice as much as there.
    enum class Doubts : std::uint8_t { in_every_step, as_learned };

    /// @param points  must outlive this
    WorstPoints(const AcFeeder& feeder, EnvelopePoints& points, std::size_t step_count,
                Doubts doubts = Doubts::in_every_step);

    /// Forgets all points, as EnvelopePoints does, and their gradients.
    void clear();
    /// Forgets a step: its box is new.
    void forget(int step);

    /// From now on only some limits are searched, and what was learnt of others is forgotten. Their worst excess among
    /// the points of the former goes on to be known.
    /// @param wanted  [#limit] 0: not searched
    void confine(std::vector<char> wanted);

    /// Searches limits whose worst known excess is at least -near, from the points that have been added; ratings from
    /// six times as far.
    void search(std::span<const int> steps, double near);

    /// Adds points that the gradient speaks against, for limits whose excess is at least -near, ratings from six times
    /// as far. Losses bend voltages, so both ends may be worst nearby: customers whose slope is another at the opposite
    /// corner are flipped. Reactive power bends currents: where the gradients at both reactive ends lead to is added.
    void add_doubtful_flips(std::span<const int> steps, double near);

    /// Worst point found of a limit, -1: none that has voltages.
    int point(int step, std::int32_t limit) const { return state(step).worst[static_cast<std::size_t>(limit)]; }
    /// Its excess; -inf where there is none.
    double excess(int step, std::int32_t limit) const { return state(step).excess[static_cast<std::size_t>(limit)]; }
    /// Whether some point of the step has no power flow.
    bool diverged(int step) const { return state(step).diverged; }
    /// Largest excess of all limits, -inf where there are none; +inf where a point diverged.
    double worst_excess(int step) const;

    /// Solves for those that are not known yet.
    void require_gradients(std::span<const EnvelopePoints::GradientRequest> requests);
    /// d excess / d coordinate, known since search() or require_gradients(); NaN where there is none.
    std::span<const double> gradient(int point, std::int32_t limit) const;
    bool knows_gradient(int point, std::int32_t limit) const { return find_gradient(point, limit) >= 0; }

    /// Points beyond those given that worsened a limit.
    std::int32_t flip_count(int step) const { return state(step).flips; }

private:
    static constexpr double no_gain = 2e-8;         ///< per unit: moves that promise less are not tried
    static constexpr std::size_t paired_moves = 4;  ///< the most promising customers that are flipped in pairs

    /// Ratings count as near from so many times farther: customers who hardly count alone make a tenth of a rating.
    static constexpr double rating_reach = 6;

    /// Points on the line along which a limit is looked at between points, its ends among them; -1: none.
    using Line = std::array<int, 4>;
    struct State {
        std::vector<int> worst;          ///< [#limit] point or -1
        std::vector<double> excess;      ///< [#limit] there; -inf where there is none
        std::vector<int> settled;        ///< [#limit] the worst point that no move worsens, as far as is known; or -1
        std::vector<int> turned;         ///< [#limit] the worst point whose current has been turned; or -1
        std::vector<Line> line;          ///< [#limit]
        std::vector<std::int32_t> near;  ///< limits that the search looks at
        std::size_t seen = 0;            ///< of the step's points
        bool diverged = false;
        std::int32_t flips = 0;
    };
    State& state(int step) { return states_[static_cast<std::size_t>(step)]; }
    const State& state(int step) const { return states_[static_cast<std::size_t>(step)]; }
    /// One coordinate or two that were sent to their other ends, in a box of these widths.
    struct TriedFlip {
        std::array<std::size_t, 2> coordinate;  ///< twice the same: one alone
        std::array<double, 2> width;
        double bend;  ///< by how much the excess there lies above what the gradient says
    };
    /// A gradient of a limit as it was found in some step and box, as EnvelopePoints::gradients() has them, and at some
    /// share of the coordinates that are inside; turn, of a branch's, may be unknown: empty. And flips against it, of
    /// that or another step and box.
    struct Seen {
        std::vector<double> share, slope, turn;
        std::vector<TriedFlip> tried;
    };
    struct Known {
        std::int32_t limit;
        bool turn;
        int number;  ///< of the gradient
    };
    using Requests = std::vector<EnvelopePoints::GradientRequest>;
    double reach(std::int32_t limit, double near) const {
        return feeder_.limits().is_voltage(static_cast<std::size_t>(limit)) ? near : rating_reach * near;
    }
    bool is_wanted(std::int32_t limit) const {
        return wanted_.empty() || wanted_[static_cast<std::size_t>(limit)] != 0;
    }
    void find_near(int step, double near);
    void require_gradients_near(std::span<const int> steps);
    bool is_searched(int step, std::int32_t limit);
    /// Whether some step asks for the gradient at a place like this one: what it finds may do for others.
    bool is_asked(std::span<const EnvelopePoints::GradientRequest> among, std::int32_t limit,
                  std::span<const double> share, bool turn = false) const;
    const Seen* seen_at(std::int32_t limit, std::span<const double> share) const;
    Seen* seen_at(std::int32_t limit, std::span<const double> share);
    bool cannot_move(int point, std::int32_t limit) const;
    void remember(const EnvelopePoints::GradientRequest& of, std::span<const double> row);
    void look(int step, bool moved);
    int find_gradient(int point, std::int32_t limit, bool turn = false) const;
    std::span<const double> gradient_at(int number) const;

    // worst_point_moves.cpp
    /// A coordinate that the gradient sends elsewhere.
    struct Move {
        std::size_t coordinate;
        double end;   ///< share it goes to
        double gain;  ///< of excess, to first order
    };
    /// These add points, or ask for gradients that the next round of the search needs; false: neither.
    bool move_on(int step, std::int32_t limit, Requests& asked);
    bool follow_gradient(int step, std::int32_t limit, Requests& asked);
    bool turn(int step, std::int32_t limit, Requests& asked);
    PhasorMoves moves_of(const EnvelopeBox& box, double size, std::span<const double> slope,
                         std::span<const double> turn) const;
    std::vector<Move> moves_at(int point, std::int32_t limit) const;
    bool add_moved(int point, std::span<const Move> moves);
    int moved(int point, std::span<const Move> moves);

    // worst_point_lines.cpp
    bool add_inside(int from, std::int32_t limit, std::span<const Move> moves);
    bool add_between(int step, std::int32_t limit, Requests& asked);
    bool add_on_ridge(std::int32_t limit, int from, int end);
    Tangent tangent(int point, std::int32_t limit) const;
    int add_on_way(int from, int end, double way);
    int uphill_end(int step, std::int32_t limit) const;
    double along(int point, std::int32_t limit, int to) const;

    // worst_point_doubts.cpp
    bool is_doubted(int step, std::int32_t limit, double near) const;
    std::vector<Move> doubtful_flips(int point, std::int32_t limit) const;
    void add_other_climbs(int step, std::int32_t limit);
    using Flips = std::array<Move, 2>;  ///< twice the same: one alone
    struct Trial {
        int from;  ///< point
        std::int32_t limit;
        Flips flips;

        std::array<std::size_t, 2> coordinates() const { return {flips[0].coordinate, flips[1].coordinate}; }
    };
    void append_trials(int point, std::int32_t limit, std::vector<Trial>& trials) const;
    void learn(std::span<const Trial> trials);
    void remember(const Trial& trial, int to);
    const TriedFlip* tried(const Trial& trial) const;
    bool is_hopeless(const Trial& trial, const TriedFlip& known) const;
    double rise_along(const Trial& trial) const;

    const AcFeeder& feeder_;
    EnvelopePoints& points_;
    Doubts doubts_;
    std::vector<char> wanted_;  ///< [#limit] those searched; empty: all
    std::vector<State> states_;
    std::vector<std::vector<Known>> known_;  ///< [#point] limits with a gradient, and which
    std::vector<double> slope_;              ///< [#gradient x #coordinate]
    std::vector<std::vector<Seen>> seen_;    ///< [#limit]
};

}  // namespace headroom
