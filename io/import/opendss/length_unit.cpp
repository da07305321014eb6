#include "io/import/opendss/length_unit.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace headroom::opendss {

double metres_per_unit(const Value& value) {
    // OpenDSS's own factors (LineUnits.pas), so that converted impedances agree with it.
    constexpr std::array<std::pair<std::string_view, double>, 9> units = {{{"none", 0.0},
                                                                           {"mi", 1609.344},
                                                                           {"kft", 304.8},
                                                                           {"km", 1000.0},
                                                                           {"m", 1.0},
                                                                           {"ft", 0.3048},
                                                                           {"in", 0.0254},
                                                                           {"cm", 0.01},
                                                                           {"mm", 0.001}}};
    const std::string name = value.name();
    for (const auto& [unit, metres] : units)
        if (name == unit) return metres;
    if (name.starts_with("mi")) return 1609.344;
    if (name.starts_with("me")) return 1.0;
    fail(value.where, fmt::format("{}={:.40}: mi, kft, km, m, ft, in, cm, mm or none is needed", value.property, name));
}

}  // namespace headroom::opendss
