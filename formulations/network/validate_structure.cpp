#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "formulations/network/fault_list.hpp"
#include "formulations/network/utf8.hpp"
#include "formulations/network/validate.hpp"
#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

void check_offset(FaultList& faults, const char* dataset, const std::vector<std::int64_t>& offset, std::size_t feeders,
                  std::size_t rows) {
    if (offset.size() != feeders + 1)
        return faults.add_file(dataset, -1, fmt::format("must have {} rows, has {}", feeders + 1, offset.size()));
    if (offset.front() != 0) faults.add_file(dataset, 0, fmt::format("must be 0, is {}", offset.front()));
    for (std::size_t f = 0; f < feeders; ++f)
        if (offset[f + 1] < offset[f])
            faults.add_file(dataset, static_cast<std::int64_t>(f) + 1, "must not be below the row before it");
    if (offset.back() != static_cast<std::int64_t>(rows))
        faults.add_file(dataset, static_cast<std::int64_t>(feeders),
                        fmt::format("must be the number of rows, {}, is {}", rows, offset.back()));
}

void check_offsets(const Region& region, FaultList& faults) {
    const FeederColumns& feeder = region.feeder;
    const std::size_t n = feeder.id.size();
    if (n == 0) faults.add_file("/feeder/id", -1, "there must be at least one feeder");
    check_offset(faults, "/feeder/bus_offset", feeder.bus_offset, n, region.bus.id.size());
    check_offset(faults, "/feeder/branch_offset", feeder.branch_offset, n, region.branch.id.size());
    check_offset(faults, "/feeder/shunt_offset", feeder.shunt_offset, n, region.shunt.id.size());
    check_offset(faults, "/feeder/customer_offset", feeder.customer_offset, n, region.customer.id.size());
    const bool short_form = region.order_count() == 0 && feeder.order_offset.size() == 1;
    check_offset(faults, "/feeder/order_offset", feeder.order_offset, short_form ? 0 : n, region.order_count());
}

/// Seconds from 1970 of 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a year of four digits can name.
constexpr std::int64_t time_min = -62'167'219'200, time_max = 253'402'300'799;

void check_times(const SeriesSet& series, FaultList& faults) {
    const std::string dataset = fmt::format("/series/{}/time_bounds", series.name);
    if (series.start.empty()) faults.add_file(dataset, -1, "there must be at least one step");
    if (series.end.size() != series.start.size())
        return faults.add_file(dataset, -1, "every step must have a start and an end");
    for (std::size_t t = 0; t < series.start.size(); ++t) {
        const auto row = static_cast<std::int64_t>(t);
        if (series.start[t] < time_min || series.end[t] > time_max)
            faults.add_file(
                dataset, row,
                fmt::format("must lie in the years 0000 to 9999, [{}, {}] s from 1970", time_min, time_max));
        if (series.end[t] <= series.start[t]) faults.add_file(dataset, row, "a step must end after it starts");
        if (t > 0 && series.start[t] < series.end[t - 1])
            faults.add_file(dataset, row, "a step must not start before the one before it ends");
    }
}

void check_series(const Region& region, FaultList& faults) {
    if (region.series.empty()) faults.add_file("/series", -1, "there must be at least one series");
    const std::size_t customers = region.customer_count(), feeders = region.feeder_count();
    for (std::size_t s = 0; s < region.series.size(); ++s) {
        const SeriesSet& series = region.series[s];
        const std::size_t steps = series.step_count();
        check_times(series, faults);
        const auto check = [&](const char* name, const std::vector<double>& values, std::size_t columns) {
            if (values.size() != steps * columns)
                faults.add_file(fmt::format("/series/{}/{}", series.name, name), -1,
                                fmt::format("must have {} x {} values, has {}", steps, columns, values.size()));
        };
        check("p_forecast", series.p_forecast, customers);
        check("q_forecast", series.q_forecast, customers);
        check("slack_voltage", series.slack_voltage, 3 * feeders);
        check("slack_angle", series.slack_angle, 3 * feeders);
        if (!series.price.empty()) check("price", series.price, feeders);
        if (!series.to_tap.empty()) check("to_tap", series.to_tap, 3 * region.transformer.id.size());
        for (std::size_t other = 0; other < s; ++other)
            if (region.series[other].name == series.name)
                faults.add_file("/series/" + series.name, -1, "two series must not have the same name");
    }
}

/// Every identifier can be written and read; no two rows of the span have the same one.
void check_ids(FaultList& faults, const char* dataset, std::span<const std::string> ids, std::size_t first,
               const std::string& place) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto row = static_cast<std::int64_t>(first + i);
        if (ids[i].empty())
            faults.add_file(dataset, row, "must not be empty", place);
        else if (ids[i].size() > id_bytes_max)
            faults.add_file(dataset, row,
                            fmt::format("must have at most {} bytes, has {}", id_bytes_max, ids[i].size()), place);
        else if (!is_utf8(ids[i]) || ids[i].find('\0') != std::string::npos)
            faults.add_file(dataset, row, "must be UTF-8 without zero bytes", place);
    }
    std::vector<std::uint32_t> order(ids.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return ids[a] != ids[b] ? ids[a] < ids[b] : a < b; });
    for (std::size_t i = 1; i < order.size(); ++i)
        if (ids[order[i]] == ids[order[i - 1]])
            faults.add_file(dataset, static_cast<std::int64_t>(first + order[i]),
                            fmt::format("'{}' must be unique, row {} has it too", ids[order[i]], first + order[i - 1]),
                            place);
}

void check_words(const Region& region, FaultList& faults) {
    const auto check = [&](const char* attribute, const std::string& text) {
        if (!is_utf8(text) || text.find('\0') != std::string::npos)
            faults.add_file(attribute, -1, "must be UTF-8 without zero bytes");
    };
    check("name", region.name);
    check("currency", region.currency);
}

void check_all_ids(const Region& region, FaultList& faults) {
    check_ids(faults, "/feeder/id", region.feeder.id, 0, {});
    check_ids(faults, "/line_code/id", region.line_code.id, 0, {});
    check_ids(faults, "/transformer/id", region.transformer.id, 0, {});
    check_ids(faults, "/tap_control/id", region.tap_control.id, 0, {});
    check_ids(faults, "/volt_var/id", region.volt_var.id, 0, {});
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const std::string place = fmt::format("feeder '{}'", region.feeder.id[f]);
        const auto check = [&](const char* dataset, const std::vector<std::string>& ids, std::int64_t begin,
                               std::int64_t end) {
            const auto first = static_cast<std::size_t>(begin);
            check_ids(faults, dataset, std::span(ids).subspan(first, static_cast<std::size_t>(end - begin)), first,
                      place);
        };
        const FeederColumns& feeder = region.feeder;
        check("/bus/id", region.bus.id, feeder.bus_offset[f], feeder.bus_offset[f + 1]);
        check("/branch/id", region.branch.id, feeder.branch_offset[f], feeder.branch_offset[f + 1]);
        check("/shunt/id", region.shunt.id, feeder.shunt_offset[f], feeder.shunt_offset[f + 1]);
        check("/customer/id", region.customer.id, feeder.customer_offset[f], feeder.customer_offset[f + 1]);
    }
    check_order_ids(region, faults);
}

void check_table_reference(FaultList& faults, const char* dataset, const std::vector<std::int32_t>& references,
                           std::size_t rows) {
    for (std::size_t i = 0; i < references.size(); ++i)
        if (references[i] < -1 || references[i] >= static_cast<std::int64_t>(rows))
            faults.add_file(dataset, static_cast<std::int64_t>(i),
                            fmt::format("must be -1 or one of {} rows, is {}", rows, references[i]));
}

void check_order_references(const Region& region, std::size_t f, FaultList& faults) {
    const FeederColumns& feeder = region.feeder;
    const OrderColumns& order = region.order;
    const auto [begin, end] = feeder.order_rows(f);
    const std::int64_t first = feeder.customer_offset[f], last = feeder.customer_offset[f + 1];
    const auto add = [&](const char* dataset, std::int64_t row, std::string rule) {
        faults.add_file(
            dataset, row, std::move(rule),
            fmt::format("order '{}' of feeder '{}'", order.id[static_cast<std::size_t>(row)], feeder.id[f]));
    };
    for (std::int64_t row = begin; row < end; ++row) {
        const std::int32_t customer = order.customer[static_cast<std::size_t>(row)];
        const std::int32_t parent = order.parent[static_cast<std::size_t>(row)];
        if (customer < first || customer >= last)
            add("/order/customer", row,
                fmt::format("must be a customer of its feeder, rows {} to {} of /customer, is {}", first, last - 1,
                            customer));
        if (parent != OrderColumns::none && (parent < begin || parent >= end))
            add("/order/parent", row,
                fmt::format("must be -1 or an order of its feeder, rows {} to {} of /order, is {}", begin, end - 1,
                            parent));
    }
}

void check_references(const Region& region, FaultList& faults) {
    const FeederColumns& feeder = region.feeder;
    for (std::size_t f = 0; f < feeder.id.size(); ++f) {
        const std::int64_t first = feeder.bus_offset[f], last = feeder.bus_offset[f + 1];
        const std::string place = fmt::format("feeder '{}'", feeder.id[f]);
        const auto check = [&](const char* dataset, const std::vector<std::int32_t>& bus, std::int64_t begin,
                               std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int32_t row = bus[static_cast<std::size_t>(i)];
                if (row < first || row >= last)
                    faults.add_file(
                        dataset, i,
                        fmt::format("must be a bus of its feeder, rows {} to {} of /bus, is {}", first, last - 1, row),
                        place);
            }
        };
        check("/feeder/slack_bus", feeder.slack_bus, static_cast<std::int64_t>(f), static_cast<std::int64_t>(f) + 1);
        check("/branch/from_bus", region.branch.from_bus, feeder.branch_offset[f], feeder.branch_offset[f + 1]);
        check("/branch/to_bus", region.branch.to_bus, feeder.branch_offset[f], feeder.branch_offset[f + 1]);
        check("/shunt/bus", region.shunt.bus, feeder.shunt_offset[f], feeder.shunt_offset[f + 1]);
        check("/customer/bus", region.customer.bus, feeder.customer_offset[f], feeder.customer_offset[f + 1]);
        check_order_references(region, f, faults);
    }
    check_table_reference(faults, "/branch/line_code", region.branch.line_code, region.line_code.id.size());
    check_table_reference(faults, "/branch/transformer", region.branch.transformer, region.transformer.id.size());
    for (std::size_t i = 0; i < region.tap_control.transformer.size(); ++i)
        if (const std::int32_t row = region.tap_control.transformer[i];
            row < 0 || row >= static_cast<std::int64_t>(region.transformer.id.size()))
            faults.add_file("/tap_control/transformer", static_cast<std::int64_t>(i),
                            fmt::format("must be one of {} rows, is {}", region.transformer.id.size(), row));
    check_table_reference(faults, "/customer/volt_var", region.customer.volt_var, region.volt_var.id.size());
}

}  // namespace

void check_order_ids(const Region& region, FaultList& faults) {
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const auto [begin, end] = region.feeder.order_rows(f);
        const auto first = static_cast<std::size_t>(begin);
        check_ids(faults, "/order/id", std::span(region.order.id).subspan(first, static_cast<std::size_t>(end - begin)),
                  first, fmt::format("feeder '{}'", region.feeder.id[f]));
    }
}

std::vector<Fault> validate_structure(const Region& region) {
    FaultList faults(region);
    check_lengths(region, faults);
    check_offsets(region, faults);
    check_series(region, faults);
    if (!faults.empty()) return faults.take();
    check_words(region, faults);
    check_all_ids(region, faults);
    check_references(region, faults);
    return faults.take();
}

}  // namespace headroom
