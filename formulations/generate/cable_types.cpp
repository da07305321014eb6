#include "formulations/generate/cable_types.hpp"

#include <string>

namespace headroom {
namespace {

/// Impedances: generate.md, "Cables". Zero sequence of services and overhead lines is 4 z1: back in an equal conductor.
constexpr auto types = std::to_array<CableType>({
    {"cu-39", 0.469, 0.075, 1.581, 0.091, 155},          // 0: mains, copper, .06 to .5 square inches in mm2
    {"cu-65", 0.274, 0.073, 0.959, 0.079, 205},          // 1
    {"cu-77", 0.242, 0.072, 0.851, 0.079, 225},          // 2
    {"cu-129", 0.150, 0.069, 0.533, 0.078, 300},         // 3
    {"cu-194", 0.106, 0.068, 0.379, 0.076, 370},         // 4
    {"cu-323", 0.059, 0.067, 0.215, 0.074, 480},         // 5
    {"al-70", 0.446, 0.071, 1.505, 0.083, 167},          // 6: mains, aluminium
    {"al-95", 0.322, 0.074, 0.804, 0.093, 223},          // 7
    {"al-120", 0.255, 0.068, 0.884, 0.079, 250},         // 8
    {"al-185", 0.166, 0.068, 0.580, 0.078, 281},         // 9
    {"al-300", 0.102, 0.067, 0.361, 0.076, 419},         // 10
    {"service-al-25", 1.200, 0.079, 4.8, 0.316, 100},    // 11: services
    {"service-cu-15", 1.257, 0.085, 5.028, 0.340, 100},  // 12
    {"service-cu-26", 0.708, 0.079, 2.832, 0.316, 100},  // 13
    {"service-al-35", 0.868, 0.077, 3.472, 0.308, 100},  // 14
    {"service-al-16", 1.150, 0.088, 4.6, 0.352, 100},    // 15
    {"wire-al-106", 0.258, 0.340, 1.032, 1.360, 310},    // 16: overhead, four bare wires
    {"mv-wire-al-24", 1.2012, 0.394, 1.351, 1.58, 140},  // 17: 11 kV
    {"mv-al-50", 0.640, 0.145, 1.6, 0.35, 158},          // 18
    {"mv-al-300", 0.100, 0.0974, 0.6, 0.24, 471},        // 19
    {"mv-al-400", 0.078, 0.0942, 0.5, 0.23, 535},        // 20
});

constexpr std::array<std::size_t, 6> copper{0, 1, 2, 3, 4, 5};
constexpr std::array<std::size_t, 5> aluminium{6, 7, 8, 9, 10};
constexpr std::array<std::size_t, 1> overhead{16};
constexpr std::array<std::size_t, 4> medium_voltage{17, 18, 19, 20};
constexpr ServiceTypes services{{11, 12, 13, 14, 15}, {.49, .23, .16, .06, .06}};

ConductorMatrix three_wire(double z1, double z0) {
    constexpr double per_km = 1e-3;
    ConductorMatrix z{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 3; ++k) z[i][k] = per_km * (i == k ? 2 * z1 + z0 : z0 - z1) / 3;
    return z;
}

ConductorMatrix four_wire(double z1, double z0) {
    constexpr double per_km = 1e-3;
    ConductorMatrix z{};
    for (std::size_t i = 0; i < 3; ++i) z[i][i] = per_km * z1;
    z[3][3] = per_km * (z0 - z1) / 3;
    return z;
}

}  // namespace

std::span<const CableType> cable_types() { return types; }

std::int32_t line_code_row(std::size_t type, bool four_wire) {
    return static_cast<std::int32_t>(four_wire ? types.size() + type : type);
}

LineCodeColumns line_codes() {
    LineCodeColumns code;
    const auto add = [&code](std::string id, const ConductorMatrix& r, const ConductorMatrix& x) {
        code.id.push_back(std::move(id));
        code.r.push_back(r);
        code.x.push_back(x);
        code.g.push_back({});
        code.b.push_back({});
    };
    for (const CableType& t : types) add(std::string(t.id), three_wire(t.r1, t.r0), three_wire(t.x1, t.x0));
    for (const CableType& t : types) add(std::string(t.id) + "-n", four_wire(t.r1, t.r0), four_wire(t.x1, t.x0));
    return code;
}

std::span<const std::size_t> mains_of(CableFamily family) {
    switch (family) {
        case CableFamily::copper: return copper;
        case CableFamily::aluminium: return aluminium;
        case CableFamily::overhead: return overhead;
        case CableFamily::medium_voltage: break;
    }
    return medium_voltage;
}

const ServiceTypes& service_types() { return services; }

}  // namespace headroom
