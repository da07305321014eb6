#include "formulations/flow/interval_path_sums.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

/// What each branch of an edge adds to its impedance. In balanced models branches side by side have one scalar to
/// which all add with the same sign, and one factor for the edge reaches as far as one for each.
std::vector<PhaseMatrix> shares_of(const Region& region, std::span<const std::int64_t> branches,
                                   const LinearNetwork& net, const LinearNetwork::Node& node) {
    if (branches.size() == 1 || is_balanced(net.model)) return {node.edge.impedance};
    const std::int32_t parent = net.nodes[static_cast<std::size_t>(node.parent)].bus;
    std::vector<PhaseMatrix> shares = branch_impedances(region, branches, parent, net.taps);
    for (PhaseMatrix& share : shares)  // as the whole: lin_dist3_flow.cpp, scale_coupling
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j)
                if (node.flat[i] != Complex{} && node.flat[j] != Complex{})
                    share(i, j) *= std::abs(node.flat[j]) / std::abs(node.flat[i]);
    return shares;
}

double real_product(const PhaseVector& a, const PhaseVector& b) { return (a.transpose() * b)(0).real(); }

}  // namespace

IntervalPathSums::IntervalPathSums(const Region& region, std::int64_t feeder, const LinearNetwork& net, double rho)
    : net_(net), impedance_(net.nodes.size()), shunt_current_(net.nodes.size(), PhaseVector::Zero()), rho_(rho) {
    const FeederTree tree = feeder_tree(region, feeder);
    for (std::size_t i = 0; i < net_.nodes.size(); ++i) {
        const LinearNetwork::Node& node = net_.nodes[i];
        for (int p = 0; p < 3; ++p)
            if (node.flat[p] != Complex{}) shunt_current_[i][p] = std::conj(node.shunt_power[p] / node.flat[p]);
        if (i == 0) continue;
        const auto first = static_cast<std::size_t>(tree.branch_start[i]),
                   end = static_cast<std::size_t>(tree.branch_start[i + 1]);
        impedance_[i] = shares_of(region, {tree.branches.data() + first, end - first}, net_, node);
    }
}

/// Calls visit(node, functional) for the r and the x of every branch on the way from the monitor to the slack bus.
template <class Visit> void IntervalPathSums::climb(const LinearNetwork::Monitor& monitor, Visit visit) const {
    const auto& at = net_.nodes[static_cast<std::size_t>(monitor.node)];
    const Complex flat = (monitor.pick.transpose() * at.flat)(0);
    PhaseVector g = monitor.pick * (2.0 * std::conj(flat) / (monitor.base * monitor.base));
    for (std::int32_t i = monitor.node; i > 0; i = net_.nodes[static_cast<std::size_t>(i)].parent) {
        for (const PhaseMatrix& z : impedance_[static_cast<std::size_t>(i)]) {
            visit(i, PhaseVector(z.real().transpose() * g));
            visit(i, PhaseVector(Complex(0, 1) * (z.imag().transpose() * g)));
        }
        g = net_.nodes[static_cast<std::size_t>(i)].edge.turns.transpose() * g;
    }
}

IntervalPathSums::Path IntervalPathSums::path_of(const LinearNetwork::Monitor& monitor) const {
    Path path;
    climb(monitor, [&path](std::int32_t node, const PhaseVector& functional) {
        if (path.node.empty() || path.node.back() != node) {
            path.node.push_back(node);
            path.functional.emplace_back();
        }
        path.functional.back().push_back(functional);
    });
    std::reverse(path.node.begin(), path.node.end());
    std::reverse(path.functional.begin(), path.functional.end());
    return path;
}

double IntervalPathSums::deviation(const Path& path, std::int32_t node, const PhaseVector& current) const {
    PhaseVector j = current;
    double sum = 0;
    for (std::int32_t i = node; i > 0; i = net_.nodes[static_cast<std::size_t>(i)].parent) {
        const auto found = std::lower_bound(path.node.begin(), path.node.end(), i);  // nodes are numbered downwards
        if (found != path.node.end() && *found == i)
            for (const PhaseVector& functional : path.functional[static_cast<std::size_t>(found - path.node.begin())])
                sum += std::abs(real_product(functional, j));
        j = net_.nodes[static_cast<std::size_t>(i)].edge.turns.transpose() * j;
    }
    return rho_ * sum;
}

void IntervalPathSums::currents(const LaneArray& p, const LaneArray& q, LaneArray& current) const {
    const auto at = [&current](std::int32_t node, int phase) {
        return current.data() + (3 * static_cast<std::size_t>(node) + static_cast<std::size_t>(phase)) * 2 * lane_count;
    };
    for (std::size_t i = 0; i < net_.nodes.size(); ++i)
        for (int phase = 0; phase < 3; ++phase) {
            double* const re = at(static_cast<std::int32_t>(i), phase);
            std::fill(re, re + lane_count, shunt_current_[i][phase].real());
            std::fill(re + lane_count, re + 2 * lane_count, shunt_current_[i][phase].imag());
        }
    for (std::size_t c = 0; c < net_.customers.size(); ++c) {
        const PhaseVector unit = net_.unit_current(net_.customers[c]);
        for (int phase = 0; phase < 3; ++phase) {
            double *const re = at(net_.customers[c].node, phase), *const im = re + lane_count;
            for (std::size_t lane = 0; lane < lane_count; ++lane) {  // conj(P + j Q) times the current of a watt
                const double pc = p[c * lane_count + lane], qc = q[c * lane_count + lane];
                re[lane] += pc * unit[phase].real() + qc * unit[phase].imag();
                im[lane] += pc * unit[phase].imag() - qc * unit[phase].real();
            }
        }
    }
    for (auto i = static_cast<std::int32_t>(net_.nodes.size()); i-- > 1;) {
        const auto& node = net_.nodes[static_cast<std::size_t>(i)];
        for (int parent = 0; parent < 3; ++parent)
            for (int child = 0; child < 3; ++child) {
                const double turns = node.edge.turns(child, parent);
                if (turns == 0) continue;
                double* const to = at(node.parent, parent);
                const double* const from = at(i, child);
                for (std::size_t k = 0; k < 2 * lane_count; ++k) to[k] += turns * from[k];
            }
    }
}

void IntervalPathSums::add_deviation(const LinearNetwork::Monitor& monitor, const LaneArray& current,
                                     double* out) const {
    climb(monitor, [&](std::int32_t node, const PhaseVector& functional) {
        double moved[lane_count] = {};
        for (int phase = 0; phase < 3; ++phase) {
            const double* const re =
                current.data()
                + (3 * static_cast<std::size_t>(node) + static_cast<std::size_t>(phase)) * 2 * lane_count;
            for (int lane = 0; lane < lane_count; ++lane)
                moved[lane] += functional[phase].real() * re[lane] - functional[phase].imag() * re[lane_count + lane];
        }
        for (int lane = 0; lane < lane_count; ++lane) out[lane] += rho_ * std::abs(moved[lane]);
    });
}

}  // namespace headroom
