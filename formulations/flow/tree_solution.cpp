#include "formulations/flow/tree_solution.hpp"

#include "formulations/flow/loop_currents.hpp"

namespace headroom {

TreeSolution solve_tree(const LinearNetwork& net, const std::vector<Complex>& power, const PhaseVector& slack) {
    const std::size_t n = net.nodes.size();
    TreeSolution solution{std::vector<PhaseVector>(n, PhaseVector::Zero()),
                          std::vector<PhaseVector>(n, PhaseVector::Zero())};
    const LoopCurrents loops(net);
    std::vector<Complex> unknowns(loops.unknown_count());  // as currents into nodes, like those of the solution
    for (std::size_t c = 0; c < net.customers.size(); ++c) {
        const auto& customer = net.customers[c];
        solution.current[static_cast<std::size_t>(customer.node)] -= std::conj(power[c]) * net.unit_current(customer);
        for (std::size_t k = 0; k < unknowns.size(); ++k) unknowns[k] -= std::conj(power[c]) * loops.of_customer(c)[k];
    }
    loops.inject(unknowns, solution.current);
    for (std::size_t i = n; i-- > 1;)
        solution.current[static_cast<std::size_t>(net.nodes[i].parent)] +=
            net.nodes[i].edge.turns.transpose() * solution.current[i];
    solution.voltage[0] = net.nodes[0].from_slack * slack;
    for (std::size_t i = 1; i < n; ++i) {
        const auto& node = net.nodes[i];
        solution.voltage[i] = node.edge.turns * solution.voltage[static_cast<std::size_t>(node.parent)]
                              - node.edge.impedance * solution.current[i];
        for (std::size_t e = 0; e < loops.entries().size(); ++e)
            if (const auto& [at, phase] = loops.entries()[e]; at == static_cast<std::int32_t>(i))
                solution.voltage[i][phase] +=
                    (node.from_slack.row(phase) * slack)(0) - unknowns[loops.places().size() + e];
    }
    return solution;
}

std::vector<PhaseVector> expand_voltages(const ReducedNetwork& reduced, const TreeSolution& solution) {
    std::vector<PhaseVector> voltage;
    voltage.reserve(reduced.expansion.size());
    for (const ReducedNetwork::Expansion& e : reduced.expansion) {
        PhaseVector v = e.along * solution.voltage[static_cast<std::size_t>(e.parent)];
        if (e.child >= 0) v -= e.drop * solution.current[static_cast<std::size_t>(e.child)];
        voltage.push_back(v);
    }
    return voltage;
}

}  // namespace headroom
