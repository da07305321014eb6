#include "io/hdf5/writer.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <system_error>
#include <utility>

#include "io/errors.hpp"
#include "io/hdf5/attribute_write.hpp"
#include "io/hdf5/block_digest.hpp"
#include "io/hdf5/chunk_filter.hpp"
#include "io/hdf5/reader.hpp"
#include "io/hdf5/startup.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

static_assert(std::endian::native == std::endian::little, "values are stored as they stand in memory");

constexpr std::uint64_t compressed_from_bytes = std::uint64_t{1} << 16;
constexpr std::uint64_t metadata_bytes = std::uint64_t{1} << 16;

Handle access_list() {
    Handle list(H5Pcreate(H5P_FILE_ACCESS));
    const bool ready = list && H5Pset_libver_bounds(list.get(), H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0
                       && H5Pset_fclose_degree(list.get(), H5F_CLOSE_SEMI) >= 0
                       && H5Pset_file_locking(list.get(), 1, 1) >= 0;
    return ready ? std::move(list) : Handle();
}

/// Creation list without time stamps: two runs must give the same bytes.
Handle creation_list(std::int64_t kind) {
    Handle list(H5Pcreate(kind));
    return list && H5Pset_obj_track_times(list.get(), 0) >= 0 ? std::move(list) : Handle();
}

Handle chunked_list(const Shape& chunk, bool compressed) {
    Handle list = creation_list(H5P_DATASET_CREATE);
    bool ready =
        list
        && H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), reinterpret_cast<const hsize_t*>(chunk.data()))
               >= 0;
    if (ready && compressed) ready = H5Pset_shuffle(list.get()) >= 0 && H5Pset_deflate(list.get(), 1) >= 0;
    ready = ready && H5Pset_fletcher32(list.get()) >= 0;
    return ready ? std::move(list) : Handle();
}

Handle simple_space(const Shape& shape) {
    return Handle(
        H5Screate_simple(static_cast<int>(shape.size()), reinterpret_cast<const hsize_t*>(shape.data()), nullptr));
}

Handle selected_space(const Shape& shape, const Slab& part) {
    Handle space = simple_space(shape);
    const bool ready =
        space
        && H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, reinterpret_cast<const hsize_t*>(part.offset.data()),
                               nullptr, reinterpret_cast<const hsize_t*>(part.count.data()), nullptr)
               >= 0;
    return ready ? std::move(space) : Handle();
}

}  // namespace

Hdf5Writer::Hdf5Writer(const std::filesystem::path& target, std::uint64_t planned_bytes, int threads)
    : file_on_disk_(target, planned_bytes + metadata_bytes),
      planned_bytes_(planned_bytes),
      threads_(thread_count(threads)) {
    hdf5_startup();
    const Handle creation = creation_list(H5P_FILE_CREATE);
    const Handle access = access_list();
    require(creation && access, "preparing the file");
    file_ = Handle(H5Fcreate(file_on_disk_.path().c_str(), H5F_ACC_EXCL, creation.get(), access.get()));
    require(static_cast<bool>(file_), "creating the file");
}

void Hdf5Writer::require(bool success, const std::string& action) const {
    if (success) return;
    const std::string reason = hdf5_error_reason();
    throw OutputError(fmt::format("cannot write '{}' ({} bytes of values): {}: {}", file_on_disk_.target().string(),
                                  planned_bytes_, action, reason));
}

void Hdf5Writer::group(const std::string& path) {
    const Handle creation = creation_list(H5P_GROUP_CREATE);
    Handle made(H5Gcreate2(file_.get(), path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
    require(made && made.close(), "making group " + path);
}

void Hdf5Writer::annotate(const std::string& path, const Attributes& attributes) {
    Handle object(H5Oopen(file_.get(), path.c_str(), H5P_DEFAULT));
    require(static_cast<bool>(object), "opening " + path);
    for (const Attribute& attribute : attributes)
        require(write_attribute(object, attribute), fmt::format("attribute {} of {}", attribute.name, path));
    require(object.close(), "closing " + path);
}

Hdf5Writer::Target Hdf5Writer::create_dataset(const std::string& path, ElementType type, const Shape& shape,
                                              Chunking chunking) {
    const Shape chunk = chunk_shape(shape, type, chunking);
    const bool compressed = element_count(shape) * element_size(type) >= compressed_from_bytes;
    const Handle creation = chunked_list(chunk, compressed);
    const Handle space = simple_space(shape);
    Handle made(H5Dcreate2(file_.get(), path.c_str(), element_identifier(type), space.get(), H5P_DEFAULT,
                           creation.get(), H5P_DEFAULT));
    require(static_cast<bool>(made), "making dataset " + path);
    return {std::move(made), shape, chunk, type, chunking, compressed};
}

void Hdf5Writer::dimension(const std::string& path, std::uint64_t length) {
    // The form that netCDF knows as a dimension without a variable: a named scale of big-endian floats, never stored.
    const Handle creation = creation_list(H5P_DATASET_CREATE);
    const Handle space = simple_space({length});
    Handle scale(
        H5Dcreate2(file_.get(), path.c_str(), H5T_IEEE_F32BE, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
    const std::string name = fmt::format("This is a netCDF dimension but not a netCDF variable. {:10d}", length);
    require(scale && H5DSset_scale(scale.get(), name.c_str()) >= 0, "making axis " + path);
    scales_.insert_or_assign(path, Scale{length, std::move(scale)});
}

void Hdf5Writer::coordinate(const DatasetPlan& plan, std::span<const std::int64_t> values) {
    const Shape shape{values.size()};
    Target made = create_dataset(plan.path, ElementType::int64, shape, Chunking::rows);
    Handle scale = std::move(made.dataset);
    const std::string name = plan.path.substr(plan.path.rfind('/') + 1);
    require(H5DSset_scale(scale.get(), name.c_str()) >= 0, "making axis " + plan.path);
    scales_.insert_or_assign(plan.path, Scale{values.size(), std::move(scale)});
    made.dataset = Handle(H5Dopen2(file_.get(), plan.path.c_str(), H5P_DEFAULT));
    targets_.insert_or_assign(plan.path, std::move(made));
    annotate(plan.path, plan.attributes);
    write_block(plan.path, Slab::whole(shape), values.data());
}

Shape Hdf5Writer::shape_of(const DatasetPlan& plan) const {
    Shape shape;
    for (const std::string& axis : plan.axes) shape.push_back(scales_.at(axis).length);
    return shape;
}

void Hdf5Writer::attach_scales(const Handle& dataset, const std::vector<std::string>& axes) {
    for (std::size_t k = 0; k < axes.size(); ++k)
        require(H5DSattach_scale(dataset.get(), scales_.at(axes[k]).dataset.get(), static_cast<unsigned>(k)) >= 0,
                "naming an axis after " + axes[k]);
}

void Hdf5Writer::create(const DatasetPlan& plan) {
    Target made = create_dataset(plan.path, plan.type, shape_of(plan), plan.chunking);
    attach_scales(made.dataset, plan.axes);
    targets_.insert_or_assign(plan.path, std::move(made));
    annotate(plan.path, plan.attributes);
}

void Hdf5Writer::write_part(const std::string& path, const Slab& slab, const Slab& part, const void* values) {
    const Target& target = targets_.at(path);
    Slab inside = part;
    for (std::size_t k = 0; k < slab.offset.size(); ++k) inside.offset[k] -= slab.offset[k];
    const Handle memory = selected_space(slab.count, inside), file = selected_space(target.shape, part);
    require(memory && file, "selecting in " + path);
    require(
        H5Dwrite(target.dataset.get(), element_identifier(target.type), memory.get(), file.get(), H5P_DEFAULT, values)
            >= 0,
        "writing " + path);
}

/// HDF5's own filters take one thread and twice the time: it gets chunks as it would store them.
void Hdf5Writer::write_chunks(const std::string& path, const Slab& slab, std::span<const ChunkPart> chunks,
                              const unsigned char* values) {
    constexpr std::size_t per_thread = 4;
    const Target& target = targets_.at(path);
    const std::uint64_t size = element_size(target.type);
    const int workers = static_cast<int>(std::min(static_cast<std::size_t>(threads_), chunks.size()));
    std::vector<ChunkFilter> filter(static_cast<std::size_t>(workers));
    std::vector<std::vector<unsigned char>> plain(filter.size()), stored(per_thread * filter.size());
    for (std::vector<unsigned char>& bytes : plain) bytes.resize(element_count(target.chunk) * size);
    for (std::size_t first = 0; first < chunks.size(); first += stored.size()) {
        const std::size_t count = std::min(stored.size(), chunks.size() - first);
        run_batch(static_cast<int>(count), workers, [&](int item, int worker) {
            const auto k = static_cast<std::size_t>(item), w = static_cast<std::size_t>(worker);
            gather_chunk(slab, chunks[first + k].part, target.chunk, size, values, plain[w].data());
            filter[w].encode(plain[w], size, stored[k]);
        });
        for (std::size_t k = 0; k < count; ++k)
            require(H5Dwrite_chunk(target.dataset.get(), H5P_DEFAULT, 0,
                                   reinterpret_cast<const hsize_t*>(chunks[first + k].chunk.offset.data()),
                                   stored[k].size(), stored[k].data())
                        >= 0,
                    "writing " + path);
    }
}

void Hdf5Writer::write_block(const std::string& path, const Slab& slab, const void* values) {
    const Target& target = targets_.at(path);
    if (element_count(slab.count) == 0) return;
    if (target.compressed) {
        std::vector<ChunkPart> whole;
        for (ChunkPart& found : chunk_parts(slab, target.shape, target.chunk)) {
            if (found.is_whole())
                whole.push_back(std::move(found));
            else
                write_part(path, slab, found.part, values);
        }
        if (!whole.empty()) write_chunks(path, slab, whole, static_cast<const unsigned char*>(values));
    } else {
        write_part(path, slab, slab, values);
    }
    for (const Slab& panel : panels(slab, target.chunk, target.type, target.chunking))
        written_.push_back({path, target.type, panel, block_digest(slab, panel, target.type, values)});
}

void Hdf5Writer::write(const DatasetPlan& plan, const void* values) {
    create(plan);
    write_block(plan.path, Slab::whole(targets_.at(plan.path).shape), values);
}

void Hdf5Writer::write_text(const std::string& path, const std::string& axis, std::span<const std::string> words,
                            Attributes attributes) {
    std::size_t width = 1;
    for (const std::string& word : words) width = std::max(width, word.size());
    const std::string letters = fmt::format("/string{}", width);
    if (!scales_.contains(letters)) dimension(letters, width);
    std::vector<char> characters(words.size() * width, '\0');
    for (std::size_t i = 0; i < words.size(); ++i)
        std::memcpy(characters.data() + i * width, words[i].data(), words[i].size());
    attributes.push_back({"_Encoding", "utf-8"});
    write({path, ElementType::text, {axis, letters}, std::move(attributes), Chunking::rows}, characters.data());
}

void Hdf5Writer::close_all() {
    for (auto& [path, target] : targets_) require(target.dataset.close(), "closing dataset " + path);
    for (auto& [path, scale] : scales_) require(scale.dataset.close(), "closing axis " + path);
    require(file_.close(), "closing the file");
}

void Hdf5Writer::verify() const {
    const auto fail = [&](const std::string& reason) {
        throw OutputError(
            fmt::format("cannot write '{}': reading it back: {}", file_on_disk_.target().string(), reason));
    };
    try {
        const Hdf5Reader reader(file_on_disk_.path());
        std::vector<unsigned char> buffer;
        for (const Written& part : written_) {
            const DatasetReader dataset = reader.dataset(part.path, part.type, part.slab.count.size());
            buffer.resize(element_count(part.slab.count) * element_size(part.type));
            dataset.read(part.slab, buffer.data());
            if (block_digest(part.slab, part.slab, part.type, buffer.data()) != part.digest)
                fail(part.path + " differs");
        }
    } catch (const InputError& error) {
        fail(error.what());
    }
}

void Hdf5Writer::commit() {
    close_all();
    verify();
    file_on_disk_.publish();
}

}  // namespace headroom
