#pragma once

#include <string>
#include <vector>

#include "io/case/column_reader.hpp"
#include "io/hdf5/reader.hpp"

namespace headroom {

/// Names of the series of a case, the default first.    @throws InputError where one is no name
std::vector<std::string> series_names(const Hdf5Reader& reader);

/// The series of that name; "": the default.    @throws InputError where the case has it not
std::string chosen_series(const Hdf5Reader& reader, const std::string& name);

/// All rows of /feeder.    @throws InputError where there are more than are accepted
RowRange all_feeders(const Hdf5Reader& reader);

}  // namespace headroom
