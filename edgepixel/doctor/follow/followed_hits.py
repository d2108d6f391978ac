# SPDX-License-Identifier: Apache-2.0
"""Follows hits from stage to stage."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.aws import lake_names
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import was_told
from edgepixel.doctor.facts.stack_facts import StackFacts
from edgepixel.doctor.findings import Problem, Stage
from edgepixel.doctor.follow.hits import Sent
from edgepixel.doctor.follow.lake_search import LakeSearch
from edgepixel.doctor.follow.patience import Patience
from edgepixel.doctor.follow.stream_search import CLOCK_TOLERANCE_SECONDS, StreamSearch
from edgepixel.doctor.follow.waiting import Wait, Watch, wait
from edgepixel.doctor.looks import Looks
from edgepixel.doctor.stages import aggregator, catalog, delivery, edge, log_delivery, queries, streams, trigger
from edgepixel.doctor.stages.aggregator import AggregatorSigns
from edgepixel.doctor.stages.delivery import DeliverySigns
from edgepixel.doctor.stages.edge import EdgeFacts
from edgepixel.doctor.verdict import Verdict


class FollowedHits:
    """Hits on their way. The methods raise Found at the first stage that they do not get through."""

    def __init__(
        self, facts: StackFacts, calls: AwsCalls, patience: Patience, verdict: Verdict, looks: Looks, watch: Watch
    ) -> None:
        self._facts = facts
        self._calls = calls
        self._patience = patience
        self._verdict = verdict
        self._looks = looks
        self._watch = watch
        self._expected = 1
        self._in_progress = False
        # What may have become of hits that were not seen in the aggregated stream, because there was too much in it.
        self._not_seen_before_the_lake: Callable[[], Problem | None] = _nothing

    def send(self, send: Callable[[], Sent], facts: EdgeFacts) -> Sent:
        """Send the hits, and look at what the edge responds."""
        sent = send()
        problems = (edge.response_problem(facts, response) for response in sent.responses)
        self._verdict.check(problem for problem in problems if problem)
        self._verdict.passed(Stage.EDGE, self._calls.now() - sent.at, f"{len(sent.responses)} hits got the image")
        self._in_progress = edge.in_progress(facts)
        # Of a sample nobody knows how many there will be.
        self._expected = len(sent.responses) if self._facts.sampling_rate == 100 else 1
        return sent

    def follow(self, sent: Sent) -> None:
        """From the raw stream, or from CloudFront's files, to the view."""
        if self._facts.stack.has_realtime_logs:
            self._raw_stream(sent)
            if self._facts.aggregates:
                self._aggregated_stream(sent)
            delivered = self._lake(sent)
        else:
            delivered = self._files(sent)
        if delivered:
            self._catalog(sent, *delivered)
        else:
            for stage in (Stage.TRIGGER, Stage.CATALOG):
                self._verdict.skipped(stage, "no object with the hits is known")
        self._view(sent)

    def _raw_stream(self, sent: Sent) -> None:
        search = StreamSearch(self._calls, self._facts.stack.raw_stream, sent.at, sent.found_in)

        def overdue(seconds: float) -> Problem:
            facts = self._facts.stream(Stage.RAW_STREAM)
            return streams.nothing_arrived(facts, seconds, self._facts.sampling_rate, self._in_progress)

        self._wait(
            Wait(Stage.RAW_STREAM, self._expected, search.look_and_count, _nothing, overdue, search.why_given_up)
        )
        self._arrived((Stage.LOG_CONFIGURATION, Stage.RAW_STREAM), sent, search.found.values(), search.given_up)

    def _aggregated_stream(self, sent: Sent) -> None:
        stream = self._facts.stack.outputs["AggregatedStreamName"]
        size = int(self._facts.stack.parameters["AggregateBytes"])
        search = StreamSearch(self._calls, stream, sent.at, sent.found_in, size, aggregated=True)
        kept = LakeSearch(self._calls, self._facts.stack.lake_bucket, sent.at, sent.at, sent.found_in)
        group = self._facts.log_group("AggregatorLogGroup")

        def signs() -> AggregatorSigns:
            log = self._calls.log(group, sent.at)
            return AggregatorSigns(log or (), kept.quarantined(), kept.failed_batch(self._facts.mapping_id))

        def failure() -> Problem | None:
            return aggregator.failure(signs())

        def overdue(seconds: float) -> Problem:
            return aggregator.overdue(self._facts.aggregator(), signs(), seconds)

        look, given_up = search.look_and_count, search.why_given_up
        self._wait(Wait(Stage.AGGREGATED_STREAM, self._expected, look, failure, overdue, given_up))
        self._arrived((Stage.AGGREGATOR, Stage.AGGREGATED_STREAM), sent, search.found.values(), search.given_up)
        if not search.found:
            self._not_seen_before_the_lake = failure

    def _lake(self, sent: Sent) -> tuple[str, float] | None:
        """The key and the time of an object with hits; None if they were not looked for to the end."""
        # The folder has the arrival of an object's first record, which may have waited for as long as a buffer is open.
        earliest = sent.at - float(self._facts.stack.parameters["BufferSeconds"])
        search = LakeSearch(self._calls, self._facts.stack.lake_bucket, sent.at, earliest, sent.found_in)
        group = self._facts.log_group("DeliveryLogGroup")

        def signs() -> DeliverySigns:
            return DeliverySigns(self._calls.log(group, sent.at) or ())

        def failure() -> Problem | None:
            return self._not_seen_before_the_lake() or delivery.failure(signs())

        def overdue(seconds: float) -> Problem:
            final = DeliverySigns(signs().log, search.delivery_error())
            return delivery.overdue(self._facts.delivery(), final, seconds)

        look, given_up = search.look_and_count, search.why_given_up
        self._wait(Wait(Stage.LAKE, self._expected, look, failure, overdue, given_up))
        times = [written for _, written in search.found.values()]
        self._arrived((Stage.DELIVERY, Stage.LAKE), sent, times, search.given_up)
        return next(iter(search.found.values()), None)

    def _files(self, sent: Sent) -> tuple[str, float] | None:
        """The key and the time of a file of standard logs with hits; None if they were not looked for to the end."""
        bucket, folder = self._facts.stack.lake_bucket, lake_names.STANDARD_DAY
        # A file's hour is that of the requests, and clocks may differ.
        earliest = sent.at - CLOCK_TOLERANCE_SECONDS
        search = LakeSearch(self._calls, bucket, sent.at, earliest, sent.found_in, folder)

        def failure() -> Problem | None:
            return next(iter(log_delivery.problems(self._facts.log_delivery())), None)

        look, given_up = search.look_and_count, search.why_given_up
        self._wait(Wait(Stage.LAKE, self._expected, look, failure, log_delivery.overdue, given_up))
        times = [written for _, written in search.found.values()]
        self._arrived((Stage.LOG_DELIVERY, Stage.LAKE), sent, times, search.given_up)
        return next(iter(search.found.values()), None)

    def _catalog(self, sent: Sent, key: str, written: float) -> None:
        """The trigger is run for an object that was written then, and its hour comes into the catalog."""
        folder = key.removeprefix(lake_names.EVENTS).rpartition("/")[0]
        day, hour = lake_names.partition_of(folder)
        group = self._facts.log_group("CrawlerTriggerLogGroup")

        def registered() -> bool:
            return was_told(self._facts.partition(day, hour))

        def run() -> int:
            log = self._calls.log(group, written - CLOCK_TOLERANCE_SECONDS)  # the object's key says whose run it was
            return int(registered() if log is None else trigger.has_run(log, key))

        def log_since() -> list[str]:
            return self._calls.log(group, written) or []  # a failure does not say whose it was: older ones may be over

        def failure() -> Problem | None:
            return trigger.failure(log_since())

        def not_run(seconds: float) -> Problem:
            return trigger.overdue(self._facts.trigger(), log_since(), seconds)

        self._wait(Wait(Stage.TRIGGER, 1, run, failure, not_run))
        self._verdict.passed(Stage.TRIGGER, self._calls.now() - sent.at, "run for the new object")

        def overdue(seconds: float) -> Problem:
            return catalog.overdue(self._facts.catalog(0), folder, seconds)

        self._wait(Wait(Stage.CATALOG, 1, lambda: int(registered()), failure, overdue))
        self._verdict.passed(Stage.CATALOG, self._calls.now() - sent.at, f"has the hour {folder}")

    def _view(self, sent: Sent) -> None:
        earliest = sent.at - float(self._facts.stack.parameters["BufferSeconds"])
        first = datetime.fromtimestamp(earliest, UTC)
        sql = queries.view_statement(DOCTOR_EVENT, sent.mark, f"{first:%Y-%m-%d%H}")

        def shown() -> int:
            found = queries.request_ids(self._looks.query(Stage.VIEW, sql).rows)
            return len(found & set(sent.request_ids))

        self._wait(Wait(Stage.VIEW, self._expected, shown, _nothing, queries.not_visible))
        self._verdict.passed(Stage.VIEW, self._calls.now() - sent.at, "shows the hits")

    def _wait(self, wanted: Wait) -> None:
        came = wait(wanted, self._patience.limits[wanted.stage], self._patience.pauses[wanted.stage], self._watch)
        if 0 < came < wanted.expected:
            self._verdict.note(
                f"{came} of {wanted.expected} hits came to the {wanted.stage}; the others did not in time."
            )
        self._expected = came if came and wanted.stage not in (Stage.TRIGGER, Stage.CATALOG) else self._expected

    def _arrived(self, stages: Iterable[Stage], sent: Sent, times: Iterable[float], given_up: str) -> None:
        """Note when the last of the hits came to the last of these stages, which shows that all of them work."""
        latest = max(times, default=None)
        for stage in stages:
            if latest is None:
                self._verdict.skipped(stage, given_up)
            else:
                self._verdict.passed(stage, latest - sent.at, f"{self._expected} hits")


def _nothing() -> None:
    """No sign tells more than waiting does."""
