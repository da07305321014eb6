#include "io/result/trade_chain.hpp"

#include <fmt/format.h>
#include <sodium/crypto_hash_sha256.h>

#include <bit>
#include <string_view>
#include <type_traits>

#include "formulations/units.hpp"
#include "io/case/case_columns.hpp"
#include "io/case/schema.hpp"

namespace headroom {
namespace {

constexpr std::string_view chain_name = "headroom-clearing 1", run_name = "headroom-clearing-run 1";
static_assert(std::endian::native == std::endian::little, "values are hashed as they stand in memory");

class Sha256 {
public:
    Sha256() { crypto_hash_sha256_init(&state_); }
    void add(const void* data, std::size_t size) {
        crypto_hash_sha256_update(&state_, static_cast<const unsigned char*>(data), size);
    }
    void add(std::string_view text) { add(text.data(), text.size()); }
    template <class T>
    requires std::is_arithmetic_v<T>
    void add(T value) { add(&value, sizeof value); }
    ChainHash finish() {
        ChainHash hash;
        static_assert(sizeof hash == crypto_hash_sha256_BYTES);
        crypto_hash_sha256_final(&state_, hash.data());
        return hash;
    }

private:
    crypto_hash_sha256_state state_;
};

/// Adds each column it is shown.
struct ColumnHasher {
    Sha256& hash;

    void operator()(const ColumnNote&, const std::vector<std::string>& words) const {
        std::array<char, case_schema::id_bytes_max> padded;
        for (const std::string& word : words) {
            padded.fill(0);
            word.copy(padded.data(), padded.size());
            hash.add(padded.data(), padded.size());
        }
    }
    template <class T>
    void operator()(const ColumnNote&, const std::vector<T>& column, const std::type_identity_t<T>& = {}) const {
        hash.add(column.data(), column.size() * sizeof(T));
    }
};

ChainHash chain_start(const std::string& case_digest, const OrderColumns& orders) {
    Sha256 hash;
    hash.add(chain_name);
    hash.add(case_digest);
    visit_columns(orders, ColumnHasher{hash});
    return hash.finish();
}

ChainHash next(const ChainHash& before, const TradeRecord& trade) {
    Sha256 hash;
    hash.add(before.data(), before.size());
    hash.add(trade.feeder);
    hash.add(trade.time);
    hash.add(trade.step);
    hash.add(trade.limit);
    hash.add(trade.buy);
    hash.add(trade.sell);
    hash.add(trade.quantity);
    hash.add(trade.buy_price);
    hash.add(trade.sell_price);
    return hash.finish();
}

}  // namespace

std::vector<ChainHash> trade_chain(const std::string& case_digest, const OrderColumns& orders,
                                   std::span<const TradeRecord> trades) {
    std::vector<ChainHash> chain{chain_start(case_digest, orders)};
    for (const TradeRecord& trade : trades) chain.push_back(next(chain.back(), trade));
    return chain;
}

std::string hash_text(const ChainHash& hash) {
    std::string text;
    for (const std::uint8_t byte : hash) text += fmt::format("{:02x}", byte);
    return text;
}

std::string head_of_parts(std::span<const std::string> heads) {
    Sha256 hash;
    hash.add(run_name);
    for (const std::string& head : heads) hash.add(head);
    return hash_text(hash.finish());
}

std::vector<TradeRecord> trade_records(const ClearingResult& result) {
    std::vector<TradeRecord> records;
    for (std::size_t f = 0; f < result.feeder_count; ++f)
        for (std::int64_t k = result.trade_offset[f]; k < result.trade_offset[f + 1]; ++k) {
            const Trade& trade = result.trades[static_cast<std::size_t>(k)];
            records.push_back({.feeder = static_cast<std::int32_t>(f),
                               .time = trade.time,
                               .step = trade.step,
                               .limit = static_cast<std::int32_t>(trade.limit),
                               .buy = trade.buy,
                               .sell = trade.sell,
                               .quantity = trade.quantity * watt_per_kilowatt,
                               .buy_price = trade.buy_price,
                               .sell_price = trade.sell_price});
        }
    return records;
}

}  // namespace headroom
