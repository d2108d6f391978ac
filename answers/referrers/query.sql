WITH once AS (
  SELECT
    min(referrer_host) AS referrer_host,
    min(page_host) AS page_host,
    min(visitor_key) AS visitor_key
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  referrer_host,
  count(*) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM (
  SELECT
    CASE WHEN referrer_host = page_host THEN '(same site)' ELSE coalesce(referrer_host, '(none)') END AS referrer_host,
    visitor_key
  FROM once
)
GROUP BY referrer_host
ORDER BY events DESC, referrer_host
LIMIT 100
