#include "io/import/opendss/line_geometry.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "io/import/opendss/length_unit.hpp"
#include "io/import/opendss/wire_data.hpp"
#include "solver/numbers.hpp"

namespace headroom::opendss {
namespace {

struct Place {
    double x = 0.0, h = 0.0, metres = 0.0;  ///< metres: per unit of length; 0: none named
};

struct Geometry {
    int phases = 3;
    std::vector<Place> places{3};
    std::vector<PlacedWire> wires{3};
    std::size_t active = 0;
    bool reduce = false;
    double norm_amps = nan;
    const Circuit* circuit = nullptr;
    ImportReport* report = nullptr;
};

void resize(Geometry& g, const Value& v) {
    g.places.resize(v.integer(1, 20));
    g.wires.resize(g.places.size());
    g.active = 0;
}

template <double Place::*coordinate> void set_all(Geometry& g, const Value& v) {
    const auto numbers = v.numbers();
    for (std::size_t k = 0; k < numbers.size() && k < g.places.size(); ++k) g.places[k].*coordinate = numbers[k];
}

const Handlers<Geometry>& spacing_handlers() {
    static const Handlers<Geometry> handlers = {
        {"nconds", resize},
        {"nphases", [](Geometry& g, const Value& v) { g.phases = v.integer(1, 20); }},
        {"x", set_all<&Place::x>},
        {"h", set_all<&Place::h>},
        {"units",
         [](Geometry& g, const Value& v) {
             for (Place& place : g.places) place.metres = metres_per_unit(v);
         }},
    };
    return handlers;
}

/// Brings the places, not the wires, of as many conductors as the geometry has.
void use_spacing(Geometry& g, const Value& v) {
    const Element* element = g.circuit->find("linespacing", v.name());
    if (!element) fail(v.where, fmt::format("there is no linespacing '{}'", v.name()));
    Geometry spacing;
    replay(*element, spacing, spacing_handlers(), *g.report);
    if (spacing.places.size() != g.places.size())
        fail(v.where, fmt::format("linespacing.{} has {} conductors, the geometry {}", element->name,
                                  spacing.places.size(), g.places.size()));
    g.places = spacing.places;
}

const Handlers<Geometry>& geometry_handlers() {
    static const Handlers<Geometry> handlers = [] {
        Handlers<Geometry> h = {
            {"nconds", resize},
            {"nphases", [](Geometry& g, const Value& v) { g.phases = v.integer(1, 20); }},
            {"cond",
             [](Geometry& g, const Value& v) { g.active = v.integer(1, static_cast<int>(g.places.size())) - 1; }},
            {"wire",
             [](Geometry& g, const Value& v) {
                 g.wires[g.active] = {"wiredata", v.name()};
             }},
            {"cncable",
             [](Geometry& g, const Value& v) {
                 g.wires[g.active] = {"cndata", v.name()};
             }},
            {"tscable",
             [](Geometry& g, const Value& v) {
                 g.wires[g.active] = {"tsdata", v.name()};
             }},
            {"x", [](Geometry& g, const Value& v) { g.places[g.active].x = v.number(); }},
            {"h", [](Geometry& g, const Value& v) { g.places[g.active].h = v.number(); }},
            {"units",
             [](Geometry& g, const Value& v) {
                 // The unit of one conductor holds for those after it until another is named.
                 for (std::size_t k = g.active; k < g.places.size(); ++k) g.places[k].metres = metres_per_unit(v);
             }},
            {"spacing", use_spacing},
            {"reduce", [](Geometry& g, const Value& v) { g.reduce = v.boolean(); }},
            {"normamps", [](Geometry& g, const Value& v) { g.norm_amps = v.number(); }},
        };
        for (const std::string_view name : {"wires", "cncables", "tscables"})
            h[name] = [](Geometry& g, const Value& v) { place_wires(g.wires, v, g.phases); };
        return h;
    }();
    return handlers;
}

void check(const Geometry& g, const std::vector<Conductor>& conductors, const Element& element) {
    if (g.phases > static_cast<int>(g.places.size()))
        fail(element.where, element.label() + ": nphases is larger than nconds");
    const bool cables = std::ranges::any_of(conductors, [](const Conductor& c) { return c.sheath.has_value(); });
    for (std::size_t k = 0; k < conductors.size(); ++k) {
        if (!cables && conductors[k].height <= 0.0)
            fail(element.where, element.label() + ": bare conductors must hang above ground");
        if (cables && conductors[k].sheath.has_value() != (static_cast<int>(k) < g.phases))
            fail(element.where, element.label() + ": where a phase is a cable, all phases and nothing else must be");
        for (std::size_t j = 0; j < k; ++j)
            if (conductors[j].x == conductors[k].x && conductors[j].height == conductors[k].height)
                fail(element.where,
                     fmt::format("{}: conductors {} and {} are in the same place", element.label(), j + 1, k + 1));
    }
}

GeometryModel model(const Geometry& g, const Element& element, const Earth& earth, ImportReport& report) {
    GeometryModel result;
    result.norm_amps = g.norm_amps;
    std::vector<Conductor> conductors;
    for (std::size_t k = 0; k < g.places.size(); ++k) {
        if (g.wires[k].class_name.empty())
            fail(element.where, fmt::format("{}: conductor {} has no wire", element.label(), k + 1));
        const WireModel wire = wire_model(*g.circuit, g.wires[k].class_name, g.wires[k].name, element.where, report);
        const double metres = g.places[k].metres > 0.0 ? g.places[k].metres : 1.0;
        conductors.push_back(wire.conductor);
        conductors.back().x = g.places[k].x * metres;
        conductors.back().height = g.places[k].h * metres;
        if (k == 0 && std::isnan(result.norm_amps)) result.norm_amps = wire.norm_amps;
    }
    check(g, conductors, element);
    result.constants = line_constants(conductors, g.phases, g.reduce, earth.model, g.circuit->frequency, earth.rho);
    return result;
}

}  // namespace

void place_wires(std::vector<PlacedWire>& places, const Value& list, int phases) {
    const std::string kind = list.property == "cncables"   ? "cndata"
                             : list.property == "tscables" ? "tsdata"
                                                           : "wiredata";
    const bool behind =
        kind == "wiredata" && !places.empty() && (places[0].class_name == "cndata" || places[0].class_name == "tsdata");
    const auto names = list.items();
    const std::size_t first = behind ? static_cast<std::size_t>(phases) : 0;
    for (std::size_t k = 0; k < names.size() && first + k < places.size(); ++k)
        places[first + k] = {kind, names[k].name()};
}

GeometryModel geometry_model(const Circuit& circuit, const std::string& name, const Location& where, const Earth& earth,
                             ImportReport& report) {
    const Element* element = circuit.find("linegeometry", name);
    if (!element) fail(where, fmt::format("there is no linegeometry '{}'", name));
    Geometry geometry;
    geometry.circuit = &circuit;
    geometry.report = &report;
    replay(*element, geometry, geometry_handlers(), report);
    return model(geometry, *element, earth, report);
}

GeometryModel spacing_model(const Circuit& circuit, const std::string& name, const std::vector<Value>& wires,
                            const Location& where, const Earth& earth, ImportReport& report) {
    const Element* element = circuit.find("linespacing", name);
    if (!element) fail(where, fmt::format("there is no linespacing '{}'", name));
    Geometry geometry;
    geometry.circuit = &circuit;
    geometry.report = &report;
    replay(*element, geometry, spacing_handlers(), report);
    geometry.reduce = static_cast<int>(geometry.places.size()) > geometry.phases;
    for (const Value& list : wires) place_wires(geometry.wires, list, geometry.phases);
    return model(geometry, *element, earth, report);
}

}  // namespace headroom::opendss
