#include "io/import/opendss/source_model.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

using Complex = std::complex<double>;

/// One Vsource. `kind` is what was given last: short-circuit power, short-circuit current or impedance.
struct Source {
    enum class Kind { power, current, impedance };
    Value bus1{"sourcebus", false, {}, "bus1"};
    double base_kv = 115.0, pu = 1.0, angle = 0.0;
    int phases = 3;
    Kind kind = Kind::power;
    double mva3 = 2000.0, mva1 = 2100.0, isc3 = 10000.0, isc1 = 10500.0, x1r1 = 4.0, x0r0 = 3.0;
    double r1 = 1.65, x1 = 6.6, r0 = 1.9, x0 = 5.7;
    bool zero_sequence_given = false, per_unit = false;
    double base_mva = 100.0;
};

void set_impedance(Source& s, const Value& v, double Source::*r, double Source::*x, bool per_unit) {
    const auto z = v.numbers();
    if (z.size() != 2) fail(v.where, fmt::format("{}: [R, X] is needed", v.property));
    s.*r = z[0];
    s.*x = z[1];
    s.kind = Source::Kind::impedance;
    s.per_unit = per_unit;
    if (r == &Source::r0) s.zero_sequence_given = true;
    if (!s.zero_sequence_given) s.r0 = s.r1, s.x0 = s.x1;
}

void set_ohm(Source& s, const Value& v, double Source::*part) {
    s.*part = v.number();
    s.kind = Source::Kind::impedance;
    s.per_unit = false;
    if (part == &Source::r0 || part == &Source::x0) s.zero_sequence_given = true;
}

void set_level(Source& s, const Value& v, Source::Kind kind, double Source::*level) {
    s.*level = v.number();
    if (!(s.*level > 0.0)) fail(v.where, fmt::format("{} must be positive", v.property));
    s.kind = kind;
}

const Handlers<Source>& source_handlers() {
    using Kind = Source::Kind;
    static const Handlers<Source> handlers = {
        {"bus1", [](Source& s, const Value& v) { s.bus1 = v; }},
        {"basekv", [](Source& s, const Value& v) { s.base_kv = v.number(); }},
        {"pu", [](Source& s, const Value& v) { s.pu = v.number(); }},
        {"angle", [](Source& s, const Value& v) { s.angle = v.number(); }},
        {"phases", [](Source& s, const Value& v) { s.phases = v.integer(1, 3); }},
        {"mvasc3", [](Source& s, const Value& v) { set_level(s, v, Kind::power, &Source::mva3); }},
        {"mvasc1", [](Source& s, const Value& v) { set_level(s, v, Kind::power, &Source::mva1); }},
        {"isc3", [](Source& s, const Value& v) { set_level(s, v, Kind::current, &Source::isc3); }},
        {"isc1", [](Source& s, const Value& v) { set_level(s, v, Kind::current, &Source::isc1); }},
        {"x1r1", [](Source& s, const Value& v) { s.x1r1 = v.number(); }},
        {"x0r0", [](Source& s, const Value& v) { s.x0r0 = v.number(); }},
        {"r1", [](Source& s, const Value& v) { set_ohm(s, v, &Source::r1); }},
        {"x1", [](Source& s, const Value& v) { set_ohm(s, v, &Source::x1); }},
        {"r0", [](Source& s, const Value& v) { set_ohm(s, v, &Source::r0); }},
        {"x0", [](Source& s, const Value& v) { set_ohm(s, v, &Source::x0); }},
        {"z1", [](Source& s, const Value& v) { set_impedance(s, v, &Source::r1, &Source::x1, false); }},
        {"z0", [](Source& s, const Value& v) { set_impedance(s, v, &Source::r0, &Source::x0, false); }},
        {"puz1", [](Source& s, const Value& v) { set_impedance(s, v, &Source::r1, &Source::x1, true); }},
        {"puz0", [](Source& s, const Value& v) { set_impedance(s, v, &Source::r0, &Source::x0, true); }},
        {"basemva", [](Source& s, const Value& v) { s.base_mva = v.number(); }},
    };
    return handlers;
}

/// Sequence impedances from the short-circuit levels as VSource.pas has them: positive sequence from the three-phase
/// level and X1/R1; zero sequence from |2 Z1 + Z0| = 3 V / Isc1 and X0/R0, a quadratic in R0.
void derive_impedance(Source& s, const Location& where) {
    if (s.kind == Source::Kind::impedance) {
        const double ohm = s.per_unit ? s.base_kv * s.base_kv / s.base_mva : 1.0;
        for (double Source::*part : {&Source::r1, &Source::x1, &Source::r0, &Source::x0}) s.*part *= ohm;
        return;
    }
    const double factor = s.phases == 1 ? 1.0 : std::numbers::sqrt3;
    const bool power = s.kind == Source::Kind::power;
    const double mva3 = power ? s.mva3 : std::numbers::sqrt3 * s.base_kv * s.isc3 / 1000.0;
    const double isc1 = power ? s.mva1 * 1000.0 / (factor * s.base_kv) : s.isc1;
    s.x1 = s.base_kv * s.base_kv / mva3 / std::sqrt(1.0 + 1.0 / (s.x1r1 * s.x1r1));
    s.r1 = s.x1 / s.x1r1;
    const double loop = 3.0 * s.base_kv * 1000.0 / factor / isc1;
    const double a = 1.0 + s.x0r0 * s.x0r0, b = 4.0 * (s.r1 + s.x1 * s.x0r0);
    const double c = 4.0 * (s.r1 * s.r1 + s.x1 * s.x1) - loop * loop;
    const double discriminant = b * b - 4.0 * a * c;
    if (discriminant < 0.0) fail(where, "the short-circuit levels of the source contradict each other");
    s.r0 = (-b + std::sqrt(discriminant)) / (2.0 * a);
    s.x0 = s.r0 * s.x0r0;
}

Source read_source(const Element& element, double frequency, ImportReport& report) {
    Source s;
    replay(element, s, source_handlers(), report);
    if (!(s.base_kv > 0.0) || !(s.pu > 0.0)) fail(element.where, element.label() + ": basekv and pu must be positive");
    derive_impedance(s, element.where);
    s.x1 *= frequency / element.base_frequency;
    s.x0 *= frequency / element.base_frequency;
    if (!std::isfinite(s.r1 + s.x1 + s.r0 + s.x0)) fail(element.where, element.label() + ": impedance is not finite");
    return s;
}

void add_source(SourceModel& model, const Element& element, const Source& s) {
    const BusRef ref = bus_ref(s.bus1, s.phases, s.phases);
    if (model.bus.empty()) {
        model.name = element.name;
        model.bus = ref.bus;
        model.where = element.where;
    }
    if (ref.bus != model.bus)
        fail(element.where, fmt::format("{} stands at '{}', the first source at '{}': one source per feeder",
                                        element.label(), ref.bus, model.bus));
    // Several phases: kV is phase to phase. One phase: as it is.
    const double volt = 1000.0 * s.base_kv / (s.phases == 1 ? 1.0 : 2.0 * std::sin(std::numbers::pi / s.phases));
    const Complex self = Complex(2 * s.r1 + s.r0, 2 * s.x1 + s.x0) / 3.0,
                  mutual = Complex(s.r0 - s.r1, s.x0 - s.x1) / 3.0;
    const auto first = static_cast<Eigen::Index>(model.phases.size());
    Eigen::MatrixXcd z = Eigen::MatrixXcd::Zero(first + s.phases, first + s.phases);
    z.topLeftCorner(first, first) = model.z;
    for (int k = 0; k < s.phases; ++k) {
        const int node = ref.nodes[k];
        if (node < 1 || node > 3 || model.present[node - 1])
            fail(element.where, element.label() + ": sources must feed different phases 1 to 3");
        model.present[node - 1] = true;
        model.phases.push_back(node);
        model.voltage[node - 1] = volt * s.pu;
        model.angle[node - 1] = s.angle - 360.0 / s.phases * k;
        for (int j = 0; j < s.phases; ++j) z(first + k, first + j) = k == j ? self : mutual;
    }
    model.z = z;
    model.base_voltage = volt;
}

}  // namespace

SourceModel source_model(const Circuit& circuit, ImportReport& report) {
    SourceModel model;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "vsource") continue;
        if (!element.enabled) {
            report.skip("vsource (disabled)", element.where.text());
            continue;
        }
        add_source(model, element, read_source(element, circuit.frequency, report));
        report.understand("vsource", element.where.text());
    }
    if (model.phases.empty()) fail({}, "the circuit has no enabled source");
    const int given = model.phases.front() - 1;
    for (int k = 0; k < 3; ++k) {
        if (model.present[k]) continue;
        model.voltage[k] = model.voltage[given];
        model.angle[k] = model.angle[given] - 120.0 * (k - given);
    }
    for (double& angle : model.angle) angle = std::remainder(angle, 360.0);
    return model;
}

}  // namespace headroom::opendss
