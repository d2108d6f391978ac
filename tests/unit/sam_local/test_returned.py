# SPDX-License-Identifier: Apache-2.0
"""What counts as an answer of a function, and what as a failure."""

import pytest

from tests.sam_local.returned import Answer, answer_in


@pytest.mark.parametrize(
    ("output", "value"),
    [('{"batchItemFailures": []}\n', {"batchItemFailures": []}), ("null\n", None), ("[1]", [1]), ('"text"', "text")],
)
def test_what_a_function_returns_is_its_answer(output: str, value: object) -> None:
    assert answer_in(output) == Answer(value)


@pytest.mark.parametrize("output", ["", "\n"])
def test_nothing_at_all_is_a_failure(output: str) -> None:
    assert answer_in(output).problem == "no answer: the function ran out of time, or its process ended"


def test_an_error_is_a_failure() -> None:
    answer = answer_in('{"errorMessage": "\'Records\'", "errorType": "KeyError", "requestId": "1", "stackTrace": []}')
    assert answer.problem == "KeyError: 'Records'"


def test_what_is_no_json_is_a_failure() -> None:
    assert answer_in("Segmentation fault").problem == "the answer is not JSON: Segmentation fault"
