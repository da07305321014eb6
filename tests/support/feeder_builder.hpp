#pragma once

#include <array>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::test {

/// Series impedance of a test line, ohm per m, row by row in phases a, b, c.
struct PhaseImpedance {
    std::array<std::array<double, 3>, 3> r{}, x{};

    static PhaseImpedance uncoupled(double r, double x);
    /// From self and mutual values, the same for every phase and pair.
    static PhaseImpedance coupled(double r_self, double x_self, double r_mutual, double x_mutual);
};

/// Writes small one-feeder regions by hand, in the order in which a drawing is read. Buses must exist before what hangs
/// on them; bus 0 is the slack bus. Phases as text ("abc", "b").
class FeederBuilder {
public:
    /// @param base_voltage  V, phase to neutral, of the slack bus
    explicit FeederBuilder(double base_voltage, const std::string& phases = "abc");

    std::int32_t bus(const std::string& id, const std::string& phases, double base_voltage);
    std::int64_t line(const std::string& from, const std::string& to, const std::string& phases,
                      const PhaseImpedance& per_metre, double length = 1.0, double rating_current = not_given,
                      double rating_power = not_given);
    struct Customer {
        double export_cap = 10e3, import_cap = 10e3, weight = 1.0;
        bool active = true;
        Connection connection = Connection::wye;
    };
    std::int64_t customer(const std::string& id, const std::string& bus, const std::string& phases,
                          const Customer& values);
    std::int64_t active(const std::string& id, const std::string& bus, const std::string& phases, double export_cap,
                        double import_cap);
    /// Forecast injection of a customer in every step added so far and later (W, V A).
    void inject(const std::string& customer, double p, double q = 0.0);
    void voltage_band(double minimum, double maximum);  ///< V, at every bus so far

    /// The region with `steps` steps of one hour, slack at nominal voltage times `slack_pu`.
    Region build(std::size_t steps = 1, double slack_pu = 1.0) const;
    /// Region still growing, for what the builder has no word for.
    Region& region() { return region_; }

private:
    std::int32_t bus_row(const std::string& id) const;

    Region region_;
    std::vector<double> p_, q_;  ///< [#customer]
};

std::uint8_t phase_bits(const std::string& phases);

}  // namespace headroom::test
