#include "formulations/flow/nested_path_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr double same_direction = 1e-12;
constexpr double path_rounding = 1e-13;  // of the largest coefficient of a voltage at a node

double positive(double a) { return std::max(a, 0.0); }

/// 2 conj(flat) / base^2: squared voltage per unit from a monitor's complex voltage.
Complex voltage_factor(const LinearNetwork& net, const LinearNetwork::Monitor& monitor) {
    const auto& node = net.nodes[static_cast<std::size_t>(monitor.node)];
    const Complex flat = (monitor.pick.transpose() * node.flat)(0);
    return 2.0 * std::conj(flat) / (monitor.base * monitor.base);
}

}  // namespace

NestedPathSums::Directions::Found NestedPathSums::Directions::find_or_add(const PhaseVector& v) {
    const double length = v.norm();
    if (!(length > 0)) return {-1, 0.0};
    const PhaseVector direction = v / length;
    for (std::size_t k = 0; k < unit.size(); ++k)
        if ((unit[k] - direction).norm() <= same_direction) return {static_cast<std::int32_t>(k), length};
    unit.push_back(direction);
    parent.push_back(-1);
    factor.push_back(0);
    shortest.push_back(std::numeric_limits<double>::infinity());
    longest.push_back(0);
    return {static_cast<std::int32_t>(unit.size() - 1), length};
}

void NestedPathSums::Directions::reach(std::int32_t index, double least, double most) {
    const auto k = static_cast<std::size_t>(index);
    shortest[k] = std::min(shortest[k], least);
    longest[k] = std::max(longest[k], most);
}

NestedPathSums::NestedPathSums(const LinearNetwork& net, std::span<const Source> sources, int limit_count)
    : net_(net),
      import_column_(static_cast<std::size_t>(limit_count), -1),
      currents_(net.nodes.size()),
      voltages_(net.nodes.size()),
      flow_sum_(net.nodes.size()),
      voltage_sum_(net.nodes.size()),
      path_sum_(net.nodes.size()),
      extent_(net.nodes.size()) {
    sums_.limit_count = limit_count;
    for (const Source& source : sources)
        import_column_[static_cast<std::size_t>(source.export_column)] = source.import_column;
    add_flows(sources);
    find_classes();
    add_voltages();
}

/// x_export and x_import of every node and direction, leaves first.
void NestedPathSums::add_flows(std::span<const Source> sources) {
    std::vector<std::vector<RowEntries>> parts(net_.nodes.size());  // exports that a sum is made of
    const auto add = [&](std::size_t node, const PhaseVector& current, std::int32_t column, double least, double most) {
        const Directions::Found found = currents_[node].find_or_add(current);
        parts[node].resize(currents_[node].count());
        if (found.index < 0) return found;
        parts[node][static_cast<std::size_t>(found.index)].emplace_back(column, found.length);
        currents_[node].reach(found.index, found.length * least, found.length * most);
        return found;
    };
    for (const Source& source : sources)
        add(static_cast<std::size_t>(source.node), source.current, source.export_column, 1.0, 1.0);
    for (std::size_t i = net_.nodes.size(); i-- > 1;) {
        Directions& here = currents_[i];
        for (std::size_t d = 0; d < here.count(); ++d) {
            for (const bool exports : {true, false}) {
                for (const auto& [column, length] : parts[i][d])
                    sums_.sum.add(exports ? column : import_of(column), length);
                sums_.sum.end();
            }
            const std::int32_t column = column_of_sum(sums_.sum_count() - 2);
            flow_sum_[i].push_back(column);
            const auto above =
                add(static_cast<std::size_t>(net_.nodes[i].parent), net_.nodes[i].edge.turns.transpose() * here.unit[d],
                    column, here.shortest[d], here.longest[d]);
            here.parent[d] = above.index;
            here.factor[d] = above.length;
        }
    }
}

/// Which voltages are monitored at or below each node, seen from there.
void NestedPathSums::find_classes() {
    class_of_.resize(net_.monitors.size());
    for (std::size_t m = 0; m < net_.monitors.size(); ++m) {
        const auto& monitor = net_.monitors[m];
        class_of_[m] =
            voltages_[static_cast<std::size_t>(monitor.node)].find_or_add(voltage_factor(net_, monitor) * monitor.pick);
    }
    for (std::size_t i = net_.nodes.size(); i-- > 1;) {
        Directions& here = voltages_[i];
        for (std::size_t c = 0; c < here.count(); ++c) {
            const auto above = voltages_[static_cast<std::size_t>(net_.nodes[i].parent)].find_or_add(
                net_.nodes[i].edge.turns.transpose() * here.unit[c]);
            here.parent[c] = above.index;
            here.factor[c] = above.length;
        }
    }
}

/// u of every node and monitored voltage, the slack bus first. Path sums F obey F_child = N F_parent + Z' g_child.
void NestedPathSums::add_voltages() {
    std::vector<std::vector<PhaseVector>> functional(net_.nodes.size());
    functional[0].assign(voltages_[0].count(), PhaseVector::Zero());
    path_sum_[0].assign(voltages_[0].count() * currents_[0].count(), 0.0);
    voltage_sum_[0].assign(voltages_[0].count(), -1);
    extent_[0].assign(voltages_[0].count(), {std::numeric_limits<double>::infinity(), 0.0, 0.0});
    for (std::size_t i = 1; i < net_.nodes.size(); ++i) {
        const auto& node = net_.nodes[i];
        const Directions& here = voltages_[i];
        for (std::size_t c = 0; c < here.count(); ++c) {
            PhaseVector f = node.edge.impedance.transpose() * here.unit[c];
            if (here.parent[c] >= 0)
                f += here.factor[c]
                     * (node.edge.turns
                        * functional[static_cast<std::size_t>(node.parent)][static_cast<std::size_t>(here.parent[c])]);
            functional[i].push_back(f);
            add_voltage(i, c, functional[i]);
        }
    }
}

/// u of one voltage at a node. @param functional  F of the node's voltages so far
void NestedPathSums::add_voltage(std::size_t node, std::size_t voltage_class,
                                 const std::vector<PhaseVector>& functional) {
    const Directions &currents = currents_[node], &voltages = voltages_[node];
    const std::size_t count = currents.count(), parent = static_cast<std::size_t>(net_.nodes[node].parent);
    const std::int32_t above = voltages.parent[voltage_class];
    const double factor = voltages.factor[voltage_class];
    std::vector<double> a(count), from_parent(count, 0.0);
    double largest = 0;
    for (std::size_t d = 0; d < count; ++d) {
        a[d] = (functional[voltage_class].transpose() * currents.unit[d])(0).real();
        largest = std::max(largest, std::abs(a[d]));
        if (above >= 0 && currents.parent[d] >= 0)
            from_parent[d] = factor * currents.factor[d]
                             * path_sum_[parent][static_cast<std::size_t>(above) * currents_[parent].count()
                                                 + static_cast<std::size_t>(currents.parent[d])];
    }
    for (double& value : a)
        if (std::abs(value) <= path_rounding * largest) value = 0;
    extent_[node].push_back(extent_of(currents, a));
    if (above >= 0) widen(extent_[node].back(), extent_[parent][static_cast<std::size_t>(above)], factor);
    path_sum_[node].insert(path_sum_[node].end(), a.begin(), a.end());
    voltage_sum_[node].push_back(column_of_sum(sums_.sum_count()));
    for (const bool upper : {true, false}) {
        if (above >= 0 && voltage_sum_[parent][static_cast<std::size_t>(above)] >= 0)
            sums_.sum.add(voltage_sum_[parent][static_cast<std::size_t>(above)] + (upper ? 0 : 1), factor);
        for (std::size_t d = 0; d < count; ++d) {
            const double rise = positive(a[d]) - positive(from_parent[d]),
                         fall = positive(-a[d]) - positive(-from_parent[d]);
            const std::int32_t exports = flow_sum_[node][d];
            if (rise != 0) sums_.sum.add(upper ? exports : import_of(exports), rise);
            if (fall != 0) sums_.sum.add(upper ? import_of(exports) : exports, fall);
        }
        sums_.sum.end();
    }
}

NestedPathSums::Extent NestedPathSums::extent_of(const Directions& currents, std::span<const double> a) {
    Extent extent{std::numeric_limits<double>::infinity(), 0.0, 0.0};
    for (std::size_t d = 0; d < a.size(); ++d) {
        if (a[d] == 0) continue;
        extent.least = std::min(extent.least, std::abs(a[d]) * currents.shortest[d]);
        extent.most = std::max(extent.most, std::abs(a[d]) * currents.longest[d]);
    }
    extent.large = extent.most;
    return extent;
}

/// Customers off the path add entries of the nodes above. Where the node has customers of its own, their entries are
/// entries of the row; those of the node above may be of customers that hang deeper, so they only bound.
void NestedPathSums::widen(Extent& extent, const Extent& above, double factor) {
    extent.least = std::min(extent.least, factor * above.least);
    extent.most = std::max(extent.most, factor * above.most);
    if (extent.large == 0) extent.large = factor * above.large;
}

NestedPathSums::Extent NestedPathSums::voltage_extent(std::size_t monitor) const {
    const auto [index, length] = class_of_[monitor];
    Extent extent{std::numeric_limits<double>::infinity(), 0.0, 0.0};
    if (index < 0) return extent;
    widen(extent, extent_[static_cast<std::size_t>(net_.monitors[monitor].node)][static_cast<std::size_t>(index)],
          length);
    return extent;
}

NestedPathSums::Extent NestedPathSums::flow_extent(std::int32_t node, const PhaseVector& functional) const {
    const Directions& currents = currents_[static_cast<std::size_t>(node)];
    return extent_of(currents, flow_effects(currents, functional));
}

std::pair<double, double> NestedPathSums::largest_flow(std::int32_t node, const PhaseVector& functional) const {
    const Directions& currents = currents_[static_cast<std::size_t>(node)];
    double whole = 0, across = 0;
    for (std::size_t d = 0; d < currents.count(); ++d) {
        const Complex effect = currents.longest[d] * (functional.transpose() * currents.unit[d].conjugate())(0);
        whole = std::max(whole, std::abs(effect));
        across = std::max(across, std::abs(effect.imag()));
    }
    return {whole, across};
}

/// Re(functional' J) of each direction; 0 for what is rounding.
std::vector<double> NestedPathSums::flow_effects(const Directions& currents, const PhaseVector& functional) {
    std::vector<double> a;
    double largest = 0;
    for (const PhaseVector& unit : currents.unit) {
        a.push_back((functional.transpose() * unit)(0).real());
        largest = std::max(largest, std::abs(a.back()));
    }
    for (double& value : a)
        if (std::abs(value) <= path_rounding * largest) value = 0;
    return a;
}

RowEntries NestedPathSums::voltage(std::size_t monitor, bool upper) const {
    const auto node = static_cast<std::size_t>(net_.monitors[monitor].node);
    const auto [index, length] = class_of_[monitor];
    const std::int32_t column = index < 0 ? -1 : voltage_sum_[node][static_cast<std::size_t>(index)];
    if (column < 0) return {};
    return {{column + (upper ? 0 : 1), length}};
}

RowEntries NestedPathSums::flow(std::int32_t node, const PhaseVector& functional) const {
    const auto i = static_cast<std::size_t>(node);
    const std::vector<double> a = flow_effects(currents_[i], functional);
    RowEntries entries;
    for (std::size_t d = 0; d < a.size(); ++d) {
        if (a[d] == 0) continue;
        entries.emplace_back(a[d] > 0 ? flow_sum_[i][d] : import_of(flow_sum_[i][d]), std::abs(a[d]));
    }
    return entries;
}

NestedRows NestedPathSums::nested(std::span<const RowEntries> rows) const {
    NestedRows all = sums_;
    std::vector<std::int32_t> every;
    for (const RowEntries& entries : rows) {
        every.push_back(all.row_count());
        for (const auto& [column, value] : entries) all.row.add(column, value);
        all.row.end();
    }
    return with_rows(all, every);
}

}  // namespace headroom
