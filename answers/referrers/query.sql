SELECT
  referrer_host,
  count(DISTINCT request_id) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM (
  SELECT
    CASE WHEN referrer_host = page_host THEN '(same site)' ELSE coalesce(referrer_host, '(none)') END AS referrer_host,
    request_id,
    visitor_key
  FROM events
  WHERE {{ conditions }}
)
GROUP BY referrer_host
ORDER BY events DESC, referrer_host
LIMIT 100
