#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "io/import/power_grid_model/transformer_model.hpp"

namespace headroom::pgm {
namespace {

using T = TransformerColumns;
using Coil = std::array<std::int8_t, 2>;

bool is_star(Winding w) { return w == Winding::wye || w == Winding::wye_n; }

/// A coil of a star whose voltage leads that of phase a by so many times 30 degrees, an even number.
Coil star_coil(int shift, std::int8_t star) {
    const auto phase = static_cast<std::int8_t>(T::terminal_a + shift / 2 % 3);
    return shift / 2 % 2 == 0 ? Coil{phase, star} : Coil{star, phase};
}

/// A coil between phases whose voltage leads that of phase a by so many times 30 degrees, an odd number.
Coil delta_coil(int shift) {
    constexpr auto a = T::terminal_a, b = T::terminal_b, c = T::terminal_c;
    constexpr std::array<Coil, 6> coils{{{a, b}, {c, b}, {c, a}, {b, a}, {b, c}, {a, c}}};
    return coils[static_cast<std::size_t>(shift / 2)];
}

/// The coils of all phases from that of the first: each 120 degrees behind the one before.
T::Coils rotated(const Coil& first) {
    T::Coils coils{};
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t end = 0; end < 2; ++end) {
            const std::int8_t t = first[end];
            const bool is_phase = t >= T::terminal_a && t <= T::terminal_c;
            coils[k][end] = is_phase ? static_cast<std::int8_t>((t - T::terminal_a + static_cast<int>(k)) % 3 + 1) : t;
        }
    return coils;
}

/// One transformer as it is written. Admittances are S on the to side, unless they are those of the from side's bus.
class Writing {
public:
    Writing(const TransformerModel& model, NetworkWriter& writer)
        : m_(model), writer_(writer), k_(model.from.u * model.from.tap / (model.to.u * model.to.tap)) {}

    void write() {
        const bool whole = m_.from.connected && m_.to.connected;
        if (m_.from.bus == m_.to.bus && whole) return write_loop();
        if (m_.from.bus != m_.to.bus) write_coils(whole);
        write_shunt(m_.from, m_.to, "_from", 1.0 / (k_ * k_), whole);
        write_shunt(m_.to, m_.from, "_to", 1.0, whole);
    }

private:
    bool two_port() const { return m_.from.winding == Winding::wye_n && m_.to.winding == Winding::wye_n; }
    Complex y() const { return 1.0 / m_.z; }
    Complex grounding() const { return 3.0 * (m_.to.grounding + m_.from.grounding / (k_ * k_)); }

    /// A star floats where its point is not earthed, and where the other side is a zigzag: a delta stands in for that
    /// one and would let its zero sequence through. Of two stars one floats, which keeps the zero sequence off both; if
    /// both did, their coils would leave the points' voltages open.
    std::int8_t star_of(const TransformerSide& here, const TransformerSide& there) const {
        bool earthed = here.winding == Winding::wye_n && (is_star(there.winding) || there.winding == Winding::delta);
        if (here.winding == Winding::wye && there.winding == Winding::wye) earthed = &here == &m_.to;
        return earthed ? T::ground : T::floating_star;
    }
    static double coil_voltage(const TransformerSide& side) {
        return is_star(side.winding) ? side.u / std::numbers::sqrt3 : side.u;
    }

    NetworkWriter::Transformer coils() const {
        const int own = is_star(m_.from.winding) ? 0 : 1, shift = (own + m_.clock) % 12;
        NetworkWriter::Transformer t{};
        t.from_coil = rotated(own == 0 ? star_coil(0, star_of(m_.from, m_.to)) : delta_coil(1));
        t.to_coil = rotated(is_star(m_.to.winding) ? star_coil(shift, star_of(m_.to, m_.from)) : delta_coil(shift));
        t.from_voltage = coil_voltage(m_.from);
        t.to_voltage = coil_voltage(m_.to);
        t.from_tap = m_.from.tap;
        t.to_tap = m_.to.tap;
        // A coil's impedance is that at the nominal tap; three in delta are three times one in star.
        t.z = m_.z * ((is_star(m_.to.winding) ? 1.0 : 3.0) / (m_.to.tap * m_.to.tap));
        t.rating_power = m_.rating_power;
        return t;
    }

    /// Star points of two earthed stars that are earthed by an impedance: it is in series with the zero sequence alone.
    /// Half of the transformer becomes a line that has it too.
    void write_coils(bool whole) {
        NetworkWriter::Transformer t = coils();
        if (!two_port() || grounding() == 0.0) return writer_.add_transformer(m_.id, m_.from.bus, m_.to.bus, t, whole);
        const int inner = writer_.add_bus(m_.id + "_inner", writer_.base_voltage(m_.to.bus));
        t.z *= 0.5;
        writer_.add_transformer(m_.id, m_.from.bus, inner, t, whole);
        const Complex half = 0.5 * m_.z;
        writer_.add_line(m_.id + "_grounding", inner, m_.to.bus, from_sequences(half, half + grounding()),
                         PhaseMatrix::Zero(), whole);
    }

    /// Zero sequence from a winding to earth, S on the to side; @param factor  of voltages squared, to this side
    Complex earth_path(const TransformerSide& here, const TransformerSide& there, double factor) const {
        const Complex ground = 3.0 * here.grounding * factor;
        Complex path = 0.0;
        if (here.winding == Winding::zigzag_n) {
            path = 1.0 / (0.1 * m_.z + ground);  // of a zigzag about a tenth of the positive sequence's impedance
        } else if (here.winding == Winding::wye_n) {
            path = m_.zero_shunt + (there.winding == Winding::delta ? y() : 0.0);
            if (path != 0.0 && ground != 0.0) path = 1.0 / (1.0 / path + ground);
        }
        return path;
    }

    static bool has_zero_sequence(const TransformerSide& here, const TransformerSide& there) {
        return here.winding == Winding::zigzag_n
               || (here.winding == Winding::wye_n
                   && (there.winding == Winding::wye_n || there.winding == Winding::delta));
    }

    /// S at the side's own voltage
    Complex low_susceptance(const TransformerSide& here, const TransformerSide& there) const {
        if (has_zero_sequence(here, there)) return 0.0;
        const double base = writer_.base_voltage(here.bus);
        return {0.0, -m_.low_susceptance / (3.0 * base * base)};
    }

    void write_shunt(const TransformerSide& here, const TransformerSide& there, const char* name, double factor,
                     bool whole) {
        if (!here.connected) return;
        const Complex one = whole ? 0.5 * m_.shunt : open_end(m_.z, m_.shunt);
        Complex zero;
        if (two_port()) {
            zero = whole ? 0.5 * m_.zero_shunt : open_end(m_.z + grounding(), m_.zero_shunt);
        } else {
            zero = earth_path(here, there, factor);
            const bool in_coils = here.winding == Winding::wye_n && there.winding == Winding::delta;
            if (whole && in_coils) zero -= y();
        }
        writer_.add_shunt(m_.id + name, here.bus,
                          from_sequences(one * factor, zero * factor + low_susceptance(here, there)));
    }

    /// From a bus to itself: a shunt, of the sum over its two-port.
    void write_loop() {
        const auto sum = [&](Complex series, Complex shunt, int clock) {
            return (series + 0.5 * shunt) * (1.0 + 1.0 / (k_ * k_))
                   - 2.0 * series * std::cos(clock * std::numbers::pi / 6.0) / k_;
        };
        const Complex one = sum(y(), m_.shunt, m_.clock);
        const bool reversed = m_.clock % 4 == 2;
        Complex zero = sum(1.0 / (m_.z + grounding()), m_.zero_shunt, reversed ? 6 : 0);
        if (!two_port())
            zero = earth_path(m_.from, m_.to, 1.0 / (k_ * k_)) / (k_ * k_) + earth_path(m_.to, m_.from, 1.0)
                   + low_susceptance(m_.from, m_.to) + low_susceptance(m_.to, m_.from);
        writer_.add_shunt(m_.id, m_.from.bus, from_sequences(one, zero));
    }

    const TransformerModel& m_;
    NetworkWriter& writer_;
    double k_;  ///< volts of the from side per volt of the to side
};

}  // namespace

void write_transformer(const TransformerModel& model, NetworkWriter& writer) { Writing(model, writer).write(); }

}  // namespace headroom::pgm
