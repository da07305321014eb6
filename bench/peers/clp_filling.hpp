#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "solver/packing/packing_rows.hpp"

class ClpSimplex;

namespace headroom::bench {

/// Lexicographic max-min by successive linear programs, the way it is done without progressive filling:
///
///     max theta   s.t.   A w <= room,   w_c - theta reference_c >= 0  (limits not stopped yet),   start <= w <= cap
///     (1)
///
/// The limits of rows with a positive dual stop where they are, so do those at their cap; (1) is solved again for the
/// others. One Clp model serves every round of every step: only bounds change, so every program begins dual feasible, a
/// step's first one at the basis that ended the first round of the step before. Rows are scaled to their largest entry
/// (so their unit is that of w). Of Clp's settings those are chosen that are fastest here: dual simplex with Dantzig's
/// rule, work areas and factorisation kept (steepest edge takes 1.3 times as long, freeing the rows of stopped limits
/// and the primal simplex 2 times).
class ClpFilling {
public:
    /// `chosen`: the fastest that were found; `defaults`: Clp as it comes, warm-started all the same.
    enum class ClpSettings { chosen, defaults };

    /// @param reference  [#limit] > 0, the same in every step
    ClpFilling(const PackingRows& rows, std::span<const double> reference, ClpSettings settings = ClpSettings::chosen);
    ~ClpFilling();
    ClpFilling(const ClpFilling&) = delete;
    ClpFilling& operator=(const ClpFilling&) = delete;

    /// Arguments as in FillingPack, one problem. @throws std::runtime_error  where Clp finds no optimum
    void solve(std::span<const double> room, std::span<const double> start, std::span<const double> cap,
               std::span<double> limit);

    std::int64_t programs_solved() const { return programs_; }
    std::int64_t pivots() const { return pivots_; }

private:
    void load_step(std::span<const double> room, std::span<const double> start, std::span<const double> cap);
    void solve_program(bool first_round);
    /// Stops what the duals name, at the level reached; how many limits that were.
    int stop_limits(std::span<const double> start, std::span<const double> cap, std::span<double> limit);
    void stop(int limit_index, double level, std::span<const double> start, std::span<const double> cap,
              std::span<double> limit);

    const PackingRows& rows_;
    ClpSettings settings_;
    std::vector<double> reference_, scale_;   ///< [#limit], [#row] 1 / largest entry
    std::vector<char> stopped_;               ///< [#limit]
    std::vector<unsigned char> first_basis_;  ///< status of columns and rows after the last step's first round
    std::unique_ptr<ClpSimplex> model_;
    std::int64_t programs_ = 0, pivots_ = 0;
};

}  // namespace headroom::bench
