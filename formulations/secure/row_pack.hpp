#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "formulations/envelope/concave_allocation.hpp"
#include "formulations/secure/secure_feeder.hpp"
#include "formulations/secure/secure_settings.hpp"

namespace headroom {

/// The rows of up to eight steps and their answers: linear rows as the AC base case leaves them, shared by all lanes,
/// and AC rows that each step has of its own. A row of another step has room without end. Linear rows that have room
/// with every limit at its cap, or AC rows in their place, in all lanes are left out of the plan.
class RowPack {
public:
    /// @param bases    of the steps from the first of the pack on
    /// @param scratch  of feeder.linear(), to load the steps with
    RowPack(const SecureFeeder& feeder, const SecureSettings& settings, std::size_t first_step,
            std::span<const AcBase> bases, FeederAllocation::Workspace& scratch);

    std::size_t count() const { return count_; }  ///< steps; lanes beyond have none

    /// The AC base case of a lane: rooms of the linear rows.
    /// @param excess  [#limit watched] above what is let be
    void set_base(std::size_t lane, std::span<const double> excess);

    /// Moves the rooms of linear voltage rows that the answer leaves at most `slack` to what AC leaves there: values of
    /// the nonlinear flow, slopes of the linear one.
    /// @param worst      [#limit watched] per unit, the worst found in the box of the answer
    /// @param allowance  [#limit watched] of that is let be
    void correct(std::size_t lane, double slack, std::span<const double> worst, std::span<const double> allowance);

    /// Linear and AC rows to limits. Answers of other lanes are forgotten; keep() what is wanted.
    /// @param live  [#lane] which ones to solve
    void solve(const std::array<bool, lane_count>& live);

    /// The envelope of no limits.
    const EnvelopeBox& no_limits(std::size_t lane) const { return lanes_[lane].no_limits; }
    /// What the linear model leaves of a row of SecureFeeder::rows() in its own base case, in its unit.
    double linear_base_room(std::size_t lane, std::size_t row) const { return linear_room_[row * lane_count + lane]; }
    /// The envelope when limits are `factor` of the way from their start.
    EnvelopeBox box(std::size_t lane, double factor) const;
    /// What the answer leaves of a linear row (of SecureFeeder::rows()), in its unit; AC rows may stand for it.
    double room_left(std::size_t lane, std::size_t row) const;
    /// The watched limit that stops a limit of the answer; -1: none does.
    std::int32_t stopped_by(std::size_t lane, std::size_t column) const;
    /// Watched limits whose rows the answer fills: concave policies price rows that are nobody's only stop.
    std::vector<std::int32_t> full_limits(std::size_t lane) const;
    /// Limits that the forecast does not fit, and by how much they would be passed, per unit.
    const std::vector<std::pair<std::int32_t, double>>& too_full(std::size_t lane) const {
        return lanes_[lane].too_full;
    }
    /// Whether some of these are linear rows, which may be wrong about it.
    bool linear_rows_scale_starts(std::size_t lane) const { return lanes_[lane].linear_too_full; }

    const std::vector<AcRow>& ac_rows(std::size_t lane) const { return lanes_[lane].rows; }
    /// AC rows that the answer knows, and has less than this room in.
    std::vector<std::size_t> tight_ac_rows(std::size_t lane, double room) const;
    void refresh(std::size_t lane, std::size_t row, AcRow refreshed) { lanes_[lane].rows[row] = std::move(refreshed); }
    /// A row beside the others or, unless `keep`, in place of one of the same limit and point. The linear rows of its
    /// limit are switched off.
    void add(std::size_t lane, AcRow row, bool keep);

    /// Sets the answer of a lane aside, shrunk towards its start.
    void keep(std::size_t lane, double factor);
    /// Takes the AC rows of a lane out of the plans to come.
    void forget_rows(std::size_t lane) { lanes_[lane].rows.clear(); }
    /// Whether the certificate of the answer set aside holds on its rows; writes it.
    bool certify(std::size_t lane, std::size_t item, EnvelopeResult& result) const;
    /// Writes the limits set aside.
    void publish(std::size_t lane, ItemStatus status, std::int32_t row_offset, EnvelopeResult& result) const;
    /// Appends the prices of the answer set aside.
    void publish_prices(std::size_t lane, std::int32_t row_offset, std::vector<RowPrice>& prices) const;

private:
    struct Lane {
        EnvelopeBox no_limits;
        std::vector<AcRow> rows;
        std::size_t solved_rows = 0;  ///< how many of them the answer knows,
        int first_row = 0;            ///< and where they begin in the plan
        std::vector<char> replaced;   ///< [#row of SecureFeeder] AC rows stand for it
        std::vector<std::pair<std::int32_t, double>> too_full;
        bool linear_too_full = false;
        ConcaveAllocation::Proof proof;
        std::vector<std::pair<std::int32_t, std::int32_t>> price_place;  ///< [#price] limit of the table, and side
    };

    void load(FeederAllocation::Workspace& scratch);
    double corrected_room(std::size_t lane, std::size_t row, double excess) const;
    double plan_room_left(std::size_t lane, std::size_t row) const;
    double limit_at(std::size_t place, double factor) const;
    void make_plan(const std::array<bool, lane_count>& live);
    void append_linear_rows(const std::array<bool, lane_count>& live, PackingRows& rows);
    void append_ac_rows(std::size_t lane, PackingRows& rows);
    void contain_forecast(std::size_t lane);
    void keep_proof(std::size_t lane);

    const SecureFeeder& feeder_;
    const FeederAllocation& linear_;
    const SecureSettings& settings_;
    std::size_t first_step_, count_;
    LaneArray start_, cap_, reference_;  ///< [#limit x lane] as loaded
    std::vector<int> over_cap_;
    LaneArray linear_room_;   ///< [#row of SecureFeeder x lane] of the linear base case,
    LaneArray linear_value_;  ///< V, of voltage rows: the value there at the worst of forecast errors,
    LaneArray base_room_;     ///< and rooms as the AC base case leaves them
    LaneArray corrected_;     ///< rooms of the next answer's rows: base_room_ until correct() moves them
    LaneArray used_by_caps_;  ///< likewise, with every limit at its cap
    LaneArray used_;          ///< likewise, by the answer
    std::array<Lane, lane_count> lanes_;
    FillingPlan plan_;                        ///< some linear rows, then the AC rows of all lanes
    std::vector<std::int32_t> plan_linear_;   ///< [#linear row of plan_] row of SecureFeeder
    std::vector<std::int32_t> limit_of_row_;  ///< [#row of plan_] watched limit
    LaneArray room_;                          ///< [#row of plan_ x lane]
    std::vector<double> missing_room_;        ///< [#row of plan_] of AC rows, what the base case passes them by
    FeederAllocation::Workspace work_;        ///< of plan_
    std::optional<ConcaveAllocation> concave_;
    FeederAllocation::Workspace kept_;  ///< answers set aside; stops are watched limits
};

}  // namespace headroom
