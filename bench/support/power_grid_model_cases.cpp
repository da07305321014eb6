#include "bench/support/power_grid_model_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "io/errors.hpp"

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;
using pgm::Component;
using pgm::Dataset;
using pgm::Value;

/// The changes of a scenario; components without an id stand in the order of the input's.
void apply(const Dataset& update, Dataset& input) {
    for (const auto& [type, list] : update.components)
        for (std::size_t k = 0; k < list.size(); ++k) {
            std::vector<Component>& own = input.components[type];
            Component* target = list[k].id() >= 0 ? input.find(list[k].id()) : k < own.size() ? &own[k] : nullptr;
            if (target == nullptr) list[k].fail("the input has no such component");
            for (const auto& [attribute, value] : list[k].values())
                if (attribute != "id" && value.kind != Value::Kind::absent) target->set(attribute, value);
        }
}

/// Tap regulators are told where the answer has them.
void set_taps(const Dataset& output, Dataset& input) {
    for (const Component& regulator : output.of("transformer_tap_regulator")) {
        const Component* own = input.find(regulator.id());
        if (own == nullptr || !regulator.has("tap_pos")) continue;
        Component* transformer = input.find(own->integer("regulated_object"));
        if (transformer != nullptr) transformer->set("tap_pos", regulator.values().at("tap_pos"));
    }
}

void average_phases(Dataset& input) {
    for (const char* type : {"asym_load", "asym_gen"})
        for (Component& component : input.components[type])
            for (const char* attribute : {"p_specified", "q_specified"}) {
                if (!component.has(attribute)) continue;
                const std::array<double, 3> number = component.phases(attribute);
                const double mean = (number[0] + number[1] + number[2]) / 3.0;
                component.set(attribute, {Value::Kind::phases, {mean, mean, mean}});
            }
}

/// Value k of an output for one phase or for three.
double at(const Component& node, const std::string& attribute, bool symmetric, std::size_t k) {
    return symmetric ? node.number(attribute) : node.phases(attribute)[k];
}

/// An answer by phase that has one angle for all three has not looked at them.
bool has_angles(const Component& node, bool symmetric) {
    if (!node.has("u_angle")) return false;
    if (symmetric) return true;
    const std::array<double, 3> angle = node.phases("u_angle");
    return angle[0] != angle[1] || angle[1] != angle[2];
}

std::vector<NodeVoltage> voltages_of(const Dataset& output, const Dataset& input, bool symmetric) {
    std::vector<NodeVoltage> voltages;
    for (const Component& node : output.of("node")) {
        const auto& nodes = input.of("node");
        const auto own = std::ranges::find(nodes, node.id(), &Component::id);
        if (own == nodes.end()) node.fail("the input has no such node");
        const double base = own->positive("u_rated") / (symmetric ? 1.0 : std::numbers::sqrt3);
        for (std::size_t k = 0; k < 3; ++k) {
            const double magnitude =
                node.has("u_pu") ? at(node, "u_pu", symmetric, k) : at(node, "u", symmetric, k) / base;
            const bool has_angle = has_angles(node, symmetric);
            const double behind = symmetric ? static_cast<double>(k) * 2.0 * std::numbers::pi / 3.0 : 0.0;
            const double angle = has_angle ? at(node, "u_angle", symmetric, k) - behind : 0.0;
            voltages.push_back({node.name(), static_cast<int>(k) + 1, std::polar(magnitude, angle), true, !has_angle});
        }
    }
    return voltages;
}

PowerGridModelCase answered(std::string name, Dataset input, const Dataset& output, bool symmetric) {
    PowerGridModelCase result{std::move(name), std::move(input), {}, {}};
    set_taps(output, result.input);
    result.voltages = voltages_of(output, result.input, symmetric);
    if (!symmetric) return result;
    average_phases(result.input);
    if (!result.input.of("asym_line").empty())
        result.obstacle = "power-grid-model averages its asym_line over phases in a symmetric answer";
    return result;
}

/// The answers of one kind, "sym_output" or "asym_output", to a case and to its scenarios.
void add_kind(const fs::path& folder, const std::string& name, const std::string& kind,
              std::vector<PowerGridModelCase>& cases) {
    const bool symmetric = kind == "sym_output";
    const char* word = symmetric ? "symmetric" : "by phase";
    const Dataset input = pgm::read_input(folder / "input.json");
    if (const fs::path file = folder / (kind + ".json"); fs::exists(file))
        cases.push_back(
            answered(fmt::format("{}, {}", name, word), input, pgm::read_datasets(file, kind).front(), symmetric));
    const fs::path answers = folder / (kind + "_batch.json");
    if (!fs::exists(answers)) return;
    const std::vector<Dataset> outputs = pgm::read_datasets(answers, kind),
                               updates = pgm::read_datasets(folder / "update_batch.json", "update");
    if (outputs.size() != updates.size())
        throw InputError(
            fmt::format("{}: {} answers to {} scenarios", answers.string(), outputs.size(), updates.size()));
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        Dataset changed = input;
        apply(updates[k], changed);
        cases.push_back(
            answered(fmt::format("{}, {}, scenario {}", name, word, k + 1), std::move(changed), outputs[k], symmetric));
    }
}

}  // namespace

std::vector<PowerGridModelCase> power_grid_model_cases(const fs::path& folder) {
    std::vector<fs::path> inputs;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().filename() == "input.json") inputs.push_back(entry.path().parent_path());
    std::ranges::sort(inputs);
    std::vector<PowerGridModelCase> cases;
    for (const fs::path& input : inputs)
        for (const char* kind : {"sym_output", "asym_output"})
            add_kind(input, input.lexically_relative(folder).string(), kind, cases);
    return cases;
}

}  // namespace headroom::bench
