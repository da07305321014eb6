#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "formulations/network/region_columns.hpp"
#include "formulations/network/unique_names.hpp"

namespace headroom {

/// Collects the rows of a table that feeders share, each once: rows are the same where all their columns have the same
/// bits, identifier included. A row that differs from one of its name gets a name of its own.
template <class Columns> class SharedTable {
public:
    /// @param table  receives the rows; must outlive this
    explicit SharedTable(Columns& table) : table_(table) {}

    /// Where the rows of a table stand now, in their order.
    /// @param alone  [#row] is the row one that nobody shares; empty: none is
    std::vector<std::int32_t> add(const Columns& rows, const std::vector<bool>& alone = {}) {
        std::vector<std::int32_t> at;
        for (std::size_t row = 0; row < rows.id.size(); ++row) {
            const auto fresh = static_cast<std::int32_t>(table_.id.size());
            if (alone.empty() || !alone[row]) {
                const auto [known, is_new] = rows_.try_emplace(bytes_of(rows, row), fresh);
                at.push_back(known->second);
                if (!is_new) continue;
            } else {
                at.push_back(fresh);
            }
            copy(rows, row);
        }
        return at;
    }

private:
    static std::string bytes_of(const Columns& rows, std::size_t row) {
        std::string bytes = rows.id[row];
        const auto add = [&]<class T>(const std::vector<T>& column) {
            if constexpr (!std::is_same_v<T, std::string>)
                bytes.append(reinterpret_cast<const char*>(&column[row]), sizeof(T));
        };
        std::apply([&](const auto&... column) { (add(column), ...); }, columns_of(rows));
        return bytes;
    }

    void copy(const Columns& rows, std::size_t row) {
        const auto walk = [&]<std::size_t... k>(auto to, auto from, std::index_sequence<k...>) {
            (std::get<k>(to).push_back(std::get<k>(from)[row]), ...);
        };
        const auto from = columns_of(rows);
        walk(columns_of(table_), from, std::make_index_sequence<std::tuple_size_v<decltype(from)>>());
        table_.id.back() = names_.take(rows.id[row]);
    }

    Columns& table_;
    UniqueNames names_;
    std::unordered_map<std::string, std::int32_t> rows_;  ///< by all bits of a row, those of its first name
};

}  // namespace headroom
