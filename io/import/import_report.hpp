#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Something an importer met, how often, and where it met it first.
struct ImportCount {
    std::string what;  ///< "Line", "Load.vminpu", "command Solve"
    std::int64_t count = 0;
    std::string example;  ///< "Lines.txt:12", may be empty
};

/// What became of everything that stood in the source. Nothing is dropped without a line here.
class ImportReport {
public:
    void understand(std::string_view what, std::string_view where = {}) { add(understood_, what, where); }
    void skip(std::string_view what, std::string_view where = {}) { add(skipped_, what, where); }
    void note(std::string text);  ///< an assumption made; the same text is kept once

    const std::vector<ImportCount>& understood() const { return understood_; }
    const std::vector<ImportCount>& skipped() const { return skipped_; }
    const std::vector<std::string>& notes() const { return notes_; }

    /// Lines for people: notes first, then what was skipped, then what was understood.
    std::string text() const;

private:
    static void add(std::vector<ImportCount>& list, std::string_view what, std::string_view where);

    std::vector<ImportCount> understood_, skipped_;
    std::vector<std::string> notes_;
};

struct Imported {
    Region region;
    ImportReport report;
};

}  // namespace headroom
