#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formulations/network/validate.hpp"

namespace headroom {

/// Where the rows of a part of a case stand in the whole file.
struct RowOrigin {
    std::map<std::string, std::int64_t, std::less<>> first;  ///< by group ("/bus"): the row that is row 0 of the part
    std::vector<std::int64_t> tap_control;                   ///< [#row of the part] row of the file

    /// Lets faults that were found in the part name rows of the file. Rows of series are steps and stay.
    void restore(std::vector<Fault>& faults) const;
};

}  // namespace headroom
