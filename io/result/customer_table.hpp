#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "io/result/result_page.hpp"
#include "io/result/result_reader.hpp"

namespace headroom {

/// Who the columns of a result belong to.
struct CustomerTable {
    std::vector<std::string> id;
    std::vector<std::int32_t> feeder;  ///< row of /feeder
    std::vector<std::uint8_t> active;
};

/// [#customer] row of the feeder that owns the customer.
std::vector<std::int32_t> customer_feeder(const Region& region);

/// Group /customer.    @pre the axis result_axis::customers exists
void write_customers(const ResultPage& page, const Region& region);

CustomerTable read_customers(const ResultReader& page, std::int32_t feeder_last);

}  // namespace headroom
