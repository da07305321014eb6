#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "formulations/envelope/question.hpp"

namespace headroom::cli {

enum class Direction : std::int8_t { export_only, import_only, both };

/// Values that become part of a question only when all are known.
struct PendingQuestion {
    std::optional<std::string> reference;
    Direction direction = Direction::both;
};

/// Options of every verb that allocates: --flow --linearisation --policy --reference --direction --reactive --contain
/// --insecure-base --monitor --dust. All three must outlive the parsing.
void add_question(CLI::App& verb, AllocationQuestion& question, std::string& policy, PendingQuestion& pending);

/// Settles the rules between them; UsageError where they contradict each other.
void settle_question(const std::string& policy, const PendingQuestion& pending, AllocationQuestion& question);

}  // namespace headroom::cli
