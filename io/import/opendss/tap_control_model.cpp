#include "io/import/opendss/tap_control_model.hpp"

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

struct RegControl {
    std::string transformer;
    TapControlModel model;
    int winding = 1, tap_winding = 0;
    std::string unusual;  ///< the property that goes beyond a region's control
};

const Handlers<RegControl>& regulator_handlers() {
    static const Handlers<RegControl> all = [] {
        Handlers<RegControl> h{
            {"transformer", [](RegControl& c, const Value& v) { c.transformer = v.name(); }},
            {"winding", [](RegControl& c, const Value& v) { c.winding = v.integer(1, 3); }},
            {"tapwinding", [](RegControl& c, const Value& v) { c.tap_winding = v.integer(1, 3); }},
            {"vreg", [](RegControl& c, const Value& v) { c.model.voltage = v.number(); }},
            {"band", [](RegControl& c, const Value& v) { c.model.band = v.number(); }},
            {"ptratio", [](RegControl& c, const Value& v) { c.model.pt_ratio = v.number(); }},
            {"ctprim", [](RegControl& c, const Value& v) { c.model.ct_primary = v.number(); }},
            {"r", [](RegControl& c, const Value& v) { c.model.r = v.number(); }},
            {"x", [](RegControl& c, const Value& v) { c.model.x = v.number(); }},
            {"maxtapchange", [](RegControl& c, const Value& v) { c.model.max_steps = v.integer(0, 1000); }},
            {"delay", [](RegControl& c, const Value& v) { c.model.delay = v.number(); }},
            {"ptphase",
             [](RegControl& c, const Value& v) {
                 const std::string word = v.name();
                 if (word == "max" || word == "min")
                     c.unusual = "ptphase";
                 else
                     c.model.coil = v.integer(1, 3) - 1;
             }},
        };
        for (const std::string_view name : {"bus", "inversetime", "cogen", "reversible"})
            h[name] = [](RegControl& c, const Value& v) {
                const std::string word = v.name();
                if (word != "no" && word != "n" && word != "false" && !word.empty())
                    c.unusual = std::string(v.property);
            };
        for (const std::string_view name : {"vlimit", "ldc_z"})
            h[name] = [](RegControl& c, const Value& v) {
                if (v.number() != 0.0) c.unusual = std::string(v.property);
            };
        h["tapnum"] = [](RegControl&, const Value&) {};  // the script has set the transformer's tap by it
        return h;
    }();
    return all;
}

}  // namespace

TapControls tap_controls(const Circuit& circuit, ImportReport& report) {
    TapControls controls;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "regcontrol" || !element.enabled) continue;
        RegControl control;
        control.model.name = element.name;
        replay(element, control, regulator_handlers(), report);
        if (control.winding != 2 || (control.tap_winding != 0 && control.tap_winding != 2)) control.unusual = "winding";
        if (control.model.max_steps == 0) control.unusual = "MaxTapChange is 0";
        std::optional<TapControlModel>& slot = controls[control.transformer];
        if (slot) control.unusual = "transformer, of another control";
        if (control.unusual.empty()) {
            slot = control.model;
            report.understand("regcontrol", element.where.text());
        } else {
            slot.reset();
            report.skip(fmt::format("regcontrol (its {}; the tap stays as given)", control.unusual),
                        element.where.text());
        }
    }
    return controls;
}

}  // namespace headroom::opendss
