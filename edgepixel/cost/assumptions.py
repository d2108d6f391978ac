# SPDX-License-Identifier: Apache-2.0
"""What a bill assumes, beside prices and the template's own sizes and times. docs/cost.md lists it for readers."""

HOURS = 730
SECONDS = HOURS * 3600

PEAK_FACTOR = 5  # the busiest second, by the average one: what shards are provisioned for
SHARD_LINES = 1_000  # a second
SHARD_BYTES = 1_000_000  # a second
ON_DEMAND_SHARDS = 4  # of a new on-demand stream, which takes 4 MB a second; it grows as needed

RESPONSE_BYTES = 550  # the image with its headers
SCRIPT_LOADS = 0.5  # of pixel.js for each hit: a browser keeps it an hour, in which a visitor has two; of an image none
SCRIPT_BYTES = 1_500  # pixel.js with its headers
CPU_SECONDS = 10 / 1_000_000  # of the aggregator, for one line
CPU_MB = 1769  # the memory with which a Lambda function gets one whole processor
OVERHEAD_SECONDS = 0.1  # of an invocation of the aggregator: waiting for Kinesis
# Of an invocation of the crawler trigger: waiting for Glue, and a second to start, because objects come minutes apart.
# AWS bills the start, too, since August 2025 (AWS's blog: "AWS Lambda standardizes billing for INIT Phase").
TRIGGER_SECONDS = 1.2
LOG_BYTES = 2_000  # that a function writes of each invocation
TRACES_A_SECOND = 1  # X-Ray's default records the first of each second, and 5 % of those after it
MORE_TRACES = 0.05

# Of an encrypted stream: "Kinesis service calls the AWS KMS service approximately 12 times every 5 minutes"
# (docs.aws.amazon.com/streams/latest/dev/costs-performance.html), for one reader or writer.
KMS_REQUESTS_AN_HOUR = 12 * 12

GZIP_RATIO = 5
TYPED_BYTES = 67  # of an event of a typed day: 49 to 67 were measured, of a million, of which request ids are most
LISTS_AN_HOUR = 6  # of the compactor: two folders of each of the last three typed days
STANDARD_OBJECTS_AN_HOUR = 12  # of standard logs at most, while one holds what arrives in five minutes
STANDARD_OBJECT_BYTES = 10_000_000  # of log lines: above, they are more
CROSS_CHECK_BYTES = 47  # of a request in gzip: measured, of 100,000 with random ids of 56 characters
CROSS_CHECK_DAYS = 7
CRAWL_DPUS, CRAWL_MINUTES = 2, 10  # ten minutes are billed at least

FEWEST_LINE_BYTES, MOST_LINE_BYTES = 100, 32_768  # no line with the request identifier is shorter, no request longer
DEFAULT_LINE_BYTES = 600  # with the edge function
HEADER_BYTES = 450  # by which a line is longer without it: cs-headers, of which the aggregator stores next to nothing
MOST_EVENTS = 10_000_000_000  # above, volume discounts and private prices apply
