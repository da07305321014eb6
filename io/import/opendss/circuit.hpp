#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/import/import_report.hpp"
#include "io/import/opendss/value.hpp"

namespace headroom::opendss {

/// One object of a circuit as the script described it: its property assignments in order, not yet interpreted. Meaning
/// depends on order (wdg= before kV=, phases= after linecode=), so each model replays the list; `like=` copies it.
struct Element {
    std::string class_name, name;  ///< lower case
    Location where;
    std::vector<Value> assignments;  ///< Value::property is the full name
    double base_frequency = 60.0;    ///< Hz, default at the moment of creation
    bool enabled = true;
    bool open = false;  ///< by an Open command

    std::string label() const { return class_name + "." + name; }
};

/// Assigned to a transformer where a RegControl sets its TapNum: "winding position". No script can write it.
inline constexpr std::string_view tap_position = "(tap position)";

/// Everything a script built, plus the few options that matter to the network.
struct Circuit {
    std::string name;                                    ///< empty: the script made no circuit
    std::deque<Element> elements;                        ///< in order of creation
    std::unordered_map<std::string, std::size_t> index;  ///< "class.name" -> element
    double frequency = 60.0;                             ///< Hz, of the solution
    double base_frequency = 60.0;                        ///< Hz, of elements that name none
    std::vector<double> voltage_bases;                   ///< kV, phase to phase
    std::unordered_map<std::string, double> bus_bases;   ///< V, phase to neutral, of buses that name one
    double load_multiplier = 1.0;
    std::string earth_model = "deri";
    std::unordered_map<std::string, std::pair<double, double>> coordinates;  ///< by bus

    Element* find(std::string_view class_name, std::string_view element_name);
    const Element* find(std::string_view class_name, std::string_view element_name) const;
};

template <class Model> using Handlers = std::unordered_map<std::string_view, void (*)(Model&, const Value&)>;

/// Applies the assignments of an element to a model, in order. Properties without a handler are reported as skipped.
template <class Model>
void replay(const Element& element, Model& model, const Handlers<Model>& handlers, ImportReport& report) {
    for (const Value& value : element.assignments) {
        const auto handler = handlers.find(value.property);
        if (handler != handlers.end())
            handler->second(model, value);
        else
            report.skip(element.class_name + "." + std::string(value.property), value.where.text());
    }
}

}  // namespace headroom::opendss
