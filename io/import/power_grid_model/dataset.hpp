#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::pgm {

/// What a component gives for one attribute.
struct Value {
    enum class Kind { absent, number, phases, other } kind = Kind::absent;
    std::array<double, 3> number{};  ///< the first of them, or phases a, b, c; NaN: not given
};

/// One component of a dataset: its id and what it gives, in the units of the file. Remembers what was asked for.
class Component {
public:
    Component(std::string file, std::string type) : file_(std::move(file)), type_(std::move(type)) {}

    const std::string& type() const { return type_; }
    std::int32_t id() const { return id_; }  ///< -1: it gives none
    std::string name() const { return std::to_string(id_); }

    void set(const std::string& attribute, const Value& value);
    bool has(const std::string& attribute) const;  ///< it gives it, and not null
    const std::map<std::string, Value>& values() const { return values_; }

    /// @throws InputError  naming file, component and attribute, where it is missing (without fallback) or not finite
    double number(const std::string& attribute) const;
    double number(const std::string& attribute, double fallback) const;
    double number_or_infinite(const std::string& attribute, double fallback) const;
    double positive(const std::string& attribute) const;
    double not_negative(const std::string& attribute) const;
    double not_negative(const std::string& attribute, double fallback) const;
    int integer(const std::string& attribute) const;
    int integer(const std::string& attribute, int fallback) const;
    bool status(const std::string& attribute) const;                   ///< 0 or 1
    std::array<double, 3> phases(const std::string& attribute) const;  ///< a, b, c
    [[noreturn]] void fail(std::string_view rule) const;               ///< "FILE: line 4: rule"
    std::vector<std::string> unasked() const;  ///< attributes that it gives and nobody asked for

private:
    const Value& ask(const std::string& attribute) const;

    std::string file_, type_;
    std::int32_t id_ = -1;
    std::map<std::string, Value> values_;
    mutable std::set<std::string> asked_;
};

/// A dataset of power-grid-model that is no batch, or one scenario of a batch.
struct Dataset {
    std::string file;                                                       ///< its name, for messages
    std::map<std::string, std::vector<Component>, std::less<>> components;  ///< by type

    const std::vector<Component>& of(std::string_view type) const;  ///< in the order of the file; may be none
    Component* find(std::int32_t id);                               ///< nullptr: there is none
};

/// The scenarios of a JSON file (version 1.0) of power-grid-model; one where it is no batch. Components stand as
/// objects or as lists in the order of `attributes`.
/// @param type  "input", "update", "sym_output", "asym_output": the file must say the same
/// @throws InputError  the file cannot be read, is no JSON, gives a key twice, or is no such dataset
std::vector<Dataset> read_datasets(const std::filesystem::path& path, std::string_view type);

/// The same for an input dataset that is no batch and whose ids are all different.
Dataset read_input(const std::filesystem::path& path);

}  // namespace headroom::pgm
