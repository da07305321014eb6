#pragma once

#include <string>
#include <vector>

#include "bench/support/filling_problem.hpp"
#include "solver/certificate/packing_gap.hpp"
#include "solver/packing/packing_program.hpp"

namespace headroom::bench {

enum class Sharing { proportional, quadratic, total };

/// All steps of a feeder under one concave policy, ready for PackingProgram and for peers.
///
/// Starts at zero, so that every step is a problem of the same kind; both directions, or exports alone.
class SharingFamily {
public:
    SharingFamily(const FillingProblem& problem, Sharing sharing, bool exports_only);

    std::size_t size() const { return room_.size(); }
    const PackingRows& rows() const { return plan_.rows; }
    /// Solves everything from nothing: no working rows are known, no order, no memory.
    void solve_only(const ConvexSettings& settings);
    /// The same, and certificates. @return problems not solved
    int solve(const ConvexSettings& settings);
    /// Largest relative duality gap and excess over a row (kW) of the answers, by code apart from the solver.
    PackingCertificate worst_certificate() const;
    double objective(std::size_t problem) const { return objective_[problem]; }
    double mean_iterations() const;
    std::size_t working_rows() const { return working_rows_; }
    /// The problem with all rows, as a general solver takes it.
    ConvexProblem whole(std::size_t problem) const;
    /// The working rows alone, for lanes of other widths.
    ConvexProblem working(std::size_t problem) const;

private:
    ConvexProblem with_rows(std::size_t problem, std::span<const std::int32_t> kept) const;
    void certify();

    FillingPlan plan_;
    PackingUtility utility_;
    LimitCost cost_;
    std::vector<double> lower_, upper_, linear_, weight_;
    std::vector<std::vector<double>> room_, w_, price_;
    std::vector<PackingItem> items_;
    std::vector<PackingOutcome> outcomes_;
    std::vector<double> objective_;
    std::vector<std::int32_t> kept_;
    std::size_t working_rows_ = 0;
    PackingCertificate worst_;
};

}  // namespace headroom::bench
