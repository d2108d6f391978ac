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
    -- With www. and without it is one site.
    CASE
      WHEN regexp_replace(referrer_host, '^www[.]') = regexp_replace(page_host, '^www[.]') THEN '(same site)'
      ELSE coalesce(referrer_host, '(none)')
    END AS referrer_host,
    channel,
    visitor
  FROM once
),
alike AS (
  SELECT named.*, count(*) OVER (PARTITION BY referrer_host, channel) AS events_of_channel
  FROM named
),
told AS (
  SELECT
    referrer_host,
    visitor,
    first_value(channel) OVER (PARTITION BY referrer_host ORDER BY events_of_channel DESC, channel) AS channel
  FROM alike
)
SELECT
  referrer_host,
  count(*) AS events,
  count(DISTINCT visitor) AS visitors,
  min(channel) AS channel
FROM told
GROUP BY referrer_host
ORDER BY events DESC, referrer_host
LIMIT 100
