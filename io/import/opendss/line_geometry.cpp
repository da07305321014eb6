#include "io/import/opendss/line_geometry.hpp"

#include <limits>

#include <fmt/format.h>

#include "io/import/opendss/length_unit.hpp"

namespace headroom::opendss {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Lengths as written with the unit that holds for them; what is missing follows from the rest as in OpenDSS.
struct Wire {
    double r_dc = nan, r_ac = nan, gmr = nan, radius = nan, cap_radius = nan, norm_amps = nan;
    double r_metres = 0.0, gmr_metres = 0.0, radius_metres = 0.0;
};

struct Position {
    std::string wire;
    double x = 0.0, h = 0.0, metres = 0.0;
};

struct Geometry {
    int phases = 3;
    std::vector<Position> positions{3};
    std::size_t active = 0;
    bool reduce = false;
    double norm_amps = nan;
};

const Handlers<Wire>& wire_handlers() {
    static const Handlers<Wire> handlers = {
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
    return handlers;
}

void set_wires(Geometry& g, const Value& value) {
    const auto wires = value.items();
    for (std::size_t k = 0; k < wires.size() && k < g.positions.size(); ++k) g.positions[k].wire = wires[k].name();
}

const Handlers<Geometry>& geometry_handlers() {
    static const Handlers<Geometry> handlers = [] {
        Handlers<Geometry> h = {
            {"nconds",
             [](Geometry& g, const Value& v) {
                 g.positions.resize(v.integer(1, 20));
                 g.active = 0;
             }},
            {"nphases", [](Geometry& g, const Value& v) { g.phases = v.integer(1, 20); }},
            {"cond",
             [](Geometry& g, const Value& v) { g.active = v.integer(1, static_cast<int>(g.positions.size())) - 1; }},
            {"wire", [](Geometry& g, const Value& v) { g.positions[g.active].wire = v.name(); }},
            {"x", [](Geometry& g, const Value& v) { g.positions[g.active].x = v.number(); }},
            {"h", [](Geometry& g, const Value& v) { g.positions[g.active].h = v.number(); }},
            {"units",
             [](Geometry& g, const Value& v) {
                 // The unit of one conductor holds for those after it until another is named.
                 for (std::size_t k = g.active; k < g.positions.size(); ++k) g.positions[k].metres = metres_per_unit(v);
             }},
            {"wires", set_wires},
            {"reduce", [](Geometry& g, const Value& v) { g.reduce = v.boolean(); }},
            {"normamps", [](Geometry& g, const Value& v) { g.norm_amps = v.number(); }},
        };
        for (const std::string_view name : {"spacing", "cncable", "tscable", "cncables", "tscables"})
            h[name] = [](Geometry&, const Value& v) {
                fail(v.where, fmt::format("geometry property {} is not supported: bare wires only", v.property));
            };
        return h;
    }();
    return handlers;
}

Wire wire(const Circuit& circuit, const std::string& name, const Location& where, ImportReport& report) {
    const Element* element = circuit.find("wiredata", name);
    if (!element) fail(where, fmt::format("there is no wiredata '{}'", name));
    Wire w;
    replay(*element, w, wire_handlers(), report);
    if (std::isnan(w.r_ac)) w.r_ac = 1.02 * w.r_dc;
    if (std::isnan(w.r_dc)) w.r_dc = w.r_ac / 1.02;
    if (std::isnan(w.gmr)) w.gmr = 0.7788 * w.radius, w.gmr_metres = w.radius_metres;
    if (std::isnan(w.radius)) w.radius = w.gmr / 0.7788, w.radius_metres = w.gmr_metres;
    if (std::isnan(w.cap_radius)) w.cap_radius = w.radius;
    if (!(w.r_dc > 0 && w.r_ac > 0 && w.gmr > 0 && w.cap_radius > 0))
        fail(element->where, element->label() + ": resistance and radius must be positive");
    const auto or_metre = [](double metres) { return metres > 0.0 ? metres : 1.0; };
    w.r_ac /= or_metre(w.r_metres);
    w.r_dc /= or_metre(w.r_metres);
    w.gmr *= or_metre(w.gmr_metres);
    w.cap_radius *= or_metre(w.radius_metres);
    return w;
}

}  // namespace

GeometryModel geometry_model(const Circuit& circuit, const std::string& name, const Location& where, double rho,
                             ImportReport& report) {
    const Element* element = circuit.find("linegeometry", name);
    if (!element) fail(where, fmt::format("there is no linegeometry '{}'", name));
    Geometry geometry;
    replay(*element, geometry, geometry_handlers(), report);
    if (geometry.phases > static_cast<int>(geometry.positions.size()))
        fail(element->where, element->label() + ": nphases is larger than nconds");
    GeometryModel result;
    result.norm_amps = geometry.norm_amps;
    std::vector<Conductor> conductors;
    for (const Position& p : geometry.positions) {
        const Wire w = wire(circuit, p.wire, element->where, report);
        const double metres = p.metres > 0.0 ? p.metres : 1.0;
        conductors.push_back({p.x * metres, p.h * metres, w.r_ac, w.r_dc, w.gmr, w.cap_radius});
        if (conductors.back().height <= 0.0)
            fail(element->where, element->label() + ": conductors must hang above ground");
        if (conductors.size() == 1 && std::isnan(result.norm_amps)) result.norm_amps = w.norm_amps;
    }
    result.constants =
        line_constants(conductors, geometry.phases, geometry.reduce, circuit.earth_model, circuit.frequency, rho);
    return result;
}

}  // namespace headroom::opendss
