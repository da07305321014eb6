#include "io/import/opendss/inverter_control_model.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

struct XyCurve {
    std::vector<double> x, y;
    std::size_t points = 0;  ///< npts; 0: as many as there are
    std::string unusual;     ///< a property that does more than list points
};

struct InvControl {
    std::vector<Value> list;
    std::string mode, combined_mode, volt_var, volt_watt, unusual;
    bool of_largest = false;
};

void set_points(XyCurve& curve, const Value& v) {
    const std::vector<double> numbers = v.numbers();
    curve.x.clear();
    curve.y.clear();
    for (std::size_t k = 0; k + 1 < numbers.size(); k += 2) {
        curve.x.push_back(numbers[k]);
        curve.y.push_back(numbers[k + 1]);
    }
}

const Handlers<XyCurve>& curve_handlers() {
    static const Handlers<XyCurve> handlers = [] {
        Handlers<XyCurve> h{
            {"npts", [](XyCurve& c, const Value& v) { c.points = static_cast<std::size_t>(v.integer(1, 1 << 20)); }},
            {"points", set_points},
            {"xarray", [](XyCurve& c, const Value& v) { c.x = v.numbers(); }},
            {"yarray", [](XyCurve& c, const Value& v) { c.y = v.numbers(); }}};
        for (const std::string_view name : {"csvfile", "sngfile", "dblfile", "xshift", "yshift", "xscale", "yscale"})
            h[name] = [](XyCurve& c, const Value& v) { c.unusual = std::string(v.property); };
        return h;
    }();
    return handlers;
}

const Handlers<InvControl>& control_handlers() {
    static const Handlers<InvControl> handlers{
        {"derlist", [](InvControl& c, const Value& v) { c.list = v.items(); }},
        {"pvsystemlist", [](InvControl& c, const Value& v) { c.list = v.items(); }},
        {"mode", [](InvControl& c, const Value& v) { c.mode = v.name(); }},
        {"combimode", [](InvControl& c, const Value& v) { c.combined_mode = v.name(); }},
        {"vvc_curve1", [](InvControl& c, const Value& v) { c.volt_var = v.name(); }},
        {"voltwatt_curve", [](InvControl& c, const Value& v) { c.volt_watt = v.name(); }},
        {"refreactivepower", [](InvControl& c, const Value& v) { c.of_largest = v.name().starts_with("varmax"); }},
        {"hysteresis_offset",
         [](InvControl& c, const Value& v) {
             if (v.number() != 0.0) c.unusual = "hysteresis_offset";
         }},
        {"voltage_curvex_ref", [](InvControl& c, const Value& v) {
             if (v.name() != "rated") c.unusual = "voltage_curvex_ref";
         }}};
    return handlers;
}

XyCurve curve_of(const Circuit& circuit, const std::string& name, const Element& control, ImportReport& report) {
    const Element* const element = circuit.find("xycurve", name);
    if (!element) fail(control.where, fmt::format("{}: there is no xycurve.{}", control.label(), name));
    XyCurve curve;
    replay(*element, curve, curve_handlers(), report);
    if (!curve.unusual.empty())
        fail(element->where, fmt::format("xycurve.{}: {} is not understood; list its points", name, curve.unusual));
    const std::size_t given = std::min(curve.x.size(), curve.y.size()), count = curve.points ? curve.points : given;
    if (count < 2 || count > given)
        fail(element->where, fmt::format("xycurve.{}: needs two points or more, as many as npts says", name));
    curve.x.resize(count);
    curve.y.resize(count);
    for (std::size_t k = 1; k < count; ++k)
        if (!(curve.x[k - 1] < curve.x[k])) fail(element->where, fmt::format("xycurve.{}: its x must increase", name));
    return curve;
}

/// Points between which the curve is the same straight line are none.
XyCurve without_straight_points(const XyCurve& curve) {
    XyCurve kept;
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
        const bool end = k == 0 || k + 1 == curve.x.size();
        const double rise = end ? 0.0 : (curve.y[k] - curve.y[k - 1]) * (curve.x[k + 1] - curve.x[k]);
        if (!end && rise == (curve.y[k + 1] - curve.y[k]) * (curve.x[k] - curve.x[k - 1])) continue;
        kept.x.push_back(curve.x[k]);
        kept.y.push_back(curve.y[k]);
    }
    return kept;
}

std::size_t add_curve(const Circuit& circuit, const std::string& name, const Element& control, VoltVarColumns& curves,
                      ImportReport& report) {
    const auto known = std::find(curves.id.begin(), curves.id.end(), name);
    if (known != curves.id.end()) return static_cast<std::size_t>(known - curves.id.begin());
    const XyCurve curve = without_straight_points(curve_of(circuit, name, control, report));
    VoltVarColumns::Points voltage, q;
    voltage.fill(not_given);
    q.fill(not_given);
    if (curve.x.size() > voltage.size())
        fail(control.where, fmt::format("{}: xycurve.{} has {} points, at most {} can be followed", control.label(),
                                        name, curve.x.size(), voltage.size()));
    std::ranges::copy(curve.x, voltage.begin());
    std::ranges::copy(curve.y, q.begin());
    curves.id.push_back(name);
    curves.voltage.push_back(voltage);
    curves.q.push_back(q);
    return curves.id.size() - 1;
}

/// From which voltage on a Volt-Watt curve takes power back.
void note_volt_watt(const Circuit& circuit, const InvControl& control, const Element& element, ImportReport& report) {
    const XyCurve curve = curve_of(circuit, control.volt_watt, element, report);
    double begins = curve.x.front();
    for (std::size_t k = 0; k < curve.x.size() && curve.y[k] >= 1.0; ++k) begins = curve.x[k];
    report.note(
        fmt::format("{}: Volt-Watt curves are left out; this one takes power back above {:g} times the rated voltage",
                    element.label(), begins));
}

/// Of a list that may hold other inverters too: these give "".
std::string listed_pv_system(const Circuit& circuit, const Value& item, ImportReport& report) {
    constexpr std::string_view prefix = "pvsystem.";
    std::string name = item.name();
    if (name.starts_with("storage.")) {
        report.skip("storage of an invcontrol", item.where.text());
        return "";
    }
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    if (!circuit.find("pvsystem", name)) fail(item.where, fmt::format("there is no pvsystem.{}", name));
    return name;
}

}  // namespace

const InverterControls::Follower* InverterControls::of(const std::string& pv_system) const {
    const auto found = by_name.find(pv_system);
    if (found != by_name.end()) return &found->second;
    return of_all ? &others : nullptr;
}

InverterControls inverter_controls(const Circuit& circuit, ImportReport& report) {
    InverterControls result;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "invcontrol" || !element.enabled) continue;
        InvControl control;
        replay(element, control, control_handlers(), report);
        const bool combined = control.combined_mode == "vv_vw";
        const bool follows = (combined || (control.combined_mode.empty() && control.mode == "voltvar"))
                             && control.unusual.empty() && !control.volt_var.empty();
        if (!follows) {
            report.skip(control.unusual.empty() ? "invcontrol (its mode is not VOLTVAR)"
                                                : fmt::format("invcontrol (its {})", control.unusual),
                        element.where.text());
            continue;
        }
        const InverterControls::Follower follower{add_curve(circuit, control.volt_var, element, result.curves, report),
                                                  !control.of_largest};
        if (combined && !control.volt_watt.empty()) note_volt_watt(circuit, control, element, report);
        if (control.of_largest)
            report.note("InvControls with RefReactivePower=VARMAX: vars are not cut where kW leave the inverter fewer");
        for (const Value& item : control.list)
            if (const std::string name = listed_pv_system(circuit, item, report); !name.empty())
                result.by_name[name] = follower;
        if (control.list.empty()) result.of_all = true, result.others = follower;
        report.understand("invcontrol", element.where.text());
    }
    return result;
}

}  // namespace headroom::opendss
