#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "solver/convex/convex_settings.hpp"
#include "solver/convex/lane_solver.hpp"
#include "solver/packing/filling.hpp"
#include "solver/packing/packing_item.hpp"
#include "solver/packing/packing_utility.hpp"
#include "solver/packing/working_problem.hpp"

namespace headroom {

/// Problems (1) over A w <= room by row generation: only rows that have ever held an answer take part, all others are
/// checked with one multiplication, and what they find violated joins. Rows that join serve every later problem. Rows
/// that no two problems have together share places (row_places.hpp).
/// Linear problems over few rows go to PackingSimplex first.
///
/// An answer depends on the rows in use, so on the list of problems and what was learned before, never on threads or
/// lanes.
class PackingProgram {
public:
    /// @param plan  must outlive the program; its first rows are where the working rows begin
    PackingProgram(const FillingPlan& plan, PackingUtility utility, const ConvexSettings& settings = {});

    void solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, int threads);

    /// The same over all rows at once by another solver of single problems: a second opinion.
    using SingleSolver = std::function<ConvexAnswer(const ConvexProblem&)>;
    void solve_with(const SingleSolver& solver, std::span<const PackingItem> items, std::span<PackingOutcome> outcomes,
                    int threads);

    std::span<const std::int32_t> working_rows() const { return working_; }

private:
    bool is_linear() const { return utility_.term == Term::none && utility_.quadratic.empty(); }
    bool join(std::span<const std::vector<std::int32_t>> violated);
    void solve_members(std::vector<int> pending, std::span<const PackingItem> items, std::span<PackingOutcome> outcomes,
                       int threads);
    void join_nearly_full(std::span<const int> sample, std::span<const PackingItem> items);
    struct Chunk;
    struct RowUse;
    WorkingProblem working_problem(std::span<const PackingItem> items) const;
    void solve_chunk(const WorkingProblem& problem, Chunk& chunk) const;
    void load(const WorkingProblem& problem, Chunk& chunk) const;
    void load_variables(const WorkingProblem& problem, Chunk& chunk, std::size_t k) const;
    double row_end(const PackingItem& item, std::int32_t row) const;
    void solve_single(const SingleSolver& solver, const WorkingProblem& problem, Chunk& chunk, std::size_t k) const;
    void take_limits(const Chunk& chunk, std::size_t k) const;
    void check_rows(const WorkingProblem& problem, Chunk& chunk, std::size_t first) const;
    void settle(const WorkingProblem& problem, const Chunk& chunk, std::size_t k) const;

    const FillingPlan& plan_;
    PackingUtility utility_;
    ConvexSettings settings_;
    std::vector<std::int32_t> working_;  // increasing
    std::vector<char> is_working_;       // [#row]
};

}  // namespace headroom
