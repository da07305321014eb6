#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace headroom::opendss {

/// What is around the core of a cable: insulation and a shield of strands or tape, grounded at both ends.
struct Sheath {
    double permittivity = 2.3;                              ///< relative, of the insulation
    double insulation_inner = 0.0, insulation_outer = 0.0;  ///< m, radii
    double radius = 0.0, gmr = 0.0;                         ///< m, of the shield: to its middle, and of all of it
    double resistance = 0.0;                                ///< ohm per m
    int strands = 0;                                        ///< 0: tape
};

/// One conductor in SI units.
struct Conductor {
    double x = 0.0, height = 0.0;    ///< m; below ground: less than 0
    double r_ac = 0.0, r_dc = 0.0;   ///< ohm per m
    double gmr = 0.0, radius = 0.0;  ///< m; radius for the capacitance
    std::optional<Sheath> sheath{};  ///< of cables
};

/// Series impedance (ohm per m) and shunt susceptance (S per m) of parallel conductors over earth.
struct LineConstants {
    Eigen::MatrixXcd z;
    Eigen::MatrixXd b;
};

/// Carson's equations with the earth return by `earth_model`: "carson" (first term only), "fullcarson" or "deri"
/// (complex depth). Conductors from `phases` on are grounded and eliminated (Kron) if `reduce`, shields always. A
/// shield ends the field of its core: cables have capacitances of their own, bare conductors beside them none.
/// @see Carson, Bell System Technical Journal 5, 1926; Deri et al., IEEE Trans. PAS-100, 1981; formulas as OpenDSS has
/// them.
LineConstants line_constants(const std::vector<Conductor>& conductors, int phases, bool reduce,
                             const std::string& earth_model, double frequency, double earth_resistivity);

/// Eliminates the conductors from `keep` on, taken as grounded: Z11 - Z12 inv(Z22) Z21.
Eigen::MatrixXcd kron_reduced(const Eigen::MatrixXcd& z, int keep);

}  // namespace headroom::opendss
