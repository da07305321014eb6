#pragma once

#include <string>
#include <vector>

namespace headroom::bench {

/// A table as Markdown has it, padded so that it also reads as plain text: the first column to the left, numbers to the
/// right.
class MarkdownTable {
public:
    explicit MarkdownTable(std::vector<std::string> titles) : rows_{std::move(titles)} {}

    /// @pre as many cells as titles
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    std::size_t width() const { return rows_.front().size(); }
    std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;  ///< titles first
};

}  // namespace headroom::bench
