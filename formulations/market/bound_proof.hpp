#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// Where a row of an auction's program comes from; numbers of auction.md.
enum class AuctionRow : std::int8_t {
    network = 0,   ///< (1)
    position = 1,  ///< (2)
    balance = 2,   ///< (7)
    least = 3,     ///< (4), its left side: min_fill y - x <= 0
    most = 4,      ///< (4), its right side: x - quantity y <= 0
    group = 5,     ///< (5)
    parent = 6,    ///< (6): share of the child - share of the parent <= 0
    tangent = 7,   ///< (1), linearised in AC: AcTangent
};

/// Why no acceptance in a part of an auction is worth more than AuctionPart::bound, by the orders and rows alone:
/// yes-or-no answers decided both ways until multipliers close each case by weak duality (auction.md).
struct BoundProof {
    enum class State : std::int8_t {
        by_prices = 0,   ///< any part of every order may trade: the prices are the proof
        stored = 1,      ///< `nodes` are
        not_stored = 2,  ///< too large, or about linear rows whose room AC decides: the bound is the search's own word
    };
    enum class NodeKind : std::int8_t {
        split = 0,         ///< its answer is decided both ways by two nodes
        bound = 1,         ///< closed: nothing here is worth more
        nothing_fits = 2,  ///< closed by multipliers of an impossibility, in which orders have no value
    };
    /// One more answer than the parent decides: is a whole order accepted (a block: by any of its orders and steps), or
    /// one with a smallest acceptance.
    struct Node {
        std::int32_t parent;       ///< in the part, stands before; -1: the root, node 0, where all is open
        std::int32_t order, step;  ///< rows of /order, of /time; -1 of the root
        std::uint8_t answer;       ///< 0 no, 1 yes; 0 of the root
        NodeKind kind;
        std::int64_t first_multiplier;  ///< [first, first + count): of a closed one, may be shared
        std::int32_t multiplier_count;
    };
    struct Multiplier {
        AuctionRow row;
        std::int32_t step;   ///< row of /time; -1: a group or parent
        std::int32_t index;  ///< network: row of the row table; position: customer; balance: TradedLimit; least, most:
                             ///< order; group: its number; parent: the child; tangent: row of the tangents
        std::int32_t side;   ///< network: side of the row; position: position_kind(); otherwise 0
        double value;        ///< currency per unit of the row; of its upper side where > 0, of its lower one where < 0
    };
    State state = State::not_stored;
    std::vector<Node> nodes = {};
    std::vector<Multiplier> multipliers = {};
};

/// Nodes and multipliers that a search writes down for one part: larger proofs are not stored.
inline constexpr std::int64_t bound_proof_size_max = 1 << 18;

}  // namespace headroom
