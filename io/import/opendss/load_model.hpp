#pragma once

#include <array>
#include <string>
#include <vector>

#include "io/import/opendss/circuit.hpp"
#include "io/import/opendss/inverter_control_model.hpp"

namespace headroom::opendss {

/// A Load, Generator or PVSystem as a customer. Powers are injections in W and V A: loads negative, generation
/// positive.
struct CustomerModel {
    std::string name;  ///< as in the script
    std::string class_name;
    Location where;
    BusRef bus;
    int phases = 3;
    bool delta = false;
    double rated_voltage = 0.0;  ///< V across the terminals
    double p = 0.0, q = 0.0;     ///< nominal
    double share = 1.0;          ///< of a shape of actual kW
    double nameplate = 0.0;      ///< W; NaN: unknown
    double power_limit = 0.0;    ///< W, |p| is cut there after the shape (inverter); NaN: none
    double q_per_p = 0.0;        ///< for shapes of actual kW without kvar; NaN: kvar come from the shape or are 0
    bool fixed_q = false;        ///< kvar do not follow the shape (load models 6 and 7)
    std::array<double, 3> zip_p{0, 0, 1}, zip_q{0, 0, 1};
    int volt_var = -1;          ///< curve of an InvControl
    double q_max = 0.0;         ///< V A, of the curve
    double apparent_max = 0.0;  ///< V A, of which the curve has what |p| leaves; NaN: all of q_max
    std::string daily, yearly;  ///< names of shapes, may be empty
};

/// Two phases in delta are an open delta: two customers NAME_1 and NAME_2 of one phase, from the first node to the
/// second and from there to the third, with half of the power each.
/// @param inverters  whose curves PVSystems follow
std::vector<CustomerModel> customer_models(const Circuit& circuit, const InverterControls& inverters,
                                           ImportReport& report);

}  // namespace headroom::opendss
