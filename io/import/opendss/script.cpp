#include "io/import/opendss/script.hpp"

#include <algorithm>
#include <array>
#include <numbers>
#include <optional>
#include <regex>
#include <unordered_set>

#include <fmt/format.h>

#include "io/import/opendss/property_table.hpp"
#include "io/import/opendss/script_variables.hpp"

namespace headroom::opendss {
namespace fs = std::filesystem;
namespace {

constexpr int redirect_depth_max = 16;
constexpr int redirect_count_max = 10'000;
constexpr std::size_t element_count_max = 5'000'000;

// In OpenDSS's order: an abbreviated command is the first that begins so.
constexpr std::string_view commands[] = {"new",
                                         "edit",
                                         "more",
                                         "m",
                                         "~",
                                         "select",
                                         "save",
                                         "show",
                                         "solve",
                                         "enable",
                                         "disable",
                                         "plot",
                                         "reset",
                                         "compile",
                                         "set",
                                         "dump",
                                         "open",
                                         "close",
                                         "redirect",
                                         "help",
                                         "quit",
                                         "?",
                                         "next",
                                         "panel",
                                         "sample",
                                         "clear",
                                         "about",
                                         "calcvoltagebases",
                                         "setkvbase",
                                         "buildy",
                                         "get",
                                         "init",
                                         "export",
                                         "fileedit",
                                         "voltages",
                                         "currents",
                                         "powers",
                                         "seqvoltages",
                                         "seqcurrents",
                                         "seqpowers",
                                         "losses",
                                         "phaselosses",
                                         "cktlosses",
                                         "allocateloads",
                                         "formedit",
                                         "totals",
                                         "capacity",
                                         "classes",
                                         "userclasses",
                                         "zsc",
                                         "zsc10",
                                         "zscrefresh",
                                         "ysc",
                                         "puvoltages",
                                         "varvalues",
                                         "varnames",
                                         "buscoords",
                                         "makebuslist",
                                         "makeposseq",
                                         "reduce",
                                         "interpolate",
                                         "alignfile",
                                         "top",
                                         "rotate",
                                         "vdiff",
                                         "summary",
                                         "distribute",
                                         "di_plot",
                                         "comparecases",
                                         "yearlycurves",
                                         "cd",
                                         "visualize",
                                         "closedi",
                                         "doscmd",
                                         "estimate",
                                         "reconductor",
                                         "_initsnap",
                                         "_solvenocontrol",
                                         "_samplecontrols",
                                         "_docontrolactions",
                                         "_showcontrolqueue",
                                         "_solvedirect",
                                         "_solvepflow",
                                         "addbusmarker",
                                         "uuids",
                                         "setloadandgenkv",
                                         "cvrtloadshapes",
                                         "nodediff",
                                         "rephase",
                                         "setbusxy",
                                         "updatestorage",
                                         "obfuscate",
                                         "latlongcoords",
                                         "batchedit",
                                         "pstcalc",
                                         "variable",
                                         "reprocessbuses",
                                         "clearbusmarkers",
                                         "relcalc",
                                         "var",
                                         "cleanup",
                                         "finishtimestep",
                                         "nodelist",
                                         "newactor",
                                         "clearall",
                                         "wait",
                                         "solveall",
                                         "calcincmatrix",
                                         "calcincmatrix_o",
                                         "tear_circuit",
                                         "calclaplacian",
                                         "abort",
                                         "connect",
                                         "disconnect",
                                         "refine_buslevels",
                                         "remove",
                                         "fncspublish",
                                         "exportoverloads",
                                         "exportvviolations",
                                         "zsc012",
                                         "aggregateprofiles",
                                         "allpceatbus",
                                         "allpdeatbus",
                                         "totalpowers",
                                         "comhelp",
                                         "giscoords",
                                         "clone"};
constexpr std::string_view refused_commands[] = {
    "allocateloads",   "makeposseq", "reduce",         "distribute", "cd",     "reconductor",
    "setloadandgenkv", "rephase",    "cvrtloadshapes", "newactor",   "remove", "clone"};

// The default matcher of libstdc++ backtracks: a hostile pattern could run for ever. The breadth-first one cannot.
#ifdef __GLIBCXX__
constexpr auto pattern_syntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
constexpr auto pattern_syntax = std::regex::ECMAScript;
#endif

bool among(std::span<const std::string_view> list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

class Interpreter {
public:
    Interpreter(const SourceFiles& files, double default_frequency, ImportReport& report)
        : files_(files), report_(report), default_frequency_(default_frequency) {}

    Circuit run() {
        run_file(files_.master(),
                 Location{std::make_shared<const std::string>(files_.master().filename().string()), 1});
        if (circuit_.name.empty()) {
            report_.note(
                "the script makes no circuit: one with OpenDSS's defaults (115 kV source at bus 'sourcebus') "
                "was assumed");
            open_circuit("assumed", {});
        }
        return std::move(circuit_);
    }

private:
    void run_file(const fs::path& file, const Location& from) {
        if (std::ranges::find(stack_, file) != stack_.end()) fail(from, files_.shown(file) + " redirects to itself");
        if (stack_.size() >= redirect_depth_max) fail(from, fmt::format("more than {} files deep", redirect_depth_max));
        if (++redirect_count_ > redirect_count_max) fail(from, "too many redirections");
        const std::string text = files_.read(file, from);
        stack_.push_back(file);
        Location where{std::make_shared<const std::string>(files_.shown(file)), 0};
        bool in_comment = false;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            const std::string_view line = trim(std::string_view(text).substr(begin, end - begin));
            begin = end + 1;
            ++where.line;
            if (line.starts_with("/*")) in_comment = true;
            if (!in_comment)
                run_line(line, where);
            else if (line.find("*/") != std::string_view::npos)
                in_comment = false;
        }
        stack_.pop_back();
    }

    void run_line(std::string_view line, const Location& where) {
        if (line.starts_with("~")) {
            std::string spaced = "~ " + std::string(line.substr(1));  // "~kv=1" is legal
            return run_command(split_parameters(spaced, where), where);
        }
        const auto parameters = split_parameters(line, where);
        if (!parameters.empty()) run_command(parameters, where);
    }

    void run_command(std::vector<Parameter> parameters, const Location& where) {
        for (Parameter& parameter : parameters) variables_.replace_in(parameter, where);
        const std::span<const Parameter> rest(parameters.data() + 1, parameters.size() - 1);
        if (!parameters.front().name.empty()) return set_property(parameters, where);
        const std::string word = lower_case(parameters.front().value);
        const int index = find_property(commands, word);
        if (index < 0) fail(where, fmt::format("'{:.40}' is no command", word));
        const std::string_view command = commands[index];
        if (command == "new") return make(rest, where);
        if (command == "edit") return edit(rest, where);
        if (command == "more" || command == "m" || command == "~") return more(rest, where);
        if (command == "redirect" || command == "compile") return redirect(rest, where);
        if (command == "set") return set(rest, where);
        if (command == "clear" || command == "clearall") return clear();
        if (command == "batchedit") return batch_edit(rest, where);
        if (command == "buscoords" || command == "latlongcoords") return bus_coordinates(rest, where);
        if (command == "setbusxy") return bus_coordinate(rest);
        if (command == "open" || command == "close") return switch_line(rest, command == "open", where);
        if (command == "enable" || command == "disable") return enable(rest, command == "enable", where);
        if (command == "select") return select(rest, where);
        if (command == "setkvbase") return set_base(rest, where);
        if (command == "var") return variables_.assign(rest, where);
        if (among(refused_commands, command)) fail(where, fmt::format("command '{}' is not understood here", command));
        report_.skip(fmt::format("command {}", command), where.text());
    }

    void open_circuit(const std::string& name, const Location& where) {
        if (!circuit_.name.empty()) fail(where, "a second circuit without Clear between them");
        circuit_.name = name.empty() ? "unnamed" : name;
        circuit_.frequency = circuit_.base_frequency = default_frequency_;
        create("vsource", "source", where);
    }

    void make(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "New needs class.name");
        const auto [class_name, name] = split_name(parameters.front().value, where);
        const auto rest = parameters.subspan(1);
        if (class_name == "circuit") {
            open_circuit(name, where);
            return assign(*circuit_.find("vsource", "source"), rest, where);
        }
        switch (treatment(class_name)) {
            case ClassTreatment::unknown: fail(where, fmt::format("'{:.40}' is no class", class_name));
            case ClassTreatment::refused:
                fail(where, fmt::format("{}.{}: a region cannot hold this class", class_name, name));
            case ClassTreatment::ignored:
                report_.skip(class_name, where.text());
                ignored_.insert(class_name + "." + name);
                active_ = nullptr;
                return;
            case ClassTreatment::imported: break;
        }
        Element* existing = circuit_.find(class_name, name);
        if (existing)
            report_.note(fmt::format("{}: {}.{} is made twice; the second edits the first, as in OpenDSS", where.text(),
                                     class_name, name));
        assign(existing ? *existing : create(class_name, name, where), rest, where);
    }

    Element& create(const std::string& class_name, const std::string& name, const Location& where) {
        if (circuit_.elements.size() >= element_count_max) fail(where, "too many elements");
        circuit_.index[class_name + "." + name] = circuit_.elements.size();
        const double frequency = circuit_.name.empty() ? default_frequency_ : circuit_.base_frequency;
        circuit_.elements.push_back({class_name, name, where, {}, frequency});
        return circuit_.elements.back();
    }

    void edit(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "Edit needs class.name");
        edit(parameters.front().value, parameters.subspan(1), where);
    }

    void edit(std::string_view label, std::span<const Parameter> parameters, const Location& where) {
        auto [class_name, name] = split_name(label, where);
        if (class_name == "circuit") class_name = "vsource", name = "source";
        if (class_name == "vsource" && name == "source" && circuit_.name.empty()) {
            report_.note(where.text() + ": the source is edited before a circuit is made; one with OpenDSS's "
            "defaults was "
                                        "assumed");
            open_circuit("assumed", where);
        }
        if (treatment(class_name) == ClassTreatment::ignored && ignored_.contains(class_name + "." + name)) {
            active_ = nullptr;
            return report_.skip(class_name, where.text());
        }
        assign(existing(class_name, name, where), parameters, where);
    }

    Element& existing(const std::string& class_name, const std::string& name, const Location& where) {
        Element* element = circuit_.find(class_name, name);
        if (!element) fail(where, fmt::format("there is no {}.{}", class_name, name));
        return *element;
    }

    void more(std::span<const Parameter> parameters, const Location& where) {
        if (active_) assign(*active_, parameters, where);
    }

    /// `class.name.property=value`, with further `property=value` of the same object behind it.
    void set_property(const std::vector<Parameter>& parameters, const Location& where) {
        const std::string& path = parameters.front().name;
        const std::size_t dot = path.rfind('.');
        if (dot == std::string::npos || path.find('.') == dot)
            fail(where, fmt::format("'{:.40}=' is neither a command nor class.name.property", path));
        std::vector<Parameter> renamed = parameters;
        renamed.front().name = path.substr(dot + 1);
        edit(std::string_view(path).substr(0, dot), renamed, where);
    }

    void assign(Element& element, std::span<const Parameter> parameters, const Location& where) {
        active_ = &element;
        const auto names = properties(element.class_name);
        int position = -1;
        for (const Parameter& parameter : parameters) {
            position = parameter.name.empty() ? position + 1 : find_property(names, parameter.name);
            if (position < 0 || position >= static_cast<int>(names.size())) {
                report_.skip(fmt::format("{}.{} (no property of this class)", element.class_name,
                                         parameter.name.empty() ? "value beyond the last" : parameter.name),
                             where.text());
                continue;
            }
            const Value value{parameter.value, parameter.quoted, where, names[position]};
            if (value.property == "like")
                copy_like(element, value);
            else if (value.property == "enabled")
                element.enabled = value.boolean();
            else if (value.property == "basefreq" && !element.class_name.starts_with("line"))
                element.base_frequency = frequency(value);
            else
                element.assignments.push_back(value);
            if (value.property == "tapnum") set_tap(element, value);
        }
    }

    /// OpenDSS moves the transformer at once; what the script says of its taps later goes over it.
    void set_tap(const Element& control, const Value& position) {
        std::string transformer, winding = "1", tap_winding;
        for (const Value& value : control.assignments) {
            if (value.property == "transformer") transformer = value.name();
            if (value.property == "winding") winding = value.text;
            if (value.property == "tapwinding") tap_winding = value.text;
        }
        Element* target = circuit_.find("transformer", transformer);
        if (!target) fail(position.where, fmt::format("{}: tapnum needs the transformer before it", control.label()));
        target->assignments.push_back(
            {fmt::format("{} {}", tap_winding.empty() ? winding : tap_winding, position.integer(-1000, 1000)), true,
             position.where, tap_position});
    }

    void copy_like(Element& element, const Value& value) {
        const Element& other = existing(element.class_name, value.name(), value.where);
        if (&other == &element) fail(value.where, "like names the object itself");
        if (other.assignments.size() > 1000) fail(value.where, "like copies more than 1000 properties");
        element.assignments.insert(element.assignments.end(), other.assignments.begin(), other.assignments.end());
        element.base_frequency = other.base_frequency;
    }

    void batch_edit(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "BatchEdit needs class.pattern");
        const std::string& label = parameters.front().value;
        const std::size_t dot = label.find('.');
        if (dot == std::string::npos) fail(where, "BatchEdit needs class.pattern");
        const std::string class_name = lower_case(label.substr(0, dot));
        if (label.size() > 200) fail(where, "the pattern is too long");
        std::regex pattern;
        try {
            pattern.assign(lower_case(label.substr(dot + 1)), pattern_syntax);
        } catch (const std::regex_error&) {
            fail(where, fmt::format("'{}' is no regular expression", label.substr(dot + 1)));
        }
        int edited = 0;
        for (Element& element : circuit_.elements) {
            if (element.class_name != class_name || !std::regex_search(element.name, pattern)) continue;
            assign(element, parameters.subspan(1), where);
            ++edited;
        }
        report_.note(fmt::format("{}: BatchEdit {} changed {} objects", where.text(), label, edited));
    }

    void redirect(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "a file name is needed");
        run_file(files_.find(parameters.front().value, folder(), where), where);
    }

    fs::path folder() const { return stack_.back().parent_path(); }

    void set(std::span<const Parameter> parameters, const Location& where) {
        for (const Parameter& parameter : parameters) {
            const Value value{parameter.value, parameter.quoted, where, "option"};
            const std::string& name = parameter.name;
            const auto is = [&](std::string_view whole, std::size_t least) {
                return name.size() >= least && whole.starts_with(name);
            };
            if (is("defaultbasefrequency", 9)) {
                // OpenDSS solves at the new frequency from here on; what exists keeps its own base frequency.
                circuit_.frequency = default_frequency_ = frequency(value);
            } else if (is("basefrequency", 5)) {
                circuit_.frequency = circuit_.base_frequency = frequency(value);
            } else if (is("frequency", 4))
                circuit_.frequency = frequency(value);
            else if (is("voltagebases", 8))
                circuit_.voltage_bases = value.numbers();
            else if (is("allocationfactors", 3))
                allocate(value);
            else if (is("loadmult", 5))
                circuit_.load_multiplier = value.number();
            else if (is("earthmodel", 6))
                circuit_.earth_model = value.name();
            else if (is("cktmodel", 4) && value.name().starts_with("p"))
                fail(where, "positive-sequence circuits are refused");
            else
                report_.skip("option " + (name.empty() ? value.name() : name), where.text());
        }
    }

    /// Of all loads that are there; those made later keep their own.
    void allocate(Value factor) {
        factor.property = "allocationfactor";
        for (Element& element : circuit_.elements)
            if (element.class_name == "load") element.assignments.push_back(factor);
    }

    static double frequency(const Value& value) {
        const double hertz = value.number();
        if (!(hertz >= 1.0 && hertz <= 1000.0)) fail(value.where, "a frequency from 1 to 1000 Hz is needed");
        return hertz;
    }

    void clear() {
        if (!circuit_.elements.empty()) report_.note("Clear dropped what stood before it in the script");
        circuit_ = {};
        ignored_.clear();
        active_ = nullptr;
    }

    void bus_coordinates(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "a file name is needed");
        if (!files_.exists(parameters.front().value, folder(), where))
            return report_.skip("bus coordinates (file missing)", where.text());
        const fs::path file = files_.find(parameters.front().value, folder(), where);
        const std::string text = files_.read(file, where);
        Location line{std::make_shared<const std::string>(files_.shown(file)), 0};
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            ++line.line;
            std::vector<Parameter> fields = split_parameters(std::string_view(text).substr(begin, end - begin), line);
            begin = end + 1;
            if (fields.size() < 3) continue;
            const Value x{fields[1].value, false, line, "x"}, y{fields[2].value, false, line, "y"};
            circuit_.coordinates[lower_case(fields[0].value)] = {x.number(), y.number()};
        }
    }

    void bus_coordinate(std::span<const Parameter> parameters) {
        std::array<std::string, 3> field;
        std::size_t position = 0;
        for (const Parameter& parameter : parameters) {
            if (!parameter.name.empty()) position = parameter.name == "bus" ? 0 : parameter.name == "x" ? 1 : 2;
            if (position < 3) field[position++] = parameter.value;
        }
        const Value x{field[1], false, {}, "x"}, y{field[2], false, {}, "y"};
        circuit_.coordinates[lower_case(field[0])] = {x.number(), y.number()};
    }

    void set_base(std::span<const Parameter> parameters, const Location& where) {
        std::string bus;
        double volt = 0.0;
        constexpr std::string_view names[] = {"bus", "kvln", "kvll"};
        int position = -1;
        for (const Parameter& parameter : parameters) {
            position = parameter.name.empty() ? position + 1 : find_property(names, parameter.name);
            if (position < 0 || position > 2) fail(where, "SetkVBase takes bus, kVLN and kVLL");
            const Value value{parameter.value, parameter.quoted, where, names[position]};
            if (position == 0)
                bus = value.name();
            else
                volt = 1000.0 * value.number() / (position == 2 ? std::numbers::sqrt3 : 1.0);
        }
        if (bus.empty() || !(volt > 0.0)) fail(where, "SetkVBase needs a bus and a positive kVLN or kVLL");
        circuit_.bus_bases[bus.substr(0, bus.find('.'))] = volt;
    }

    void switch_line(std::span<const Parameter> parameters, bool open, const Location& where) {
        if (parameters.empty()) fail(where, "Open and Close need class.name");
        const auto [class_name, name] = split_name(parameters.front().value, where);
        if (parameters.size() > 2) fail(where, "single conductors cannot be opened here");
        existing(class_name, name, where).open = open;
    }

    void enable(std::span<const Parameter> parameters, bool on, const Location& where) {
        if (parameters.empty()) fail(where, "Enable and Disable need class.name");
        const auto [class_name, name] = split_name(parameters.front().value, where);
        if (treatment(class_name) == ClassTreatment::ignored) return report_.skip(class_name, where.text());
        if (name != "*")
            existing(class_name, name, where).enabled = on;
        else
            for (Element& element : circuit_.elements)
                if (element.class_name == class_name) element.enabled = on;
    }

    void select(std::span<const Parameter> parameters, const Location& where) {
        if (parameters.empty()) fail(where, "Select needs class.name");
        const auto [class_name, name] = split_name(parameters.front().value, where);
        active_ = circuit_.find(class_name, name);
    }

    static std::pair<std::string, std::string> split_name(std::string_view label, const Location& where) {
        const std::size_t dot = label.find('.');
        if (dot == std::string_view::npos || dot == 0 || dot + 1 == label.size())
            fail(where, fmt::format("'{:.40}' is not class.name", label));
        if (label.size() > 255) fail(where, "a name of more than 255 characters");
        return {lower_case(label.substr(0, dot)), lower_case(trim(label.substr(dot + 1)))};
    }

    const SourceFiles& files_;
    ImportReport& report_;
    Circuit circuit_;
    ScriptVariables variables_;
    std::vector<fs::path> stack_;
    std::unordered_set<std::string> ignored_;
    Element* active_ = nullptr;  ///< what More continues
    double default_frequency_;
    int redirect_count_ = 0;
};

}  // namespace

Element* Circuit::find(std::string_view class_name, std::string_view element_name) {
    const auto found = index.find(fmt::format("{}.{}", class_name, element_name));
    return found == index.end() ? nullptr : &elements[found->second];
}

const Element* Circuit::find(std::string_view class_name, std::string_view element_name) const {
    return const_cast<Circuit*>(this)->find(class_name, element_name);
}

Circuit run_script(const SourceFiles& files, double default_frequency, ImportReport& report) {
    return Interpreter(files, default_frequency, report).run();
}

}  // namespace headroom::opendss
