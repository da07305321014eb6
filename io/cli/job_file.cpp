#include "io/cli/job_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "io/errors.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t size_max = 64 * 1024;
/// Every level of a.b.c = 1 is a table in a table to toml++, which takes them apart recursively: a few ten thousand
/// would overflow the stack.
constexpr std::ptrdiff_t dots_max = 4000;

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(size_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || !file.eof()) {
        if (file.good()) throw InputError(fmt::format("{}: larger than {} kB; no job file is", path, size_max / 1024));
        throw InputError(path + ": cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (std::count(text.begin(), text.end(), '.') > dots_max)
        throw InputError(fmt::format("{}: more than {} dots; no job file has as many", path, dots_max));
    return text;
}

toml::table parse(const std::string& text, const std::string& path) {
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& fault) {
        throw InputError(fmt::format("{}:{}: not TOML: {}", path, fault.source().begin.line, fault.description()));
    }
}

int line_of(const toml::source_region& source) { return static_cast<int>(source.begin.line); }

class Reader {
public:
    explicit Reader(const std::string& path) { job_.path = path; }

    JobFile read(const toml::table& root) && {
        for (const auto& [key, node] : root) {
            const std::string name = checked(std::string(key.str()), line_of(key.source()));
            if (const toml::table* table = node.as_table())
                add_table(name, *table, line_of(table->source()));
            else if (const toml::array* array = node.as_array())
                add_tables(name, *array, line_of(key.source()));
            else
                job_.entries.push_back(entry(name, node, line_of(key.source())));
        }
        const auto by_line = [](const auto& a, const auto& b) { return a.line < b.line; };
        std::stable_sort(job_.entries.begin(), job_.entries.end(), by_line);
        std::stable_sort(job_.tables.begin(), job_.tables.end(), by_line);
        return std::move(job_);
    }

private:
    [[noreturn]] void refuse(int line, const std::string& what) const {
        throw UsageError(fmt::format("{}:{}: {}", job_.path, line, what));
    }

    /// Nothing that a terminal or the end of a C string would take for itself.
    std::string checked(std::string text, int line) const {
        const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        if (std::any_of(text.begin(), text.end(), is_control)) refuse(line, "control characters in a key or a value");
        return text;
    }

    void add_table(const std::string& kind, const toml::table& table, int line) {
        JobTable stage{kind, {}, line};
        for (const auto& [key, node] : table) {
            const int at = line_of(key.source());
            stage.entries.push_back(entry(checked(std::string(key.str()), at), node, at));
        }
        std::stable_sort(stage.entries.begin(), stage.entries.end(),
                         [](const JobEntry& a, const JobEntry& b) { return a.line < b.line; });
        job_.tables.push_back(std::move(stage));
    }

    void add_tables(const std::string& kind, const toml::array& array, int line) {
        if (array.empty() || !array.is_homogeneous<toml::table>())
            refuse(line, fmt::format("'{}' is an array; values are a text, a number, true or false", kind));
        for (const toml::node& node : array) add_table(kind, *node.as_table(), line_of(node.source()));
    }

    JobEntry entry(const std::string& key, const toml::node& node, int line) const {
        if (const auto* text = node.as_string()) return {key, JobValueKind::text, checked(text->get(), line), line};
        if (const auto* whole = node.as_integer())
            return {key, JobValueKind::number, fmt::format("{}", whole->get()), line};
        if (const auto* number = node.as_floating_point())
            return {key, JobValueKind::number, fmt::format("{}", number->get()), line};
        if (const auto* truth = node.as_boolean())
            return {key, JobValueKind::truth, truth->get() ? "true" : "false", line};
        const char* const what = node.is_table() ? "a table" : node.is_array() ? "an array" : "a date or time";
        refuse(line, fmt::format("'{}' is {}; values are a text, a number, true or false", key, what));
    }

    JobFile job_;
};

}  // namespace

JobFile read_job(const std::string& path) { return Reader(path).read(parse(read_text(path), path)); }

const JobEntry* find_entry(const std::vector<JobEntry>& entries, const std::string& key) {
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const JobEntry& e) { return e.key == key; });
    return at == entries.end() ? nullptr : &*at;
}

}  // namespace headroom::cli
