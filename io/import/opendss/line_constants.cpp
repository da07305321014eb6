#include "io/import/opendss/line_constants.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include <Eigen/LU>

namespace headroom::opendss {
namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;
constexpr double mu0 = 4e-7 * pi;
constexpr double epsilon0 = 8.854e-12;  // as OpenDSS has it

/// I0(z) / I1(z) by their power series; arguments of conductors at power frequency stay below 10.
Complex bessel_ratio(Complex z) {
    const Complex quarter = z * z / 4.0;
    Complex term0 = 1.0, term1 = z / 2.0, i0 = term0, i1 = term1;
    for (int k = 1; k < 60; ++k) {
        term0 *= quarter / double(k * k);
        term1 *= quarter / double(k * (k + 1));
        i0 += term0;
        i1 += term1;
    }
    return i0 / i1;
}

/// Resistance of the conductor itself; its internal reactance is part of the geometric mean radius.
double internal_resistance(const Conductor& c, const std::string& earth_model, double frequency) {
    if (earth_model.find("carson") != std::string::npos) return c.r_ac;
    const Complex alpha = Complex(1.0, 1.0) * std::sqrt(frequency * mu0 / c.r_dc);
    if (std::abs(alpha) > 35.0) return (Complex(1.0, 1.0) * std::sqrt(c.r_dc * frequency * mu0) / 2.0).real();
    return (Complex(1.0, 1.0) * bessel_ratio(alpha) * std::sqrt(c.r_dc * frequency * mu0) / 2.0).real();
}

/// Carson's correction terms to sixth order, ohm per m.
Complex full_carson(double height_sum, double dx, double omega, double frequency, double resistivity) {
    const double distance = std::hypot(height_sum, dx);
    const double theta = dx == 0.0 ? 0.0 : std::acos(height_sum / distance);
    const double m = 2.8099e-3 * distance * std::sqrt(frequency / resistivity);
    constexpr double b1 = 1.0 / (3.0 * std::numbers::sqrt2), b2 = 1.0 / 16.0;
    constexpr double b3 = b1 / 3.0 / 5.0, b4 = b2 / 4.0 / 6.0, b5 = -b3 / 5.0 / 7.0;
    constexpr double d2 = b2 * pi / 4.0, d4 = b4 * pi / 4.0, c2 = 1.3659315, c4 = c2 + 1.0 / 4.0 + 1.0 / 6.0;
    const double r = pi / 8.0 - b1 * m * std::cos(theta)
                     + b2 * m * m * ((c2 - std::log(m)) * std::cos(2 * theta) + theta * std::sin(2 * theta))
                     + b3 * std::pow(m, 3) * std::cos(3 * theta) - d4 * std::pow(m, 4) * std::cos(4 * theta)
                     - b5 * std::pow(m, 5) * std::cos(5 * theta);
    const double x = 0.5 * std::log(1.85138 / m) + b1 * m * std::cos(theta) - d2 * m * m * std::cos(2 * theta)
                     + b3 * std::pow(m, 3) * std::cos(3 * theta)
                     - b4 * std::pow(m, 4) * ((c4 - std::log(m)) * std::cos(4 * theta) + theta * std::sin(4 * theta))
                     + b5 * std::pow(m, 5) * std::cos(5 * theta) + 0.5 * std::log(distance);
    return Complex(r, x) * omega * mu0 / pi;
}

Complex earth_return(const Conductor& a, const Conductor& b, const std::string& model, double frequency,
                     double resistivity) {
    const double omega = 2.0 * pi * frequency, height_sum = std::abs(a.height) + std::abs(b.height), dx = a.x - b.x;
    if (model == "carson")
        return {omega * mu0 / 8.0, omega * mu0 / (2 * pi) * std::log(658.5 * std::sqrt(resistivity / frequency))};
    if (model == "fullcarson") return full_carson(height_sum, dx, omega, frequency, resistivity);
    const Complex depth = 1.0 / std::sqrt(Complex(0.0, omega * mu0 / resistivity));
    const Complex image = std::sqrt((height_sum + 2.0 * depth) * (height_sum + 2.0 * depth) + dx * dx);
    return Complex(0.0, omega * mu0 / (2 * pi)) * std::log(image);
}

}  // namespace

Eigen::MatrixXcd kron_reduced(const Eigen::MatrixXcd& z, int keep) {
    const auto rest = z.rows() - keep;
    if (rest == 0) return z;
    return z.topLeftCorner(keep, keep)
           - z.topRightCorner(keep, rest) * z.bottomRightCorner(rest, rest).inverse() * z.bottomLeftCorner(rest, keep);
}

namespace {

/// Distance at which the strands of a's shield see b, as if they were one conductor (Kersting, Distribution System
/// Modeling and Analysis, section 4.2).
double shield_distance(const Conductor& a, const Conductor& b) {
    const double distance = std::hypot(a.x - b.x, a.height - b.height);
    const int k = a.sheath->strands;
    if (k == 0) return distance;
    const double ratio = std::pow(a.sheath->radius / distance, k);
    if (!(ratio < 1.0)) return distance;  // not beside, but inside: a file that places cables in each other
    return distance * std::pow(1.0 - ratio, 1.0 / k);
}

/// Cores and bare conductors first, the shields of the conductors `shielded` behind them.
Eigen::MatrixXcd series_impedance(const std::vector<Conductor>& conductors, const std::vector<int>& shielded,
                                  const std::string& earth_model, double frequency, double earth_resistivity) {
    const int n = static_cast<int>(conductors.size()), m = static_cast<int>(shielded.size());
    const double scale = 2.0 * pi * frequency * mu0 / (2 * pi);
    const auto with_earth = [&](const Conductor& a, const Conductor& b, double distance, double resistance) {
        return Complex(resistance, scale * std::log(1.0 / distance))
               + earth_return(a, b, earth_model, frequency, earth_resistivity);
    };
    Eigen::MatrixXcd z(n + m, n + m);
    for (int i = 0; i < n; ++i) {
        const Conductor& a = conductors[i];
        for (int j = 0; j <= i; ++j) {
            const Conductor& b = conductors[j];
            const double distance = i == j ? a.gmr : std::hypot(a.x - b.x, a.height - b.height);
            z(i, j) = with_earth(a, b, distance, i == j ? internal_resistance(a, earth_model, frequency) : 0.0);
            z(j, i) = z(i, j);
        }
    }
    for (int s = 0; s < m; ++s) {
        const Conductor& a = conductors[shielded[s]];
        for (int j = 0; j < n; ++j) {
            const double distance = j == shielded[s] ? a.sheath->radius : shield_distance(a, conductors[j]);
            z(n + s, j) = with_earth(a, conductors[j], distance, 0.0);
            z(j, n + s) = z(n + s, j);
        }
        for (int t = 0; t <= s; ++t) {
            const Conductor& b = conductors[shielded[t]];
            const double distance = s == t ? a.sheath->gmr : std::hypot(a.x - b.x, a.height - b.height);
            z(n + s, n + t) = with_earth(a, b, distance, s == t ? a.sheath->resistance : 0.0);
            z(n + t, n + s) = z(n + s, n + t);
        }
    }
    return z;
}

/// S per m of bare conductors over earth.
Eigen::MatrixXd overhead_susceptance(const std::vector<Conductor>& conductors, int keep, double omega) {
    const int n = static_cast<int>(conductors.size());
    Eigen::MatrixXcd potential(n, n);
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            const Conductor &a = conductors[i], &b = conductors[j];
            const double near = i == j ? a.radius : std::hypot(a.x - b.x, a.height - b.height);
            potential(i, j) = std::log(std::hypot(a.x - b.x, a.height + b.height) / near) / (2 * pi * epsilon0);
        }
    const Eigen::MatrixXd reduced = kron_reduced(potential, keep).real();
    return omega * reduced.inverse();
}

Eigen::MatrixXd cable_susceptance(const std::vector<Conductor>& conductors, int keep, double omega) {
    Eigen::MatrixXd b = Eigen::MatrixXd::Zero(keep, keep);
    for (int i = 0; i < keep; ++i)
        if (const auto& sheath = conductors[i].sheath)
            b(i, i) = omega * 2 * pi * epsilon0 * sheath->permittivity
                      / std::log(sheath->insulation_outer / sheath->insulation_inner);
    return b;
}

}  // namespace

LineConstants line_constants(const std::vector<Conductor>& conductors, int phases, bool reduce,
                             const std::string& earth_model, double frequency, double earth_resistivity) {
    const int n = static_cast<int>(conductors.size()), keep = reduce ? phases : n;
    const double omega = 2.0 * pi * frequency;
    std::vector<int> shielded;
    for (int i = 0; i < n; ++i)
        if (conductors[i].sheath) shielded.push_back(i);
    const Eigen::MatrixXcd z = series_impedance(conductors, shielded, earth_model, frequency, earth_resistivity);
    return {kron_reduced(z, keep), shielded.empty() ? overhead_susceptance(conductors, keep, omega)
                                                    : cable_susceptance(conductors, keep, omega)};
}

}  // namespace headroom::opendss
