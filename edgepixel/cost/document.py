# SPDX-License-Identifier: Apache-2.0
"""What docs/cost.md says of the model, with its numbers.

`python -m edgepixel.cost.document` writes it anew, and what README and docs/sar.md say of the bill (`quoted_sums`).
"""

from edgepixel.cost import assumptions as model
from edgepixel.cost import packing, prices
from edgepixel.cost.assumptions import DEFAULT_LINE_BYTES
from edgepixel.cost.bill import bill, break_even, growth
from edgepixel.cost.command import MODES, cheapest, dollars, in_words
from edgepixel.cost.defaults import MEBIBYTE, template_defaults
from edgepixel.cost.modes import MODES_OF_A_STACK
from edgepixel.cost.monitoring import monitoring
from edgepixel.cost.quoted_sums import readme_paragraph, repository_sentence
from edgepixel.cost.settings import DEFAULT, PLAIN, SETTINGS, STANDARD, Setting, Traffic
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block, markdown, write

_COMMAND = "python -m edgepixel.cost.document"

_VOLUMES = (30_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_FOUR_VOLUMES = (30_000, 1_000_000, 100_000_000, 1_000_000_000)
_LINE_BYTES = (500, 600, 900, 1_200)
_CROSS_CHECKED = 100_000_000


def blocks() -> list[Block]:
    """Every block of the command, as it should be."""
    return [
        Block(ROOT / "docs" / "cost.md", _COMMAND, _model()),
        Block(ROOT / "README.md", _COMMAND, readme_paragraph()),
        Block(ROOT / "docs" / "sar.md", _COMMAND, repository_sentence()),
    ]


def _model() -> str:
    """Totals, break-evens, prices and assumptions, in Markdown."""
    parts = (
        "### The modes\n",
        _modes(),
        "Prices are US dollars a month with AWS's free tiers subtracted; the floor is that of a single hit, and",
        "behind it is the item that makes it grow first.\n",
        f"### A month's bill, log lines of {DEFAULT_LINE_BYTES} bytes, US dollars\n",
        _totals(free_tier=False),
        "The same with AWS's monthly free tiers subtracted (`--free-tier`):\n",
        _totals(free_tier=True),
        "### Events a month above which aggregation saves money\n",
        _break_evens(),
        f'"Never" means not up to {in_words(model.MOST_EVENTS)} events a month: above that, volume discounts and',
        "private prices apply.\n",
        f"### Prices in {prices.REGION}, collected {prices.COLLECTED}\n",
        _prices(),
        "A GB is 2^30 bytes. No price was read from AWS itself: each comes from the dated copy that is named, so",
        "compare with AWS's page, which is linked.\n",
        "### Assumptions\n",
        _assumptions(),
        f"Not counted: Athena ({prices.ATHENA_PRICE}); storage of earlier months; more than one reader and writer of",
        "each stream in KMS's requests, of which",
        "[AWS expects](https://docs.aws.amazon.com/streams/latest/dev/costs-performance.html)",
        '"less than a few dollars" a month and stream; the calls of the hit counter, less than a cent, and what Athena',
        "reads for it, a cent for 10 million events; the compactor's other calls, a few cents, and what Athena reads",
        "for typed days, at most seven cents for 10 million events (three statements a day read its lines, two of them",
        "request ids of the seven days before and after) and at least half a cent a month; with `CrossCheck=enabled`,",
        f"{_cross_check()}; S3's events in EventBridge, a cent; a web ACL; a domain.\n",
    )
    return "\n".join(parts)


def _cross_check() -> str:
    """What the files of the cross-check cost: writing at most so many, and a week of a month's storage."""
    objects = model.STANDARD_OBJECTS_AN_HOUR * model.HOURS
    gigabytes = _CROSS_CHECKED * model.CROSS_CHECK_BYTES * model.CROSS_CHECK_DAYS * 24 / model.HOURS / 2**30
    return (
        f"{100 * objects * prices.S3_PUT.each:.0f} cents a month for the files, and "
        f"{100 * gigabytes * prices.S3_STORAGE.each:.0f} cents for each {_CROSS_CHECKED // 10**6} million requests of "
        f"the distribution for keeping them {model.CROSS_CHECK_DAYS} days"
    )


def _more(usd: float) -> str:
    """By how much 10,000 requests of another place cost more than in the bill."""
    return f"{100 * (usd / prices.NORTH_AMERICA - 1):.0f} %"


def _modes() -> str:
    rows = []
    for mode in MODES_OF_A_STACK:
        floor, grows = growth(mode.setting, DEFAULT_LINE_BYTES, free_tier=True)
        sums = [dollars(bill(Traffic(n, DEFAULT_LINE_BYTES), mode.setting, free_tier=True).usd) for n in _FOUR_VOLUMES]
        rows.append(
            [
                " ".join(f"`{name}={value}`" for name, value in mode.parameters.items()),
                f"{dollars(floor)}; {grows.item}",
                *sums,
                mode.freshness,
                mode.privacy,
                mode.measured,
            ]
        )
    heads = ["mode", "floor; what grows first", *(f"{n:,} hits" for n in _FOUR_VOLUMES)]
    return markdown([*heads, "in the answers", "privacy", "what is measured, and what not"], rows)


def _totals(free_tier: bool) -> str:
    rows = []
    for events in _VOLUMES:
        bills = [bill(Traffic(events, DEFAULT_LINE_BYTES), setting, free_tier) for setting in SETTINGS]
        best = cheapest(bills)
        cells = [f"**{dollars(one.usd)}**" if one is best else dollars(one.usd) for one in bills]
        rows.append([f"{events:,}", *cells])
    heads = ["events a month", *(_head(setting) for setting in SETTINGS)]
    return markdown(heads, rows, numbers=True)


def _head(setting: Setting) -> str:
    if setting.standard:
        return "standard logs"
    function = "" if setting.edge_function else ", no edge function"
    return f"{'aggregation' if setting.aggregated else 'no aggregation'}, `{setting.mode}`{function}"


def _break_evens() -> str:
    rows = []
    for line_bytes in _LINE_BYTES:
        points = [break_even(line_bytes, mode, free_tier) for mode in MODES for free_tier in (False, True)]
        rows.append([f"{line_bytes:,}", *(in_words(point) if point else "never" for point in points)])
    heads = ["bytes of a log line"]
    for mode in MODES:
        heads += [f"`{mode}`", f"`{mode}`, free tiers subtracted"]
    return markdown(heads, rows, numbers=True)


def _prices() -> str:
    rows = [
        [
            price.item,
            f"{price.usd:.10f}".rstrip("0").rstrip("."),
            f"1 {price.unit.removesuffix('s')}" if price.per == 1 else f"{price.per:,} {price.unit}",
            f"{price.free:,g}" if price.free < 10_000 else f"{price.free:,.0f}",
            f"{price.source}; [AWS](https://aws.amazon.com/{price.page}/)",
        ]
        for price in prices.PRICES
    ]
    return markdown(["item", "USD", "for", "free a month", "source; today's price"], rows)


def _assumptions() -> str:
    defaults = template_defaults()
    with_aggregation, without, standard = (monitoring(one.parameters) for one in (DEFAULT, PLAIN, STANDARD))
    batch = (
        f"as many lines as arrive in one shard in {defaults.window_seconds} seconds on average, by chance (Poisson) "
        f"when these are fewer than {packing.SMALL_BATCH_LINES}; never more than {packing.PAYLOAD_BYTES // MEBIBYTE} "
        f"MB of payload hold, base64 and {packing.RECORD_ENVELOPE_BYTES} bytes around each line included"
    )
    rows = {
        "month": f"{model.HOURS} hours",
        "log line": (
            f"{DEFAULT_LINE_BYTES} bytes on average, and {model.HEADER_BYTES} more without the edge function, of which "
            f"the aggregator stores next to nothing. Lengths lie evenly within {100 * packing.SPREAD:g} % of the mean"
        ),
        "peak": (
            f"{model.PEAK_FACTOR} times the average rate. Shards are provisioned for it: {model.SHARD_LINES:,} lines "
            f"or {model.SHARD_BYTES // 10**6} MB a second each, at least one"
        ),
        "second stream": "as many shards as the first: the template has one `ShardCount`",
        "on-demand stream": f"{model.ON_DEMAND_SHARDS} shards, as a new stream has, or as many as the peak needs",
        "batch": batch,
        "user records, aggregates": (
            f"the template's defaults of {defaults.user_record_bytes:,} and {defaults.aggregate_bytes:,} bytes"
        ),
        f"Firehose's {packing.FIREHOSE_STEP // 1024} KB": (
            "rounded up for each aggregate or for each user record, whichever is more: AWS does not say which it is"
        ),
        "Lambda": (
            f"arm64; {model.CPU_SECONDS * 10**6:g} seconds of a whole processor ({model.CPU_MB:,} MB) for a million "
            f"lines, and {model.OVERHEAD_SECONDS:g} seconds of {defaults.aggregator_gb * 1024:g} MB waiting in each "
            f"invocation; the crawler trigger, for every object, {model.TRIGGER_SECONDS:g} seconds of "
            f"{defaults.trigger_gb * 1024:g} MB and one request to the catalog"
        ),
        "logs and traces": (
            f"{model.LOG_BYTES:,} bytes of logs for each invocation; X-Ray records the first invocation of each second "
            f"and {100 * model.MORE_TRACES:g} % of the others"
        ),
        "response": (
            f"{model.RESPONSE_BYTES} bytes with its headers, over HTTPS, to viewers in the United States, Mexico and "
            f"Canada. Requests from Europe and most other places cost {_more(prices.EUROPE)} more, from South America "
            f"{_more(prices.SOUTH_AMERICA)}; transfer to Europe costs the same, to other places up to 40 % more"
        ),
        "pixel.js": (
            f"a request of {model.SCRIPT_BYTES:,} bytes for every {1 / model.SCRIPT_LOADS:g} hits: browsers keep the "
            "script for an hour. With the image tag alone there are none (`edgepixel cost --tag image`)"
        ),
        "encryption of streams": (
            f"{model.KMS_REQUESTS_AN_HOUR} requests to KMS an hour and stream, "
            "[as AWS says](https://docs.aws.amazon.com/streams/latest/dev/costs-performance.html)"
        ),
        "S3": (
            f"the month's events, for one month, gzip {model.GZIP_RATIO} to 1, and {model.TYPED_BYTES} bytes each in "
            f"typed days; {model.LISTS_AN_HOUR} lists an hour by the compactor; an object for each shard every "
            f"{defaults.buffer_seconds // 60} minutes (no more than records), or every "
            f"{defaults.buffer_bytes // MEBIBYTE} MB. Of standard logs {model.STANDARD_OBJECTS_AN_HOUR} objects "
            f"an hour (no more than hits), or one for {model.STANDARD_OBJECT_BYTES // 10**6} MB; AWS says several "
            "times an hour"
        ),
        "Glue": (
            f"one crawl at set-up, {model.CRAWL_MINUTES} minutes of {model.CRAWL_DPUS} DPU (AWS does not publish the "
            "number), in the first month only; later hours are registered without a crawl"
        ),
        "CloudWatch": (
            f"every custom metric of the functions, in every hour: {with_aggregation.custom_metrics:.2f}, without "
            f"aggregation {without.custom_metrics:.2f}, with standard logs {standard.custom_metrics:.2f}. `Coverage` "
            "is sent in one hour of a day; `CrawlsStarted`, `TablesRepaired` and `LinesWithMoreFields` only when "
            "there is something to tell, and are not counted. With aggregation there are Lambda's six metrics of "
            "[event source mappings](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
            "#event-source-mapping-metrics) among them, which are billed as custom ones. Every metric "
            f"that an alarm watches: {with_aggregation.alarm_metrics}, without aggregation {without.alarm_metrics}, "
            f"with standard logs {standard.alarm_metrics}. "
            f"Dashboards: {with_aggregation.dashboards}, with standard logs {standard.dashboards}. "
            "[Lambda's other metrics](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html) are free"
        ),
    }
    return markdown(["what", "assumed"], rows.items())


if __name__ == "__main__":
    for path in write(blocks()):
        print(f"Wrote {path.relative_to(ROOT)}.")
