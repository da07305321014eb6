#include "tests/support/plain_worst.hpp"

#include <limits>

#include "formulations/flow/linear_network.hpp"
#include "tests/support/plain_power_flow.hpp"

namespace headroom::test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void take_corner(const PlainPowerFlow& flow, const Region& region, const RowTable& rows, std::vector<double>& worst) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
        if (rows.branch[r] >= 0) continue;
        const double base = region.bus.base_voltage[static_cast<std::size_t>(rows.bus[r])]
                            * (rows.phases[r].size() == 2 ? std::sqrt(3.0) : 1.0);
        const double above = (plain_magnitude(flow, rows.bus[r], rows.phases[r]) - rows.limit[r]) / base;
        worst[r] = std::max(worst[r], rows.kind[r] == RowKind::voltage_max ? above : -above);
    }
}

}  // namespace

double plain_magnitude(const PlainPowerFlow& flow, std::int32_t bus, const std::string& phases) {
    std::complex<double> v = flow.voltage(bus, phases[0] - 'a' + 1);
    if (phases.size() == 2) v -= flow.voltage(bus, phases[1] - 'a' + 1);
    return std::abs(v);
}

std::vector<double> plain_worst(const Region& region, const EnvelopeResult& result, std::size_t step) {
    std::vector<double> worst(result.rows.size(), -infinity);
    std::vector<std::size_t> active;
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        if (region.customer.active[c] != 0) active.push_back(c);
    Region at = region;
    const std::size_t first = step * region.customer_count();
    for (std::size_t corner = 0; corner < std::size_t{1} << active.size(); ++corner) {
        for (std::size_t k = 0; k < active.size(); ++k)
            at.series.front().p_forecast[first + active[k]] = (corner >> k & 1) != 0
                                                                  ? result.export_limit[first + active[k]]
                                                                  : -result.import_limit[first + active[k]];
        PlainPowerFlow flow(at, step);
        if (!flow.solve()) return std::vector<double>(result.rows.size(), infinity);
        take_corner(flow, region, result.rows, worst);
    }
    return worst;
}

}  // namespace headroom::test
