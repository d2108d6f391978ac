WITH once AS (
  SELECT
    min(event_time) AS moment,
    min(event) AS event,
    min(page) AS page,
    min(referrer_host) AS referrer_host,
    min(country) AS country,
    min(device) AS device,
    min(browser) AS browser,
    min(traffic) AS traffic,
    request_id
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  CAST(moment AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS event_time,
  event,
  page,
  referrer_host,
  country,
  device,
  browser,
  traffic,
  request_id
FROM once
ORDER BY moment DESC, request_id
LIMIT 50
