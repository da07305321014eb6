#include "io/import/network_options.hpp"

#include <cmath>

#include "io/errors.hpp"

namespace headroom {

void NetworkOptions::check() const {
    if (!(voltage_pu_min > 0.0) || !(voltage_pu_max > voltage_pu_min) || !std::isfinite(voltage_pu_max))
        throw UsageError("the voltage band in per unit needs 0 < min < max");
    if (!(export_cap >= 0.0) || !(import_cap >= 0.0)) throw UsageError("caps must not be negative");
}

}  // namespace headroom
