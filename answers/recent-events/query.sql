SELECT DISTINCT
  event_time,
  event,
  page,
  referrer_host,
  country,
  device,
  browser,
  traffic,
  request_id
FROM events
WHERE {{ conditions }}
ORDER BY event_time DESC, request_id
LIMIT 50
