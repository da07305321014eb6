#include "formulations/network/merge_regions.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <numeric>
#include <utility>

#include "formulations/network/region_columns.hpp"
#include "formulations/network/series_taps.hpp"
#include "formulations/network/shared_table.hpp"
#include "formulations/network/unique_names.hpp"

namespace headroom {
namespace {

class Merger {
public:
    explicit Merger(std::vector<Region> parts) : parts_(std::move(parts)) {}

    Region merge() {
        region_.name = parts_.front().name;
        region_.currency = parts_.front().currency;
        for (Region& part : parts_) add_feeders(part);
        for (Region& part : parts_) add_tables(part);
        add_rows(&Region::bus);
        add_rows(&Region::branch);
        add_rows(&Region::shunt);
        add_rows(&Region::customer);
        add_rows(&Region::order);
        for (std::size_t s = 0; s < parts_.front().series.size(); ++s) add_series(s);
        if (region_.feeder.order_offset.back() == 0) region_.feeder.order_offset = {0};
        return std::move(region_);
    }

private:
    /// Rows of /feeder, and references of the part's other groups to rows that follow each other.
    void add_feeders(Region& part) {
        FeederColumns& to = region_.feeder;
        auto& [id, slack_bus, bus_offset, branch_offset, shunt_offset, customer_offset, order_offset] = part.feeder;
        const std::int64_t buses = to.bus_offset.back();
        for (auto* references :
             {&slack_bus, &part.branch.from_bus, &part.branch.to_bus, &part.shunt.bus, &part.customer.bus})
            count_from(*references, buses);
        count_from(part.order.customer, to.customer_offset.back());
        count_from(part.order.parent, to.order_offset.back());

        if (order_offset.size() != id.size() + 1) order_offset.assign(id.size() + 1, 0);
        const auto add_offset = [](std::vector<std::int64_t>& offset, const std::vector<std::int64_t>& more) {
            const std::int64_t base = offset.back();
            for (std::size_t k = 1; k < more.size(); ++k) offset.push_back(base + more[k]);
        };
        add_offset(to.bus_offset, bus_offset);
        add_offset(to.branch_offset, branch_offset);
        add_offset(to.shunt_offset, shunt_offset);
        add_offset(to.customer_offset, customer_offset);
        add_offset(to.order_offset, order_offset);
        to.slack_bus.insert(to.slack_bus.end(), slack_bus.begin(), slack_bus.end());
        feeders_.push_back(id.size());
        customers_.push_back(part.customer_count());
        to.id.insert(to.id.end(), std::make_move_iterator(id.begin()), std::make_move_iterator(id.end()));
    }

    void add_tables(Region& part) {
        const std::vector<bool> moved = moved_transformers(part);
        translate(part.branch.line_code, line_codes_.add(std::exchange(part.line_code, {})));
        const std::vector<std::int32_t>& transformers =
            transformer_rows_.emplace_back(transformers_.add(std::exchange(part.transformer, {}), moved));
        translate(part.branch.transformer, transformers);
        translate(part.tap_control.transformer, transformers);
        translate(part.customer.volt_var, volt_vars_.add(std::exchange(part.volt_var, {})));
        for (std::string& id : part.tap_control.id) id = controls_.take(id);
        append_rows(region_.tap_control, std::move(part.tap_control));
    }

    /// Rows of /transformer whose taps a control or a series moves.
    static std::vector<bool> moved_transformers(const Region& part) {
        std::vector<bool> moved(part.transformer.id.size(), false);
        for (const std::int32_t row : part.tap_control.transformer) moved[static_cast<std::size_t>(row)] = true;
        for (const SeriesSet& series : part.series)
            for (std::size_t k = 0; k < series.to_tap.size(); ++k) {
                const std::size_t row = k / 3 % moved.size();
                if (series.to_tap[k] != part.transformer.to_tap[row][k % 3]) moved[row] = true;
            }
        return moved;
    }

    template <class Group> void add_rows(Group Region::*group) {
        std::size_t rows = 0;
        for (const Region& part : parts_) rows += (part.*group).id.size();
        each_pair(region_.*group, region_.*group, [&](auto& column, auto&) { column.reserve(rows); });
        for (Region& part : parts_) append_rows(region_.*group, std::move(part.*group));
    }

    void add_series(std::size_t s) {
        SeriesSet& first = parts_.front().series[s];
        SeriesSet& to = region_.series.emplace_back();
        to.name = first.name;
        to.start = first.start;
        to.end = first.end;
        const bool prices = !first.price.empty();
        to.p_forecast = joined(s, &SeriesSet::p_forecast, customers_, 1);
        to.q_forecast = joined(s, &SeriesSet::q_forecast, customers_, 1);
        to.slack_voltage = joined(s, &SeriesSet::slack_voltage, feeders_, 3);
        to.slack_angle = joined(s, &SeriesSet::slack_angle, feeders_, 3);
        if (prices) to.price = joined(s, &SeriesSet::price, feeders_, 1);
        const auto moves_taps = [s](const Region& part) { return !part.series[s].to_tap.empty(); };
        if (std::ranges::any_of(parts_, moves_taps)) to.to_tap = joined_taps(s);
    }

    /// Where no part moves them, taps are those of the table.
    std::vector<double> joined_taps(std::size_t s) {
        const std::size_t steps = region_.series.back().step_count(), width = 3 * region_.transformer.id.size();
        std::vector<double> all = standing_taps(region_.transformer, steps);
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            const std::vector<double> own = std::exchange(parts_[part].series[s].to_tap, {});
            const std::vector<std::int32_t>& rows = transformer_rows_[part];
            for (std::size_t k = 0; k < own.size(); ++k) {
                const std::size_t step = k / (3 * rows.size());
                all[step * width + 3 * static_cast<std::size_t>(rows[k / 3 % rows.size()]) + k % 3] = own[k];
            }
        }
        return all;
    }

    /// One array [#step x #column] of those of the parts, which are emptied.
    /// @param things  [#part] customers or feeders, of which each has so many columns
    std::vector<double> joined(std::size_t s, std::vector<double> SeriesSet::*array,
                               const std::vector<std::size_t>& things, std::size_t columns_of_each) {
        const std::size_t total = columns_of_each * std::accumulate(things.begin(), things.end(), std::size_t{0});
        const std::size_t steps = region_.series.back().step_count();
        std::vector<double> all(steps * total);
        std::size_t begin = 0;
        for (std::size_t k = 0; k < parts_.size(); ++k) {
            const std::vector<double> part = std::exchange(parts_[k].series[s].*array, {});
            const std::size_t width = things[k] * columns_of_each;
            for (std::size_t t = 0; t < steps; ++t)
                std::copy_n(part.data() + t * width, width, all.data() + t * total + begin);
            begin += width;
        }
        return all;
    }

    std::vector<Region> parts_;
    std::vector<std::size_t> feeders_, customers_;             ///< [#part] how many it has
    std::vector<std::vector<std::int32_t>> transformer_rows_;  ///< [#part][#row of its /transformer] in the region
    Region region_;
    SharedTable<LineCodeColumns> line_codes_{region_.line_code};
    SharedTable<TransformerColumns> transformers_{region_.transformer};
    SharedTable<VoltVarColumns> volt_vars_{region_.volt_var};
    UniqueNames controls_;
};

}  // namespace

Region merge_regions(std::vector<Region> parts) {
    assert(!parts.empty());
    return Merger(std::move(parts)).merge();
}

}  // namespace headroom
