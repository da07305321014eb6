#include "tests/support/small_clearing.hpp"

#include "tests/support/small_result.hpp"

namespace headroom::test {
namespace {

/// One order decided both ways, both closed by the same two multipliers.
BoundProof small_proof(std::int32_t feeder, std::int32_t order, double x) {
    using enum BoundProof::NodeKind;
    return {
        .state = BoundProof::State::stored,
        .nodes = {{-1, -1, -1, 0, split, 0, 0}, {0, order, 3, 0, bound, 1, 2}, {0, order, 3, 1, nothing_fits, 1, 2}},
        .multipliers = {{AuctionRow::network, 1, 0, 117, 0.5 * x},
                        {AuctionRow::balance, 3, 1, 0, -x / 3},
                        {AuctionRow::parent, -1, order + 1, 0, 1e-3},
                        {AuctionRow::tangent, 1, feeder, 0, 0.75}}};
}

void add_feeder(const Region& region, std::size_t feeder, ClearingResult& result) {
    const auto first = static_cast<std::int32_t>(region.feeder.order_offset[feeder]);
    const double x = 0.1 + static_cast<double>(feeder);
    result.trades.push_back({.time = 1'699'963'200'000'000,
                             .step = 0,
                             .limit = TradedLimit::export_power,
                             .buy = first,
                             .sell = first + 1,
                             .quantity = 1.2345678901234567,
                             .buy_price = 25 + x,
                             .sell_price = 12.5 - x});
    result.trades.push_back({.time = -7,
                             .step = 3,
                             .limit = TradedLimit::import_power,
                             .buy = -1,
                             .sell = first + 2,
                             .quantity = x / 3,
                             .buy_price = not_given,
                             .sell_price = -0.0});
    result.trade_offset.push_back(static_cast<std::int64_t>(result.trades.size()));
    result.parts.push_back({.steps = {0, 1, 3},
                            .status = IntegerStatus::optimal,
                            .welfare = 3.5 * x,
                            .bound = 3.6 * x,
                            .certificate_gap = 1e-12 * x,
                            .row_excess = -2e-3 * x,
                            .certified = true,
                            .nodes = 17,
                            .iterations = 171,
                            .unique_prices = true,
                            .proof = small_proof(static_cast<std::int32_t>(feeder), first, x)});
    result.parts.push_back({.steps = {2}, .status = IntegerStatus::node_limit});
    result.parts.back().proof.state = feeder == 0 ? BoundProof::State::not_stored : BoundProof::State::by_prices;
    result.part_offset.push_back(static_cast<std::int64_t>(result.parts.size()));
    result.row_prices.push_back({.step = 1,
                                 .feeder = static_cast<std::int32_t>(feeder),
                                 .row = static_cast<std::int32_t>(feeder),
                                 .side = 117,
                                 .price = 0.25 * x,
                                 .tie_price = 0,
                                 .tangent = static_cast<std::int32_t>(feeder) - 1});
    using enum EnvelopeCoordinate::Kind;
    const auto customer = static_cast<std::int32_t>(region.feeder.customer_offset[feeder]);
    AcTangent& tangent = result.tangents.emplace_back(
        AcTangent{.step = 1,
                  .feeder = static_cast<std::int32_t>(feeder),
                  .row = static_cast<std::int32_t>(feeder),
                  .excess = -1e-7 * x,
                  .rest = 0.01 / x,
                  .powers = {{customer, active_power, 1000 * x, 1e-6 / 3}, {customer, reactive_power, -77.7, -1e-7}}});
    if (feeder > 0) tangent.powers.push_back({customer + 1, shared_error, 0.1, 0});
}

}  // namespace

ClearingResult small_clearing(const Region& region) {
    ClearingResult result;
    result.rows = small_result(region).rows;
    result.step_count = region.series.at(0).step_count();
    result.customer_count = region.customer_count();
    result.feeder_count = region.feeder_count();
    result.order_count = region.order_count();
    const std::size_t places = result.step_count * result.customer_count,
                      items = result.step_count * result.feeder_count;
    const auto fill = [](std::vector<double>& values, std::size_t count, double scale) {
        for (std::size_t k = 0; k < count; ++k)
            values.push_back(k % 5 == 3 ? not_given : scale * (1 + static_cast<double>(k) / 3));
    };
    for (const std::size_t kind : {0U, 1U, 2U}) {
        fill(result.before[kind], places, 1000 + static_cast<double>(kind));
        fill(result.after[kind], places, 2000 + static_cast<double>(kind));
        fill(result.price[kind], places, 30 + static_cast<double>(kind));
    }
    for (std::size_t i = 0; i < items; ++i)
        result.status.push_back(i % result.feeder_count + 1 == result.feeder_count
                                    ? ClearingStatus::invalid_input
                                    : static_cast<ClearingStatus>(i / 2));
    fill(result.welfare, items, 0.7);
    fill(result.operator_surplus, items, 0.07);
    for (std::size_t i = 0; i < items; ++i) result.row_excess.push_back(-0.5 * static_cast<double>(i));
    fill(result.cash, places, -0.3);
    for (std::size_t o = 0; o < result.order_count; ++o) {
        result.outcome.push_back({.status = static_cast<OrderStatus>(o % 8),
                                  .refusal = static_cast<OrderRefusal>(o % 7),
                                  .refused_step = static_cast<std::int32_t>(o % 5) - 1,
                                  .accepted = 0.25 * static_cast<double>(o)});
        result.fit.push_back(static_cast<PriceFit>(o % 3));
    }
    result.trade_offset = result.part_offset = {0};
    for (std::size_t f = 0; f < result.feeder_count; ++f) {
        add_feeder(region, f, result);
        result.checks.push_back(100 + static_cast<std::int64_t>(f));
    }
    result.feeder_fault.assign(result.feeder_count, "");
    result.feeder_fault.back() = "/branch/length row 7 (branch 'l1' of feeder 'é'): must lie in [0, 1e7] m, is -3";
    return result;
}

std::vector<ItemStatus> small_envelope_status(const Region& region) {
    std::vector<ItemStatus> status;
    for (std::size_t i = 0; i < region.series.at(0).step_count() * region.feeder_count(); ++i)
        status.push_back(static_cast<ItemStatus>(i % 8));
    return status;
}

ClearingRunInfo small_clearing_run() {
    return {.envelopes = small_run(),
            .envelope_digest = "fedcba9876543210",
            .market = "limit-exchange",
            .mechanism = "auction",
            .options = "--balance --gap 0.01",
            .currency = "AUD"};
}

}  // namespace headroom::test
