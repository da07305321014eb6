#include "io/import/opendss/build_series.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::opendss {
namespace {

constexpr std::int64_t value_count_max = std::int64_t{1} << 28;  // 2 GiB of forecasts per series
constexpr std::int64_t day = 86'400;

const LoadShape* shape_of(const CustomerModel& c, OpenDssSeries kind, LoadShapes& shapes) {
    const std::string& name = kind == OpenDssSeries::daily ? c.daily : c.yearly;
    if (kind == OpenDssSeries::snapshot || name.empty()) return nullptr;
    return &shapes.get(name, c.where);
}

/// The shapes' finest interval, in whole seconds.
std::int64_t own_step(const std::vector<const LoadShape*>& shape) {
    double step = 0.0;
    for (const LoadShape* s : shape)
        if (s && s->interval > 0.0 && (step == 0.0 || s->interval < step)) step = s->interval;
    return step == 0.0 ? 3600 : std::max<std::int64_t>(1, std::llround(step));
}

std::int64_t own_horizon(const std::vector<const LoadShape*>& shape, OpenDssSeries kind) {
    double horizon = 0.0;
    if (kind == OpenDssSeries::yearly)
        for (const LoadShape* s : shape)
            if (s) horizon = std::max(horizon, s->period());
    return horizon > 0.0 && horizon < 1e10 ? std::max<std::int64_t>(1, std::llround(horizon)) : day;
}

void add_slack(SeriesSet& set, const SourceModel& source, const std::optional<double>& pu) {
    for (std::size_t step = 0; step < set.step_count(); ++step)
        for (int k = 0; k < 3; ++k) {
            set.slack_voltage.push_back(pu ? *pu * source.base_voltage : source.voltage[k]);
            set.slack_angle.push_back(source.angle[k]);
        }
}

/// Power of one customer while its shape stands at (p, q).
std::pair<double, double> shaped_power(const CustomerModel& c, const LoadShape* shape, double p_mult, double q_mult) {
    double p = c.p, q = c.q;
    if (shape && shape->actual) {
        const double sign = c.class_name == "load" ? -1.0 : 1.0;
        p = sign * 1000.0 * p_mult * c.share;
        q = !shape->q.empty() ? sign * 1000.0 * q_mult * c.share : std::isnan(c.q_per_p) ? 0.0 : p * c.q_per_p;
    } else if (shape) {
        p *= p_mult;
        if (!c.fixed_q) q *= q_mult;
    }
    if (std::abs(p) > c.power_limit) {  // false where there is no limit
        q *= c.power_limit / std::abs(p);
        p = std::copysign(c.power_limit, p);
    }
    return {p, q};
}

void add_forecasts(SeriesSet& set, const Models& models, const std::vector<const LoadShape*>& shape,
                   std::int64_t step) {
    const std::size_t steps = set.step_count(), customers = models.customers.size();
    struct Means {
        std::vector<double> p, q;
    };
    std::map<const LoadShape*, Means> means;  // many customers may share a shape
    for (const LoadShape* s : shape) {
        if (!s || means.contains(s)) continue;
        Means& m = means[s];
        for (std::size_t t = 0; t < steps; ++t) {
            m.p.push_back(s->mean(s->p, double(t) * double(step), double(step)));
            if (!s->q.empty()) m.q.push_back(s->mean(s->q, double(t) * double(step), double(step)));
        }
        if (s->q.empty()) m.q = m.p;
    }
    set.p_forecast.resize(steps * customers);
    set.q_forecast.resize(steps * customers);
    for (std::size_t k = 0; k < customers; ++k) {
        const Means* m = shape[k] ? &means[shape[k]] : nullptr;
        for (std::size_t t = 0; t < steps; ++t) {
            const auto [p, q] = shaped_power(models.customers[k], shape[k], m ? m->p[t] : 1.0, m ? m->q[t] : 1.0);
            set.p_forecast[t * customers + k] = p;
            set.q_forecast[t * customers + k] = q;
        }
    }
}

}  // namespace

void build_series(Region& region, const Models& models, const OpenDssOptions& options, LoadShapes& shapes,
                  ImportReport& report) {
    std::vector<const LoadShape*> shape;
    for (const CustomerModel& c : models.customers) shape.push_back(shape_of(c, options.series, shapes));
    const bool snapshot = options.series == OpenDssSeries::snapshot;
    const auto without = std::ranges::count(shape, nullptr);
    if (!snapshot && without > 0) report.note(fmt::format("{} customers have no shape: constant power", without));

    std::vector<std::int64_t> steps = options.steps;
    if (steps.empty()) steps = {snapshot ? 3600 : own_step(shape)};
    const std::int64_t horizon = options.horizon > 0 ? options.horizon
                                 : snapshot          ? steps.front()
                                                     : own_horizon(shape, options.series);
    for (const std::int64_t step : steps) {
        const std::int64_t count = horizon / step;
        if (count < 1)
            throw UsageError(fmt::format("a step of {} s is longer than the horizon of {} s", step, horizon));
        const auto width = static_cast<std::int64_t>(std::max<std::size_t>(models.customers.size(), 3));
        if (count > value_count_max / width)
            throw UsageError(fmt::format("{} steps of {} s are too many values: shorten the horizon", count, step));
        SeriesSet set;
        set.name = snapshot && options.steps.empty() ? "snapshot" : series_name(step);
        for (std::int64_t k = 0; k < count; ++k) {
            set.start.push_back(options.start + k * step);
            set.end.push_back(options.start + (k + 1) * step);
        }
        add_slack(set, models.source, options.source_pu);
        add_forecasts(set, models, shape, step);
        region.series.push_back(std::move(set));
    }
}

}  // namespace headroom::opendss
