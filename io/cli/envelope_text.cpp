#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <vector>

#include "io/cli/envelope_report.hpp"
#include "io/cli/lines_shown.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/binding_summary.hpp"
#include "io/report/counted.hpp"
#include "io/report/fairness_summary.hpp"
#include "io/report/policy_count.hpp"
#include "io/report/table.hpp"

namespace headroom::cli {

namespace {

constexpr std::array status_names{"solved",        "insecure_base", "solved_no_worse", "forecast_not_contained",
                                  "invalid_input", "uncertified",   "islanded",        "ac_shrunk"};

std::string items_text(const EnvelopeSummary& summary) {
    std::string by_status;
    for (std::size_t k = 0; k < status_names.size(); ++k) {
        if (summary.items_with[k] == 0) continue;
        by_status += fmt::format("{}{} {}", by_status.empty() ? "" : ", ", summary.items_with[k], status_names[k]);
    }
    return fmt::format("{} (feeder and step): {}\n", counted(summary.items, "item"), by_status);
}

std::string limits_text(const EnvelopeSummary& summary, std::size_t steps, bool joint) {
    Table table({{"limits, kW", Align::left},
                 {"count", Align::right},
                 {"lowest", Align::right},
                 {"mean", Align::right},
                 {"highest", Align::right},
                 {"room per step", Align::right},
                 {"at cap", Align::right},
                 {"zero", Align::right}});
    const auto add = [&](std::string_view name, LimitKind kind) {
        const LimitSummary& limits = summary.of(kind);
        if (limits.count == 0) {
            table.add({std::string(name), "0", "-", "-", "-", "-", "-", "-"});
            return;
        }
        const auto kw = [](double watts) { return fmt::format("{:.3f}", watts / 1000); };
        table.add({std::string(name), fmt::format("{}", limits.count), kw(limits.lowest), kw(limits.mean),
                   kw(limits.highest), kw(limits.mean * static_cast<double>(limits.count) / static_cast<double>(steps)),
                   fmt::format("{}", limits.at_cap), fmt::format("{}", limits.zero)});
    };
    add("export", LimitKind::export_power);
    add("import", LimitKind::import_power);
    if (joint) {
        add("q inject, kvar", LimitKind::q_inject);
        add("q absorb, kvar", LimitKind::q_absorb);
    }
    return table.text(2);
}

std::string over_cap_text(const EnvelopeSummary& summary) {
    if (summary.forecasts_over_cap == 0) return "";
    return fmt::format("{} forecasts lie above their connection cap and were cut there\n", summary.forecasts_over_cap);
}

std::string fairness_text(const FairnessSummary& fairness) {
    if (fairness.items == 0) return "";
    std::string text =
        fmt::format("fairness: Jain index {:.4f} on average, {:.4f} at the lowest; smallest limit {:.3f} kW\n",
                    fairness.jain_mean, fairness.jain_lowest, fairness.limit_smallest / 1000);
    if (fairness.priced_items > 0)
        text += fmt::format("price of fairness: {:.2f} % of the largest sum on average, {:.2f} % at the worst\n",
                            100 * fairness.price_mean, 100 * fairness.price_worst);
    return text;
}

std::string certificate_text(const EnvelopeSummary& summary) {
    if (summary.concave)
        return fmt::format("certificates: worst row excess {:.1e} W, worst relative gap {:.1e}{}; at most {}\n",
                           summary.row_violation_worst, summary.gap_worst,
                           summary.bottleneck_gap_worst > 0  // other feeders were filled
                               ? fmt::format(", worst bottleneck gap {:.1e} W", summary.bottleneck_gap_worst)
                               : "",
                           counted(summary.iterations_most, "iteration"));
    return fmt::format("certificates: worst row excess {1:.1e} W, worst bottleneck gap {2:.1e} W; at most {0}\n",
                       counted(summary.rounds_most, "filling round"), summary.row_violation_worst,
                       summary.bottleneck_gap_worst);
}

std::string secure_text(const EnvelopeSummary& summary) {
    if (summary.secure_items == 0) return "";
    return fmt::format(
        "secure in AC: worst excess {:.1e} p.u. at the points searched, every limit held within {:.1e} p.u.; at most "
        "{}, {:.1f} power flows and {:.1f} gradients per step, {} worse than the rows' corners{}\n",
        summary.excess_worst, summary.hold_loosest, counted(summary.secure_rounds_most, "round"), summary.flows_mean,
        summary.gradients_mean, counted(summary.flips, "point"),
        summary.factor_smallest < 1 ? fmt::format(", smallest factor {:.4f}", summary.factor_smallest) : "");
}

/// The policies of a table and how many feeders have each, in the order of their first ones.
std::string policies_text(const EnvelopeNames& names) {
    if (names.policy.empty()) return "";
    Table table({{"policy", Align::left}, {"reference", Align::left}, {"feeders", Align::right}});
    for (const PolicyCount& count : count_policies(names.policy, names.reference))
        table.add({count.policy, count.reference, fmt::format("{}", count.feeders)});
    return table.text(2);
}

bool any_limit(const EnvelopeSummary& summary) {
    return std::ranges::any_of(summary.limits, [](const LimitSummary& limits) { return limits.count > 0; });
}

/// The rows that stop most limits: where reinforcement would pay.
std::string bindings_text(const EnvelopeResult& result, const EnvelopeSummary& summary, const EnvelopeNames& names) {
    if (!any_limit(summary)) return "";
    const std::vector<BindingCount> counts = count_bindings(result);
    if (counts.empty()) return "no network limit binds: every limit is at its cap\n";
    const bool joint = result.has_reactive_limits();
    std::vector<Table::Column> columns{
        {"what binds", Align::left}, {"limit", Align::right}, {"exports", Align::right}, {"imports", Align::right}};
    if (joint) {
        columns.push_back({"q injects", Align::right});
        columns.push_back({"q absorbs", Align::right});
    }
    const std::size_t kinds = joint ? 4 : 2;
    Table table(columns);
    for (std::size_t k = 0; k < std::min(counts.size(), lines_shown); ++k) {
        std::vector<std::string> cells{row_text(result, names, counts[k].row), limit_text(result.rows, counts[k].row)};
        for (std::size_t kind = 0; kind < kinds; ++kind) cells.push_back(fmt::format("{}", counts[k].limits[kind]));
        table.add(cells);
    }
    const std::string more =
        counts.size() > lines_shown ? fmt::format("  and {}\n", counted(counts.size() - lines_shown, "more row")) : "";
    return table.text(2) + more;
}

double relative_excess(const Violation& violation) {
    return std::abs(violation.value - violation.limit) / std::abs(violation.limit);
}

std::string violations_text(const EnvelopeResult& result, const EnvelopeNames& names) {
    std::vector<std::size_t> order(result.violations.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&result](std::size_t a, std::size_t b) {
        return relative_excess(result.violations[a]) > relative_excess(result.violations[b]);
    });
    std::string text;
    for (std::size_t k = 0; k < std::min(order.size(), lines_shown); ++k) {
        const Violation& violation = result.violations[order[k]];
        const std::string unit = names.row_branch[static_cast<std::size_t>(violation.row)].empty() ? "V" : "V A";
        text += fmt::format("  feeder '{}' at {}: {} has {:.1f} {}, limit {:.1f} {}\n",
                            names.feeder[static_cast<std::size_t>(violation.feeder)],
                            utc_text(names.step_start[static_cast<std::size_t>(violation.step)]),
                            row_text(result, names, violation.row), violation.value, unit, violation.limit, unit);
    }
    if (order.empty()) return "";
    return fmt::format("{}, the worst first:\n{}", counted(order.size(), "violated row"), text);
}

std::string no_flow_text(const EnvelopeResult& result, const EnvelopeNames& names) {
    const std::vector<std::size_t> items = items_without_power_flow(result);
    if (items.empty()) return "";
    return fmt::format("{} without a power flow in AC, the first of feeder '{}' at {}\n",
                       counted(items.size(), "base case"), names.feeder[items[0] % result.feeder_count],
                       utc_text(names.step_start[items[0] / result.feeder_count]));
}

}  // namespace

const char* status_name(ItemStatus status) { return status_names[static_cast<std::size_t>(status)]; }

std::string row_text(const EnvelopeResult& result, const EnvelopeNames& names, std::int32_t row) {
    return row_text(result.rows, names.row_bus, names.row_branch, row);
}

std::string summary_text(const EnvelopeSummary& summary, std::size_t steps, bool joint) {
    return items_text(summary) + limits_text(summary, steps, joint) + over_cap_text(summary) + certificate_text(summary)
           + secure_text(summary);
}

std::string envelope_text(const EnvelopeResult& result, const EnvelopeNames& names) {
    const EnvelopeSummary summary = summarise(result);
    return items_text(summary) + policies_text(names)
           + limits_text(summary, result.step_count, result.has_reactive_limits())
           + bindings_text(result, summary, names) + over_cap_text(summary)
           + fairness_text(summarise_fairness(result, names.customer_feeder)) + certificate_text(summary)
           + secure_text(summary) + violations_text(result, names) + no_flow_text(result, names)
           + feeder_faults_text(result.feeder_fault, names.feeder);
}

}  // namespace headroom::cli
