#include <fmt/format.h>

#include <stdexcept>

#include "io/hdf5/time_axis.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/result_page.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"
#include "io/result/write_solve.hpp"

namespace headroom {
namespace {

using namespace result_axis;

void require_envelopes(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(fmt::format("envelopes do not fit their region: {}", what));
}

void check_fit(const EnvelopeResult& result, const Region& region, const SeriesSet& series) {
    const std::size_t steps = series.step_count(), by_customer = steps * region.customer_count(),
                      by_feeder = steps * region.feeder_count();
    require_envelopes(result.step_count == steps, "number of steps");
    require_envelopes(result.customer_count == region.customer_count(), "number of customers");
    require_envelopes(result.feeder_count == region.feeder_count(), "number of feeders");
    for (std::size_t kind = 0; kind < limit_members.size(); ++kind) {
        const bool wanted = result.has_reactive_limits() || !is_reactive(static_cast<LimitKind>(kind));
        const std::size_t size = wanted ? by_customer : 0;
        require_envelopes((result.*limit_members[kind].limit).size() == size, "limits");
        require_envelopes((result.*limit_members[kind].binding_row).size() == size, "binding rows");
    }
    require_envelopes(result.status.size() == by_feeder && result.rounds.size() == by_feeder
                && result.forecast_over_cap.size() == by_feeder && result.iterations.size() == by_feeder,
            "status");
    for (const auto* values : {&result.level, &result.certificate_row_violation, &result.certificate_bottleneck_gap,
                               &result.certificate_gap, &result.objective, &result.tie_multiplier})
        require_envelopes(values->size() == by_feeder, "levels and certificates");
    require_envelopes(result.secure.empty() || result.secure.size() == by_feeder, "secure in AC");
    require_envelopes(result.price_of_fairness.empty() || result.price_of_fairness.size() == by_feeder, "price of fairness");
    require_envelopes(result.feeder_fault.size() == region.feeder_count(), "feeder faults");
    const RowTable& table = result.rows;
    for (const auto* values : {&result.row_base, &result.row_worst})
        require_envelopes(values->empty() || values->size() == steps * table.size(), "row values");
    require_envelopes(table.kind.size() == table.size() && table.bus.size() == table.size() && table.branch.size() == table.size()
                && table.phases.size() == table.size() && table.limit.size() == table.size(),
            "row table");
    for (const Violation& v : result.violations)
        require_envelopes(v.row >= 0 && static_cast<std::size_t>(v.row) < table.size(), "row of a violation");
    for (const RowPrice& p : result.prices)
        require_envelopes(p.row >= 0 && static_cast<std::size_t>(p.row) < table.size(), "row of a price");
}

Attributes page_notes(const RunInfo& run) {
    Attributes notes = root_notes(result_schema::name, result_schema::version, notes_of(run));
    notes.push_back({"power_sign", "-import_limit <= injection <= export_limit, injection positive into the network"});
    notes.push_back({"time_zone", "UTC"});
    return notes;
}

Attributes binding_notes(const char* long_name) {
    Attributes notes = describe(long_name);
    add_flags(notes, std::vector<std::int32_t>{binding::cap, binding::not_asked, binding::none, binding::group_stop},
              "connection_cap not_asked none group_stop");
    return notes;
}

void write_limits(const ResultPage& page, const EnvelopeResult& result) {
    page.group("/envelope", "dynamic operating envelopes: -import_limit <= injection <= export_limit");
    const auto limit = [&](const char* path, const char* long_name, const char* mode,
                           const std::vector<double>& values) {
        Attributes notes = describe_float(long_name, "W");
        notes.push_back({"csipaus_mode", mode});
        page.series(path, customers, std::move(notes), values);
    };
    limit("/envelope/export_limit", "largest injection at the connection point; NaN: not published", "opModExpLimW",
          result.export_limit);
    limit("/envelope/import_limit", "largest withdrawal at the connection point; NaN: not published", "opModImpLimW",
          result.import_limit);
    page.series("/envelope/export_binding_row", customers,
                binding_notes("row of /row that stopped the limit, or a flag below zero"), result.export_binding_row);
    page.series("/envelope/import_binding_row", customers,
                binding_notes("row of /row that stopped the limit, or a flag below zero"), result.import_binding_row);
}

void write_reactive_limits(const ResultPage& page, const EnvelopeResult& result) {
    if (!result.has_reactive_limits()) return;
    page.series("/envelope/q_inject_limit", customers,
                describe_float("largest reactive injection; NaN: no reactive range, or not published", "V A"),
                result.q_inject_limit);
    page.series("/envelope/q_absorb_limit", customers,
                describe_float("largest reactive withdrawal; NaN: no reactive range, or not published", "V A"),
                result.q_absorb_limit);
    page.series("/envelope/q_inject_binding_row", customers,
                binding_notes("row of /row that stopped the limit, or a flag below zero"), result.q_inject_binding_row);
    page.series("/envelope/q_absorb_binding_row", customers,
                binding_notes("row of /row that stopped the limit, or a flag below zero"), result.q_absorb_binding_row);
}

void write_row_values(const ResultPage& page, const EnvelopeResult& result) {
    if (result.row_base.empty()) return;
    page.group("/security", "how far the network limits of /row are used");
    page.series("/security/base", rows, describe_float("value at the base case over the row's limit", "1"),
                result.row_base);
    page.series(
        "/security/worst", rows,
        describe_float("value at the worst point inside all envelopes over the row's limit; NaN: not published", "1"),
        result.row_worst);
}

void write_violations(const ResultPage& page, const EnvelopeResult& result) {
    page.group("/violation", "rows that the base case, or the forecast, violates");
    std::vector<std::int32_t> step, feeder, row;
    ByUnit value, limit;
    for (const Violation& v : result.violations) {
        step.push_back(v.step);
        feeder.push_back(v.feeder);
        row.push_back(v.row);
        const RowKind kind = result.rows.kind[static_cast<std::size_t>(v.row)];
        value.add(kind, v.value);
        limit.add(kind, v.limit);
    }
    page.column("/violation/step", violations, describe("row of /time", "1"), step);
    page.column("/violation/feeder", violations, describe("row of /feeder", "1"), feeder);
    page.column("/violation/row", violations, describe("row of /row", "1"), row);
    page.column("/violation/voltage", violations, describe_float("voltage found; NaN for other rows", "V"),
                value.voltage);
    page.column("/violation/voltage_limit", violations, describe_float("limit of the voltage", "V"), limit.voltage);
    page.column("/violation/power", violations, describe_float("power found; NaN for voltages", "V A"), value.power);
    page.column("/violation/power_limit", violations, describe_float("limit of the power", "V A"), limit.power);
}

std::uint64_t planned_bytes(const EnvelopeResult& result) {
    const std::uint64_t by_customer = result.export_limit.size() + result.q_inject_limit.size(),
                        by_feeder = result.status.size();
    const std::uint64_t texts =
        result_schema::id_bytes_max * (result.customer_count + result.feeder_count + 2 * result.rows.size());
    return 24 * (by_customer + result.step_count) + (result.secure.empty() ? 88 : 136) * by_feeder
           + 64 * result.violations.size() + 32 * result.prices.size() + 40 * result.rows.size()
           + 16 * result.row_base.size() + texts;
}

}  // namespace

void write_envelopes(const EnvelopeResult& result, const Region& region, const SeriesSet& series, const RunInfo& run,
                     const std::filesystem::path& path, const FeederQuestions& asked) {
    check_fit(result, region, series);
    require_envelopes(asked.policy.size() == (run.policy == per_feeder ? region.feeder_count() : 0), "policies of feeders");
    Hdf5Writer writer(path, planned_bytes(result));
    writer.annotate("/", page_notes(run));
    writer.dimension("/bound", 2);
    writer.dimension(customers, region.customer_count());
    writer.dimension(feeders, region.feeder_count());
    writer.dimension(rows, result.rows.size());
    writer.dimension(violations, result.violations.size());
    writer.dimension(prices, result.prices.size());
    write_time_axis(writer, "", series.start, series.end);

    const ResultPage page{writer};
    write_feeders(page, region.feeder.id, result.feeder_fault);
    write_feeder_questions(page, asked);
    write_customers(page, region);
    write_limits(page, result);
    write_reactive_limits(page, result);
    write_solve(page, result);
    write_secure(page, result);
    write_fairness(page, result, customer_feeder(region));
    write_row_table(page, result.rows, region);
    write_row_values(page, result);
    write_violations(page, result);
    write_prices(page, result);
    writer.commit();
}

}  // namespace headroom
