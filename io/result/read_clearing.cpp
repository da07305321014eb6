#include <algorithm>

#include "formulations/units.hpp"
#include "io/case/column_reader.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/hdf5/notes.hpp"
#include "io/result/bound_proofs.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/schema.hpp"
#include "io/result/tangents.hpp"

namespace headroom {
namespace {

ClearingRunInfo read_run(const ResultReader& page) {
    return {.envelopes = page.envelope_question("envelope_options"),
            .envelope_digest = page.note("envelope_digest"),
            .market = page.note("market"),
            .mechanism = page.note("mechanism"),
            .options = page.note("options"),
            .currency = page.note("currency")};
}

/// Reads one clearing, group by group, and what refers to something is checked against it.
class ClearingReader {
public:
    ClearingReader(const Hdf5Reader& reader, ClearingFile& file) : reader_(reader), page_(reader), file_(file) {}

    void read() {
        file_.info = read_run(page_);
        file_.chain_head = page_.note("chain_head");
        read_things();
        read_orders();
        read_outcomes();
        read_limits();
        read_items();
        read_trades();
        read_parts();
        file_.result.tangents = read_tangents(reader_, {step_last_, feeder_last_, row_last(), customer_last()});
        require_tangents_of_proofs();
        read_row_prices();
    }

private:
    std::int32_t row_last() const { return static_cast<std::int32_t>(file_.result.rows.size()) - 1; }
    std::int32_t customer_last() const { return static_cast<std::int32_t>(file_.result.customer_count) - 1; }
    std::int32_t tangent_last() const { return static_cast<std::int32_t>(file_.result.tangents.size()) - 1; }

    template <class Enum>
    std::vector<Enum> codes(const char* path, const Shape& shape, std::string_view meanings) const {
        const auto last = static_cast<std::int8_t>(split_words(meanings).size() - 1);
        std::vector<Enum> all;
        for (const std::int8_t code : page_.values<std::int8_t>(path, shape, 0, last))
            all.push_back(static_cast<Enum>(code));
        return all;
    }

    void read_things() {
        ResultFrame frame = read_frame(reader_, page_);
        file_.start = std::move(frame.start);
        file_.end = std::move(frame.end);
        file_.feeder_id = std::move(frame.feeder_id);
        ClearingResult& result = file_.result;
        result.feeder_fault = std::move(frame.feeder_fault);
        result.step_count = file_.start.size();
        result.feeder_count = file_.feeder_id.size();
        step_last_ = static_cast<std::int32_t>(result.step_count) - 1;
        feeder_last_ = static_cast<std::int32_t>(result.feeder_count) - 1;
        by_feeder_ = {result.step_count, result.feeder_count};
        result.checks = page_.values<std::int64_t>("/feeder/checks", {result.feeder_count});
        file_.customer = read_customers(page_, feeder_last_);
        result.customer_count = file_.customer.id.size();
        by_customer_ = {result.step_count, result.customer_count};
        result.rows = read_row_table(page_, feeder_last_, file_.row_names);
    }

    template <class T>
    void require_range(const char* path, const std::vector<T>& values, int lowest, int highest) const {
        for (std::size_t k = 0; k < values.size(); ++k)
            if (const auto value = static_cast<int>(values[k]); value < lowest || value > highest)
                reader_.fail(path, fmt::format("value {}: must lie in [{}, {}], is {}", k, lowest, highest, value));
    }

    void read_orders() {
        const std::uint64_t count = page_.length("/order/id", ElementType::text, 2);
        OrderColumns& order = file_.order;
        visit_columns(order, ColumnReader(reader_, case_group::order, {0, count, count}));
        file_.result.order_count = count;
        order_last_ = static_cast<std::int32_t>(count) - 1;
        require_range("/order/customer", order.customer, 0, customer_last());
        require_range("/order/side", order.side, 0, 1);
        require_range("/order/limit", order.limit, 0, 5);
        require_range("/order/first_step", order.first_step, 0, step_last_);
        require_range("/order/last_step", order.last_step, 0, step_last_);
        require_range("/order/all_or_none", order.all_or_none, 0, 1);
        require_range("/order/time_in_force", order.time_in_force, 0, 2);
        require_range("/order/parent", order.parent, -1, order_last_);
        require_range("/order/conditional", order.conditional, 0, 1);
        std::int32_t feeder = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const std::int32_t own = file_.customer.feeder[static_cast<std::size_t>(order.customer[k])];
            if (order.last_step[k] < order.first_step[k])
                reader_.fail("/order/last_step", fmt::format("value {}: must not be before first_step", k));
            if (own < feeder) reader_.fail("/order/customer", fmt::format("value {}: must not go back to a feeder", k));
            feeder = own;
        }
    }

    void read_outcomes() {
        const Shape by_order{file_.result.order_count};
        const auto status = codes<OrderStatus>("/order/status", by_order, clearing_schema::order_status_meanings);
        const auto refusal = codes<OrderRefusal>("/order/refusal", by_order, clearing_schema::refusal_meanings);
        const auto step = page_.values<std::int32_t>("/order/refused_step", by_order, -1, step_last_);
        const auto accepted = page_.values<double>("/order/accepted", by_order);
        for (std::size_t k = 0; k < status.size(); ++k)
            file_.result.outcome.push_back({.status = status[k],
                                            .refusal = refusal[k],
                                            .refused_step = step[k],
                                            .accepted = accepted[k] / watt_per_kilowatt});
        file_.result.fit = codes<PriceFit>("/order/fit", by_order, clearing_schema::fit_meanings);
    }

    void read_limits() {
        ClearingResult& result = file_.result;
        for (std::size_t kind = 0; kind < result.before.size(); ++kind) {
            const std::string path = fmt::format("/limit/{}", clearing_schema::position_names[kind]);
            if (!page_.has(path + "_before") && !page_.has(path + "_after")) continue;
            result.before[kind] = page_.values<double>(path + "_before", by_customer_);
            result.after[kind] = page_.values<double>(path + "_after", by_customer_);
        }
        const std::vector<std::string> names = split_words(clearing_schema::limit_meanings);
        for (std::size_t limit = 0; limit < result.price.size(); ++limit)
            if (page_.has("/price/" + names[limit]))
                result.price[limit] = page_.values<double>("/price/" + names[limit], by_customer_);
    }

    void read_items() {
        ClearingResult& result = file_.result;
        result.status = codes<ClearingStatus>("/market/status", by_feeder_, clearing_schema::status_meanings);
        if (page_.has("/market/envelope_status"))
            file_.envelope_status =
                codes<ItemStatus>("/market/envelope_status", by_feeder_, result_schema::status_meanings);
        result.welfare = page_.values<double>("/market/welfare", by_feeder_);
        result.operator_surplus = page_.values<double>("/market/operator_surplus", by_feeder_);
        if (page_.has("/market/ac_excess"))
            result.secure.worst_excess = page_.values<double>("/market/ac_excess", by_feeder_);
        result.row_excess = page_.values<double>("/market/row_excess", by_feeder_);
        for (double& excess : result.row_excess) excess /= watt_per_kilowatt;
        result.cash = page_.values<double>("/settlement/cash", by_customer_);
    }

    /// Where the rows of each feeder begin, of a column that rises.
    std::vector<std::int64_t> offsets(const char* path, const std::vector<std::int32_t>& feeder) const {
        std::vector<std::int64_t> offset(file_.result.feeder_count + 1, 0);
        for (std::size_t k = 0; k < feeder.size(); ++k) {
            if (k > 0 && feeder[k] < feeder[k - 1])
                reader_.fail(path, fmt::format("value {}: must not be less than the one before", k));
            ++offset[static_cast<std::size_t>(feeder[k]) + 1];
        }
        for (std::size_t f = 0; f < file_.result.feeder_count; ++f) offset[f + 1] += offset[f];
        return offset;
    }

    void read_trades() {
        const std::uint64_t n = page_.length("/trade/feeder", ElementType::int32, 1);
        const auto feeder = page_.values<std::int32_t>("/trade/feeder", {n}, 0, feeder_last_);
        const auto time = page_.values<std::int64_t>("/trade/time", {n});
        const auto step = page_.values<std::int32_t>("/trade/step", {n}, 0, step_last_);
        const auto limit = codes<TradedLimit>("/trade/limit", {n}, clearing_schema::limit_meanings);
        const auto buy = page_.values<std::int32_t>("/trade/buy", {n}, -1, order_last_);
        const auto sell = page_.values<std::int32_t>("/trade/sell", {n}, -1, order_last_);
        const auto quantity = page_.values<double>("/trade/quantity", {n});
        const auto buy_price = page_.values<double>("/trade/buy_price", {n});
        const auto sell_price = page_.values<double>("/trade/sell_price", {n});
        const auto hash = page_.values<std::uint8_t>("/trade/hash", {n, ChainHash{}.size()});
        file_.chain.resize(n);
        for (std::size_t k = 0; k < n; ++k) {
            if (buy[k] < 0 && sell[k] < 0)
                reader_.fail("/trade/sell", fmt::format("value {}: the operator does not trade with itself", k));
            file_.records.push_back({feeder[k], time[k], step[k], static_cast<std::int32_t>(limit[k]), buy[k], sell[k],
                                     quantity[k], buy_price[k], sell_price[k]});
            file_.result.trades.push_back({time[k], step[k], limit[k], buy[k], sell[k], quantity[k] / watt_per_kilowatt,
                                           buy_price[k], sell_price[k]});
            std::copy_n(hash.begin() + static_cast<std::ptrdiff_t>(k * ChainHash{}.size()), ChainHash{}.size(),
                        file_.chain[k].begin());
        }
        file_.result.trade_offset = offsets("/trade/feeder", feeder);
    }

    void read_parts() {
        ClearingResult& result = file_.result;
        result.part_offset.assign(result.feeder_count + 1, 0);
        if (!page_.has("/part")) return;
        const std::uint64_t n = page_.length("/part/feeder", ElementType::int32, 1);
        const std::uint64_t steps = page_.length("/part_step", ElementType::int32, 1);
        const auto all_steps = page_.values<std::int32_t>("/part_step", {steps}, 0, step_last_);
        const auto feeder = page_.values<std::int32_t>("/part/feeder", {n}, 0, feeder_last_);
        const auto step_sum = static_cast<std::int32_t>(steps);
        const auto first = page_.values<std::int32_t>("/part/first_step", {n}, 0, step_sum);
        const auto count = page_.values<std::int32_t>("/part/step_count", {n}, 1, step_sum);
        const auto status = codes<IntegerStatus>("/part/status", {n}, clearing_schema::part_status_meanings);
        const auto welfare = page_.values<double>("/part/welfare", {n}),
                   bound = page_.values<double>("/part/bound", {n});
        const auto gap = page_.values<double>("/part/certificate_gap", {n});
        const auto excess = page_.values<double>("/part/row_excess", {n});
        const auto certified = page_.values<std::uint8_t>("/part/certified", {n}, 0, 1);
        const auto nodes = page_.values<std::int64_t>("/part/nodes", {n});
        const auto iterations = page_.values<std::int64_t>("/part/iterations", {n});
        const auto unique = page_.values<std::uint8_t>("/part/unique_prices", {n}, 0, 1);
        for (std::size_t k = 0; k < n; ++k) {
            if (count[k] > step_sum - first[k])
                reader_.fail("/part/step_count", fmt::format("value {}: reaches beyond /part_step", k));
            const auto begin = all_steps.begin() + first[k];
            result.parts.push_back({.steps = {begin, begin + count[k]},
                                    .status = status[k],
                                    .welfare = welfare[k],
                                    .bound = bound[k],
                                    .certificate_gap = gap[k],
                                    .row_excess = excess[k] / watt_per_kilowatt,
                                    .certified = certified[k] != 0,
                                    .nodes = nodes[k],
                                    .iterations = iterations[k],
                                    .unique_prices = unique[k] != 0});
        }
        result.part_offset = offsets("/part/feeder", feeder);
        read_bound_proofs(reader_, step_last_, order_last_, result.parts);
    }

    void read_row_prices() {
        if (!page_.has("/row_price")) return;
        const std::uint64_t n = page_.length("/row_price/step", ElementType::int32, 1);
        const auto step = page_.values<std::int32_t>("/row_price/step", {n}, 0, step_last_);
        const auto feeder = page_.values<std::int32_t>("/row_price/feeder", {n}, 0, feeder_last_);
        const auto row = page_.values<std::int32_t>("/row_price/row", {n}, 0, row_last());
        const auto side = page_.values<std::int32_t>("/row_price/side", {n}, 0, result_schema::side_last);
        const auto price = page_.values<double>("/row_price/price", {n});
        std::vector<std::int32_t> tangent(n, -1);
        if (page_.has("/row_price/tangent"))
            tangent = page_.values<std::int32_t>("/row_price/tangent", {n}, -1, tangent_last());
        for (std::size_t k = 0; k < n; ++k)
            file_.result.row_prices.push_back({step[k], feeder[k], row[k], side[k], price[k], 0, tangent[k]});
    }

    void require_tangents_of_proofs() const {
        std::size_t k = 0;
        for (const AuctionPart& part : file_.result.parts)
            for (const BoundProof::Multiplier& multiplier : part.proof.multipliers) {
                if (multiplier.row == AuctionRow::tangent && multiplier.index > tangent_last())
                    reader_.fail("/proof_multiplier/index", fmt::format("value {}: is no row of /tangent", k));
                ++k;
            }
    }

    const Hdf5Reader& reader_;
    ResultReader page_;
    ClearingFile& file_;
    std::int32_t step_last_ = -1, feeder_last_ = -1, order_last_ = -1;
    Shape by_feeder_, by_customer_;
};

}  // namespace

ClearingFile read_clearing(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    require_schema(reader, "clearing", clearing_schema::name, clearing_schema::version);
    ClearingFile file;
    ClearingReader(reader, file).read();
    return file;
}

}  // namespace headroom
