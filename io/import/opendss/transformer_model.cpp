#include "io/import/opendss/transformer_model.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>

#include <fmt/format.h>

#include "io/import/opendss/star_bus.hpp"
#include "io/import/opendss/tap_control_model.hpp"

namespace headroom::opendss {
namespace {

struct Winding {
    Value bus;
    bool delta = false;
    double kv = 12.47, kva = 1000.0, tap = 1.0, r_pu = 0.002, r_neutral = -1.0, x_neutral = 0.0;
    double tap_min = 0.9, tap_max = 1.1;
    int tap_steps = 32;
};

struct Transformer {
    int phases = 3;
    std::vector<Winding> windings{2};
    std::size_t active = 0;
    double xhl = 0.07, xht = 0.35, xlt = 0.30;     ///< per unit on the kVA of winding 1
    double no_load_loss = 0.0, magnetising = 0.0;  ///< per unit on the same
    double antifloat = 1e-6;
    bool high_leads_low = false;
    std::string bank;
    const Circuit* circuit = nullptr;
    ImportReport* report = nullptr;
};

void set_kva(Transformer& t, std::size_t winding, const Value& v, double kva) {
    if (!(kva > 0.0)) fail(v.where, "kVA must be positive");
    t.windings[winding].kva = kva;
    if (winding == 0)
        for (Winding& w : t.windings) w.kva = kva;
}

bool is_delta(const Value& v) {
    const std::string name = v.name();
    if (name.empty()) fail(v.where, "conn: wye or delta is needed");
    return name == "ll" || name.front() == 'd';
}

/// Hands the items of a list to the windings in order; the list may be shorter or end with an empty item.
template <class Set> void each_winding(Transformer& t, const Value& v, Set set) {
    const auto items = v.items();
    for (std::size_t k = 0; k < items.size(); ++k) {
        if (k >= t.windings.size())
            fail(v.where, fmt::format("{} names more than {} windings", v.property, t.windings.size()));
        set(t, k, items[k]);
    }
}

void set_percent(double& target, const Value& v) { target = v.number() / 100.0; }

/// OpenDSS takes a reactance of zero for a mistake and puts its default there; in an XscArray it stands.
void set_reactance(Transformer& t, double& target, const Value& v, double percent_default) {
    set_percent(target, v);
    if (target != 0.0) return;
    target = percent_default / 100.0;
    t.report->skip(fmt::format("transformer.{}=0 (taken as {} %, as by OpenDSS)", v.property, percent_default),
                   v.where.text());
}

void set_x_array(Transformer& t, const Value& v) {
    const auto x = v.numbers();
    if (!x.empty()) t.xhl = x[0] / 100.0;
    if (x.size() > 1) t.xht = x[1] / 100.0;
    if (x.size() > 2) t.xlt = x[2] / 100.0;
}

void use_code(Transformer& t, const Value& v);

/// "winding position": steps from the middle of the range, as a RegControl's TapNum counts them.
void set_tap_position(Transformer& t, const Value& v) {
    const auto numbers = v.numbers();
    const Value winding{fmt::format("{}", numbers.at(0)), false, v.where, "winding"};
    Winding& w = t.windings[winding.integer(1, static_cast<int>(t.windings.size())) - 1];
    const double middle = (w.tap_min + w.tap_max) / 2;
    w.tap = std::clamp(middle + numbers.at(1) * (w.tap_max - w.tap_min) / w.tap_steps, w.tap_min, w.tap_max);
}

Handlers<Transformer> winding_handlers() {
    return {
        {"bus", [](Transformer& t, const Value& v) { t.windings[t.active].bus = v; }},
        {"conn", [](Transformer& t, const Value& v) { t.windings[t.active].delta = is_delta(v); }},
        {"kv", [](Transformer& t, const Value& v) { t.windings[t.active].kv = v.number(); }},
        {"kva", [](Transformer& t, const Value& v) { set_kva(t, t.active, v, v.number()); }},
        {"tap", [](Transformer& t, const Value& v) { t.windings[t.active].tap = v.number(); }},
        {"mintap", [](Transformer& t, const Value& v) { t.windings[t.active].tap_min = v.number(); }},
        {"maxtap", [](Transformer& t, const Value& v) { t.windings[t.active].tap_max = v.number(); }},
        {"numtaps", [](Transformer& t, const Value& v) { t.windings[t.active].tap_steps = v.integer(1, 1000); }},
        {"%r", [](Transformer& t, const Value& v) { set_percent(t.windings[t.active].r_pu, v); }},
        {"rneut", [](Transformer& t, const Value& v) { t.windings[t.active].r_neutral = v.number(); }},
        {"xneut", [](Transformer& t, const Value& v) { t.windings[t.active].x_neutral = v.number(); }},
        {"buses",
         [](Transformer& t, const Value& v) {
             each_winding(t, v, [](Transformer& u, std::size_t k, const Value& i) { u.windings[k].bus = i; });
         }},
        {"conns",
         [](Transformer& t, const Value& v) {
             each_winding(t, v,
                          [](Transformer& u, std::size_t k, const Value& i) { u.windings[k].delta = is_delta(i); });
         }},
        {"kvs",
         [](Transformer& t, const Value& v) {
             each_winding(t, v, [](Transformer& u, std::size_t k, const Value& i) { u.windings[k].kv = i.number(); });
         }},
        {"kvas",
         [](Transformer& t, const Value& v) {
             each_winding(t, v, [](Transformer& u, std::size_t k, const Value& i) { set_kva(u, k, i, i.number()); });
         }},
        {"taps",
         [](Transformer& t, const Value& v) {
             each_winding(t, v, [](Transformer& u, std::size_t k, const Value& i) { u.windings[k].tap = i.number(); });
         }},
        {"%rs",
         [](Transformer& t, const Value& v) {
             each_winding(t, v,
                          [](Transformer& u, std::size_t k, const Value& i) { set_percent(u.windings[k].r_pu, i); });
         }},
    };
}

const Handlers<Transformer>& transformer_handlers() {
    static const Handlers<Transformer> handlers = [] {
        Handlers<Transformer> h = winding_handlers();
        h["phases"] = [](Transformer& t, const Value& v) { t.phases = v.integer(1, 3); };
        h["windings"] = [](Transformer& t, const Value& v) {
            t.windings.resize(v.integer(2, 3));
            t.active = std::min(t.active, t.windings.size() - 1);
        };
        h["wdg"] = [](Transformer& t, const Value& v) {
            t.active = v.integer(1, static_cast<int>(t.windings.size())) - 1;
        };
        for (const std::string_view name : {"xhl", "x12"})
            h[name] = [](Transformer& t, const Value& v) { set_reactance(t, t.xhl, v, 7.0); };
        for (const std::string_view name : {"xht", "x13"})
            h[name] = [](Transformer& t, const Value& v) { set_reactance(t, t.xht, v, 35.0); };
        for (const std::string_view name : {"xlt", "x23"})
            h[name] = [](Transformer& t, const Value& v) { set_reactance(t, t.xlt, v, 30.0); };
        h["xscarray"] = set_x_array;
        h["%loadloss"] = [](Transformer& t, const Value& v) {
            t.windings[0].r_pu = t.windings[1].r_pu = v.number() / 200.0;  // half in each of the first two windings
        };
        h["%noloadloss"] = [](Transformer& t, const Value& v) { set_percent(t.no_load_loss, v); };
        h["%imag"] = [](Transformer& t, const Value& v) { set_percent(t.magnetising, v); };
        h["ppm_antifloat"] = [](Transformer& t, const Value& v) { t.antifloat = 1e-6 * v.number(); };
        h["bank"] = [](Transformer& t, const Value& v) { t.bank = v.name(); };
        h["leadlag"] = [](Transformer& t, const Value& v) {
            const std::string word = v.name();
            t.high_leads_low = word.starts_with("le") || word.starts_with("eu");
        };
        h["xfmrcode"] = use_code;
        h[tap_position] = set_tap_position;
        return h;
    }();
    return handlers;
}

/// A code brings everything but buses and the bank.
void use_code(Transformer& t, const Value& v) {
    const Element* code = t.circuit->find("xfmrcode", v.name());
    if (!code) fail(v.where, fmt::format("there is no xfmrcode '{}'", v.name()));
    Transformer fresh;
    fresh.circuit = t.circuit;
    fresh.report = t.report;
    if (std::ranges::any_of(code->assignments, [](const Value& a) { return a.property == "xfmrcode"; }))
        fail(code->where, "an xfmrcode cannot name another");
    replay(*code, fresh, transformer_handlers(), *t.report);
    for (std::size_t k = 0; k < t.windings.size() && k < fresh.windings.size(); ++k)
        fresh.windings[k].bus = t.windings[k].bus;
    fresh.bank = t.bank;
    t = std::move(fresh);
}

void check(const Transformer& t, const Element& element) {
    for (const Winding& w : t.windings) {
        if (w.bus.text.empty()) fail(element.where, element.label() + ": a winding has no bus");
        if (!(w.kv > 0.0)) fail(element.where, element.label() + ": kV must be positive");
        if (!(w.tap > 0.0)) fail(element.where, element.label() + ": taps must be positive");
    }
    const Winding& w = t.windings.front();
    const double sum = t.xhl + t.xht + t.xlt + t.no_load_loss + t.magnetising + w.r_pu + w.kva + t.antifloat;
    if (!std::isfinite(sum)) fail(element.where, element.label() + ": impedance is not finite");
}

/// Which end of a delta coil follows its phase: +1: coil k joins phases k and k + 1, -1: k and k - 1. Such that the
/// high-voltage side leads by 30 degrees (the American habit) unless LeadLag says otherwise (Transformer.pas).
int delta_direction(const Transformer& t) {
    if (t.windings[0].delta == t.windings[1].delta) return 1;
    const Winding& high = t.windings[0].kv >= t.windings[1].kv ? t.windings[0] : t.windings[1];
    return high.delta == t.high_leads_low ? 1 : -1;
}

WindingModel winding_model(const Transformer& t, const Winding& w) {
    WindingModel model;
    const int conductors = !w.delta ? t.phases + 1 : t.phases == 3 ? 3 : t.phases + 1;
    const BusRef ref = bus_ref(w.bus, t.phases, conductors);
    model.bus = ref.bus;
    model.tap.assign(t.phases, w.tap);
    model.voltage = 1000.0 * w.kv / (!w.delta && t.phases > 1 ? std::numbers::sqrt3 : 1.0);
    model.neutral_r = w.r_neutral;
    model.neutral_x = w.x_neutral;
    const double coil_va = 1000.0 * t.windings.front().kva / t.phases;
    model.antifloat = t.antifloat * coil_va / (model.voltage * model.voltage) / 2.0;
    model.three_phase_delta = w.delta && t.phases == 3;
    const int direction = delta_direction(t);
    for (int k = 0; k < t.phases; ++k) {
        int other = conductors - 1;
        if (w.delta && t.phases > 1)
            other = t.phases == 3 ? (k + direction + 3) % 3 : (k + direction < 0 ? 2 : k + direction);
        model.coil.push_back({ref.nodes[k], ref.nodes[other]});
    }
    if (!w.delta && t.phases > 1) model.star_node = ref.nodes.back();
    return model;
}

/// The side of a fictitious star bus: coil k from phase node k to ground, of a single-phase unit from the node it has.
WindingModel star_side(const StarPlace& star, std::size_t coils) {
    WindingModel model;
    model.bus = star.bus;
    model.voltage = star.voltage;
    for (std::size_t k = 0; k < coils; ++k) {
        model.coil.push_back({coils == 1 ? star.node : static_cast<int>(k) + 1, 0});
        model.tap.push_back(1.0);
    }
    if (coils > 1) model.star_node = 0;
    return model;
}

TransformerUnit unit(const Transformer& t, const Element& element, std::string name, WindingModel from, WindingModel to,
                     double r_pu, double x_pu) {
    const double ohm = to.voltage * to.voltage * t.phases / (1000.0 * t.windings.front().kva);
    TransformerUnit result{std::move(name), t.bank, element.where, std::move(from), std::move(to)};
    result.r = r_pu * ohm;
    result.x = x_pu * ohm;
    result.kva = t.windings.front().kva;
    return result;
}

void set_no_load(TransformerUnit& u, const Transformer& t) {
    u.no_load_loss = 1000.0 * t.no_load_loss * u.kva;
    u.magnetising_power = 1000.0 * t.magnetising * u.kva;
}

/// Three windings share one flux: in per unit, measured pairwise (R1 + R2 + j XHL, R1 + R3 + j XHT, R2 + R3 + j XLT),
/// they are a star of  r_i = R_i,  x_1 = (XHL + XHT - XLT) / 2,  x_2 = (XHL + XLT - XHT) / 2,  x_3 = (XHT + XLT - XHL)
/// / 2, whose centre is a bus of its own. A branch of the star may be negative or zero; pairs never are. Two windings
/// that pass through the star of others have x_1 = x_2 = XHL / 2.
void add_star(std::vector<TransformerUnit>& units, const Transformer& t, const Element& element,
              const StarPlace& star) {
    const bool two = t.windings.size() == 2;
    const WindingModel first = winding_model(t, t.windings[0]), centre = star_side(star, first.coil.size());
    const double x[3] = {two ? t.xhl / 2 : (t.xhl + t.xht - t.xlt) / 2, two ? t.xhl / 2 : (t.xhl + t.xlt - t.xht) / 2,
                         (t.xht + t.xlt - t.xhl) / 2};
    units.push_back(unit(t, element, element.name + "_primary", first, centre, t.windings[0].r_pu, x[0]));
    units.back().to_star_bus = true;
    for (std::size_t k = 1; k < t.windings.size(); ++k) {
        units.push_back(unit(t, element, fmt::format("{}_winding{}", element.name, k + 1), centre,
                             winding_model(t, t.windings[k]), t.windings[k].r_pu, x[k]));
        units.back().from_star_bus = true;
        units.back().bank = element.name + "_secondary";
    }
    set_no_load(units[units.size() - t.windings.size() + 1], t);  // OpenDSS puts the core at winding 2
}

bool equal(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

bool can_join(const TransformerUnit& a, const TransformerUnit& b) {
    return a.from.bus == b.from.bus && a.to.bus == b.to.bus && b.from.coil.size() == 1 && a.from.coil.size() < 3
           && a.from.star_node < 0 && equal(a.from.voltage, b.from.voltage) && equal(a.to.voltage, b.to.voltage)
           && equal(a.r, b.r) && equal(a.x, b.x) && a.bank == b.bank
           && (a.from_star_bus || equal(a.kva, b.kva * double(a.from.coil.size())));
}

void append(WindingModel& side, const WindingModel& other) {
    side.coil.push_back(other.coil.front());
    side.tap.push_back(other.tap.front());
}

/// Takes the core of a unit out to its coils, as it stands at the to side's rated voltage and tap.
void set_cores_apart(TransformerUnit& u) {
    const std::complex<double> power(u.no_load_loss, -u.magnetising_power);
    u.no_load_loss = u.magnetising_power = 0.0;
    if (power == 0.0) return;
    for (std::size_t k = 0; k < u.to.coil.size(); ++k) {
        const double volt = u.to.voltage * u.to.tap[k];
        u.cores.push_back({u.to.coil[k], power / (static_cast<double>(u.to.coil.size()) * volt * volt)});
    }
}

void join(TransformerUnit& a, TransformerUnit b) {
    const auto coils = static_cast<double>(a.to.coil.size());
    if (!equal(a.no_load_loss, coils * b.no_load_loss) || !equal(a.magnetising_power, coils * b.magnetising_power)) {
        set_cores_apart(a);
        set_cores_apart(b);
    }
    a.cores.insert(a.cores.end(), b.cores.begin(), b.cores.end());
    append(a.from, b.from);
    append(a.to, b.to);
    // The halves of a centre tap are one transformer, whose rating is known; other units add up.
    if (!a.from_star_bus) a.kva += b.kva;
    a.no_load_loss += b.no_load_loss;
    a.magnetising_power += b.magnetising_power;
    a.regulated = a.regulated || b.regulated;
    for (TapControlModel control : b.controls) {
        control.coil = static_cast<int>(a.from.coil.size()) - 1;
        a.controls.push_back(std::move(control));
    }
    if (!a.bank.empty())
        a.name = a.bank;
    else if (a.name.size() + b.name.size() < 60)
        a.name.append("+").append(b.name);  // ids of case files are short
}

bool same_side(const WindingModel& a, const WindingModel& b) {
    return a.coil == b.coil && a.star_node == b.star_node && equal(a.voltage, b.voltage) && a.tap == b.tap
           && a.neutral_r < 0.0 && b.neutral_r < 0.0;
}

/// Units that run in parallel and share currents by their impedances alone.
bool side_by_side(const TransformerUnit& a, const TransformerUnit& b) {
    return a.from.bus == b.from.bus && a.to.bus == b.to.bus && same_side(a.from, b.from) && same_side(a.to, b.to)
           && !a.regulated && !b.regulated && !a.from_star_bus && !a.to_star_bus && std::hypot(a.r, a.x) > 0.0
           && std::hypot(b.r, b.x) > 0.0;
}

/// Z = 1 / (1/Z_a + 1/Z_b); b carries |Z / Z_b| of the power, and none may carry more than its rating.
void put_beside(TransformerUnit& a, const TransformerUnit& b) {
    const std::complex<double> z_a(a.r, a.x), z_b(b.r, b.x), z = z_a * z_b / (z_a + z_b);
    a.kva = std::min(a.kva / std::abs(z / z_a), b.kva / std::abs(z / z_b));
    a.r = z.real();
    a.x = z.imag();
    a.no_load_loss += b.no_load_loss;
    a.magnetising_power += b.magnetising_power;
    a.from.antifloat += b.from.antifloat;
    a.to.antifloat += b.to.antifloat;
    if (a.name.size() + b.name.size() < 60) a.name.append("+").append(b.name);
}

std::vector<TransformerUnit> joined(const std::vector<TransformerUnit>& units) {
    std::vector<TransformerUnit> result;
    std::unordered_map<std::string, std::size_t> last;   // by pair of buses: the unit that may still take coils
    std::unordered_map<std::string, std::size_t> whole;  // and the one that others may stand beside
    for (const TransformerUnit& u : units) {
        const std::string key = u.from.bus + " " + u.to.bus;
        if (u.from.coil.size() > 1) {
            const auto [place, is_new] = whole.try_emplace(key, result.size());
            if (!is_new && side_by_side(result[place->second], u)) {
                put_beside(result[place->second], u);
                continue;
            }
        }
        const auto found = last.find(key);
        if (found != last.end() && can_join(result[found->second], u)) {
            join(result[found->second], u);
            continue;
        }
        if (u.from.coil.size() == 1) last[key] = result.size();
        result.push_back(u);
    }
    return result;
}

/// The steps of the to side's tap are the transformer's, the rest is the control's.
void add_control(TransformerUnit& u, const std::string& name, const Transformer& t, const TapControls& controls,
                 ImportReport& report) {
    const auto found = controls.find(name);
    if (found == controls.end()) return;
    u.regulated = true;
    if (!found->second) return;
    TapControlModel control = *found->second;
    const Winding& winding = t.windings[1];
    control.tap_min = winding.tap_min;
    control.tap_max = winding.tap_max;
    control.tap_step = (winding.tap_max - winding.tap_min) / winding.tap_steps;
    control.ganged = t.phases > 1;
    const bool compensated = control.r != 0.0 || control.x != 0.0;
    if (compensated && winding.delta && t.phases == 3) {  // it would see the current of a line, not of a coil
        report.skip("regcontrol (a compensator at a delta winding; the tap stays as given)", u.where.text());
        return;
    }
    if (control.coil >= t.phases || !(control.tap_step > 0.0)) {
        report.skip("regcontrol (a phase or tap range that its transformer has not; the tap stays as given)",
                    u.where.text());
        return;
    }
    u.controls.push_back(std::move(control));
}

Transformer transformer(const Element& element, const Circuit& circuit, ImportReport& report) {
    Transformer t;
    t.circuit = &circuit;
    t.report = &report;
    replay(element, t, transformer_handlers(), report);
    check(t, element);
    const double ratio = circuit.frequency / element.base_frequency;
    for (double* x : {&t.xhl, &t.xht, &t.xlt}) *x *= ratio;
    t.magnetising /= ratio;
    return t;
}

BankMember bank_member(const Transformer& t, const Element& element) {
    const WindingModel first = winding_model(t, t.windings[0]);
    BankMember member{element.name, first.bus, {}, t.phases, first.coil.front()[0], first.voltage};
    for (std::size_t k = 1; k < t.windings.size(); ++k) member.to.push_back(bus_ref(t.windings[k].bus, 0, 0).bus);
    return member;
}

void add_units(std::vector<TransformerUnit>& units, const Transformer& t, const Element& element,
               const std::optional<StarPlace>& star, const TapControls& controls, ImportReport& report) {
    if (star)
        add_star(units, t, element, *star);
    else {
        units.push_back(unit(t, element, element.name, winding_model(t, t.windings[0]), winding_model(t, t.windings[1]),
                             t.windings[0].r_pu + t.windings[1].r_pu, t.xhl));
        set_no_load(units.back(), t);
    }
    if (t.windings.size() == 2) return add_control(units.back(), element.name, t, controls, report);
    if (!controls.contains(element.name)) return;
    for (std::size_t k = units.size() - 3; k < units.size(); ++k) units[k].regulated = true;
    report.skip("regcontrol (of a three-winding transformer; the tap stays as given)", element.where.text());
}

}  // namespace

std::vector<TransformerUnit> transformer_units(const Circuit& circuit, ImportReport& report) {
    const TapControls controls = tap_controls(circuit, report);
    std::vector<std::pair<const Element*, Transformer>> transformers;
    std::vector<BankMember> members;
    for (const Element& element : circuit.elements) {
        if (element.class_name != "transformer") continue;
        if (!element.enabled) {
            report.skip("transformer (disabled)", element.where.text());
            continue;
        }
        transformers.emplace_back(&element, transformer(element, circuit, report));
        members.push_back(bank_member(transformers.back().second, element));
        report.understand("transformer", element.where.text());
    }
    const auto stars = star_places(members);
    std::vector<TransformerUnit> units;
    for (std::size_t k = 0; k < transformers.size(); ++k)
        add_units(units, transformers[k].second, *transformers[k].first, stars[k], controls, report);
    return joined(units);
}

}  // namespace headroom::opendss
