#include "io/import/power_grid_model/dataset.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>

#include "io/errors.hpp"
#include "solver/numbers.hpp"

namespace headroom::pgm {
namespace {

using Json = nlohmann::json;

constexpr int depth_max = 16;  // a dataset needs 6; the parser takes any number, and its memory with it

/// What JSON allows and no dataset means: nesting without end, and a key twice, of which the parser keeps the last.
class Guard {
public:
    explicit Guard(std::string file) : file_(std::move(file)) {}

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        if (depth > depth_max) throw InputError(fmt::format("{}: nested deeper than {}", file_, depth_max));
        if (event == Json::parse_event_t::object_start) keys_.emplace_back();
        if (event == Json::parse_event_t::object_end) keys_.pop_back();
        if (event == Json::parse_event_t::key && !keys_.back().insert(parsed.get<std::string>()).second)
            throw InputError(
                fmt::format("{}: the key '{}' stands twice in one object", file_, parsed.get<std::string>()));
        return true;
    }

private:
    std::string file_;
    std::vector<std::set<std::string>> keys_;
};

Json parse(const std::filesystem::path& path, const std::string& file) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream || std::filesystem::is_directory(path))
        throw InputError(fmt::format("{}: cannot be read", path.string()));
    Guard guard(file);
    try {
        return Json::parse(stream, [&guard](int depth, Json::parse_event_t event, const Json& parsed) {
            return guard(depth, event, parsed);
        });
    } catch (const Json::exception& error) {
        const std::string text = error.what();  // "[json.exception.parse_error.101] parse error at line 1 ..."
        const std::size_t cut = text.find("] ");
        throw InputError(
            fmt::format("{}: is no JSON: {}", file, cut == std::string::npos ? text : text.substr(cut + 2)));
    }
}

/// A number, or how the format writes infinities; NaN for null.
double real(const Json& json, bool& sound) {
    if (json.is_null()) return nan;
    if (json.is_number()) return json.get<double>();
    const std::string text = json.is_string() ? json.get<std::string>() : "";
    if (text == "inf" || text == "+inf") return std::numeric_limits<double>::infinity();
    if (text == "-inf") return -std::numeric_limits<double>::infinity();
    sound = false;
    return nan;
}

Value value_of(const Json& json) {
    Value value;
    bool sound = true;
    if (json.is_array()) {
        value.kind = Value::Kind::phases;
        sound = json.size() == 3;
        for (std::size_t k = 0; k < 3 && sound; ++k) value.number[k] = real(json[k], sound);
    } else if (!json.is_null()) {
        value.kind = Value::Kind::number;
        value.number[0] = real(json, sound);
    }
    if (!sound) value.kind = Value::Kind::other;
    return value;
}

class Reader {
public:
    Reader(std::string file, Json root) : file_(std::move(file)), root_(std::move(root)) {}

    std::vector<Dataset> datasets(std::string_view type) {
        check_header(type);
        const Json& data = root_["data"];
        const bool is_batch = root_["is_batch"].get<bool>();
        if (is_batch ? !data.is_array() : !data.is_object())
            fail(is_batch ? "'data' of a batch must be a list" : "'data' must be an object");
        std::vector<Dataset> result;
        if (!is_batch) return {dataset(data)};
        for (const Json& scenario : data) {
            if (!scenario.is_object()) fail("a scenario must be an object");
            result.push_back(dataset(scenario));
        }
        return result;
    }

    bool is_batch() const { return root_["is_batch"].get<bool>(); }

private:
    [[noreturn]] void fail(const std::string& rule) const { throw InputError(fmt::format("{}: {}", file_, rule)); }

    void check_header(std::string_view type) {
        if (!root_.is_object() || !root_.contains("version") || !root_.contains("type") || !root_.contains("data"))
            fail("is no dataset of power-grid-model: 'version', 'type' and 'data' are needed");
        if (root_["version"] != "1.0") fail(fmt::format("version {} is not known, 1.0 is", root_["version"].dump()));
        if (root_["type"] != type) fail(fmt::format("its type is {}, must be \"{}\"", root_["type"].dump(), type));
        if (!root_.contains("is_batch") || !root_["is_batch"].is_boolean()) fail("'is_batch' must be true or false");
        if (!root_.contains("attributes")) root_["attributes"] = Json::object();
        if (!root_["attributes"].is_object()) fail("'attributes' must be an object");
    }

    Dataset dataset(const Json& data) const {
        Dataset result{file_, {}};
        for (const auto& [type, list] : data.items()) {
            if (!list.is_array()) fail(fmt::format("'{}' must be a list of components", type));
            std::vector<Component>& components = result.components[type];
            for (const Json& entry : list) components.push_back(component(type, entry, components.size()));
        }
        return result;
    }

    Component component(const std::string& type, const Json& entry, std::size_t position) const {
        Component result(file_, type);
        if (entry.is_object()) {
            for (const auto& [attribute, value] : entry.items()) result.set(attribute, value_of(value));
            return result;
        }
        const Json& names = root_["attributes"].contains(type) ? root_["attributes"][type] : Json::array();
        if (!entry.is_array() || !names.is_array() || entry.size() != names.size())
            fail(fmt::format("{} number {}: must be an object, or a list as long as 'attributes' has it", type,
                             position + 1));
        for (std::size_t k = 0; k < entry.size(); ++k) {
            if (!names[k].is_string()) fail(fmt::format("'attributes' of {} must be names", type));
            result.set(names[k].get<std::string>(), value_of(entry[k]));
        }
        return result;
    }

    std::string file_;
    Json root_;
};

/// Integers that the format takes for "not given".
bool stands_for_absent(double value) { return value == -128.0 || value == std::numeric_limits<std::int32_t>::min(); }

}  // namespace

void Component::set(const std::string& attribute, const Value& value) {
    values_[attribute] = value;
    if (attribute != "id" || value.kind == Value::Kind::absent) return;
    id_ = integer("id");
    if (id_ < 0) fail("an id must not be negative");
}

bool Component::has(const std::string& attribute) const {
    const auto found = values_.find(attribute);
    return found != values_.end() && found->second.kind != Value::Kind::absent;
}

const Value& Component::ask(const std::string& attribute) const {
    static const Value nothing;
    asked_.insert(attribute);
    const auto found = values_.find(attribute);
    return found == values_.end() ? nothing : found->second;
}

void Component::fail(std::string_view rule) const {
    throw InputError(id_ < 0 ? fmt::format("{}: {}: {}", file_, type_, rule)
                             : fmt::format("{}: {} {}: {}", file_, type_, id_, rule));
}

double Component::number_or_infinite(const std::string& attribute, double fallback) const {
    const Value& value = ask(attribute);
    if (value.kind == Value::Kind::absent) return fallback;
    if (value.kind != Value::Kind::number) fail(fmt::format("{} must be a number", attribute));
    return value.number[0];
}

double Component::number(const std::string& attribute, double fallback) const {
    const double value = number_or_infinite(attribute, fallback);
    if (std::isinf(value)) fail(fmt::format("{} must be finite", attribute));
    return value;
}

double Component::number(const std::string& attribute) const {
    const double value = number(attribute, nan);
    if (std::isnan(value)) fail(fmt::format("{} is missing", attribute));
    return value;
}

double Component::positive(const std::string& attribute) const {
    const double value = number(attribute);
    if (!(value > 0.0)) fail(fmt::format("{} must be positive, is {}", attribute, value));
    return value;
}

double Component::not_negative(const std::string& attribute, double fallback) const {
    const double value = number(attribute, fallback);
    if (value < 0.0) fail(fmt::format("{} must not be negative, is {}", attribute, value));
    return value;
}

double Component::not_negative(const std::string& attribute) const {
    static_cast<void>(number(attribute));
    return not_negative(attribute, 0.0);
}

int Component::integer(const std::string& attribute) const {
    const double value = number(attribute);
    if (stands_for_absent(value)) fail(fmt::format("{} is missing", attribute));
    if (std::trunc(value) != value || std::abs(value) > std::numeric_limits<std::int32_t>::max())
        fail(fmt::format("{} must be an integer, is {}", attribute, value));
    return static_cast<int>(value);
}

int Component::integer(const std::string& attribute, int fallback) const {
    const double value = number(attribute, nan);
    return std::isnan(value) || stands_for_absent(value) ? fallback : integer(attribute);
}

bool Component::status(const std::string& attribute) const {
    const int value = integer(attribute);
    if (value != 0 && value != 1) fail(fmt::format("{} must be 0 or 1, is {}", attribute, value));
    return value == 1;
}

std::array<double, 3> Component::phases(const std::string& attribute) const {
    const Value& value = ask(attribute);
    if (value.kind == Value::Kind::absent) fail(fmt::format("{} is missing", attribute));
    if (value.kind != Value::Kind::phases) fail(fmt::format("{} must be a list of three numbers", attribute));
    for (const double number : value.number)
        if (!std::isfinite(number)) fail(fmt::format("{} must hold three finite numbers", attribute));
    return value.number;
}

std::vector<std::string> Component::unasked() const {
    std::vector<std::string> names;
    for (const auto& [attribute, value] : values_)
        if (attribute != "id" && value.kind != Value::Kind::absent && !asked_.contains(attribute))
            names.push_back(attribute);
    return names;
}

const std::vector<Component>& Dataset::of(std::string_view type) const {
    static const std::vector<Component> none;
    const auto found = components.find(type);
    return found == components.end() ? none : found->second;
}

Component* Dataset::find(std::int32_t id) {
    for (auto& [type, list] : components)
        for (Component& component : list)
            if (component.id() == id) return &component;
    return nullptr;
}

std::vector<Dataset> read_datasets(const std::filesystem::path& path, std::string_view type) {
    const std::string file = path.filename().string();
    return Reader(file, parse(path, file)).datasets(type);
}

Dataset read_input(const std::filesystem::path& path) {
    const std::string file = path.filename().string();
    Reader reader(file, parse(path, file));
    std::vector<Dataset> datasets = reader.datasets("input");
    if (reader.is_batch()) throw InputError(fmt::format("{}: is a batch; one dataset is needed", file));
    std::unordered_map<std::int32_t, const Component*> known;
    for (const auto& [type, list] : datasets.front().components)
        for (const Component& component : list) {
            if (component.id() < 0) component.fail("id is missing");
            const auto [other, is_new] = known.try_emplace(component.id(), &component);
            if (!is_new) component.fail(fmt::format("its id is that of a {} too", other->second->type()));
        }
    return std::move(datasets.front());
}

}  // namespace headroom::pgm
