#pragma once

#include <cstdint>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/linearised_rows.hpp"
#include "formulations/secure/row_pack.hpp"

namespace headroom {

/// Eight steps of a feeder in the flow model linearised_ac: rows linearised once at every step's AC base case, the
/// policy over them, its certificate.
class LinearisedSteps {
public:
    static constexpr std::size_t most_steps = lane_count;

    /// Steps [first_step, first_step + most_steps) of the feeder's run.
    /// @param feeder, series, settings  must outlive this; ratings of the feeder are watched together. Of `settings`
    ///                                  only the solver counts
    /// @param scratch                   of the feeder's linear allocation, whatever it holds
    LinearisedSteps(const SecureFeeder& feeder, const SeriesSet& series, const SecureSettings& settings,
                    std::size_t first_step, FeederAllocation::Workspace& scratch);

    /// Writes their part of the result; appends violated rows and prices.
    /// @param values  [#step x #limit of the feeder] shares of limits at the base case and, to first order, at worst;
    ///                null: not asked for
    void solve(std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
               std::vector<RowPrice>& prices, FeederAllocation::RowValues* values);

private:
    struct Step {
        LinearisedStep at_base;
        ItemStatus status = ItemStatus::solved;
        std::vector<std::int32_t> violated;  ///< limits that the base case passes, reactive ranges at their worst
        EnvelopeBox largest;                 ///< with every limit at what its connection leaves
    };

    LinearisedSteps(const SecureFeeder& feeder, const SecureSettings& settings, std::size_t first_step,
                    const std::vector<AcBase>& bases, FeederAllocation::Workspace& scratch);
    void judge(std::size_t lane);
    void solve_rows(std::size_t lane);
    static bool has_answer(const Step& step);
    void publish(std::size_t lane, std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
                 std::vector<RowPrice>& prices);
    void list(std::size_t lane, std::int32_t limit, double excess, std::int32_t row_offset,
              std::vector<Violation>& violations) const;
    std::vector<double> worst_excess(const Step& step, const EnvelopeBox& box) const;
    void store_values(std::size_t lane, FeederAllocation::RowValues& values) const;

    const SecureFeeder& feeder_;
    const FeederAllocation& linear_;
    const WatchedLimits& limits_;
    std::size_t first_step_;
    std::vector<Step> steps_;
    RowPack pack_;
};

}  // namespace headroom
