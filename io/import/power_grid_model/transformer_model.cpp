#include "io/import/power_grid_model/transformer_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace headroom::pgm {
namespace {

constexpr double susceptance_share = 1e-8;  // of a short circuit's, as power-grid-model has it

/// The tap changer of a transformer with any number of sides.
class TapChanger {
public:
    explicit TapChanger(const Component& component)
        : component_(component),
          side_(component.integer("tap_side")),
          min_(position("tap_min", component.integer("tap_min"))),
          max_(position("tap_max", component.integer("tap_max"))),
          nominal_(position("tap_nom", component.integer("tap_nom", 0))),
          size_(component.not_negative("tap_size")) {
        position_ = std::clamp(component.integer("tap_pos", nominal_), std::min(min_, max_), std::max(min_, max_));
    }

    int side() const { return side_; }

    /// Voltage of the winding at the tap in use, per unit of its rated one.
    double factor(int side, double rated) const {
        if (side != side_) return 1.0;
        const double steps = (max_ > min_ ? 1 : -1) * (position_ - nominal_);
        const double factor = 1.0 + steps * size_ / rated;
        if (!(factor > 0.0)) component_.fail(fmt::format("tap_pos {} leaves no voltage", position_));
        return factor;
    }

    /// `name` at the tap in use, along straight lines from the nominal tap to `name`_min and `name`_max.
    double at_tap(const std::string& name) const {
        const double nominal = component_.not_negative(name);
        const bool up = position_ <= std::max(nominal_, max_) && position_ >= std::min(nominal_, max_);
        const double at_min = component_.not_negative(name + "_min", nominal),
                     at_max = component_.not_negative(name + "_max", nominal);
        const double end = up ? at_max : at_min;
        const int span = (up ? max_ : min_) - nominal_;
        return span == 0 ? nominal : nominal + (position_ - nominal_) * (end - nominal) / span;
    }

private:
    /// A position of the format: an integer of one byte.
    int position(const char* attribute, int value) const {
        if (std::abs(value) > 127) component_.fail(fmt::format("{} must lie in [-127, 127], is {}", attribute, value));
        return value;
    }

    const Component& component_;
    int side_, min_, max_, nominal_, position_ = 0;
    double size_;
};

/// sqrt(whole^2 - part^2), or nothing where rounding in the file made the part larger.
double other_leg(double whole, double part) { return std::sqrt(std::max(whole * whole - part * part, 0.0)); }

/// ohm at u volts from relative voltage and losses of a short circuit; negative ones come from stars of three windings.
Complex short_circuit_impedance(double uk, double pk, double u, double sn) {
    const double r = pk / sn, x = std::copysign(other_leg(uk, r), uk);
    return Complex(r, x) * (u * u / sn);
}

/// S at u volts from relative current and losses without load.
Complex no_load_admittance(double i0, double p0, double u, double sn) {
    return Complex(p0, -other_leg(i0 * sn, p0)) / (u * u);
}

void require_impedance(const Component& component, const TransformerModel& model) {
    constexpr double least = 1e-9;  // ohm, what a case file takes for an impedance
    if (model.z.real() < 0.0)
        component.fail(fmt::format("'{}' has a negative resistance, {} ohm, which a case does not hold", model.id,
                                   model.z.real()));
    if (!(std::abs(model.z) >= least))
        component.fail(
            fmt::format("the impedance of '{}' must be at least {} ohm, is {}", model.id, least, std::abs(model.z)));
}

Complex grounding(const Component& component, const std::string& side) {
    return {component.not_negative("r_grounding_" + side, 0.0), component.number("x_grounding_" + side, 0.0)};
}

Winding winding(const Component& component, const std::string& attribute) {
    const int value = component.integer(attribute);
    if (value < 0 || value > 4) component.fail(fmt::format("{} must be 0 to 4, is {}", attribute, value));
    return static_cast<Winding>(value);
}

/// The clock of a shift, in the range 0 to 11.
int sound_clock(const Component& component, const std::string& attribute, Winding from, Winding to) {
    const int clock = component.integer(attribute);
    const auto is_star = [](Winding w) { return w == Winding::wye || w == Winding::wye_n; };
    if ((clock % 2 == 0) != (is_star(from) == is_star(to)))
        component.fail(fmt::format("windings of these types cannot have {} {}", attribute, clock));
    return (clock % 12 + 12) % 12;
}

}  // namespace

TransformerModel transformer_model(const Component& component, int from, int to) {
    const TapChanger taps(component);
    if (taps.side() != 0 && taps.side() != 1) component.fail("tap_side must be 0 or 1");
    const double u1 = component.positive("u1"), u2 = component.positive("u2"), sn = component.positive("sn");
    static_cast<void>(component.positive("uk"));
    const double i0 = component.not_negative("i0"), p0 = component.not_negative("p0");
    const double pk = component.not_negative("pk"), i0_zero = component.not_negative("i0_zero_sequence", i0);
    const double p0_zero = component.number("p0_zero_sequence", p0 + pk * (i0_zero * i0_zero - i0 * i0));

    TransformerModel model{component.name(),
                           {from, component.status("from_status"), u1, taps.factor(0, u1),
                            winding(component, "winding_from"), grounding(component, "from")},
                           {to, component.status("to_status"), u2, taps.factor(1, u2), winding(component, "winding_to"),
                            grounding(component, "to")}};
    const double u = u2 * model.to.tap;
    model.clock = sound_clock(component, "clock", model.from.winding, model.to.winding);
    model.z = short_circuit_impedance(taps.at_tap("uk"), taps.at_tap("pk"), u, sn);
    model.shunt = no_load_admittance(i0, p0, u, sn);
    model.zero_shunt = no_load_admittance(i0_zero, p0_zero, u, sn);
    model.low_susceptance = susceptance_share * sn / component.positive("uk");
    model.rating_power = sn;
    require_impedance(component, model);
    return model;
}

std::array<TransformerModel, 3> three_winding_models(const Component& component, std::array<int, 3> bus, int centre) {
    const TapChanger taps(component);
    if (taps.side() < 0 || taps.side() > 2) component.fail("tap_side must be 0 to 2");
    std::array<double, 3> u{}, sn{}, tap{};
    std::array<Winding, 3> windings{};
    for (int k = 0; k < 3; ++k) {
        const std::string number = std::to_string(k + 1);
        u[k] = component.positive("u" + number);
        sn[k] = component.positive("sn_" + number);
        tap[k] = taps.factor(k, u[k]);
        windings[k] = winding(component, "winding_" + number);
    }
    // Pairs 12, 13, 23 on side 1's rating; the star's leg k is half of what its two pairs have more than the third.
    std::array<double, 3> uk{}, pk{};
    constexpr std::array<std::array<int, 2>, 3> pairs{{{0, 1}, {0, 2}, {1, 2}}};
    for (std::size_t k = 0; k < 3; ++k) {
        const auto [i, j] = pairs[k];
        const std::string pair = fmt::format("{}{}", i + 1, j + 1);
        const double scale = sn[0] / std::min(sn[i], sn[j]);
        uk[k] = taps.at_tap("uk_" + pair) * scale;
        pk[k] = taps.at_tap("pk_" + pair) * scale * scale;
    }
    const auto leg = [](const std::array<double, 3>& pair, int k) {
        return 0.5 * (pair[0] + pair[1] + pair[2]) - pair[2 - k];
    };
    std::array<TransformerModel, 3> models;
    for (int k = 0; k < 3; ++k) {
        const std::string number = std::to_string(k + 1);
        TransformerModel& model = models[k];
        model.id = fmt::format("{}_{}", component.id(), number);
        model.from = {bus[k],      component.status("status_" + number), u[k], tap[k],
                      windings[k], grounding(component, number)};
        model.to = {centre, true, u[0], tap[0], windings[0], {}};
        const double scale = sn[k] / sn[0], own_uk = leg(uk, k) * scale, own_pk = leg(pk, k) * scale * scale;
        model.z = short_circuit_impedance(own_uk, own_pk, u[0] * tap[0], sn[k]);
        model.rating_power = sn[k];
        require_impedance(component, model);
        model.low_susceptance = susceptance_share * sn[k] / own_uk;
        if (k > 0) model.clock = (12 - sound_clock(component, "clock_1" + number, windings[0], windings[k])) % 12;
    }
    models[0].from.winding = models[0].to.winding = Winding::wye_n;
    models[0].shunt = models[0].zero_shunt =
        no_load_admittance(component.not_negative("i0"), component.not_negative("p0"), u[0] * tap[0], sn[0]);
    return models;
}

}  // namespace headroom::pgm
