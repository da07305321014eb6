#include "io/result/limit_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "io/errors.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

LimitFile limits_after(ClearingFile file, const std::filesystem::path& path) {
    auto& after = file.result.after;
    const auto of = [&](TradedLimit limit) { return std::move(after[static_cast<std::size_t>(position_kind(limit))]); };
    LimitFile limits{.run = file.info.envelopes,
                     .market = fmt::format("{} by {}", file.info.market, file.info.mechanism),
                     .start = std::move(file.start),
                     .feeder_id = std::move(file.feeder_id),
                     .customer_id = std::move(file.customer.id),
                     .customer_feeder = std::move(file.customer.feeder),
                     .limits = {.export_limit = of(TradedLimit::export_power),
                                .import_limit = of(TradedLimit::import_power),
                                .q_inject_limit = of(TradedLimit::q_inject),
                                .q_absorb_limit = of(TradedLimit::q_absorb)}};
    if (limits.limits.export_limit.empty())
        throw InputError(fmt::format("'{}' has set-points, and no limits to replay", path.string()));
    return limits;
}

/// Consecutive columns of arrays that are [step x column].
struct Columns {
    std::size_t first, count;

    /// @pre `all` is empty, or has as many columns in every step
    template <class T> std::vector<T> of(const std::vector<T>& all, std::size_t steps) const {
        std::vector<T> some;
        const std::size_t width = steps == 0 ? 0 : all.size() / steps;
        for (std::size_t step = 0; width > 0 && step < steps; ++step) {
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(step * width + first);
            some.insert(some.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
        }
        return some;
    }
    template <class T> std::vector<T> of(const std::vector<T>& all) const { return of(all, 1); }
};

/// Customers stand by feeder.
Columns customers_of(const Columns& feeders, const std::vector<std::int32_t>& customer_feeder) {
    const auto before = [&](std::size_t feeder) {
        return static_cast<std::size_t>(std::ranges::count_if(
            customer_feeder, [&](std::int32_t own) { return static_cast<std::size_t>(own) < feeder; }));
    };
    const std::size_t first = before(feeders.first);
    return {first, before(feeders.first + feeders.count) - first};
}

Columns feeders_among(std::size_t first, std::size_t count, std::size_t total) {
    const std::size_t begin = std::min(first, total);
    return {begin, std::min(count, total - begin)};
}

}  // namespace

LimitFile limits_of(EnvelopeFile file) {
    EnvelopeResult& result = file.result;
    return {.run = std::move(file.run),
            .market = "",
            .start = std::move(file.start),
            .feeder_id = std::move(file.feeder_id),
            .customer_id = std::move(file.customer_id),
            .customer_feeder = std::move(file.customer_feeder),
            .limits = {.export_limit = std::move(result.export_limit),
                       .import_limit = std::move(result.import_limit),
                       .q_inject_limit = std::move(result.q_inject_limit),
                       .q_absorb_limit = std::move(result.q_absorb_limit)}};
}

LimitFile read_limits(const std::filesystem::path& path) {
    const bool is_clearing = has_schema(Hdf5Reader(path), clearing_schema::name);
    return is_clearing ? limits_after(read_clearing(path), path) : limits_of(read_envelopes(path));
}

void keep_feeders(std::size_t first, std::size_t count, LimitFile& file) {
    const std::size_t steps = file.start.size();
    const Columns feeders = feeders_among(first, count, file.feeder_id.size()),
                  customers = customers_of(feeders, file.customer_feeder);
    for (auto* limits : {&file.limits.export_limit, &file.limits.import_limit, &file.limits.q_inject_limit,
                         &file.limits.q_absorb_limit})
        *limits = customers.of(*limits, steps);
    file.feeder_id = feeders.of(file.feeder_id);
    file.customer_id = customers.of(file.customer_id);
    file.customer_feeder = customers.of(file.customer_feeder);
    for (std::int32_t& feeder : file.customer_feeder) feeder -= static_cast<std::int32_t>(feeders.first);
}

EnvelopeResult limits_of_feeders(std::size_t first, std::size_t count, const EnvelopeFile& file) {
    const EnvelopeResult& all = file.result;
    const Columns feeders = feeders_among(first, count, file.feeder_id.size()),
                  customers = customers_of(feeders, file.customer_feeder);
    EnvelopeResult some;
    for (const LimitMembers& kind : limit_members) some.*kind.limit = customers.of(all.*kind.limit, all.step_count);
    some.status = feeders.of(all.status, all.step_count);
    some.step_count = all.step_count;
    some.customer_count = customers.count;
    some.feeder_count = feeders.count;
    return some;
}

}  // namespace headroom
