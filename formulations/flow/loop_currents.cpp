#include "formulations/flow/loop_currents.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/flow/path_sums.hpp"

namespace headroom {
namespace {

constexpr double singular = 1e-10;      // of loops scaled to one ohm: a delta has no zero sequence, and needs none
constexpr double no_impedance = 1e-13;  // of the ways from the slack bus: what rounding leaves of a loop without any
constexpr double unclosed = 1e-8;       // of a voltage or a current that is to vanish

PhaseVector unit(int phase) {
    PhaseVector pick = PhaseVector::Zero();
    pick[phase] = 1.0;
    return pick;
}

Eigen::Map<const Eigen::RowVectorXcd> as_row(const std::vector<Complex>& values) {
    return {values.data(), static_cast<Eigen::Index>(values.size())};
}

}  // namespace

/// (1): the matrix, and what one watt of every customer puts on the right, with the sign turned.
struct LoopCurrents::System {
    Eigen::MatrixXcd matrix, of_customers;
    std::vector<char> is_open;  ///< [#loop current] no impedance, and no entry, settles it

    System(const LinearNetwork& net, const LoopCurrents& loops, Eigen::VectorXd& scale)
        : matrix(count(loops), count(loops)), of_customers(count(loops), net.customers.size()) {
        const auto places = static_cast<Eigen::Index>(loops.places_.size());
        scale.setZero(count(loops));
        PathSums sums(net);
        for (Eigen::Index k = 0; k < places; ++k) add_place(net, loops, sums, k, scale);
        const double largest = places == 0 ? 0.0 : scale.maxCoeff();
        for (Eigen::Index k = 0; k < count(loops); ++k) {
            const double own = scale[k] > 0 ? scale[k] : largest > 0 ? largest : 1.0;
            scale[k] = k < places ? 1.0 / std::sqrt(own) : std::sqrt(largest > 0 ? largest : 1.0);
        }
        for (std::size_t e = 0; e < loops.entries_.size(); ++e) {
            const auto& [node, phase] = loops.entries_[e];
            const std::vector<PhaseVector> functional = sums.flow(node, unit(phase));
            const auto row = places + static_cast<Eigen::Index>(e);
            matrix.row(row) = as_row(loops.seen_by_flow(functional));
            add_customers(net, functional, row);
        }
    }

    static Eigen::Index count(const LoopCurrents& loops) { return static_cast<Eigen::Index>(loops.unknown_count()); }

    void add_customers(const LinearNetwork& net, std::span<const PhaseVector> functional, Eigen::Index row) {
        for (std::size_t c = 0; c < net.customers.size(); ++c) {
            const PhaseVector& seen = functional[static_cast<std::size_t>(net.customers[c].node)];
            of_customers(row, static_cast<Eigen::Index>(c)) =
                (seen.transpose() * net.unit_current(net.customers[c]))(0);
        }
    }

    /// @param own  [#unknown] out: ohm of a loop; zero: rounding alone
    void add_place(const LinearNetwork& net, const LoopCurrents& loops, PathSums& sums, Eigen::Index k,
                   Eigen::VectorXd& own) {
        const Place& place = loops.places_[static_cast<std::size_t>(k)];
        const auto end = static_cast<std::size_t>(place.end), node = static_cast<std::size_t>(place.node);
        const PhaseVector m = unit(place.phase);
        std::vector<PhaseVector> functional = sums.voltage(place.end, m);
        std::vector<Complex> row = loops.seen_by_voltage(net, place.end, m, functional);
        double ways = std::abs(functional[end][place.phase]);
        const std::vector<PhaseVector>& at_node = sums.voltage(place.node, m);
        const std::vector<Complex> of_node = loops.seen_by_voltage(net, place.node, m, at_node);
        ways += std::abs(at_node[node][place.phase]);
        bool enters = false;
        for (std::size_t u = 0; u < row.size(); ++u) {
            row[u] -= of_node[u];
            enters = enters || (u >= loops.places_.size() && row[u] != Complex{});
        }
        for (std::size_t i = 0; i < functional.size(); ++i) functional[i] -= at_node[i];
        matrix.row(k) = as_row(row);
        add_customers(net, functional, k);
        const double impedance = std::abs(matrix(k, k));
        own[k] = impedance > no_impedance * ways ? impedance : 0.0;
        is_open.push_back(own[k] == 0 && !enters ? 1 : 0);
    }
};

LoopCurrents::LoopCurrents(const LinearNetwork& net) : entries_(net.entries) {
    find_places(net);
    if (none()) return;
    const System system(net, *this, scale_);
    factor_.setThreshold(singular);
    factor_.compute(scale_.asDiagonal() * system.matrix * scale_.asDiagonal());
    const Eigen::MatrixXcd answer = solve(system.of_customers);
    check(system, answer);
    of_customer_.assign(answer.data(), answer.data() + answer.size());
}

void LoopCurrents::find_places(const LinearNetwork& net) {
    for (const LinearNetwork::Closure& closure : net.closures)
        for (int p = 0; p < 3; ++p)
            if (net.nodes[static_cast<std::size_t>(closure.end)].flat[p] != Complex{}
                && net.nodes[static_cast<std::size_t>(closure.node)].flat[p] != Complex{})
                places_.push_back({closure.end, closure.node, p, closure.branch});
}

/// @param open  [#unknown x any] the right sides of (1), with the sign turned
Eigen::MatrixXcd LoopCurrents::solve(const Eigen::MatrixXcd& open) const {
    const Eigen::MatrixXcd scaled = factor_.solve(Eigen::MatrixXcd(scale_.asDiagonal() * open));
    return -(scale_.asDiagonal() * scaled);
}

/// Loops without impedance are not settled, nor those that no current can close.
void LoopCurrents::check(const System& system, const Eigen::MatrixXcd& answer) {
    const Eigen::MatrixXd left = (scale_.asDiagonal() * (system.matrix * answer + system.of_customers)).cwiseAbs(),
                          size = (scale_.asDiagonal() * system.of_customers).cwiseAbs();
    for (Eigen::Index k = 0; k < scale_.size() && unsettled_ < 0; ++k) {
        const std::size_t place = std::min(static_cast<std::size_t>(k), places_.size() - 1);
        bool closes = static_cast<std::size_t>(k) >= places_.size() || system.is_open[place] == 0;
        for (Eigen::Index c = 0; c < left.cols(); ++c)
            closes = closes && left(k, c) <= unclosed * size.col(c).maxCoeff();
        if (!closes) unsettled_ = places_[place].branch;
    }
}

std::vector<Complex> LoopCurrents::seen_by_flow(std::span<const PhaseVector> functional) const {
    std::vector<Complex> result;
    for (const Place& place : places_)
        result.push_back(functional[static_cast<std::size_t>(place.node)][place.phase]
                         - functional[static_cast<std::size_t>(place.end)][place.phase]);
    result.resize(unknown_count());
    return result;
}

/// Of an entry on the way up, what the voltage makes of the one there.
std::vector<Complex> LoopCurrents::seen_by_voltage(const LinearNetwork& net, std::int32_t node, const PhaseVector& m,
                                                   std::span<const PhaseVector> functional) const {
    std::vector<Complex> result = seen_by_flow(functional);
    if (entries_.empty()) return result;
    PhaseVector g = m;
    for (std::int32_t i = node; i > 0; i = net.nodes[static_cast<std::size_t>(i)].parent) {
        for (std::size_t e = 0; e < entries_.size(); ++e)
            if (entries_[e].node == i) result[places_.size() + e] = g[entries_[e].phase];
        g = net.nodes[static_cast<std::size_t>(i)].edge.turns.transpose() * g;
    }
    return result;
}

std::vector<Complex> LoopCurrents::closing(std::span<const PhaseVector> voltage,
                                           std::span<const PhaseVector> current) const {
    Eigen::MatrixXcd open(static_cast<Eigen::Index>(unknown_count()), 1);
    Eigen::Index k = 0;
    for (const Place& place : places_)
        open(k++) = voltage[static_cast<std::size_t>(place.end)][place.phase]
                    - voltage[static_cast<std::size_t>(place.node)][place.phase];
    for (const LinearNetwork::Entry& entry : entries_)
        open(k++) = -current[static_cast<std::size_t>(entry.node)][entry.phase];
    const Eigen::MatrixXcd answer = solve(open);
    return {answer.data(), answer.data() + answer.size()};
}

void LoopCurrents::inject(std::span<const Complex> unknowns, std::span<PhaseVector> injected) const {
    for (std::size_t k = 0; k < places_.size(); ++k) {
        injected[static_cast<std::size_t>(places_[k].node)][places_[k].phase] += unknowns[k];
        injected[static_cast<std::size_t>(places_[k].end)][places_[k].phase] -= unknowns[k];
    }
}

}  // namespace headroom
