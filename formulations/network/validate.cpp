#include "formulations/network/validate.hpp"

#include "formulations/network/validate_parts.hpp"

namespace headroom {

std::vector<Fault> validate_orders(const Region& region) {
    FaultList of_file(region);
    check_order_ids(region, of_file);
    if (!of_file.empty()) return of_file.take();
    std::vector<Fault> all;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        FaultList faults(region);
        faults.enter(static_cast<std::int64_t>(f));
        check_orders(region, f, faults);
        for (Fault& fault : faults.take()) all.push_back(std::move(fault));
    }
    return all;
}

std::vector<Fault> validate(const Region& region) {
    if (std::vector<Fault> structure = validate_structure(region); !structure.empty()) return structure;
    const TableFaults table_faults = find_table_faults(region);
    std::vector<Fault> all;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        FaultList faults(region);
        faults.enter(static_cast<std::int64_t>(f));
        check_buses(region, f, faults);
        check_table_use(region, f, table_faults, faults);
        check_branches(region, f, faults);
        check_shunts(region, f, faults);
        const bool network_is_sound = faults.empty();
        check_customers(region, f, faults);
        if (network_is_sound) check_topology(region, f, faults);
        check_orders(region, f, faults);
        check_series_values(region, f, faults);
        for (Fault& fault : faults.take()) all.push_back(std::move(fault));
    }
    return all;
}

}  // namespace headroom
