WITH once AS (
  SELECT
    min(event) AS event,
    min(traffic) AS traffic,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  event,
  traffic,
  count(*) AS events,
  count(DISTINCT visitor) AS visitors
FROM once
GROUP BY event, traffic
ORDER BY events DESC, event, traffic
LIMIT 1000
