#pragma once

#include <string>

#include "io/import/import_report.hpp"
#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/line_constants.hpp"

namespace headroom::opendss {

/// A WireData, CNData (concentric neutral) or TSData (tape shield) element.
struct WireModel {
    Conductor conductor;     ///< without a place
    double norm_amps = 0.0;  ///< A; NaN: none was given
};

/// What is missing follows from the rest as in OpenDSS. Throws InputError; `where` asks for it.
WireModel wire_model(const Circuit& circuit, const std::string& class_name, const std::string& name,
                     const Location& where, ImportReport& report);

}  // namespace headroom::opendss
