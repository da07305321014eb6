#pragma once

#include <cstdint>
#include <vector>

#include "formulations/market/auction.hpp"
#include "io/hdf5/reader.hpp"
#include "io/result/result_page.hpp"

namespace headroom {

/// `/part/proof`, `/proof_node` and `/proof_multiplier` of a clearing (io/schema.md), the latter two where something is
/// stored.
void write_bound_proofs(const ResultPage& page, const std::vector<AuctionPart>& parts);

/// Bytes of them, uncompressed.
std::uint64_t bound_proof_bytes(const std::vector<AuctionPart>& parts);

/// Gives the parts their proofs; a file without leaves them as they are. What numbers refer to is checked against
/// the file, not whether anything is proven.
/// @param step_last, order_last  last rows of /time and /order
void read_bound_proofs(const Hdf5Reader& reader, std::int32_t step_last, std::int32_t order_last,
                       std::vector<AuctionPart>& parts);

}  // namespace headroom
