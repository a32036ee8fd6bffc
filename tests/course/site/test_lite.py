"""What is changed of JupyterLite's own files, and what is said when they are not as expected."""

import pytest

from course.site import lite


def test_a_service_worker_that_is_another_one_is_told(tmp_path):
    (tmp_path / "service-worker.js").write_text("self.skipWaiting()")
    with pytest.raises(RuntimeError, match="service worker is another one"):
        lite.leave_files_to_the_browser(tmp_path)


def test_a_page_on_which_nothing_turns_is_told(tmp_path):
    page = tmp_path / "lab" / "index.html"
    page.parent.mkdir()
    page.write_text("<style>b { color: red; }</style>")
    with pytest.raises(RuntimeError, match="nothing any more that turns"):
        lite.hold_still(tmp_path)


def test_a_page_holds_still_and_stays_otherwise_as_it_is(tmp_path):
    page = tmp_path / "lab" / "index.html"
    page.parent.mkdir()
    page.write_text(
        "<style>\nb {\n  color: red;\n  animation: jupyterlite-orbit 2s linear infinite;\n}</style>"
    )
    lite.hold_still(tmp_path)
    assert page.read_text() == "<style>\nb {\n  color: red;\n}</style>"
