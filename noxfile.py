"""Every check of amimodel, by name. `nox` runs the four that a change has to pass; `nox --list` says what there is."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.needs_version = ">=2024.10"
nox.options.sessions = ["lint", "types", "tests", "docs"]
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PAGES = [
    page.as_posix()
    for page in [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]
    if Path("docs/_build") not in page.parents
]


# Other people's programs that run on the model, as they are released. Each wants its own version of botocore.
TOOLS = {"Cloud Custodian": "c7n==0.9.53", "AWS CLI": "awscli==1.46.3", "Ansible": "ansible==12.3.0"}


def _clean_python(session: nox.Session, name: str) -> str:
    """Make an environment that holds nothing, and give its interpreter."""
    home = Path(session.create_tmp()).resolve() / name
    session.run("python", "-m", "venv", "--clear", str(home), silent=True)
    return str(home / ("Scripts" if sys.platform == "win32" else "bin") / "python")


def _wheel(session: nox.Session) -> str:
    """Build the wheel, and give its path."""
    directory = Path(session.create_tmp()).resolve() / "wheel"
    shutil.rmtree(directory, ignore_errors=True)
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), ".")
    (wheel,) = directory.glob("amimodel-*.whl")
    return str(wheel)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, the floors of the house, and that every generated table is what the code generates."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", "--no-fix")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")
    session.run("cog", "--check", "--diff", "--verbosity=1", "--check-fail-msg=Run nox -s write.", *PAGES)


@nox.session
def write(session: nox.Session) -> None:
    """Let the formatter and the generator write what `lint` would ask for."""
    session.install("-e", ".[dev]")
    session.run("cog", "-r", "--verbosity=1", *PAGES)
    session.run("ruff", "check", "--fix")
    session.run("ruff", "format")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy and pyright on the sources; then, in a session of its own, the types that a user of the wheel sees."""
    session.install("-e", ".[bench,docs]")
    session.run("mypy")
    session.run("pyright")
    session.notify("wheel_types")


@nox.session(reuse_venv=False)
def wheel_types(session: nox.Session) -> None:
    """Every public name of the built wheel has a complete type."""
    session.install(f"{_wheel(session)}[boto3,cli,testing]", "pyright", "pytest")
    # Pyright takes its settings from any directory above, and those here lead to the sources. The wheel is meant.
    with TemporaryDirectory() as elsewhere, session.chdir(elsewhere):
        session.run("pyright", "--verifytypes", "amimodel", "--ignoreexternal")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the suite on each interpreter there is."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the suite, and count the branches it takes."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "--cov", "--cov-fail-under=95", *session.posargs)


@nox.session
def deep(session: nox.Session) -> None:
    """Run the suite with 10,000 examples a property."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *session.posargs, env={"HYPOTHESIS_PROFILE": "deep"})


@nox.session
def solve(session: nox.Session) -> None:
    """Let a solver look for what breaks the laws of access and of the lifecycle."""
    session.install("-e", ".[dev]", "hypothesis-crosshair>=0.0.31")
    session.run(
        "python", "-m", "pytest", "tests/test_solver.py", *session.posargs, env={"HYPOTHESIS_PROFILE": "solver"}
    )


@nox.session
def nightly(session: nox.Session) -> None:
    """Take a million steps, each held against the laws, on every core. `night.xml` says how many they were."""
    session.install("-e", ".[dev]")
    test = "tests/test_machine.py::test_whatever_happens_keeps_the_laws"
    told = f"--junit-xml={Path(session.create_tmp()).resolve() / 'night.xml'}"
    session.run("python", "-m", "pytest", test, told, *session.posargs, env={"HYPOTHESIS_PROFILE": "deep"})


@nox.session
def vectors(session: nox.Session) -> None:
    """Make the conformance vectors anew, of what the tests ask; with `-- --check`, only say where they differ."""
    session.install("-e", ".[dev]")
    session.run("python", "tests/record_vectors.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a reference that leads nowhere is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-E", "-b", "html", "docs", "docs/_build/html")


@nox.session
def mutate(session: nox.Session) -> None:
    """Change the rules one operator at a time: a mutant that no test catches is a rule that no test proves."""
    session.install("-e", ".[mutation]")
    session.run("mutmut", "run", *session.posargs, env={"HYPOTHESIS_PROFILE": "mutants"})
    session.run("mutmut", "results")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, each figure beside its yardstick. A library's own warnings do not stop it."""
    session.install("-e", ".[bench]")
    session.run(
        "python", "-m", "pytest", "benchmarks", "--numprocesses=0", "-o", "filterwarnings=default", *session.posargs
    )


@nox.session
def conformance(session: nox.Session) -> None:
    """Hold moto against the model, and write the report; what is new fails."""
    session.install("-e", ".[conformance]")
    report = "docs/conformance/moto.md"
    session.run("python", "-m", "amimodel", "conform", "--target", "moto", "--report", report, *session.posargs)


@nox.session(reuse_venv=False)
@nox.parametrize("tool", list(TOOLS))
def tools(session: nox.Session, tool: str) -> None:
    """Run other people's programs on the model; docs/tools.md shows them."""
    session.install("-e", ".[boto3]", TOOLS[tool])
    programs = Path("tests/tools").resolve()
    match tool:
        case "Cloud Custodian":
            session.run("python", str(programs / "custodian.py"))
        case "AWS CLI":
            session.run("python", str(programs / "awscli_commands.py"))
        case _:
            kept = Path(session.create_tmp()).resolve() / "trace.json"
            kept.unlink(missing_ok=True)
            playbook = ("ansible-playbook", "--inventory", "localhost,", str(programs / "playbook.yml"))
            session.run(*playbook, env={"AMIMODEL_TRACE": str(kept)})


@nox.session
def wheel(session: nox.Session) -> None:
    """Use the wheel as a stranger would: alone, beside Hypothesis, and with its command line."""
    built = _wheel(session)

    alone = _clean_python(session, "alone")
    session.run(alone, "-m", "pip", "install", "--quiet", built, external=True)
    session.run(alone, "-W", "error", "-c", "import amimodel, amimodel.wire", external=True)
    session.run(alone, "-W", "error", "-m", "amimodel.testing.vectors", external=True)
    session.run(alone, "-m", "pip", "install", "--quiet", "hypothesis", external=True)
    session.run(alone, "-W", "error", "-c", "import hypothesis", external=True)

    with_extras = _clean_python(session, "with-extras")
    session.run(with_extras, "-m", "pip", "install", "--quiet", f"{built}[boto3,cli,notebook,testing]", external=True)
    session.run(with_extras, "-W", "error", "-c", "import hypothesis, amimodel.testing", external=True)
    session.run(with_extras, "-m", "amimodel", "audit", external=True, success_codes=[1])  # the example has findings
