#pragma once

#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/result_page.hpp"

namespace headroom {

/// Values of voltage rows and of the others as two columns, since a column has one unit.
struct ByUnit {
    std::vector<double> voltage, power;
    void add(RowKind kind, double value);
};

/// /feeder: identifiers and faults.
void write_feeders(const ResultPage& page, const Region& region, const std::vector<std::string>& faults);

/// /row: the limits of the network in words, so that a result reads without its case.
void write_rows(const ResultPage& page, const RowTable& table, const Region& region);

}  // namespace headroom
