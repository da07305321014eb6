#include "bench/support/problem_dump.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::bench {
namespace {

static_assert(std::endian::native == std::endian::little);

class WordFile {
public:
    explicit WordFile(const std::filesystem::path& file) : file_(file), stream_(file, std::ios::binary) {}

    void word(std::int64_t value) { stream_.write(reinterpret_cast<const char*>(&value), sizeof value); }
    void word(double value) { word(std::bit_cast<std::int64_t>(value)); }

    template <class Integers> void integers(const Integers& values) {
        for (const auto value : values) word(static_cast<std::int64_t>(value));
    }
    void doubles(std::span<const double> values) {
        stream_.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
    }
    /// An infinity for every side that does not exist.
    void bounds(std::span<const double> values, std::span<const Sides> sides, bool (*has)(Sides), double otherwise) {
        for (std::size_t k = 0; k < values.size(); ++k) word(has(sides[k]) ? values[k] : otherwise);
    }
    void close() {
        stream_.close();
        if (!stream_) throw OutputError(fmt::format("{}: cannot be written", file_.string()));
    }

private:
    std::filesystem::path file_;
    std::ofstream stream_;
};

void write_structure(WordFile& out, const ConvexStructure& structure, std::size_t problems) {
    std::int64_t magic = 0;
    std::memcpy(&magic, "HRFAMILY", sizeof magic);
    const std::array<std::size_t, 9> size = {problems,
                                             static_cast<std::size_t>(structure.variable_count),
                                             structure.rows.start.size() - 1,
                                             structure.rows.column.size(),
                                             structure.quadratic.start.size() - 1,
                                             structure.quadratic.column.size(),
                                             structure.cones.size(),
                                             structure.term.empty() ? 0U : 1U,
                                             structure.exponent.empty() ? 0U : 1U};
    out.word(magic);
    out.integers(size);
    out.integers(structure.rows.start);
    out.integers(structure.rows.column);
    out.integers(structure.quadratic.start);
    out.integers(structure.quadratic.column);
    for (const auto& cone : structure.cones) out.integers(cone);
    out.integers(structure.equation);
    out.integers(structure.term);
    out.doubles(structure.exponent);
}

void write_values(WordFile& out, const ConvexStructure& structure, const ConvexValues& values) {
    out.doubles(values.linear);
    out.doubles(values.quadratic);
    out.doubles(values.row_value);
    out.bounds(values.row_lower, structure.row_sides, has_lower, -no_bound);
    out.bounds(values.row_upper, structure.row_sides, has_upper, no_bound);
    out.bounds(values.lower, structure.sides, has_lower, -no_bound);
    out.bounds(values.upper, structure.sides, has_upper, no_bound);
    if (structure.term.empty()) return;
    if (values.weight.empty())
        out.doubles(std::vector<double>(static_cast<std::size_t>(structure.variable_count), 0.0));
    else
        out.doubles(values.weight);
}

}  // namespace

void dump_family(const std::filesystem::path& file, const ConvexStructure& structure,
                 std::span<const ConvexValues> problems) {
    WordFile out(file);
    write_structure(out, structure, problems.size());
    for (const ConvexValues& values : problems) write_values(out, structure, values);
    out.close();
}

}  // namespace headroom::bench
