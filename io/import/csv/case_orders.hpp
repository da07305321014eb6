#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_outline.hpp"
#include "io/import/csv/order_lines.hpp"

namespace headroom {

/// Orders of one CSV file for a case that is read by ranges of feeders.
class CaseOrders {
public:
    /// Reads the file as read_orders_csv() does.
    /// @param outline  of the case
    /// @throws InputError  with file, line and column
    CaseOrders(const std::filesystem::path& file, const std::filesystem::path& case_path, const CaseOutline& outline);

    std::size_t size() const { return names_.order_count(); }
    const std::vector<std::int64_t>& offset() const { return names_.feeder.order_offset; }  ///< [#feeder + 1]

    /// "orders.csv:7", of an order of the whole case.
    std::string place(std::size_t order) const { return fmt::format("{}:{}", lines_.file, lines_.line[order]); }
    const std::string& file() const { return lines_.file; }  ///< its name

    /// Gives feeders their orders. @param region  the feeders of the case from the first one on
    void give(std::size_t first_feeder, Region& region) const;

    /// What is wrong with the orders of a region that give() gave them; faults name lines of the file.
    std::vector<Fault> faults(std::size_t first_feeder, const Region& region) const;

private:
    Region names_;  ///< of the case what orders refer to, and the orders
    OrderLines lines_;
};

}  // namespace headroom
