#include "io/run/part_summary.hpp"

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <vector>

namespace headroom {
namespace {

using nlohmann::json;

template <class T, class Plain>
concept Maybe = std::same_as<std::remove_const_t<T>, Plain>;

// Each of these shows the numbers of a summary with their names, so that writing and reading cannot differ.

template <Maybe<LimitSummary> T> void visit_numbers(T& all, auto visit) {
    visit("count", all.count);
    visit("at_cap", all.at_cap);
    visit("zero", all.zero);
    visit("lowest", all.lowest);
    visit("mean", all.mean);
    visit("highest", all.highest);
}

template <Maybe<EnvelopeSummary> T> void visit_numbers(T& all, auto visit) {
    visit("items", all.items);
    visit("items_with", all.items_with);
    visit("limits", all.limits);
    visit("forecasts_over_cap", all.forecasts_over_cap);
    visit("rounds_most", all.rounds_most);
    visit("row_violation_worst", all.row_violation_worst);
    visit("bottleneck_gap_worst", all.bottleneck_gap_worst);
    visit("concave", all.concave);
    visit("gap_worst", all.gap_worst);
    visit("iterations_most", all.iterations_most);
    visit("secure_items", all.secure_items);
    visit("excess_worst", all.excess_worst);
    visit("hold_loosest", all.hold_loosest);
    visit("secure_rounds_most", all.secure_rounds_most);
    visit("flows_mean", all.flows_mean);
    visit("gradients_mean", all.gradients_mean);
    visit("flips", all.flips);
    visit("factor_smallest", all.factor_smallest);
}

template <Maybe<RefusalCount> T> void visit_numbers(T& all, auto visit) {
    visit("rule", all.rule);
    visit("orders", all.orders);
}

template <Maybe<PriceRange> T> void visit_numbers(T& all, auto visit) {
    visit("count", all.count);
    visit("lowest", all.lowest);
    visit("highest", all.highest);
}

template <Maybe<ClearingSummary> T> void visit_numbers(T& all, auto visit) {
    visit("items", all.items);
    visit("items_with", all.items_with);
    visit("unsafe_envelopes", all.unsafe_envelopes);
    visit("orders_with", all.orders_with);
    visit("refusals", all.refusals);
    visit("trades", all.trades);
    visit("bought_kwh", all.bought_kwh);
    visit("sold_kwh", all.sold_kwh);
    visit("turnover", all.turnover);
    visit("welfare", all.welfare);
    visit("operator_surplus", all.operator_surplus);
    visit("checks", all.checks);
    visit("row_excess_worst", all.row_excess_worst);
    visit("auction", all.auction);
    visit("parts", all.parts);
    visit("parts_certified", all.parts_certified);
    visit("parts_unique", all.parts_unique);
    visit("gap_worst", all.gap_worst);
    visit("certificate_worst", all.certificate_worst);
    visit("nodes", all.nodes);
    visit("iterations", all.iterations);
    visit("rejected_gain", all.rejected_gain);
    visit("accepted_loss", all.accepted_loss);
    visit("prices", all.prices);
}

template <Maybe<ReplaySummary> T> void visit_numbers(T& all, auto visit) {
    visit("items", all.items);
    visit("items_with", all.items_with);
    visit("violated", all.violated);
    visit("unclean", all.unclean);
    visit("flows", all.flows);
    visit("worst_excess", all.worst_excess);
}

template <Maybe<CongestionSummary> T> void visit_numbers(T& all, auto visit) {
    visit("items", all.items);
    visit("done", all.done);
    visit("flows", all.flows);
    visit("diverged", all.diverged);
    visit("hours", all.hours);
    visit("items_at_risk", all.items_at_risk);
}

template <class T>
concept HasNumbers = requires(T& value) {
    visit_numbers(value, [](const char*, auto&) {});
};

template <class T> json stored(const std::optional<T>& value) { return value ? json(*value) : json(); }

template <class T> json stored(const T& value) {
    if constexpr (HasNumbers<const T>) {
        json object = json::object();
        visit_numbers(value, [&](const char* name, const auto& number) { object[name] = stored(number); });
        return object;
    } else if constexpr (requires { value.begin(); }) {
        json list = json::array();
        for (const auto& entry : value) list.push_back(stored(entry));
        return list;
    } else {
        return value;
    }
}

template <class T> void read_back(const json& stored, T& value);

template <class T> void read_back(const json& stored, std::optional<T>& value) {
    if (!stored.is_null()) value = stored.get<T>();
}

template <class T> void read_back(const json& stored, std::vector<T>& values) {
    values.resize(stored.size());
    for (std::size_t k = 0; k < values.size(); ++k) read_back(stored.at(k), values[k]);
}

template <class T, std::size_t N> void read_back(const json& stored, std::array<T, N>& values) {
    for (std::size_t k = 0; k < N; ++k) read_back(stored.at(k), values[k]);
}

template <class T> void read_back(const json& stored, T& value) {
    if constexpr (HasNumbers<T>)
        visit_numbers(value, [&](const char* name, auto& number) { read_back(stored.at(name), number); });
    else
        stored.get_to(value);
}

bool is_all(const EnvelopeSummary& summary) { return summary.all_solved(); }
bool is_all(const ClearingSummary& summary) { return summary.all_cleared(); }
bool is_all(const ReplaySummary& summary) { return summary.all_clean(); }
bool is_all(const CongestionSummary& summary) { return summary.all_done(); }

}  // namespace

PartSummary empty_summary(RunKind kind) {
    switch (kind) {
        case RunKind::allocate: return EnvelopeSummary{};
        case RunKind::clear: return ClearingSummary{};
        case RunKind::replay: return ReplaySummary{};
        case RunKind::forecast_congestion: return CongestionSummary{};
    }
    return {};
}

void add(PartSummary& total, const PartSummary& part) {
    std::visit([&]<class Summary>(Summary& sum) { add(sum, std::get<Summary>(part)); }, total);
}

std::int64_t item_count(const PartSummary& summary) {
    return std::visit([](const auto& numbers) { return numbers.items; }, summary);
}

bool is_whole(const PartSummary& summary) {
    return std::visit([](const auto& numbers) { return is_all(numbers); }, summary);
}

json summary_json(const PartSummary& summary) {
    return std::visit([](const auto& numbers) { return stored(numbers); }, summary);
}

PartSummary summary_of(RunKind kind, const json& stored) {
    PartSummary summary = empty_summary(kind);
    std::visit([&](auto& numbers) { read_back(stored, numbers); }, summary);
    return summary;
}

}  // namespace headroom
