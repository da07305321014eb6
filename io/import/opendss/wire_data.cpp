#include "io/import/opendss/wire_data.hpp"

#include <cmath>

#include <fmt/format.h>

#include "io/import/opendss/length_unit.hpp"
#include "solver/numbers.hpp"

namespace headroom::opendss {
namespace {

/// Lengths as written with the unit that holds for them: resistances runits, mean radii gmrunits, all others radunits.
struct Wire {
    double r_dc = nan, r_ac = nan, gmr = nan, radius = nan, cap_radius = nan, norm_amps = nan;
    double r_metres = 0.0, gmr_metres = 0.0, radius_metres = 0.0;
    double permittivity = 2.3, insulation = nan, insulation_diameter = nan, cable_diameter = nan;
    int strands = 2;
    double strand_diameter = nan, strand_gmr = nan, strand_r = nan;
    double shield_diameter = nan, tape = nan, tape_lap = 20.0;
};

Handlers<Wire> conductor_handlers() {
    return {
        {"rdc", [](Wire& w, const Value& v) { w.r_dc = v.number(); }},
        {"rac", [](Wire& w, const Value& v) { w.r_ac = v.number(); }},
        {"runits", [](Wire& w, const Value& v) { w.r_metres = metres_per_unit(v); }},
        {"gmrac", [](Wire& w, const Value& v) { w.gmr = v.number(); }},
        {"gmrunits", [](Wire& w, const Value& v) { w.gmr_metres = metres_per_unit(v); }},
        {"radius", [](Wire& w, const Value& v) { w.radius = v.number(); }},
        {"radunits", [](Wire& w, const Value& v) { w.radius_metres = metres_per_unit(v); }},
        {"diam", [](Wire& w, const Value& v) { w.radius = v.number() / 2; }},
        {"capradius", [](Wire& w, const Value& v) { w.cap_radius = v.number(); }},
        {"normamps", [](Wire& w, const Value& v) { w.norm_amps = v.number(); }},
    };
}

const Handlers<Wire>& wire_handlers() {
    static const Handlers<Wire> all = [] {
        Handlers<Wire> h = conductor_handlers();
        h["epsr"] = [](Wire& w, const Value& v) { w.permittivity = v.number(); };
        h["inslayer"] = [](Wire& w, const Value& v) { w.insulation = v.number(); };
        h["diains"] = [](Wire& w, const Value& v) { w.insulation_diameter = v.number(); };
        h["diacable"] = [](Wire& w, const Value& v) { w.cable_diameter = v.number(); };
        h["k"] = [](Wire& w, const Value& v) { w.strands = v.integer(2, 1000); };
        h["diastrand"] = [](Wire& w, const Value& v) { w.strand_diameter = v.number(); };
        h["gmrstrand"] = [](Wire& w, const Value& v) { w.strand_gmr = v.number(); };
        h["rstrand"] = [](Wire& w, const Value& v) { w.strand_r = v.number(); };
        h["diashield"] = [](Wire& w, const Value& v) { w.shield_diameter = v.number(); };
        h["tapelayer"] = [](Wire& w, const Value& v) { w.tape = v.number(); };
        h["tapelap"] = [](Wire& w, const Value& v) { w.tape_lap = v.number(); };
        return h;
    }();
    return all;
}

double or_metre(double metres) { return metres > 0.0 ? metres : 1.0; }

void complete(Wire& w) {
    if (std::isnan(w.r_ac)) w.r_ac = 1.02 * w.r_dc;
    if (std::isnan(w.r_dc)) w.r_dc = w.r_ac / 1.02;
    if (std::isnan(w.gmr)) w.gmr = 0.7788 * w.radius, w.gmr_metres = w.radius_metres;
    if (std::isnan(w.radius)) w.radius = w.gmr / 0.7788, w.radius_metres = w.gmr_metres;
    if (std::isnan(w.cap_radius)) w.cap_radius = w.radius;
}

/// k strands on a circle: gmr^k = k gmr_strand radius^(k - 1).
void set_strands(Sheath& sheath, const Wire& w) {
    const double metres = or_metre(w.radius_metres);
    const double strand_gmr =
        std::isnan(w.strand_gmr) ? 0.7788 * w.strand_diameter / 2 * metres : w.strand_gmr * or_metre(w.gmr_metres);
    sheath.strands = w.strands;
    sheath.radius = (w.cable_diameter - w.strand_diameter) / 2 * metres;
    sheath.gmr = std::pow(w.strands * strand_gmr / sheath.radius, 1.0 / w.strands) * sheath.radius;
    sheath.resistance = w.strand_r / or_metre(w.r_metres) / w.strands;
}

/// Copper tape of 2.3718e-8 ohm m whose turns lap by a share of its width.
void set_tape(Sheath& sheath, const Wire& w) {
    const double metres = or_metre(w.radius_metres);
    sheath.radius = sheath.gmr = (w.shield_diameter - w.tape) / 2 * metres;
    sheath.resistance =
        0.3183 * 2.3718e-8 / (w.shield_diameter * w.tape * metres * metres) / std::sqrt(50.0 / (100.0 - w.tape_lap));
}

Sheath sheath(const Wire& w, const Element& element) {
    const double metres = or_metre(w.radius_metres);
    Sheath result;
    result.permittivity = w.permittivity;
    result.insulation_outer = w.insulation_diameter / 2 * metres;
    result.insulation_inner = result.insulation_outer - w.insulation * metres;
    element.class_name == "cndata" ? set_strands(result, w) : set_tape(result, w);
    const bool insulated =
        result.permittivity > 0.0 && result.insulation_inner > 0.0 && result.insulation_outer > result.insulation_inner;
    const bool shielded = result.radius > 0.0 && result.gmr > 0.0 && result.resistance > 0.0;
    if (!insulated || !shielded || !std::isfinite(result.gmr + result.resistance + result.insulation_outer))
        fail(element.where,
             fmt::format("{}: needs EpsR, InsLayer, DiaIns and {}, all positive and one inside the other",
                         element.label(),
                         element.class_name == "cndata" ? "DiaCable, k, DiaStrand, Rstrand" : "DiaShield, TapeLayer"));
    return result;
}

}  // namespace

WireModel wire_model(const Circuit& circuit, const std::string& class_name, const std::string& name,
                     const Location& where, ImportReport& report) {
    const Element* element = circuit.find(class_name, name);
    if (!element) fail(where, fmt::format("there is no {} '{}'", class_name, name));
    Wire w;
    replay(*element, w, wire_handlers(), report);
    complete(w);
    if (!(w.r_dc > 0 && w.r_ac > 0 && w.gmr > 0 && w.cap_radius > 0))
        fail(element->where, element->label() + ": resistance and radius must be positive");
    WireModel model;
    model.norm_amps = w.norm_amps;
    model.conductor.r_ac = w.r_ac / or_metre(w.r_metres);
    model.conductor.r_dc = w.r_dc / or_metre(w.r_metres);
    model.conductor.gmr = w.gmr * or_metre(w.gmr_metres);
    model.conductor.radius = w.cap_radius * or_metre(w.radius_metres);
    if (class_name != "wiredata") model.conductor.sheath = sheath(w, *element);
    return model;
}

}  // namespace headroom::opendss
