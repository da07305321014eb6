#include "io/import/opendss/shunt_model.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>

#include <fmt/format.h>
#include <Eigen/LU>

namespace headroom::opendss {
namespace {

using Complex = std::complex<double>;

/// What capacitors and reactors share; one step of several is the sum of those that are switched in.
struct Shunt {
    Value bus1, bus2;
    int phases = 3;
    std::vector<double> kvar;
    std::vector<double> states;  ///< of the steps; empty: all in
    double kv = 12.47;
    bool delta = false;
    std::vector<double> microfarad;  ///< per phase and step; empty: from kvar
    double r = 0.0, x = 0.0;         ///< ohm in series
    /// What counts of a reactor's data, by the last of their properties that says so.
    enum class Given { rating, impedance, matrices, sequence } given = Given::rating;
    double parallel_r = 0.0;             ///< ohm beside r + j x; 0: none
    std::optional<Complex> z1, z2, z0;   ///< ohm
    Eigen::MatrixXd r_matrix, x_matrix;  ///< ohm
    Eigen::MatrixXd c_matrix;            ///< capacitor, F; empty: not given
    bool parallel = false;               ///< the matrices are beside each other, not in series
    double base_frequency = 60.0;
};

using Given = Shunt::Given;

Handlers<Shunt> shunt_handlers() {
    return {
        {"bus1", [](Shunt& s, const Value& v) { s.bus1 = v; }},
        {"bus2", [](Shunt& s, const Value& v) { s.bus2 = v; }},
        {"phases", [](Shunt& s, const Value& v) { s.phases = v.integer(1, 4); }},
        {"kvar",
         [](Shunt& s, const Value& v) {
             s.kvar = v.numbers();
             s.microfarad.clear();
             s.c_matrix.resize(0, 0);
             s.given = Given::rating;
         }},
        {"kv", [](Shunt& s, const Value& v) { s.kv = v.number(); }},
        {"conn", [](Shunt& s, const Value& v) { s.delta = v.name().starts_with("d") || v.name() == "ll"; }},
    };
}

double first(const Value& v) {
    const auto numbers = v.numbers();
    if (numbers.empty()) fail(v.where, fmt::format("{}: a number is needed", v.property));
    return numbers.front();
}

Eigen::MatrixXd matrix(const Shunt& s, const Value& v) {
    bool incomplete = false;
    Eigen::MatrixXd result = v.symmetric_matrix(s.phases, incomplete);
    if (incomplete) fail(v.where, fmt::format("{}: the lower triangle of {} rows is needed", v.property, s.phases));
    return result;
}

const Handlers<Shunt>& capacitor_handlers() {
    static const Handlers<Shunt> handlers = [] {
        Handlers<Shunt> h = shunt_handlers();
        h["cuf"] = [](Shunt& s, const Value& v) {
            s.microfarad = v.numbers();
            s.c_matrix.resize(0, 0);
        };
        h["states"] = [](Shunt& s, const Value& v) { s.states = v.numbers(); };
        h["r"] = [](Shunt& s, const Value& v) { s.r = first(v); };
        h["xl"] = [](Shunt& s, const Value& v) { s.x = first(v); };
        h["cmatrix"] = [](Shunt& s, const Value& v) { s.c_matrix = 1e-6 * matrix(s, v); };
        return h;
    }();
    return handlers;
}

Complex impedance(const Value& v) {
    const auto z = v.numbers();
    if (z.size() != 2) fail(v.where, fmt::format("{}: [R, X] is needed", v.property));
    return {z[0], z[1]};
}

const Handlers<Shunt>& reactor_handlers() {
    static const Handlers<Shunt> handlers = [] {
        Handlers<Shunt> h = shunt_handlers();
        h["r"] = [](Shunt& s, const Value& v) { s.r = v.number(); };
        h["rp"] = [](Shunt& s, const Value& v) { s.parallel_r = v.number(); };
        h["x"] = [](Shunt& s, const Value& v) {
            s.x = v.number();
            s.given = Given::impedance;
        };
        h["lmh"] = [](Shunt& s, const Value& v) {
            s.x = 1e-3 * v.number() * 2 * std::numbers::pi * s.base_frequency;
            s.given = Given::impedance;
        };
        h["z"] = [](Shunt& s, const Value& v) {
            const Complex z = impedance(v);
            s.r = z.real();
            s.x = z.imag();
            s.given = Given::impedance;
        };
        h["z1"] = [](Shunt& s, const Value& v) {
            s.z1 = impedance(v);
            s.given = Given::sequence;
        };
        h["z2"] = [](Shunt& s, const Value& v) { s.z2 = impedance(v); };
        h["z0"] = [](Shunt& s, const Value& v) { s.z0 = impedance(v); };
        h["rmatrix"] = [](Shunt& s, const Value& v) {
            s.r_matrix = matrix(s, v);
            s.given = Given::matrices;
        };
        h["xmatrix"] = [](Shunt& s, const Value& v) {
            s.x_matrix = matrix(s, v);
            s.given = Given::matrices;
        };
        h["parallel"] = [](Shunt& s, const Value& v) { s.parallel = v.boolean(); };
        return h;
    }();
    return handlers;
}

double volt_of_pair(const Shunt& s) { return 1000.0 * s.kv / (!s.delta && s.phases > 1 ? std::numbers::sqrt3 : 1.0); }

/// Admittance of one pair. Rated power is shared equally by the pairs, at rated voltage.
/// @param ratio  frequency of the solution over the one of the rating
Complex capacitor_admittance(const Shunt& s, double ratio) {
    const double omega = 2 * std::numbers::pi * s.base_frequency;
    Complex total = 0.0;
    const std::size_t steps = s.microfarad.empty() ? s.kvar.size() : s.microfarad.size();
    for (std::size_t k = 0; k < steps; ++k) {
        if (k < s.states.size() && s.states[k] == 0.0) continue;
        const double volt = volt_of_pair(s);
        const double b =
            s.microfarad.empty() ? 1000.0 * s.kvar[k] / s.phases / (volt * volt) : 1e-6 * omega * s.microfarad[k];
        if (b != 0.0) total += 1.0 / Complex(s.r, s.x * ratio - 1.0 / (b * ratio));
    }
    return total;
}

Complex reactor_admittance(const Shunt& s, double ratio, ImportReport& report) {
    // Grounding reactors of 1e-10 ohm are common. Beyond 1e6 S a node is as good as grounded, and larger numbers would
    // only cost digits of everything else.
    constexpr double siemens_max = 1e6;
    const double volt = volt_of_pair(s);
    const double rated_x = s.kvar.empty() ? 0.0 : volt * volt * s.phases / (1000.0 * s.kvar[0]);
    const Complex z(s.r, ratio * (s.given == Given::impedance ? s.x : rated_x));
    const double beside = s.parallel_r == 0.0 ? 0.0 : 1.0 / s.parallel_r;
    if (std::abs(z) * siemens_max >= 1.0) return 1.0 / z + beside;
    report.note("reactors below 1e-6 ohm are taken as 1e-6 ohm");
    return {siemens_max, 0.0};
}

/// Three coupled coils: (Z1 + Z1 + Z0) / 3 each, (Z0 - Z1) / 3 between them.
Eigen::MatrixXcd sequence_impedance(const Shunt& s, const Element& element) {
    const Complex z1 = *s.z1, z0 = s.z0.value_or(z1);
    if (s.phases != 3) fail(element.where, element.label() + ": z1 and z0 are for three phases");
    if (s.z2.value_or(z1) != z1)
        fail(element.where, element.label() + ": z2 differs from z1, which a symmetric matrix cannot say");
    return Eigen::MatrixXcd::Constant(3, 3, (z0 - z1) / 3.0) + z1 * Eigen::MatrixXcd::Identity(3, 3);
}

Eigen::MatrixXcd inverted(const Eigen::MatrixXcd& z, const Element& element) {
    const Eigen::FullPivLU<Eigen::MatrixXcd> lu(z);
    if (!lu.isInvertible()) fail(element.where, element.label() + ": its impedances have no inverse");
    return lu.inverse();
}

/// Coupled pairs, from matrices or sequence data. OpenDSS defines none of these for delta.
Eigen::MatrixXcd coupled_admittance(const Shunt& s, const Element& element, double ratio) {
    if (s.delta) fail(element.where, element.label() + ": matrices and sequence data are for wye");
    const auto scaled = [&](const Eigen::MatrixXcd& z) -> Eigen::MatrixXcd {
        return z.real().cast<Complex>() + Complex(0.0, ratio) * z.imag();
    };
    if (s.c_matrix.size() > 0) {
        if (s.r != 0.0 || s.x != 0.0) fail(element.where, element.label() + ": a cmatrix has no r or xl in series");
        return Complex(0.0, 2 * std::numbers::pi * s.base_frequency * ratio) * s.c_matrix;
    }
    if (s.given == Given::sequence) return inverted(scaled(sequence_impedance(s, element)), element);
    for (const Eigen::MatrixXd* m : {&s.r_matrix, &s.x_matrix})
        if (m->rows() != s.phases)
            fail(element.where,
                 fmt::format("{}: rmatrix and xmatrix of {} rows are needed", element.label(), s.phases));
    const Eigen::MatrixXcd r = s.r_matrix.cast<Complex>(), x = Complex(0.0, ratio) * s.x_matrix;
    if (s.parallel) return inverted(r, element) + inverted(x, element);
    return inverted(r + x, element);
}

bool is_coupled(const Shunt& s) {
    return s.c_matrix.size() > 0 || s.given == Given::matrices || s.given == Given::sequence;
}

void set_nodes(ShuntModel& model, const Shunt& s) {
    const int ends = s.delta ? (s.phases == 3 ? 3 : s.phases + 1) : s.phases;
    model.from = bus_ref(s.bus1, s.phases, ends);
    if (s.delta) {
        model.to = {model.from.bus, {}};
        for (int k = 0; k < s.phases; ++k) model.to.nodes.push_back(model.from.nodes[(k + 1) % ends]);
        model.from.nodes.resize(s.phases);
    } else if (s.bus2.text.empty()) {
        model.to = {model.from.bus, std::vector<int>(s.phases, 0)};
    } else {
        const bool other = bus_ref(s.bus2, 0, 0).bus != model.from.bus;
        model.to = bus_ref(s.bus2, other ? s.phases : 0, s.phases);
        model.series = other;
    }
    // "bus2=x.0.0.0" on another bus is ground all the same.
    if (std::ranges::all_of(model.to.nodes, [](int node) { return node == 0; })) model.series = false;
}

}  // namespace

std::vector<ShuntModel> shunt_models(const Circuit& circuit, ImportReport& report) {
    std::vector<ShuntModel> result;
    for (const Element& element : circuit.elements) {
        const bool capacitor = element.class_name == "capacitor";
        if (!capacitor && element.class_name != "reactor") continue;
        if (!element.enabled) {
            report.skip(element.class_name + " (disabled)", element.where.text());
            continue;
        }
        Shunt s;
        s.kvar = {capacitor ? 1200.0 : 100.0};
        s.base_frequency = element.base_frequency;
        replay(element, s, capacitor ? capacitor_handlers() : reactor_handlers(), report);
        if (s.bus1.text.empty()) fail(element.where, element.label() + ": needs bus1");
        if (!(s.kv > 0.0)) fail(element.where, element.label() + ": kV must be positive");
        ShuntModel model{element.name, element.where, {}, {}, {}};
        set_nodes(model, s);
        const double ratio = circuit.frequency / element.base_frequency;
        const auto pairs = static_cast<Eigen::Index>(model.from.nodes.size());
        const auto alike = [&](Complex y) -> Eigen::MatrixXcd { return y * Eigen::MatrixXcd::Identity(pairs, pairs); };
        model.y = is_coupled(s) ? coupled_admittance(s, element, ratio)
                  : capacitor   ? alike(capacitor_admittance(s, ratio))
                                : alike(reactor_admittance(s, ratio, report));
        if (!model.y.allFinite()) fail(element.where, element.label() + ": admittance is not finite");
        result.push_back(std::move(model));
        report.understand(element.class_name, element.where.text());
    }
    return result;
}

}  // namespace headroom::opendss
