#include "io/case/limit_count.hpp"

#include <bit>
#include <cmath>

#include "io/hdf5/reader.hpp"

namespace headroom {
namespace {

constexpr unsigned phase_bits = 7;

template <class T>
std::vector<T> column(const Hdf5Reader& reader, const char* name, ElementType type, std::uint64_t rows) {
    std::vector<T> values(rows);
    if (rows == 0) return values;
    const DatasetReader dataset = reader.dataset(name, type, 1);
    dataset.require_shape({rows});
    dataset.read({{0}, {rows}}, values.data());
    return values;
}

std::int64_t phases(std::uint8_t bits) { return std::popcount(bits & phase_bits); }

/// Sums of a number of each row over the rows of each feeder.
template <class Number>
void add_rows(const std::vector<std::int64_t>& offset, Number number, std::vector<std::int64_t>& of_feeder) {
    for (std::size_t feeder = 0; feeder < of_feeder.size(); ++feeder)
        for (auto row = offset[feeder]; row < offset[feeder + 1]; ++row)
            of_feeder[feeder] += number(static_cast<std::size_t>(row));
}

}  // namespace

std::vector<std::int64_t> count_limits(const std::filesystem::path& case_path, const CaseOutline& outline,
                                       Monitoring monitoring) {
    const Hdf5Reader reader(case_path);
    const bool everywhere = monitoring == Monitoring::all;
    const std::vector<std::int64_t>& watched = everywhere ? outline.bus_offset : outline.customer_offset;
    const auto branches = static_cast<std::uint64_t>(outline.branch_offset.back());
    std::vector<std::int64_t> count(outline.feeder_count(), 0);

    const auto of_voltage = column<std::uint8_t>(reader, everywhere ? "/bus/phases" : "/customer/phases",
                                                 ElementType::uint8, static_cast<std::uint64_t>(watched.back()));
    add_rows(
        watched, [&](std::size_t row) { return 2 * phases(of_voltage[row]); }, count);

    const auto of_branch = column<std::uint8_t>(reader, "/branch/phases", ElementType::uint8, branches);
    const auto current = column<double>(reader, "/branch/rating_current", ElementType::float64, branches),
               power = column<double>(reader, "/branch/rating_power", ElementType::float64, branches);
    add_rows(
        outline.branch_offset,
        [&](std::size_t row) {
            const std::int64_t conductors = phases(of_branch[row]);
            return (std::isnan(current[row]) ? 0 : conductors) + (std::isnan(power[row]) ? 0 : conductors + 1);
        },
        count);
    return count;
}

}  // namespace headroom
