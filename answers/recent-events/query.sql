-- The times of the newest come first: they tell of which days nothing else need be read.
WITH once AS (
  SELECT
    min(event_time) AS moment,
    min(event) AS event,
    min(site) AS site,
    min(page) AS page,
    min(referrer_host) AS referrer_host,
    min(channel) AS channel,
    min(item) AS item,
    min(order_id) AS order_id,
    min(value) AS value,
    min(currency) AS currency,
    min(malformed_value) AS malformed_value,
    min(country) AS country,
    min(device) AS device,
    min(browser) AS browser,
    min(traffic) AS traffic,
    min(traffic_reason) AS traffic_reason,
    request_id
  FROM events
  WHERE {{ conditions }}
    -- Of typed days only:
    AND event_time >= (
      SELECT min(event_time)
      FROM (
        SELECT event_time
        FROM events
        WHERE typed AND {{ conditions }}
        ORDER BY event_time DESC
        LIMIT 50
      )
    )
  GROUP BY request_id
)
SELECT
  CAST(moment AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS event_time,
  event,
  site,
  page,
  referrer_host,
  channel,
  item,
  order_id,
  value,
  currency,
  malformed_value,
  country,
  device,
  browser,
  traffic,
  traffic_reason,
  request_id
FROM once
ORDER BY moment DESC, request_id
LIMIT 50
