#pragma once

#include <string>
#include <vector>

namespace headroom {

enum class Align { left, right };

/// Rows of text under aligned columns, for people. A table without titles prints its rows alone.
class Table {
public:
    struct Column {
        std::string title;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns);

    /// @pre as many cells as columns
    void add(std::vector<std::string> cells);

    /// One line per row, each behind `indent` spaces and ended by a newline; no trailing spaces.
    std::string text(int indent = 0) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace headroom
