#include "formulations/market/proven_bound.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <tuple>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

class TreeCheck {
public:
    TreeCheck(const ShareProgram& program, const BoundProof& proof) : program_(program), proof_(proof) {}

    ProvenBound check() {
        if (std::string fault = read_tree(); !fault.empty()) return {.fault = std::move(fault)};
        double most = -infinity;
        for (std::size_t n = 0; n < proof_.nodes.size(); ++n) {
            if (std::string fault = fault_of(n); !fault.empty()) return {.fault = std::move(fault)};
            if (proof_.nodes[n].kind == BoundProof::NodeKind::split) continue;
            const std::optional<double> bound = closed_at(n);
            if (!bound) return {.fault = fmt::format("node {}: a multiplier of a row that is none", n)};
            const bool fits = proof_.nodes[n].kind == BoundProof::NodeKind::bound;
            if (!fits && !(*bound < 0)) return {.fault = fmt::format("node {}: may well be possible", n)};
            if (fits) most = *bound > most ? *bound : most;
            // A bound that is no number would be passed by above.
            if (!(*bound < infinity)) most = infinity;
        }
        return {.bound = most};
    }

private:
    struct Prices {
        double sides;
        std::vector<Outward> gain;  ///< [#share] of all of it
    };

    /// Children of every node, and what answer a node is about.
    std::string read_tree() {
        if (proof_.nodes.empty()) return "there are no nodes";
        children_.resize(proof_.nodes.size());
        share_.resize(proof_.nodes.size());
        for (std::size_t n = 0; n < proof_.nodes.size(); ++n) {
            const BoundProof::Node& node = proof_.nodes[n];
            if (n == 0) {
                if (node.parent >= 0 || node.order >= 0 || node.step >= 0 || node.answer != 0)
                    return "node 0 is no root";
                continue;
            }
            if (node.parent < 0 || node.parent >= static_cast<std::int64_t>(n))
                return fmt::format("node {}: no parent stands before it", n);
            const std::optional<std::size_t> share = program_.answer(node.order, node.step);
            if (!share)
                return fmt::format("node {}: order {} has no yes-or-no answer in step {}", n, node.order, node.step);
            share_[n] = *share;
            children_[static_cast<std::size_t>(node.parent)].push_back(n);
        }
        return "";
    }

    bool is_open(std::size_t n, std::size_t share) const {
        for (; n > 0; n = static_cast<std::size_t>(proof_.nodes[n].parent))
            if (share_[n] == share) return false;
        return true;
    }

    /// A split decides an open answer as no and as yes, nothing else; what is closed has nothing below it.
    std::string fault_of(std::size_t n) const {
        const std::vector<std::size_t>& below = children_[n];
        if (proof_.nodes[n].kind != BoundProof::NodeKind::split)
            return below.empty() ? "" : fmt::format("node {}: is closed and split", n);
        if (below.size() != 2) return fmt::format("node {}: is split into {} cases", n, below.size());
        const BoundProof::Node &a = proof_.nodes[below[0]], &b = proof_.nodes[below[1]];
        const std::size_t share = share_[below[0]];
        if (share_[below[1]] != share || a.answer + b.answer != 1 || !is_open(n, share))
            return fmt::format("node {}: its cases leave something out", n);
        return "";
    }

    /// (1) of a closed node; nothing: a multiplier of no row.
    std::optional<double> closed_at(std::size_t n) {
        const Prices* prices = prices_of(proof_.nodes[n]);
        if (prices == nullptr) return std::nullopt;
        std::map<std::size_t, bool> decided;
        for (std::size_t at = n; at > 0; at = static_cast<std::size_t>(proof_.nodes[at].parent))
            decided.emplace(share_[at], proof_.nodes[at].answer != 0);
        double bound = prices->sides;
        for (std::size_t j = 0; j < prices->gain.size(); ++j) {
            const auto found = decided.find(j);
            const double gain = prices->gain[j].high;
            const bool taken = found == decided.end() ? !(gain <= 0) : found->second;
            if (taken) bound = Outward::up(bound + gain);
        }
        return bound;
    }

    /// Of the multipliers of a node, which others may share; none: one names no row.
    const Prices* prices_of(const BoundProof::Node& node) {
        const std::tuple key{node.first_multiplier, node.multiplier_count, node.kind};
        if (const auto known = prices_.find(key); known != prices_.end()) return &known->second;
        Prices prices{.sides = 0, .gain = program_.value};
        if (node.kind == BoundProof::NodeKind::nothing_fits) prices.gain.assign(program_.value.size(), {});
        const auto first = static_cast<std::size_t>(node.first_multiplier);
        for (std::size_t k = first; k < first + static_cast<std::size_t>(node.multiplier_count); ++k) {
            const BoundProof::Multiplier& multiplier = proof_.multipliers[k];
            if (multiplier.value == 0) continue;
            const std::optional<ShareProgram::Row> row = program_.row(multiplier);
            if (!row) return nullptr;
            const double side = multiplier.value > 0 ? row->upper : row->lower;
            prices.sides = Outward::up(prices.sides + Outward::up(multiplier.value * side));
            for (const auto& [share, entry] : row->entries)
                prices.gain[share] = prices.gain[share] + -(entry * multiplier.value);
        }
        return &prices_.emplace(key, std::move(prices)).first->second;
    }

    const ShareProgram& program_;
    const BoundProof& proof_;
    std::vector<std::vector<std::size_t>> children_;
    std::vector<std::size_t> share_;  ///< [#node] whose answer the parent is split on
    std::map<std::tuple<std::int64_t, std::int32_t, BoundProof::NodeKind>, Prices> prices_;
};

}  // namespace

ProvenBound proven_bound(const ShareProgram& program, const BoundProof& proof) {
    return TreeCheck(program, proof).check();
}

}  // namespace headroom
