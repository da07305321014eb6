#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formulations/network/order_columns.hpp"

namespace headroom {

/// A region in memory: the columns of a case file, one struct per group of the file (io/schema.md).
///
/// Columns, not objects: row k of every column of a group describes thing k. The buses, branches, shunts, customers and
/// orders of feeder f are the rows [offset[f], offset[f + 1]) of their groups, so a feeder is a set of ranges and a
/// region of 10 000 feeders is as few allocations as one feeder. References (from_bus, bus, line_code, ...) are row
/// numbers of the group they name, counted over the whole region.
///
/// Units are SI: W, V A, V, A, ohm, S, m, degree; time is UTC seconds. Powers are injections, positive into the
/// network; reactive power positive into the network (capacitive). Limits and caps are non-negative. NaN means "not
/// given" where the comment allows it and is a fault elsewhere (validate.hpp).

inline constexpr double not_given = std::numeric_limits<double>::quiet_NaN();

/// Phases of a bus, branch or customer: a set of conductors as bits.
namespace phase {
inline constexpr std::uint8_t a = 1, b = 2, c = 4, neutral = 8;
inline constexpr std::uint8_t abc = a | b | c;
}  // namespace phase

/// Conductors a, b, c, neutral: the order of rows and columns of every impedance and admittance matrix.
inline constexpr int conductor_count = 4;
using ConductorMatrix = std::array<std::array<double, conductor_count>, conductor_count>;

struct FeederColumns {
    std::vector<std::string> id;
    std::vector<std::int32_t> slack_bus;           ///< row of /bus: the ideal source; its impedance is a branch
    std::vector<std::int64_t> bus_offset{0};       ///< [#feeder + 1]
    std::vector<std::int64_t> branch_offset{0};    ///< [#feeder + 1]
    std::vector<std::int64_t> shunt_offset{0};     ///< [#feeder + 1]
    std::vector<std::int64_t> customer_offset{0};  ///< [#feeder + 1]
    /// [#feeder + 1]; where no feeder has orders also {0}, which is what readers make of it. Ask order_rows().
    std::vector<std::int64_t> order_offset{0};

    /// Rows [first, second) of /order that belong to the feeder, whichever form order_offset has.
    std::pair<std::int64_t, std::int64_t> order_rows(std::size_t feeder) const {
        if (order_offset.size() == 1) return {0, 0};
        return {order_offset[feeder], order_offset[feeder + 1]};
    }
};

struct BusColumns {
    std::vector<std::string> id;       ///< unique within its feeder
    std::vector<std::uint8_t> phases;  ///< bits of phase::; neutral only where it is an explicit conductor
    std::vector<double> base_voltage;  ///< V, phase to neutral, nominal, > 0
    std::vector<double> voltage_min;   ///< V, phase to neutral; times sqrt(3) for phase-to-phase quantities
    std::vector<double> voltage_max;   ///< V, > voltage_min
    std::vector<double> x, y;          ///< coordinates for drawings, any unit; NaN: not given
};

/// Series impedance and shunt admittance per metre of a line, in phase positions (a, b, c, neutral); rows and columns
/// of conductors that the line has not are zero.
struct LineCodeColumns {
    std::vector<std::string> id;
    std::vector<ConductorMatrix> r, x;  ///< ohm per m, symmetric
    std::vector<ConductorMatrix> g, b;  ///< S per m, total of the line (half sits at each end), symmetric
};

/// One or more coil pairs between two buses. Coil pair k joins from_coil[k] = (terminal, terminal) at the from bus to
/// to_coil[k] at the to bus; this says every connection (Dyn, Yyn, single-phase, centre-tap, open wye and delta) in one
/// way.
struct TransformerColumns {
    static constexpr std::int8_t unused = -1, ground = 0, terminal_a = 1, terminal_b = 2, terminal_c = 3,
                                 terminal_neutral = 4, floating_star = 5;
    using Coils = std::array<std::array<std::int8_t, 2>, 3>;
    std::vector<std::string> id;
    std::vector<Coils> from_coil, to_coil;                ///< unused coils are {-1, -1}
    std::vector<double> from_voltage, to_voltage;         ///< V, rated voltage across one coil
    std::vector<std::array<double, 3>> from_tap, to_tap;  ///< per unit of the rated voltage, > 0; 1 is nominal
    std::vector<double> r, x;               ///< ohm, series impedance of one coil pair, seen from the to side
    std::vector<double> no_load_loss;       ///< W, whole transformer at rated voltage, >= 0
    std::vector<double> magnetising_power;  ///< V A, whole transformer at rated voltage, >= 0
};

/// Where the taps of the to sides stand, in place of TransformerColumns::to_tap: [#transformer x coil] per unit of the
/// rated voltage. Empty: where that has them.
using TapPositions = std::span<const double>;

/// What moves the taps of a transformer: line-drop compensators, one per coil of the to side or one for all of them.
/// Rows are controls; a row of /transformer that has one belongs to one branch. Taps in the file are where they stand
/// before anything moves.
///
/// A control keeps  |V / pt_ratio + (r + j x) I / ct_primary|  within voltage +- band / 2: V across the coil, I from
/// the bus into it (so that r and x take off the drop up to the point that is regulated).
struct TapControlColumns {
    std::vector<std::string> id;
    std::vector<std::int32_t> transformer;  ///< row of /transformer
    std::vector<std::int8_t> coil;          ///< 0 to 2: the coil that is measured and moved
    std::vector<std::uint8_t> ganged;       ///< 1: all coils of the transformer move together
    std::vector<double> voltage, band;      ///< V behind the voltage transformer, > 0; the band's whole width
    std::vector<double> pt_ratio;           ///< > 0
    std::vector<double> ct_primary;         ///< A that make a drop of r + j x, > 0
    std::vector<double> r, x;               ///< V, any sign
    std::vector<double> delay;              ///< s, >= 0: of controls out of band those with the shortest move first
    std::vector<double> tap_min, tap_max;   ///< per unit of the rated voltage
    std::vector<double> tap_step;           ///< the same, > 0
    std::vector<double> max_steps;          ///< whole steps that it moves at once, at most; >= 1
};

enum class BranchKind : std::int8_t { line = 0, transformer = 1, regulator = 2, circuit_switch = 3 };

struct BranchColumns {
    std::vector<std::string> id;  ///< unique within its feeder
    std::vector<BranchKind> kind;
    std::vector<std::int32_t> from_bus, to_bus;  ///< rows of /bus of the same feeder
    std::vector<std::uint8_t> phases;       ///< conductors of a line or switch; terminals used at the to bus otherwise
    std::vector<std::int32_t> line_code;    ///< row of /line_code; -1 for transformers and regulators
    std::vector<double> length;             ///< m; 0 for transformers and regulators
    std::vector<std::int32_t> transformer;  ///< row of /transformer; -1 for lines and switches
    std::vector<double> rating_current;     ///< A per phase; NaN: unrated
    std::vector<double> rating_power;       ///< V A, all phases together; NaN: unrated
    std::vector<std::uint8_t> closed;       ///< 1 in service, 0 open
};

struct ShuntColumns {
    std::vector<std::string> id;
    std::vector<std::int32_t> bus;
    std::vector<ConductorMatrix> g, b;  ///< S, admittance to ground in phase positions (delta: off-diagonals)
};

enum class Connection : std::int8_t { wye = 0, delta = 1 };
enum class ReactiveMode : std::int8_t { unity = 0, power_factor = 1, range = 2, volt_var = 3 };

struct CustomerColumns {
    std::vector<std::string> id;  ///< unique within its feeder
    std::vector<std::int32_t> bus;
    std::vector<std::uint8_t> phases;    ///< bits of a, b, c; power is split equally over phases (wye) or pairs (delta)
    std::vector<Connection> connection;  ///< delta with two phases: between them; with three: three equal pairs
    std::vector<std::uint8_t> active;    ///< 1: gets an envelope; 0: passive, follows its forecast
    std::vector<double> export_cap, import_cap;          ///< W, >= 0, connection caps
    std::vector<double> nameplate;                       ///< W, installed capacity; NaN: not given
    std::vector<double> export_request, import_request;  ///< W, what the customer asks for; NaN: not given
    std::vector<double> weight;                          ///< > 0
    std::vector<ReactiveMode> reactive_mode;             ///< what Q does when the envelope's power is used
    std::vector<double> power_factor;                    ///< power_factor mode: sign(Q P) |P| / S, in [-1, 1] without 0
    std::vector<double> q_inject_max, q_absorb_max;      ///< V A, range and volt_var mode, >= 0
    std::vector<std::int32_t> volt_var;                  ///< row of /volt_var, volt_var mode; -1 otherwise
    /// V A, volt_var mode, passive customers: the curve reaches no further than what P leaves of this; NaN: not given.
    std::vector<double> apparent_max;
    std::vector<double> rated_voltage;  ///< V across the customer's terminals, of the ZIP model; NaN: the bus's base
    std::vector<std::array<double, 3>> zip_p, zip_q;  ///< shares of constant impedance, current, power; each sums to 1
};

/// Shares of a load that is the same at any voltage.
inline constexpr std::array<double, 3> constant_power{0, 0, 1};

struct VoltVarColumns {
    static constexpr int point_count = 8;
    using Points = std::array<double, point_count>;  ///< unused points at the end are NaN
    std::vector<std::string> id;
    std::vector<Points> voltage;  ///< per unit of the customer's rated voltage, strictly increasing
    std::vector<Points> q;        ///< per unit of q_inject_max (positive) or q_absorb_max (negative), in [-1, 1]
};

inline double hours_between(std::int64_t start, std::int64_t end) { return static_cast<double>(end - start) / 3600.0; }

/// One time grid with its series. Arrays are [step x column], step-major.
struct SeriesSet {
    std::string name;
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds, half-open, increasing, not overlapping
    std::vector<double> p_forecast;        ///< [#step x #customer] W, injection
    std::vector<double> q_forecast;        ///< [#step x #customer] V A, injection
    std::vector<double> slack_voltage;     ///< [#step x #feeder x 3] V, phase to neutral, at the slack bus
    std::vector<double> slack_angle;       ///< [#step x #feeder x 3] degree
    std::vector<double> price;             ///< [#step x #feeder] currency per MWh; empty: no prices
    std::vector<double> to_tap;            ///< [#step x #transformer x coil], TapPositions of each step; empty: none

    std::size_t step_count() const { return start.size(); }
    TapPositions taps(std::size_t step) const {
        const std::size_t width = step_count() == 0 ? 0 : to_tap.size() / step_count();
        return TapPositions(to_tap).subspan(step * width, width);
    }
    double hours(std::size_t step) const { return hours_between(start[step], end[step]); }
};

struct Region {
    std::string name;
    std::string currency = "EUR";
    FeederColumns feeder;
    BusColumns bus;
    LineCodeColumns line_code;
    TransformerColumns transformer;
    TapControlColumns tap_control;
    BranchColumns branch;
    ShuntColumns shunt;
    CustomerColumns customer;
    VoltVarColumns volt_var;
    OrderColumns order;
    std::vector<SeriesSet> series;  ///< the first is the default

    std::size_t feeder_count() const { return feeder.id.size(); }
    std::size_t bus_count() const { return bus.id.size(); }
    std::size_t branch_count() const { return branch.id.size(); }
    std::size_t customer_count() const { return customer.id.size(); }
    std::size_t order_count() const { return order.size(); }
};

}  // namespace headroom
