#include <fmt/format.h>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

/// One branch under examination.
struct BranchSubject {
    const Region& region;
    std::int64_t row;
    FaultList& faults;

    std::size_t index() const { return static_cast<std::size_t>(row); }
    unsigned bus_phases(const std::vector<std::int32_t>& end) const {
        return region.bus.phases[static_cast<std::size_t>(end[index()])];
    }
    void add(const char* dataset, std::string rule) const {
        faults.add(dataset, row, std::move(rule), "branch", region.branch.id[index()]);
    }
};

void check_impedance(const BranchSubject& subject) {
    const BranchColumns& branch = subject.region.branch;
    const std::size_t i = subject.index(), code = static_cast<std::size_t>(branch.line_code[i]);
    for (unsigned k = 0; k < conductor_count; ++k) {
        if (!(branch.phases[i] & (1U << k))) continue;
        const std::string conductor = phase_words(1U << k);
        const double r = subject.region.line_code.r[code][k][k], x = subject.region.line_code.x[code][k][k];
        if (r == 0 && x == 0)
            subject.add("/branch/line_code", fmt::format("line code '{}' has no conductor {}",
                                                         subject.region.line_code.id[code], conductor));
        else if (std::hypot(r, x) * branch.length[i] < plausible::impedance_min)
            subject.add("/branch/length",
                        fmt::format("impedance of conductor {} must be at least {} ohm, is {}; declare a switch",
                                    conductor, plausible::impedance_min, std::hypot(r, x) * branch.length[i]));
    }
}

void check_wire(const BranchSubject& subject) {
    const BranchColumns& branch = subject.region.branch;
    const std::size_t i = subject.index();
    const unsigned phases = branch.phases[i];
    if (branch.transformer[i] != -1) subject.add("/branch/transformer", "must be -1 for a line or switch");
    if (branch.line_code[i] < 0) subject.add("/branch/line_code", "a line or switch must have a line code");
    for (const auto& [name, end] : {std::pair{"from", &branch.from_bus}, std::pair{"to", &branch.to_bus}})
        if (phases & ~subject.bus_phases(*end))
            subject.add("/branch/phases", fmt::format("must be phases of its {} bus ({}), are {}", name,
                                                      phase_words(subject.bus_phases(*end)), phase_words(phases)));
    const bool sound_length = in_range(branch.length[i], 0, plausible::length_max);
    if (!sound_length)
        subject.add("/branch/length",
                    fmt::format("must lie in [0, {}] m, is {}", plausible::length_max, branch.length[i]));
    if (branch.kind[i] == BranchKind::line && sound_length && branch.line_code[i] >= 0) check_impedance(subject);
}

void check_transformer(const BranchSubject& subject) {
    const BranchColumns& branch = subject.region.branch;
    const std::size_t i = subject.index();
    if (branch.line_code[i] != -1) subject.add("/branch/line_code", "must be -1 for a transformer or regulator");
    if (!(branch.length[i] == 0))
        subject.add("/branch/length", fmt::format("must be 0 for a transformer or regulator, is {}", branch.length[i]));
    if (branch.transformer[i] < 0)
        return subject.add("/branch/transformer", "a transformer or regulator must have a row of /transformer");
    const auto type = static_cast<std::size_t>(branch.transformer[i]);
    const unsigned from = terminal_bits(subject.region.transformer.from_coil[type]);
    const unsigned to = terminal_bits(subject.region.transformer.to_coil[type]);
    if (from & ~subject.bus_phases(branch.from_bus))
        subject.add("/branch/transformer",
                    fmt::format("its coils need {} at the from bus, which has {}", phase_words(from),
                                phase_words(subject.bus_phases(branch.from_bus))));
    if (to & ~subject.bus_phases(branch.to_bus))
        subject.add("/branch/transformer", fmt::format("its coils need {} at the to bus, which has {}", phase_words(to),
                                                       phase_words(subject.bus_phases(branch.to_bus))));
    if ((branch.phases[i] & phase::abc) != (to & phase::abc))
        subject.add("/branch/phases", fmt::format("must be the terminals of its coils at the to bus ({}), are {}",
                                                  phase_words(to), phase_words(branch.phases[i])));
}

void check_branch(const BranchSubject& subject) {
    const BranchColumns& branch = subject.region.branch;
    const std::size_t i = subject.index();
    if (branch.closed[i] > 1) subject.add("/branch/closed", fmt::format("must be 0 or 1, is {}", branch.closed[i]));
    if (branch.from_bus[i] == branch.to_bus[i]) subject.add("/branch/to_bus", "must differ from from_bus");
    if (!absent_or_in_range(branch.rating_current[i], 1e-9, plausible::current_max))
        subject.add("/branch/rating_current", fmt::format("must be NaN or lie in [1e-9, {:g}] A, is {} A",
                                                          plausible::current_max, branch.rating_current[i]));
    if (!absent_or_in_range(branch.rating_power[i], 1e-9, plausible::power_max))
        subject.add("/branch/rating_power", fmt::format("must be NaN or lie in [1e-9, {:g}] V A, is {} V A",
                                                        plausible::power_max, branch.rating_power[i]));
    if (branch.phases[i] > 15 || (branch.phases[i] & phase::abc) == 0)
        return subject.add(
            "/branch/phases",
            fmt::format("must hold phases out of the bits 1 (a), 2 (b), 4 (c), 8 (neutral), is {}", branch.phases[i]));
    switch (branch.kind[i]) {
        case BranchKind::line:
        case BranchKind::circuit_switch: return check_wire(subject);
        case BranchKind::transformer:
        case BranchKind::regulator: return check_transformer(subject);
    }
    subject.add("/branch/kind", fmt::format("must be 0 to 3, is {}", static_cast<int>(branch.kind[i])));
}

}  // namespace

unsigned terminal_bits(const TransformerColumns::Coils& coils) {
    unsigned bits = 0;
    for (const auto& coil : coils)
        for (const std::int8_t terminal : coil)
            if (terminal >= TransformerColumns::terminal_a && terminal <= TransformerColumns::terminal_neutral)
                bits |= 1U << (terminal - TransformerColumns::terminal_a);
    return bits;
}

void check_branches(const Region& region, std::size_t feeder, FaultList& faults) {
    for (auto row = region.feeder.branch_offset[feeder]; row < region.feeder.branch_offset[feeder + 1]; ++row)
        check_branch({region, row, faults});
}

}  // namespace headroom
