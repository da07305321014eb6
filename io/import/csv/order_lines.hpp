#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "formulations/network/validate.hpp"

namespace headroom {

/// Where orders stand that came from a table.
struct OrderLines {
    std::string file;       ///< its name
    std::vector<int> line;  ///< [#order]

    /// Lets faults of orders name lines and columns of the table in place of rows of a case.
    /// @param faults  of a region whose order 0 is the order `first` here
    /// @return what is at fault, to begin a message with: the table, the case, or both
    std::string place(std::vector<Fault>& faults, const std::string& case_path, std::size_t first = 0) const;
};

}  // namespace headroom
