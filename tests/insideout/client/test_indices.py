"""What an informer's cache is found and counted by."""

from insideout.client.indices import Count, Index


def pod(name, **labels):
    return {"metadata": {"name": name, "namespace": "a", "labels": labels}}


def key(obj):
    return "a", obj["metadata"]["name"]


def put(lookup, *objects):
    for obj in objects:
        lookup.put(key(obj), obj)


def test_an_index_has_the_last_version_last():
    """What changed last stands last, whether its value changed or not."""
    index = Index(lambda obj: [obj["metadata"]["labels"]["app"]])
    one, two = pod("one", app="x"), pod("two", app="x")
    put(index, one, two, again := pod("one", app="x", more="1"))
    assert index.under("x") == [two, again]
    put(index, moved := pod("two", app="y"))
    assert (index.under("x"), index.under("y")) == ([again], [moved])
    index.remove(key(one))
    assert index.under("x") == []


def test_an_object_may_name_a_value_twice():
    """It stands there once, and goes once."""
    index = Index(lambda obj: ["x", "x"])
    put(index, one := pod("one"))
    assert index.under("x") == [one]
    index.remove(key(one))
    assert index.under("x") == []


def test_a_count_follows_every_change():
    """Each object counts once, under the value and in the sort of its last version."""
    count = Count(
        lambda obj: obj["metadata"]["labels"]["app"], lambda obj: obj["metadata"]["labels"]["ready"]
    )
    put(count, pod("one", app="x", ready="no"), pod("two", app="x", ready="no"))
    assert count.under("x") == {"no": 2}
    put(count, pod("one", app="x", ready="yes"), pod("one", app="x", ready="yes"))
    assert count.under("x") == {"no": 1, "yes": 1}
    put(count, pod("two", app="y", ready="no"))
    assert (count.under("x"), count.under("y")) == ({"yes": 1}, {"no": 1})
    count.remove(("a", "one"))
    count.remove(("a", "nobody"))
    assert (count.under("x"), count.under("y")) == ({}, {"no": 1})
