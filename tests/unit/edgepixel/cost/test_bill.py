# SPDX-License-Identifier: Apache-2.0
"""The bill, against amounts worked out by hand from AWS's list prices."""

import pytest

from edgepixel.cost.bill import Bill, bill, break_even, growth
from edgepixel.cost.defaults import Defaults, template_defaults
from edgepixel.cost.prices import S3_PUT
from edgepixel.cost.settings import DEFAULT, PLAIN, SETTINGS, STANDARD, Setting, StreamMode, Traffic
from edgepixel.errors import TrafficError
from edgepixel.template.reader import read_template

pytestmark = pytest.mark.usefixtures("fixed_monitoring")

AGGREGATED = DEFAULT
GB = 1_073_741_824
LISTS = 4_380  # six an hour


def _usd(of: Bill) -> dict[str, float]:
    return {item.price.item: item.usd for item in of.items}


def _quantities(of: Bill) -> dict[str, float]:
    return {item.price.item: item.quantity for item in of.items}


def test_a_million_events_without_aggregation() -> None:
    assert _usd(bill(Traffic(1_000_000, 600), PLAIN)) == pytest.approx(
        {
            "CloudFront requests, HTTPS": 1.50,  # 150 x 10,000 at 0.01, of which a third are for the script
            "CloudFront transfer": 0.1029,  # 550 MB, and 750 of the script, at 0.085 a GB of 2^30
            "CloudFront Functions invocations": 0.10,
            "CloudFront real-time log lines": 0.01,
            "Kinesis shard hours": 10.95,  # 730 x 0.015
            "Kinesis PUT payload units": 0.014,  # a line is one unit
            "KMS requests for the streams": 0.3154,  # 12 every 5 minutes are 105,120
            "Lambda requests": 0.000584,  # one for each of 2,920 objects
            "Lambda time, arm64": 0.01168,  # 1.2 seconds of a quarter of a GB each
            "X-Ray traces": 0.0146,
            "CloudWatch custom metrics": 0.60,
            "CloudWatch alarms, each metric": 0.60,
            "CloudWatch dashboards": 3.00,
            "CloudWatch Logs ingestion": 0.00272,  # 2,000 bytes each
            "Firehose ingestion": 0.1383,  # 5,120 bytes a line are 4.768 GB
            "S3 storage, one month of events": 0.004006,  # 120 MB, and 67 typed
            "S3 PUT and LIST requests": 0.0365,  # 4 an hour are 2,920, and the compactor's 4,380
            "Glue catalog requests": 0.00292,
            "Glue crawl at set-up, once": 0.1467,  # a third of a DPU hour
        },
        rel=2e-3,
    )


def test_on_demand_streams_round_lines_up_on_the_way_in_only() -> None:
    usd = _usd(bill(Traffic(1_000_000, 600), Setting(mode="ON_DEMAND")))
    assert usd["Kinesis on-demand stream hours"] == pytest.approx(29.20)
    assert usd["Kinesis on-demand data in"] == pytest.approx(1e6 * 1024 / GB * 0.08)
    assert usd["Kinesis on-demand data out"] == pytest.approx(1e6 * 600 / GB * 0.04, rel=1e-3)
    assert "Kinesis shard hours" not in usd


def test_aggregation_pays_a_stream_functions_and_metrics_to_shrink_firehose() -> None:
    plain, aggregated = (_usd(bill(Traffic(100_000_000, 600), setting)) for setting in (PLAIN, AGGREGATED))
    assert aggregated["Kinesis shard hours"] == 2 * plain["Kinesis shard hours"]
    assert aggregated["CloudWatch custom metrics"] - plain["CloudWatch custom metrics"] == pytest.approx(1.80)
    assert plain["Firehose ingestion"] == pytest.approx(13.83, rel=1e-3)
    # 600 bytes are 55.88 GB, 1.62 dollars; rounding and containers are 2 % at most in batches of 2,283 lines.
    assert 1.62 < aggregated["Firehose ingestion"] < 1.62 * 1.02
    quantities = _quantities(bill(Traffic(100_000_000, 600), AGGREGATED))
    assert quantities["Lambda requests"] == pytest.approx(43_800 + 2_920, rel=1e-3)  # one a minute, and four an hour
    # 10 CPU seconds with 1,769 MB for a million lines, 0.1 seconds of half a GB for each invocation of the aggregator,
    # 1.2 of a quarter of the trigger.
    seconds = 1000 * 1769 / 1024 + 43_800 * 0.05 + 2_920 * 0.3
    assert quantities["Lambda time, arm64"] == pytest.approx(seconds, rel=1e-3)


def test_without_the_edge_function_logged_lines_are_longer_and_stored_ones_are_not() -> None:
    traffic = Traffic(100_000_000, 600)
    at_the_edge, later = (
        _quantities(bill(traffic, setting)) for setting in (DEFAULT, Setting(True, edge_function=False))
    )
    assert "CloudFront Functions invocations" not in later
    for same in ("Firehose ingestion", "S3 storage, one month of events", "Kinesis shard hours"):
        assert later[same] == pytest.approx(at_the_edge[same], rel=0.01)
    on_demand = Setting(True, "ON_DEMAND"), Setting(True, "ON_DEMAND", edge_function=False)
    short, long = (_quantities(bill(traffic, one))["Kinesis on-demand data out"] for one in on_demand)
    assert (long - short) * GB == pytest.approx(450 * 100_000_000, rel=0.01)


def test_standard_logs_take_no_stream_and_cost_a_blog_cents() -> None:
    """30,000 hits a month: below a dollar at list prices, alarms included, and below ten cents with free tiers."""
    blog = Traffic(30_000, 600)
    assert _usd(bill(blog, STANDARD)) == pytest.approx(
        {
            "CloudFront requests, HTTPS": 0.045,
            "CloudFront transfer": 0.003087,
            "CloudFront Functions invocations": 0.003,
            "Lambda requests": 0.00175,
            "Lambda time, arm64": 0.03504,
            "X-Ray traces": 0.0438,
            "CloudWatch custom metrics": 0.30,
            "CloudWatch alarms, each metric": 0.40,
            "CloudWatch dashboards": 0,
            "CloudWatch Logs ingestion": 0.00816,
            "S3 storage, one month of events": 0.0001587,  # with the lines of the script's requests
            "S3 PUT and LIST requests": 0.0657,  # 12 an hour are 8,760, and half as many lists
            "Glue catalog requests": 0.00876,
        },
        rel=1e-2,
    )


def test_many_hits_make_more_objects_of_standard_logs() -> None:
    requests = {n: _quantities(bill(Traffic(n, 600), STANDARD))[S3_PUT.item] for n in (100, 10**6, 10**9)}
    assert {n: number - LISTS for n, number in requests.items()} == {100: 150, 10**6: 8_760, 10**9: 90_000}


def test_a_floor_is_what_a_month_costs_without_hits_and_names_what_grows() -> None:
    floor, grows = growth(PLAIN, 600)
    assert floor == pytest.approx(bill(Traffic(1, 600), PLAIN).usd)
    assert grows.item == "CloudFront requests, HTTPS"
    assert growth(STANDARD, 600, free_tier=True)[1] == S3_PUT


def test_a_small_site_pays_for_poor_packing() -> None:
    """10,000 events a month are one in four minutes: most aggregates hold one line, and cost what a line costs."""
    plain, aggregated = (
        _quantities(bill(Traffic(10_000, 600), setting))["Firehose ingestion"] for setting in (PLAIN, AGGREGATED)
    )
    assert 0.85 * plain < aggregated < plain


@pytest.mark.parametrize(
    ("events", "line_bytes", "shards"),
    [
        (1, 600, 1),
        (525_600_000, 600, 1),  # 200 a second, 1,000 at the peak
        (525_600_001, 600, 2),
        (262_800_000, 2_000, 1),  # 100 a second, 1 MB at the peak
        (262_800_001, 2_000, 2),
    ],
)
def test_shards_are_for_the_peak(events: int, line_bytes: int, shards: int) -> None:
    assert _quantities(bill(Traffic(events, line_bytes), PLAIN))["Kinesis shard hours"] == 730 * shards


@pytest.mark.parametrize(
    ("events", "objects"),
    [
        (1_000, 1_000),  # no more objects than events
        (1_000_000, 2_920),
        (500_000_000, 500_000_000 * 900 / (128 * 1_048_576)),  # the buffer fills up before its time
    ],
)
def test_objects_are_counted_as_the_delivery_writes_them(events: int, objects: float) -> None:
    requests = _quantities(bill(Traffic(events, 900), PLAIN))[S3_PUT.item]
    assert requests - LISTS == pytest.approx(objects, rel=1e-2)


def test_free_tiers_are_subtracted_when_asked_for() -> None:
    traffic = Traffic(30_000_000, 600)
    full, reduced = _usd(bill(traffic, AGGREGATED)), _usd(bill(traffic, AGGREGATED, free_tier=True))
    assert full["CloudFront requests, HTTPS"] - reduced["CloudFront requests, HTTPS"] == pytest.approx(10.00)
    unbilled = {item for item, usd in reduced.items() if usd == 0}
    assert unbilled == {
        "CloudFront transfer",
        "Lambda requests",
        "Lambda time, arm64",
        "X-Ray traces",
        "CloudWatch custom metrics",
        "CloudWatch dashboards",
        "CloudWatch Logs ingestion",
        "Glue catalog requests",
    }
    assert reduced["Kinesis shard hours"] == full["Kinesis shard hours"]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_bill_is_the_sum_of_its_items(setting: Setting) -> None:
    made = bill(Traffic(1_000_000, 900), setting)
    assert made.usd == pytest.approx(sum(_usd(made).values()))


@pytest.mark.parametrize(
    ("mode", "free_tier", "expected"),
    [
        # A stream's 10.95 with 0.32 for KMS and, unless free, metrics for 1.80, alarms for 0.60, traces for 0.22, logs
        # for 0.04 and functions; 0.121 saved by a million lines. Of twelve alarm metrics ten are free.
        ("PROVISIONED", True, (10.95 + 0.32 + 0.20) / 0.121 * 1e6),
        ("PROVISIONED", False, (10.95 + 0.32 + 1.80 + 0.60 + 0.22 + 0.04 + 0.04) / 0.121 * 1e6),
    ],
)
def test_the_break_even_is_where_a_stream_is_saved_in_firehose(
    mode: StreamMode, free_tier: bool, expected: float
) -> None:
    assert break_even(600, mode, free_tier) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("mode", "line_bytes"), [("PROVISIONED", 900), ("ON_DEMAND", 500)])
def test_the_bills_cross_at_the_break_even(mode: StreamMode, line_bytes: int) -> None:
    events = break_even(line_bytes, mode)
    assert events is not None

    def gain(traffic: Traffic) -> float:
        return bill(traffic, Setting(False, mode)).usd - bill(traffic, Setting(True, mode)).usd

    assert gain(Traffic(events, line_bytes)) > 0
    assert gain(Traffic(int(events * 0.99), line_bytes)) < 0


def test_with_long_lines_on_demand_aggregation_never_pays() -> None:
    assert break_even(1_200, "ON_DEMAND") is None


@pytest.mark.parametrize(
    ("events", "line_bytes", "message"),
    [
        (0, 900, "0 events a month"),
        (-5, 900, "-5 events a month"),
        (10_000_000_001, 900, "from 1 to 10,000,000,000"),
        (1, 99, "99 bytes of a log line"),
        (1, 32_769, "from 100 to 32,768"),
    ],
)
def test_a_traffic_that_no_site_has_is_refused(events: int, line_bytes: int, message: str) -> None:
    with pytest.raises(TrafficError, match=message):
        Traffic(events, line_bytes)


def test_what_the_model_assumes_of_the_template_is_so() -> None:
    template = read_template()
    parameters = template["Parameters"]
    assert parameters["Architecture"]["Default"] == "arm64"
    for stream in ("RawStream", "AggregatedStream"):
        assert "ShardCount" in str(template["Resources"][stream]["Properties"]["ShardCount"])
    for setting in SETTINGS:
        assert all(value in parameters[name]["AllowedValues"] for name, value in setting.parameters.items())


def test_sizes_and_times_are_the_template_s_defaults() -> None:
    assert template_defaults() == Defaults(
        user_record_bytes=256_000,
        aggregate_bytes=921_600,
        batch_lines=10_000,
        window_seconds=60,
        aggregator_gb=0.5,
        trigger_gb=0.25,
        buffer_seconds=900,
        buffer_bytes=134_217_728,
    )
