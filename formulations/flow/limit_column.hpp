#pragma once

#include <cstdint>

namespace headroom {

/// What a limit of an active customer bounds: -import <= P <= export, -q_absorb <= Q <= q_inject, injections P and Q.
enum class LimitKind : std::int8_t { export_power, import_power, q_inject, q_absorb };

inline bool is_reactive(LimitKind kind) { return kind == LimitKind::q_inject || kind == LimitKind::q_absorb; }
/// Whether the limit bounds injection from above (export, q_inject); the others bound it from below.
inline bool bounds_injection(LimitKind kind) { return kind == LimitKind::export_power || kind == LimitKind::q_inject; }

/// A column of the split rows.
struct LimitColumn {
    std::int32_t active;  ///< index among the active customers of the feeder
    LimitKind kind;
};

}  // namespace headroom
