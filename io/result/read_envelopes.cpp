#include <type_traits>

#include "io/hdf5/file_schema.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

void read_violations(const ResultReader& page, std::int32_t step_last, std::int32_t feeder_last,
                     EnvelopeResult& result) {
    const std::uint64_t n = page.length("/violation/step", ElementType::int32, 1);
    const auto row_last = static_cast<std::int32_t>(result.rows.size()) - 1;
    const auto step = page.values<std::int32_t>("/violation/step", {n}, 0, step_last);
    const auto feeder = page.values<std::int32_t>("/violation/feeder", {n}, 0, feeder_last);
    const auto row = page.values<std::int32_t>("/violation/row", {n}, 0, row_last);
    const auto value = join_units(result.rows, row, page.values<double>("/violation/voltage", {n}),
                                  page.values<double>("/violation/power", {n}));
    const auto limit = join_units(result.rows, row, page.values<double>("/violation/voltage_limit", {n}),
                                  page.values<double>("/violation/power_limit", {n}));
    for (std::size_t i = 0; i < n; ++i) result.violations.push_back({step[i], feeder[i], row[i], value[i], limit[i]});
}

void read_series(const ResultReader& page, EnvelopeResult& result) {
    const Shape by_customer{result.step_count, result.customer_count},
        by_feeder{result.step_count, result.feeder_count};
    const auto row_last = static_cast<std::int32_t>(result.rows.size()) - 1;
    result.export_limit = page.values<double>("/envelope/export_limit", by_customer);
    result.import_limit = page.values<double>("/envelope/import_limit", by_customer);
    result.export_binding_row =
        page.values<std::int32_t>("/envelope/export_binding_row", by_customer, binding::group_stop, row_last);
    result.import_binding_row =
        page.values<std::int32_t>("/envelope/import_binding_row", by_customer, binding::group_stop, row_last);
    for (const std::int8_t status : page.values<std::int8_t>("/solve/status", by_feeder, 0, result_schema::status_last))
        result.status.push_back(static_cast<ItemStatus>(status));
    result.level = page.values<double>("/solve/level", by_feeder);
    result.rounds = page.values<std::int32_t>("/solve/rounds", by_feeder);
    result.forecast_over_cap = page.values<std::int32_t>("/solve/forecast_over_cap", by_feeder);
    result.certificate_row_violation = page.values<double>("/solve/certificate_row_violation", by_feeder);
    result.certificate_bottleneck_gap = page.values<double>("/solve/certificate_bottleneck_gap", by_feeder);
    if (!page.has("/security")) return;
    const Shape by_row{result.step_count, result.rows.size()};
    result.row_base = page.values<double>("/security/base", by_row);
    result.row_worst = page.values<double>("/security/worst", by_row);
}

void read_reactive_limits(const ResultReader& page, EnvelopeResult& result) {
    if (!page.has("/envelope/q_inject_limit")) return;
    const Shape by_customer{result.step_count, result.customer_count};
    const auto row_last = static_cast<std::int32_t>(result.rows.size()) - 1;
    result.q_inject_limit = page.values<double>("/envelope/q_inject_limit", by_customer);
    result.q_absorb_limit = page.values<double>("/envelope/q_absorb_limit", by_customer);
    result.q_inject_binding_row =
        page.values<std::int32_t>("/envelope/q_inject_binding_row", by_customer, binding::group_stop, row_last);
    result.q_absorb_binding_row =
        page.values<std::int32_t>("/envelope/q_absorb_binding_row", by_customer, binding::group_stop, row_last);
}

void read_secure(const ResultReader& page, EnvelopeResult& result) {
    if (!page.has("/secure")) return;
    const Shape by_feeder{result.step_count, result.feeder_count};
    result.secure.resize(result.step_count * result.feeder_count);
    const auto column = [&](const char* path, auto member) {
        const auto values = page.values<std::decay_t<decltype(result.secure.front().*member)>>(path, by_feeder);
        for (std::size_t k = 0; k < values.size(); ++k) result.secure[k].*member = values[k];
    };
    column("/secure/rounds", &SecureOutcome::rounds);
    column("/secure/flows", &SecureOutcome::flows);
    column("/secure/gradients", &SecureOutcome::gradients);
    column("/secure/flips", &SecureOutcome::flips);
    column("/secure/factor", &SecureOutcome::factor);
    column("/secure/worst_excess", &SecureOutcome::worst_excess);
    column("/secure/loosest_hold", &SecureOutcome::loosest_hold);
}

/// Jain index and smallest limit follow from the limits, so they are not kept.
void read_fairness(const ResultReader& page, EnvelopeResult& result) {
    if (!page.has("/fairness/price")) return;
    result.price_of_fairness = page.values<double>("/fairness/price", {result.step_count, result.feeder_count});
}

/// What only concave policies have.
void read_concave(const ResultReader& page, std::int32_t step_last, std::int32_t feeder_last, EnvelopeResult& result) {
    const Shape by_feeder{result.step_count, result.feeder_count};
    result.certificate_gap = page.values<double>("/solve/certificate_gap", by_feeder);
    result.objective = page.values<double>("/solve/objective", by_feeder);
    result.iterations = page.values<std::int32_t>("/solve/iterations", by_feeder);
    result.tie_multiplier = page.values<double>("/solve/tie_multiplier", by_feeder);

    const std::uint64_t n = page.length("/price/step", ElementType::int32, 1);
    const auto row_last = static_cast<std::int32_t>(result.rows.size()) - 1;
    const auto step = page.values<std::int32_t>("/price/step", {n}, 0, step_last);
    const auto feeder = page.values<std::int32_t>("/price/feeder", {n}, 0, feeder_last);
    const auto row = page.values<std::int32_t>("/price/row", {n}, 0, row_last);
    const auto side = page.values<std::int32_t>("/price/side", {n}, 0, result_schema::side_last);
    const auto price = page.values<double>("/price/price", {n}),
               tie_price = page.values<double>("/price/tie_price", {n});
    for (std::size_t i = 0; i < n; ++i)
        result.prices.push_back({step[i], feeder[i], row[i], side[i], price[i], tie_price[i]});
}

/// Files of the first version know policies that fill only.
void fill_concave(EnvelopeResult& result) {
    const std::size_t items = result.status.size();
    result.certificate_gap.assign(items, not_given);
    result.objective.assign(items, not_given);
    result.iterations.assign(items, 0);
    result.tie_multiplier.assign(items, 0.0);
}

}  // namespace

EnvelopeFile read_envelopes(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    const std::int64_t version = schema_version(reader, "result file", result_schema::name,
                                                result_schema::version_without_prices, result_schema::version);
    const ResultReader page(reader);
    EnvelopeFile file;
    file.run = page.envelope_question("options");
    ResultFrame frame = read_frame(reader, page);
    file.start = std::move(frame.start);
    file.end = std::move(frame.end);
    file.feeder_id = std::move(frame.feeder_id);
    if (file.run.policy == per_feeder) file.asked = read_feeder_questions(page, file.feeder_id.size());

    EnvelopeResult& result = file.result;
    result.step_count = file.start.size();
    result.feeder_fault = std::move(frame.feeder_fault);
    result.feeder_count = file.feeder_id.size();
    const auto feeder_last = static_cast<std::int32_t>(result.feeder_count) - 1;
    CustomerTable customers = read_customers(page, feeder_last);
    result.customer_count = customers.id.size();
    file.customer_id = std::move(customers.id);
    file.customer_feeder = std::move(customers.feeder);
    file.active = std::move(customers.active);
    RowNames names;
    result.rows = read_row_table(page, feeder_last, names);
    file.row_bus = std::move(names.bus);
    file.row_branch = std::move(names.branch);
    read_series(page, result);
    read_secure(page, result);
    read_reactive_limits(page, result);
    const auto step_last = static_cast<std::int32_t>(result.step_count) - 1;
    read_violations(page, step_last, feeder_last, result);
    if (version == result_schema::version_without_prices) {
        fill_concave(result);
    } else {
        read_concave(page, step_last, feeder_last, result);
        read_fairness(page, result);
    }
    return file;
}

}  // namespace headroom
