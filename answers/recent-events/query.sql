SELECT
  min(event_time) AS event_time,
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
ORDER BY event_time DESC, request_id
LIMIT 50
