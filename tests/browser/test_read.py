"""The pages to read: anyone can tell their text from its ground, and they are usable without a mouse."""

import pytest
from playwright.sync_api import sync_playwright

from course.project import PROJECT
from course.site import reading
from tests.browser.test_day import faults
from tests.browser.test_lab import FLAGS


@pytest.fixture(scope="module")
def page(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("unit", ["06_qos", "14_exec"])
def test_a_page_has_no_grave_fault(page, tmp_path, unit):
    file = tmp_path / "page.html"
    file.write_text(reading.page(PROJECT, unit, unit), "utf-8")
    page.goto(file.as_uri())
    assert faults(page) == []
