"""How Sphinx builds these pages: Markdown and notebooks by MyST, look by Furo, the reference from the docstrings."""

import shutil
from importlib.metadata import version as installed_version
from pathlib import Path
from pkgutil import resolve_name

from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "amimodel"
author = "The amimodel authors"
copyright = "2026, the amimodel authors"
version = release = installed_version("amimodel")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}  # autosummary writes the first
exclude_patterns = ["_build", "_templates", "changelog.d"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = f"amimodel {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Notebooks are kept without outputs. Every build runs them, and shows what they say now.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

# In a docstring, single backticks are code.
default_role = "code"
autoclass_content = "class"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}
python_use_unqualified_type_names = True

# One page for each public module, written anew at each build, so that none outlives its module.
autosummary_generate = True
autosummary_ignore_module_all = False
shutil.rmtree(Path(__file__).parent / "api" / "generated", ignore_errors=True)

nitpicky = True
# Other projects' names: no inventory of theirs is fetched, so that a build needs no network.
nitpick_ignore_regex = [("py:.*", r"(?!amimodel(\.|$)).*")]


def _find(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element) -> Element | None:
    """Find what an annotation names although no page calls it a class.

    A NewType or an alias may have an entry of another kind: it gets its link. What has no entry, as a type variable,
    stays without one. Only a name that does not exist is a broken reference.
    """
    if node.get("refdomain") != "py" or not node["reftarget"].startswith("amimodel."):
        return None
    name = node["reftarget"]
    found = env.get_domain("py").resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, contnode)
    if found is not None:
        return found
    try:
        _ = resolve_name(name)
    except (AttributeError, ImportError):
        return None
    return contnode


def setup(app: Sphinx) -> None:
    """Let Sphinx ask once more before it calls a reference broken."""
    _ = app.connect("missing-reference", _find)
