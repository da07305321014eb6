#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formulations/market/bound_proof.hpp"
#include "formulations/market/outward.hpp"

namespace headroom {

/// Orders of a part as shares in [0, 1]: the most of sum_j value_j s_j is bounded.
struct ShareProgram {
    struct Row {
        std::vector<std::pair<std::size_t, Outward>> entries;  ///< share, coefficient
        double lower, upper;                                   ///< infinite: no such side
    };
    std::vector<Outward> value;  ///< [#share] currency
    /// The row that a multiplier names; nothing: there is none.
    std::function<std::optional<Row>(const BoundProof::Multiplier&)> row;
    /// The share, 0 or 1, that the order and step of a node name; nothing: no such answer.
    std::function<std::optional<std::size_t>(std::int32_t order, std::int32_t step)> answer;
};

struct ProvenBound {
    double bound = 0;        ///< currency: no shares with all answers 0 or 1 are worth more; -infinity: nothing fits
    std::string fault = {};  ///< why the tree is no proof at all; ""
};

/// What a proof proves: the cases that it tells apart leave nothing out, and in each, by weak duality,
///
///     sum_r max(m_r lower_r, m_r upper_r) + sum_j max over s_j of (value_j - sum_r m_r a_rj) s_j                   (1)
///
/// whatever the multipliers m are; the largest of these, rounded outwards.
ProvenBound proven_bound(const ShareProgram& program, const BoundProof& proof);

}  // namespace headroom
