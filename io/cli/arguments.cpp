#include "io/cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
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

/// The program with its verbs, and what they were told.
class Program {
public:
    Program() {
        app.set_version_flag("--version", version_text);
        app.require_subcommand(0, 1);
        add(add_import, import_);
        add(add_generate, generate_);
        add(add_info, info_);
        add(add_adjust, adjust_);
        add(add_flow, flow_);
        add(add_allocate, allocate_);
        add(add_clear, clear_);
        add(add_replay, replay_);
        add(add_verify, verify_);
        add(add_forecast_congestion, congestion_);
        add(add_run, run_);
        add(add_status, status_);
        add(add_join, join_);
        add(add_report, report_);
        add(add_graft, graft_);
        app.footer("Each verb has its own --help.");
    }

    /// What the verb that was given is to do.
    Command command() const {
        for (const auto& [verb, settled] : verbs_)
            if (verb->count() > 0) return settled();
        return ShowText{app.help()};
    }

    CLI::App app{"Operating envelopes of electricity distribution networks, by the batch", "headroom"};

private:
    template <class Options> void add(Settle (*add_verb)(CLI::App&, Options&), Options& options) {
        const Settle settle = add_verb(app, options);
        verbs_.emplace_back(app.get_subcommands(nullptr).back(), [settle, &options]() -> Command {
            settle();
            return options;
        });
    }

    ImportOptions import_;
    GenerateOptions generate_;
    InfoOptions info_;
    AdjustOptions adjust_;
    FlowOptions flow_;
    AllocateOptions allocate_;
    ClearOptions clear_;
    ReplayOptions replay_;
    VerifyOptions verify_;
    CongestionOptions congestion_;
    RunOptions run_;
    StatusOptions status_;
    JoinOptions join_;
    ReportOptions report_;
    GraftOptions graft_;
    std::vector<std::pair<const CLI::App*, std::function<Command()>>> verbs_;
};

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
    Program program;
    CLI::App& app = program.app;
    require_known_verb(app, argc, argv);
    if (std::optional<ShowText> shown = parse(app, argc, argv)) return *shown;
    return program.command();
}

std::vector<VerbOption> verb_options(const std::string& verb) {
    const Program program;
    std::vector<VerbOption> options;
    for (const CLI::Option* option : program.app.get_subcommand(verb)->get_options())
        for (const std::string& name : option->get_lnames())
            options.push_back({name, option->get_items_expected_max() > 0});
    return options;
}

}  // namespace headroom::cli
