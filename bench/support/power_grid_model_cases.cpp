#include "bench/support/power_grid_model_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <iterator>
#include <numbers>
#include <set>

#include "io/errors.hpp"

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;
using pgm::Component;
using pgm::Dataset;
using pgm::Value;

/// Component number k of an update or an answer in the input: by its id, without one by the input's order.
Component* own_component(const std::vector<Component>& list, std::size_t k, Dataset& input) {
    if (list[k].id() >= 0) return input.find(list[k].id());
    std::vector<Component>& own = input.components[list[k].type()];
    return k < own.size() ? &own[k] : nullptr;
}

/// The changes of a scenario.
void apply(const Dataset& update, Dataset& input) {
    for (const auto& [type, list] : update.components)
        for (std::size_t k = 0; k < list.size(); ++k) {
            Component* target = own_component(list, k, input);
            if (target == nullptr) list[k].fail("the input has no such component");
            for (const auto& [attribute, value] : list[k].values())
                if (attribute != "id" && value.kind != Value::Kind::absent) target->set(attribute, value);
        }
}

/// Takes the taps of regulators in service from the answer.
/// @returns whether it has them all
bool set_taps(const Dataset& output, Dataset& input) {
    std::set<std::int32_t> told;
    const std::vector<Component>& answers = output.of("transformer_tap_regulator");
    for (std::size_t k = 0; k < answers.size(); ++k) {
        const Component* own = own_component(answers, k, input);
        if (own == nullptr || !answers[k].has("tap_pos")) continue;
        told.insert(own->id());
        Component* transformer = input.find(own->integer("regulated_object"));
        if (transformer != nullptr) transformer->set("tap_pos", answers[k].values().at("tap_pos"));
    }
    return std::ranges::all_of(input.of("transformer_tap_regulator"), [&told](const Component& regulator) {
        return !regulator.status("status") || told.contains(regulator.id());
    });
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

std::vector<NodeVoltage> voltages_of(const Dataset& output, Dataset& input, bool symmetric) {
    std::vector<NodeVoltage> voltages;
    const std::vector<Component>& answers = output.of("node");
    for (std::size_t number = 0; number < answers.size(); ++number) {
        const Component& node = answers[number];
        const Component* own = own_component(answers, number, input);
        if (own == nullptr || own->type() != "node") node.fail("the input has no such node");
        if (!node.has("u_pu") && !node.has("u")) continue;
        const double base = own->positive("u_rated") / (symmetric ? 1.0 : std::numbers::sqrt3);
        for (std::size_t k = 0; k < 3; ++k) {
            const double magnitude =
                node.has("u_pu") ? at(node, "u_pu", symmetric, k) : at(node, "u", symmetric, k) / base;
            const bool has_angle = has_angles(node, symmetric);
            const double behind = symmetric ? static_cast<double>(k) * 2.0 * std::numbers::pi / 3.0 : 0.0;
            const double angle = has_angle ? at(node, "u_angle", symmetric, k) - behind : 0.0;
            voltages.push_back({own->name(), static_cast<int>(k) + 1, std::polar(magnitude, angle), true, !has_angle});
        }
    }
    return voltages;
}

PowerGridModelCase answered(std::string name, Dataset input, const Dataset& output, bool symmetric) {
    PowerGridModelCase result{std::move(name), std::move(input), {}, {}, {}};
    const bool has_taps = set_taps(output, result.input);
    result.voltages = voltages_of(output, result.input, symmetric);
    if (result.voltages.empty()) {
        result.obstacle = "its answer has no voltages of nodes";
    } else if (!has_taps) {
        result.obstacle = "its answer does not tell the taps of its regulators";
    } else if (symmetric && !result.input.of("asym_line").empty()) {
        result.obstacle = "power-grid-model averages its asym_line over phases in a symmetric answer";
    }
    if (symmetric) average_phases(result.input);
    return result;
}

/// What `make` makes, or a case with the fault that it finds.
PowerGridModelCase or_fault(const std::string& name, const std::function<PowerGridModelCase()>& make) {
    try {
        return make();
    } catch (const std::exception& error) {
        return {name, {}, {}, {}, error.what()};
    }
}

std::vector<PowerGridModelCase> batch_cases(const fs::path& folder, const std::string& name, const std::string& kind,
                                            const Dataset& input) {
    const fs::path answers = folder / (kind + "_batch.json");
    const std::vector<Dataset> outputs = pgm::read_datasets(answers, kind),
                               updates = pgm::read_datasets(folder / "update_batch.json", "update");
    if (outputs.size() != updates.size())
        throw InputError(
            fmt::format("{}: {} answers to {} scenarios", answers.string(), outputs.size(), updates.size()));
    std::vector<PowerGridModelCase> cases;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        const std::string title = fmt::format("{}, scenario {}", name, k + 1);
        cases.push_back(or_fault(title, [&] {
            Dataset changed = input;
            apply(updates[k], changed);
            return answered(title, std::move(changed), outputs[k], kind == "sym_output");
        }));
    }
    return cases;
}

/// The answers of one kind, "sym_output" or "asym_output", to a case and to its scenarios.
void add_kind(const fs::path& folder, const std::string& name, const std::string& kind,
              std::vector<PowerGridModelCase>& cases) {
    const bool symmetric = kind == "sym_output";
    const std::string title = fmt::format("{}, {}", name, symmetric ? "symmetric" : "by phase");
    if (const fs::path file = folder / (kind + ".json"); fs::exists(file))
        cases.push_back(or_fault(title, [&] {
            const std::vector<Dataset> outputs = pgm::read_datasets(file, kind);
            if (outputs.size() != 1)
                throw InputError(fmt::format("{}.json: {} answers to one case", kind, outputs.size()));
            return answered(title, pgm::read_input(folder / "input.json"), outputs.front(), symmetric);
        }));
    if (!fs::exists(folder / (kind + "_batch.json"))) return;
    try {
        std::ranges::move(batch_cases(folder, title, kind, pgm::read_input(folder / "input.json")),
                          std::back_inserter(cases));
    } catch (const std::exception& error) {
        cases.push_back({title + ", scenarios", {}, {}, {}, error.what()});
    }
}

}  // namespace

std::vector<PowerGridModelCase> power_grid_model_cases(const fs::path& folder) {
    std::vector<fs::path> inputs;
    if (!fs::is_directory(folder)) return {{folder.filename().string(), {}, {}, {}, "there is no such folder"}};
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
