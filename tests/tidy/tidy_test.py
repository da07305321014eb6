#!/usr/bin/python3
"""scripts/tidy must be able to fail: each test plants one fault in a clean tree and expects exactly that rule."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parents[2] / "scripts" / "tidy"
CLEAN = {
    "solver/CMakeLists.txt": "headroom_room(solver step.cpp batch/run.cpp)\n",
    "solver/step.hpp": "#pragma once\n\nnamespace headroom {\n/// x = 2 step(x)\ndouble step(double x);\n}\n",
    "solver/step.cpp": '#include "solver/step.hpp"\n\ndouble headroom::step(double x) {\n    return x / 2;\n}\n',
    "solver/batch/run.cpp": "#include <omp.h>\n\nvoid run() {\n#pragma omp parallel\n    {}\n}\n",
    "formulations/CMakeLists.txt": "headroom_room(formulations nlp/ipopt.cpp)\n",
    "formulations/nlp/ipopt.cpp": "#include <coin/IpTNLP.hpp>\n",
    "io/CMakeLists.txt": "headroom_room(io hdf5/file.cpp)\n",
    "io/hdf5/file.cpp": "#include <hdf5.h>\n",
    "io/cli/CMakeLists.txt": "add_executable(headroom main.cpp)\n",
    "io/cli/main.cpp": '#include <cstdio>\n\nint main() {\n    std::puts("");\n}\n',
    "tests/CMakeLists.txt": "foreach(name step)\n  headroom_test(${name} ${name}_test.cpp)\nendforeach()\n",
}


def tidy(files, *options):
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            path = Path(directory) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = subprocess.run([sys.executable, TIDY, "--root", directory, *options], capture_output=True, text=True)
        return result.returncode, result.stdout


class Tidy(unittest.TestCase):
    def expect(self, rule, **changes):
        """A clean tree with file contents added at the end (names: / as __, . as _dot_) breaks `rule` alone."""
        files = dict(CLEAN)
        for key, text in changes.items():
            name = key.replace("__", "/").replace("_dot_", ".")
            files[name] = files.get(name, "") + text
        code, output = tidy(files)
        self.assertEqual(code, 1, output)
        faults = output.splitlines()[:-1]
        self.assertEqual([rule], sorted({fault.split(": ")[1] for fault in faults}), output)

    def test_a_clean_tree_passes(self):
        code, output = tidy(CLEAN)
        self.assertEqual((code, output), (0, "tidy: 0 faults, 0 notes\n"))

    def test_includes_point_one_way(self):
        self.expect("include direction", solver__step_dot_cpp='#include "io/hdf5/file.cpp"\n')
        self.expect("include direction", formulations__nlp__ipopt_dot_cpp='#include "io/hdf5/file.cpp"\n')
        self.expect("include direction", io__hdf5__file_dot_cpp='#include "tests/CMakeLists.txt"\n')

    def test_quoted_includes_start_at_the_project_root(self):
        self.expect("include path", io__hdf5__file_dot_cpp='#include "file.hpp"\n')

    def test_sources_include_their_own_header_first(self):
        self.expect("own header first", solver__batch__run_dot_hpp="#pragma once\n")

    def test_third_party_headers_have_one_home(self):
        self.expect("private header", solver__step_dot_cpp="#include <hdf5.h>\n")
        self.expect("private header", io__cli__main_dot_cpp="#include <H5Fpublic.h>\n")
        self.expect("private header", formulations__nlp__ipopt_dot_cpp="#include <omp.h>\n")
        self.expect("private header", solver__step_dot_cpp="#pragma omp simd\n")
        self.expect("private header", io__hdf5__file_dot_cpp="#include <coin/IpTNLP.hpp>\n")
        self.expect("private header", formulations__nlp__other_dot_hpp="#pragma once\n#include <coin/IpTNLP.hpp>\n")
        self.expect("private header", io__hdf5__file_dot_cpp="#include <CLI/CLI.hpp>\n")
        self.expect("private header", io__cli__main_dot_cpp="#include <toml++/toml.h>\n")

    def test_libraries_do_not_print(self):
        self.expect("printing", solver__step_dot_cpp='void f() { std::cout << ""; }\n')
        self.expect("printing", io__hdf5__file_dot_cpp='void f() { fmt::print(""); }\n')

    def test_the_solver_speaks_mathematics(self):
        self.expect("vocabulary", solver__step_dot_cpp="// one row per bus\n")

    def test_leftovers_are_found(self):
        for word in ("TO" "DO", "FIX" "ME", "XX" "X"):
            self.expect("leftover", solver__step_dot_cpp=f"// {word}: later\n")

    def test_commented_out_code_is_found(self):
        for code in ("x = 3 * y;", "return x;", "if (a < b) {", "run(now);", "#include <vector>", "}"):
            self.expect("commented-out code", solver__step_dot_cpp=f"// {code}\n")

    def test_prose_and_equations_are_not_code(self):
        text = "// Solve [ H A' ] [ dx ] = - r; R > 0 regularises.\n// if both hold, it is published;\n// a (b c)\n"
        self.assertEqual(tidy({**CLEAN, "solver/step.cpp": CLEAN["solver/step.cpp"] + text})[0], 0)

    def test_white_space_and_line_length(self):
        self.expect("tab", solver__step_dot_cpp="\tint x;\n")
        self.expect("trailing space", solver__step_dot_cpp="int x; \n")
        self.expect("long line", solver__step_dot_cpp="// " + 40 * "abc " + "d\n")

    def test_headers_guard_themselves(self):
        self.expect("header guard", solver__bare_dot_hpp="int x();\n")

    def test_types_of_one_namespace_have_names_of_their_own(self):
        header = "#pragma once\n\nnamespace headroom {\n\nstruct Tree {\n    int x;\n};\n\n}  // namespace headroom\n"
        self.expect("type name", solver__tree_dot_hpp=header, io__tree_dot_hpp=header)
        for other in (header.replace("headroom", "headroom::csv"), header.replace("Tree {\n    int x;\n}", "Tree"),
                      header.replace("namespace headroom {", "namespace headroom {\nnamespace {").replace(
                          "}  // namespace", "}  // namespace\n}  // namespace")):
            self.assertEqual(tidy({**CLEAN, "solver/tree.hpp": header, "io/tree.hpp": other})[0], 0, other)

    def test_every_source_is_listed(self):
        self.expect("dead file", solver__forgotten_dot_cpp="int x;\n")
        self.expect("dead file", tests__forgotten_dot_cpp="int x;\n")

    def test_a_listing_may_name_sources_of_other_directories(self):
        listing = "headroom_test(a ../support/a.cpp ${PROJECT_SOURCE_DIR}/tests/support/b.cpp)\n"
        files = {"tests/io/CMakeLists.txt": listing, "tests/support/a.cpp": "", "tests/support/b.cpp": ""}
        self.assertEqual(tidy({**CLEAN, **files})[0], 0)

    def test_long_functions_are_noted_but_do_not_fail(self):
        body = "int f() {\n" + 120 * "    g();\n" + "}\n"
        code, output = tidy({**CLEAN, "io/cli/main.cpp": body})
        self.assertEqual(code, 0)
        self.assertIn("note: io/cli/main.cpp:1: long function: 122 lines", output)

    def test_a_long_table_is_no_long_function(self):
        table = "const int table[]{\n" + 120 * "    f(1),\n" + "};\n"
        self.assertEqual(tidy({**CLEAN, "io/cli/main.cpp": table}), (0, "tidy: 0 faults, 0 notes\n"))

    def test_a_long_class_is_no_long_function_but_its_method_may_be(self):
        method = "    int f() {\n" + 120 * "        g();\n" + "    }\n"
        body = "class A {\npublic:\n" + method + 120 * "    int x();\n" + "};\n"
        code, output = tidy({**CLEAN, "io/cli/main.cpp": body})
        self.assertEqual(code, 0)
        self.assertEqual(output.splitlines()[:-1], ["note: io/cli/main.cpp:3: long function: 122 lines: int f() {"])

    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
    def test_format_is_compared(self):
        files = {
            ".clang-format": "BasedOnStyle: Google\n",
            "solver/CMakeLists.txt": "headroom_room(solver good.cpp bad.cpp)\n",
            "solver/good.cpp": "int f();\n",
            "solver/bad.cpp": "int f();\nint  g ( ) ;\n",
        }
        code, output = tidy(files, "--format")
        self.assertEqual(code, 1)
        self.assertEqual(output.splitlines()[:-1],
                         ["solver/bad.cpp:2: format: scripts/tidy --fix-format mends it"])


if __name__ == "__main__":
    unittest.main()
