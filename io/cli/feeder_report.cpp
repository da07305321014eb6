#include "io/cli/feeder_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "formulations/network/region.hpp"
#include "formulations/units.hpp"
#include "io/cli/row_text.hpp"
#include "io/csv_text.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

std::string subject_of(const std::string& digest, const std::string& series) {
    return fmt::format("case {}, series '{}'", digest, series);
}

/// Limits of one kind, step by step, and which rows stop them.
void add_limits(const EnvelopeFile& file, std::size_t kind, const std::vector<FeederLine*>& lines,
                std::vector<std::int64_t>& stopped) {
    const std::vector<double>& limits = file.result.*limit_members[kind].limit;
    const std::vector<std::int32_t>& binding = file.result.*limit_members[kind].binding_row;
    for (std::size_t k = 0; k < limits.size(); ++k) {
        if (std::isnan(limits[k])) continue;
        FeederLine& line = *lines[static_cast<std::size_t>(file.customer_feeder[k % file.result.customer_count])];
        LimitFigures& figures = line.limits[kind];
        figures.lowest = figures.count == 0 ? limits[k] : std::min(figures.lowest, limits[k]);
        figures.sum += limits[k];
        ++figures.count;
        if (binding[k] == binding::cap) ++figures.at_cap;
        if (binding[k] >= 0) ++stopped[static_cast<std::size_t>(binding[k])];
    }
}

/// Of a column: its name, and its cell for a feeder.
struct Column {
    const char* name;
    std::function<std::string(const FeederLine&)> cell;
};

template <class T> Column count(const char* name, T FeederLine::*member) {
    return {name, [member](const FeederLine& line) { return fmt::format("{}", line.*member); }};
}

/// What rounding leaves of nothing is nothing.
Column number(const char* name, double FeederLine::*member) {
    constexpr double nothing = 5e-10;
    return {name, [member](const FeederLine& line) {
                const double value = line.*member;
                if (!std::isfinite(value)) return std::string();
                return fmt::format("{:.6g}", std::abs(value) < nothing ? 0.0 : value);
            }};
}

Column words(const char* name, std::string FeederLine::*member) {
    return {name, [member](const FeederLine& line) { return csv_text(line.*member); }};
}

/// "": there are no such limits.
Column limit(const char* name, LimitKind kind, double (*figure)(const LimitFigures&)) {
    return {name, [kind, figure](const FeederLine& line) {
                const LimitFigures& figures = line.limits[static_cast<std::size_t>(kind)];
                return figures.count > 0 ? fmt::format("{:.6g}", figure(figures)) : std::string();
            }};
}

double lowest_kw(const LimitFigures& figures) { return figures.lowest / watt_per_kilowatt; }
double mean_kw(const LimitFigures& figures) {
    return figures.sum / static_cast<double>(figures.count) / watt_per_kilowatt;
}

std::string share_at_cap(const FeederLine& line) {
    std::int64_t all = 0, at_cap = 0;
    for (const LimitFigures& figures : line.limits) {
        all += figures.count;
        at_cap += figures.at_cap;
    }
    return all > 0 ? fmt::format("{:.4f}", static_cast<double>(at_cap) / static_cast<double>(all)) : "";
}

void add_columns(std::vector<Column>& all, std::vector<Column> more) {
    std::ranges::move(more, std::back_inserter(all));
}

std::vector<Column> envelope_columns(bool reactive) {
    std::vector<Column> columns{count("solved_steps", &FeederLine::solved),
                                limit("export_lowest_kw", LimitKind::export_power, lowest_kw),
                                limit("export_mean_kw", LimitKind::export_power, mean_kw),
                                limit("import_lowest_kw", LimitKind::import_power, lowest_kw),
                                limit("import_mean_kw", LimitKind::import_power, mean_kw)};
    if (reactive)
        add_columns(columns, {limit("q_inject_mean_kvar", LimitKind::q_inject, mean_kw),
                              limit("q_absorb_mean_kvar", LimitKind::q_absorb, mean_kw)});
    add_columns(columns, {{"share_at_cap", share_at_cap},
                          words("bound_by", &FeederLine::bound_by),
                          count("limits_bound_by_it", &FeederLine::bound_count)});
    return columns;
}

std::vector<Column> market_columns() {
    return {count("cleared_steps", &FeederLine::cleared),
            count("orders", &FeederLine::orders),
            count("trades", &FeederLine::trades),
            number("bought_kwh", &FeederLine::bought_kwh),
            number("sold_kwh", &FeederLine::sold_kwh),
            number("welfare", &FeederLine::welfare),
            number("operator_surplus", &FeederLine::operator_surplus)};
}

std::vector<Column> replay_columns() {
    return {count("clean_steps", &FeederLine::clean), count("violated_steps", &FeederLine::violated),
            number("worst_excess_pu", &FeederLine::worst_excess), words("worst_limit", &FeederLine::worst_limit)};
}

std::vector<Column> risk_columns() {
    return {number("hours_at_risk", &FeederLine::hours_at_risk),
            number("probability_highest", &FeederLine::probability_highest),
            words("limit_at_risk", &FeederLine::limit_at_risk)};
}

template <class Cell> std::string csv_line(const std::vector<Column>& columns, Cell cell) {
    std::string line;
    for (const Column& column : columns) line += (line.empty() ? "" : ",") + cell(column);
    return line + "\n";
}

}  // namespace

std::vector<FeederLine*> FeederReport::begin(ReportedKind kind, const std::string& subject,
                                             const std::vector<std::string>& feeder_id,
                                             const std::vector<std::string>& feeder_fault, const std::string& path) {
    if (subject_.empty()) subject_ = subject;
    if (subject != subject_)
        throw InputError(fmt::format("{}: is of {}; results before it are of {}", path, subject, subject_));
    has_[kind] = true;
    for (const std::string& id : feeder_id)
        if (place_.try_emplace(id, lines_.size()).second) lines_.emplace_back().id = id;
    std::vector<FeederLine*> lines;
    for (std::size_t f = 0; f < feeder_id.size(); ++f) {
        lines.push_back(&lines_[place_.at(feeder_id[f])]);
        if (std::exchange(lines.back()->told[kind], true))
            throw InputError(
                fmt::format("{}: what it says of feeder '{}' another result has said already", path, feeder_id[f]));
        if (!feeder_fault[f].empty()) lines.back()->fault = feeder_fault[f];
    }
    return lines;
}

void FeederReport::add(const EnvelopeFile& file, const std::string& path) {
    const EnvelopeResult& result = file.result;
    const std::vector<FeederLine*> lines =
        begin(envelopes, subject_of(file.run.case_digest, file.run.series), file.feeder_id, result.feeder_fault, path);
    has_reactive_ = has_reactive_ || result.has_reactive_limits();
    has_policies_ = has_policies_ || !file.asked.empty();
    for (std::size_t f = 0; f < file.asked.policy.size(); ++f) {
        lines[f]->policy = file.asked.policy[f];
        lines[f]->reference = file.asked.reference[f];
    }
    for (std::size_t k = 0; k < file.customer_feeder.size(); ++k) {
        FeederLine& line = *lines[static_cast<std::size_t>(file.customer_feeder[k])];
        ++line.customers;
        line.active += file.active[k];
    }
    for (std::size_t item = 0; item < result.status.size(); ++item)
        lines[item % result.feeder_count]->solved +=
            result.status[item] == ItemStatus::solved || result.status[item] == ItemStatus::islanded ? 1 : 0;
    std::vector<std::int64_t> stopped(result.rows.size());
    for (std::size_t kind = 0; kind < limit_members.size(); ++kind) add_limits(file, kind, lines, stopped);
    for (std::size_t row = 0; row < stopped.size(); ++row) {
        FeederLine& line = *lines[static_cast<std::size_t>(result.rows.feeder[row])];
        if (stopped[row] <= line.bound_count) continue;
        line.bound_count = stopped[row];
        line.bound_by = row_text(result.rows, file.row_bus, file.row_branch, static_cast<std::int32_t>(row));
    }
}

void FeederReport::add(const ClearingFile& file, const std::string& path) {
    const ClearingResult& result = file.result;
    const RunInfo& run = file.info.envelopes;
    const std::vector<FeederLine*> lines =
        begin(market, subject_of(run.case_digest, run.series), file.feeder_id, result.feeder_fault, path);
    for (std::size_t item = 0; item < result.status.size(); ++item) {
        FeederLine& line = *lines[item % result.feeder_count];
        line.cleared += result.status[item] == ClearingStatus::cleared ? 1 : 0;
        if (std::isfinite(result.welfare[item])) line.welfare += result.welfare[item];
        if (std::isfinite(result.operator_surplus[item])) line.operator_surplus += result.operator_surplus[item];
    }
    for (const std::int32_t customer : file.order.customer)
        ++lines[static_cast<std::size_t>(file.customer.feeder[static_cast<std::size_t>(customer)])]->orders;
    for (std::size_t feeder = 0; feeder < lines.size(); ++feeder)
        for (const Trade& trade : result.trades_of(feeder)) {
            const auto step = static_cast<std::size_t>(trade.step);
            const double kwh = trade.quantity * hours_between(file.start[step], file.end[step]);
            ++lines[feeder]->trades;
            if (trade.buy >= 0) lines[feeder]->bought_kwh += kwh;
            if (trade.sell >= 0) lines[feeder]->sold_kwh += kwh;
        }
}

void FeederReport::add(const ReplayFile& file, const std::string& path) {
    const ReplayResult& result = file.result;
    const RunInfo& run = file.info.envelopes;
    const std::vector<FeederLine*> lines =
        begin(replayed, subject_of(run.case_digest, run.series), file.feeder_id, result.feeder_fault, path);
    for (std::size_t item = 0; item < result.status.size(); ++item) {
        FeederLine& line = *lines[item % result.feeder_count];
        line.clean += result.clean(item) ? 1 : 0;
        line.violated += result.violated[item] > 0 ? 1 : 0;
        if (const double excess = result.excess(item); excess > line.worst_excess) {
            line.worst_excess = excess;
            line.worst_limit = row_text(result.rows, file.row_bus, file.row_branch, result.worst_row[item]);
        }
    }
}

void FeederReport::add(const CongestionFile& file, const std::string& path) {
    const CongestionResult& result = file.result;
    const std::vector<FeederLine*> lines =
        begin(risk, subject_of(file.run.case_digest, file.run.series), file.feeder_id, result.feeder_fault, path);
    for (std::size_t item = 0; item < result.status.size(); ++item) {
        if (result.status[item] != ForecastStatus::done) continue;
        const std::size_t step = item / result.feeder_count;
        FeederLine& line = *lines[item % result.feeder_count];
        const double probability = static_cast<double>(result.violated[item]) / result.sample_count;
        line.hours_at_risk += probability * hours_between(file.start[step], file.end[step]);
        line.probability_highest = std::max(line.probability_highest, probability);
    }
    std::vector<std::int32_t> worst(lines.size());
    for (std::size_t k = 0; k < result.row_violated.size(); ++k) {
        const std::size_t row = k % result.rows.size();
        const auto feeder = static_cast<std::size_t>(result.rows.feeder[row]);
        if (result.row_violated[k] <= worst[feeder]) continue;
        worst[feeder] = result.row_violated[k];
        lines[feeder]->limit_at_risk =
            row_text(result.rows, file.row_names.bus, file.row_names.branch, static_cast<std::int32_t>(row));
    }
}

std::string FeederReport::csv() const {
    std::vector<Column> columns{words("feeder", &FeederLine::id)};
    if (has_[envelopes])
        add_columns(columns, {count("customers", &FeederLine::customers), count("active", &FeederLine::active)});
    if (has_policies_)
        add_columns(columns, {words("policy", &FeederLine::policy), words("reference", &FeederLine::reference)});
    if (has_[envelopes]) add_columns(columns, envelope_columns(has_reactive_));
    if (has_[market]) add_columns(columns, market_columns());
    if (has_[replayed]) add_columns(columns, replay_columns());
    if (has_[risk]) add_columns(columns, risk_columns());
    columns.push_back(words("fault", &FeederLine::fault));

    std::string text = csv_line(columns, [](const Column& column) { return std::string(column.name); });
    for (const FeederLine& line : lines_)
        text += csv_line(columns, [&line](const Column& column) { return column.cell(line); });
    return text;
}

}  // namespace headroom::cli
