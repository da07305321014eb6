#include "io/cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "io/cli/option_kinds.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/cli/version.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

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

/// Fills the options; the text where one was asked for instead.
std::optional<ShowText> parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return ShowText{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return ShowText{version.what()};
    } catch (const CLI::ExtrasError&) {
        refuse_unexpected(app);
    } catch (const CLI::ParseError& fault) {
        const std::string verb = &speaker(app) == &app ? "" : " " + speaker(app).get_name();
        throw UsageError(fmt::format("{}; see 'headroom{} --help'", fault.what(), verb));
    }
    return std::nullopt;
}

}  // namespace

Command parse_arguments(int argc, const char* const* argv) {
    CLI::App app("Operating envelopes of electricity distribution networks, by the batch", "headroom");
    app.set_version_flag("--version", version_text);
    app.require_subcommand(0, 1);
    ImportOptions import_options;
    InfoOptions info_options;
    AllocateOptions allocate_options;
    CongestionOptions congestion_options;
    const Settle settle_import = add_import(app, import_options);
    const Settle settle_info = add_info(app, info_options);
    const Settle settle_allocate = add_allocate(app, allocate_options);
    ClearOptions clear_options;
    const Settle settle_clear = add_clear(app, clear_options);
    ReplayOptions replay_options;
    const Settle settle_replay = add_replay(app, replay_options);
    VerifyOptions verify_options;
    const Settle settle_verify = add_verify(app, verify_options);
    const Settle settle_congestion = add_forecast_congestion(app, congestion_options);
    app.footer("Each verb has its own --help.");

    require_known_verb(app, argc, argv);
    if (std::optional<ShowText> shown = parse(app, argc, argv)) return *shown;

    if (app.got_subcommand("import")) {
        settle_import();
        return import_options;
    }
    if (app.got_subcommand("info")) {
        settle_info();
        return info_options;
    }
    if (app.got_subcommand("allocate")) {
        settle_allocate();
        return allocate_options;
    }
    if (app.got_subcommand("clear")) {
        settle_clear();
        return clear_options;
    }
    if (app.got_subcommand("replay")) {
        settle_replay();
        return replay_options;
    }
    if (app.got_subcommand("verify")) {
        settle_verify();
        return verify_options;
    }
    if (app.got_subcommand("forecast-congestion")) {
        settle_congestion();
        return congestion_options;
    }
    return ShowText{app.help()};
}

}  // namespace headroom::cli
