#include "io/import/opendss/load_model.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include <fmt/format.h>

#include "solver/numbers.hpp"

namespace headroom::opendss {
namespace {

/// Which of kW, kvar, kVA, pf, kVA of the transformer and kWh describe the power: the last given decides (Load.pas).
enum class Spec { kw_pf, kw_kvar, kva_pf, allocated, energy };

struct Device {
    Value bus1;
    int phases = 3, model = 1;
    double kv = 12.47, kw = 10.0, kvar = 5.0, kva = nan, pf = 0.88;
    bool pf_given = false;
    Spec spec = Spec::kw_pf;
    bool delta = false, fixed = false, exempt = false;
    double cvr_watts = 1.0, cvr_vars = 2.0;
    std::vector<double> zipv;
    std::string daily, yearly;
    double connected_kva = 0.0, allocation_factor = 0.5;
    double kwh = 0.0, kwh_days = 30.0, c_factor = 4.0;
    double pmpp = 500.0, irradiance = 1.0, percent_pmpp = 100.0, kvar_max = nan;  ///< PVSystem
    bool efficiency_curves = false;
    double kw_rated = 25.0, percent_charge = 100.0, percent_discharge = 100.0;  ///< Storage
    char state = 'i';                                                           ///< idling, charging, discharging
};

void set_shape(std::string& target, const Value& v) {
    target = v.name();
    if (target == "none") target.clear();
}

Handlers<Device> common_handlers() {
    return {
        {"phases", [](Device& d, const Value& v) { d.phases = v.integer(1, 4); }},
        {"bus1", [](Device& d, const Value& v) { d.bus1 = v; }},
        {"kv", [](Device& d, const Value& v) { d.kv = v.number(); }},
        {"kw", [](Device& d, const Value& v) { d.kw = v.number(), d.spec = Spec::kw_pf; }},
        {"pf",
         [](Device& d, const Value& v) {
             d.pf = v.number(), d.pf_given = true;
             if (!(std::abs(d.pf) <= 1.0) || d.pf == 0.0) fail(v.where, "pf must lie in [-1, 1] without 0");
         }},
        {"kvar", [](Device& d, const Value& v) { d.kvar = v.number(), d.spec = Spec::kw_kvar, d.pf_given = false; }},
        {"kva", [](Device& d, const Value& v) { d.kva = v.number(), d.spec = Spec::kva_pf; }},
        {"conn", [](Device& d, const Value& v) { d.delta = v.name().starts_with("d") || v.name() == "ll"; }},
        {"model", [](Device& d, const Value& v) { d.model = v.integer(1, 8); }},
        {"daily",
         [](Device& d, const Value& v) {
             set_shape(d.daily, v);
             if (d.yearly.empty()) d.yearly = d.daily;
         }},
        {"yearly", [](Device& d, const Value& v) { set_shape(d.yearly, v); }},
    };
}

void refuse(Device&, const Value& v) {
    fail(v.where, fmt::format("load property {} is not supported: give kW with pf or kvar", v.property));
}

const Handlers<Device>& load_handlers() {
    static const Handlers<Device> handlers = [] {
        Handlers<Device> h = common_handlers();
        h["status"] = [](Device& d, const Value& v) {
            d.fixed = v.name().starts_with("f");
            d.exempt = v.name().starts_with("e");
        };
        h["cvrwatts"] = [](Device& d, const Value& v) { d.cvr_watts = v.number(); };
        h["cvrvars"] = [](Device& d, const Value& v) { d.cvr_vars = v.number(); };
        h["zipv"] = [](Device& d, const Value& v) { d.zipv = v.numbers(); };
        h["xfkva"] = [](Device& d, const Value& v) { d.connected_kva = v.number(), d.spec = Spec::allocated; };
        h["allocationfactor"] = [](Device& d, const Value& v) {
            d.allocation_factor = v.number();
            if (d.connected_kva > 0.0) d.spec = Spec::allocated;
        };
        h["kwh"] = [](Device& d, const Value& v) { d.kwh = v.number(), d.spec = Spec::energy; };
        h["kwhdays"] = [](Device& d, const Value& v) {
            d.kwh_days = v.number();
            if (!(d.kwh_days > 0.0)) fail(v.where, "kWhDays must be positive");
        };
        h["cfactor"] = [](Device& d, const Value& v) {
            d.c_factor = v.number();
            if (d.kwh > 0.0) d.spec = Spec::energy;
        };
        h["cvrcurve"] = refuse;
        return h;
    }();
    return handlers;
}

const Handlers<Device>& generator_handlers() {
    static const Handlers<Device> handlers = [] {
        Handlers<Device> h = common_handlers();
        h["kva"] = [](Device& d, const Value& v) { d.kva = v.number(); };  // a rating, not a way to give the power
        h["status"] = [](Device& d, const Value& v) { d.fixed = v.name().starts_with("f"); };
        return h;
    }();
    return handlers;
}

const Handlers<Device>& pv_handlers() {
    static const Handlers<Device> handlers = [] {
        Handlers<Device> h = common_handlers();
        h.erase("kw");
        h["kva"] = [](Device& d, const Value& v) { d.kva = v.number(); };
        h["pmpp"] = [](Device& d, const Value& v) { d.pmpp = v.number(); };
        h["%pmpp"] = [](Device& d, const Value& v) { d.percent_pmpp = v.number(); };
        h["kvarmax"] = [](Device& d, const Value& v) { d.kvar_max = v.number(); };
        h["irradiance"] = [](Device& d, const Value& v) { d.irradiance = v.number(); };
        for (const std::string_view name : {"effcurve", "p-tcurve"})
            h[name] = [](Device& d, const Value&) { d.efficiency_curves = true; };
        return h;
    }();
    return handlers;
}

/// kW out of the element put it in a state, kept as a share of what it is rated at.
void set_storage_power(Device& d, const Value& v) {
    const double kw = v.number(), percent = 100.0 * std::abs(kw) / d.kw_rated;
    d.state = kw > 0.0 ? 'd' : kw < 0.0 ? 'c' : 'i';
    if (kw > 0.0) d.percent_discharge = percent;
    if (kw < 0.0) d.percent_charge = percent;
}

const Handlers<Device>& storage_handlers() {
    static const Handlers<Device> handlers = [] {
        Handlers<Device> h = common_handlers();
        for (const char* name : {"yearly", "daily"}) h.erase(name);
        h["kw"] = set_storage_power;
        h["kva"] = [](Device& d, const Value& v) { d.kva = v.number(); };
        h["kwrated"] = [](Device& d, const Value& v) {
            d.kw_rated = v.number();
            if (!(d.kw_rated > 0.0)) fail(v.where, "kWrated must be positive");
        };
        h["%charge"] = [](Device& d, const Value& v) { d.percent_charge = v.number(); };
        h["%discharge"] = [](Device& d, const Value& v) { d.percent_discharge = v.number(); };
        h["state"] = [](Device& d, const Value& v) {
            const std::string word = v.name();
            d.state = word.starts_with("c") || word.starts_with("d") ? word.front() : 'i';
        };
        return h;
    }();
    return handlers;
}

/// kvar of the power that was described; pf < 0 means kvar against kW.
void settle_power(Device& d) {
    const double tangent = std::copysign(std::sqrt(1.0 / (d.pf * d.pf) - 1.0), d.pf);
    if (d.spec == Spec::kva_pf && !std::isnan(d.kva)) d.kw = d.kva * std::abs(d.pf);
    if (d.spec == Spec::allocated) d.kw = d.connected_kva * d.allocation_factor * std::abs(d.pf);
    if (d.spec == Spec::energy) d.kw = d.kwh / (24.0 * d.kwh_days) * d.c_factor;
    if (d.spec != Spec::kw_kvar || d.pf_given) d.kvar = d.kw * tangent;
}

/// kW and kvar of a load leave their power factor behind for the commands after theirs, as OpenDSS settles every
/// command by itself: `kW=10 kvar=5`, then `kW=20` in another makes 10 kvar.
void replay_load(const Element& element, Device& d, ImportReport& report) {
    Element command = element;
    for (auto begin = element.assignments.begin(); begin != element.assignments.end();) {
        const auto end = std::find_if(begin, element.assignments.end(), [&](const Value& v) {
            return v.where.line != begin->where.line || v.where.file != begin->where.file;
        });
        command.assignments.assign(begin, end);
        replay(command, d, load_handlers(), report);
        settle_power(d);
        if (d.spec == Spec::kw_kvar && !d.pf_given && d.kw != 0.0 && std::isfinite(d.kw) && std::isfinite(d.kvar))
            d.pf = std::copysign(std::abs(d.kw) / std::hypot(d.kw, d.kvar), d.kw * d.kvar);
        begin = end;
    }
}

/// Shares of impedance, current and power with the same value and slope at rated voltage as V^exponent.
std::array<double, 3> zip_of_exponent(double e) {
    if (e >= 1.0 && e <= 2.0) return {e - 1.0, 2.0 - e, 0.0};
    if (e >= 0.0 && e < 1.0) return {0.0, e, 1.0 - e};
    return {e / 2.0, 0.0, 1.0 - e / 2.0};
}

void set_load_model(CustomerModel& c, const Device& d, ImportReport& report) {
    constexpr std::array<double, 3> impedance{1, 0, 0}, current{0, 1, 0};
    switch (d.model) {
        case 2: c.zip_p = c.zip_q = impedance; break;
        case 3: c.zip_q = impedance; break;
        case 4:
            c.zip_p = zip_of_exponent(d.cvr_watts);
            c.zip_q = zip_of_exponent(d.cvr_vars);
            report.note("load model 4 (powers of voltage): exponents 0, 1, 2 are exact, others match value and slope");
            break;
        case 5: c.zip_p = c.zip_q = current; break;
        case 6: c.fixed_q = true; break;
        case 7: c.fixed_q = true, c.zip_q = impedance; break;
        case 8:
            if (d.zipv.size() < 6) fail(c.where, "load model 8 needs ZIPV with seven numbers");
            c.zip_p = {d.zipv[0], d.zipv[1], d.zipv[2]};
            c.zip_q = {d.zipv[3], d.zipv[4], d.zipv[5]};
            for (const auto* zip : {&c.zip_p, &c.zip_q})
                if (std::abs((*zip)[0] + (*zip)[1] + (*zip)[2] - 1.0) > 1e-6)
                    fail(c.where, "ZIPV shares must sum to 1");
            break;
        default: break;
    }
}

CustomerModel customer(const Element& element, const Device& d) {
    CustomerModel c;
    c.name = element.name;
    c.class_name = element.class_name;
    c.where = element.where;
    if (d.bus1.text.empty()) fail(element.where, element.label() + ": needs bus1");
    if (!(d.kv > 0.0)) fail(element.where, element.label() + ": kV must be positive");
    if (!std::isfinite(d.kw) || !std::isfinite(d.kvar)) fail(element.where, element.label() + ": power is not finite");
    if (d.phases > 3) fail(element.where, element.label() + ": more than three phases");
    c.phases = d.phases;
    c.delta = d.delta;
    c.bus = bus_ref(d.bus1, d.phases, d.delta && d.phases == 3 ? 3 : d.phases + 1);
    c.rated_voltage = 1000.0 * d.kv / (!d.delta && d.phases > 1 ? std::numbers::sqrt3 : 1.0);
    c.daily = d.fixed ? "" : d.daily;
    c.yearly = d.fixed ? "" : d.yearly;
    c.nameplate = c.power_limit = c.q_per_p = nan;
    return c;
}

CustomerModel load(const Element& element, const Circuit& circuit, ImportReport& report) {
    Device d;
    settle_power(d);
    replay_load(element, d, report);
    CustomerModel c = customer(element, d);
    const double factor = d.fixed || d.exempt ? 1.0 : circuit.load_multiplier;
    if (factor != 1.0) report.note(fmt::format("Set LoadMult: loads are multiplied by {:g}", factor));
    c.p = -1000.0 * d.kw * factor;
    c.q = -1000.0 * d.kvar * factor;
    if ((d.pf_given || d.spec != Spec::kw_kvar) && d.kw != 0.0) c.q_per_p = d.kvar / d.kw;
    set_load_model(c, d, report);
    return c;
}

CustomerModel generator(const Element& element, ImportReport& report) {
    Device d;
    d.kw = 1000.0;
    replay(element, d, generator_handlers(), report);
    settle_power(d);
    CustomerModel c = customer(element, d);
    c.p = 1000.0 * d.kw;
    c.q = 1000.0 * d.kvar;
    c.nameplate = std::abs(c.p);
    if (d.model == 2) c.zip_p = c.zip_q = {1, 0, 0};
    if (d.model == 3) report.note("generator model 3 holds its voltage: taken as constant kW and kvar");
    if (d.model > 3) report.note(fmt::format("generator model {} is taken as constant kW and kvar", d.model));
    return c;
}

CustomerModel pv_system(const Element& element, const InverterControls& inverters, ImportReport& report) {
    Device d;
    d.kva = 500.0;
    d.pf = 1.0;
    replay(element, d, pv_handlers(), report);
    d.kw = d.pmpp * d.irradiance * d.percent_pmpp / 100.0;  // cut at the inverter after the shape
    if (d.spec == Spec::kva_pf) d.spec = Spec::kw_pf;
    settle_power(d);
    CustomerModel c = customer(element, d);
    c.p = 1000.0 * d.kw;
    c.q = 1000.0 * d.kvar;
    c.nameplate = 1000.0 * std::min(d.pmpp, d.kva);
    c.power_limit = 1000.0 * d.kva;
    if (d.model == 2) c.zip_p = c.zip_q = {1, 0, 0};
    if (const InverterControls::Follower* const follower = inverters.of(element.name)) {
        c.volt_var = static_cast<int>(follower->curve);
        c.q_max = 1000.0 * (std::isnan(d.kvar_max) ? d.kva : d.kvar_max);
        c.apparent_max = follower->of_what_power_leaves ? 1000.0 * d.kva : nan;
        if (c.phases > 1) report.note("each phase of a PVSystem follows its InvControl at its own voltage");
    }
    if (d.efficiency_curves) report.note("PVSystem efficiency and temperature curves are left out: factor 1");
    return c;
}

/// What it does at the instant of the snapshot, held; it has no energy here that could run out.
CustomerModel storage(const Element& element, ImportReport& report) {
    Device d;
    d.kvar = 0.0;
    d.pf = 1.0;
    replay(element, d, storage_handlers(), report);
    d.kw = d.state == 'd'   ? d.kw_rated * d.percent_discharge / 100.0
           : d.state == 'c' ? -d.kw_rated * d.percent_charge / 100.0
                            : 0.0;
    if (d.spec == Spec::kw_pf) d.kvar = d.kw * std::copysign(std::sqrt(1.0 / (d.pf * d.pf) - 1.0), d.pf);
    CustomerModel c = customer(element, d);
    c.p = 1000.0 * d.kw;
    c.q = 1000.0 * d.kvar;
    c.nameplate = 1000.0 * d.kw_rated;
    if (d.model == 2) c.zip_p = c.zip_q = {1, 0, 0};
    report.note("storage keeps the power of its state: schedules, energy and idling losses are left out");
    return c;
}

/// The two legs of an open delta.
std::array<CustomerModel, 2> legs(CustomerModel c) {
    c.phases = 1;
    for (double* value : {&c.p, &c.q, &c.share, &c.nameplate, &c.power_limit, &c.q_max, &c.apparent_max}) *value *= 0.5;
    std::array<CustomerModel, 2> result{c, c};
    for (std::size_t k = 0; k < 2; ++k) {
        result[k].name += fmt::format("_{}", k + 1);
        result[k].bus.nodes = {c.bus.nodes[k], c.bus.nodes[k + 1]};
    }
    return result;
}

void note_voltage_window(const Element& element, ImportReport& report) {
    const bool window = std::ranges::any_of(
        element.assignments, [](const Value& v) { return v.property == "vminpu" || v.property == "vmaxpu"; });
    report.note(window ? "loads keep their model at every voltage: Vminpu and Vmaxpu are left out"
                       : "loads keep their model at every voltage: OpenDSS's default window 0.95 to 1.05 is left out");
}

}  // namespace

std::vector<CustomerModel> customer_models(const Circuit& circuit, const InverterControls& inverters,
                                           ImportReport& report) {
    std::vector<CustomerModel> result;
    for (const Element& element : circuit.elements) {
        const std::string& kind = element.class_name;
        if (kind != "load" && kind != "generator" && kind != "pvsystem" && kind != "storage") continue;
        if (!element.enabled) {
            report.skip(kind + " (disabled)", element.where.text());
            continue;
        }
        CustomerModel model = kind == "load"        ? load(element, circuit, report)
                              : kind == "generator" ? generator(element, report)
                              : kind == "storage"   ? storage(element, report)
                                                    : pv_system(element, inverters, report);
        if (model.delta && model.phases == 2) {
            report.note(
                "two phases in delta (open delta) are two customers NAME_1 and NAME_2 with half the power each");
            std::ranges::move(legs(std::move(model)), std::back_inserter(result));
        } else {
            result.push_back(std::move(model));
        }
        if (kind == "load") note_voltage_window(element, report);
        report.understand(kind, element.where.text());
    }
    return result;
}

}  // namespace headroom::opendss
