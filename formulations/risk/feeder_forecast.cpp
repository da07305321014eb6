#include "formulations/risk/feeder_forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "formulations/flow/ac_step.hpp"

namespace headroom {
namespace {

/// The limits that envelopes of this feeder would know. Nobody's row entries are asked for, so the rows have none.
SecurityRows make_limits(const Region& region, std::int64_t feeder, const TapRun& run, Monitoring monitoring) {
    ReducedNetwork reduced = reduce(linear_network(region, feeder, FlowModel::lin_dist3_flow, monitoring, run.taps));
    reduced.net.customers.clear();
    return SecurityRows(region, reduced, {});
}

/// Where customers alone are watched, sweeps keep what limits see, and nobody asks for the rest; elsewhere they would
/// have to keep the whole feeder.
std::vector<std::int32_t> kept_buses(const Region& region, const SecurityRows& rows, Monitoring monitoring) {
    return monitoring == Monitoring::customers ? watched_buses(region, rows) : std::vector<std::int32_t>{};
}

double sum(const double* lane) {
    double total = 0;
    for (int l = 0; l < lane_count; ++l) total += lane[l];
    return total;
}

}  // namespace

FeederForecast::FeederForecast(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                               const CongestionQuestion& question, std::int64_t row_in_case)
    : FeederForecast(region, feeder, series, run, question, row_in_case,
                     make_limits(region, feeder, run, question.monitoring)) {}

FeederForecast::FeederForecast(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                               const CongestionQuestion& question, std::int64_t row_in_case, const SecurityRows& rows)
    : region_(region),
      series_(series),
      question_(question),
      feeder_(static_cast<std::size_t>(feeder)),
      row_in_case_(static_cast<std::uint32_t>(row_in_case)),
      limits_(rows.limits()),
      flow_(region, feeder, {.window = {}, .taps = run.taps}, kept_buses(region, rows, question.monitoring)),
      watched_(region, flow_, rows),
      head_(flow_, {AcQuantities(region, flow_).head_power()}),
      swept_only_(sees_swept_only()) {}

bool FeederForecast::sees_swept_only() const {
    const int first = flow_.factor().first();
    const auto swept = [first](const AcPhasor& phasor) {
        return std::all_of(phasor.terms.begin(), phasor.terms.end(),
                           [first](const AcTerm& term) { return term.plus >= first && term.minus >= first; });
    };
    for (const AcWatch* watch : {&watched_.watch(), &head_})
        for (const AcQuantity& quantity : watch->quantities())
            for (const AcQuantity::Product& product : quantity.products)
                if (!swept(product.voltage) || !swept(product.current)) return false;
    return true;
}

std::uint64_t FeederForecast::sample_bytes() const {
    return SampleTable::bytes(watched_.quantity_count() + 1, question_.samples);
}

FeederForecast::Workspace FeederForecast::workspace() const {
    return {.inputs = flow_.inputs(),
            .lanes = flow_.lanes(),
            .watched = watched_.workspace(),
            .head = head_.values(),
            .disturbance = InjectionDisturbance(question_.uncertainty, flow_.network().customer_count, question_.seed,
                                                row_in_case_),
            .table = SampleTable(watched_.quantity_count() + 1, question_.samples, question_.quantiles),
            .passed = LaneArray(limits_.size() * lane_count, 0.0),
            .distance = LaneArray(limits_.size() * lane_count, 0.0),
            .row = std::vector<double>(question_.quantiles.size())};
}

FeederForecast::LimitStatistics FeederForecast::limit_statistics() const {
    const std::size_t all = series_.step_count() * limits_.size();
    const std::vector<double> values(all);
    return {std::vector<std::int32_t>(all), values, values, values,
            std::vector<double>(all * question_.quantiles.size())};
}

/// Every lane at the forecast of the step.
void FeederForecast::load_step(std::size_t step, Workspace& work) const {
    set_lane(region_, flow_.network(), series_, step, 0, work.inputs);
    for (LaneArray* values : {&work.inputs.p, &work.inputs.q, &work.inputs.slack_voltage})
        for (std::size_t k = 0; k < values->size(); k += lane_count)
            std::fill_n(values->begin() + static_cast<std::ptrdiff_t>(k), lane_count, (*values)[k]);
    work.disturbance.set_step(work.inputs, static_cast<std::uint32_t>(step));
}

FeederForecast::Tally FeederForecast::sample_step(Workspace& work) const {
    Tally tally;
    std::fill(work.passed.begin(), work.passed.end(), 0.0);
    std::fill(work.distance.begin(), work.distance.end(), 0.0);
    for (std::int32_t first = 0; first < question_.samples; first += lane_count) {
        work.disturbance.draw(static_cast<std::uint32_t>(first), work.inputs);
        work.inputs.count = std::min(lane_count, question_.samples - first);
        swept_only_ ? flow_.solve_swept(work.inputs, work.lanes) : flow_.solve(work.inputs, work.lanes);
        watched_.evaluate(work.inputs, work.lanes, work.watched);
        head_.evaluate(work.inputs, work.lanes, work.head);
        const auto group = static_cast<std::size_t>(first / lane_count);
        work.table.keep(work.watched.value, 0, group);
        work.table.keep(work.head, head(), group);
        count_passed(work, tally);
    }
    return tally;
}

/// Samples without an answer have an excess that is no number, which is not above zero.
void FeederForecast::count_passed(Workspace& work, Tally& tally) const {
    std::array<double, lane_count> number{};
    for (std::size_t k = 0; k < work.watched.excess.size(); k += lane_count)
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const double excess = work.watched.excess[k + lane];
            const double passed = excess > 0 ? 1.0 : 0.0;
            number[lane] += passed;
            work.passed[k + lane] += passed;
            work.distance[k + lane] += excess > 0 ? excess : 0.0;
        }
    for (int lane = 0; lane < work.inputs.count; ++lane) {
        const auto l = static_cast<std::size_t>(lane);
        if (work.lanes.lane[l].status != AcStatus::converged) {
            ++tally.diverged;
            ++tally.violated;
        } else {
            tally.violated += number[l] > 0 ? 1 : 0;
            tally.passed_limits += number[l];
        }
    }
}

void FeederForecast::describe_limit(std::size_t limit, std::size_t row, const SampleTable::Moments& value,
                                    const Tally& tally, const Workspace& work, LimitStatistics& limits) const {
    // Excesses are in other units than the limit where it is a voltage.
    const double slope = std::abs(watched_.slope(limit));
    const double stop = watched_.is_voltage(limit) ? watched_.value(limit, 0.0) : 1.0 / slope;
    const double passed = sum(work.passed.data() + limit * lane_count);
    limits.violated[row] = static_cast<std::int32_t>(passed) + tally.diverged;
    limits.mean[row] = value.mean / stop;
    limits.deviation[row] = value.deviation / stop;
    limits.excess[row] = passed > 0 ? sum(work.distance.data() + limit * lane_count) / (passed * slope * stop)
                                    : std::numeric_limits<double>::quiet_NaN();
    const std::size_t quantiles = work.row.size();
    for (std::size_t k = 0; k < quantiles; ++k) limits.quantile[row * quantiles + k] = work.row[k] / stop;
}

void FeederForecast::describe_limits(std::size_t step, const Tally& tally, Workspace& work,
                                     LimitStatistics& limits) const {
    SampleTable::Moments value{};
    for (std::size_t limit = 0; limit < limits_.size(); ++limit) {
        // The two limits of a voltage follow each other.
        if (limit == 0 || watched_.quantity_number(limit) != watched_.quantity_number(limit - 1)) {
            value = work.table.gather(watched_.quantity_number(limit));
            work.table.quantiles(work.row);
        }
        describe_limit(limit, step * limits_.size() + limit, value, tally, work, limits);
    }
}

void FeederForecast::solve_step(std::size_t step, Workspace& work, CongestionResult& result,
                                LimitStatistics& limits) const {
    load_step(step, work);
    const Tally tally = sample_step(work);
    describe_limits(step, tally, work, limits);
    const std::size_t item = step * result.feeder_count + feeder_;
    result.status[item] = ForecastStatus::done;
    result.diverged[item] = tally.diverged;
    // A feeder without limits cannot pass any.
    result.violated[item] = limits_.empty() ? 0 : tally.violated;
    result.violated_limits[item] =
        (tally.passed_limits + static_cast<double>(tally.diverged) * static_cast<double>(limits_.size()))
        / question_.samples;
    work.table.gather(head());
    const std::size_t quantiles = question_.quantiles.size();
    work.table.quantiles(std::span(result.head_power_quantile).subspan(item * quantiles, quantiles));
}

}  // namespace headroom
