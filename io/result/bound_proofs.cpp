#include "io/result/bound_proofs.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>
#include <utility>

#include "io/result/result_reader.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

constexpr const char *parts_axis = "/parts", *nodes_axis = "/proof_nodes", *multipliers_axis = "/proof_multipliers";
constexpr std::string_view state_meanings = "by_prices stored not_stored";
constexpr std::string_view node_meanings = "split bound nothing_fits";
constexpr std::string_view row_meanings = "network position balance least most group parent tangent";

using Node = BoundProof::Node;
using Multiplier = BoundProof::Multiplier;

Attributes flags(const char* long_name, std::string_view meanings) {
    Attributes notes = describe(long_name);
    add_counting_flags<std::int8_t>(notes, meanings);
    return notes;
}

/// One column over what all parts have of something: value(entry, first node, first multiplier, part).
template <class T, class List, class Value>
std::vector<T> column_of(const std::vector<AuctionPart>& parts, List BoundProof::*list, Value value) {
    std::vector<T> all;
    std::int64_t first_node = 0, first_multiplier = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const BoundProof& proof = parts[k].proof;
        for (const auto& entry : proof.*list)
            all.push_back(static_cast<T>(value(entry, first_node, first_multiplier, k)));
        first_node += static_cast<std::int64_t>(proof.nodes.size());
        first_multiplier += static_cast<std::int64_t>(proof.multipliers.size());
    }
    return all;
}

void write_nodes(const ResultPage& page, const std::vector<AuctionPart>& parts) {
    const auto column = [&]<class T>(const char* path, Attributes notes, T, auto value) {
        page.column(path, nodes_axis, std::move(notes), column_of<T>(parts, &BoundProof::nodes, value));
    };
    using std::int32_t, std::int64_t;
    page.group("/proof_node", "auctions: cases of whole orders that the proofs of the bounds tell apart");
    column("/proof_node/part", describe("row of /part", "1"), int32_t{},
           [](const Node&, int64_t, int64_t, std::size_t k) { return k; });
    column("/proof_node/parent", describe("row of /proof_node that is split; -1: the first of a part", "1"), int32_t{},
           [](const Node& node, int64_t first, int64_t, std::size_t) {
               return node.parent < 0 ? -1 : node.parent + first;
           });
    column("/proof_node/order", describe("row of /order that is decided here; -1: none", "1"), int32_t{},
           [](const Node& node, auto...) { return node.order; });
    column("/proof_node/step", describe("row of /time in which it is; of a block any of its steps; -1: none", "1"),
           int32_t{}, [](const Node& node, auto...) { return node.step; });
    Attributes answers = describe("how it is decided");
    add_counting_flags<std::uint8_t>(answers, "no yes");
    column("/proof_node/answer", std::move(answers), std::uint8_t{},
           [](const Node& node, auto...) { return node.answer; });
    column("/proof_node/kind", flags("what is said of the case", node_meanings), std::int8_t{},
           [](const Node& node, auto...) { return static_cast<std::int8_t>(node.kind); });
    column("/proof_node/first_multiplier", describe("row of /proof_multiplier: the first that closes the case", "1"),
           int64_t{},
           [](const Node& node, int64_t, int64_t first, std::size_t) { return node.first_multiplier + first; });
    column("/proof_node/multiplier_count", describe("number of these; other cases may have the same", "1"), int32_t{},
           [](const Node& node, auto...) { return node.multiplier_count; });
}

void write_multipliers(const ResultPage& page, const std::vector<AuctionPart>& parts) {
    const auto column = [&]<class T>(const char* path, Attributes notes, T, auto value) {
        page.column(path, multipliers_axis, std::move(notes), column_of<T>(parts, &BoundProof::multipliers, value));
    };
    using std::int32_t, std::int64_t;
    page.group("/proof_multiplier", "auctions: what rows are priced at in the proofs of the bounds");
    column("/proof_multiplier/part", describe("row of /part", "1"), int32_t{},
           [](const Multiplier&, int64_t, int64_t, std::size_t k) { return k; });
    column("/proof_multiplier/kind", flags("where the row comes from", row_meanings), std::int8_t{},
           [](const Multiplier& multiplier, auto...) { return static_cast<std::int8_t>(multiplier.row); });
    column("/proof_multiplier/step", describe("row of /time; -1: of no single step", "1"), int32_t{},
           [](const Multiplier& multiplier, auto...) { return multiplier.step; });
    column("/proof_multiplier/index", describe("row of /row, /customer, /order or /tangent, a limit or a group, by kind", "1"),
           int32_t{}, [](const Multiplier& multiplier, auto...) { return multiplier.index; });
    column("/proof_multiplier/side",
           describe("side of the row, as in /row_price; which of the customer's positions", "1"), int32_t{},
           [](const Multiplier& multiplier, auto...) { return multiplier.side; });
    column("/proof_multiplier/value", describe_float("currency per unit of the row", "1"), double{},
           [](const Multiplier& multiplier, auto...) { return multiplier.value; });
}

class ProofReader {
public:
    ProofReader(const Hdf5Reader& reader, std::vector<AuctionPart>& parts)
        : reader_(reader), page_(reader), parts_(parts) {}

    void read(std::int32_t step_last, std::int32_t order_last) {
        if (!page_.has("/part/proof")) return;
        const auto state = page_.values<std::int8_t>("/part/proof", {parts_.size()}, 0, 2);
        for (std::size_t k = 0; k < parts_.size(); ++k)
            parts_[k].proof.state = static_cast<BoundProof::State>(state[k]);
        if (page_.has("/proof_multiplier")) read_multipliers(step_last);
        if (page_.has("/proof_node")) read_nodes(step_last, order_last);
    }

private:
    /// The part of every row, none before the one before.
    std::vector<std::int32_t> read_owners(const char* path, std::uint64_t n) const {
        const auto last = static_cast<std::int32_t>(parts_.size()) - 1;
        auto owners = page_.values<std::int32_t>(path, {n}, 0, last);
        for (std::size_t k = 1; k < n; ++k)
            if (owners[k] < owners[k - 1])
                reader_.fail(path, fmt::format("value {}: must not be less than the one before", k));
        return owners;
    }

    void read_multipliers(std::int32_t step_last) {
        const std::uint64_t n = page_.length("/proof_multiplier/part", ElementType::int32, 1);
        const auto part = read_owners("/proof_multiplier/part", n);
        const auto kind = page_.values<std::int8_t>("/proof_multiplier/kind", {n}, 0, 7);
        const auto step = page_.values<std::int32_t>("/proof_multiplier/step", {n}, -1, step_last);
        const auto index = page_.values<std::int32_t>("/proof_multiplier/index", {n}, 0, index_last);
        const auto side = page_.values<std::int32_t>("/proof_multiplier/side", {n}, 0, result_schema::side_last);
        const auto value = page_.values<double>("/proof_multiplier/value", {n});
        for (std::size_t k = 0; k < n; ++k) {
            const auto row = static_cast<AuctionRow>(kind[k]);
            if ((step[k] < 0) != (row == AuctionRow::group || row == AuctionRow::parent))
                reader_.fail("/proof_multiplier/step", fmt::format("value {}: does not fit its kind", k));
            if (row == AuctionRow::balance && index[k] >= traded_limit_count)
                reader_.fail("/proof_multiplier/index", fmt::format("value {}: is no limit", k));
            proof_of(part[k]).multipliers.push_back({row, step[k], index[k], side[k], value[k]});
        }
    }

    void read_nodes(std::int32_t step_last, std::int32_t order_last) {
        const std::uint64_t n = page_.length("/proof_node/part", ElementType::int32, 1);
        const auto part = read_owners("/proof_node/part", n);
        const auto parent = page_.values<std::int32_t>("/proof_node/parent", {n}, -1, static_cast<std::int32_t>(n) - 1);
        const auto order = page_.values<std::int32_t>("/proof_node/order", {n}, -1, order_last);
        const auto step = page_.values<std::int32_t>("/proof_node/step", {n}, -1, step_last);
        const auto answer = page_.values<std::uint8_t>("/proof_node/answer", {n}, 0, 1);
        const auto kind = page_.values<std::int8_t>("/proof_node/kind", {n}, 0, 2);
        const auto first = page_.values<std::int64_t>("/proof_node/first_multiplier", {n});
        const auto count = page_.values<std::int32_t>("/proof_node/multiplier_count", {n}, 0, index_last);
        std::vector<std::int64_t> before(parts_.size() + 1, 0);  // multipliers of the parts before
        for (std::size_t k = 0; k < parts_.size(); ++k)
            before[k + 1] = before[k] + static_cast<std::int64_t>(parts_[k].proof.multipliers.size());
        std::int32_t first_node = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const auto own = static_cast<std::size_t>(part[k]);
            if (k == 0 || part[k] != part[k - 1]) first_node = static_cast<std::int32_t>(k);
            if (parent[k] >= static_cast<std::int32_t>(k) || (parent[k] >= 0 && parent[k] < first_node))
                reader_.fail("/proof_node/parent", fmt::format("value {}: must be a node of its part before it", k));
            if (first[k] < before[own] || first[k] > before[own + 1] || count[k] > before[own + 1] - first[k])
                reader_.fail("/proof_node/first_multiplier",
                             fmt::format("value {}: is not among the multipliers of its part", k));
            proof_of(part[k]).nodes.push_back({parent[k] < 0 ? -1 : parent[k] - first_node, order[k], step[k],
                                               answer[k], static_cast<BoundProof::NodeKind>(kind[k]),
                                               first[k] - before[own], count[k]});
        }
    }

    BoundProof& proof_of(std::int32_t part) { return parts_[static_cast<std::size_t>(part)].proof; }

    static constexpr std::int32_t index_last = std::numeric_limits<std::int32_t>::max() - 1;
    const Hdf5Reader& reader_;
    ResultReader page_;
    std::vector<AuctionPart>& parts_;
};

}  // namespace

void write_bound_proofs(const ResultPage& page, const std::vector<AuctionPart>& parts) {
    std::vector<std::int8_t> state;
    std::size_t nodes = 0, multipliers = 0;
    for (const AuctionPart& part : parts) {
        state.push_back(static_cast<std::int8_t>(part.proof.state));
        nodes += part.proof.nodes.size();
        multipliers += part.proof.multipliers.size();
    }
    page.column("/part/proof", parts_axis, flags("where the proof of the bound is", state_meanings), state);
    if (nodes > 0) {
        page.writer.dimension(nodes_axis, nodes);
        write_nodes(page, parts);
    }
    if (multipliers > 0) {
        page.writer.dimension(multipliers_axis, multipliers);
        write_multipliers(page, parts);
    }
}

std::uint64_t bound_proof_bytes(const std::vector<AuctionPart>& parts) {
    std::uint64_t bytes = parts.size();
    for (const AuctionPart& part : parts) bytes += 30 * part.proof.nodes.size() + 25 * part.proof.multipliers.size();
    return bytes;
}

void read_bound_proofs(const Hdf5Reader& reader, std::int32_t step_last, std::int32_t order_last,
                       std::vector<AuctionPart>& parts) {
    ProofReader(reader, parts).read(step_last, order_last);
}

}  // namespace headroom
