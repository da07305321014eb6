#pragma once

#include <cstdint>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/row_pack.hpp"
#include "formulations/secure/worst_points.hpp"

namespace headroom {

/// Some steps of a feeder made secure in AC side by side (secure_allocation.md): solve the rows, look for the worst
/// points of the envelopes, linearise limits there, again, until no limit is passed and every one is held.
class SecureSteps {
public:
    static constexpr std::size_t most_steps = 4 * lane_count;  ///< enough for full lanes of power flows

    /// Steps [first_step, first_step + most_steps) of the feeder's run.
    /// @param feeder, series, settings  must outlive this
    /// @param scratch                   of the feeder's linear allocation, whatever it holds
    SecureSteps(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
                std::size_t first_step, FeederAllocation::Workspace& scratch);

    /// Writes their part of the result; appends violated rows and prices.
    /// @param values  [#step x #limit of the feeder] shares of limits at the base case and at the worst points; null:
    ///                not asked for
    void solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
               std::vector<RowPrice>& prices, FeederAllocation::RowValues* values);

private:
    struct Step {
        bool open = false;     ///< still to be corrected
        bool reduced = false;  ///< the flow diverged: points are those of a smaller box
        bool clean = false;    ///< no limit violated at any point searched, and every limit held
        ItemStatus status = ItemStatus::solved;
        std::vector<double> base_excess;   ///< [#limit]
        std::vector<double> worst_excess;  ///< [#limit] once clean
        double slack = 0;                  ///< room of linear rows whose corners are searched in every round
        std::vector<double> allowance;     ///< [#limit] excess that is let be (InsecureBase::no_worse)
        SecureOutcome outcome;
    };

    RowPack& pack(int step) { return packs_[static_cast<std::size_t>(step) / lane_count]; }
    const RowPack& pack(int step) const { return packs_[static_cast<std::size_t>(step) / lane_count]; }
    static std::size_t lane(int step) { return static_cast<std::size_t>(step) % lane_count; }
    Step& at(int step) { return steps_[static_cast<std::size_t>(step)]; }
    const Step& at(int step) const { return steps_[static_cast<std::size_t>(step)]; }
    std::vector<int> open_steps() const;

    void check_bases();
    void judge_base(int step, bool diverged);
    void solve_rows();
    std::vector<double> all(double share) const;
    double searched(double near) const;
    bool is_aligned() const { return settings_.corners == Corners::aligned; }
    enum class Ends { own, all };  ///< of reactive ranges: those that the row names, or all up and all down beside them
    void set_box(int step, double factor, double slack, Ends ends = Ends::own);
    template <class Left> std::vector<char> corners_with(double slack, Left left) const;
    void add_corners(int step, double slack, Ends ends);
    void add_base_corners(int step);
    void search(std::span<const int> steps, double near);
    double excess(int step, std::int32_t limit) const;
    double worst_excess(int step) const;
    double hold(int step, std::size_t column) const;
    double hold_limit(std::int32_t limit) const;
    bool clean(int step) const;
    void confirm();
    void search_again(std::vector<int>& steps);
    void close(int step, double factor);
    void correct_linear_rows();
    void linearise(bool keep);
    std::vector<std::int32_t> limits_to_linearise(int step) const;
    std::vector<std::size_t> stale_rows(int step, bool keep) const;
    std::optional<AcRow> linearised(int point, std::int32_t limit) const;
    void shrink(int step);
    void publish(int step, std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                 std::vector<RowPrice>& prices);
    void list(int step, std::int32_t limit, double excess, std::int32_t row_offset,
              std::vector<Violation>& violations) const;
    void store_values(int step, FeederAllocation::RowValues& values) const;

    const SecureFeeder& feeder_;
    const FeederAllocation& linear_;
    const WatchedLimits& limits_;
    const SecureSettings& settings_;
    std::size_t first_step_;
    std::vector<AcBase> bases_;
    EnvelopePoints points_;
    WorstPoints worst_;
    std::vector<Step> steps_;
    std::vector<RowPack> packs_;
};

}  // namespace headroom
