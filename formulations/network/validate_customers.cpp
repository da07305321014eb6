#include <fmt/format.h>

#include <bit>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

/// One customer under examination.
struct CustomerSubject {
    const Region& region;
    std::int64_t row;
    FaultList& faults;

    void add(const char* dataset, std::string rule) const {
        faults.add(dataset, row, std::move(rule), "customer", region.customer.id[static_cast<std::size_t>(row)]);
    }
};

void check_connection(const CustomerSubject& subject, std::size_t i) {
    const CustomerColumns& customer = subject.region.customer;
    const unsigned phases = customer.phases[i];
    const unsigned available = subject.region.bus.phases[static_cast<std::size_t>(customer.bus[i])] & phase::abc;
    if (phases == 0 || (phases & ~available))
        subject.add("/customer/phases",
                    fmt::format("must be phases of its bus ({}), are {}", phase_words(available), phase_words(phases)));
    if (customer.connection[i] != Connection::wye && customer.connection[i] != Connection::delta)
        subject.add("/customer/connection",
                    fmt::format("must be 0 or 1, is {}", static_cast<int>(customer.connection[i])));
    if (customer.connection[i] == Connection::delta && std::popcount(phases) < 2)
        subject.add("/customer/phases", "a delta connection needs two phases");
    if (customer.active[i] > 1)
        subject.add("/customer/active", fmt::format("must be 0 or 1, is {}", customer.active[i]));
}

void check_powers(const CustomerSubject& subject, std::size_t i) {
    const CustomerColumns& customer = subject.region.customer;
    for (const auto& [dataset, value] : {std::pair{"/customer/export_cap", customer.export_cap[i]},
                                         std::pair{"/customer/import_cap", customer.import_cap[i]}})
        if (!in_range(value, 0, plausible::power_max))
            subject.add(dataset, fmt::format("must lie in [0, {:g}] W, is {} W", plausible::power_max, value));
    for (const auto& [dataset, value] : {std::pair{"/customer/nameplate", customer.nameplate[i]},
                                         std::pair{"/customer/export_request", customer.export_request[i]},
                                         std::pair{"/customer/import_request", customer.import_request[i]}})
        if (!absent_or_in_range(value, 0, plausible::power_max))
            subject.add(dataset,
                        fmt::format("must be NaN or lie in [0, {:g}] W, is {} W", plausible::power_max, value));
    if (!in_range(customer.weight[i], 1e-12, 1e12))
        subject.add("/customer/weight", fmt::format("must lie in [1e-12, 1e12], is {}", customer.weight[i]));
}

void check_reactive(const CustomerSubject& subject, std::size_t i) {
    const CustomerColumns& customer = subject.region.customer;
    const ReactiveMode mode = customer.reactive_mode[i];
    const auto number = static_cast<int>(mode);
    if (number < 0 || number > 3)
        return subject.add("/customer/reactive_mode", fmt::format("must be 0 to 3, is {}", number));
    if (mode == ReactiveMode::power_factor && !(in_range(std::abs(customer.power_factor[i]), 1e-3, 1)))
        subject.add("/customer/power_factor",
                    fmt::format("must lie in [-1, 1] without 0, is {}", customer.power_factor[i]));
    if (mode == ReactiveMode::volt_var && customer.volt_var[i] < 0)
        subject.add("/customer/volt_var", "mode volt_var needs a row of /volt_var");
    if (mode != ReactiveMode::range && mode != ReactiveMode::volt_var) return;
    for (const auto& [dataset, value] : {std::pair{"/customer/q_inject_max", customer.q_inject_max[i]},
                                         std::pair{"/customer/q_absorb_max", customer.q_absorb_max[i]}})
        if (!in_range(value, 0, plausible::power_max))
            subject.add(dataset, fmt::format("must lie in [0, {:g}] V A, is {} V A", plausible::power_max, value));
    const double apparent = customer.apparent_max[i];
    if (std::isnan(apparent)) return;
    if (mode != ReactiveMode::volt_var || customer.active[i])
        subject.add("/customer/apparent_max", "is of passive customers of mode volt_var; must be NaN");
    else if (!in_range(apparent, 0, plausible::power_max))
        subject.add("/customer/apparent_max",
                    fmt::format("must be NaN or lie in [0, {:g}] V A, is {} V A", plausible::power_max, apparent));
}

void check_load_model(const CustomerSubject& subject, std::size_t i) {
    const CustomerColumns& customer = subject.region.customer;
    if (!absent_or_in_range(customer.rated_voltage[i], 1e-3, plausible::voltage_max))
        subject.add("/customer/rated_voltage", fmt::format("must be NaN or lie in [0.001, {:g}] V, is {} V",
                                                           plausible::voltage_max, customer.rated_voltage[i]));
    for (const auto& [dataset, zip] :
         {std::pair{"/customer/zip_p", customer.zip_p[i]}, std::pair{"/customer/zip_q", customer.zip_q[i]}}) {
        const double sum = zip[0] + zip[1] + zip[2];
        if (!(std::abs(sum - 1) <= 1e-6))
            subject.add(dataset, fmt::format("must sum to 1, sums to {}", sum));
        else if (std::abs(zip[0]) + std::abs(zip[1]) > 100)
            subject.add(dataset, "has implausible shares");
    }
}

}  // namespace

void check_customers(const Region& region, std::size_t feeder, FaultList& faults) {
    for (auto row = region.feeder.customer_offset[feeder]; row < region.feeder.customer_offset[feeder + 1]; ++row) {
        const CustomerSubject subject{region, row, faults};
        const auto i = static_cast<std::size_t>(row);
        check_connection(subject, i);
        check_powers(subject, i);
        check_reactive(subject, i);
        check_load_model(subject, i);
    }
}

}  // namespace headroom
