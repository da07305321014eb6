#include "bench/support/markdown_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::bench {

std::string MarkdownTable::text() const {
    std::vector<std::size_t> width(rows_.front().size(), 3);
    for (const auto& row : rows_)
        for (std::size_t c = 0; c < width.size(); ++c) width[c] = std::max(width[c], row[c].size());
    std::string text;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        for (std::size_t c = 0; c < width.size(); ++c)
            text += c == 0 ? fmt::format("| {:<{}} ", rows_[r][c], width[c])
                           : fmt::format("| {:>{}} ", rows_[r][c], width[c]);
        text += "|\n";
        if (r > 0) continue;
        for (std::size_t c = 0; c < width.size(); ++c)
            text += c == 0 ? fmt::format("|:{:-<{}}", "", width[c] + 1) : fmt::format("|{:->{}}:", "", width[c] + 1);
        text += "|\n";
    }
    return text;
}

}  // namespace headroom::bench
