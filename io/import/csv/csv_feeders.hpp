#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/import/csv/csv_table.hpp"

namespace headroom::csv {

/// Finds the feeders that a row of a table means: by id, or by a pattern with * and ? (csv.md).
class FeederFinder {
public:
    /// @param feeder_id  [#feeder] must outlive it
    explicit FeederFinder(std::span<const std::string> feeder_id);

    /// @return rows of feeders, rising, at least one
    /// @throws InputError  with file, line and column where there is no such feeder
    std::vector<std::size_t> find(const Table& table, std::size_t row, std::size_t column) const;

private:
    std::span<const std::string> feeder_id_;
    std::unordered_map<std::string_view, std::size_t> place_;
};

}  // namespace headroom::csv
