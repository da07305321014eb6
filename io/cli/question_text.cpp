#include "io/cli/question_text.hpp"

#include <fmt/format.h>

#include <array>
#include <sstream>

#include "io/cli/error_arguments.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/policy_arguments.hpp"
#include "io/cli/question_names.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

/// One option in an attribute of a result.
struct WrittenOption {
    const std::string &path, option, word;

    [[noreturn]] void refuse() const {
        throw InputError(fmt::format("{}: /: attribute options: '{} {}' is no option of a result", path, option, word));
    }
    template <class Table> auto meaning(const Table& table) const {
        for (const auto& [name, value] : table)
            if (name == word) return value;
        refuse();
    }
    void read_forecast_error(RowErrors& errors) const {
        try {
            set_forecast_error(word, errors);
        } catch (const UsageError&) {
            refuse();
        }
    }
    double share() const {
        const double value = parse_number(word);
        if (!(value >= 0 && value < 1)) refuse();
        return value;
    }
};

void take(const WrittenOption& written, AllocationQuestion& question) {
    const std::string& option = written.option;
    if (option == "--basis") {
        question.basis = written.meaning(basis_names);
    } else if (option == "--contain") {
        question.contain = written.meaning(contain_names);
    } else if (option == "--dust") {
        question.dust = written.share();
    } else if (option == "--forecast-error") {
        written.read_forecast_error(question.errors);
    } else if (option == "--forecast-error-norm") {
        question.errors.norm = written.meaning(error_norm_names);
    } else if (option == "--impedance-error") {
        question.errors.impedance = written.share();
    } else if (option == "--insecure-base") {
        question.insecure_base = written.meaning(insecure_base_names);
    } else if (option == "--linearisation") {
        question.linearisation = written.meaning(linearisation_names);
    } else if (option == "--monitor") {
        question.monitoring = written.meaning(monitoring_names);
    } else if (option == "--reactive") {
        question.reactive = written.meaning(reactive_names);
    } else if (option == "--secure") {
        question.secure = written.meaning(secure_names);
    } else if (option != "--policies" && option != "--solver") {
        written.refuse();
    }
}

}  // namespace

std::string policy_name(const AllocationQuestion& question) {
    const std::string name(name_of(policy_names, question.policy));
    return question.policy == Policy::alpha ? fmt::format("{}={}", name, question.alpha) : name;
}

std::string direction_name(const AllocationQuestion& question) {
    return question.export_asked && question.import_asked ? "both" : question.export_asked ? "export" : "import";
}

std::string reference_name(const AllocationQuestion& question) {
    if (!uses_reference(question.policy)) return "none";
    const std::string name(name_of(reference_names, question.reference));
    return question.reference == Reference::absolute ? fmt::format("{}:{}", name, question.reference_kw) : name;
}

std::vector<std::string> option_words(const AllocationQuestion& question) {
    const AllocationQuestion usual;
    std::vector<std::string> words;
    const auto add = [&words](std::string_view option, const auto& value) {
        words.push_back(fmt::format("--{} {}", option, value));
    };
    if (question.basis != usual.basis) add("basis", name_of(basis_names, question.basis));
    if (question.contain != usual.contain) add("contain", name_of(contain_names, question.contain));
    if (question.dust != usual.dust) add("dust", question.dust);
    if (question.errors.has_forecast()) add("forecast-error", forecast_error_text(question.errors));
    if (question.errors.norm != usual.errors.norm)
        add("forecast-error-norm", name_of(error_norm_names, question.errors.norm));
    if (question.errors.impedance != usual.errors.impedance) add("impedance-error", question.errors.impedance);
    if (question.insecure_base != usual.insecure_base)
        add("insecure-base", name_of(insecure_base_names, question.insecure_base));
    if (question.linearisation != usual.linearisation)
        add("linearisation", name_of(linearisation_names, question.linearisation));
    if (question.monitoring != usual.monitoring) add("monitor", name_of(monitoring_names, question.monitoring));
    if (question.reactive != usual.reactive) add("reactive", name_of(reactive_names, question.reactive));
    if (question.secure != usual.secure) add("secure", name_of(secure_names, question.secure));
    return words;
}

std::string option_text(const AllocationQuestion& question) {
    return fmt::format("{}", fmt::join(option_words(question), " "));
}

AllocationQuestion question_of(const RunInfo& run, const std::string& path) {
    AllocationQuestion question;
    question.flow = WrittenOption{path, "--flow", run.flow}.meaning(flow_names);
    if (run.direction != "both" && run.direction != "export" && run.direction != "import")
        WrittenOption{path, "--direction", run.direction}.refuse();
    question.export_asked = run.direction != "import";
    question.import_asked = run.direction != "export";
    std::istringstream words(run.options);
    for (std::string option, word; words >> option >> word;) take({path, option, word}, question);
    return question;
}

}  // namespace headroom::cli
