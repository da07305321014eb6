#include "formulations/network/graft_feeders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "formulations/network/graft_checks.hpp"
#include "formulations/network/region_columns.hpp"
#include "formulations/network/validate.hpp"

namespace headroom {
namespace {

using Rows = std::vector<std::int64_t>;

/// Rows of a group in their new order, and the feeder that each is named after; null: it keeps its name.
struct Group {
    Rows row;
    std::vector<const std::string*> feeder;

    void add(std::int64_t old_row, const std::string* named_after) {
        row.push_back(old_row);
        feeder.push_back(named_after);
    }
    std::int64_t count() const { return static_cast<std::int64_t>(row.size()); }
};

/// "f/b12" for b12 of feeder f.
void rename(std::vector<std::string>& names, const Group& group) {
    for (std::size_t k = 0; k < names.size(); ++k) {
        if (group.feeder[k] == nullptr) continue;
        names[k] = fmt::format("{}/{}", *group.feeder[k], names[k]);
        if (names[k].size() > id_bytes_max)
            throw GraftFault(fmt::format("feeder '{}': identifier '{}' has {} bytes in the tree, and at most {} fit",
                                         *group.feeder[k], names[k], names[k].size(), id_bytes_max));
    }
}

/// The rows of a group in their new order, under their new names.
template <class Columns> Columns chosen(const Columns& columns, const Group& group) {
    Columns some = picked(columns, group.row);
    rename(some.id, group);
    return some;
}

/// Where each row went; -1: nowhere.
std::vector<std::int32_t> places(const Rows& rows, std::size_t count) {
    std::vector<std::int32_t> place(count, -1);
    for (std::size_t k = 0; k < rows.size(); ++k)
        place[static_cast<std::size_t>(rows[k])] = static_cast<std::int32_t>(k);
    return place;
}

/// Numbers that tell groups apart inside a feeder, told apart in the tree: `shift` is what the feeders before took.
void shift_groups(std::span<std::int32_t> numbers, std::int32_t& shift) {
    std::int32_t next = shift;
    for (std::int32_t& number : numbers) {
        if (number < 0) continue;
        number += shift;
        next = std::max(next, number + 1);
    }
    shift = next;
}

/// One feeder of the new region and where it came from.
struct Source {
    std::size_t feeder;
    const Graft* graft;  ///< null: its own root
};

class Grafting {
public:
    Grafting(const Region& region, std::size_t onto, std::span<const Graft> grafts) : old_(region) {
        std::vector<char> grafted(region.feeder_count(), 0);
        for (const Graft& graft : grafts) grafted[graft.feeder] = 1;
        for (std::size_t f = 0; f < region.feeder_count(); ++f) {
            if (grafted[f] != 0) continue;
            trees_.push_back({{f, nullptr}});
            if (f != onto) continue;
            for (const Graft& graft : grafts) trees_.back().push_back({graft.feeder, &graft});
        }
    }

    Region run() {
        new_.name = old_.name;
        new_.currency = old_.currency;
        new_.line_code = old_.line_code;
        new_.transformer = old_.transformer;
        new_.tap_control = old_.tap_control;
        new_.volt_var = old_.volt_var;
        choose_rows();
        pick_buses();
        pick_branches();
        pick_shunts();
        pick_customers();
        pick_orders();
        for (const SeriesSet& series : old_.series) pick_series(series);
        return std::move(new_);
    }

private:
    /// Rows of every group in their new order, and the offsets of the new feeders.
    void choose_rows() {
        std::vector<char> gone(old_.customer_count(), 0);
        for (const auto& tree : trees_)
            for (const Source& source : tree)
                if (source.graft != nullptr)
                    for (const std::int64_t k : source.graft->replaced) gone[static_cast<std::size_t>(k)] = 1;
        for (const auto& tree : trees_) {
            roots_.push_back(static_cast<std::int64_t>(tree.front().feeder));
            for (const Source& source : tree) take(source, gone);
            end_feeder();
        }
    }
    void take(const Source& source, const std::vector<char>& gone) {
        const FeederColumns& feeder = old_.feeder;
        const std::string* const name = source.graft == nullptr ? nullptr : &feeder.id[source.feeder];
        const bool loses_source = source.graft != nullptr && source.graft->transformer < 0;
        const auto each = [&](const std::vector<std::int64_t>& offset, const auto& act) {
            for (auto k = offset[source.feeder]; k < offset[source.feeder + 1]; ++k) act(k);
        };
        each(feeder.bus_offset, [&](std::int64_t k) {
            if (!loses_source || k != feeder.slack_bus[source.feeder]) bus_.add(k, name);
        });
        each(feeder.branch_offset, [&](std::int64_t k) { branch_.add(k, name); });
        if (source.graft != nullptr && !loses_source) branch_.add(add_transformer(source), name);
        each(feeder.shunt_offset, [&](std::int64_t k) { shunt_.add(k, name); });
        each(feeder.customer_offset, [&](std::int64_t k) {
            if (gone[static_cast<std::size_t>(k)] == 0) customer_.add(k, name);
        });
        const auto [first, last] = feeder.order_rows(source.feeder);
        for (auto k = first; k < last; ++k) order_.add(k, name);
    }
    void end_feeder() {
        FeederColumns& feeder = new_.feeder;
        feeder.bus_offset.push_back(bus_.count());
        feeder.branch_offset.push_back(branch_.count());
        feeder.shunt_offset.push_back(shunt_.count());
        feeder.customer_offset.push_back(customer_.count());
        if (old_.feeder.order_offset.size() > 1) feeder.order_offset.push_back(order_.count());
    }

    /// A branch that the old region has not: its row counts on from the last one.
    std::int64_t add_transformer(const Source& source) {
        added_.push_back(&source);
        return static_cast<std::int64_t>(old_.branch_count() + added_.size()) - 1;
    }

    void pick_buses() {
        new_.bus = chosen(old_.bus, bus_);
        bus_place_ = places(bus_.row, old_.bus_count());
        for (const auto& tree : trees_)
            for (const Source& source : tree)
                if (source.graft != nullptr && source.graft->transformer < 0)
                    bus_place_[static_cast<std::size_t>(old_.feeder.slack_bus[source.feeder])] =
                        bus_place_[static_cast<std::size_t>(source.graft->bus)];
        new_.feeder.id = picked(old_.feeder.id, roots_);
        new_.feeder.slack_bus = picked(old_.feeder.slack_bus, roots_);
        translate(new_.feeder.slack_bus, bus_place_);
    }

    void pick_branches() {
        BranchColumns from = old_.branch;
        for (const Source* source : added_) append_transformer(*source, from);
        new_.branch = chosen(from, branch_);
        translate(new_.branch.from_bus, bus_place_);
        translate(new_.branch.to_bus, bus_place_);
    }

    void append_transformer(const Source& source, BranchColumns& branch) const {
        const Graft& graft = *source.graft;
        const auto type = static_cast<std::size_t>(graft.transformer);
        std::uint8_t phases = 0;
        for (const auto& coil : old_.transformer.to_coil[type])
            for (const std::int8_t terminal : coil)
                if (terminal >= TransformerColumns::terminal_a && terminal <= TransformerColumns::terminal_neutral)
                    phases |= static_cast<std::uint8_t>(1u << (terminal - 1));
        branch.id.push_back("transformer");
        branch.kind.push_back(BranchKind::transformer);
        branch.from_bus.push_back(graft.bus);
        branch.to_bus.push_back(old_.feeder.slack_bus[source.feeder]);
        branch.phases.push_back(phases);
        branch.line_code.push_back(-1);
        branch.length.push_back(0);
        branch.transformer.push_back(graft.transformer);
        branch.rating_current.push_back(not_given);
        branch.rating_power.push_back(graft.rating_power);
        branch.closed.push_back(1);
    }

    void pick_shunts() {
        new_.shunt = chosen(old_.shunt, shunt_);
        translate(new_.shunt.bus, bus_place_);
    }

    void pick_customers() {
        new_.customer = chosen(old_.customer, customer_);
        // A load rated at its source's base keeps it where the bus it moves to has another one.
        for (std::size_t k = 0; k < customer_.row.size(); ++k) keep_rating(k);
        translate(new_.customer.bus, bus_place_);
    }
    void keep_rating(std::size_t k) {
        const auto before = static_cast<std::size_t>(new_.customer.bus[k]),
                   after = static_cast<std::size_t>(bus_place_[before]);
        const bool moved = bus_.row[after] != static_cast<std::int64_t>(before);
        if (!moved || !std::isnan(new_.customer.rated_voltage[k])) return;
        const bool delta = new_.customer.connection[k] == Connection::delta;
        new_.customer.rated_voltage[k] = (delta ? std::numbers::sqrt3 : 1.0) * old_.bus.base_voltage[before];
    }

    void pick_orders() {
        new_.order = chosen(old_.order, order_);
        translate(new_.order.customer, places(customer_.row, old_.customer_count()));
        translate(new_.order.parent, places(order_.row, old_.order_count()));
        std::size_t first = 0;
        for (const auto& tree : trees_) {
            std::int32_t blocks = 0, groups = 0;
            for (const Source& source : tree) {
                const auto [begin, end] = old_.feeder.order_rows(source.feeder);
                const auto count = static_cast<std::size_t>(end - begin);
                shift_groups(std::span(new_.order.block).subspan(first, count), blocks);
                shift_groups(std::span(new_.order.exclusive_group).subspan(first, count), groups);
                first += count;
            }
        }
    }

    void pick_series(const SeriesSet& from) {
        SeriesSet& to = new_.series.emplace_back();
        to.name = from.name;
        to.start = from.start;
        to.end = from.end;
        pick_columns(from.p_forecast, old_.customer_count(), customer_.row, 1, to.p_forecast);
        pick_columns(from.q_forecast, old_.customer_count(), customer_.row, 1, to.q_forecast);
        pick_columns(from.slack_voltage, old_.feeder_count(), roots_, 3, to.slack_voltage);
        pick_columns(from.slack_angle, old_.feeder_count(), roots_, 3, to.slack_angle);
        pick_columns(from.price, old_.feeder_count(), roots_, 1, to.price);
        to.to_tap = from.to_tap;
    }
    /// [#step x #column x width] of chosen columns.
    static void pick_columns(const std::vector<double>& from, std::size_t count, const Rows& columns, std::size_t width,
                             std::vector<double>& to) {
        const std::size_t steps = count == 0 ? 0 : from.size() / (count * width);
        to.reserve(steps * columns.size() * width);
        for (std::size_t t = 0; t < steps; ++t)
            for (const std::int64_t column : columns)
                for (std::size_t k = 0; k < width; ++k)
                    to.push_back(from[(t * count + static_cast<std::size_t>(column)) * width + k]);
    }

    const Region& old_;
    std::vector<std::vector<Source>> trees_;  ///< [#new feeder] its root first
    Rows roots_;                              ///< [#new feeder]
    Group bus_, branch_, shunt_, customer_, order_;
    std::vector<const Source*> added_;  ///< transformers, numbered on from the old branches
    std::vector<std::int32_t> bus_place_;
    Region new_;
};

}  // namespace

Region graft_feeders(const Region& region, std::size_t onto, std::span<const Graft> grafts) {
    check_grafts(region, onto, grafts);
    return Grafting(region, onto, grafts).run();
}

}  // namespace headroom
