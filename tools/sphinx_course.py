"""Sphinx extension of the book: formulas as MathML, and lists of references that screen readers know.

MathML is made while building, so that a page needs no script and no other host for it.
"""

from docutils import nodes
from latex2mathml.converter import convert


def visit_inline(translator, node):
    """Write an inline formula."""
    translator.body.append(f'<span class="math">{convert(node.astext())}</span>')
    raise nodes.SkipNode


def visit_block(translator, node):
    """Write a displayed formula, with its number if it has one."""
    ids = "".join(f' id="{name}"' for name in node["ids"][:1])
    number = f'<span class="eqno">({node["number"]})</span>' if node["number"] else ""
    translator.body.append(f'<div class="math"{ids}>{number}{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def mend_roles(app, pagename, templatename, context, doctree):
    """Make the entries of a bibliography items of its list; their own role is deprecated."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    """Register the renderer (chosen by ``html_math_renderer = "mathml"``) and the mending."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("html-page-context", mend_roles)
    app.add_config_value("course_solutions", True, "env")  # read by tools/book.py
    return {"parallel_read_safe": True, "parallel_write_safe": True}
