#pragma once

#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"
#include "io/cli/exit_code.hpp"

namespace headroom::cli {

/// What a region's faults leave to compute with: everything (done), the feeders without one (incomplete), or nothing
/// (invalid_input), because every feeder has one or the file itself.
ExitCode verdict(const Region& region, const std::vector<Fault>& faults);

/// [#feeder] first fault of every feeder, "" where it has none. Throws InputError for a fault of the file, or of every
/// feeder, or of any feeder where the case must be whole.
std::vector<std::string> feeder_faults(const Region& region, const std::string& case_path, bool whole);
/// The same of faults that were found. @param source  where they are, to begin a message with
std::vector<std::string> feeder_faults(const Region& region, const std::vector<Fault>& faults,
                                       const std::string& source, bool whole);

/// What is left of a case that is about to be written; faults inside feeders are told on standard error.
/// @param source  what the case is made of, to begin a message with
/// @throws InputError  where no feeder is left, or the case must be whole and is not: nothing is to be written then
ExitCode left_to_write(const Region& region, const std::vector<Fault>& faults, const std::string& source, bool whole);

}  // namespace headroom::cli
