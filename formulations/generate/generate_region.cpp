#include "formulations/generate/generate_region.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "formulations/generate/append_feeder.hpp"
#include "formulations/generate/feeder_orders.hpp"
#include "formulations/generate/feeder_series.hpp"
#include "formulations/generate/joined_tree.hpp"
#include "formulations/generate/sketch_feeder.hpp"
#include "formulations/network/region_columns.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// Sketches are made side by side and written into the columns one after the other: that many at a time, so that their
/// memory does not grow with the region.
constexpr std::size_t feeders_at_once = 256;

class Generation {
public:
    Generation(const GeneratorSettings& settings, std::span<const FeederPlan> plans,
               const std::function<void(std::int64_t)>& finished)
        : settings_(settings), finished_(finished), plans_(plans), region_(empty_generated_region()) {}

    Region generate() {
        const std::size_t feeders = plans_.size();
        region_.name = fmt::format("generated-{}", settings_.seed);
        for (std::size_t first = 0; first < feeders; first += feeders_at_once)
            add_networks(first, std::min(feeders_at_once, feeders - first));
        add_series();
        if (settings_.orders_share > 0) add_orders();
        return std::move(region_);
    }

private:
    void add_networks(std::size_t first, std::size_t count) {
        std::vector<FeederSketch> sketches(count);
        run_batch(static_cast<int>(count), settings_.threads, [&](int k, int) {
            const auto item = static_cast<std::size_t>(k);
            sketches[item] = sketch_feeder(settings_, plans_[first + item]);
        });
        for (std::size_t k = 0; k < count; ++k) {
            append_feeder(region_, plans_[first + k], sketches[k]);
            for (const CustomerSketch& customer : sketches[k].customers) profiles_.push_back(customer.profile);
        }
        if (finished_) finished_(static_cast<std::int64_t>(count));
    }

    void add_series() {
        SeriesSet& series = region_.series.emplace_back();
        series.name = "day";
        std::vector<Moment> moments;
        for (std::int64_t t = 0; t < settings_.step_count; ++t) {
            series.start.push_back(settings_.start + t * settings_.step_seconds);
            series.end.push_back(series.start.back() + settings_.step_seconds);
            moments.push_back(moment(series.start.back(), settings_.step_seconds));
        }
        series.p_forecast.resize(moments.size() * region_.customer_count());
        series.q_forecast.resize(series.p_forecast.size());
        series.slack_voltage.resize(moments.size() * region_.feeder_count() * 3);
        series.slack_angle.resize(series.slack_voltage.size());
        if (settings_.prices) series.price = price_series(settings_, moments, plans_.size());
        run_batch(static_cast<int>(region_.feeder_count()), settings_.threads, [&](int k, int) {
            const auto row = static_cast<std::size_t>(k);
            fill_series(settings_, plans_[row], row, moments, profiles_of(row), region_, series);
            if (finished_) finished_(1);
        });
    }

    void add_orders() {
        std::vector<OrderColumns> drawn(region_.feeder_count());
        run_batch(static_cast<int>(drawn.size()), settings_.threads, [&](int k, int) {
            const auto row = static_cast<std::size_t>(k);
            // Substations of a joined tree make way for their feeders.
            if (settings_.joined_buses > 0 && plans_[row].kind == FeederKind::medium_voltage) return;
            drawn[row] = draw_orders(settings_, plans_[row], row, region_);
        });
        for (std::size_t row = 0; row < drawn.size(); ++row) {
            count_from(drawn[row].customer, region_.feeder.customer_offset[row]);
            count_from(drawn[row].parent, static_cast<std::int64_t>(region_.order_count()));
            append_rows(region_.order, std::move(drawn[row]));
            region_.feeder.order_offset.push_back(static_cast<std::int64_t>(region_.order_count()));
        }
        if (region_.order_count() == 0) region_.feeder.order_offset = {0};
    }

    std::span<const ProfileTraits> profiles_of(std::size_t feeder) const {
        const auto first = static_cast<std::size_t>(region_.feeder.customer_offset[feeder]);
        const auto last = static_cast<std::size_t>(region_.feeder.customer_offset[feeder + 1]);
        return std::span(profiles_).subspan(first, last - first);
    }

    const GeneratorSettings& settings_;
    const std::function<void(std::int64_t)>& finished_;
    std::span<const FeederPlan> plans_;  ///< [#feeder]
    Region region_;
    std::vector<ProfileTraits> profiles_;  ///< [#customer]
};

}  // namespace

Region generate_region(const GeneratorSettings& settings, const std::function<void(std::int64_t stages)>& finished) {
    const std::vector<FeederPlan> plans = plan_feeders(settings);
    Region region = Generation(settings, plans, finished).generate();
    return settings.joined_buses > 0 ? joined_tree(region, plans) : region;
}

}  // namespace headroom
