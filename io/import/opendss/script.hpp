#pragma once

#include <filesystem>

#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/source_files.hpp"

namespace headroom::opendss {

/// Runs the commands of a master file and of the files it redirects to. Commands that only solve, show or plot are
/// reported and left out; commands that would change the network in a way not understood are refused. Throws InputError
/// with file and line.
/// @param default_frequency  Hz, until the script sets another
Circuit run_script(const SourceFiles& files, double default_frequency, ImportReport& report);

}  // namespace headroom::opendss
