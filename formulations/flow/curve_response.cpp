#include "formulations/flow/curve_response.hpp"

#include <cmath>
#include <numbers>

namespace headroom {
namespace {

using Complex = std::complex<double>;

constexpr double least_voltage = 0.1;  // per unit of the rated one

/// Voltages by slot; those of slack nodes and ground stay zero where currents are of the free ones alone.
class Circuit {
public:
    Circuit(const AcNetwork& net, const ComplexLdl& ldl) : net_(net), ldl_(ldl) {}

    std::vector<Complex> voltages(const std::vector<Complex>& currents) const {
        std::vector<Complex> x(static_cast<std::size_t>(ldl_.size())), voltage(currents.size());
        for (std::size_t k = 0; k < x.size(); ++k) x[static_cast<std::size_t>(ldl_.index()[k])] = currents[k];
        ldl_.solve(x);
        for (std::size_t k = 0; k < x.size(); ++k) voltage[k] = x[static_cast<std::size_t>(ldl_.index()[k])];
        return voltage;
    }

    /// At rated slack voltages, 120 degrees apart.
    std::vector<Complex> without_load() const {
        const AcTerminals& terminals = net_.terminals;
        std::vector<Complex> source(slots()), currents(slots());
        for (std::int32_t s = terminals.free_count; s < terminals.ground(); ++s) {
            const int phase = terminals.place[static_cast<std::size_t>(s)].conductor;
            if (phase < 3)
                source[static_cast<std::size_t>(s)] =
                    std::polar(net_.base_voltage[static_cast<std::size_t>(s)], -phase * 2.0 * std::numbers::pi / 3.0);
        }
        for (const ComplexEntry& entry : net_.slack_admittance())
            currents[static_cast<std::size_t>(entry.i)] -=
                entry.value * source[static_cast<std::size_t>(terminals.free_count + entry.j)];
        std::vector<Complex> voltage = voltages(currents);
        for (std::size_t s = 0; s < voltage.size(); ++s) voltage[s] += source[s];
        return voltage;
    }

    std::size_t slots() const { return static_cast<std::size_t>(net_.terminals.ground()) + 1; }

private:
    const AcNetwork& net_;
    const ComplexLdl& ldl_;
};

}  // namespace

std::vector<double> curve_response(const AcNetwork& net, const ComplexLdl& ldl, int most) {
    std::vector<const CustomerLeg*> legs;
    for (const CustomerLeg& leg : net.legs)
        if (leg.volt_var >= 0) legs.push_back(&leg);
    if (legs.empty() || legs.size() > static_cast<std::size_t>(most)) return {};
    const Circuit circuit(net, ldl);
    const auto across = [](const std::vector<Complex>& voltage, const CustomerLeg& leg) {
        return voltage[static_cast<std::size_t>(leg.head)] - voltage[static_cast<std::size_t>(leg.tail)];
    };
    const std::vector<Complex> idle = circuit.without_load();
    for (const CustomerLeg* leg : legs)
        if (!(std::abs(across(idle, *leg)) > least_voltage * leg->rated_voltage)) return {};
    std::vector<double> response(legs.size() * legs.size());
    for (std::size_t j = 0; j < legs.size(); ++j) {
        const Complex given = Complex(0.0, -1.0) / std::conj(across(idle, *legs[j]));  // conj(j / v)
        std::vector<Complex> currents(circuit.slots());
        currents[static_cast<std::size_t>(legs[j]->head)] += given;
        currents[static_cast<std::size_t>(legs[j]->tail)] -= given;
        const std::vector<Complex> risen = circuit.voltages(currents);
        for (std::size_t k = 0; k < legs.size(); ++k) {
            const Complex v = across(idle, *legs[k]);
            response[k * legs.size() + j] = (std::conj(v) * across(risen, *legs[k])).real() / std::abs(v);
        }
    }
    return response;
}

}  // namespace headroom
