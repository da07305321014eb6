#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

struct libdeflate_compressor;

namespace headroom {

/// Makes of a chunk what HDF5's filters shuffle, deflate and fletcher32, one after the other, store of it: any reader
/// of HDF5 reads it. A filter serves one thread.
class ChunkFilter {
public:
    ChunkFilter();

    /// @param chunk  all of its elements
    /// @param out    what is stored; made as long as that
    /// @throws std::bad_alloc
    void encode(std::span<const unsigned char> chunk, std::size_t element_size, std::vector<unsigned char>& out);

private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const;
    };
    std::unique_ptr<libdeflate_compressor, Free> compressor_;
    std::vector<unsigned char> shuffled_;
};

}  // namespace headroom
