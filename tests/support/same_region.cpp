#include "tests/support/same_region.hpp"

#include <cstring>

namespace headroom::test {
namespace {

bool same(const std::vector<std::string>& one, const std::vector<std::string>& other) { return one == other; }

template <class T> bool same(const std::vector<T>& one, const std::vector<T>& other) {
    return one.size() == other.size()
           && (one.empty() || std::memcmp(one.data(), other.data(), one.size() * sizeof(T)) == 0);
}

/// Compares pairs of columns and keeps the name of the first that differ.
class Comparison {
public:
    template <class T> Comparison& operator()(const char* name, const T& one, const T& other) {
        if (first_.empty() && !same(one, other)) first_ = name;
        return *this;
    }
    const std::string& first() const { return first_; }

private:
    std::string first_;
};

void compare_network(const Region& a, const Region& b, Comparison& compare) {
    compare("feeder.id", a.feeder.id, b.feeder.id)("slack_bus", a.feeder.slack_bus, b.feeder.slack_bus)(
        "bus_offset", a.feeder.bus_offset, b.feeder.bus_offset)(
        "branch_offset", a.feeder.branch_offset, b.feeder.branch_offset)("shunt_offset", a.feeder.shunt_offset,
                                                                         b.feeder.shunt_offset)(
        "customer_offset", a.feeder.customer_offset, b.feeder.customer_offset)("order_offset", a.feeder.order_offset,
                                                                               b.feeder.order_offset);
    compare("bus.id", a.bus.id, b.bus.id)("bus.phases", a.bus.phases, b.bus.phases)(
        "base_voltage", a.bus.base_voltage, b.bus.base_voltage)("voltage_min", a.bus.voltage_min, b.bus.voltage_min)(
        "voltage_max", a.bus.voltage_max, b.bus.voltage_max)("bus.x", a.bus.x, b.bus.x)("bus.y", a.bus.y, b.bus.y);
    compare("line_code.id", a.line_code.id, b.line_code.id)("line_code.r", a.line_code.r, b.line_code.r)(
        "line_code.x", a.line_code.x, b.line_code.x)("line_code.g", a.line_code.g, b.line_code.g)(
        "line_code.b", a.line_code.b, b.line_code.b);
    const auto &t = a.transformer, &u = b.transformer;
    compare("transformer.id", t.id, u.id)("from_coil", t.from_coil, u.from_coil)("to_coil", t.to_coil, u.to_coil)(
        "from_voltage", t.from_voltage, u.from_voltage)("to_voltage", t.to_voltage, u.to_voltage)(
        "from_tap", t.from_tap, u.from_tap)("to_tap", t.to_tap, u.to_tap)("transformer.r", t.r, u.r)(
        "transformer.x", t.x, u.x)("no_load_loss", t.no_load_loss, u.no_load_loss)(
        "magnetising_power", t.magnetising_power, u.magnetising_power);
    const auto &g = a.tap_control, &h = b.tap_control;
    compare("tap_control.id", g.id, h.id)("tap_control.transformer", g.transformer, h.transformer)(
        "tap_control.coil", g.coil, h.coil)("ganged", g.ganged, h.ganged)("tap_control.voltage", g.voltage, h.voltage)(
        "band", g.band, h.band)("pt_ratio", g.pt_ratio, h.pt_ratio)("ct_primary", g.ct_primary, h.ct_primary)(
        "tap_control.r", g.r, h.r)("tap_control.x", g.x, h.x)("delay", g.delay, h.delay)(
        "tap_min", g.tap_min, h.tap_min)("tap_max", g.tap_max, h.tap_max)("tap_step", g.tap_step, h.tap_step)(
        "max_steps", g.max_steps, h.max_steps);
    const auto &e = a.branch, &f = b.branch;
    compare("branch.id", e.id, f.id)("kind", e.kind, f.kind)("from_bus", e.from_bus, f.from_bus)(
        "to_bus", e.to_bus, f.to_bus)("branch.phases", e.phases, f.phases)("branch.line_code", e.line_code,
                                                                           f.line_code)("length", e.length, f.length)(
        "branch.transformer", e.transformer, f.transformer)("rating_current", e.rating_current, f.rating_current)(
        "rating_power", e.rating_power, f.rating_power)("closed", e.closed, f.closed);
    compare("shunt.id", a.shunt.id, b.shunt.id)("shunt.bus", a.shunt.bus, b.shunt.bus)("shunt.g", a.shunt.g, b.shunt.g)(
        "shunt.b", a.shunt.b, b.shunt.b);
    compare("volt_var.id", a.volt_var.id, b.volt_var.id)("volt_var.voltage", a.volt_var.voltage, b.volt_var.voltage)(
        "volt_var.q", a.volt_var.q, b.volt_var.q);
}

void compare_customers(const CustomerColumns& a, const CustomerColumns& b, Comparison& compare) {
    compare("customer.id", a.id, b.id)("customer.bus", a.bus, b.bus)("customer.phases", a.phases, b.phases)(
        "connection", a.connection, b.connection)("active", a.active, b.active)(
        "export_cap", a.export_cap, b.export_cap)("import_cap", a.import_cap, b.import_cap)(
        "nameplate", a.nameplate, b.nameplate)("export_request", a.export_request, b.export_request)(
        "import_request", a.import_request, b.import_request)("weight", a.weight, b.weight)(
        "reactive_mode", a.reactive_mode, b.reactive_mode)("power_factor", a.power_factor, b.power_factor)(
        "q_inject_max", a.q_inject_max, b.q_inject_max)("q_absorb_max", a.q_absorb_max, b.q_absorb_max)(
        "volt_var", a.volt_var, b.volt_var)("apparent_max", a.apparent_max, b.apparent_max)(
        "rated_voltage", a.rated_voltage, b.rated_voltage)("zip_p", a.zip_p, b.zip_p)("zip_q", a.zip_q, b.zip_q);
}

void compare_orders(const OrderColumns& a, const OrderColumns& b, Comparison& compare) {
    compare("order.id", a.id, b.id)("order.customer", a.customer, b.customer)("side", a.side, b.side)(
        "limit", a.limit, b.limit)("first_step", a.first_step, b.first_step)("last_step", a.last_step, b.last_step)(
        "quantity", a.quantity, b.quantity)("order.price", a.price, b.price)("arrival", a.arrival, b.arrival)(
        "expiry", a.expiry, b.expiry)("min_fill", a.min_fill, b.min_fill)("all_or_none", a.all_or_none, b.all_or_none)(
        "time_in_force", a.time_in_force, b.time_in_force)("block", a.block, b.block)(
        "exclusive_group", a.exclusive_group, b.exclusive_group)("parent", a.parent, b.parent)(
        "conditional", a.conditional, b.conditional);
}

void compare_series(const SeriesSet& a, const SeriesSet& b, Comparison& compare) {
    compare("series.name", std::vector{a.name}, std::vector{b.name})("start", a.start, b.start)("end", a.end, b.end)(
        "p_forecast", a.p_forecast, b.p_forecast)("q_forecast", a.q_forecast, b.q_forecast)(
        "slack_voltage", a.slack_voltage, b.slack_voltage)("slack_angle", a.slack_angle, b.slack_angle)(
        "price", a.price, b.price)("series.to_tap", a.to_tap, b.to_tap);
}

}  // namespace

std::string difference(const Region& one, const Region& other) {
    Comparison compare;
    compare("name, currency", std::vector{one.name, one.currency}, std::vector{other.name, other.currency});
    compare_network(one, other, compare);
    compare_customers(one.customer, other.customer, compare);
    compare_orders(one.order, other.order, compare);
    if (one.series.size() != other.series.size()) return "number of series";
    for (std::size_t s = 0; s < one.series.size(); ++s) compare_series(one.series[s], other.series[s], compare);
    return compare.first();
}

}  // namespace headroom::test
