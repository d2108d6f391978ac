# SPDX-License-Identifier: Apache-2.0
"""The steps of a funnel, as they are written, and what the answer's SQL becomes."""

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.answers.subject.funnels import DEFAULT, MOST, has_funnel, parse_funnel
from edgepixel.errors import FunnelError, NoSuchConditionError
from edgepixel.template.reader import answer_queries


def test_steps_are_events_and_paths_and_paths_are_decoded() -> None:
    assert parse_funnel("view, /pricing ,sign up") == ("view", "/pricing", "sign up")
    assert parse_funnel("/%E6%97%85/a%2Fb,50%25") == ("/\u65c5/a%2Fb", "50%25")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an empty step"),
        ("view,,cart", "an empty step"),
        ("view", "1 step:"),
        ("view,cart,view", "twice"),
        ("/a,/%61", "twice"),
        (",".join(f"step-{n}" for n in range(MOST + 1)), f"2 to {MOST}"),
        ("view,a/*b", "no event and no page"),
        ("view,/%2A/*", "no event and no page"),
        ("view,a\nb", "no event and no page"),
    ],
)
def test_what_is_no_funnel_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(FunnelError, match=words):
        parse_funnel(text)


def test_the_answer_has_its_usual_steps_until_others_are_chosen() -> None:
    usual = answer_sql(answer_queries(), "funnel")
    assert ", ".join(f"'{step}'" for step in DEFAULT) in usual
    assert has_funnel(usual)
    assert "page_path" not in usual, "which would read a column that no step needs"
    chosen = answer_sql(answer_queries(), "funnel", funnel=("it's", "signup"))
    assert "ARRAY['it''s', 'signup']" in chosen
    assert "'checkout'" not in chosen
    assert "page_path" not in chosen
    assert "page_path" in answer_sql(answer_queries(), "funnel", funnel=("view", "/pricing"))


def test_an_answer_without_steps_refuses_them() -> None:
    assert not has_funnel(answer("pages").text("query.sql"))
    with pytest.raises(NoSuchConditionError, match="'pages' has no steps") as refused:
        answer_sql(answer_queries(), "pages", funnel=("view", "cart"))
    assert refused.value.condition == "funnel"
