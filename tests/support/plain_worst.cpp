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

/// What a customer injects more at one end or at the other.
struct Choice {
    std::size_t customer;
    Complex lower, upper;
};

/// The envelopes of active customers, and the forecast errors of passive ones.
std::vector<Choice> choices_of(const Region& region, const EnvelopeResult& result, std::size_t first,
                               const RowErrors& errors) {
    const SeriesSet& series = region.series.front();
    const double watt = 1e3 * errors.forecast_kw;
    std::vector<Choice> choices;
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        if (region.customer.active[c] != 0) {
            choices.push_back({c, -result.import_limit[first + c], result.export_limit[first + c]});
            continue;
        }
        const Complex part =
            errors.forecast_share * Complex(series.p_forecast[first + c], series.q_forecast[first + c]);
        if (part != 0.0) choices.push_back({c, -part, part});
        if (watt > 0) choices.push_back({c, -watt, watt});
    }
    return choices;
}

}  // namespace

double plain_magnitude(const PlainPowerFlow& flow, std::int32_t bus, const std::string& phases) {
    std::complex<double> v = flow.voltage(bus, phases[0] - 'a' + 1);
    if (phases.size() == 2) v -= flow.voltage(bus, phases[1] - 'a' + 1);
    return std::abs(v);
}

std::vector<double> plain_worst(const Region& region, const EnvelopeResult& result, std::size_t step,
                                const RowErrors& errors) {
    std::vector<double> worst(result.rows.size(), -infinity);
    const std::size_t first = step * region.customer_count();
    const std::vector<Choice> choices = choices_of(region, result, first, errors);
    Region at = region;
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        if (region.customer.active[c] != 0) at.series.front().p_forecast[first + c] = 0;
    const SeriesSet base = at.series.front();
    for (std::size_t corner = 0; corner < std::size_t{1} << choices.size(); ++corner) {
        at.series.front() = base;
        for (std::size_t k = 0; k < choices.size(); ++k) {
            const Complex more = (corner >> k & 1) != 0 ? choices[k].upper : choices[k].lower;
            at.series.front().p_forecast[first + choices[k].customer] += more.real();
            at.series.front().q_forecast[first + choices[k].customer] += more.imag();
        }
        PlainPowerFlow flow(at, step);
        if (!flow.solve()) return std::vector<double>(result.rows.size(), infinity);
        take_corner(flow, region, result.rows, worst);
    }
    return worst;
}

}  // namespace headroom::test
