#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "formulations/flow/ac_equations.hpp"
#include "formulations/flow/ac_terminals.hpp"
#include "formulations/flow/load_window.hpp"
#include "formulations/flow/volt_var_law.hpp"
#include "solver/ldl/complex_ldl.hpp"

namespace headroom {

/// Shares of constant impedance, current and power, for P and for Q.
struct LoadShares {
    std::array<double, 3> p{0, 0, 1}, q{0, 0, 1};

    bool constant_power() const { return p[0] == 0 && p[1] == 0 && q[0] == 0 && q[1] == 0; }
};

/// One pair of terminals of a customer: it injects `share` of the customer's power between them.
struct CustomerLeg {
    std::int32_t customer;    ///< counted inside the feeder
    std::int32_t head, tail;  ///< nodes; tail may be ground
    double share;
    double rated_voltage;        ///< V across the leg
    LoadShares inside, outside;  ///< of the load window; with a Volt-VAr law Q has no share in them
    std::int32_t volt_var = -1;  ///< number of AcNetwork::volt_vars; then Q is what that says, whatever the customer's
};

/// A feeder as a nodal problem: sum of branch and shunt currents at a node = what customers inject there,
///
///     Y V + Y_s V_s = I(V)                                                                   (1)
///
/// Y symmetric [free x free], Y_s [free x slack]; volts, amperes, siemens.
struct AcNetwork {
    AcTerminals terminals;
    AcEquations equations;
    std::vector<CustomerLeg> legs;
    std::vector<VoltVarLaw> volt_vars;
    std::vector<double> base_voltage;           ///< [#node without ground] V, to ground
    std::vector<std::int32_t> unfed_customers;  ///< counted inside the feeder: passive ones that no branch feeds
    std::int64_t feeder = 0, customer_first = 0, customer_count = 0;
    TapPositions taps;

    /// Lower triangle of Y.
    std::vector<ComplexEntry> admittance() const;
    /// Y_s: (free node, slack node counted from 0).
    std::vector<ComplexEntry> slack_admittance() const;

    /// Head and tail of a leg where the source holds them, at its bus or behind switches of no impedance, ground for
    /// others: the voltage between these, times the conjugate of the leg's current, is what it takes off the source.
    std::array<std::int32_t, 2> ends_at_source(const CustomerLeg& leg) const;
};

/// @throws InvalidFeeder  for an active customer that nothing feeds, a customer whose neutral leads nowhere, a branch
///                        without inverse
/// @param taps  must outlive it
AcNetwork ac_network(const Region& region, std::int64_t feeder, TapPositions taps = {});

}  // namespace headroom
