WITH once AS (
  SELECT
    min(referrer_host) AS referrer_host,
    min(page_host) AS page_host,
    min(channel) AS channel,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
named AS (
  SELECT
    coalesce({{ referrer }}, '(none)') AS referrer_host,
    channel,
    visitor
  FROM once
),
counted AS (
  SELECT
    referrer_host,
    channel,
    count(*) AS events,
    count(DISTINCT visitor) AS visitors
  FROM named
  GROUP BY GROUPING SETS ((referrer_host), (referrer_host, channel))
),
-- A referrer has a row of its own, which has no channel, and one for each of its channels: few enough to put in order.
told AS (
  SELECT
    counted.*,
    first_value(channel) OVER (PARTITION BY referrer_host ORDER BY channel IS NULL, events DESC, channel) AS most_common
  FROM counted
)
SELECT
  referrer_host,
  events,
  visitors,
  most_common AS channel
FROM told
WHERE channel IS NULL
ORDER BY events DESC, referrer_host
LIMIT 100
