# SPDX-License-Identifier: Apache-2.0
"""The command `cost`."""

import json

import pytest

from edgepixel.cli import main
from edgepixel.cost.command import break_even_sentence, dollars, in_words

pytestmark = pytest.mark.usefixtures("fixed_monitoring")


def test_the_table_has_every_setting_the_cheapest_and_the_break_even(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--events-per-month", "1000000", "--line-bytes", "600"]) == 0
    said = capsys.readouterr().out
    rows = {line[:36].strip(): line[36:].split() for line in said.splitlines()}
    assert rows["Source"] == ["standard"] + ["realtime"] * 5
    assert rows["EdgeFunction"] == ["-", "enabled", "enabled", "disabled", "enabled", "enabled"]
    assert rows["Aggregation"] == ["-", "disabled", "enabled", "enabled", "disabled", "enabled"]
    assert rows["StreamMode"] == ["-"] + ["PROVISIONED"] * 3 + ["ON_DEMAND"] * 2
    assert rows["Kinesis shard hours"] == ["-", "10.95", "21.90", "21.90", "-", "-"]
    assert rows["Kinesis on-demand stream hours"] == ["-", "-", "-", "-", "29.20", "58.40"]
    assert rows["S3 storage, one month of events"] == ["0.01"] + ["<0.01"] * 5
    assert rows["Total"][:2] == ["2.57", "17.55"]
    assert "Cheapest: Source=standard, $2.57 a month." in said
    plain = "Source=realtime EdgeFunction=enabled Aggregation=disabled StreamMode=PROVISIONED"
    assert f"With real-time logs: {plain}, $17.55 a month." in said
    assert "With StreamMode=PROVISIONED, aggregation saves money above about 115 million events a month." in said
    assert "sometimes a day later" in said
    assert "Athena ($5.00 per TB scanned, at least 10 MB per query)" in said


@pytest.mark.parametrize("option", ["--hits-per-second", "--views-per-second"])
def test_a_rate_is_hits_of_a_whole_month(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", option, "0.5", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["events_per_month"] == 1_314_000  # half of 730 hours' seconds


@pytest.mark.parametrize("options", [[], ["--events-per-month", "5", "--hits-per-second", "1"]])
def test_traffic_is_told_in_one_way(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *options]) == 2
    assert "either --events-per-month or --hits-per-second" in capsys.readouterr().err


def test_json_has_quantities_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["cost", "--events-per-month", "300000000", "--line-bytes", "1200", "--tag", "image", "--format", "json"]
    assert main(asked) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["events_per_month"], document["line_bytes"], document["free_tier"]) == (300_000_000, 1_200, False)
    assert len(document["bills"]) == 6
    for bill in document["bills"]:
        assert bill["usd"] == pytest.approx(sum(item["usd"] for item in bill["items"]))
        requests = next(item for item in bill["items"] if item["item"] == "CloudFront requests, HTTPS")
        assert requests == {
            "item": "CloudFront requests, HTTPS",
            "quantity": 300_000_000,
            "unit": "requests",
            "free": 0,
            "usd": pytest.approx(300.0),
        }
    lowest = min(document["bills"], key=lambda bill: bill["usd"])
    assert document["cheapest"] == lowest["parameters"]
    assert document["cheapest"] == {"Source": "standard"}
    assert document["break_even_events_per_month"]["PROVISIONED"] < 300_000_000
    assert document["break_even_events_per_month"]["ON_DEMAND"] is None


def test_browsers_load_the_script_too_and_an_image_alone_is_one_request(capsys: pytest.CaptureFixture[str]) -> None:
    requests = {}
    for tag in ("script", "image"):
        assert main(["cost", "--events-per-month", "1000000", "--tag", tag, "--format", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["tag"] == tag
        items = document["bills"][0]["items"]
        requests[tag] = next(item["quantity"] for item in items if item["item"] == "CloudFront requests, HTTPS")
    assert requests == {"script": 1_500_000, "image": 1_000_000}


def test_free_tiers_lower_the_bill_and_the_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--events-per-month", "1000000", "--free-tier"]) == 0
    said = capsys.readouterr().out
    assert "free tiers subtracted" in " ".join(said.split())
    assert "$0.07 a month" in said  # S3
    assert "$11.55 a month" in said  # a shard, KMS, PUT units, log lines, Firehose, S3, the crawl


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--events-per-month", "0"], "give a number from 1 to 10,000,000,000"),
        (["--events-per-month", "-5"], "-5 events a month: give a number from 1"),
        (["--events-per-month", "5", "--line-bytes", "7"], "7 bytes of a log line: give a number from 100"),
    ],
)
def test_absurd_traffic_is_a_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("edgepixel: ")
    assert message in said.err


@pytest.mark.parametrize("text", ["many", "1.5", ""])
def test_what_is_no_number_is_wrong_usage(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--events-per-month", text]) == 2
    assert f"{text!r} is not a valid integer" in capsys.readouterr().err


def test_amounts_and_numbers_are_readable() -> None:
    assert [dollars(amount) for amount in (0, 0.004, 0.005, 1234.5)] == ["0.00", "<0.01", "0.01", "1,234.50"]
    assert [in_words(number) for number in (96_580_000, 113_400_000, 2_421_000_000)] == [
        "96.6 million",
        "113 million",
        "2.42 billion",
    ]
    assert "more than it saves up to 10 billion events" in break_even_sentence("ON_DEMAND", None)
