#pragma once

#include "io/import/import_report.hpp"
#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/line_constants.hpp"

namespace headroom::opendss {

/// The conductor on each place of a line, by name; unnamed where the class is empty.
struct PlacedWire {
    std::string class_name, name;  ///< wiredata, cndata or tsdata
};

/// Names the conductors that `wires=`, `cncables=` or `tscables=` list. Bare wires named after cables are the neutrals:
/// they begin behind the phases.
void place_wires(std::vector<PlacedWire>& places, const Value& list, int phases);

/// The ground below a line.
struct Earth {
    std::string model;   ///< carson, fullcarson or deri
    double rho = 100.0;  ///< ohm m
};

struct GeometryModel {
    LineConstants constants;
    double norm_amps = 0.0;  ///< A; NaN: none was given
};

/// Interprets a LineGeometry with its wires and cables. Throws InputError; `where` names the line that asks for it.
GeometryModel geometry_model(const Circuit& circuit, const std::string& name, const Location& where, const Earth& earth,
                             ImportReport& report);

/// The same of a LineSpacing and the lists of wires that a line names. Conductors beyond its phases are eliminated.
GeometryModel spacing_model(const Circuit& circuit, const std::string& name, const std::vector<Value>& wires,
                            const Location& where, const Earth& earth, ImportReport& report);

}  // namespace headroom::opendss
