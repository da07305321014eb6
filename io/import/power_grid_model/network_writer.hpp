#pragma once

#include <cstdint>
#include <string>

#include "formulations/network/region.hpp"
#include "io/import/power_grid_model/power_grid_model_import.hpp"
#include "io/import/power_grid_model/sequences.hpp"

namespace headroom::pgm {

/// A customer in the making; power is an injection, in W and V A.
struct Customer {
    std::string id;
    int bus;
    std::uint8_t phases;
    bool active;
    double p, q;
    std::array<double, 3> shares;  ///< of constant impedance, current, power; of P and of Q
};

/// Writes the columns of a region of one feeder whose buses all have the phases a, b, c. Buses and branches are rows.
class NetworkWriter {
public:
    NetworkWriter(std::string name, const PowerGridModelOptions& options);

    int add_bus(const std::string& id, double base_voltage);  ///< V, phase to neutral
    double base_voltage(int bus) const { return region_.bus.base_voltage[static_cast<std::size_t>(bus)]; }

    /// A pi section of z ohm and y S in all.
    void add_line(const std::string& id, int from, int to, const PhaseMatrix& z, const PhaseMatrix& y, bool closed,
                  double rating_current = not_given);
    void add_switch(const std::string& id, int from, int to, bool closed);  ///< without impedance

    struct Transformer {
        TransformerColumns::Coils from_coil, to_coil;
        double from_voltage, to_voltage;  ///< V across a coil
        double from_tap = 1, to_tap = 1;  ///< per unit of that
        Complex z;                        ///< ohm of one coil, seen from the to side
        double rating_power = not_given;  ///< V A
    };
    void add_transformer(const std::string& id, int from, int to, const Transformer& transformer, bool closed);
    void add_shunt(const std::string& id, int bus, const PhaseMatrix& y);  ///< S; nothing where it is zero
    void add_customer(const Customer& customer);

    /// The region with this slack bus, whose phases stand at these voltages.
    Region finish(int slack_bus, Complex slack_voltage);

private:
    std::size_t add_branch(const std::string& id, BranchKind kind, int from, int to, bool closed);
    std::int32_t add_code(const std::string& id, const PhaseMatrix& z, const PhaseMatrix& y);

    const PowerGridModelOptions& options_;
    Region region_;
    SeriesSet series_;
};

}  // namespace headroom::pgm
