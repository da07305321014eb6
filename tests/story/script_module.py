"""Scripts of the project as modules of the tests that judge them."""
import importlib.util
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.machinery import SourceFileLoader
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def load(name):
    """A script as a module, without a cached copy beside it; its own modules are found as when it is run."""
    sys.dont_write_bytecode = True
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    loader = SourceFileLoader(name, str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def run(module, *words):
    """Exit status and output of the script, in this process."""
    output, before = io.StringIO(), sys.argv
    sys.argv = [module.__name__, *map(str, words)]
    try:
        with redirect_stdout(output), redirect_stderr(output):
            return module.main(), output.getvalue()
    finally:
        sys.argv = before
