#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "formulations/network/validate.hpp"

namespace headroom {

/// Which lines of a table of changes changed what of which feeders.
class ChangeLines {
public:
    /// @param file  name of the table
    ChangeLines(std::string file, std::size_t feeder_count) : file_(std::move(file)), of_feeder_(feeder_count) {}

    /// @param columns  of the table, that say something in this line
    void add(int line, std::vector<std::string> columns, std::span<const std::size_t> feeders);
    std::size_t changed_feeders() const;

    /// Lets faults begin with the lines and columns that they come from: of values that are set the last line, of
    /// factors all. A fault that the region had before stays as it is.
    /// @return what is at fault, to begin a message with: the table, the case, or both
    std::string place(std::vector<Fault>& faults, const std::string& case_path) const;

private:
    struct Line {
        int number;
        std::vector<std::string> columns;
    };
    std::vector<std::string> causes(const Fault& fault) const;

    std::string file_;
    std::vector<Line> lines_;
    std::vector<std::vector<std::size_t>> of_feeder_;  ///< of lines_
};

}  // namespace headroom
