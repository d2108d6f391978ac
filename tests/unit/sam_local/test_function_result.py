# SPDX-License-Identifier: Apache-2.0
"""What counts as the result of a function, and what as a failure."""

import pytest

from tests.sam_local.function_result import FunctionResult, result_in


@pytest.mark.parametrize(
    ("output", "value"),
    [('{"batchItemFailures": []}\n', {"batchItemFailures": []}), ("null\n", None), ("[1]", [1]), ('"text"', "text")],
)
def test_what_a_function_returns_is_its_result(output: str, value: object) -> None:
    assert result_in(output) == FunctionResult(value)


@pytest.mark.parametrize("output", ["", "\n"])
def test_nothing_at_all_is_a_failure(output: str) -> None:
    assert result_in(output).problem == "no result: the function ran out of time, or its process ended"


def test_an_error_is_a_failure() -> None:
    result = result_in('{"errorMessage": "\'Records\'", "errorType": "KeyError", "requestId": "1", "stackTrace": []}')
    assert result.problem == "KeyError: 'Records'"


def test_text_that_is_not_json_is_a_failure() -> None:
    assert result_in("Segmentation fault").problem == "the result is not JSON: Segmentation fault"
