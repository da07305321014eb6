#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/ac_row.hpp"

namespace headroom {

/// How points are looked at where limits may be passed by 5e-7: flows are a hundredth of that exact. Currents then are
/// to about 1e-7 of their rating: what is left of a sweep bends along the whole feeder, as the drop of voltage does.
/// Gradients to 1e-6 of their largest entry move no limit by more than flows do.
AcFeederSettings settings_of_correction();

/// The same for rows that nothing corrects afterwards: as derivatives are got elsewhere, to rounding.
AcFeederSettings settings_of_linearisation(LinearisedBy linearisation);

/// One feeder made ready to be made secure in a run of steps: its linear rows, and the AC network beside them.
///
/// Branch limits that the linear rows leave half of their rating in every step, with every limit at what its connection
/// leaves, are left out of both: they are far from what any envelope can do, also after a market.
class SecureFeeder {
public:
    /// @param region, linear  must outlive this; `linear` in lin_dist3_flow, or in linearised_ac, which has its rows
    /// @param scratch         of `linear`, whatever it holds
    /// @throws InvalidFeeder
    SecureFeeder(const Region& region, const FeederAllocation& linear, const AcFeederSettings& settings,
                 FeederAllocation::Workspace& scratch);

    const FeederAllocation& linear() const { return linear_; }
    const AcFeeder& ac() const { return ac_; }
    std::span<const CoordinateColumns> columns() const { return columns_; }  ///< [#coordinate]

    /// The rows of `linear` that are kept.
    const FillingPlan& plan() const { return *plan_; }
    const PackingRows& rows() const { return plan_->rows; }
    std::span<const int> linear_row() const { return linear_row_; }  ///< [#row] where it is in linear().rows()
    std::span<const std::int32_t> limit() const { return limit_; }   ///< [#row] of ac().limits()
    /// The corners that rows name as their worst, in shares of a box: each once.
    const std::vector<std::vector<double>>& corners() const { return corners_; }
    std::span<const std::int32_t> corner_of_row() const { return corner_of_row_; }  ///< [#row] of corners()
    /// Limits at nothing, adversarial coordinates anywhere in their range around a base case: reactive power that no
    /// limit bounds, errors of forecasts.
    EnvelopeBox no_limits(const AcBase& base) const;
    /// The envelope with every limit at what its connection leaves, whatever was asked for.
    EnvelopeBox largest(const AcBase& base, std::size_t step) const;
    /// Whether forecasts may be wrong.
    bool has_errors() const { return ac_.errors().has_forecast(); }
    const SecurityLimit& table_limit(std::size_t watched) const {
        return linear_.rows().limits()[static_cast<std::size_t>(ac_.limits().in_rows(watched))];
    }

private:
    const FeederAllocation& linear_;
    AcFeeder ac_;
    std::vector<CoordinateColumns> columns_;
    EnvelopeBox reactive_ranges_;
    void add_corner(std::size_t row);

    std::optional<FillingPlan> plan_;
    std::vector<int> linear_row_;
    std::vector<std::int32_t> limit_;
    std::vector<std::vector<double>> corners_;
    std::vector<std::int32_t> corner_of_row_;
};

}  // namespace headroom
