#include "io/result/customer_table.hpp"

#include <algorithm>

namespace headroom {

using namespace result_axis;

std::vector<std::int32_t> customer_feeder(const Region& region) {
    std::vector<std::int32_t> feeder(region.customer_count());
    for (std::size_t f = 0; f < region.feeder_count(); ++f)
        std::fill(feeder.begin() + region.feeder.customer_offset[f],
                  feeder.begin() + region.feeder.customer_offset[f + 1], static_cast<std::int32_t>(f));
    return feeder;
}

void write_customers(const ResultPage& page, const Region& region) {
    page.group("/customer", "customers in the order of the case");
    page.text("/customer/id", customers, "identifier of the customer, unique within its feeder", region.customer.id);
    page.column("/customer/feeder", customers, describe("row of /feeder", "1"), customer_feeder(region));
    Attributes notes = describe("active customers get envelopes, passive ones follow their forecast");
    add_counting_flags<std::uint8_t>(notes, "passive active");
    page.column("/customer/active", customers, std::move(notes), region.customer.active);
}

CustomerTable read_customers(const ResultReader& page, std::int32_t feeder_last) {
    const std::uint64_t count = page.length("/customer/id", ElementType::text, 2);
    return {.id = page.text("/customer/id", count, result_schema::id_bytes_max),
            .feeder = page.values<std::int32_t>("/customer/feeder", {count}, 0, feeder_last),
            .active = page.values<std::uint8_t>("/customer/active", {count}, 0, 1)};
}

}  // namespace headroom
