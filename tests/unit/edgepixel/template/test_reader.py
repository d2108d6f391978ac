# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's YAML as dictionaries, as the AWS SAM CLI reads it too."""

from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from edgepixel.errors import TemplateError
from edgepixel.template import reader as template
from edgepixel.template.reader import parse_template


def test_the_template_is_read_as_sam_reads_it() -> None:
    assert template.read_template() == yaml_parse(template.TEMPLATE_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Bucket", {"Ref": "Bucket"}),
        ("!Condition Aggregated", {"Condition": "Aggregated"}),
        ("!GetAtt Bucket.Arn", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        ("!GetAtt Nested.Outputs.Arn", {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}),
        ("!GetAtt [Bucket, Arn]", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        ("!Sub ['${A}', { A: !Ref B }]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!If [C, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Transform { Name: N, Parameters: { P: !Ref A } }",
         {"Fn::Transform": {"Name": "N", "Parameters": {"P": {"Ref": "A"}}}}),
        ("2010-09-09", "2010-09-09"),
        ("'012345678901'", "012345678901"),
    ],
)  # fmt: skip
def test_intrinsic_functions_get_their_long_form(text: str, value: Any) -> None:
    assert parse_template(f"Key: {text}") == {"Key": value} == yaml_parse(f"Key: {text}")


def test_json_is_read_too() -> None:
    assert parse_template('{"Resources": {"A": {"Type": "T"}}}') == {"Resources": {"A": {"Type": "T"}}}


def test_what_several_places_ask() -> None:
    assert template.parameter_default("IpAddresses") == "truncated"
    assert template.log_fields()[0] == "timestamp"
    assert "CREATE" not in template.view_sql()
    assert "SELECT" in template.view_sql()
    assert {"name": "event", "type": "varchar"} in template.view_columns()
    assert "FROM events" in template.answer_queries()["visitor-count"]
    assert "AggregatorFunction" in template.resources_of_type("AWS::Serverless::Function")


def test_a_template_that_is_no_yaml_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "template.yaml"
    broken.write_text("Parameters:\n  A:\n    Type: String\n   Default: 1\n")
    monkeypatch.setattr(template, "TEMPLATE_FILE", broken)
    template.read_template.cache_clear()
    try:
        with pytest.raises(TemplateError, match=r"template\.yaml is not YAML: .*line 4"):
            template.read_template()
    finally:
        template.read_template.cache_clear()
