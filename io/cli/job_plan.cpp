#include "io/cli/job_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>
#include <variant>

#include "io/cli/clearing_run.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/stage_verb.hpp"
#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

/// A path as a word of a command: not to be taken for an option, and without detours unless links make them matter.
std::string path_word(const std::filesystem::path& path) {
    const std::filesystem::path direct = path.lexically_normal();
    const std::string text = (same_place(path, direct) ? direct : path).string();
    return text.starts_with('-') ? "./" + text : text;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const StageKind& kind : stage_kinds()) names.emplace_back(kind.name);
    return names;
}

bool reads(const StageKind& kind, const JobStage& stage) {
    return std::find(kind.reads.begin(), kind.reads.end(), stage.kind->name) != kind.reads.end();
}

bool reads_by_default(const StageKind& kind, const JobStage& stage) {
    return reads(kind, stage)
           && (kind.passed_over.empty()
               || std::find(stage.words.begin(), stage.words.end(), kind.passed_over) == stage.words.end());
}

class Planner {
public:
    Planner(const JobFile& job, bool quiet) : job_(job), quiet_(quiet) {}

    JobPlan plan() && {
        read_top();
        require_known_tables();
        for (const StageKind& kind : stage_kinds())
            for (const JobTable& table : job_.tables)
                if (table.kind == kind.name) add_stage(kind, table);
        if (plan_.stages.empty())
            throw UsageError(fmt::format("{}: there is no stage to run; add a table such as [{}]", job_.path,
                                         fmt::join(kind_names(), "], [")));
        return std::move(plan_);
    }

private:
    [[noreturn]] void refuse(int line, const std::string& what) const {
        throw UsageError(fmt::format("{}:{}: {}", job_.path, line, what));
    }

    std::string text_of(const JobEntry& entry) const {
        if (entry.kind != JobValueKind::text || entry.value.empty())
            refuse(entry.line, fmt::format("'{}' takes a text in quotes", entry.key));
        return entry.value;
    }

    std::string beside_job(const std::string& path) const {
        return path_word(std::filesystem::path(job_.path).parent_path() / path);
    }

    void read_top() {
        std::vector<std::string> known{"case", "series", "threads", "output"};
        for (const JobEntry& entry : job_.entries) {
            if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
            const std::vector<std::string> kinds = kind_names();
            if (std::find(kinds.begin(), kinds.end(), entry.key) != kinds.end())
                refuse(entry.line, fmt::format("'{0}' is a stage; write [{0}]", entry.key));
            refuse(entry.line, fmt::format("there is no key '{}' above the stages{}; keys are {}", entry.key,
                                           hint(entry.key, known), fmt::join(known, ", ")));
        }
        const JobEntry* const path = find_entry(job_.entries, "case");
        if (path == nullptr)
            throw UsageError(job_.path + ": there is no case; begin with a line such as case = \"feeder.h5\"");
        const JobEntry* const folder = find_entry(job_.entries, "output");
        plan_.job_path = job_.path;
        plan_.case_path = beside_job(text_of(*path));
        plan_.folder = folder ? beside_job(text_of(*folder)) : beside_job("");
        case_ = {plan_.case_path, "", "case", path->line};
    }

    void require_known_tables() const {
        const std::vector<std::string> kinds = kind_names();
        for (const JobTable& table : job_.tables)
            if (std::find(kinds.begin(), kinds.end(), table.kind) == kinds.end())
                refuse(table.line, fmt::format("'{}' is no stage{}; stages are {}", table.kind, hint(table.kind, kinds),
                                               fmt::join(kinds, ", ")));
    }

    std::string stage_name(const JobTable& table) const {
        const JobEntry* const own = find_entry(table.entries, "name");
        const std::string name = own ? table.kind + "_" + text_of(*own) : table.kind;
        const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; };
        if (!std::all_of(name.begin(), name.end(), fits))
            refuse(own->line, fmt::format("'{}': a name has letters, digits, '_', '-' and '.'", own->value));
        for (const JobStage& other : plan_.stages)
            if (other.name == name)
                refuse(
                    own ? own->line : table.line,
                    fmt::format("there are two stages '{}'; give each a name of its own, as in name = \"fair\"", name));
        return name;
    }

    StageInput named_source(const StageKind& kind, const JobEntry& entry) const {
        const std::string name = text_of(entry);
        for (const JobStage& stage : plan_.stages) {
            if (stage.name != name) continue;
            if (!reads(kind, stage))
                refuse(entry.line,
                       fmt::format("{}: '{}' is no stage whose result {} reads", entry.key, name, kind.verb));
            if (!reads_by_default(kind, stage))
                refuse(entry.line, fmt::format("{}: '{}' is a {}, whose result {} does not read", entry.key, name,
                                               kind.passed_over, kind.verb));
            return {stage.output, name, entry.key, entry.line};
        }
        return {beside_job(name), "", entry.key, entry.line};
    }

    /// The result that a stage reads: the one it names, else that of the last stage which has one.
    std::optional<StageInput> source(const StageKind& kind, const JobTable& table) const {
        if (kind.link.empty()) return std::nullopt;
        const std::string key(kind.link);
        if (const JobEntry* const named = find_entry(table.entries, key)) return named_source(kind, *named);
        const JobEntry* const alone = find_entry(table.entries, std::string(kind.alone[0]));
        if (alone && alone->value == kind.alone[1]) return std::nullopt;
        for (auto stage = plan_.stages.rbegin(); stage != plan_.stages.rend(); ++stage)
            if (reads_by_default(kind, *stage)) return StageInput{stage->output, stage->name, key, table.line};
        return std::nullopt;
    }

    const JobStage& stage_called(const std::string& name) const {
        return *std::find_if(plan_.stages.begin(), plan_.stages.end(), [&](const auto& s) { return s.name == name; });
    }

    void add_stage(const StageKind& kind, const JobTable& table) {
        const StageVerb verb(kind);
        JobStage stage{.kind = &kind,
                       .name = stage_name(table),
                       .words = {std::string(kind.verb)},
                       .command = {},
                       .inputs = {case_},
                       .output = "",
                       .series = "",
                       .runs = true,
                       .line = table.line,
                       .series_line = table.line};
        for (const JobEntry& entry : table.entries)
            if (const std::string fault = verb.fault(entry); !fault.empty())
                refuse(entry.line, stage.name + ": " + fault);
        const std::optional<StageInput> result = source(kind, table);
        if (verb.reads_result() && !result)
            refuse(table.line, fmt::format("{}: no stage before it has a result to read; add one, or name a file as {} "
                                           "= \"FILE\"",
                                           stage.name, kind.link));
        if (verb.writes()) {
            const JobEntry* const file = find_entry(table.entries, "file");
            stage.output = path_word(std::filesystem::path(plan_.folder)
                                     / (file ? text_of(*file) : stage.name + std::string(kind.suffix)));
        }
        kind.reads_all ? add_all_results(table, stage) : add_files(verb, result, stage);
        add_options(verb, table, stage);
        add_file_of_source(verb, table, result, stage);
        stage.series = series(verb, table, result);
        stage.series_line = series_line(table);
        add_inherited(verb, table, result, stage);
        stage.command = parsed(stage, table);
        require_fit(result, stage, table);
        if (std::holds_alternative<AdjustOptions>(stage.command))
            case_ = {stage.output, stage.name, "case", case_.line};  // of all stages after it
        plan_.stages.push_back(std::move(stage));
    }

    static void add_words(JobStage& stage, std::vector<std::string> words) {
        stage.words.insert(stage.words.end(), words.begin(), words.end());
    }

    void add_files(const StageVerb& verb, const std::optional<StageInput>& result, JobStage& stage) const {
        if (result) stage.inputs.push_back(*result);
        if (verb.reads_result())
            add_words(stage, {result->path, "--case", case_.path});
        else
            add_words(stage, {case_.path});
        if (verb.writes()) add_words(stage, {"-o", stage.output});
        if (result && verb.takes(stage.kind->link))
            add_words(stage, {fmt::format("--{}", stage.kind->link), result->path});
    }

    void add_all_results(const JobTable& table, JobStage& stage) const {
        stage.inputs.clear();
        const JobStage* last = nullptr;  // of its kind: a table has one result of each
        for (const JobStage& other : plan_.stages) {
            if (other.output.empty() || std::holds_alternative<AdjustOptions>(other.command)) continue;
            if (last != nullptr && last->kind == other.kind) stage.inputs.pop_back();
            stage.inputs.push_back({other.output, other.name, "", table.line});
            last = &other;
        }
        if (stage.inputs.empty())
            refuse(table.line, fmt::format("{}: no stage before it has a result to read; add one", stage.name));
        for (const StageInput& input : stage.inputs) add_words(stage, {input.path});
        add_words(stage, {"-o", stage.output});
    }

    void add_options(const StageVerb& verb, const JobTable& table, JobStage& stage) const {
        for (const JobEntry& entry : table.entries) {
            if (verb.is_of_the_job(entry.key)) continue;
            const std::string option = "--" + entry.key;
            if (entry.kind == JobValueKind::truth) {
                if (entry.value == "true") add_words(stage, {option});
            } else if (entry.key == stage.kind->file_key) {
                stage.inputs.push_back({beside_job(text_of(entry)), "", entry.key, entry.line});
                add_words(stage, {option, stage.inputs.back().path});
            } else {
                add_words(stage, {option, entry.value});
            }
        }
    }

    /// The file that the stage whose result is read was given, where this one takes it too and names none.
    void add_file_of_source(const StageVerb& verb, const JobTable& table, const std::optional<StageInput>& result,
                            JobStage& stage) const {
        if (!result || result->stage.empty()) return;
        const JobStage& source = stage_called(result->stage);
        const std::string key(source.kind->file_key);
        if (key != stage.kind->file_key || !verb.takes(key) || find_entry(table.entries, key)) return;
        for (const StageInput& input : source.inputs) {
            if (input.key != key) continue;
            stage.inputs.push_back({input.path, "", key, table.line});
            add_words(stage, {"--" + key, input.path});
            return;
        }
    }

    /// What the job says of all its stages.
    void add_inherited(const StageVerb& verb, const JobTable& table, const std::optional<StageInput>& result,
                       JobStage& stage) const {
        const auto add = [&](const std::string& key) {
            const JobEntry* const entry = find_entry(job_.entries, key);
            if (entry && verb.takes(key) && !find_entry(table.entries, key))
                add_words(stage, {"--" + key, entry->value});
        };
        add("threads");
        if (!result || result->stage.empty()) add("series");  // else the series is that of the result
        if (quiet_) add_words(stage, {"--quiet"});
    }

    /// What is known of the series before the stage runs.
    std::optional<std::string> series(const StageVerb& verb, const JobTable& table,
                                      const std::optional<StageInput>& result) const {
        const JobEntry* const asked = find_entry(job_.entries, "series");
        if (const JobEntry* const own = find_entry(table.entries, "series")) return own->value;
        if (result && !result->stage.empty()) return stage_called(result->stage).series;
        if (asked && verb.takes("series")) return asked->value;
        return result ? std::nullopt : std::optional<std::string>("");
    }

    int series_line(const JobTable& table) const {
        const JobEntry* const own = find_entry(table.entries, "series");
        const JobEntry* const asked = own ? own : find_entry(job_.entries, "series");
        return asked ? asked->line : table.line;
    }

    /// The words as the verb understands them; its complaint gets the line of the key that it names first.
    Command parsed(const JobStage& stage, const JobTable& table) const {
        std::vector<const char*> arguments{"headroom"};
        for (const std::string& word : stage.words) arguments.push_back(word.c_str());
        try {
            return parse_arguments(static_cast<int>(arguments.size()), arguments.data());
        } catch (const UsageError& fault) {
            refuse(line_meant(fault.what(), table), stage.name + ": " + fault.what());
        }
    }

    /// What the verb would say of the options of the stage whose result it reads, hours later.
    void require_fit(const std::optional<StageInput>& result, const JobStage& stage, const JobTable& table) const {
        try {
            if (const auto* market = std::get_if<ClearOptions>(&stage.command)) {
                if (names_a_folder(market->result_path)) require_for_shards(*market);
                if (result && !result->stage.empty()) require_envelopes(result->stage, *market);
            }
            const auto* replay = std::get_if<ReplayOptions>(&stage.command);
            if (replay != nullptr && names_a_folder(replay->replay_path)) require_for_shards(*replay);
        } catch (const UsageError& fault) {
            refuse(line_meant(fault.what(), table), stage.name + ": " + fault.what());
        } catch (const InputError& fault) {
            refuse(line_meant(fault.what(), table), stage.name + ": " + fault.what());
        }
    }

    void require_envelopes(const std::string& source, const ClearOptions& market) const {
        const auto* const envelopes = std::get_if<AllocateOptions>(&stage_called(source).command);
        ClearingQuestion question = market.question;
        if (envelopes != nullptr) take_over(envelopes->question, "stage " + source, market, question);
    }

    int line_meant(const std::string& message, const JobTable& table) const {
        std::pair<std::size_t, std::size_t> best{std::string::npos, 0};  // first place, then longest key
        int line = table.line;
        const auto look = [&](const JobEntry& entry) {
            const std::pair<std::size_t, std::size_t> place{message.find("--" + entry.key), -entry.key.size()};
            if (place.first == std::string::npos || best <= place) return;
            best = place;
            line = entry.line;
        };
        std::for_each(table.entries.begin(), table.entries.end(), look);
        std::for_each(job_.entries.begin(), job_.entries.end(), look);
        return line;
    }

    const JobFile& job_;
    bool quiet_;
    StageInput case_;  ///< that the next stage works on
    JobPlan plan_;
};

/// Stages before the one with that name, or before the first of that kind, do not run.
void begin_with(const std::string& from, JobPlan& plan) {
    const auto find = [&](auto name_of_stage) {
        return std::find_if(plan.stages.begin(), plan.stages.end(),
                            [&](const JobStage& stage) { return name_of_stage(stage) == from; });
    };
    auto first = find([](const JobStage& stage) { return stage.name; });
    if (first == plan.stages.end()) first = find([](const JobStage& stage) { return std::string(stage.kind->name); });
    if (first == plan.stages.end()) {
        std::vector<std::string> names;
        for (const JobStage& stage : plan.stages) names.push_back(stage.name);
        throw UsageError(fmt::format("--from: '{}' is no stage of {}{}; its stages are {}", from, plan.job_path,
                                     hint(from, names), fmt::join(names, ", ")));
    }
    std::for_each(plan.stages.begin(), first, [](JobStage& stage) { stage.runs = false; });
}

}  // namespace

JobPlan plan_job(const JobFile& job, const RunOptions& options) {
    JobPlan plan = Planner(job, options.quiet).plan();
    if (!options.from.empty()) begin_with(options.from, plan);
    return plan;
}

std::string command_text(const std::vector<std::string>& words) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) || std::string_view("-_./:=,+@%").find(static_cast<char>(c)) != std::string_view::npos;
    };
    std::string text = "headroom";
    for (const std::string& word : words) {
        text += ' ';
        if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) {
            text += word;
            continue;
        }
        text += '\'';
        for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
        text += '\'';
    }
    return text;
}

}  // namespace headroom::cli
