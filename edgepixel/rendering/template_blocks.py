# SPDX-License-Identifier: Apache-2.0
"""The blocks of template.yaml: the answers, the view with both lists of its columns, the edge function, pixel.js' hash.

So `sam deploy`, the Serverless Application Repository and a reader see one whole template, and an editor sees SQL and
JavaScript.
"""

import hashlib
import json
from textwrap import indent

from edgepixel.answers import channels
from edgepixel.answers.columns import columns
from edgepixel.answers.conditions import fill, query
from edgepixel.answers.currencies import codes_sql
from edgepixel.answers.link_values import clean_query, unicode_hosts
from edgepixel.answers.registry import FOLDER, Answer, answers
from edgepixel.answers.traffic import is_program_sql, traffic_sql
from edgepixel.edge_function import source
from edgepixel.errors import AnswerFolderError
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block

_TEMPLATE = ROOT / "template.yaml"
# In a string of JSON, inside Fn::Sub, on lines that YAML folds into one: these would end it or mean something else.
# Answers are inside Fn::Sub too, for the parameter: `${!` is a `${` that stays (CloudFormation User Guide, "Fn::Sub").
_TIME_ZONE = "${TimeZone}"
_PIXEL_PATH = "${PixelPath}"
_NOT_IN_VIEW = ('"', "\\", "${", "--")
_SCRIPT = ("functions/edge_setup/pixel.js", "functions/edge_setup/resources/pixel_script.py")
_HASH_DIGITS = 16


def blocks() -> list[Block]:
    """Every block, as it should be."""
    return [
        Block(_TEMPLATE, "make template from answers/*/query.sql", "\n".join(map(_named_query, answers()))),
        Block(_TEMPLATE, "make template from answers/events.sql and answers/*.toml", _view()),
        Block(_TEMPLATE, "make template from answers/columns.toml", _catalog_columns()),
        Block(_TEMPLATE, "make template from pixel.js and pixel_script.py", _script_hash()),
        Block(_TEMPLATE, "make template from edge/hit.js", _edge_function()),
    ]


def _named_query(answer: Answer) -> str:
    people = " (people)" if answer.people_only else ""
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
    """The SQL of an answer, in YAML: for Fn::Sub if it names the parameter, because cfn-lint wants no idle one."""
    mark = "{time zone}"  # which no SQL holds
    sql = query(answer, mark)
    if mark in sql:
        return "!Sub |\n" + indent(sql.replace("${", "${!").replace(mark, _TIME_ZONE), 8 * " ")
    return "|\n" + indent(sql, 8 * " ")


def view_query() -> str:
    """The view's SQL, for Fn::Sub: answers/events.sql with what other files of answers/ hold of it."""
    values = {
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
    lines = (FOLDER / "events.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(fill(line, values, "answers/events.sql") for line in lines)


def _view() -> str:
    sql = view_query()
    for wrong in _NOT_IN_VIEW:
        if wrong in sql.replace(_PIXEL_PATH, ""):
            raise AnswerFolderError(
                f"answers/events.sql holds {wrong}, which cannot be in the template's view: write /* comments */, and "
                "patterns without backslashes"
            )
    listed = ",\n".join(json.dumps({"name": column.name, "type": column.type}) for column in columns())
    return f"""\
                  Columns: >-
{indent(listed, 20 * " ")}
                  Sql: !Sub "
{indent(sql, 20 * " ")}"
"""


def _catalog_columns() -> str:
    lines = []
    for column in columns():
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
