#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/result_page.hpp"
#include "io/result/result_reader.hpp"

namespace headroom {

// What every kind of result says about feeders and limits, so that it reads without its case (io/schema.md).

struct RowNames {
    std::vector<std::string> bus, branch;  ///< [#row] ids; "" for the branch of a voltage row
};
RowNames row_names(const RowTable& table, const Region& region);

/// Values of voltage rows and of the others as two columns, since a column has one unit.
struct ByUnit {
    std::vector<double> voltage, power;
    void add(RowKind kind, double value);
};
/// Puts the two columns together again.    @param row  rows of the table, one per value
std::vector<double> join_units(const RowTable& table, const std::vector<std::int32_t>& row,
                               const std::vector<double>& voltage, const std::vector<double>& power);

/// Group /feeder: identifiers and faults.
void write_feeders(const ResultPage& page, const std::vector<std::string>& ids,
                   const std::vector<std::string>& feeder_fault);

/// Group /row.    @pre the axis result_axis::rows exists
void write_row_table(const ResultPage& page, const RowTable& table, const Region& region);

RowTable read_row_table(const ResultReader& page, std::int32_t feeder_last, RowNames& names);

/// What every kind of result has: steps, feeders and their faults.
struct ResultFrame {
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
    std::vector<std::string> feeder_id, feeder_fault;
};
ResultFrame read_frame(const Hdf5Reader& reader, const ResultReader& page);

}  // namespace headroom
