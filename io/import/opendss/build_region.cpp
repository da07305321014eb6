#include "io/import/opendss/build_region.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <set>
#include <unordered_set>

#include <fmt/format.h>
#include <Eigen/LU>

#include "io/import/active_selection.hpp"
#include "io/import/opendss/base_voltage.hpp"
#include "io/import/opendss/bus_table.hpp"
#include "io/import/opendss/dead_conductors.hpp"
#include "io/import/opendss/line_constants.hpp"

namespace headroom::opendss {
namespace {

using Complex = std::complex<double>;
using Coils = TransformerColumns::Coils;

class Builder {
public:
    Builder(const Circuit& circuit, const Models& models, const OpenDssOptions& options, ImportReport& report)
        : circuit_(circuit), models_(models), options_(options), report_(report) {
        region_.name = circuit.name;
    }

    Region build() {
        collect_nodes();
        add_source();
        add_lines();
        for (const TransformerUnit& unit : models_.units) add_unit(unit);
        add_antifloat_of_from_sides();
        for (const ShuntModel& shunt : models_.shunts) add_shunt(shunt);
        ground_neutrals();
        add_customers();
        add_buses();
        add_feeder();
        return std::move(region_);
    }

private:
    void collect_nodes() {
        buses_.use(slack_name(), 1);
        for (const int node : models_.source.phases) buses_.use(models_.source.bus, node);
        for (const LineModel& line : models_.lines)
            for (const BusRef* end : {&line.from, &line.to})
                for (const int node : end->nodes) buses_.use(end->bus, node);
        for (const TransformerUnit& unit : models_.units) {
            collect_nodes(unit.from);
            collect_nodes(unit.to);
        }
        for (const ShuntModel& shunt : models_.shunts)
            for (const BusRef* end : {&shunt.from, &shunt.to})
                for (const int node : end->nodes)
                    if (shunt.series || node != 0) buses_.use(end->bus, node);
        for (const CustomerModel& customer : models_.customers)
            for (const int node : customer.bus.nodes) buses_.use(customer.bus.bus, node);
    }

    void collect_nodes(const WindingModel& winding) {
        for (const auto& coil : winding.coil) {
            buses_.use(winding.bus, coil[0]);
            if (winding.star_node < 0) buses_.use(winding.bus, coil[1]);  // a star point counts once
        }
        if (winding.star_node >= 0) buses_.use(winding.bus, winding.star_node);
    }

    std::string slack_name() const { return models_.source.name + "_ideal"; }

    /// Names are unique per class in OpenDSS, ids per group here: the first class keeps its name.
    static std::string unique_id(std::unordered_set<std::string>& taken, const std::string& name,
                                 const std::string& kind) {
        std::string id = name;
        if (!taken.insert(id).second) id = kind + "." + name;
        for (int k = 2; id != name && !taken.insert(id).second; ++k) id = fmt::format("{}.{}#{}", kind, name, k);
        return id;
    }

    void push_branch(const std::string& id, BranchKind kind, int from, int to, std::uint8_t phases, int line_code,
                     double length) {
        BranchColumns& b = region_.branch;
        b.id.push_back(id);
        b.kind.push_back(kind);
        b.from_bus.push_back(from);
        b.to_bus.push_back(to);
        b.phases.push_back(phases);
        b.line_code.push_back(line_code);
        b.length.push_back(length);
        b.transformer.push_back(-1);
        b.rating_current.push_back(not_given);
        b.rating_power.push_back(not_given);
        b.closed.push_back(1);
    }

    /// Matrices with row k at conductor position terminal[k] - 1.
    int line_code_row(const std::string& name, const std::vector<int>& terminal, const Eigen::MatrixXcd& z,
                      const Eigen::MatrixXd& b) {
        ConductorMatrix parts[4] = {};  // r, x, g, b
        for (std::size_t i = 0; i < terminal.size(); ++i)
            for (std::size_t j = 0; j < terminal.size(); ++j) {
                parts[0][terminal[i] - 1][terminal[j] - 1] = z(i, j).real();
                parts[1][terminal[i] - 1][terminal[j] - 1] = z(i, j).imag();
                parts[3][terminal[i] - 1][terminal[j] - 1] = b(i, j);
            }
        std::string key(sizeof parts, '\0');
        std::memcpy(key.data(), parts, sizeof parts);
        LineCodeColumns& codes = region_.line_code;
        const auto [entry, is_new] = line_code_rows_.try_emplace(key, static_cast<int>(codes.id.size()));
        if (!is_new) return entry->second;
        std::string id = name;
        if (line_code_ids_.contains(id)) {
            id += "@";
            for (const int t : terminal) id += "abcn"[t - 1];
        }
        codes.id.push_back(unique_id(line_code_ids_, id, "line"));
        codes.r.push_back(parts[0]);
        codes.x.push_back(parts[1]);
        codes.g.push_back(parts[2]);
        codes.b.push_back(parts[3]);
        return entry->second;
    }

    void add_source() {
        const SourceModel& source = models_.source;
        std::uint8_t phases = 0;
        std::vector<int> terminal;
        for (const int node : source.phases) {
            terminal.push_back(buses_.terminal(source.bus, node, source.where));
            buses_.terminal(slack_name(), node, source.where);
            phases = static_cast<std::uint8_t>(phases | (1u << (node - 1)));
        }
        const Eigen::MatrixXd none = Eigen::MatrixXd::Zero(source.z.rows(), source.z.cols());
        const std::string id = source.name + "_impedance";
        const int code = line_code_row(id, terminal, source.z, none);
        // A source without impedance is a closed switch: a line of less than 1e-9 ohm would be a fault.
        const bool stiff = source.z.diagonal().cwiseAbs().maxCoeff() < 1e-9;
        push_branch(unique_id(branch_ids_, id, "vsource"), stiff ? BranchKind::circuit_switch : BranchKind::line,
                    buses_.row(slack_name()), buses_.row(source.bus), phases, code, 1.0);
        add_level_edge({});
    }

    void add_level_edge(LevelEdge edge) {
        edge.from = region_.branch.from_bus.back();
        edge.to = region_.branch.to_bus.back();
        edge.closed = region_.branch.closed.back() != 0;
        levels_.push_back(edge);
    }

    /// Conductors that are grounded at both ends carry the return current: they are eliminated.
    static void eliminate_grounded(const std::vector<int>& terminal, Eigen::MatrixXcd& z, Eigen::MatrixXd& b) {
        std::vector<int> order;
        for (std::size_t k = 0; k < terminal.size(); ++k)
            if (terminal[k] != 0) order.push_back(static_cast<int>(k));
        const auto keep = static_cast<int>(order.size());
        for (std::size_t k = 0; k < terminal.size(); ++k)
            if (terminal[k] == 0) order.push_back(static_cast<int>(k));
        const Eigen::MatrixXcd ordered = z(order, order);
        const Eigen::MatrixXd ordered_b = b(order, order);
        z = kron_reduced(ordered, keep);
        b = ordered_b.topLeftCorner(keep, keep);
    }

    /// Terminal of a conductor that has nodes `from` and `to`. What is grounded at one end and the neutral at the other
    /// is the neutral: the grounded end gets one, tied to ground.
    int line_terminal(const LineModel& line, int from_node, int to_node) {
        if (from_node == 0 && to_node > 3) return join_neutral(line, line.from.bus, line.to.bus, to_node);
        if (to_node == 0 && from_node > 3) return join_neutral(line, line.to.bus, line.from.bus, from_node);
        const int from = buses_.terminal(line.from.bus, from_node, line.where);
        if (from == buses_.terminal(line.to.bus, to_node, line.where)) return from;
        fail(line.where, fmt::format("line.{} joins node {} to node {}: conductors must keep their phase", line.name,
                                     from_node, to_node));
    }

    int join_neutral(const LineModel& line, const std::string& earthed_bus, const std::string& bus, int node) {
        report_.note("conductors that are grounded at one end and a neutral at the other: grounded through 1e-6 ohm");
        buses_.terminal(bus, node, line.where);
        return buses_.earthed_neutral(earthed_bus, line.where);
    }

    std::vector<int> line_terminals(const LineModel& line) {
        std::vector<int> terminal;
        for (std::size_t k = 0; k < line.from.nodes.size(); ++k)
            terminal.push_back(line_terminal(line, line.from.nodes[k], line.to.nodes[k]));
        for (std::size_t k = 0; k < terminal.size(); ++k)
            if (terminal[k] != 0 && std::ranges::count(terminal, terminal[k]) > 1)
                fail(line.where, fmt::format("line.{} uses node {} twice", line.name, line.from.nodes[k]));
        return terminal;
    }

    /// Less than a closed switch may have: what OpenDSS users write for one, 1e-10 ohm and the like.
    static bool without_impedance(const LineModel& line, const Eigen::MatrixXcd& z) {
        return z.diagonal().cwiseAbs().maxCoeff() * line.length < 1e-9;
    }

    void add_lines() {
        const std::set<BusNode> dead = dead_nodes(models_.lines, buses_);
        if (!dead.empty()) report_.note("conductors beside the phases that lead to nothing are left out");
        for (const LineModel& line : models_.lines) add_line(without_dead_conductors(line, dead));
    }

    void add_line(const LineModel& line) {
        if (line.from.bus == line.to.bus)
            fail(line.where, fmt::format("line.{} begins and ends at the same bus", line.name));
        std::vector<int> terminal = line_terminals(line);
        Eigen::MatrixXcd z = line.z;
        Eigen::MatrixXd b = line.b;
        eliminate_grounded(terminal, z, b);
        std::erase(terminal, 0);
        if (terminal.empty()) fail(line.where, fmt::format("line.{} has no conductor that is not grounded", line.name));
        std::uint8_t phases = 0;
        for (const int t : terminal) phases = static_cast<std::uint8_t>(phases | (1u << (t - 1)));
        const int code = line_code_row(line.code, terminal, z, b);
        const bool tiny = !line.is_switch && without_impedance(line, z);
        if (tiny) report_.note("lines below 1e-9 ohm are taken as closed switches");
        push_branch(unique_id(branch_ids_, line.name, "line"),
                    line.is_switch || tiny ? BranchKind::circuit_switch : BranchKind::line, buses_.row(line.from.bus),
                    buses_.row(line.to.bus), phases, code, line.length);
        if (line.rating_current > 0.0) region_.branch.rating_current.back() = line.rating_current;
        region_.branch.closed.back() = line.closed ? 1 : 0;
        add_level_edge({});
    }

    void ground_neutrals() {
        constexpr double siemens = 1e6;
        for (std::size_t k = 0; k < buses_.names().size(); ++k) {
            if (!buses_.has_earthed_neutral(k)) continue;
            ConductorMatrix g{};
            g[3][3] = siemens;
            region_.shunt.id.push_back(unique_id(shunt_ids_, buses_.names()[k] + "_ground", "neutral"));
            region_.shunt.bus.push_back(static_cast<std::int32_t>(k));
            region_.shunt.g.push_back(g);
            region_.shunt.b.push_back({});
        }
    }

    /// Coils of one side in terminals; a star point that nothing else touches floats.
    Coils coils(const WindingModel& winding, const Location& where) {
        Coils result;
        result.fill({TransformerColumns::unused, TransformerColumns::unused});
        const bool floats = floating_star(winding);
        for (std::size_t k = 0; k < winding.coil.size(); ++k) {
            const auto [head, tail] = winding.coil[k];
            result[k][0] = static_cast<std::int8_t>(buses_.terminal(winding.bus, head, where));
            result[k][1] = floats ? TransformerColumns::floating_star
                                  : static_cast<std::int8_t>(buses_.terminal(winding.bus, tail, where));
            if (result[k][0] == result[k][1]) fail(where, "a transformer coil begins and ends at the same node");
        }
        return result;
    }

    bool floating_star(const WindingModel& winding) const {
        return winding.star_node >= 4 && winding.neutral_r < 0.0 && buses_.is_lonely(winding.bus, winding.star_node);
    }

    static double line_to_neutral(const WindingModel& winding) {
        const auto& [head, tail] = winding.coil.front();
        const bool between_phases = winding.star_node < 0 && head >= 1 && head <= 3 && tail >= 1 && tail <= 3;
        return winding.voltage / (between_phases ? std::numbers::sqrt3 : 1.0);
    }

    void add_unit(const TransformerUnit& unit) {
        if (unit.from.bus == unit.to.bus)
            fail(unit.where, fmt::format("transformer.{} has both windings at one bus", unit.name));
        TransformerColumns& t = region_.transformer;
        const Coils from = coils(unit.from, unit.where), to = coils(unit.to, unit.where);
        std::uint8_t phases = 0;
        for (const auto& coil : to)
            for (const std::int8_t end : coil)
                if (end >= 1 && end <= 4) phases = static_cast<std::uint8_t>(phases | (1u << (end - 1)));
        const std::string id = unique_id(branch_ids_, unit.name, "transformer");
        push_branch(id, unit.regulated ? BranchKind::regulator : BranchKind::transformer, buses_.row(unit.from.bus),
                    buses_.row(unit.to.bus), phases, -1, 0.0);
        region_.branch.transformer.back() = static_cast<std::int32_t>(t.id.size());
        region_.branch.rating_power.back() = 1000.0 * unit.kva;
        t.id.push_back(id);
        t.from_coil.push_back(from);
        t.to_coil.push_back(to);
        t.from_voltage.push_back(unit.from.voltage);
        t.to_voltage.push_back(unit.to.voltage);
        t.from_tap.push_back(taps(unit.from));
        t.to_tap.push_back(taps(unit.to));
        t.r.push_back(unit.r);
        t.x.push_back(unit.x);
        t.no_load_loss.push_back(unit.no_load_loss);
        t.magnetising_power.push_back(unit.magnetising_power);
        for (const TapControlModel& control : unit.controls)
            add_tap_control(control, static_cast<std::int32_t>(t.id.size()) - 1);
        add_level_edge({0, 0, line_to_neutral(unit.from), line_to_neutral(unit.to), true});
        if (unit.to_star_bus) fictitious_.insert(unit.to.bus);
        add_neutral_impedance(unit.from, id + "_from_neutral", unit.where);
        add_neutral_impedance(unit.to, id + "_to_neutral", unit.where);
        if (floats(unit.to) && !unit.from_star_bus) add_antifloat(unit.to, id + "_antifloat", unit.where);
        for (const auto& [coil, y] : unit.cores)
            add_shunt({id + "_core",
                       unit.where,
                       {unit.to.bus, {coil[0]}},
                       {unit.to.bus, {coil[1]}},
                       Eigen::MatrixXcd::Constant(1, 1, y)});
    }

    void add_tap_control(const TapControlModel& control, std::int32_t transformer) {
        TapControlColumns& c = region_.tap_control;
        c.id.push_back(control.name);
        c.transformer.push_back(transformer);
        c.coil.push_back(static_cast<std::int8_t>(control.coil));
        c.ganged.push_back(control.ganged ? 1 : 0);
        c.voltage.push_back(control.voltage);
        c.band.push_back(control.band);
        c.pt_ratio.push_back(control.pt_ratio);
        c.ct_primary.push_back(control.ct_primary);
        c.r.push_back(control.r);
        c.x.push_back(control.x);
        c.delay.push_back(control.delay);
        c.tap_min.push_back(control.tap_min);
        c.tap_max.push_back(control.tap_max);
        c.tap_step.push_back(control.tap_step);
        c.max_steps.push_back(control.max_steps);
    }

    static std::array<double, 3> taps(const WindingModel& winding) {
        std::array<double, 3> result{1.0, 1.0, 1.0};
        std::ranges::copy(winding.tap, result.begin());
        return result;
    }

    void add_neutral_impedance(const WindingModel& winding, const std::string& id, const Location& where) {
        if (winding.star_node < 4 || winding.neutral_r < 0.0) return;
        const Complex z(winding.neutral_r, winding.neutral_x);
        const Complex y = std::abs(z) < 1e-6 ? Complex(1e6, 0.0) : 1.0 / z;
        ShuntModel shunt{
            id, where, {winding.bus, {winding.star_node}}, {winding.bus, {0}}, Eigen::MatrixXcd::Constant(1, 1, y)};
        add_shunt(shunt);
    }

    /// A winding without a path to ground lets its network float. OpenDSS ties both windings by a millionth of the
    /// rating (ppm_antifloat); the same is put here, only where it matters: at to sides, and at from sides that float.
    void add_antifloat(const WindingModel& winding, const std::string& id, const Location& where) {
        ShuntModel shunt{id, where, {winding.bus, {}}, {winding.bus, {}}, {}};
        for (const auto& coil : winding.coil)
            for (const int node : coil) {
                if (node < 1 || node > 3) continue;
                shunt.from.nodes.push_back(node);
                shunt.to.nodes.push_back(0);
            }
        const auto ends = static_cast<Eigen::Index>(shunt.to.nodes.size());
        shunt.y = Eigen::MatrixXcd::Identity(ends, ends) * Complex(0.0, -winding.antifloat);
        report_.note("windings without a ground get OpenDSS's anti-float admittance (ppm_antifloat) as a shunt");
        add_shunt(shunt);
    }

    bool floats(const WindingModel& winding) const {
        const bool delta = std::ranges::all_of(winding.coil, [](const auto& c) { return c[0] != 0 && c[1] != 0; });
        return (delta || floating_star(winding)) && winding.antifloat > 0.0;
    }

    /// Buses that lines join to a winding without a path to ground.
    std::vector<bool> floating_buses() const {
        const BranchColumns& branch = region_.branch;
        std::vector<bool> floating(buses_.names().size(), false);
        for (const TransformerUnit& unit : models_.units)
            if (floats(unit.to) && !unit.from_star_bus) floating[buses_.row(unit.to.bus)] = true;
        for (bool grows = true; grows;) {
            grows = false;
            for (std::size_t k = 0; k < branch.id.size(); ++k) {
                if (branch.transformer[k] >= 0 || !branch.closed[k]) continue;
                if (floating[branch.from_bus[k]] == floating[branch.to_bus[k]]) continue;
                floating[branch.from_bus[k]] = floating[branch.to_bus[k]] = grows = true;
            }
        }
        return floating;
    }

    void add_antifloat_of_from_sides() {
        const std::vector<bool> floating = floating_buses();
        for (const TransformerUnit& unit : models_.units)
            if (floats(unit.from) && !unit.to_star_bus && floating[buses_.row(unit.from.bus)])
                add_antifloat(unit.from, unit.name + "_from_antifloat", unit.where);
    }

    void add_shunt(const ShuntModel& shunt) {
        if (shunt.series) return add_series_shunt(shunt);
        const auto pairs = shunt.y.rows();
        Eigen::MatrixXcd incidence =
            Eigen::MatrixXcd::Zero(pairs, conductor_count);  // volts across pairs, of terminals
        for (Eigen::Index k = 0; k < pairs; ++k) {
            const int from = buses_.terminal(shunt.from.bus, shunt.from.nodes[k], shunt.where);
            const int to = buses_.terminal(shunt.from.bus, shunt.to.nodes[k], shunt.where);
            if (from == to) fail(shunt.where, shunt.name + " begins and ends at the same node");
            if (from != 0) incidence(k, from - 1) += 1.0;
            if (to != 0) incidence(k, to - 1) -= 1.0;
        }
        const Eigen::MatrixXcd y = incidence.transpose() * shunt.y * incidence;
        ConductorMatrix g{}, b{};
        for (int i = 0; i < conductor_count; ++i)
            for (int j = 0; j < conductor_count; ++j) {
                g[i][j] = y(i, j).real();
                b[i][j] = y(i, j).imag();
            }
        region_.shunt.id.push_back(unique_id(shunt_ids_, shunt.name, "shunt"));
        region_.shunt.bus.push_back(buses_.row(shunt.from.bus));
        region_.shunt.g.push_back(g);
        region_.shunt.b.push_back(b);
    }

    /// A capacitor or reactor in series is a line of one metre.
    void add_series_shunt(const ShuntModel& shunt) {
        LineModel line{shunt.name, shunt.name, shunt.where, shunt.from, shunt.to, {}, {}, 1.0, not_given, false, true};
        const Eigen::FullPivLU<Eigen::MatrixXcd> admittance(shunt.y);
        if (!admittance.isInvertible()) fail(shunt.where, shunt.name + ": a series element without admittance");
        line.z = admittance.inverse();
        line.b = Eigen::MatrixXd::Zero(shunt.y.rows(), shunt.y.cols());
        add_line(line);
    }

    /// Phases and connection of a customer from its nodes.
    std::pair<std::uint8_t, Connection> customer_phases(const CustomerModel& c) {
        std::vector<int> terminal;
        for (const int node : c.bus.nodes) terminal.push_back(buses_.terminal(c.bus.bus, node, c.where));
        const bool one_phase = c.phases == 1;
        const auto is_phase = [](int t) { return t >= 1 && t <= 3; };
        if (one_phase && terminal[0] == 0) std::swap(terminal[0], terminal[1]);
        const bool between = one_phase && is_phase(terminal[1]);
        std::uint8_t phases = 0;
        const std::size_t count = one_phase ? (between ? 2 : 1) : c.phases;
        for (std::size_t k = 0; k < count; ++k) {
            const auto bit =
                is_phase(terminal[k]) ? static_cast<std::uint8_t>(1u << (terminal[k] - 1)) : std::uint8_t{0};
            if (bit == 0 || (phases & bit) != 0)
                fail(c.where,
                     fmt::format("{}.{}: its phases must be different nodes from 1 to 3", c.class_name, c.name));
            phases = static_cast<std::uint8_t>(phases | bit);
        }
        const bool to_ground = !c.delta && !between && terminal.back() == 0;
        grounded_customer_ = grounded_customer_ || to_ground;
        return {phases, between || (c.delta && !one_phase) ? Connection::delta : Connection::wye};
    }

    void add_customers() {
        const ActiveSelection active(options_.active);
        region_.volt_var = models_.inverters.curves;
        std::int64_t position = 0;
        for (const CustomerModel& c : models_.customers) {
            const auto [phases, connection] = customer_phases(c);
            const bool is_load = c.class_name == "load";
            const std::string id = unique_id(customer_ids_, c.name, c.class_name);
            CustomerColumns& columns = region_.customer;
            columns.id.push_back(id);
            columns.bus.push_back(buses_.row(c.bus.bus));
            columns.phases.push_back(phases);
            columns.connection.push_back(connection);
            columns.active.push_back(active.contains(id, is_load ? position++ : -1) ? 1 : 0);
            columns.export_cap.push_back(options_.export_cap);
            columns.import_cap.push_back(options_.import_cap);
            columns.nameplate.push_back(c.nameplate);
            columns.export_request.push_back(not_given);
            columns.import_request.push_back(not_given);
            columns.weight.push_back(1.0);
            columns.reactive_mode.push_back(c.volt_var < 0 ? ReactiveMode::unity : ReactiveMode::volt_var);
            columns.power_factor.push_back(1.0);
            columns.q_inject_max.push_back(c.q_max);
            columns.q_absorb_max.push_back(c.q_max);
            columns.volt_var.push_back(c.volt_var);
            columns.apparent_max.push_back(c.volt_var < 0 || columns.active.back() ? not_given : c.apparent_max);
            columns.rated_voltage.push_back(c.rated_voltage);
            columns.zip_p.push_back(c.zip_p);
            columns.zip_q.push_back(c.zip_q);
        }
        active.require_all_used(customer_ids_);
    }

    void add_buses() {
        const auto count = static_cast<int>(buses_.names().size());
        std::vector<bool> fictitious(count, false);
        for (const std::string& name : fictitious_) fictitious[buses_.row(name)] = true;
        std::vector<double> bases;
        for (const double kv : circuit_.voltage_bases)
            if (kv > 0.0) bases.push_back(1000.0 * kv / std::numbers::sqrt3);
        std::vector<std::pair<int, double>> seeds;
        for (const CustomerModel& c : models_.customers)
            seeds.emplace_back(buses_.row(c.bus.bus), c.rated_voltage / (c.delta ? std::numbers::sqrt3 : 1.0));
        BusColumns& b = region_.bus;
        b.id = buses_.names();
        b.phases = buses_.phases();
        b.base_voltage = base_voltages(count, buses_.row(slack_name()), models_.source.base_voltage, levels_, seeds,
                                       bases, fictitious, report_);
        for (int k = 0; k < count; ++k) {
            const auto own = circuit_.bus_bases.find(b.id[k]);
            if (own != circuit_.bus_bases.end()) b.base_voltage[k] = own->second;
            b.voltage_min.push_back(options_.voltage_pu_min * b.base_voltage[k]);
            b.voltage_max.push_back(options_.voltage_pu_max * b.base_voltage[k]);
            const auto place = circuit_.coordinates.find(b.id[k]);
            b.x.push_back(place == circuit_.coordinates.end() ? not_given : place->second.first);
            b.y.push_back(place == circuit_.coordinates.end() ? not_given : place->second.second);
        }
        if (options_.customer_voltage) set_customer_band(*options_.customer_voltage);
        const bool neutral = std::ranges::any_of(b.phases, [](std::uint8_t p) { return (p & phase::neutral) != 0; });
        if (neutral && grounded_customer_)
            report_.note(
                "a feeder with explicit neutrals has wye customers whose return is ground: where their bus has a "
                "neutral, they are taken as connected to it");
    }

    void set_customer_band(std::pair<double, double> band) {
        BusColumns& b = region_.bus;
        std::vector<double> levels;
        for (const std::int32_t bus : region_.customer.bus)
            if (std::ranges::find(levels, b.base_voltage[bus]) == levels.end()) levels.push_back(b.base_voltage[bus]);
        for (std::size_t k = 0; k < b.id.size(); ++k) {
            const auto same = [&](double level) { return std::abs(b.base_voltage[k] - level) <= 0.01 * level; };
            if (std::ranges::none_of(levels, same)) continue;
            b.voltage_min[k] = band.first;
            b.voltage_max[k] = band.second;
        }
    }

    void add_feeder() {
        FeederColumns& f = region_.feeder;
        f.id.push_back(options_.feeder_id.empty() ? circuit_.name : options_.feeder_id);
        f.slack_bus.push_back(buses_.row(slack_name()));
        f.bus_offset.push_back(static_cast<std::int64_t>(region_.bus_count()));
        f.branch_offset.push_back(static_cast<std::int64_t>(region_.branch_count()));
        f.shunt_offset.push_back(static_cast<std::int64_t>(region_.shunt.id.size()));
        f.customer_offset.push_back(static_cast<std::int64_t>(region_.customer_count()));
    }

    const Circuit& circuit_;
    const Models& models_;
    const OpenDssOptions& options_;
    ImportReport& report_;
    Region region_;
    BusTable buses_;
    std::unordered_map<std::string, int> line_code_rows_;  ///< by the bytes of its matrices
    std::unordered_set<std::string> line_code_ids_, branch_ids_, shunt_ids_, customer_ids_, fictitious_;
    std::vector<LevelEdge> levels_;
    bool grounded_customer_ = false;
};

}  // namespace

Region build_network(const Circuit& circuit, const Models& models, const OpenDssOptions& options,
                     ImportReport& report) {
    return Builder(circuit, models, options, report).build();
}

}  // namespace headroom::opendss
