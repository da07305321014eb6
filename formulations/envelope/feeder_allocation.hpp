#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/question.hpp"
#include "formulations/envelope/verify_limits.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/network/tap_runs.hpp"
#include "solver/certificate/bottleneck.hpp"
#include "solver/packing/filling.hpp"
#include "solver/packing/summed_filling.hpp"

namespace headroom {

inline constexpr double no_room_kw = 1e-6;        ///< own room above the start that counts as none
inline constexpr double certified_row_kw = 1e-7;  ///< a certified answer leaves its rows by no more than this

/// Whether the reactive forecast of an active customer is part of the base case.
bool keeps_reactive_forecast(ReactiveMode mode, const AllocationQuestion& question);

/// Who reads the rows of a FeederAllocation: anybody, entry by entry, or its own max-min filling alone. That does
/// without A where it is large (SecurityRows::summed()); rows() and plan() then have no entries.
enum class RowForm { written, any };

/// One feeder made ready for a run of steps: rows, references, caps.
class FeederAllocation {
public:
    /// @throws InvalidFeeder, std::invalid_argument
    FeederAllocation(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                     const AllocationQuestion& question, RowForm form = RowForm::written);
    /// All steps of a series.
    /// @throws InvalidFeeder  where it moves the feeder's taps, too
    FeederAllocation(const Region& region, std::int64_t feeder, const SeriesSet& series,
                     const AllocationQuestion& question, RowForm form = RowForm::written);

    /// Work arrays for one pack; one per thread.
    struct Workspace {
        SecurityRows::Workspace rows;
        FillingWorkspace filling;
        LaneArray start, cap, reference, limit, product;
        LaneArray live, level;
        BottleneckWorkspace bottleneck;
        LaneArray row_violation, bound_violation, bottleneck_gap;
        std::vector<int> stop, held_by, rounds, over_cap;
        std::vector<double> column_room, column_start, column_cap, column_reference, column_limit;
    };
    Workspace workspace() const;
    /// The same for packs over other rows of the same limits; of `rows` it has the rooms alone.
    Workspace workspace(const PackingRows& rows) const;

    /// [#step x #limit of this feeder], as EnvelopeResult::row_base and row_worst.
    struct RowValues {
        std::vector<double> base, worst;
    };

    /// Solves steps [first_step, first_step + 8) of the run by filling and writes their part of `result`; appends
    /// violated rows. For policies that are not concave.
    /// @param row_offset  of this feeder's limits in result.rows
    /// @param values      null: not asked for
    void solve_pack(std::size_t first_step, std::int32_t row_offset, Workspace& work, EnvelopeResult& result,
                    std::vector<Violation>& violations, RowValues* values) const;

    using Statuses = std::array<ItemStatus, lane_count>;
    /// Rooms, starts and caps of steps [first_step, first_step + 8) into `work`; lanes to be solved are live. Lanes
    /// beyond the last step repeat it and are not live.
    Statuses prepare_pack(std::size_t first_step, std::int32_t row_offset, Workspace& work,
                          std::vector<Violation>& violations) const;
    /// The same without any judgement: base cases, rooms of this feeder's rows, starts and caps.
    void load_pack(std::size_t first_step, Workspace& work) const;
    /// Rooms of chosen rows alone.
    void load_pack(std::size_t first_step, std::span<const int> rows, Workspace& work) const;
    /// Scales the starts of the customers in rows that the starts of a lane violate by the largest common factor that
    /// fits. work.product holds what the starts use of the rows.
    /// @return these rows
    std::vector<int> scale_starts(const PackingRows& rows, std::size_t lane, Workspace& work) const;
    /// Fills the lanes that are live and checks the answers.
    void fill_pack(const FillingPlan& plan, Workspace& work) const;
    /// Writes the certificate of an item that was filled. @return whether it holds
    bool certify(std::size_t lane, std::size_t item, const Workspace& work, EnvelopeResult& result) const;
    /// Writes the limits of a solved pack (work.limit, work.stop: a packing row, stopped_by_cap or
    /// stopped_with_others).
    /// @param limit_of_row  [#packing row]
    void publish(std::size_t lane, std::size_t step, ItemStatus status, std::int32_t row_offset,
                 std::span<const std::int32_t> limit_of_row, const Workspace& work, EnvelopeResult& result) const;
    /// Row values of the limits in work.limit.
    void store_pack_values(std::size_t first_step, const Statuses& status, Workspace& work, RowValues& values) const;

    /// kW or kvar that the connection leaves to a limit in a step, whatever was asked for: its cap, less the forecast
    /// where limits bound what is added to that (Basis::added).
    double connection_cap(std::size_t column, std::size_t step) const;
    std::vector<double> connection_caps(std::size_t step) const;  ///< [#column]

    const SecurityRows& rows() const { return rows_; }
    const FillingPlan& plan() const { return plan_; }
    std::span<const std::int32_t> limit_of_row() const { return limit_of_row_; }  ///< [#row of plan()]
    /// Of the rows, as they are held.
    std::size_t entry_count() const {
        return rows_.summed() ? rows_.summed()->nested.entry_count() : rows_.rows().value.size();
    }
    std::size_t feeder() const { return feeder_; }
    const TapRun& run() const { return run_; }
    const AllocationQuestion& question() const { return question_; }
    std::span<const char> asked() const { return asked_; }            ///< [#column of rows()]
    std::span<const double> reference() const { return reference_; }  ///< [#column] kW, kvar
    std::span<const double> cap() const { return cap_; }              ///< [#column] kW, kvar
    std::span<const double> weight() const { return weight_; }        ///< [#column]

private:
    using LaneSteps = std::array<std::size_t, lane_count>;  ///< the step in each lane

    void find_references(const Region& region);
    void use_rows(const LaneArray& w, Workspace& work) const;
    std::vector<int> scale_starts(std::size_t lane, Workspace& work) const;
    std::vector<int> scale_starts(const std::vector<RowExcess>& excesses, int row_count,
                                  const std::function<void(int, std::vector<char>&)>& mark, std::size_t lane,
                                  Workspace& work) const;
    void fill_summed(Workspace& work) const;
    static BottleneckPack bottleneck_pack_of(Workspace& work);
    bool is_asked(LimitKind kind) const;
    void learn_first_rows();
    void load_base(const LaneSteps& steps, Workspace& work) const;
    double forecast_toward(std::size_t column, std::size_t step) const;
    void load_limits(const LaneSteps& steps, Workspace& work) const;
    static FillingPack pack_of(Workspace& work);
    FillingRule rule() const;
    void list_violation(std::size_t step, int row, std::int32_t row_offset, double value,
                        std::vector<Violation>& violations) const;
    ItemStatus check_base(std::size_t lane, std::size_t step, std::int32_t row_offset, Workspace& work,
                          std::vector<Violation>& violations) const;
    ItemStatus contain_forecast(std::size_t lane, std::size_t step, std::int32_t row_offset, ItemStatus status,
                                Workspace& work, std::vector<Violation>& violations) const;
    LaneSteps steps_of(std::size_t first_step) const;
    std::size_t count_from(std::size_t first_step) const;
    void check_pack(const PackingRows& rows, Workspace& work) const;
    static BottleneckCertificate check_share(const PackingRows& rows, std::size_t lane, Workspace& work);
    static void set_own_maxima(const FillingPlan& plan, Workspace& work);
    static void name_rows_that_settle(Workspace& work);
    void store_row_values(std::size_t lane, std::size_t step, const Workspace& work, RowValues& values) const;

    const Region& region_;
    const SeriesSet& series_;
    TapRun run_;
    std::size_t feeder_;
    AllocationQuestion question_;
    SecurityRows rows_;
    FillingPlan plan_;
    std::optional<SummedFilling> summed_;     ///< in place of plan_ where A is not written out
    std::vector<std::int32_t> limit_of_row_;  ///< [#row of plan_]
    std::vector<double> reference_, cap_;     ///< [#column of rows_] kW, kvar
    std::vector<double> weight_;              ///< [#column] of the customers
    std::vector<char> asked_;                 ///< [#column]
    std::vector<char> keeps_q_;  ///< [#customer of the base case] its reactive forecast is in the base case
    std::vector<char> keeps_p_;
    bool islanded_;  ///< none of its customers has supply
};

}  // namespace headroom
