#include "io/mps/read_mps.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/mps/fields.hpp"
#include "io/mps/model.hpp"
#include "io/mps/model_problem.hpp"
#include "io/mps/text.hpp"

namespace headroom {
namespace mps {
namespace {

class FileReader {
public:
    FileReader(std::string_view file, std::string_view text)
        : place_{file}, lines_(text), card_format_(is_card_format(text)) {}

    MpsProblem read() {
        while (!has(Section::end)) {
            const auto line = lines_.next();
            if (!line) break;
            place_.line = line->number;
            if (line->heading())
                begin_section(line->text);
            else
                read_data(line->text);
        }
        if (!has(Section::end)) {
            place_.line = lines_.last_number();
            place_.fail("the file ends without ENDATA");
        }
        MpsProblem result;
        result.name = name_;
        result.problem = build_problem(model_, maximised_, symmetric_, place_.file);
        result.maximised = maximised_;
        result.objective_offset = model_.objective_offset();
        for (const Row& row : model_.rows()) result.row_name.push_back(row.name);
        for (const Column& column : model_.columns()) result.column_name.push_back(column.name);
        return result;
    }

private:
    bool has(Section section) const { return begun_[static_cast<std::size_t>(section)]; }

    void begin_section(std::string_view text) {
        word_ = take_word(text);
        const auto section = find_section(word_);
        if (!section)
            place_.fail(fmt::format("section {} is not known (data lines begin with a blank)", shown_name(word_)));
        section_ = *section;
        check_order();
        begun_[static_cast<std::size_t>(section_)] = true;
        const std::string_view rest = trim(text);
        if (section_ == Section::name)
            name_ = rest;
        else if (section_ == Section::objsense && !rest.empty())
            set_sense(rest);
        else if (word_ == "QSECTION")
            model_.check_quadratic_row(rest, place_);
        else if (!rest.empty())
            place_.fail(fmt::format("{} follows the name of the section {}", shown_name(rest), word_));
    }

    void check_order() {
        const auto need = [&](Section section, std::string_view name) {
            if (!has(section)) place_.fail(fmt::format("section {} needs {} before it", word_, name));
        };
        if (has(section_)) place_.fail(fmt::format("section {} stands twice", word_));
        const bool quadratic = section_ == Section::triangle || section_ == Section::symmetric;
        if (quadratic && (has(Section::triangle) || has(Section::symmetric)))
            place_.fail("there are two sections of quadratic entries");
        if (section_ >= Section::columns) need(Section::rows, "ROWS");
        if (section_ > Section::columns) need(Section::columns, "COLUMNS");
        symmetric_ |= section_ == Section::symmetric;
    }

    void set_sense(std::string_view text) {
        std::string word(text);
        std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
        if (has_sense_) place_.fail("OBJSENSE has more than one value");
        has_sense_ = true;
        maximised_ = word == "MAX" || word == "MAXIMIZE" || word == "MAXIMISE";
        if (!maximised_ && word != "MIN" && word != "MINIMIZE" && word != "MINIMISE")
            place_.fail(fmt::format("OBJSENSE is {}, must be MIN or MAX", shown_name(text)));
    }

    void read_data(std::string_view text) {
        if (word_.empty() || section_ == Section::name) place_.fail("data stand before the first section");
        if (section_ == Section::objsense) return set_sense(trim(text));
        if (section_ == Section::columns && is_marker(text)) place_.fail(no_integers);
        const Fields fields = card_format_ ? card_fields(text) : free_fields(text, section_, place_);
        switch (section_) {
            case Section::rows: return model_.add_row(fields, place_);
            case Section::columns: return model_.add_column_entries(fields, place_);
            case Section::rhs: return model_.set_rhs(fields, place_);
            case Section::ranges: return model_.set_ranges(fields, place_);
            case Section::bounds: return model_.set_bound(fields, place_);
            default: return model_.add_quadratic(fields, place_);
        }
    }

    Place place_;
    LineReader lines_;
    bool card_format_;
    Model model_;
    Section section_ = Section::name;
    std::string word_;  ///< of the section, as written
    std::array<bool, static_cast<std::size_t>(Section::end) + 1> begun_{};
    std::string name_;
    bool maximised_ = false, has_sense_ = false, symmetric_ = false;
};

}  // namespace
}  // namespace mps

MpsProblem read_mps(const std::filesystem::path& file, std::size_t bytes_max) {
    const std::string text = mps::read_text(file, bytes_max);
    const std::string name = file.filename().string();
    return mps::FileReader(name, text).read();
}

}  // namespace headroom
