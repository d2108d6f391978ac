# SPDX-License-Identifier: Apache-2.0
"""The blocks of template.yaml: the answers, the view with both lists of its columns, the edge function, pixel.js' hash.

So `sam deploy`, the Serverless Application Repository and a reader see one whole template, and an editor sees SQL and
JavaScript.
"""

import hashlib
import json
from collections.abc import Iterable
from textwrap import indent

from edgepixel.answers.currencies import codes_sql
from edgepixel.answers.registry import FOLDER, Answer, answers
from edgepixel.answers.subject.conditions import fill, query
from edgepixel.answers.view import channels
from edgepixel.answers.view.columns import Column, columns, made_columns, selected, typed_columns
from edgepixel.answers.view.link_values import clean_query, unicode_hosts
from edgepixel.answers.view.traffic import is_program_sql, traffic_sql
from edgepixel.edge_function import source
from edgepixel.errors import AnswerFolderError
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block

_TEMPLATE = ROOT / "template.yaml"
# In a string of JSON, inside Fn::Sub, on lines that YAML folds into one: these would end it or mean something else.
# Answers are inside Fn::Sub too, for the parameter: `${!` is a `${` that stays (CloudFormation User Guide, "Fn::Sub").
_TIME_ZONE = "${TimeZone}"
_PIXEL_PATH = "${PixelPath}"
_NOT_IN_VIEW = ("\\", "${", "--")
_QUOTE = r"\\\""  # a double quote of SQL, in a string of JSON, in a string of YAML
_SCRIPT = ("functions/edge_setup/pixel.js", "functions/edge_setup/resources/pixel_script.py")
_COUNTED = {"people": " (people)", "sales": " (people, and sales by the site's server)", "everyone": ""}
_HASH_DIGITS = 16
_VERSION_DIGITS = 8


def blocks() -> list[Block]:
    """Every block, as it should be."""
    return [
        Block(_TEMPLATE, "make template from answers/*/query.sql", "\n".join(map(_named_query, answers()))),
        Block(
            _TEMPLATE,
            "make template from answers/raw_events.sql and answers/*.toml",
            _view(raw_events_query(), made_columns(), "raw_events.sql"),
        ),
        Block(_TEMPLATE, "make template from answers/events.sql", _view(events_query(), columns(), "events.sql")),
        Block(_TEMPLATE, "make template from answers/columns.toml", _catalog_columns(columns())),
        Block(_TEMPLATE, "make template from answers/columns.toml for raw lines", _catalog_columns(made_columns())),
        *(
            Block(_TEMPLATE, f"make template from answers/columns.toml for {table}", _catalog_columns(typed_columns()))
            for table in ("typed days", "days that are being typed")
        ),
        Block(_TEMPLATE, "make template from pixel.js and pixel_script.py", _script_hash()),
        Block(_TEMPLATE, "make template from edge/hit.js", _edge_function()),
    ]


def _named_query(answer: Answer) -> str:
    people = _COUNTED[answer.counts]
    return f"""\
  {answer.logical_id}:
    Type: AWS::Athena::NamedQuery
    Properties:
      Name: {answer.name}
      Description: {json.dumps(answer.description + people, ensure_ascii=False)}
      Database: !Ref Database
      WorkGroup: !Ref WorkGroup
      QueryString: {_text(answer)}"""


def _text(answer: Answer) -> str:
    """The SQL of an answer, in YAML: for Fn::Sub if it names a parameter, because cfn-lint wants no idle one."""
    marks = {"{time zone}": _TIME_ZONE, "{pixel path}": _PIXEL_PATH}  # which no SQL holds
    sql = query(answer, *marks)
    if not any(mark in sql for mark in marks):
        return "|\n" + indent(sql, 8 * " ")
    sql = sql.replace("${", "${!")
    for mark, parameter in marks.items():
        sql = sql.replace(mark, parameter)
    return "!Sub |\n" + indent(sql, 8 * " ")


def events_query() -> str:
    """The SQL of the view `events`: answers/events.sql with the columns."""
    values = {"typed_columns": selected(typed=True), "raw_columns": selected(typed=False)}
    return _filled("events.sql", values)


def raw_events_query() -> str:
    """The SQL of the view `raw_events`, for Fn::Sub: its file with what other files of answers/ hold of it."""
    rules = _filled("raw_events.sql", _rules() | {"rules_version": "''"})
    version = hashlib.sha256(rules.encode()).hexdigest()[:_VERSION_DIGITS]
    return rules.replace("'' AS rules_version", f"'{version}' AS rules_version")


def _rules() -> dict[str, str]:
    """What other files of answers/ hold of the view."""
    return {
        "pixel_path": f"'{_PIXEL_PATH}'",
        "traffic": traffic_sql(),
        "is_program": is_program_sql(),
        "currencies": codes_sql(),
        "clean_query": clean_query("query"),
        "clean_page_query": clean_query("page_query"),
        "unicode_servers": unicode_hosts("coalesce(page_server, '') || './.' || coalesce(referrer_server, '')"),
        "link_parameters": channels.link_parameters(),
        "click_ids": channels.click_ids(),
        "paid_click_ids": channels.click_ids("paid"),
        "affiliate_click_ids": channels.click_ids("affiliate"),
        "mail_click_ids": channels.click_ids("mail"),
        "social_click_ids": channels.click_ids("social"),
        "medium_channel": channels.medium_channel(),
        "plain_medium_channel": channels.plain_medium_channel(),
        "source_channel": channels.source_channel(),
        "referrer_channel": channels.referrer_channel(),
    }


def _filled(file: str, values: dict[str, str]) -> str:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return "\n".join(fill(line, values, f"answers/{file}") for line in lines)


def _view(sql: str, listed: Iterable[Column], file: str) -> str:
    for wrong in _NOT_IN_VIEW:
        if wrong in sql.replace(_PIXEL_PATH, ""):
            raise AnswerFolderError(
                f"answers/{file} holds {wrong}, which cannot be in the template's view: write /* comments */, and "
                "patterns without backslashes"
            )
    names = ",\n".join(json.dumps({"name": column.name, "type": column.type}) for column in listed)
    return f"""\
                  Columns: >-
{indent(names, 20 * " ")}
                  Sql: !Sub "
{indent(sql.replace('"', _QUOTE), 20 * " ")}"
"""


def _catalog_columns(listed: Iterable[Column]) -> str:
    lines = []
    for column in listed:
        kind = json.dumps(column.glue_type) if "," in column.glue_type else column.glue_type
        lines.append(f"            - {{ Name: {column.name}, Type: {kind} }}\n")
    return "".join(lines)


def _edge_function() -> str:
    """The edge function's code, for Fn::Sub."""
    return "      FunctionCode: !Sub |\n" + indent(source(), 8 * " ")


def _script_hash() -> str:
    """A hash of all that the served script is made of."""
    content = b"".join((ROOT / path).read_bytes() for path in _SCRIPT)
    return f'      Content: "{hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]}"\n'
