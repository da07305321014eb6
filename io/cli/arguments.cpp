#include "io/cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <CLI/CLI.hpp>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "io/cli/nearest_name.hpp"
#include "io/cli/version.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

std::string hint(std::string_view word, const std::vector<std::string>& names) {
    const auto nearest = nearest_name(word, names);
    return nearest ? fmt::format("; did you mean '{}'?", *nearest) : "";
}

template <class Table> std::vector<std::string> names_in(const Table& table) {
    std::vector<std::string> names;
    for (const auto& [name, meaning] : table) names.emplace_back(name);
    return names;
}

template <class Table> auto chosen(const std::string& option, const std::string& word, const Table& table) {
    for (const auto& [name, meaning] : table) {
        if (name == word) return meaning;
    }
    const auto names = names_in(table);
    throw UsageError(fmt::format("{}: '{}' is none of {}{}", option, word, fmt::join(names, ", "), hint(word, names)));
}

/// An option whose value is one word of a table; the help shows the words and the default.
template <class Table, class Enum>
void add_choice(CLI::App& verb, const std::string& option, Enum& value, const Table& table, const std::string& help) {
    verb.add_option_function<std::string>(
            option, [&value, &table, option](const std::string& word) { value = chosen(option, word, table); }, help)
        ->type_name(fmt::format("{}", fmt::join(names_in(table), "|")))
        ->default_str(std::string(name_of(table, value)));
}

/// "absolute:KW" with KW > 0, or the name of a customer column.
Reference parse_reference(const std::string& text) {
    const auto colon = text.find(':');
    Reference reference;
    reference.kind = chosen("--reference", text.substr(0, colon), reference_names);
    const bool absolute = reference.kind == ReferenceKind::absolute;
    if (colon == std::string::npos) {
        if (absolute) throw UsageError("--reference: absolute needs its kW, as in absolute:1");
        return reference;
    }
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, reference.kw);
    if (!absolute || error != std::errc{} || stop != end || !(reference.kw > 0) || !std::isfinite(reference.kw)) {
        throw UsageError(fmt::format("--reference: '{}' is neither absolute:KW with KW > 0 nor a column's name", text));
    }
    return reference;
}

void add_import(CLI::App& app, ImportOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("import", "Make a case file of an OpenDSS master file or a folder of CSV files");
    verb.add_option("SOURCE", options.source, "OpenDSS master file, or folder with feeder.csv")
        ->required()
        ->type_name("");
    verb.add_option("-o,--output", options.case_path, "case file to write")->required()->type_name("CASE");
    verb.add_flag("--quiet", options.quiet, "errors only");
}

void add_info(CLI::App& app, InfoOptions& options) {
    CLI::App& verb = *app.add_subcommand("info", "Say what a case or result file holds, and whether it is valid");
    verb.add_option("FILE", options.path, "case or result file")->required()->type_name("");
    verb.add_flag("--json", options.json, "for machines");
}

void add_allocate(CLI::App& app, AllocateOptions& options, std::optional<Reference>& reference) {
    CLI::App& verb = *app.add_subcommand("allocate", "Compute the operating envelopes of a case");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "result file to write")->required()->type_name("RESULT");
    add_choice(verb, "--flow", options.flow, flow_names, "how the physics is written");
    add_choice(verb, "--policy", options.policy, policy_names, "how the room is shared");
    verb.add_option_function<std::string>(
            "--reference", [&reference](const std::string& text) { reference = parse_reference(text); },
            "the unit in which limits are compared: a number of kW or a customer column")
        ->type_name("absolute:KW|cap|weight|request|nameplate")
        ->default_str("absolute:1");
    add_choice(verb, "--direction", options.direction, direction_names, "limits to compute");
    add_choice(verb, "--contain", options.contain, contain_names, "what every envelope holds at least");
    add_choice(verb, "--basis", options.basis, basis_names,
               "bound the net injection, or what is added to the forecast");
    add_choice(verb, "--insecure-base", options.insecure_base, insecure_base_names,
               "limits of a feeder whose base case is insecure");
    add_choice(verb, "--monitor", options.monitor, monitor_names, "buses whose voltage is held");
    verb.add_option("--dust", options.dust, "coefficients below this share of their row's largest freeze nobody")
        ->default_str("1e-9")
        ->type_name("R")
        ->check(CLI::Range(0.0, 0.999999).description(""));
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    verb.add_option("--threads", options.threads, "threads; 0 is one per processor")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(0, 4096).description(""));
    verb.add_flag("--strict", options.strict, "end with an error if any feeder is invalid");
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
}

/// Rules between the options of allocate.
void settle(AllocateOptions& options, const std::optional<Reference>& reference) {
    if (options.policy == Policy::equal_curtailment) {
        if (reference) throw UsageError("--reference: equal-curtailment always compares with the customer's request");
        options.reference.kind = ReferenceKind::request;
    } else if (reference) {
        options.reference = *reference;
    }
    // The envelope of what is added to the forecast starts at nothing added.
    if (options.basis == Basis::added) options.contain = Contain::zero;
}

std::vector<std::string> verb_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) names.push_back(verb->get_name());
    return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

/// The verb parsed last, else the program itself.
const CLI::App& speaker(const CLI::App& app) {
    const auto verbs = app.get_subcommands();
    return verbs.empty() ? app : *verbs.front();
}

[[noreturn]] void refuse_unexpected(const CLI::App& app) {
    const CLI::App& verb = speaker(app);
    const std::string command = &verb == &app ? "headroom" : "headroom " + verb.get_name();
    for (const std::string& word : app.remaining(true)) {
        const std::string option = word.substr(0, word.find('='));
        const auto help = fmt::format("{}; see '{} --help'", hint(option, option_names(verb)), command);
        throw UsageError(fmt::format("{}: '{}' was not expected{}", command, word, help));
    }
    throw UsageError(command + ": too many arguments");
}

void require_known_verb(const CLI::App& app, int argc, const char* const* argv) {
    const std::string_view word = argc > 1 ? argv[1] : "-";
    const auto verbs = verb_names(app);
    if (word.starts_with('-') || std::find(verbs.begin(), verbs.end(), word) != verbs.end()) return;
    throw UsageError(
        fmt::format("'{}' is no verb of headroom{}; verbs are {}", word, hint(word, verbs), fmt::join(verbs, ", ")));
}

}  // namespace

Command parse_arguments(int argc, const char* const* argv) {
    CLI::App app("Operating envelopes of electricity distribution networks, by the batch", "headroom");
    app.set_version_flag("--version", version_text);
    app.require_subcommand(0, 1);
    ImportOptions import_options;
    InfoOptions info_options;
    AllocateOptions allocate_options;
    std::optional<Reference> reference;
    add_import(app, import_options);
    add_info(app, info_options);
    add_allocate(app, allocate_options, reference);
    app.footer("Each verb has its own --help.");

    require_known_verb(app, argc, argv);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) { return ShowText{app.help()}; } catch (const CLI::CallForVersion& version) {
        return ShowText{version.what()};
    } catch (const CLI::ExtrasError&) { refuse_unexpected(app); } catch (const CLI::ParseError& fault) {
        const std::string verb = &speaker(app) == &app ? "" : " " + speaker(app).get_name();
        throw UsageError(fmt::format("{}; see 'headroom{} --help'", fault.what(), verb));
    }

    if (app.got_subcommand("import")) return import_options;
    if (app.got_subcommand("info")) return info_options;
    if (app.got_subcommand("allocate")) {
        settle(allocate_options, reference);
        return allocate_options;
    }
    return ShowText{app.help()};
}

}  // namespace headroom::cli
