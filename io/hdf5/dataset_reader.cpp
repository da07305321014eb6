#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>

#include <array>

#include "io/errors.hpp"
#include "io/hdf5/reader.hpp"

namespace headroom {
namespace {

constexpr std::uint64_t chunk_bytes_max = std::uint64_t{16} << 20;
// Deflate shrinks by 1032 at most, so more values than that cannot be in the file, whatever it declares.
constexpr std::uint64_t compression_max = 1100;
constexpr std::size_t rank_max = 4;

bool known_filter(H5Z_filter_t filter) {
    return filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_FLETCHER32;
}

bool lies_inside(const Slab& slab, const Shape& shape) {
    if (slab.offset.size() != shape.size() || slab.count.size() != shape.size()) return false;
    for (std::size_t k = 0; k < shape.size(); ++k)
        if (slab.offset[k] > shape[k] || slab.count[k] > shape[k] - slab.offset[k]) return false;
    return true;
}

}  // namespace

void DatasetReader::fail(const std::string& rule) const {
    throw InputError(fmt::format("'{}': {}: {}", file_, path_, rule));
}

void DatasetReader::check_creation_list() const {
    const Handle list(H5Dget_create_plist(dataset_.get()));
    if (!list) fail("cannot be read: " + hdf5_error_reason());
    const H5D_layout_t layout = H5Pget_layout(list.get());
    if (layout == H5D_VIRTUAL) fail("is a virtual dataset; values must be in the file itself");
    if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) fail("has an unknown layout");
    if (H5Pget_external_count(list.get()) != 0) fail("has external storage; values must be in the file itself");
    const int filter_count = H5Pget_nfilters(list.get());
    if (filter_count < 0) fail("cannot be read: " + hdf5_error_reason());
    for (unsigned i = 0; i < static_cast<unsigned>(filter_count); ++i) {
        unsigned flags = 0, config = 0;
        std::size_t value_count = 0;
        const H5Z_filter_t filter = H5Pget_filter2(list.get(), i, &flags, &value_count, nullptr, 0, nullptr, &config);
        if (!known_filter(filter))
            fail(fmt::format("uses filter {}; only shuffle, deflate and fletcher32 are accepted", filter));
    }
    if (layout != H5D_CHUNKED) return;
    std::array<hsize_t, rank_max> chunk{};
    const int rank = H5Pget_chunk(list.get(), rank_max, chunk.data());
    if (rank < 1 || rank > static_cast<int>(rank_max)) fail("has chunks of unusual rank");
    std::uint64_t bytes = element_size(type_);
    for (int k = 0; k < rank; ++k) {
        if (chunk[static_cast<std::size_t>(k)] == 0) fail("has empty chunks");
        if (__builtin_mul_overflow(bytes, chunk[static_cast<std::size_t>(k)], &bytes) || bytes > chunk_bytes_max)
            fail("has chunks above 16 MiB");
    }
}

void DatasetReader::check_type() const {
    const Handle type(H5Dget_type(dataset_.get()));
    if (!type) fail("cannot be read: " + hdf5_error_reason());
    bool same = false;
    if (type_ == ElementType::text)
        same = H5Tget_class(type.get()) == H5T_STRING && H5Tis_variable_str(type.get()) == 0
               && H5Tget_size(type.get()) == 1;
    else
        same = H5Tequal(type.get(), element_identifier(type_)) > 0;
    if (!same) fail(fmt::format("must hold little-endian {}", element_name(type_)));
}

void DatasetReader::load_shape(std::size_t rank) {
    const Handle space(H5Dget_space(dataset_.get()));
    const int stored_rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (stored_rank != static_cast<int>(rank)) fail(fmt::format("must have {} axes, has {}", rank, stored_rank));
    shape_.resize(rank);
    static_assert(sizeof(hsize_t) == sizeof(std::uint64_t));
    if (H5Sget_simple_extent_dims(space.get(), reinterpret_cast<hsize_t*>(shape_.data()), nullptr) != stored_rank)
        fail("cannot be read: " + hdf5_error_reason());
}

void DatasetReader::check_storage(std::uint64_t file_bytes) const {
    std::uint64_t bytes = element_size(type_);
    for (const std::uint64_t length : shape_) {
        if (length == 0) return;
        if (__builtin_mul_overflow(bytes, length, &bytes)) fail("declares an impossible size");
    }
    if (bytes / compression_max > file_bytes) fail("declares more values than the file can hold");
    const Handle list(H5Dget_create_plist(dataset_.get()));
    if (H5Pget_layout(list.get()) != H5D_CHUNKED) {
        if (H5Dget_storage_size(dataset_.get()) != bytes) fail("holds no values");
        return;
    }
    Shape chunk(shape_.size());
    H5Pget_chunk(list.get(), static_cast<int>(chunk.size()), reinterpret_cast<hsize_t*>(chunk.data()));
    std::uint64_t expected = 1;
    for (std::size_t k = 0; k < chunk.size(); ++k) expected *= (shape_[k] - 1) / chunk[k] + 1;
    hsize_t stored = 0;
    const Handle space(H5Dget_space(dataset_.get()));
    if (H5Dget_num_chunks(dataset_.get(), space.get(), &stored) < 0) fail("is damaged: " + hdf5_error_reason());
    // A chunk that was never written reads as zeros without any error.
    if (stored != expected) fail(fmt::format("has {} of {} chunks", stored, expected));
}

void DatasetReader::require_shape(const Shape& expected) const {
    if (shape_ != expected)
        fail(fmt::format("must have shape [{}], has [{}]", fmt::join(expected, ", "), fmt::join(shape_, ", ")));
}

void DatasetReader::read(const Slab& slab, void* values) const {
    if (!lies_inside(slab, shape_)) fail("is shorter than the part asked for");
    if (element_count(slab.count) == 0) return;
    const auto* count = reinterpret_cast<const hsize_t*>(slab.count.data());
    const Handle memory(H5Screate_simple(static_cast<int>(slab.count.size()), count, nullptr));
    const Handle file(H5Dget_space(dataset_.get()));
    if (!memory || !file
        || H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, reinterpret_cast<const hsize_t*>(slab.offset.data()),
                               nullptr, count, nullptr)
               < 0
        || H5Dread(dataset_.get(), element_identifier(type_), memory.get(), file.get(), H5P_DEFAULT, values) < 0)
        fail("is damaged: " + hdf5_error_reason());
}

std::vector<std::string> DatasetReader::read_text(std::uint64_t first, std::uint64_t count) const {
    const std::uint64_t width = shape_.at(1);
    std::vector<char> characters(element_count({count, width}));
    read({{first, 0}, {count, width}}, characters.data());
    std::vector<std::string> words(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string_view cell(characters.data() + i * width, width);
        words[i] = cell.substr(0, cell.find('\0'));
        if (cell.find_first_not_of('\0', words[i].size()) != std::string_view::npos)
            fail(fmt::format("row {}: has characters after its end", first + i));
    }
    return words;
}

}  // namespace headroom
