#include "io/import/opendss/shunt_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

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
    bool impedance_given = false;    ///< reactor: r and x instead of kvar
};

Handlers<Shunt> common_handlers() {
    return {
        {"bus1", [](Shunt& s, const Value& v) { s.bus1 = v; }},
        {"bus2", [](Shunt& s, const Value& v) { s.bus2 = v; }},
        {"phases", [](Shunt& s, const Value& v) { s.phases = v.integer(1, 4); }},
        {"kvar",
         [](Shunt& s, const Value& v) {
             s.kvar = v.numbers();
             s.microfarad.clear();
             s.impedance_given = false;
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

void refuse(Shunt&, const Value& v) { fail(v.where, fmt::format("property {} is not supported", v.property)); }

const Handlers<Shunt>& capacitor_handlers() {
    static const Handlers<Shunt> handlers = [] {
        Handlers<Shunt> h = common_handlers();
        h["cuf"] = [](Shunt& s, const Value& v) { s.microfarad = v.numbers(); };
        h["states"] = [](Shunt& s, const Value& v) { s.states = v.numbers(); };
        h["r"] = [](Shunt& s, const Value& v) { s.r = first(v); };
        h["xl"] = [](Shunt& s, const Value& v) { s.x = first(v); };
        h["cmatrix"] = refuse;
        return h;
    }();
    return handlers;
}

void set_reactor_impedance(Shunt& s, const Value& v) {
    const auto z = v.numbers();
    if (z.size() != 2) fail(v.where, fmt::format("{}: [R, X] is needed", v.property));
    s.r = z[0];
    s.x = z[1];
    s.impedance_given = true;
}

const Handlers<Shunt>& reactor_handlers() {
    static const Handlers<Shunt> handlers = [] {
        Handlers<Shunt> h = common_handlers();
        h["r"] = [](Shunt& s, const Value& v) { s.r = v.number(); };
        h["x"] = [](Shunt& s, const Value& v) {
            s.x = v.number();
            s.impedance_given = true;
        };
        h["z"] = set_reactor_impedance;
        for (const std::string_view name : {"rmatrix", "xmatrix", "z1", "z0", "rp", "lmh"}) h[name] = refuse;
        return h;
    }();
    return handlers;
}

double volt_of_pair(const Shunt& s) { return 1000.0 * s.kv / (!s.delta && s.phases > 1 ? std::numbers::sqrt3 : 1.0); }

/// Admittance of one pair. Rated power is shared equally by the pairs, at rated voltage.
/// @param ratio  frequency of the solution over the one of the rating
Complex capacitor_admittance(const Shunt& s, double base_frequency, double ratio) {
    const double omega = 2 * std::numbers::pi * base_frequency;
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
    const Complex z(s.r, ratio * (s.impedance_given ? s.x : rated_x));
    if (std::abs(z) * siemens_max >= 1.0) return 1.0 / z;
    report.note("reactors below 1e-6 ohm are taken as 1e-6 ohm");
    return {siemens_max, 0.0};
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
        replay(element, s, capacitor ? capacitor_handlers() : reactor_handlers(), report);
        if (s.bus1.text.empty()) fail(element.where, element.label() + ": needs bus1");
        if (!(s.kv > 0.0)) fail(element.where, element.label() + ": kV must be positive");
        ShuntModel model{element.name, element.where, {}, {}, {}};
        set_nodes(model, s);
        const double ratio = circuit.frequency / element.base_frequency;
        const Complex y =
            capacitor ? capacitor_admittance(s, element.base_frequency, ratio) : reactor_admittance(s, ratio, report);
        if (!std::isfinite(std::abs(y))) fail(element.where, element.label() + ": admittance is not finite");
        model.y.assign(model.from.nodes.size(), y);
        result.push_back(std::move(model));
        report.understand(element.class_name, element.where.text());
    }
    return result;
}

}  // namespace headroom::opendss
