#include "formulations/generate/transformer_sizes.hpp"

#include <fmt/format.h>

#include <array>

namespace headroom {
namespace {

/// Ground-mounted and pole-mounted sizes, losses of tier 1 of Regulation (EU) 548/2014, impedances of EN 50588-1.
struct Size {
    double kva, load_loss, no_load_loss, impedance;  // kVA, W, W, per unit
};
constexpr auto sizes = std::to_array<Size>({
    {50, 1100, 90, 0.04},
    {100, 1750, 145, 0.04},
    {160, 2350, 210, 0.04},
    {250, 3250, 300, 0.04},
    {315, 3900, 360, 0.04},
    {400, 4600, 430, 0.04},
    {500, 5500, 510, 0.04},
    {630, 6500, 600, 0.04},
    {800, 8400, 650, 0.06},
    {1000, 10500, 770, 0.06},
});
constexpr Size primary{24000, 90000, 14000, 0.12};

constexpr double no_load_voltage = 240.17770645;  // 416 V / sqrt(3)
constexpr double magnetising_share = 0.01;        // of the rating
constexpr double tap_step = 0.025;

constexpr TransformerColumns::Coils delta{{{1, 2}, {2, 3}, {3, 1}}}, star_to_earth{{{1, 0}, {2, 0}, {3, 0}}},
    star_to_neutral{{{1, 4}, {2, 4}, {3, 4}}};

void add(TransformerColumns& type, std::string id, const Size& size, double from_voltage, double to_voltage, int tap,
         const TransformerColumns::Coils& star) {
    const double rated = 1000 * size.kva, base = 3 * to_voltage * to_voltage / rated;
    const double r = size.load_loss / rated;
    const double from_tap = 1 - tap_step * (tap - 1);  // fewer turns at 11 kV: more volts below
    type.id.push_back(std::move(id));
    type.from_coil.push_back(delta);
    type.to_coil.push_back(star);
    type.from_voltage.push_back(from_voltage);
    type.to_voltage.push_back(to_voltage);
    type.from_tap.push_back({from_tap, from_tap, from_tap});
    type.to_tap.push_back({1, 1, 1});
    type.r.push_back(r * base);
    type.x.push_back(std::sqrt(size.impedance * size.impedance - r * r) * base);
    type.no_load_loss.push_back(size.no_load_loss);
    type.magnetising_power.push_back(magnetising_share * rated);
}

}  // namespace

std::size_t transformer_size(double power) {
    std::size_t size = 0;
    while (size + 1 < sizes.size() && 1000 * sizes[size].kva < power) ++size;
    return size;
}

double transformer_rating(std::size_t size) { return 1000 * sizes[size].kva; }

std::int32_t transformer_row(std::size_t size, int tap, bool four_wire) {
    const std::size_t group = four_wire ? sizes.size() : 0;
    return static_cast<std::int32_t>((group + size) * transformer_tap_count) + tap;
}

std::int32_t primary_transformer_row() { return static_cast<std::int32_t>(2 * sizes.size() * transformer_tap_count); }

TransformerColumns transformer_types() {
    TransformerColumns type;
    for (const bool four_wire : {false, true})
        for (const Size& size : sizes)
            for (int tap = 0; tap < transformer_tap_count; ++tap)
                add(type, fmt::format("dyn-{}-{}{}", size.kva, tap, four_wire ? "-n" : ""), size, 11e3, no_load_voltage,
                    tap, four_wire ? star_to_neutral : star_to_earth);
    add(type, "dyn-33-11", primary, 33e3, nominal::eleven_kv, 2, star_to_earth);
    return type;
}

}  // namespace headroom
