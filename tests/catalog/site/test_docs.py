"""A catalog's documents on its site: safe to show, in their order, with links that lead somewhere."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from modelyard.catalog.site import contents, highlighting, manual, markdown, pages
from modelyard.catalog.site.manual import HOME, Document, Manual
from modelyard.catalog.site.model import File, Page
from modelyard.catalog.site.shown import Link
from modelyard.catalog.workspace import Workspace

ROOT = Path(__file__).parents[3]


def documents(**texts: str) -> Manual:
    """A manual of documents under docs/, by their names without the ending; HOME is `README`."""
    found = {
        f"docs/{name}.md": Document(
            f"docs/{name}.md", f"docs/{'index' if name == 'README' else name}.html", text
        )
        for name, text in texts.items()
    }  # fmt: skip
    return Manual(found, {"docs/plan.png": b"png"}, frozenset({"face-detector"}))


def write(text: str) -> markdown.Written:
    return markdown.write(text, lambda href: Link("A title", f"to/{href}") if href.endswith(".md") else None)


def test_a_document_s_html_is_text_and_its_comments_are_not_there() -> None:
    written = write("<!-- made -->\n\n# T\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b> <!-- c -->")
    assert "<script" not in written.body
    assert "<b" not in written.body
    assert "&lt;script&gt;" in written.body
    assert "made" not in written.body
    assert "c --" not in written.body


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.test/x", "../../etc/passwd"])
def test_a_link_leads_to_the_site_or_the_web_or_nowhere(href: str) -> None:
    assert "<a" not in write(f"[here]({href})").body


def test_a_link_that_names_a_file_is_called_like_the_page() -> None:
    body = write("See [a.md](a.md) and [the a](a.md).").body
    assert body == '<p>See <a href="to/a.md">A title</a> and <a href="to/a.md">the a</a>.</p>\n'


def test_a_picture_from_elsewhere_is_its_description() -> None:
    assert write("![a plan](https://elsewhere.test/x.png)").body == "<p>a plan</p>\n"


def test_columns_are_aligned_without_styles_in_the_markup() -> None:
    body = write("| a | b |\n|---|--:|\n| x | 1 |").body
    assert "style=" not in body
    assert '<td class="num">1</td>' in body


def test_headings_have_names_of_their_own_and_the_title_is_taken_out() -> None:
    written = write("# The title\n\nWhat it is `for`.\n\n## Go back\n\n## Go back\n\n### `plan`")
    assert (written.title, written.summary) == ("The title", "What it is for.")
    assert [(one.level, one.text, one.anchor) for one in written.headings] == [
        (2, "Go back", "go-back"), (2, "Go back", "go-back-1"), (3, "plan", "plan"),
    ]  # fmt: skip
    assert "The title" not in written.body


@pytest.mark.parametrize("language", ["python", "sh", "json", "yaml", "no-such-language", ""])
def test_code_is_only_ever_coloured(language: str) -> None:
    code = 'if x < 3 && y: "</code><script>"  # {a: 1}'
    drawn = highlighting.to_markup(code, language)
    assert html.unescape(re.sub(r'<span class="\w+">|</span>', "", drawn)).strip() == code
    assert "<script" not in drawn


def test_a_comment_at_the_end_is_one() -> None:
    assert highlighting.to_markup("make  # all", "sh") == 'make  <span class="remark"># all</span>'


def test_the_order_is_that_of_the_list_and_what_it_forgets_comes_last() -> None:
    home = "# Help\n\nFor you.\n\n## First\n\n- [Be](b.md): *some*thing\n- [Gone](c.md)\n- [Ay](a.md)\n"
    found = contents.of(documents(README=home, a="# A", b="# B", d="# Dee"))
    assert (found.title, found.said) == ("Help", "For you.")
    assert [(part.title, [one.title for one in part.chapters]) for part in found.parts] == [
        ("First", ["Be", "Ay"]), ("More", ["Dee"]),
    ]  # fmt: skip
    assert found.parts[0].chapters[0].said == "<em>some</em>thing"


def test_links_between_documents_lead_to_their_pages() -> None:
    given = documents(README="", a="# A")
    assert given.place("docs/a.md", "README.md#x") == "docs/index.html#x"
    assert given.place("docs/a.md", "plan.png") == "docs/plan.png"
    assert given.place("docs/a.md", "../assets/face-detector/README.md") == "models/face-detector.html"
    assert given.place("docs/a.md", "../assets/other/README.md") is None
    assert given.place("docs/a.md", "../framework/x.py") is None


def test_what_leads_out_of_the_catalog_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    catalog = tmp_path / "catalog"
    (catalog / "docs").mkdir(parents=True)
    (catalog / "assets").mkdir()
    (catalog / "docs" / "a.md").write_text("# A", "utf-8")
    (catalog / "docs" / "b.md").symlink_to(tmp_path / "secret.md")
    (catalog / "docs" / "c.svg").write_text("<svg onload='x'/>", "utf-8")
    (catalog / "docs" / "d.md").write_text("x" * 2_000_000, "utf-8")
    found = manual.read(Workspace(catalog))
    assert list(found.documents) == ["docs/a.md"]
    assert not found.files


def test_a_catalog_without_documents_has_no_entry_for_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# A", "utf-8")
    assert not manual.read(Workspace(tmp_path)).documents
    assert "Docs" not in [entry.label for entry in pages.navigation(documented=False)]


def test_every_document_of_this_repository_is_listed() -> None:
    found = contents.of(manual.read(Workspace(ROOT)))
    assert [part.title for part in found.parts if part.title == "More"] == []


def test_every_document_has_a_page_and_schemas_can_be_downloaded() -> None:
    given = manual.read(Workspace(ROOT))
    made = list(pages.of_manual(given))
    assert {one.path for one in made if isinstance(one, Page)} == {one.path for one in given.documents.values()}
    assert "docs/reference/asset.schema.json" in [one.path for one in made if isinstance(one, File)]
    assert given.documents[HOME].path == "docs/index.html"
