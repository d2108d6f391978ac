-- Who has events of two names is one of all visitors. So both are counted.
WITH once AS (
  SELECT
    min(event) AS event,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
counted AS (
  SELECT
    event,
    count(*) AS events,
    count(DISTINCT visitor) AS visitors
  FROM once
  GROUP BY GROUPING SETS ((), (event))
),
compared AS (
  SELECT counted.*, max(if(event IS NULL, visitors)) OVER () AS all_visitors
  FROM counted
)
SELECT
  event,
  events,
  visitors,
  (1000 * visitors + all_visitors / 2) / nullif(all_visitors, 0) / 1e1 AS visitors_percent
FROM compared
WHERE event IS NOT NULL
ORDER BY events DESC, event
LIMIT 1000
