"""The front door as it is without JavaScript: the units, their links, what a browser cannot do."""

from course.site import front


def test_it_links_the_units_of_the_site_and_no_others():
    page = front.index(["06_qos", "07_node_failure"])
    assert 'href="lab/index.html?path=work/06_qos/06_qos.ipynb"' in page
    assert page.count('<tr data-unit="') == 2


def test_it_counts_what_there_is_to_earn_in_them():
    assert "of 18</strong> points" in front.index(["06_qos"])


def test_jupyterlite_finds_the_sites_root_in_it():
    assert (
        '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}'
        in front.index(["06_qos"])
    )


def test_it_says_what_a_browser_cannot_do():
    assert front.CANNOT in front.index(["06_qos"])


def test_nothing_on_it_is_loaded_from_elsewhere():
    assert "//" not in front.index(["06_qos"]).split("</style>")[1]
