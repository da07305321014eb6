#pragma once

#include <cstdint>
#include <vector>

#include "formulations/market/ac_tangent.hpp"
#include "io/hdf5/reader.hpp"
#include "io/result/result_page.hpp"

namespace headroom {

/// `/tangent` and `/tangent_power` of a clearing (io/schema.md), where there are any.
void write_tangents(const ResultPage& page, const std::vector<AcTangent>& tangents);

/// Bytes of them, uncompressed.
std::uint64_t tangent_bytes(const std::vector<AcTangent>& tangents);

/// Last rows of the tables that tangents refer to.
struct TangentReferences {
    std::int32_t step_last, feeder_last, row_last, customer_last;
};

/// Empty where the file has none. What numbers refer to is checked, not whether anything is a tangent.
std::vector<AcTangent> read_tangents(const Hdf5Reader& reader, const TangentReferences& references);

}  // namespace headroom
