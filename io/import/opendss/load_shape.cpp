#include "io/import/opendss/load_shape.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::opendss {
namespace fs = std::filesystem;
namespace {

/// Numbers of a text file, row by row; words in the first row are taken for a header.
std::vector<std::vector<double>> read_table(const std::string& text, const Location& file) {
    std::vector<std::vector<double>> rows;
    Location where = file;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\n\r", begin), text.size());
        const std::string_view line = trim(std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
        ++where.line;
        if (line.empty()) continue;
        const Value value{std::string(line), true, where, "profile"};
        std::vector<double> row;
        for (const Parameter& field : split_list(line, where)) {
            const bool word =
                rows.empty() && !field.value.empty() && std::isalpha(static_cast<unsigned char>(field.value[0]));
            if (!word) row.push_back(Value{field.value, false, where, "profile"}.number());
        }
        if (!row.empty()) rows.push_back(std::move(row));
    }
    return rows;
}

struct Reader {
    const SourceFiles& files;
    const fs::path& folder;
    LoadShape shape;
    double points = 0.0;  ///< npts; 0: as many as there are
    double p_base = 0.0;

    std::vector<std::vector<double>> table(const std::string& name, const Location& where) const {
        std::string bare = name;
        std::replace(bare.begin(), bare.end(), '\\', '/');
        const fs::path elsewhere = folder / fs::path(bare).filename();
        std::error_code error;
        fs::path found;
        if (!folder.empty() && fs::is_regular_file(elsewhere, error)) {
            found = elsewhere;
        } else {
            try {
                found = files.find(name, files.master().parent_path(), where);
            } catch (const InputError& e) {
                throw InputError(std::string(e.what()) + "; name the folder of the profiles, or import a snapshot");
            }
        }
        return read_table(files.read(found, where),
                          {std::make_shared<const std::string>(found.filename().string()), 0});
    }

    /// "[1 2 3]" or "(file=x.txt)"; binary files are refused.
    std::vector<double> array(const Value& v) const {
        const auto parts = split_parameters(v.text, v.where);
        if (parts.empty() || parts.front().name.empty()) return v.numbers();
        if (parts.front().name != "file" && parts.front().name != "csvfile")
            fail(v.where, fmt::format("{}: binary profiles ({}) are not read", v.property, parts.front().name));
        std::vector<double> result;
        for (const auto& row : table(parts.front().value, v.where)) result.push_back(row.front());
        return result;
    }

    void columns(const Value& v, bool with_q) {
        std::vector<double> column[3];
        for (const auto& row : table(v.text, v.where))
            for (std::size_t k = 0; k < 3 && k < row.size(); ++k) column[k].push_back(row[k]);
        std::size_t k = shape.interval == 0.0 ? 1 : 0;
        if (k == 1) shape.hour = column[0];
        shape.p = column[k];
        if (with_q) shape.q = column[k + 1];
    }
};

void set_interval(Reader& r, const Value& v, double seconds) {
    r.shape.interval = v.number() * seconds;
    if (r.shape.interval != 0.0 && !(r.shape.interval >= 1.0 && r.shape.interval <= 1e9))
        fail(v.where, "an interval from 1 s to 1e9 s is needed, or 0");
}

const Handlers<Reader>& shape_handlers() {
    static const Handlers<Reader> handlers = {
        {"npts", [](Reader& r, const Value& v) { r.points = v.integer(0, 1'000'000'000); }},
        {"interval", [](Reader& r, const Value& v) { set_interval(r, v, 3600.0); }},
        {"minterval", [](Reader& r, const Value& v) { set_interval(r, v, 60.0); }},
        {"sinterval", [](Reader& r, const Value& v) { set_interval(r, v, 1.0); }},
        {"mult", [](Reader& r, const Value& v) { r.shape.p = r.array(v); }},
        {"pmult", [](Reader& r, const Value& v) { r.shape.p = r.array(v); }},
        {"qmult", [](Reader& r, const Value& v) { r.shape.q = r.array(v); }},
        {"hour", [](Reader& r, const Value& v) { r.shape.hour = r.array(v); }},
        {"csvfile", [](Reader& r, const Value& v) { r.columns(v, false); }},
        {"pqcsvfile", [](Reader& r, const Value& v) { r.columns(v, true); }},
        {"sngfile", [](Reader&, const Value& v) { fail(v.where, "binary profiles (sngfile) are not read"); }},
        {"dblfile", [](Reader&, const Value& v) { fail(v.where, "binary profiles (dblfile) are not read"); }},
        {"useactual", [](Reader& r, const Value& v) { r.shape.actual = v.boolean(); }},
        {"action", [](Reader&, const Value& v) { fail(v.where, "loadshape actions are not supported"); }},
    };
    return handlers;
}

/// 288 points of 0.0833 h are meant to be one day: rounded intervals would drift away from the clock.
void round_to_days(LoadShape& shape, const std::string& label, ImportReport& report) {
    if (shape.interval == 0.0 || shape.p.empty()) return;
    const double days = shape.period() / 86400.0, whole = std::round(days);
    if (whole < 1.0 || days == whole || std::abs(days - whole) > 1e-3 * whole) return;
    const double interval = 86400.0 * whole / double(shape.p.size());
    if (std::abs(interval - std::round(interval)) > 1e-9) return;
    report.note(fmt::format("loadshapes like {}: interval {:g} s taken as {:g} s, {:g} days in {} points",
                            label.substr(0, 9), shape.interval, interval, whole, shape.p.size()));
    shape.interval = interval;
}

}  // namespace

double LoadShape::period() const {
    if (interval > 0.0) return interval * double(p.size());
    return hour.empty() ? 0.0 : 3600.0 * hour.back();
}

double LoadShape::mean(const std::vector<double>& values, double start, double step) const {
    const double begin = std::fmod(start, period());
    if (interval == 0.0) {  // irregular: the interpolated value at the end of the step, as OpenDSS evaluates it
        const double at = std::fmod(begin + step, period()) / 3600.0;
        const auto next = std::lower_bound(hour.begin(), hour.end(), at) - hour.begin();
        if (next == 0) return values.front();
        const double share = (at - hour[next - 1]) / (hour[next] - hour[next - 1]);
        return values[next - 1] + share * (values[next] - values[next - 1]);
    }
    const auto count = static_cast<std::int64_t>(values.size());
    const auto first = static_cast<std::int64_t>(std::floor(begin / interval + 1e-9));
    const auto last = std::max(first + 1, static_cast<std::int64_t>(std::ceil((begin + step) / interval - 1e-9)));
    double sum = 0.0;
    for (std::int64_t k = first; k < last; ++k) {
        const double from = double(k) * interval;
        const double covered = std::min(begin + step, from + interval) - std::max(begin, from);
        sum += values[k % count] * covered;
    }
    return sum / step;
}

const LoadShape& LoadShapes::get(const std::string& name, const Location& where) {
    const auto known = shapes_.find(name);
    if (known != shapes_.end()) return known->second;
    const Element* element = circuit_.find("loadshape", name);
    if (!element && name == "default") {
        // The daily shape that OpenDSS brings along.
        LoadShape shape;
        shape.p = {.677, .6256, .6087, .5833, .58028, .6025, .657, .7477, .832, .88,  .94,  .989,
                   .985, .98,   .9898, .999,  1.,     .958,  .936, .913,  .876, .876, .828, .756};
        return shapes_[name] = shape;
    }
    if (!element) fail(where, fmt::format("there is no loadshape '{}'", name));
    return shapes_[name] = read(*element);
}

LoadShape LoadShapes::read(const Element& element) {
    Reader reader{files_, folder_, {}};
    replay(element, reader, shape_handlers(), report_);
    LoadShape& shape = reader.shape;
    const auto limit = static_cast<std::size_t>(reader.points);
    if (limit > 0)
        for (auto* list : {&shape.p, &shape.q, &shape.hour}) list->resize(std::min(list->size(), limit));
    if (shape.p.empty()) fail(element.where, element.label() + ": holds no values");
    if (!shape.q.empty() && shape.q.size() != shape.p.size())
        fail(element.where,
             fmt::format("{}: {} values of p, {} of q", element.label(), shape.p.size(), shape.q.size()));
    if (shape.interval == 0.0) {
        const bool increasing =
            std::adjacent_find(shape.hour.begin(), shape.hour.end(), std::greater_equal<>()) == shape.hour.end();
        if (shape.hour.size() != shape.p.size() || !increasing || !(shape.hour.back() > 0.0))
            fail(element.where, element.label() + ": interval 0 needs an increasing hour for each value");
    }
    round_to_days(shape, element.label(), report_);
    report_.understand("loadshape", element.where.text());
    return shape;
}

}  // namespace headroom::opendss
