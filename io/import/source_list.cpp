#include "io/import/source_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

namespace headroom {
namespace fs = std::filesystem;
namespace {

SourceKind kind_of(const fs::path& file) {
    return fnmatch("*.json", file.filename().c_str(), FNM_CASEFOLD) == 0 ? SourceKind::power_grid_model
                                                                         : SourceKind::opendss;
}

class Search {
public:
    explicit Search(const std::vector<std::string>& master_names) : master_names_(master_names) {}

    void add(const fs::path& path) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::exists(status)) return add_faulty(path, "no such file or folder");
        if (!fs::is_directory(status)) return add_source(path, kind_of(path));
        const std::size_t before = found();
        add_folder(path);
        if (found() == before)
            add_faulty(path, fmt::format("no feeder.csv in this folder, and no OpenDSS master ({}) at any depth; "
                                         "--master NAME tells what masters are called",
                                         fmt::join(master_names_, ", ")));
    }

    SourceList take() { return std::move(list_); }

private:
    std::size_t found() const { return list_.sources.size() + list_.repeated; }

    void add_folder(const fs::path& folder) {
        std::error_code error;
        if (fs::exists(folder / "feeder.csv", error)) return add_source(folder, SourceKind::csv);
        std::vector<fs::directory_entry> entries;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
            entries.push_back(*it);
        if (error) return add_faulty(folder, error.message());
        std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) { return entry.path().native(); });
        for (const fs::directory_entry& entry : entries) {
            if (entry.is_directory(error) && !entry.is_symlink(error))
                add_folder(entry.path());
            else if (entry.is_regular_file(error) && is_master(entry.path()))
                add_source(entry.path(), kind_of(entry.path()));
        }
    }

    bool is_master(const fs::path& file) const {
        const std::string name = file.filename().string();
        return std::ranges::any_of(master_names_, [&](const std::string& pattern) {
            return fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
        });
    }

    void add_source(const fs::path& path, SourceKind kind) {
        std::error_code error;
        fs::path place = fs::canonical(path, error);
        if (error) return add_faulty(path, error.message());
        if (seen_.insert(place).second)
            list_.sources.push_back({path, std::move(place), kind, ""});
        else
            ++list_.repeated;
    }

    void add_faulty(const fs::path& path, std::string fault) {
        list_.sources.push_back({path, path, SourceKind::opendss, std::move(fault)});
    }

    const std::vector<std::string>& master_names_;
    std::set<fs::path> seen_;
    SourceList list_;
};

}  // namespace

SourceList list_sources(const std::vector<std::string>& paths, const std::vector<std::string>& master_names) {
    Search search(master_names);
    for (const std::string& path : paths) search.add(path);
    return search.take();
}

}  // namespace headroom
