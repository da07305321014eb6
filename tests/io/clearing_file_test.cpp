#include "io/result/clearing_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <tuple>

#include "io/case/case_file.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_clearing.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"
#include "tests/support/temporary_directory.hpp"

/// HDF5 1.10 itself loses the buffer of a chunk whose checksum is wrong; leaks of ours are still reported.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }  // NOLINT: the sanitizer's name

namespace headroom {
namespace {

using test::same_bits;
using test::TemporaryDirectory;

Region region_with_orders() {
    Region region = test::small_region();
    test::add_small_orders(region);
    return region;
}

std::string write(const ClearingResult& result, const Region& region, const std::filesystem::path& path) {
    return write_clearing(result, region, region.series[0], test::small_envelope_status(region),
                          test::small_clearing_run(), path);
}

void expect_near(const std::vector<double>& one, const std::vector<double>& other) {
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t k = 0; k < one.size(); ++k) EXPECT_NEAR(one[k], other[k], 1e-15 * std::abs(other[k])) << k;
}

void expect_same_proof(const BoundProof& one, const BoundProof& other) {
    EXPECT_EQ(one.state, other.state);
    ASSERT_EQ(one.nodes.size(), other.nodes.size());
    for (std::size_t n = 0; n < one.nodes.size(); ++n) {
        const auto all = [](const BoundProof::Node& node) {
            return std::tuple(node.parent, node.order, node.step, node.answer, node.kind, node.first_multiplier,
                              node.multiplier_count);
        };
        EXPECT_EQ(all(one.nodes[n]), all(other.nodes[n])) << n;
    }
    ASSERT_EQ(one.multipliers.size(), other.multipliers.size());
    for (std::size_t k = 0; k < one.multipliers.size(); ++k) {
        const auto all = [](const BoundProof::Multiplier& multiplier) {
            return std::tuple(multiplier.row, multiplier.step, multiplier.index, multiplier.side, multiplier.value);
        };
        EXPECT_EQ(all(one.multipliers[k]), all(other.multipliers[k])) << k;
    }
}

struct WrittenClearing : testing::Test {
    TemporaryDirectory directory;
    Region region = region_with_orders();
    ClearingResult result = test::small_clearing(region);
    std::string head = write(result, region, directory / "clearing.h5");
    ClearingFile file = read_clearing(directory / "clearing.h5");
};

TEST_F(WrittenClearing, ItemsLimitsPricesAndMoneyComeBackBitForBit) {
    const ClearingResult& back = file.result;
    EXPECT_EQ(back.step_count, result.step_count);
    EXPECT_EQ(back.customer_count, result.customer_count);
    EXPECT_EQ(back.feeder_count, result.feeder_count);
    EXPECT_EQ(back.order_count, result.order_count);
    for (std::size_t kind = 0; kind < back.before.size(); ++kind) {
        EXPECT_TRUE(same_bits(back.before[kind], result.before[kind])) << kind;
        EXPECT_TRUE(same_bits(back.after[kind], result.after[kind])) << kind;
    }
    for (std::size_t limit = 0; limit < back.price.size(); ++limit)
        EXPECT_TRUE(same_bits(back.price[limit], result.price[limit])) << limit;
    EXPECT_EQ(back.status, result.status);
    EXPECT_EQ(file.envelope_status, test::small_envelope_status(region));
    EXPECT_TRUE(same_bits(back.welfare, result.welfare));
    EXPECT_TRUE(same_bits(back.operator_surplus, result.operator_surplus));
    EXPECT_TRUE(same_bits(back.cash, result.cash));
    expect_near(back.row_excess, result.row_excess);
    EXPECT_EQ(back.checks, result.checks);
    EXPECT_EQ(back.fit, result.fit);
    EXPECT_EQ(back.feeder_fault, result.feeder_fault);
    EXPECT_EQ(back.rows.kind, result.rows.kind);
    EXPECT_EQ(back.rows.limit, result.rows.limit);
}

TEST_F(WrittenClearing, OutcomesTradesAndPartsComeBack) {
    const ClearingResult& back = file.result;
    ASSERT_EQ(back.outcome.size(), result.outcome.size());
    for (std::size_t o = 0; o < back.outcome.size(); ++o) {
        EXPECT_EQ(back.outcome[o].status, result.outcome[o].status);
        EXPECT_EQ(back.outcome[o].refusal, result.outcome[o].refusal);
        EXPECT_EQ(back.outcome[o].refused_step, result.outcome[o].refused_step);
        EXPECT_DOUBLE_EQ(back.outcome[o].accepted, result.outcome[o].accepted);
    }
    EXPECT_EQ(back.trade_offset, result.trade_offset);
    ASSERT_EQ(back.trades.size(), result.trades.size());
    for (std::size_t k = 0; k < back.trades.size(); ++k) {
        EXPECT_EQ(back.trades[k].time, result.trades[k].time);
        EXPECT_EQ(back.trades[k].buy, result.trades[k].buy);
        EXPECT_EQ(back.trades[k].sell, result.trades[k].sell);
        EXPECT_DOUBLE_EQ(back.trades[k].quantity, result.trades[k].quantity);
    }
    EXPECT_EQ(back.part_offset, result.part_offset);
    ASSERT_EQ(back.parts.size(), result.parts.size());
    for (std::size_t k = 0; k < back.parts.size(); ++k) {
        EXPECT_EQ(back.parts[k].steps, result.parts[k].steps);
        EXPECT_EQ(back.parts[k].status, result.parts[k].status);
        EXPECT_EQ(back.parts[k].bound, result.parts[k].bound);
        EXPECT_EQ(back.parts[k].certified, result.parts[k].certified);
        EXPECT_EQ(back.parts[k].iterations, result.parts[k].iterations);
        EXPECT_EQ(back.parts[k].unique_prices, result.parts[k].unique_prices);
        expect_same_proof(back.parts[k].proof, result.parts[k].proof);
    }
    ASSERT_EQ(back.row_prices.size(), result.row_prices.size());
    EXPECT_EQ(back.row_prices[1].row, result.row_prices[1].row);
    EXPECT_EQ(back.row_prices[1].side, 117);
    EXPECT_EQ(back.row_prices[1].price, result.row_prices[1].price);
}

TEST_F(WrittenClearing, RowsLinearisedInAcComeBackBitForBit) {
    const std::vector<AcTangent>&back = file.result.tangents, &tangents = result.tangents;
    ASSERT_EQ(back.size(), tangents.size());
    for (std::size_t k = 0; k < back.size(); ++k) {
        EXPECT_EQ(file.result.row_prices[k].tangent, result.row_prices[k].tangent);
        EXPECT_EQ(back[k].step, tangents[k].step);
        EXPECT_EQ(back[k].feeder, tangents[k].feeder);
        EXPECT_EQ(back[k].row, tangents[k].row);
        EXPECT_EQ(back[k].excess, tangents[k].excess);
        EXPECT_EQ(back[k].rest, tangents[k].rest);
        ASSERT_EQ(back[k].powers.size(), tangents[k].powers.size());
        for (std::size_t p = 0; p < back[k].powers.size(); ++p) {
            EXPECT_EQ(back[k].powers[p].customer, tangents[k].powers[p].customer);
            EXPECT_EQ(back[k].powers[p].kind, tangents[k].powers[p].kind);
            EXPECT_EQ(back[k].powers[p].power, tangents[k].powers[p].power);
            EXPECT_EQ(back[k].powers[p].coefficient, tangents[k].powers[p].coefficient);
        }
    }
}

TEST_F(WrittenClearing, OrdersComeBackWholeSoThatTheResultIsCheckableWithoutTheirCsv) {
    const OrderColumns& back = file.order;
    const OrderColumns& order = region.order;
    EXPECT_EQ(back.id, order.id);
    EXPECT_EQ(back.customer, order.customer);
    EXPECT_EQ(back.side, order.side);
    EXPECT_EQ(back.limit, order.limit);
    EXPECT_EQ(back.first_step, order.first_step);
    EXPECT_EQ(back.last_step, order.last_step);
    EXPECT_TRUE(same_bits(back.quantity, order.quantity));
    EXPECT_TRUE(same_bits(back.price, order.price));
    EXPECT_EQ(back.arrival, order.arrival);
    EXPECT_EQ(back.expiry, order.expiry);
    EXPECT_TRUE(same_bits(back.min_fill, order.min_fill));
    EXPECT_EQ(back.all_or_none, order.all_or_none);
    EXPECT_EQ(back.time_in_force, order.time_in_force);
    EXPECT_EQ(back.block, order.block);
    EXPECT_EQ(back.exclusive_group, order.exclusive_group);
    EXPECT_EQ(back.parent, order.parent);
    EXPECT_EQ(back.conditional, order.conditional);
}

TEST_F(WrittenClearing, SaysWhatItWasComputedFrom) {
    EXPECT_EQ(file.info.envelopes.case_digest, "0123456789abcdef");
    EXPECT_EQ(file.info.envelope_digest, "fedcba9876543210");
    EXPECT_EQ(file.info.market, "limit-exchange");
    EXPECT_EQ(file.info.mechanism, "auction");
    EXPECT_EQ(file.info.options, "--balance --gap 0.01");
    EXPECT_EQ(file.info.currency, "AUD");
    EXPECT_EQ(file.start, region.series[0].start);
    EXPECT_EQ(file.end, region.series[0].end);
    EXPECT_EQ(file.feeder_id, region.feeder.id);
    EXPECT_EQ(file.customer.id, region.customer.id);
}

TEST_F(WrittenClearing, TheChainIsThatOfItsTradesAndNoticesEveryChange) {
    const auto chain = trade_chain(file.info.envelopes.case_digest, file.order, file.records);
    ASSERT_EQ(chain.size(), file.chain.size() + 1);
    EXPECT_TRUE(std::equal(file.chain.begin(), file.chain.end(), chain.begin() + 1));
    EXPECT_EQ(hash_text(chain.back()), head);
    EXPECT_EQ(file.chain_head, head);

    const auto head_of = [&](const std::string& digest, const OrderColumns& order,
                             const std::vector<TradeRecord>& records) {
        return hash_text(trade_chain(digest, order, records).back());
    };
    auto records = file.records;
    records[0].quantity = std::nextafter(records[0].quantity, 0.0);
    EXPECT_NE(head_of("0123456789abcdef", file.order, records), head);
    records = file.records;
    std::swap(records[0], records[1]);
    EXPECT_NE(head_of("0123456789abcdef", file.order, records), head);
    OrderColumns order = file.order;
    order.conditional[0] = 1;
    EXPECT_NE(head_of("0123456789abcdef", order, file.records), head);
    EXPECT_NE(head_of("0123456789abcdee", file.order, file.records), head);
    EXPECT_EQ(head_of("0123456789abcdef", file.order, file.records), head);
}

TEST_F(WrittenClearing, TheSameContentGivesTheSameBytes) {
    EXPECT_EQ(write(result, region, directory / "again.h5"), head);
    EXPECT_EQ(file_digest(directory / "clearing.h5"), file_digest(directory / "again.h5"));
}

TEST_F(WrittenClearing, PartsThatDoNotFitAreRefusedAndLeaveNothing) {
    const auto expect_refused = [&](const std::function<void(ClearingResult&)>& spoil) {
        ClearingResult spoiled = result;
        spoil(spoiled);
        EXPECT_THROW(write(spoiled, region, directory / "spoiled.h5"), std::invalid_argument);
        EXPECT_FALSE(std::filesystem::exists(directory / "spoiled.h5"));
    };
    expect_refused([](ClearingResult& r) { r.cash.pop_back(); });
    expect_refused([](ClearingResult& r) { r.after[1].pop_back(); });
    expect_refused([](ClearingResult& r) { r.price[0].pop_back(); });
    expect_refused([](ClearingResult& r) { r.fit.pop_back(); });
    expect_refused([](ClearingResult& r) { r.trades.pop_back(); });
    expect_refused([](ClearingResult& r) { r.part_offset.pop_back(); });
    expect_refused([](ClearingResult& r) { r.feeder_fault.pop_back(); });
}

TEST_F(WrittenClearing, AFolderThatIsNotThereEndsInAnOutputError) {
    EXPECT_THROW(write(result, region, directory.path() / "absent" / "clearing.h5"), OutputError);
}

TEST(ClearingFile, AMarketWithoutTradesOrPartsIsAFileToo) {
    const TemporaryDirectory directory;
    const Region region = region_with_orders();
    ClearingResult result = test::small_clearing(region);
    result.trades.clear();
    result.parts.clear();
    result.row_prices.clear();
    result.tangents.clear();
    result.trade_offset.assign(region.feeder_count() + 1, 0);
    result.part_offset = result.trade_offset;
    for (auto& price : result.price) price.clear();

    const std::string head =
        write_clearing(result, region, region.series[0], {}, test::small_clearing_run(), directory / "quiet.h5");
    const ClearingFile file = read_clearing(directory / "quiet.h5");

    EXPECT_EQ(head, hash_text(trade_chain("0123456789abcdef", region.order, {}).front()));
    EXPECT_TRUE(file.result.trades.empty());
    EXPECT_EQ(file.result.part_offset, result.part_offset);
    EXPECT_TRUE(file.envelope_status.empty());
    EXPECT_TRUE(file.result.price[0].empty());
}

std::string answer_to(const std::filesystem::path& path) {
    try {
        read_clearing(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(was read without complaint)";
}

TEST(ClearingFile, IsNoFileOfAnotherKind) {
    const TemporaryDirectory directory;
    const Region region = region_with_orders();
    write_case(region, directory / "case.h5");
    EXPECT_NE(answer_to(directory / "case.h5").find("is no clearing"), std::string::npos)
        << answer_to(directory / "case.h5");
}

struct Forgery {
    std::string name;
    std::string answer;  ///< words of the message
};

/// What the reader says to each damaged file that forge_clearings.py makes.
const std::vector<Forgery> forgeries{
    {"newer_version", "has schema_version 2"},
    {"order_of_no_customer", "/order/customer: value 1: must lie in [0, 9], is 10"},
    {"order_of_no_side", "/order/side: value 2: must lie in [0, 1], is 2"},
    {"order_of_no_limit", "/order/limit: value 0: must lie in [0, 5], is -1"},
    {"order_after_the_last_step", "/order/last_step: value 0: must lie in [0, 3], is 4"},
    {"order_that_ends_before_it_starts", "/order/last_step: value 4: must not be before first_step"},
    {"order_of_no_parent", "/order/parent: value 5: must lie in [-1, 11], is 12"},
    {"orders_of_feeders_mixed", "/order/customer: value 5: must not go back to a feeder"},
    {"orders_of_other_length", "/order/price: must have shape [12], has [11]"},
    {"outcome_of_other_length", "/order/accepted: must have shape [12], has [13]"},
    {"outcome_of_no_status", "/order/status: value 3: must lie in [0, 7], is 8"},
    {"outcome_of_no_rule", "/order/refusal: value 3: must lie in [0, 6], is 7"},
    {"outcome_of_no_fit", "/order/fit: value 3: must lie in [0, 2], is 3"},
    {"outcome_missing", "/order/status: is missing"},
    {"trade_of_no_order", "/trade/buy: value 0: must lie in [-1, 11], is 12"},
    {"trade_of_nobody", "/trade/sell: value 0: the operator does not trade with itself"},
    {"trade_of_no_step", "/trade/step: value 1: must lie in [0, 3], is 4"},
    {"trade_of_no_limit", "/trade/limit: value 1: must lie in [0, 5], is 6"},
    {"trades_of_feeders_mixed", "/trade/feeder: value 3: must not be less than the one before"},
    {"trades_of_other_length", "/trade/quantity: must have shape [4], has [5]"},
    {"hash_of_other_width", "/trade/hash: must have shape [4, 32], has [4, 31]"},
    {"limits_of_other_size", "/limit/export_limit_after: must have shape [4, 10], has [4, 9]"},
    {"limits_before_alone", "/limit/import_limit_after: is missing"},
    {"price_of_other_size", "/price/export: must have shape [4, 10], has [3, 10]"},
    {"status_of_no_item", "/market/status: value 0: must lie in [0, 5], is 6"},
    {"part_beyond_its_steps", "/part/step_count: value 3: reaches beyond /part_step"},
    {"part_of_no_steps", "/part/step_count: value 0: must lie in [1, 8], is 0"},
    {"part_of_no_status", "/part/status: value 0: must lie in [0, 3], is 4"},
    {"price_of_no_row", "/row_price/row: value 1: must lie in [0, 3], is 4"},
    {"proof_of_no_state", "/part/proof: value 1: must lie in [0, 2], is 3"},
    {"proof_of_no_part", "/proof_node/part: value 5: must lie in"},
    {"proofs_of_parts_mixed", "/proof_node/part: value 4: must not be less than the one before"},
    {"node_before_its_parent", "/proof_node/parent: value 1: must be a node of its part before it"},
    {"node_of_another_part", "/proof_node/parent: value 4: must be a node of its part before it"},
    {"node_of_no_order", "/proof_node/order: value 1: must lie in [-1, 11], is 12"},
    {"node_of_no_kind", "/proof_node/kind: value 0: must lie in [0, 2], is 3"},
    {"node_of_other_multipliers", "/proof_node/first_multiplier: value 4: is not among the multipliers of its part"},
    {"node_of_too_many_multipliers", "/proof_node/first_multiplier: value 1: is not among the multipliers of its part"},
    {"nodes_of_other_length", "/proof_node/answer: must have shape"},
    {"multiplier_of_no_kind", "/proof_multiplier/kind: value 0: must lie in [0, 7], is 8"},
    {"multiplier_of_no_limit", "/proof_multiplier/index: value 1: is no limit"},
    {"multiplier_of_no_step", "/proof_multiplier/step: value 0: does not fit its kind"},
    {"multiplier_of_no_tangent", "/proof_multiplier/index: value 3: is no row of /tangent"},
    {"price_of_no_tangent", "/row_price/tangent: value 0: must lie in [-1, 1], is 3"},
    {"tangent_of_no_row", "/tangent/row: value 1: must lie in [0, 3], is 4"},
    {"tangents_of_feeders_mixed", "/tangent/feeder: value 1: must not be less than the one before"},
    {"tangent_of_no_powers", "/tangent/first_power: value 1: reaches beyond /tangent_power"},
    {"power_of_no_kind", "/tangent_power/kind: value 0: must lie in [0, 3], is 4"},
    {"power_of_no_customer", "/tangent_power/customer: value 2: must lie in [0, 9], is 10"},
    {"powers_of_other_length", "/tangent_power/power: must have shape"},
};

TEST_F(WrittenClearing, EveryForgeryIsRefusedWithItsDatasetAndRule) {
    const std::string command = "/usr/bin/python3 " HEADROOM_SOURCE_DIR "/tests/io/forge_clearings.py "
                                + (directory / "clearing.h5").string() + " " + directory.path().string();
    const int status = std::system(command.c_str());
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "h5py is not installed";
    ASSERT_EQ(status, 0) << command;

    for (const Forgery& forgery : forgeries) {
        const std::string answer = answer_to(directory / (forgery.name + ".h5"));
        EXPECT_NE(answer.find(forgery.answer), std::string::npos) << forgery.name << ": " << answer;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), forgeries.size() + 1)
        << "the sound one and one file for each line above";
}

}  // namespace
}  // namespace headroom
