# SPDX-License-Identifier: Apache-2.0
"""A stack is upgraded, and each of its parameters changed and changed back, while hits arrive: none is lost.

Where docs/operations.md or docs/parameters.md names a gap, hits may be lost in it, and in no other time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgepixel.ask.athena import run_query
from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.local.deployment import deploy
from edgepixel.local.prerequisites import host_architecture
from edgepixel.template.reader import parameter_default, read_template
from edgepixel.traffic.ledger import Ledger
from tests.e2e.stack.steps.comparing import IN_THE_TABLE, ledger_of, missing, wait_for_hits, wrong_answers
from tests.e2e.stack.steps.foreign_distribution import foreign_distribution
from tests.e2e.stack.steps.older_template import write_older_template
from tests.e2e.stack.steps.removal import delete_stack
from tests.e2e.stack.steps.steady_traffic import Gap, PatientPixel, SteadyTraffic
from tests.e2e.stack.steps.updating import physical_ids, update_stack
from tests.waiting import PATIENCE_SECONDS, wait_until

NAME = "changing"
# While EdgeFunction is changed, nobody but the line knows whether the function ran.
DESCRIBED = f"{IN_THE_TABLE} WHERE viewer_request_log_data LIKE 'v%'"
PER_SECOND = 15
# What holds events, and the only way to them. Other changes than that of Aggregation keep the delivery too.
KEPT = (
    "LakeBucket", "SiteBucket", "RawStream", "RealtimeLogConfig", "AggregatorFunctionLogLines", "AggregatedStream",
    "Delivery", "WorkGroup", "AlarmTopic",
)  # fmt: skip
UPGRADED = ({*KEPT} | {"Database", "EventsView", "Crawler"}) - {"RealtimeLogConfig"}
ONCE_EACH = "SELECT event, count(DISTINCT request_id) FROM events WHERE request_id IS NOT NULL GROUP BY event"
# One after the other, each with a value that is not its default. All others have a test of their own, below or in
# test_sources.py.
SIMPLE = {
    "WebAclArn": "arn:aws:wafv2:us-east-1:000000000000:global/webacl/one/1",
    "EdgeFunction": "disabled",
    "UserRecordBytes": "51200",
    "AggregateBytes": "512000",
    "BatchingWindowSeconds": "30",
    "StartingPosition": "LATEST",
    "CrossCheck": "enabled",
    "BufferSeconds": "300",
    "BufferMegabytes": "64",
    "RetentionDays": "30",
    "DataOnDelete": "delete",
    "TimeZone": "Asia/Kolkata",
    "AlarmEmail": "one@example.com",
    "SilenceMinutes": "0",
    "Dashboard": "disabled",
    "LogRetentionDays": "7",
    "RawRetentionDays": "90",
    "TypedDays": "disabled",
}
SHARD_COUNTS = ("2", "4", "2", "1")
CERTIFICATES = [f"arn:aws:acm:us-east-1:000000000000:certificate/{number}" for number in ("one", "two")]
IN_ANOTHER_WAY = {
    "PixelPath", "AttachToDistributionId", "DomainName", "CertificateArn", "Aggregation", "StreamMode", "ShardCount",
    "SamplingRate", "IpAddresses", "HonorGlobalPrivacyControl", "DatabaseName", "Architecture", "Source",
    "AcceptWholeSiteLogs",  # allows a deployment, and changes no resource
}  # fmt: skip


@dataclass
class Journey:
    """A stack on its way through all changes."""

    cloud: Cloud
    traffic: SteadyTraffic
    stack: Stack

    def change(self, **changes: str) -> None:
        """Update the stack."""
        update_stack(self.cloud, NAME, changes)
        self.stack = find_stack(self.cloud, NAME)

    def change_path(self, path: str) -> None:
        """Another path on the same host: requests for the old one meanwhile are no hits."""
        with self.gap("requests for the old path are no hits"):
            self.change(PixelPath=path)
            self.traffic.move_to(self.pixel())

    def change_distribution(self, identifier: str) -> None:
        """Another distribution: the old host is gone at the end, so that nothing can be sent until the tags are new."""
        self.traffic.stop()
        self.change(AttachToDistributionId=identifier)
        self.traffic.move_to(self.pixel())

    def pixel(self) -> PatientPixel:
        return PatientPixel(self.stack.pixel_url, self.cloud.local_port)

    @contextmanager
    def gap(self, why: str) -> Iterator[None]:
        """A block in which hits may be lost."""
        start = time.time()
        yield
        self.traffic.gaps.append(Gap(start, time.time(), why))

    def crawl(self) -> None:
        """What docs/operations.md says to do after a change of the database."""
        glue = self.cloud.client("glue")
        crawler = self.stack.outputs["CrawlerName"]
        wait_until(lambda: glue.get_crawler(Name=crawler)["Crawler"]["State"] == "READY", "no crawl is running")
        glue.start_crawler(Name=crawler)

    def wait_for_hits(self) -> None:
        """Wait until everything sent so far that must become an event is one."""
        wait_for_hits(self.stack, self.traffic.must_be_there())

    def ledger(self) -> Ledger:
        """What the view should hold: every hit that must be there, and those of the gaps that are."""
        uncertain = self.traffic.may_be_there()
        lost = missing(self.stack, uncertain)
        kept = [*self.traffic.must_be_there(), *(row for row in uncertain if row.request_id not in lost)]
        described = {row[0] for row in run_query(self.stack, DESCRIBED).rows}
        return ledger_of(
            self.stack, (self.traffic.described(row) if row.request_id in described else row for row in kept)
        )


def _simple_changes(journey: Journey) -> None:
    for name, value in SIMPLE.items():
        journey.change(**{name: value})
        journey.change(**{name: str(parameter_default(name))})


def _processor(journey: Journey) -> None:
    """To the other one and back, which is about the update alone: here the functions run on this machine's whatever it
    says. That each package works on its processor is a test of the publication.
    """
    own = host_architecture()
    journey.change(Architecture="arm64" if own == "x86_64" else "x86_64")
    journey.change(Architecture=own)


def _shards(journey: Journey) -> None:
    for count in SHARD_COUNTS:
        journey.change(ShardCount=count)
    journey.change(StreamMode="ON_DEMAND")
    kinesis = journey.cloud.client("kinesis")
    open_shards = kinesis.describe_stream_summary(StreamName=journey.stack.outputs["RawStreamName"])
    count = str(open_shards["StreamDescriptionSummary"]["OpenShardCount"])
    journey.change(StreamMode="PROVISIONED", ShardCount=count)


def _addresses(journey: Journey) -> None:
    journey.change_path("/img/p.gif")
    journey.change_path("/pixel.gif")
    own = journey.pixel()
    journey.change(DomainName="p.changing.example", CertificateArn=CERTIFICATES[0])
    journey.traffic.move_to(journey.pixel())
    journey.change(CertificateArn=CERTIFICATES[1])
    journey.traffic.move_to(own)  # both names work, so that no hit is lost
    journey.change(DomainName="", CertificateArn="")
    foreign = foreign_distribution(journey.cloud, "changing-shop")
    journey.change_distribution(foreign.identifier)
    journey.change_distribution("")


def _sampling(journey: Journey) -> None:
    with journey.gap("below 100 percent the others are lost"):
        journey.change(SamplingRate="50")
        journey.change(SamplingRate="100")


def _database(journey: Journey) -> None:
    for name in ("changing_shop", ""):
        journey.change(DatabaseName=name)
        journey.crawl()
        journey.wait_for_hits()


@pytest.fixture(scope="module")
def journey(cloud: Cloud, built_template: Path, home: Path) -> Iterator[Journey]:
    """A stack of the older template."""
    deploy(cloud, NAME, write_older_template(built_template), home)
    stack = find_stack(cloud, NAME)
    yield Journey(cloud, SteadyTraffic(PatientPixel(stack.pixel_url, cloud.local_port), PER_SECOND), stack)
    delete_stack(cloud, NAME)


def test_every_parameter_is_changed_here() -> None:
    assert {*SIMPLE} | IN_ANOTHER_WAY == {*read_template()["Parameters"]}
    assert {*SIMPLE} & IN_ANOTHER_WAY == set()
    assert [name for name, value in SIMPLE.items() if value == str(parameter_default(name))] == []


def test_an_upgrade_keeps_everything_and_loses_no_hit(
    journey: Journey, deploy_stack: Callable[[str, dict[str, str]], Stack]
) -> None:
    before = physical_ids(journey.cloud, NAME)
    with journey.traffic.flowing():
        wait_until_queryable(journey.stack, 1, PATIENCE_SECONDS, lambda found: None)
        journey.stack = deploy_stack(NAME, {})
    after = physical_ids(journey.cloud, NAME)
    assert {name: after[name] for name in UPGRADED} == {name: before[name] for name in UPGRADED}
    configs = journey.cloud.client("cloudfront").list_realtime_log_configs()["RealtimeLogConfigs"]["Items"]
    arns = {config["ARN"] for config in configs}
    assert after["RealtimeLogConfig"] in arns
    assert before["RealtimeLogConfig"] not in arns, "the configuration of the old name is left over"
    assert journey.traffic.gaps == []
    journey.wait_for_hits()


def test_no_change_of_a_parameter_loses_or_repeats_a_hit(journey: Journey) -> None:
    before = physical_ids(journey.cloud, NAME)
    with journey.traffic.flowing():
        for changes in (_simple_changes, _processor, _shards, _addresses, _sampling, _database):
            changes(journey)
    after = physical_ids(journey.cloud, NAME)
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    journey.wait_for_hits()
    assert wrong_answers(journey.stack, journey.ledger()) == {}


def test_aggregation_goes_off_and_on_with_a_gap_that_closes_again(journey: Journey) -> None:
    with journey.traffic.flowing():
        journey.change(HonorGlobalPrivacyControl="false")
        journey.change(IpAddresses="removed")
        journey.change(IpAddresses="full")
        # docs/operations.md#aggregation-on-or-off
        journey.change(BatchingWindowSeconds="1", BufferSeconds="0")
        with journey.gap("what the old delivery holds may go with it"):
            journey.wait_for_hits()  # those of before are in the lake
            journey.change(Aggregation="disabled")
        journey.wait_for_hits()
        journey.change(Aggregation="enabled")
        journey.change(IpAddresses="truncated", HonorGlobalPrivacyControl="true")
        journey.change(BatchingWindowSeconds="60", BufferSeconds="900")
    gap = journey.traffic.gaps.pop()
    assert gap.why.startswith("what the old delivery")
    journey.wait_for_hits()  # the aggregator has read the last 24 hours again, and with them what was lost
    # Many lines are in the lake twice now, with two forms of the address: each hit counts once by its request id.
    counted = run_query(journey.stack, ONCE_EACH).rows
    assert dict(counted) == Counter(row.truth.event for row in journey.ledger().rows)
