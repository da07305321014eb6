#include "io/hdf5/writer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <random>
#include <vector>

#include "io/digest.hpp"
#include "io/hdf5/reader.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;

/// Some cells of a table of steps by columns by conductors, told apart by their number.
std::vector<double> cells(const Shape& shape, const Slab& slab) {
    std::vector<double> values;
    for (std::uint64_t i = 0; i < slab.count[0]; ++i)
        for (std::uint64_t j = 0; j < slab.count[1]; ++j)
            for (std::uint64_t k = 0; k < slab.count[2]; ++k)
                values.push_back(static_cast<double>(((slab.offset[0] + i) * shape[1] + slab.offset[1] + j) * shape[2]
                                                     + slab.offset[2] + k));
    return values;
}

/// A table written in blocks of some columns; the partition is drawn.
void write_table(const fs::path& path, const Shape& shape, std::uint64_t most, unsigned seed, int threads) {
    std::mt19937 random(seed);
    Hdf5Writer writer(path, element_count(shape) * sizeof(double), threads);
    const char* axes[] = {"/step", "/column", "/conductor"};
    for (std::size_t k = 0; k < shape.size(); ++k) writer.dimension(axes[k], shape[k]);
    writer.create({"/table", ElementType::float64, {axes[0], axes[1], axes[2]}, {}, Chunking::ranges});
    for (std::uint64_t first = 0; first < shape[1];) {
        const std::uint64_t count = std::min<std::uint64_t>(1 + random() % most, shape[1] - first);
        const Slab slab{{0, first, 0}, {shape[0], count, shape[2]}};
        const std::vector<double> values = cells(shape, slab);
        writer.write_block("/table", slab, values.data());
        first += count;
    }
    writer.commit();
}

std::vector<double> read_table(const fs::path& path, const Shape& shape) {
    std::vector<double> values(element_count(shape));
    const Hdf5Reader reader(path);
    reader.dataset("/table", ElementType::float64, shape.size()).read(Slab::whole(shape), values.data());
    return values;
}

TEST(ChunkParts, TileASlabAndTellWhichChunksItCovers) {
    const Shape shape{10, 7}, chunk{4, 3};
    const Slab slab{{0, 2}, {10, 5}};
    const std::vector<ChunkPart> parts = chunk_parts(slab, shape, chunk);
    std::vector<int> met(70, 0);
    std::size_t whole = 0;
    for (const ChunkPart& found : parts) {
        for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ(found.chunk.offset[k] % chunk[k], 0u);
        for (std::uint64_t i = 0; i < found.part.count[0]; ++i)
            for (std::uint64_t j = 0; j < found.part.count[1]; ++j)
                ++met[(found.part.offset[0] + i) * 7 + found.part.offset[1] + j];
        whole += found.is_whole() ? 1 : 0;
    }
    for (std::size_t cell = 0; cell < met.size(); ++cell) EXPECT_EQ(met[cell], cell % 7 >= 2 ? 1 : 0);
    EXPECT_EQ(parts.size(), 9u);  // three bands of steps; columns 2, 3 to 5 and 6
    EXPECT_EQ(whole, 6u);         // all but those of column 2: the last chunk ends with the dataset
}

TEST(ChunkParts, AChunkAtTheEndIsFilledWithZeros) {
    const Slab slab{{4, 0}, {2, 3}};
    const std::vector<unsigned char> values{1, 2, 3, 4, 5, 6};
    std::vector<unsigned char> out(16, 9);
    gather_chunk(slab, {{4, 1}, {2, 2}}, {4, 4}, 1, values.data(), out.data());
    EXPECT_EQ(out, (std::vector<unsigned char>{2, 3, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Hdf5Writer, ReadsBackWhatBlocksOfAnySizeHeld) {
    const test::TemporaryDirectory directory;
    for (const Shape& shape : {Shape{96, 3000, 1}, Shape{96, 1111, 4}, Shape{3, 50'000, 4}, Shape{70'000, 5, 1}})
        for (const std::uint64_t most : {std::uint64_t{3}, std::uint64_t{800}, shape[1]}) {
            const fs::path path = directory / fmt::format("{}-{}-{}.h5", shape[0], shape[1], most);
            if (shape[1] / most > 5000) continue;  // thousands of small blocks of one dataset show nothing new
            write_table(path, shape, most, 7, 2);
            EXPECT_EQ(read_table(path, shape), cells(shape, Slab::whole(shape)));
        }
}

TEST(Hdf5Writer, WritesTheSameBytesOnAnyNumberOfThreads) {
    const test::TemporaryDirectory directory;
    const Shape shape{96, 5000, 4};
    const fs::path one = directory / "one.h5", more = directory / "more.h5";
    write_table(one, shape, 4000, 3, 1);
    for (const int threads : {2, 3, 8}) {
        write_table(more, shape, 4000, 3, threads);
        EXPECT_EQ(file_digest(one), file_digest(more));
    }
}

}  // namespace
}  // namespace headroom
