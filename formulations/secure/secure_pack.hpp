#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "formulations/envelope/concave_allocation.hpp"
#include "formulations/secure/secure_feeder.hpp"
#include "formulations/secure/secure_settings.hpp"
#include "formulations/secure/worst_points.hpp"

namespace headroom {

/// Eight steps of a feeder made secure in AC, side by side: solve, look for the worst points, linearise there, again.
class SecurePack {
public:
    SecurePack(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
               std::size_t first_step);

    /// Writes the pack's part of the result; appends violated rows.
    void solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
               std::vector<RowPrice>& prices);

private:
    struct Step {
        bool open = false;     ///< still to be corrected
        bool reduced = false;  ///< the flow diverged: points are those of a smaller box
        std::vector<AcRow> rows;
        std::size_t solved_rows = 0;         ///< how many of them the last linear answer knows,
        int first_row = 0;                   ///< and where they begin in the plan
        std::vector<char> replaced;          ///< [#row kept] an AC row stands for it
        std::vector<double> allowance;       ///< [#limit] excess that is let be (InsecureBase::no_worse)
        std::vector<std::pair<std::int32_t, double>> too_full;  ///< limits that the forecast passes, and their excess
        ConcaveAllocation::Proof proof;  ///< of a concave policy; prices by row of the answer's plan
        std::vector<std::pair<std::int32_t, std::int32_t>> price_place;  ///< [#price] limit of the table, and side
        ItemStatus status = ItemStatus::solved;
        bool clean = false;  ///< no limit violated at any point searched, and every limit held
        SecureOutcome outcome;
    };

    void check_base(std::int32_t row_offset, std::vector<Violation>& violations);
    void list_violated(std::size_t lane, std::int32_t row_offset, std::vector<Violation>& violations) const;
    void correct_rooms();
    double corrected_room(std::size_t lane, std::size_t row) const;
    void make_plan();
    void append_ac_rows(std::size_t lane, PackingRows& rows);
    void solve_rows();
    void contain_forecast(std::size_t lane);
    EnvelopeBox box_of(std::size_t lane, double factor) const;
    std::vector<double> all(double share) const;
    void set_box(std::size_t lane, double factor, double slack);
    void add_starts(std::size_t lane, double slack);
    double room_left(std::size_t lane, int row) const;
    void search(std::span<const int> lanes, double near);
    double excess(std::size_t lane, std::int32_t limit) const;
    double worst_excess(std::size_t lane) const;
    double hold(std::size_t lane, std::size_t column) const;
    bool held(std::size_t lane, std::size_t column) const;
    bool clean(std::size_t lane) const;
    void confirm();
    void close(std::size_t lane, ItemStatus status);
    void linearise(bool keep);
    bool wants_row(std::size_t lane, std::int32_t limit) const;
    bool stops_some(std::size_t lane, std::int32_t limit) const;
    std::vector<std::size_t> stale_rows(std::size_t lane, bool keep) const;
    double hold_limit(std::int32_t limit) const;
    bool set_row(int point, AcRow& row) const;
    void add_row(std::size_t lane, std::int32_t limit, bool keep);
    void replace_linear_rows(std::size_t lane, const AcRow& row);
    void shrink(std::size_t lane);
    void list_too_full(std::size_t lane, std::int32_t row_offset, std::vector<Violation>& violations) const;
    void keep_answer(std::size_t lane);
    void keep_proof(std::size_t lane);
    bool certify(std::size_t lane, std::size_t item, EnvelopeResult& result) const;
    void publish(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                 std::vector<RowPrice>& prices);
    std::vector<int> open_lanes() const;
    Step& step(std::size_t lane) { return steps_[lane]; }
    const Step& step(std::size_t lane) const { return steps_[lane]; }

    const SecureFeeder& secure_;
    const FeederAllocation& linear_;
    const AcFeeder& feeder_;
    std::span<const CoordinateColumns> columns_;
    const SecureSettings& settings_;
    std::size_t first_step_, count_;
    FeederAllocation::Workspace base_;           ///< of the linear rows, all of them
    LaneArray base_room_;                        ///< [#row kept x lane] as the AC base case leaves it
    EnvelopeBox no_limits_;                      ///< limits at nothing, adversarial coordinates in their range
    std::vector<AcBase> bases_;
    EnvelopePoints points_;
    WorstPoints worst_;
    std::array<Step, lane_count> steps_;
    FillingPlan plan_;                           ///< the linear rows, then the AC rows of all steps
    std::vector<std::int32_t> limit_of_row_;     ///< [#row of plan_] watched limit
    LaneArray room_;                             ///< [#row of plan_ x lane]
    FeederAllocation::Workspace work_;           ///< of plan_
    std::optional<ConcaveAllocation> concave_;   ///< of plan_, for concave policies
    FeederAllocation::Workspace kept_;           ///< answers of steps that are done; stops are watched limits
};

}  // namespace headroom
