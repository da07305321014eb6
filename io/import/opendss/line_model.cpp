#include "io/import/opendss/line_model.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <unordered_map>

#include <fmt/format.h>

#include "io/import/opendss/length_unit.hpp"
#include "io/import/opendss/line_constants.hpp"
#include "io/import/opendss/line_geometry.hpp"
#include "io/import/opendss/parallel_lines.hpp"
#include "solver/numbers.hpp"

namespace headroom::opendss {
namespace {

using Complex = std::complex<double>;

/// Electrical values per unit of length, as LineCode and Line share them. Defaults are OpenDSS's (336 MCM ACSR, per
/// kft).
struct Impedance {
    int phases = 3;
    double r1 = 0.058, x1 = 0.1206, r0 = 0.1784, x0 = 0.4047;  ///< ohm per unit length
    double c1 = 3.4e-9, c0 = 1.6e-9;                           ///< F per unit length
    bool symmetric = true;                                     ///< sequence values count; false: matrices
    Eigen::MatrixXd r, x, c;                                   ///< ohm, ohm, F per unit length
    double rg = 0.01805, xg = 0.155081, rho = 100.0;           ///< earth return, used only off the base frequency
    double base_frequency = 60.0;
    bool incomplete = false;  ///< a matrix was written without its whole lower triangle

    void materialise() {
        if (!symmetric && r.rows() == phases) return;
        const auto filled = [&](double positive, double zero) -> Eigen::MatrixXd {
            if (phases == 1) return Eigen::MatrixXd::Constant(1, 1, positive);
            const double self = (2 * positive + zero) / 3, mutual = (zero - positive) / 3;
            return Eigen::MatrixXd::Constant(phases, phases, mutual)
                   + Eigen::MatrixXd::Identity(phases, phases) * (self - mutual);
        };
        r = filled(r1, r0);
        x = filled(x1, x0);
        c = filled(c1, c0);
    }
    void read(Eigen::MatrixXd Impedance::*which, const Value& v, double unit) {
        materialise();
        symmetric = false;
        this->*which = unit * v.symmetric_matrix(phases, incomplete);
    }
    void sequence(double Impedance::*which, double value) {
        this->*which = value;
        symmetric = true;
    }
    double omega() const { return 2 * std::numbers::pi * base_frequency; }
};

struct LineCode {
    Impedance impedance;
    double metres = 0.0;  ///< per unit of length; 0: none
    double norm_amps = nan;
    int neutral = 0;  ///< conductor to eliminate, 1-based; 0: the last
    bool reduce = false;
};

struct Line {
    Value bus1, bus2;
    Impedance impedance;
    std::string code, geometry, spacing, earth_model;
    std::vector<Value> wires;  ///< lists, for the spacing
    Location geometry_where;
    double code_metres = 0.0, metres = 0.0, length = 1.0, norm_amps = nan;
    bool is_switch = false;
    const Circuit* circuit = nullptr;
    const std::unordered_map<std::string, LineCode>* codes = nullptr;
    ImportReport* report = nullptr;
};

void note_incomplete(const Impedance& impedance, ImportReport& report) {
    if (impedance.incomplete) report.note("matrices that lack elements: those are zero, as in OpenDSS");
}

template <class Model> Handlers<Model> impedance_handlers() {
    return {
        {"r1", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::r1, v.number()); }},
        {"x1", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::x1, v.number()); }},
        {"r0", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::r0, v.number()); }},
        {"x0", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::x0, v.number()); }},
        {"c1", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::c1, 1e-9 * v.number()); }},
        {"c0", [](Model& m, const Value& v) { m.impedance.sequence(&Impedance::c0, 1e-9 * v.number()); }},
        {"b1", [](Model& m,
                  const Value& v) { m.impedance.sequence(&Impedance::c1, 1e-6 * v.number() / m.impedance.omega()); }},
        {"b0", [](Model& m,
                  const Value& v) { m.impedance.sequence(&Impedance::c0, 1e-6 * v.number() / m.impedance.omega()); }},
        {"rmatrix", [](Model& m, const Value& v) { m.impedance.read(&Impedance::r, v, 1.0); }},
        {"xmatrix", [](Model& m, const Value& v) { m.impedance.read(&Impedance::x, v, 1.0); }},
        {"cmatrix", [](Model& m, const Value& v) { m.impedance.read(&Impedance::c, v, 1e-9); }},
        {"rg", [](Model& m, const Value& v) { m.impedance.rg = v.number(); }},
        {"xg", [](Model& m, const Value& v) { m.impedance.xg = v.number(); }},
        {"rho", [](Model& m, const Value& v) { m.impedance.rho = v.number(); }},
        {"basefreq",
         [](Model& m, const Value& v) {
             m.impedance.base_frequency = v.number();
             if (!(m.impedance.base_frequency >= 1.0)) fail(v.where, "basefreq must be at least 1 Hz");
         }},
        {"normamps", [](Model& m, const Value& v) { m.norm_amps = v.number(); }},
    };
}

const Handlers<LineCode>& code_handlers() {
    static const Handlers<LineCode> handlers = [] {
        Handlers<LineCode> h = impedance_handlers<LineCode>();
        h["nphases"] = [](LineCode& m, const Value& v) {
            m.impedance.phases = v.integer(1, 20);
            m.impedance.symmetric = true;
        };
        h["units"] = [](LineCode& m, const Value& v) { m.metres = metres_per_unit(v); };
        h["neutral"] = [](LineCode& m, const Value& v) { m.neutral = v.integer(0, 20); };
        h["kron"] = [](LineCode& m, const Value& v) { m.reduce = v.boolean(); };
        return h;
    }();
    return handlers;
}

void reduce_neutral(LineCode& code) {
    Impedance& i = code.impedance;
    i.materialise();
    if (!code.reduce || i.phases < 2) return;
    const int last = i.phases - 1, neutral = code.neutral == 0 ? last : code.neutral - 1;
    Eigen::MatrixXcd z = i.r.cast<Complex>() + Complex(0, 1) * i.x;
    Eigen::MatrixXd c = i.c;
    z.row(neutral).swap(z.row(last)), z.col(neutral).swap(z.col(last));
    c.row(neutral).swap(c.row(last)), c.col(neutral).swap(c.col(last));
    z = kron_reduced(z, last);
    i.r = z.real();
    i.x = z.imag();
    i.c = c.topLeftCorner(last, last).eval();  // a grounded conductor carries no voltage: its row drops out
    i.phases = last;
    i.symmetric = false;
}

std::unordered_map<std::string, LineCode> line_codes(const Circuit& circuit, ImportReport& report) {
    std::unordered_map<std::string, LineCode> result;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "linecode") continue;
        LineCode code;
        code.impedance.base_frequency = element.base_frequency;
        replay(element, code, code_handlers(), report);
        note_incomplete(code.impedance, report);
        if (code.neutral > code.impedance.phases) fail(element.where, element.label() + ": neutral beyond nphases");
        reduce_neutral(code);
        report.understand("linecode", element.where.text());
        result.emplace(element.name, std::move(code));
    }
    return result;
}

void use_code(Line& line, const Value& value) {
    const auto found = line.codes->find(value.name());
    if (found == line.codes->end()) fail(value.where, fmt::format("there is no linecode '{}'", value.name()));
    line.impedance = found->second.impedance;
    line.code = found->first;
    line.geometry.clear();
    line.spacing.clear();
    line.code_metres = found->second.metres;
    line.norm_amps = found->second.norm_amps;
}

void set_phases(Line& line, const Value& value) {
    const int phases = value.integer(1, 20);
    if (phases == line.impedance.phases) return;
    if (line.impedance.symmetric && line.geometry.empty() && line.spacing.empty()) {
        line.impedance.phases = phases;
        return;
    }
    line.report->skip("line.phases (contradicts the matrices of the line, whose order holds, as in OpenDSS)",
                      value.where.text());
}

/// OpenDSS gives a switch 1 ohm per unit length over 0.001 units; later properties of the same line may replace it.
void make_switch(Line& line, const Value& value) {
    line.is_switch = value.boolean();
    if (!line.is_switch) return;
    Impedance& i = line.impedance;
    i.symmetric = true;
    i.r1 = i.x1 = i.r0 = i.x0 = 1.0;
    i.c1 = 1.1e-9;
    i.c0 = 1.0e-9;
    line.length = 0.001;
    line.geometry.clear();
    line.spacing.clear();
    line.code.clear();
    line.code_metres = 0.0;
    line.metres = 0.0;
}

const Handlers<Line>& line_handlers() {
    static const Handlers<Line> handlers = [] {
        Handlers<Line> h = impedance_handlers<Line>();
        h["bus1"] = [](Line& l, const Value& v) { l.bus1 = v; };
        h["bus2"] = [](Line& l, const Value& v) { l.bus2 = v; };
        h["linecode"] = use_code;
        h["phases"] = set_phases;
        h["switch"] = make_switch;
        h["length"] = [](Line& l, const Value& v) { l.length = v.number(); };
        h["units"] = [](Line& l, const Value& v) { l.metres = metres_per_unit(v); };
        h["geometry"] = [](Line& l, const Value& v) {
            l.geometry = v.name();
            l.spacing.clear();
            l.geometry_where = v.where;
        };
        h["spacing"] = [](Line& l, const Value& v) {
            l.spacing = v.name();
            l.geometry.clear();
            l.geometry_where = v.where;
        };
        h["earthmodel"] = [](Line& l, const Value& v) { l.earth_model = v.name(); };
        for (const std::string_view name : {"wires", "cncables", "tscables"})
            h[name] = [](Line& l, const Value& v) { l.wires.push_back(v); };
        return h;
    }();
    return handlers;
}

/// Z at the frequency of the solution: reactances grow with frequency, the earth return with its logarithm (Line.pas).
void fill_matrices(LineModel& model, Impedance& i, double frequency, double scale) {
    i.materialise();
    const double ratio = frequency / i.base_frequency;
    const double kxg = i.xg / std::log(658.5 * std::sqrt(i.rho / i.base_frequency));
    const double earth_r = i.rg * (ratio - 1.0), earth_x = 0.5 * kxg * std::log(ratio);
    const Eigen::MatrixXd ones = Eigen::MatrixXd::Ones(i.phases, i.phases);
    const Eigen::MatrixXd r = i.r + ones * earth_r, x = (i.x - ones * earth_x) * ratio;
    model.z = (r.cast<Complex>() + Complex(0, 1) * x) * scale;
    model.b = i.c * (2 * std::numbers::pi * frequency * scale);
}

void check_finite(const LineModel& model) {
    if (!model.z.allFinite() || !model.b.allFinite() || !std::isfinite(model.length))
        fail(model.where, fmt::format("line.{}: impedance or length is not finite", model.name));
    if (!(model.length > 0.0)) fail(model.where, fmt::format("line.{}: length must be positive", model.name));
    if (model.z.rows() > 4) fail(model.where, fmt::format("line.{}: more than four conductors", model.name));
}

LineModel line_model(const Element& element, const Circuit& circuit, Line line, ImportReport& report) {
    line.impedance.base_frequency = element.base_frequency;
    line.circuit = &circuit;
    line.report = &report;
    replay(element, line, line_handlers(), report);
    note_incomplete(line.impedance, report);
    if (line.bus1.text.empty() || line.bus2.text.empty())
        fail(element.where, element.label() + ": needs bus1 and bus2");

    LineModel model{element.name,
                    element.name,
                    element.where,
                    {},
                    {},
                    {},
                    {},
                    line.length,
                    line.norm_amps,
                    line.is_switch,
                    element.enabled && !element.open};
    const double length_unit = line.metres > 0.0 ? line.metres : line.code_metres > 0.0 ? line.code_metres : 1.0;
    model.length = line.length * length_unit;
    if (!line.geometry.empty() || !line.spacing.empty()) {
        const Earth earth{line.earth_model.empty() ? circuit.earth_model : line.earth_model, line.impedance.rho};
        GeometryModel geometry =
            line.spacing.empty() ? geometry_model(circuit, line.geometry, line.geometry_where, earth, report)
                                 : spacing_model(circuit, line.spacing, line.wires, line.geometry_where, earth, report);
        model.z = geometry.constants.z;
        model.b = geometry.constants.b;
        if (std::isnan(model.rating_current)) model.rating_current = geometry.norm_amps;
    } else {
        // Values are per code unit; where code and line both name a unit OpenDSS converts, otherwise it multiplies as
        // is.
        const double value_unit = line.code_metres > 0.0 ? line.code_metres : length_unit;
        fill_matrices(model, line.impedance, circuit.frequency, 1.0 / value_unit);
        if (!line.code.empty()) model.code = line.code;
    }
    if (line.metres == 0.0 && line.code_metres == 0.0)
        report.note("lines without a unit of length: metres assumed (total impedances do not depend on it)");
    check_finite(model);
    const int order = static_cast<int>(model.z.rows());
    model.from = bus_ref(line.bus1, order, order);
    model.to = bus_ref(line.bus2, order, order);
    return model;
}

}  // namespace

std::vector<LineModel> line_models(const Circuit& circuit, ImportReport& report) {
    const auto codes = line_codes(circuit, report);
    std::vector<LineModel> result;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "line") continue;
        Line line;
        line.codes = &codes;
        result.push_back(line_model(element, circuit, line, report));
        report.understand("line", element.where.text());
    }
    return parallel_joined(result, report);
}

}  // namespace headroom::opendss
