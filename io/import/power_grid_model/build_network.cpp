#include "io/import/power_grid_model/build_network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <unordered_map>
#include <unordered_set>

#include "io/errors.hpp"
#include "io/import/active_selection.hpp"
#include "io/import/power_grid_model/line_model.hpp"
#include "io/import/power_grid_model/network_writer.hpp"
#include "io/import/power_grid_model/source_model.hpp"
#include "io/import/power_grid_model/transformer_model.hpp"

namespace headroom::pgm {
namespace {

class Builder {
public:
    Builder(const Dataset& dataset, const std::string& name, const PowerGridModelOptions& options, ImportReport& report)
        : dataset_(dataset), options_(options), report_(report), writer_(name, options), active_(options.active) {}

    Region build() {
        require_known_types();
        for_each("node", [&](const Component& c) {
            buses_.emplace(c.id(), writer_.add_bus(c.name(), c.positive("u_rated") / std::numbers::sqrt3));
        });
        for_each("line", [&](const Component& c) { add_line(c, line_model(c, options_.frequency, report_)); });
        for_each("asym_line", [&](const Component& c) { add_line(c, asym_line_model(c, options_.frequency)); });
        for_each("link", [&](const Component& c) { add_link(c); });
        for_each("transformer", [&](const Component& c) {
            write_transformer(transformer_model(c, bus(c, "from_node"), bus(c, "to_node")), writer_);
        });
        for_each("three_winding_transformer", [&](const Component& c) { add_three_windings(c); });
        for_each("generic_branch", [&](const Component& c) { add_generic_branch(c); });
        for_each("shunt", [&](const Component& c) { add_shunt(c); });
        for (const char* type : {"sym_load", "asym_load"})
            for_each(type, [&](const Component& c) { add_load(c, true); });
        for (const char* type : {"sym_gen", "asym_gen"})
            for_each(type, [&](const Component& c) { add_load(c, false); });
        for_each("voltage_regulator", [&](const Component& c) { refuse_voltage_regulator(c); });
        active_.require_all_used(customer_ids_);
        Region region = add_sources();
        report_what_was_not_asked();
        return region;
    }

private:
    template <class Use> void for_each(const char* type, Use use) {
        for (const Component& component : dataset_.of(type)) {
            use(component);
            report_.understand(type, component.name());
        }
    }

    static bool is_read(const std::string& type) {
        static const std::unordered_set<std::string> types{"node",           "line",
                                                           "asym_line",      "link",
                                                           "transformer",    "three_winding_transformer",
                                                           "generic_branch", "shunt",
                                                           "sym_load",       "asym_load",
                                                           "sym_gen",        "asym_gen",
                                                           "source",         "voltage_regulator"};
        return types.contains(type);
    }

    /// What a power flow with fixed taps has no use for.
    static bool is_left_out(const std::string& type) {
        static const std::unordered_set<std::string> types{
            "sym_voltage_sensor", "asym_voltage_sensor", "sym_power_sensor",          "asym_power_sensor",
            "sym_current_sensor", "asym_current_sensor", "transformer_tap_regulator", "fault"};
        return types.contains(type);
    }

    void require_known_types() {
        for (const auto& [type, list] : dataset_.components) {
            if (is_read(type)) continue;
            if (!is_left_out(type))
                throw InputError(fmt::format("{}: the component type '{}' is not known", dataset_.file, type));
            for (const Component& component : list) report_.skip(type, component.name());
            if (type == "transformer_tap_regulator" && !list.empty())
                report_.note("transformers with a tap regulator stay at their tap_pos");
        }
    }

    int bus(const Component& component, const std::string& attribute) const {
        const int id = component.integer(attribute);
        const auto found = buses_.find(id);
        if (found == buses_.end()) component.fail(fmt::format("{} {} is no node", attribute, id));
        return found->second;
    }

    bool same_level(int from, int to) const {
        const double u = writer_.base_voltage(from), other = writer_.base_voltage(to);
        return std::abs(u - other) <= 1e-9 * u;
    }

    void add_line(const Component& component, const LineModel& line) {
        const int from = bus(component, "from_node"), to = bus(component, "to_node");
        const bool from_on = component.status("from_status"), to_on = component.status("to_status");
        if (!same_level(from, to)) component.fail("its nodes must have the same u_rated");
        const bool both = from_on && to_on, loop = from == to;
        if (!loop) writer_.add_line(component.name(), from, to, line.z, line.y, both, line.rating_current);
        if (loop) report_.note("lines from a node to itself are the shunts that they make there");
        if (both && loop) writer_.add_shunt(component.name(), from, line.y);
        if (from_on != to_on)
            writer_.add_shunt(component.name() + "_open_end", from_on ? from : to, open_end(line.z, line.y));
    }

    void add_link(const Component& component) {
        const int from = bus(component, "from_node"), to = bus(component, "to_node");
        const bool closed = component.status("from_status") && component.status("to_status");
        if (from == to) return report_.skip("link from a node to itself", component.name());
        if (same_level(from, to)) return writer_.add_switch(component.name(), from, to, closed);
        report_.note("links between voltage levels are transformers of 1e-7 p.u. at 1 MV A");
        const double u = writer_.base_voltage(to);
        add_ratio(component, 1.0, 0, {1e-7 * 3.0 * u * u / 1e6, 0.0}, 0.0);
    }

    /// A branch with a ratio of voltages per unit and a shift; z and y on the to side.
    void add_ratio(const Component& component, double ratio, int clock, Complex z, Complex y) {
        const int from = bus(component, "from_node"), to = bus(component, "to_node");
        const auto u = [&](int row) { return writer_.base_voltage(row) * std::numbers::sqrt3; };
        const Winding other = clock % 2 == 0 ? Winding::wye_n : Winding::delta;
        TransformerModel model{component.name(),
                               {from, component.status("from_status"), u(from), ratio, Winding::wye_n, {}},
                               {to, component.status("to_status"), u(to), 1.0, other, {}}};
        model.clock = clock;
        model.z = z;
        model.shunt = model.zero_shunt = y;
        const double sn = component.number("sn", 0.0);
        if (sn > 0.0) model.rating_power = sn;
        write_transformer(model, writer_);
    }

    void add_generic_branch(const Component& component) {
        const int from = bus(component, "from_node"), to = bus(component, "to_node");
        const Complex z(component.not_negative("r1"), component.number("x1"));
        const Complex y(component.number("g1"), component.number("b1"));
        const double ratio = component.number("k", 1.0);
        const double twelfths = component.number("theta", 0.0) * 6.0 / std::numbers::pi;
        if (!(ratio > 0.0)) component.fail("k must be positive");
        if (z == 0.0) component.fail("r1 and x1 must not both be 0");
        if (!(std::abs(twelfths - std::round(twelfths)) <= 1e-9))
            component.fail("theta must be a multiple of 30 degrees, as windings of a case shift");
        const int clock = (static_cast<int>(std::round(std::fmod(twelfths, 12.0))) + 12) % 12;
        report_.note("generic branches have no zero sequence of their own: it is taken as the positive one");
        if (same_level(from, to) && ratio == 1.0 && clock == 0) {
            static_cast<void>(component.number("sn", 0.0));
            return add_line(component, {from_sequences(z, z), from_sequences(y, y), not_given});
        }
        add_ratio(component, ratio, clock, z, y);
    }

    void add_three_windings(const Component& component) {
        const std::array<int, 3> rows{bus(component, "node_1"), bus(component, "node_2"), bus(component, "node_3")};
        const int centre = writer_.add_bus(component.name() + "_centre", writer_.base_voltage(rows[0]));
        for (const TransformerModel& model : three_winding_models(component, rows, centre))
            write_transformer(model, writer_);
    }

    /// False, with a line in the report, for what is switched off.
    bool in_service(const Component& component) {
        if (component.status("status")) return true;
        report_.skip(component.type() + " out of service", component.name());
        return false;
    }

    void add_shunt(const Component& component) {
        const int row = bus(component, "node");
        const Complex one(component.number("g1"), component.number("b1"));
        const Complex zero(component.number("g0", one.real()), component.number("b0", one.imag()));
        if (!component.has("g0") || !component.has("b0"))
            report_.note("shunts without zero sequence have that of their positive one");
        if (in_service(component)) writer_.add_shunt(component.name(), row, from_sequences(one, zero));
    }

    void add_load(const Component& component, bool is_load) {
        constexpr std::array<std::array<double, 3>, 3> shares{{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}};  // by `type`
        const int row = bus(component, "node"), type = component.integer("type");
        if (type < 0 || type > 2) component.fail(fmt::format("type must be 0 to 2, is {}", type));
        const double sign = is_load ? -1.0 : 1.0;
        Customer customer{component.name(), row, phase::abc, false, 0.0, 0.0, shares[static_cast<std::size_t>(type)]};
        std::array<double, 3> p{}, q{};
        const bool by_phase = component.type().starts_with("asym");
        if (by_phase) {
            p = component.phases("p_specified");
            q = component.phases("q_specified");
        } else {
            customer.p = sign * component.number("p_specified");
            customer.q = sign * component.number("q_specified");
        }
        if (!in_service(component)) return;
        const bool alike = p[0] == p[1] && p[1] == p[2] && q[0] == q[1] && q[1] == q[2];
        const std::int64_t position = is_load ? loads_++ : -1;
        if (by_phase && !alike) return add_by_phase(customer, p, q, sign, position);
        if (by_phase) {
            customer.p = 3.0 * sign * p[0];
            customer.q = 3.0 * sign * q[0];
        }
        add_customer(customer, position);
    }

    /// One customer for each phase that has power, as a customer splits its own evenly.
    void add_by_phase(Customer customer, const std::array<double, 3>& p, const std::array<double, 3>& q, double sign,
                      std::int64_t position) {
        const std::string id = customer.id;
        for (std::size_t k = 0; k < 3; ++k) {
            if (p[k] == 0.0 && q[k] == 0.0) continue;
            customer.id = fmt::format("{}_{}", id, "abc"[k]);
            customer.phases = static_cast<std::uint8_t>(phase::a << k);
            customer.p = sign * p[k];
            customer.q = sign * q[k];
            add_customer(customer, position);
        }
    }

    void add_customer(Customer& customer, std::int64_t position) {
        customer.active = active_.contains(customer.id, position);
        customer_ids_.insert(customer.id);
        writer_.add_customer(customer);
    }

    void refuse_voltage_regulator(const Component& component) {
        const int id = component.integer("regulated_object");
        if (in_service(component))
            component.fail(fmt::format("it keeps the voltage at {}: a case has no customers with given voltage", id));
    }

    std::vector<SourceModel> sources() {
        std::vector<SourceModel> models;
        for_each("source", [&](const Component& c) {
            const int row = bus(c, "node");
            const SourceModel model = source_model(c, row, writer_.base_voltage(row));
            if (!in_service(c)) return;
            const auto same = std::ranges::find(models, row, &SourceModel::bus);
            if (same == models.end()) return models.push_back(model);
            report_.note("sources at one node are one: their voltages and impedances together");
            join(*same, model);
        });
        if (models.empty()) throw InputError(fmt::format("{}: no source is in service", dataset_.file));
        return models;
    }

    /// The first source is ideal at a bus of its own, from which the impedances of all lead on.
    Region add_sources() {
        const std::vector<SourceModel> models = sources();
        const SourceModel& first = models.front();
        const int slack = writer_.add_bus(first.id + "_ideal", writer_.base_voltage(first.bus));
        for (const SourceModel& source : models) add_source(source, first, slack);
        return writer_.finish(slack, first.voltage);
    }

    void add_source(const SourceModel& source, const SourceModel& first, int slack) {
        const Complex ratio = source.voltage / first.voltage;
        if (std::abs(std::arg(ratio)) > 1e-12)
            throw InputError(
                fmt::format("{}: source {}: its angle is not that of source {}, and a feeder of a case has "
                            "one source",
                            dataset_.file, source.id, first.id));
        const std::string id = source.id + "_impedance";
        constexpr double least = 1e-9;  // ohm: nearer to zero than that a line is a switch
        if (std::abs(ratio - 1.0) > 1e-15) return add_source_behind_ratio(source, std::abs(first.voltage), slack);
        if (std::abs(from_sequences(source.z, source.zero)(0, 0)) < least)
            return writer_.add_switch(id, slack, source.bus, true);
        writer_.add_line(id, slack, source.bus, from_sequences(source.z, source.zero), PhaseMatrix::Zero(), true);
    }

    /// Another voltage than that of the first source: behind an ideal ratio, of which a part of the impedance is made.
    void add_source_behind_ratio(const SourceModel& source, double slack_voltage, int slack) {
        report_.note("sources of other voltages are transformers at the first one's bus");
        const int inner = writer_.add_bus(source.id + "_ideal", writer_.base_voltage(source.bus));
        const double share = 0.5 * std::min(1.0, std::abs(source.zero) / std::abs(source.z));
        NetworkWriter::Transformer t{};
        for (std::int8_t k = 0; k < 3; ++k)
            t.from_coil[static_cast<std::size_t>(k)] = t.to_coil[static_cast<std::size_t>(k)] = {
                static_cast<std::int8_t>(TransformerColumns::terminal_a + k), TransformerColumns::ground};
        t.from_voltage = slack_voltage;
        t.to_voltage = std::abs(source.voltage);
        t.z = share * source.z;
        writer_.add_transformer(source.id + "_ratio", slack, inner, t, true);
        writer_.add_line(source.id + "_impedance", inner, source.bus, from_sequences(source.z - t.z, source.zero - t.z),
                         PhaseMatrix::Zero(), true);
    }

    /// Attributes that no model has a use for, as many as there are.
    void report_what_was_not_asked() {
        for (const auto& [type, list] : dataset_.components) {
            if (is_left_out(type)) continue;
            for (const Component& component : list)
                for (const std::string& attribute : component.unasked())
                    report_.skip(fmt::format("{}.{}", type, attribute), component.name());
        }
    }

    const Dataset& dataset_;
    const PowerGridModelOptions& options_;
    ImportReport& report_;
    NetworkWriter writer_;
    ActiveSelection active_;
    std::unordered_map<int, int> buses_;  ///< rows, by the node's id
    std::unordered_set<std::string> customer_ids_;
    std::int64_t loads_ = 0;
};

}  // namespace

Region build_network(const Dataset& dataset, const std::string& name, const PowerGridModelOptions& options,
                     ImportReport& report) {
    return Builder(dataset, name, options, report).build();
}

}  // namespace headroom::pgm
