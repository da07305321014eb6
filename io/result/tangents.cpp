#include "io/result/tangents.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>
#include <utility>

#include "io/result/result_reader.hpp"

namespace headroom {
namespace {

constexpr const char *tangents_axis = "/tangents", *powers_axis = "/tangent_powers";
constexpr std::string_view kind_meanings = "active_power reactive_power added_error shared_error";

std::size_t power_count(const std::vector<AcTangent>& tangents) {
    std::size_t count = 0;
    for (const AcTangent& tangent : tangents) count += tangent.powers.size();
    return count;
}

void write_powers(const ResultPage& page, const std::vector<AcTangent>& tangents) {
    const auto column = [&]<class T>(const char* path, Attributes notes, T, auto value) {
        std::vector<T> values;
        for (const AcTangent& tangent : tangents)
            for (const AcTangent::Power& power : tangent.powers) values.push_back(static_cast<T>(value(power)));
        page.column(path, powers_axis, std::move(notes), values);
    };
    using Power = AcTangent::Power;
    Attributes kinds = describe("what is injected");
    add_counting_flags<std::int8_t>(kinds, kind_meanings);
    page.group("/tangent_power", "points where limits were linearised, and what moves these limits");
    column("/tangent_power/customer", describe("row of /customer", "1"), std::int32_t{},
           [](const Power& power) { return power.customer; });
    column("/tangent_power/kind", std::move(kinds), std::int8_t{},
           [](const Power& power) { return static_cast<std::int8_t>(power.kind); });
    column("/tangent_power/power",
           describe_float("injected beside the base case; of reactive power and shared errors V A", "W"), double{},
           [](const Power& power) { return power.power; });
    column("/tangent_power/coefficient",
           describe_float("per unit of the limit; above 0 of the limit of the customer above (export, q_inject), below "
                          "0 of that below",
                          "W-1"),
           double{}, [](const Power& power) { return power.coefficient; });
}

}  // namespace

void write_tangents(const ResultPage& page, const std::vector<AcTangent>& tangents) {
    if (tangents.empty()) return;
    page.writer.dimension(tangents_axis, tangents.size());
    page.writer.dimension(powers_axis, power_count(tangents));
    const auto column = [&]<class T>(const char* path, Attributes notes, T, auto value) {
        std::vector<T> values;
        for (const AcTangent& tangent : tangents) values.push_back(static_cast<T>(value(tangent)));
        page.column(path, tangents_axis, std::move(notes), values);
    };
    page.group("/tangent", "auctions secure in AC: limits linearised in AC that prices and proofs name");
    column("/tangent/feeder", describe("row of /feeder", "1"), std::int32_t{},
           [](const AcTangent& tangent) { return tangent.feeder; });
    column("/tangent/step", describe("row of /time", "1"), std::int32_t{},
           [](const AcTangent& tangent) { return tangent.step; });
    column("/tangent/row", describe("row of /row", "1"), std::int32_t{},
           [](const AcTangent& tangent) { return tangent.row; });
    column("/tangent/excess",
           describe_float("by which the limit is passed at the point, per unit of base voltage or rating", "1"),
           double{}, [](const AcTangent& tangent) { return tangent.excess; });
    column("/tangent/rest", describe_float("what the limits before the market leave, likewise", "1"), double{},
           [](const AcTangent& tangent) { return tangent.rest; });
    std::int64_t first = 0;
    column("/tangent/first_power", describe("row of /tangent_power: the first of its point", "1"), std::int64_t{},
           [&first](const AcTangent& tangent) {
               return std::exchange(first, first + static_cast<std::int64_t>(tangent.powers.size()));
           });
    column("/tangent/power_count", describe("number of these", "1"), std::int32_t{},
           [](const AcTangent& tangent) { return tangent.powers.size(); });
    write_powers(page, tangents);
}

std::uint64_t tangent_bytes(const std::vector<AcTangent>& tangents) {
    return 40 * tangents.size() + 21 * power_count(tangents);
}

std::vector<AcTangent> read_tangents(const Hdf5Reader& reader, const TangentReferences& references) {
    const ResultReader page(reader);
    std::vector<AcTangent> tangents;
    if (!page.has("/tangent")) return tangents;
    const std::uint64_t n = page.length("/tangent/feeder", ElementType::int32, 1),
                        powers = page.length("/tangent_power/customer", ElementType::int32, 1);
    const auto feeder = page.values<std::int32_t>("/tangent/feeder", {n}, 0, references.feeder_last);
    const auto step = page.values<std::int32_t>("/tangent/step", {n}, 0, references.step_last);
    const auto row = page.values<std::int32_t>("/tangent/row", {n}, 0, references.row_last);
    const auto excess = page.values<double>("/tangent/excess", {n});
    const auto rest = page.values<double>("/tangent/rest", {n});
    const auto first = page.values<std::int64_t>("/tangent/first_power", {n});
    const auto count = page.values<std::int32_t>("/tangent/power_count", {n}, 0, std::numeric_limits<int>::max());
    const auto customer =
        page.values<std::int32_t>("/tangent_power/customer", {powers}, 0, references.customer_last);
    const auto kind = page.values<std::int8_t>("/tangent_power/kind", {powers}, 0, 3);
    const auto power = page.values<double>("/tangent_power/power", {powers});
    const auto coefficient = page.values<double>("/tangent_power/coefficient", {powers});
    const auto sum = static_cast<std::int64_t>(powers);
    for (std::size_t k = 0; k < n; ++k) {
        if (k > 0 && feeder[k] < feeder[k - 1])
            reader.fail("/tangent/feeder", fmt::format("value {}: must not be less than the one before", k));
        if (first[k] < 0 || first[k] > sum || count[k] > sum - first[k])
            reader.fail("/tangent/first_power", fmt::format("value {}: reaches beyond /tangent_power", k));
        AcTangent& tangent =
            tangents.emplace_back(AcTangent{step[k], feeder[k], row[k], excess[k], rest[k], {}});
        for (std::int64_t p = first[k]; p < first[k] + count[k]; ++p) {
            const auto at = static_cast<std::size_t>(p);
            tangent.powers.push_back(
                {customer[at], static_cast<EnvelopeCoordinate::Kind>(kind[at]), power[at], coefficient[at]});
        }
    }
    return tangents;
}

}  // namespace headroom
