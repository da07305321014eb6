#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/chunk_parts.hpp"
#include "io/hdf5/chunking.hpp"
#include "io/hdf5/handle.hpp"
#include "io/partial_file.hpp"

namespace headroom {

/// A dataset to be made: its axes are the paths of dimension scales made before, outermost first.
struct DatasetPlan {
    std::string path;
    ElementType type = ElementType::float64;
    std::vector<std::string> axes;
    Attributes attributes;
    Chunking chunking = Chunking::rows;
};

/// Writes one HDF5 file that can be trusted (io/schema.md): newest stable format, checksums on every dataset, a named
/// dimension scale on every axis, the same bytes for the same calls.
///
/// The file appears under its name only when commit() has closed it, read every value back, compared digests and
/// synced. Every call throws OutputError (file, size, reason) at the first failure; then, or without commit(), nothing
/// is left.
class Hdf5Writer {
public:
    /// @param planned_bytes  size of all values, uncompressed; refused at once when the disk has not so much room
    /// @param threads        that chunks are compressed on; the bytes are the same for any number
    Hdf5Writer(const std::filesystem::path& target, std::uint64_t planned_bytes, int threads = 1);

    void group(const std::string& path);
    void annotate(const std::string& path, const Attributes& attributes);  ///< "/" is the file itself

    /// A named axis without values of its own.
    void dimension(const std::string& path, std::uint64_t length);

    /// A named axis with values [length], such as times.
    void coordinate(const DatasetPlan& plan, std::span<const std::int64_t> values);

    /// Makes a dataset whose values are written in blocks; all of it must be written before commit().
    void create(const DatasetPlan& plan);
    void write_block(const std::string& path, const Slab& slab, const void* values);

    /// create() and one block over the whole.
    void write(const DatasetPlan& plan, const void* values);

    /// Words as characters [n, longest word], the second axis "/string<longest>".
    void write_text(const std::string& path, const std::string& axis, std::span<const std::string> words,
                    Attributes attributes);

    void commit();

private:
    struct Scale {
        std::uint64_t length;
        Handle dataset;
    };
    struct Target {
        Handle dataset;
        Shape shape, chunk;
        ElementType type;
        Chunking chunking;
        bool compressed;
    };
    struct Written {
        std::string path;
        ElementType type;
        Slab slab;
        std::uint64_t digest;
    };

    Target create_dataset(const std::string& path, ElementType type, const Shape& shape, Chunking chunking);
    void write_chunks(const std::string& path, const Slab& slab, std::span<const ChunkPart> chunks,
                      const unsigned char* values);
    void write_part(const std::string& path, const Slab& slab, const Slab& part, const void* values);
    Shape shape_of(const DatasetPlan& plan) const;
    void attach_scales(const Handle& dataset, const std::vector<std::string>& axes);
    void close_all();
    void verify() const;
    void require(bool success, const std::string& action) const;

    PartialFile file_on_disk_;
    std::uint64_t planned_bytes_;
    int threads_;
    Handle file_;
    std::map<std::string, Scale> scales_;
    std::map<std::string, Target> targets_;
    std::vector<Written> written_;
};

}  // namespace headroom
