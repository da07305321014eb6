#include "formulations/network/edge_model.hpp"

#include <algorithm>
#include <bit>
#include <Eigen/LU>
#include <Eigen/QR>
#include <stdexcept>
#include <vector>

#include "formulations/network/tap_runs.hpp"

namespace headroom {
namespace {

using ThreeColumns = Eigen::Matrix<double, Eigen::Dynamic, 3>;

/// The stacked equations A_to V_to = A_from V_from - z i of the branches between two buses.
struct Stack {
    ThreeColumns to, from;
    Eigen::MatrixXcd z;
    std::vector<std::int64_t> owner;  ///< [#row] the branch a row belongs to

    void grow(Eigen::Index rows) {
        const Eigen::Index old = to.rows();
        to.conservativeResize(old + rows, 3);
        from.conservativeResize(old + rows, 3);
        z.conservativeResize(old + rows, old + rows);
        to.bottomRows(rows).setZero();
        from.bottomRows(rows).setZero();
        z.bottomRows(rows).setZero();
        z.rightCols(rows).setZero();
    }
};

Complex entry(const ConductorMatrix& r, const ConductorMatrix& x, int i, int j) {
    return {r[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)],
            x[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]};
}

/// Phase-to-neutral impedance per metre; without neutral conductor the phase matrix itself.
Complex phase_to_neutral(const Region& region, std::size_t code, bool has_neutral, int i, int j) {
    constexpr int n = 3;
    const ConductorMatrix &r = region.line_code.r[code], &x = region.line_code.x[code];
    const Complex pp = entry(r, x, i, j);
    return has_neutral ? pp - entry(r, x, i, n) - entry(r, x, n, j) + entry(r, x, n, n) : pp;
}

void add_line(const Region& region, std::int64_t branch, Stack& stack) {
    const auto k = static_cast<std::size_t>(branch);
    const std::uint8_t phases = region.branch.phases[k];
    const bool has_neutral = (phases & phase::neutral) != 0;
    const auto code = static_cast<std::size_t>(region.branch.line_code[k]);
    std::vector<int> present;
    for (int p = 0; p < 3; ++p)
        if (phases >> p & 1) present.push_back(p);
    const Eigen::Index first = stack.to.rows();
    stack.grow(static_cast<Eigen::Index>(present.size()));
    for (std::size_t i = 0; i < present.size(); ++i) {
        const Eigen::Index row = first + static_cast<Eigen::Index>(i);
        stack.to(row, present[i]) = stack.from(row, present[i]) = 1.0;
        stack.owner.push_back(branch);
        for (std::size_t j = 0; j < present.size(); ++j)
            stack.z(row, first + static_cast<Eigen::Index>(j)) =
                region.branch.length[k] * phase_to_neutral(region, code, has_neutral, present[i], present[j]);
    }
}

/// +1 and -1 at the terminals of a coil; ground, neutral and floating star carry no phase.
void place_coil(ThreeColumns& rows, Eigen::Index row, const std::array<std::int8_t, 2>& coil, double factor) {
    using T = TransformerColumns;
    if (coil[0] >= T::terminal_a && coil[0] <= T::terminal_c) rows(row, coil[0] - 1) += factor;
    if (coil[1] >= T::terminal_a && coil[1] <= T::terminal_c) rows(row, coil[1] - 1) -= factor;
}

/// A floating star takes the mean of its phases: coil voltages without zero sequence.
void remove_mean(ThreeColumns& rows, Eigen::Index first, Eigen::Index count) {
    const Eigen::RowVector3d mean = rows.middleRows(first, count).colwise().mean();
    rows.middleRows(first, count).rowwise() -= mean;
}

void add_transformer(const Region& region, std::int64_t branch, std::int32_t parent, TapPositions taps, Stack& stack) {
    using T = TransformerColumns;
    const OrientedTransformer t = orient(region, branch, parent, taps);
    const auto row_of = static_cast<std::size_t>(region.branch.transformer[static_cast<std::size_t>(branch)]);
    const Complex z = Complex(region.transformer.r[row_of], region.transformer.x[row_of]) * t.impedance_scale;
    const Eigen::Index first = stack.to.rows();
    Eigen::Index count = 0;
    bool near_floats = false;
    for (std::size_t c = 0; c < 3; ++c) {
        if (t.near[c][0] == T::unused) continue;
        stack.grow(1);
        const Eigen::Index row = first + count++;
        place_coil(stack.to, row, t.far[c], 1.0);
        place_coil(stack.from, row, t.near[c], t.far_voltage * t.far_tap[c] / (t.near_voltage * t.near_tap[c]));
        stack.z(row, row) = z * (t.far_tap[c] * t.far_tap[c]);
        stack.owner.push_back(branch);
        near_floats = near_floats || t.near[c][0] == T::floating_star || t.near[c][1] == T::floating_star;
    }
    if (near_floats) remove_mean(stack.from, first, count);
}

Stack stack_branches(const Region& region, std::span<const std::int64_t> branches, std::int32_t parent,
                     TapPositions taps) {
    Stack stack;
    stack.to.resize(0, 3);
    stack.from.resize(0, 3);
    stack.z.resize(0, 0);
    for (const std::int64_t branch : branches) {
        const auto k = static_cast<std::size_t>(branch);
        const BranchKind kind = region.branch.kind[k];
        if (kind == BranchKind::transformer || kind == BranchKind::regulator)
            add_transformer(region, branch, parent, taps, stack);
        else
            add_line(region, branch, stack);
    }
    return stack;
}

/// A_to^+ by its normal equations on phases that exist; A_to may be a delta (rank one less than its coils).
Eigen::MatrixXd pseudo_inverse(const ThreeColumns& to) {
    Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition;
    decomposition.setThreshold(1e-10);
    decomposition.compute(to);
    return decomposition.pseudoInverse();
}

bool is_closed_delta(const ThreeColumns& to) {
    return to.rows() == 3 && to.colwise().sum().cwiseAbs().maxCoeff() < 1e-12
           && to.rowwise().sum().cwiseAbs().maxCoeff() < 1e-12;
}

/// Whether two coils of a transformer are on the same terminals, with the same turns: each carries half, which A_to^+
/// gives it.
bool are_alike(const Stack& stack, Eigen::Index a, Eigen::Index b) {
    return stack.owner[static_cast<std::size_t>(a)] == stack.owner[static_cast<std::size_t>(b)]
           && stack.to.row(a) == stack.to.row(b) && stack.from.row(a) == stack.from.row(b)
           && stack.z(a, a) == stack.z(b, b);
}

void check_independent(const Stack& stack) {
    std::vector<Eigen::Index> unlike;
    for (Eigen::Index row = 0; row < stack.to.rows(); ++row)
        if (std::none_of(unlike.begin(), unlike.end(), [&](Eigen::Index k) { return are_alike(stack, k, row); }))
            unlike.push_back(row);
    const ThreeColumns to = stack.to(unlike, Eigen::all);
    Eigen::FullPivLU<Eigen::MatrixXd> lu(to);
    lu.setThreshold(1e-10);
    if (lu.rank() < to.rows() && !is_closed_delta(to))
        throw std::invalid_argument("parallel branches on the same phases close a loop");
}

bool is_line(const Region& region, std::int64_t branch) {
    return region.branch.line_code[static_cast<std::size_t>(branch)] >= 0;
}

/// Most edges are one line: its equations are solved as they stand.
EdgeModel line_model(const Region& region, std::int64_t branch) {
    const auto k = static_cast<std::size_t>(branch);
    const std::uint8_t phases = region.branch.phases[k];
    const auto code = static_cast<std::size_t>(region.branch.line_code[k]);
    EdgeModel edge;
    for (int i = 0; i < 3; ++i) {
        if ((phases >> i & 1) == 0) continue;
        edge.turns(i, i) = 1.0;
        for (int j = 0; j < 3; ++j)
            if (phases >> j & 1)
                edge.impedance(i, j) =
                    region.branch.length[k] * phase_to_neutral(region, code, (phases & phase::neutral) != 0, i, j);
    }
    return edge;
}

}  // namespace

EdgeModel edge_model(const Region& region, std::span<const std::int64_t> branches, std::int32_t parent,
                     TapPositions taps) {
    if (branches.size() == 1 && is_line(region, branches[0])) return line_model(region, branches[0]);
    const Stack stack = stack_branches(region, branches, parent, taps);
    check_independent(stack);
    const Eigen::MatrixXd inverse = pseudo_inverse(stack.to);
    EdgeModel edge;
    edge.turns = inverse * stack.from;
    edge.impedance = inverse * stack.z * inverse.transpose();
    // Orthogonal factors leave dust where entries are exactly zero or one; turns ratios decide which edges are plain.
    edge.turns = edge.turns.unaryExpr([](double n) {
        return std::abs(n) < 1e-14 ? 0.0 : std::abs(n - 1.0) < 1e-14 ? 1.0 : n;
    });
    return edge;
}

std::vector<PhaseMatrix> branch_impedances(const Region& region, std::span<const std::int64_t> branches,
                                           std::int32_t parent, TapPositions taps) {
    const Stack stack = stack_branches(region, branches, parent, taps);
    const Eigen::MatrixXd inverse = pseudo_inverse(stack.to);
    std::vector<PhaseMatrix> shares;
    for (const std::int64_t branch : branches) {
        Eigen::MatrixXd own = inverse;
        for (std::size_t k = 0; k < stack.owner.size(); ++k)
            if (stack.owner[k] != branch) own.col(static_cast<Eigen::Index>(k)).setZero();
        shares.emplace_back(own * stack.z * own.transpose());
    }
    return shares;
}

BranchCurrents branch_currents(const Region& region, std::span<const std::int64_t> branches, std::int64_t branch,
                               std::int32_t parent, TapPositions taps) {
    BranchCurrents result;
    if (branches.size() == 1 && is_line(region, branch)) {
        const std::uint8_t phases = region.branch.phases[static_cast<std::size_t>(branch)] & phase::abc;
        result.currents.setZero(std::popcount(phases), 3);
        for (int p = 0, row = 0; p < 3; ++p)
            if (phases >> p & 1) result.currents(row++, p) = 1.0;
        result.voltages = result.sending = result.currents;
        return result;
    }
    const Stack stack = stack_branches(region, branches, parent, taps);
    const Eigen::MatrixXd inverse = pseudo_inverse(stack.to);
    const auto count = std::count(stack.owner.begin(), stack.owner.end(), branch);
    result.currents.resize(count, 3);
    result.voltages.resize(count, 3);
    result.sending.resize(count, 3);
    Eigen::Index row = 0;
    for (std::size_t k = 0; k < stack.owner.size(); ++k) {
        if (stack.owner[k] != branch) continue;
        result.currents.row(row) = inverse.col(static_cast<Eigen::Index>(k)).transpose();
        result.voltages.row(row) = stack.to.row(static_cast<Eigen::Index>(k));
        result.sending.row(row++) = stack.from.row(static_cast<Eigen::Index>(k));
    }
    return result;
}

OrientedTransformer orient(const Region& region, std::int64_t branch, std::int32_t parent, TapPositions taps) {
    const TransformerColumns& t = region.transformer;
    const auto k = static_cast<std::size_t>(region.branch.transformer[static_cast<std::size_t>(branch)]);
    const std::array<double, 3> to_tap = to_taps(region, taps, k);
    if (region.branch.from_bus[static_cast<std::size_t>(branch)] == parent)
        return {t.from_coil[k], t.to_coil[k], t.from_voltage[k], t.to_voltage[k], t.from_tap[k], to_tap, 1.0};
    const double ratio = t.from_voltage[k] / t.to_voltage[k];
    return {t.to_coil[k], t.from_coil[k], t.to_voltage[k], t.from_voltage[k], to_tap, t.from_tap[k], ratio * ratio};
}

}  // namespace headroom
