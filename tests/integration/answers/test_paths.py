# SPDX-License-Identifier: Apache-2.0
"""A page is one page, however a browser encoded its path: the dimension `path` in SQL, and the same in Python."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from urllib.parse import quote

import pytest

from edgepixel.answers.subject.filters import dimensions, filter_sql, parse_filter
from edgepixel.answers.subject.paths import decoded_path
from localcloud.athena import query

NOW = datetime(2026, 11, 23, 10, 31, 17, tzinfo=UTC)
PATHS = {
    "/": "/",
    "": "",
    "/k%C3%A4se": "/käse",
    "/k%c3%a4se": "/käse",
    "/käse": "/käse",
    "/%E6%97%85%e8%a1%8c/%F0%9F%98%80": "/旅行/😀",
    "/a%20b+c": "/a b+c",
    "/%61%7Eb": "/a~b",
    "/it's%27": "/it's'",
    # another path, if it was decoded
    "/a%2Fb": "/a%2Fb",
    "/a%2fb%3f%23%26%3D%2B%3B": "/a%2fb%3f%23%26%3D%2B%3B",
    "/100%25": "/100%",
    "/100%25-%C3%A4%25": "/100%-ä%",
    "/%2541%2525C3": "/%2541%2525C3",
    "/%25%34%31": "/%2541",
    "/%25%41B": "/%25AB",
    "/a%0Ab%1f%7F": "/a%0Ab%1f%7F",
    # what cannot be seen
    "/%D9%85%DB%8C%E2%80%8C%D8%AE": "/می%E2%80%8Cخ",
    "/a%C2%A0b%c2%ad%C2%9B31m": "/a%C2%A0b%c2%ad%C2%9B31m",
    "/%E6%97%85%E3%80%80%E8%A1%8C": "/旅%E3%80%80行",
    "/gpj%E2%80%AEexe%e2%81%a6": "/gpj%E2%80%AEexe%e2%81%a6",
    "/%E2%80%A6%E2%81%82%E3%80%81": "/…⁂、",
    # no UTF-8, or no escape
    "/k%E4se/%C3%A4": "/k%E4se/%C3%A4",
    "/%ED%A0%80": "/%ED%A0%80",
    "/100%": "/100%",
    "/100%/%C3%A4": "/100%/%C3%A4",
    "/%u00e4": "/%u00e4",
    "/50%-0ff/%C3%A4": "/50%-0ff/%C3%A4",
}


def in_sql(paths: list[str]) -> list[str | None]:
    values = ", ".join(f"({place}, '{path.replace("'", "''")}')" for place, path in enumerate(paths))
    sql = f"SELECT {dimensions()['path'].sql} FROM (VALUES {values}) AS events(place, page_path) ORDER BY place"  # noqa: S608
    return [value for (value,) in query.run(sql, [], "default", NOW).rows]


def test_each_path_is_decoded_as_far_as_it_stays_the_same_path() -> None:
    assert in_sql(list(PATHS)) == list(PATHS.values())
    assert [decoded_path(path) for path in PATHS] == list(PATHS.values())


def test_python_and_sql_agree_about_any_path_and_a_decoded_one_stays() -> None:
    random = Random(3)  # noqa: S311 (not for secrets)
    pieces = [
        "%25", "%2541", "%C3", "%a4", "%C3%a4", "%c3%A4", "%e4", "%2f", "%00", "%7f", "%41", "%F0%9F%98%80",
        "%EF%BF%BD", "%34", "%31", "%25", "%C2%A0", "%E2%80%8C", "%E2%81%A6", "%E3%80%80", "+", "/", "ä", "a", "41",
    ]  # fmt: skip
    paths = ["/" + "".join(random.choices(pieces, k=random.randint(1, 6))) for _ in range(3_000)]
    found = in_sql(paths)
    assert found == [decoded_path(path) for path in paths]
    assert [decoded_path(path) for path in found if path is not None] == found
    assert sum(path != decoded for path, decoded in zip(paths, found, strict=True)) > 100


@pytest.mark.parametrize("malformed", ["%", "%2", "%4g"])
def test_python_and_sql_agree_about_a_path_that_is_no_url(malformed: str) -> None:
    paths = [f"/{before}{malformed}{after}" for before in ("", "%C3%A4") for after in ("", "/", "%C3%A4", "41")]
    assert in_sql(paths) == [decoded_path(path) for path in paths]


def counted(events: list[tuple[str, str]], text: str) -> str | None:
    """How many of these events, by host and path, a filter leaves."""
    values = ", ".join(f"('{host}', '{path}')" for host, path in events)
    condition = filter_sql([parse_filter(text)])
    sql = f"SELECT count(*) FROM (VALUES {values}) AS events(page_host, page_path) WHERE {condition}"  # noqa: S608
    return query.run(sql, [], "default", NOW).rows[0][0]


@pytest.mark.parametrize("written", ["/käse", "/k%C3%A4se", "/k%c3%a4se"])
@pytest.mark.parametrize("dimension", ["page", "path"])
def test_a_filter_takes_either_form(dimension: str, written: str) -> None:
    host = "a.example" if dimension == "page" else ""
    sent = ("/käse", "/k%C3%A4se", "/k%c3%a4se", "/kase", "/k%E4se", quote("/käse", safe=""))
    for operator in ("=", "!=", "~"):
        assert counted([("a.example", path) for path in sent], f"{dimension}{operator}{host}{written}") == "3", operator


@pytest.mark.parametrize("path", ["/a%2Fk%C3%A4se", "/%C3%A4%26b", "/100%25%20off%3F", "/%D9%85%E2%80%8C%D8%AE"])
def test_a_part_of_an_address_is_found_as_a_browser_shows_it(path: str) -> None:
    """Also if it has an escape that stays and one that is decoded; and not more than that."""
    events = [("a.example", path), ("a.example", "/other/path")]
    for written in (path, decoded_path(path), path[1:]):
        for text in (f"path~{written}", f"page~a.example/{written.removeprefix('/')}"):
            assert counted(events, text) == "1", text


def test_a_host_is_compared_as_it_is() -> None:
    assert counted([("a%20b.example", "/x%20y")], "page=a%20b.example/x%20y") == "1"


HOLDS: dict[str, Callable[[str, str], bool]] = {
    "~": lambda page, part: part.lower() in page.lower(),
    "=": lambda page, part: page == part,
    "!=": lambda page, part: page != part,
}


@pytest.mark.parametrize("operator", HOLDS)
def test_any_part_of_a_page_is_found_wherever_it_lies(operator: str) -> None:
    """In its host, in its path, or across both: a filter compares these, each for itself."""
    random = Random(5)  # noqa: S311 (not for secrets)
    hosts = ("", "a.example", "shop.a.example", "éxample.de")
    paths = ("", "/", "/a.example/", "/example/shop/example", "/%C3%89x/%2f/a", "/a//a.ex/")
    sent = [(host, path) for host in hosts for path in paths]
    pages = [f"{host}{decoded_path(path)}" for host, path in sent]
    begins = [(page, random.randrange(len(page))) for page in random.choices(pages[1:], k=40)]
    parts = {page[begin : begin + random.randint(1, 9)].strip() for page, begin in begins} - {""}
    apart = {f"{host[-3:]}{path[path.find('/', 1) :]}" for host, path in sent if path.count("/") > 1}
    asked = sorted({*parts, *(part.upper() for part in parts), *apart, *pages[1:]})
    columns = ", ".join(filter_sql([parse_filter(f"page{operator}{part}")]) for part in asked)
    values = ", ".join(
        f"({place}, nullif('{host}', ''), nullif('{path}', ''))" for place, (host, path) in enumerate(sent)
    )
    sql = f"SELECT {columns} FROM (VALUES {values}) AS events(place, page_host, page_path) ORDER BY place"  # noqa: S608
    found = query.run(sql, [], "default", NOW).rows
    holds = HOLDS[operator]
    assert [[value == "true" for value in row] for row in found] == [
        [holds(page, one) for one in asked] for page in pages
    ]
    assert sum(value == "true" for row in found for value in row) >= len(pages[1:])
