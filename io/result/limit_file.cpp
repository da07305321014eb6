#include "io/result/limit_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "io/errors.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

LimitFile limits_after(ClearingFile file, const std::filesystem::path& path) {
    auto& after = file.result.after;
    const auto of = [&](TradedLimit limit) {
        return std::move(after[static_cast<std::size_t>(position_kind(limit))]);
    };
    LimitFile limits{.run = file.info.envelopes,
                     .market = fmt::format("{} by {}", file.info.market, file.info.mechanism),
                     .start = std::move(file.start),
                     .feeder_id = std::move(file.feeder_id),
                     .customer_id = std::move(file.customer.id),
                     .limits = {.export_limit = of(TradedLimit::export_power),
                                .import_limit = of(TradedLimit::import_power),
                                .q_inject_limit = of(TradedLimit::q_inject),
                                .q_absorb_limit = of(TradedLimit::q_absorb)}};
    if (limits.limits.export_limit.empty())
        throw InputError(fmt::format("'{}' has set-points, and no limits to replay", path.string()));
    return limits;
}

}  // namespace

LimitFile limits_of(EnvelopeFile file) {
    EnvelopeResult& result = file.result;
    return {.run = std::move(file.run),
            .market = "",
            .start = std::move(file.start),
            .feeder_id = std::move(file.feeder_id),
            .customer_id = std::move(file.customer_id),
            .limits = {.export_limit = std::move(result.export_limit),
                       .import_limit = std::move(result.import_limit),
                       .q_inject_limit = std::move(result.q_inject_limit),
                       .q_absorb_limit = std::move(result.q_absorb_limit)}};
}

LimitFile read_limits(const std::filesystem::path& path) {
    const bool is_clearing = has_schema(Hdf5Reader(path), clearing_schema::name);
    return is_clearing ? limits_after(read_clearing(path), path) : limits_of(read_envelopes(path));
}

}  // namespace headroom
