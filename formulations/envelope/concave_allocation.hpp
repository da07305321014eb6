#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "solver/certificate/packing_gap.hpp"
#include "solver/packing/packing_columns.hpp"
#include "solver/packing/packing_program.hpp"

namespace headroom {

/// All steps of a FeederAllocation under a concave policy: row generation on the split rows (packing_program.hpp),
/// every answer certified by its duality gap.
///
/// Limits of a direction that is not asked for stay at their start and are no variables. Limits without room of their
/// own above the start (at most 1e-6 kW) stay at the start and leave the objective. Total takes two programs: the
/// largest sum, and the smallest squares among those that reach it; PackingSimplex solves both where the rows are few.
class ConcaveAllocation {
public:
    /// @param feeder  must outlive it
    /// @param single  solves the problems one by one in place of the lanes; empty: the lanes
    explicit ConcaveAllocation(const FeederAllocation& feeder, PackingProgram::SingleSolver single = {});
    /// The same over other rows of the same limits.
    ConcaveAllocation(const FeederAllocation& feeder, const FillingPlan& plan, PackingProgram::SingleSolver single);

    /// Writes the feeder's part of `result`, all but its prices and violations, which are appended.
    /// @param values  null: not asked for
    void solve(int threads, std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations,
               std::vector<RowPrice>& prices, FeederAllocation::RowValues* values);

    /// Solves the live lanes of a prepared pack: limits, stops and rounds into `work`.
    void solve_pack(std::size_t first_step, FeederAllocation::Workspace& work);

    /// What an answer is worth; prices by row of the plan.
    struct Proof {
        bool holds = false;
        double row_violation = 0;  ///< W
        double gap = 0;            ///< relative
        double objective = 0;
        std::int32_t iterations = 0;
        double tie_multiplier = 0;
        struct Price {
            int row;
            double price, tie_price;
        };
        std::vector<Price> prices;
    };
    /// Of a step of the last solve_pack().
    Proof proof(std::size_t step) const;
    static void store(const Proof& proof, std::size_t item, EnvelopeResult& result);

private:
    /// One step that is solved; arrays as in PackingItem.
    struct Item {
        std::size_t step, lane;
        ItemStatus status;
        std::int32_t over_cap;
        std::vector<double> start;  ///< [#limit of the feeder] kW
        /// Limits in units (unit_ kW), rows as the feeder has them.
        std::vector<double> room, lower, upper, linear, weight, w, price, tie_price;
        /// `upper`, but a sliver above `lower` for settled limits: the solver needs an interior, and one around the
        /// limit would free room that the rows have not.
        std::vector<double> solver_upper;
        std::vector<double> solver_room;  ///< `room`, without end where all limits of a row are settled
        std::vector<int> held_by;         ///< [#limit] row that leaves a limit no room, or -1
        std::vector<double> rest;         ///< [#row] room that the answer leaves
        PackingOutcome outcome;
        PackingCertificate certificate;
        double scale = 1;       ///< of the objective while it is solved
        double tie_weight = 0;  ///< of the squares against the sum, in the second program of Policy::total
        double tie_gap = 0;     ///< of the squares, over 1 + half their sum
    };

    void prepare(int threads, std::int32_t row_offset, EnvelopeResult& result, std::vector<Violation>& violations);
    void add_item(std::size_t lane, std::size_t step, ItemStatus status, const FeederAllocation::Workspace& work,
                  Item& item) const;
    void settle_limits_without_room(Item& item) const;
    void give_interior(Item& item) const;
    double common_level(const Item& item) const;
    void set_costs(Item& item) const;
    std::vector<LimitCost> costs(const Item& item) const;
    void solve_program(const FillingPlan& plan, const PackingUtility& utility, double tolerance,
                       std::span<const PackingItem> packed, std::span<PackingOutcome> outcomes, int threads) const;
    static PackingItem packing_item(const Item& item, std::vector<double>& w, std::vector<double>& price);
    static void leave_sliver(const Item& item, std::vector<double>& w);
    void run(int threads);
    void run_simplex(int threads);
    double steepest_square() const;
    void break_ties(int threads);
    std::vector<Item*> break_ties(const FillingPlan& plan, double tolerance, double steepest, std::vector<Item*> items,
                                  int threads) const;
    std::vector<Item*> weigh_squares(const FillingPlan& plan, double tolerance, double weight, double slack,
                                     std::span<Item* const> items, int threads) const;
    std::vector<std::int32_t> priced_rows(std::span<Item* const> items) const;
    void certify(int threads);
    void certify(Item& item) const;
    double objective(const Item& item) const;
    double gap(const Item& item) const;
    bool holds(const Item& item) const;
    static bool settled(const Item& item);
    std::vector<int> stops(const Item& item) const;
    int full_row(const Item& item, std::size_t c) const;
    void spread_limits(const Item& item, LaneArray& limit, std::size_t lane) const;
    Proof proof(const Item& item) const;
    void load_answer(const Item& item, FeederAllocation::Workspace& work) const;
    void publish(Item& item, std::int32_t row_offset, FeederAllocation::Workspace& work, EnvelopeResult& result,
                 std::vector<RowPrice>& prices) const;

    double reference(std::size_t c) const { return feeder_.reference()[columns_[c]] / unit_; }
    double objective_offset(const Item& item) const;

    const FeederAllocation& feeder_;
    PackingProgram::SingleSolver single_;
    std::vector<std::size_t> columns_;  // limits asked for, of the feeder's; all arrays of items are over these
    double unit_;                       // kW that items count limits in
    FillingPlan plan_;                  // the feeder's rows over them
    PackingRows whole_rows_;            // over all limits of the feeder, kW
    PackingColumns limit_columns_;
    std::vector<double> largest_entry_;  // [#row]
    std::vector<Item> items_;
};

}  // namespace headroom
