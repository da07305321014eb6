#include "bench/support/published_voltages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <sstream>

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;

constexpr LoadWindow usual{0.95, 1.05, 0.5}, wide{0.75, 1.05, 0.5};

void add_ieee(const fs::path& data, std::vector<PublishedCase>& cases) {
    const fs::path networks = data / "opendss-ieee", answers = data / "reference-opendss";
    for (const char* name : {"4Bus-YY-Bal", "4Bus-DY-Bal", "4Bus-YD-Bal", "4Bus-GrdYD-Bal", "4Bus-OYOD-Bal"})
        cases.push_back(
            {name, networks / name / fmt::format("{}.DSS", name), answers / fmt::format("{}.csv", name), {}, wide});
    for (const char* name : {"DDBal", "DYBal", "GYDBal", "YYBal", "SCTBal"})
        cases.push_back({fmt::format("4-bus variant {}", name),
                         data / "opendss-ieee4-variants" / fmt::format("{}.dss", name),
                         answers / fmt::format("ieee4v_{}.csv", name),
                         {},
                         wide});
    cases.push_back(
        {"IEEE 13", networks / "13Bus/IEEE13Nodeckt.dss", answers / "ieee13.csv", answers / "ieee13.taps.csv", usual});
    cases.push_back({"IEEE 34 (Mod2)",
                     networks / "34Bus/Run_IEEE34Mod2.dss",
                     answers / "ieee34_mod2.csv",
                     answers / "ieee34_mod2.taps.csv",
                     {0.85, 1.05, 0.5}});
    cases.push_back(
        {"IEEE 37", networks / "37Bus/ieee37.dss", answers / "ieee37.csv", answers / "ieee37.taps.csv", usual});
    const fs::path european = networks / "LVTestCase/Master.dss";
    cases.push_back({"European LV, snapshot", european, answers / "eulv906_snapshot.csv", {}, usual});
    for (const int minute : {1, 566, 1440})
        cases.push_back({fmt::format("European LV, minute {}", minute),
                         european,
                         answers / fmt::format("eulv906_minute{}.csv", minute),
                         {},
                         usual,
                         60.0,
                         minute});
}

/// The files of a folder in order; none where there is no such folder.
std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    if (!fs::is_directory(folder)) return files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void add_enwl(const fs::path& data, std::vector<PublishedCase>& cases) {
    for (const fs::path& file : files_of(data / "reference-opendss")) {
        const std::string name = file.stem().string();  // enwl3_network_1_Feeder_1
        if (!name.starts_with("enwl")) continue;
        const bool three = name.starts_with("enwl3");
        const std::size_t cut = name.find("_Feeder");
        const fs::path master = data / (three ? "enwl-3wire" : "enwl-4wire") / name.substr(6, cut - 6)
                                / name.substr(cut + 1) / (three ? "Master.txt" : "Master.dss");
        std::string shown = name.substr(6);
        std::replace(shown.begin(), shown.end(), '_', ' ');
        cases.push_back({fmt::format("ENWL {}-wire, {}", three ? 3 : 4, shown), master, file, {}, usual});
    }
}

/// The window that a script writes at its loads, OpenDSS's own where it writes none; one for all loads of a script.
LoadWindow written_window(const fs::path& script) {
    std::ifstream stream(script);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    LoadWindow window = usual;
    for (const auto& [word, value] : {std::pair{"vminpu=", &window.v_min}, std::pair{"vmaxpu=", &window.v_max}})
        if (const std::size_t at = text.find(word); at != std::string::npos)
            *value = std::stod(text.substr(at + std::string_view(word).size()));
    return window;
}

void add_components(const fs::path& data, std::vector<PublishedCase>& cases) {
    const fs::path answers = data / "pmd-validation/opendss_solutions";
    if (!fs::is_directory(answers)) cases.push_back({"pmd-validation", answers, answers, {}, usual});
    for (const fs::path& file : files_of(answers)) {
        const fs::path script = data / "pmd-validation/opendss" / fmt::format("{}.dss", file.stem().string());
        // The answers were computed in one session, in which an earlier script had set 50 Hz.
        cases.push_back({file.stem().string(), script, file, {}, written_window(script), 50.0});
    }
}

void add_balanced(const fs::path& data, std::vector<PublishedCase>& cases) {
    for (const char* name : {"case15da", "case33bw", "case34sa", "case69", "case141"})
        cases.push_back({name,
                         data / "matpower-dist" / fmt::format("{}.m", name),
                         data / "matpower-dist/pf_reference_voltages.csv",
                         {},
                         {0.0, 1e9, 0.0}});
}

/// The rows of one case.
std::vector<NodeVoltage> read_balanced(const PublishedCase& published) {
    std::ifstream stream(published.voltages);
    std::string line, name, bus, magnitude, degree;
    std::vector<NodeVoltage> nodes;
    while (std::getline(stream, line)) {
        std::istringstream fields(line);
        for (std::string* field : {&name, &bus, &magnitude, &degree}) std::getline(fields, *field, ',');
        if (name != published.master.stem().string()) continue;
        nodes.push_back(
            {bus, 1, std::polar(std::stod(magnitude), std::stod(degree) * std::numbers::pi / 180.0), true, false});
    }
    return nodes;
}

std::vector<NodeVoltage> read_json(const fs::path& file) {
    std::ifstream stream(file);
    const nlohmann::json answer = nlohmann::json::parse(stream);
    std::vector<NodeVoltage> nodes;
    for (const auto& [bus, values] : answer.at("bus").items())
        for (const auto& [terminal, volt] : values.at("vm").items())
            nodes.push_back(
                {bus, std::stoi(terminal), std::polar(volt.get<double>(), values.at("va").at(terminal).get<double>())});
    return nodes;
}

}  // namespace

std::vector<PublishedCase> published_cases(const fs::path& data) {
    std::vector<PublishedCase> cases;
    add_ieee(data, cases);
    add_enwl(data, cases);
    add_components(data, cases);
    add_balanced(data, cases);
    return cases;
}

std::vector<NodeVoltage> read_voltages(const PublishedCase& published) {
    if (published.master.extension() == ".m") return read_balanced(published);
    if (published.voltages.extension() == ".json") return read_json(published.voltages);
    std::ifstream stream(published.voltages);
    std::string line, node, volt, degree;
    std::getline(stream, line);
    std::vector<NodeVoltage> nodes;
    while (std::getline(stream, line)) {
        std::istringstream fields(line);
        std::getline(fields, node, ',');
        std::getline(fields, volt, ',');
        std::getline(fields, degree, ',');
        const std::size_t dot = node.rfind('.');
        nodes.push_back({node.substr(0, dot), std::stoi(node.substr(dot + 1)),
                         std::polar(std::stod(volt), std::stod(degree) * std::numbers::pi / 180.0)});
    }
    return nodes;
}

std::vector<RegulatorTap> read_taps(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    std::vector<RegulatorTap> taps;
    while (std::getline(stream, line)) {
        const std::size_t dot = line.find('.'), comma = line.find(','), second = line.find(',', comma + 1);
        taps.push_back({line.substr(dot + 1, comma - dot - 1), std::stod(line.substr(second + 1))});
    }
    return taps;
}

}  // namespace headroom::bench
