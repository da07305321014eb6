#pragma once

#include "formulations/network/region.hpp"
#include "io/import/import_report.hpp"
#include "io/import/power_grid_model/dataset.hpp"
#include "io/import/power_grid_model/sequences.hpp"

namespace headroom::pgm {

/// A pi section over phases a, b, c.
struct LineModel {
    PhaseMatrix z, y;                   ///< ohm, S, of the whole line
    double rating_current = not_given;  ///< A
};

/// Of "line"; without zero sequence it has that of its positive one, with a note.
/// @param frequency  Hz
LineModel line_model(const Component& component, double frequency, ImportReport& report);

/// Of "asym_line"; a neutral, earthed at both ends, is eliminated.
LineModel asym_line_model(const Component& component, double frequency);

}  // namespace headroom::pgm
