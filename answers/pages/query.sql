-- A visit ends after half an hour without a view. One view alone is a bounce.
WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(page_host) AS page_host,
    min(page_path) AS page_path,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
    AND event = 'view'
  GROUP BY request_id
),
named AS (
  SELECT
    event_time,
    page_host,
    {{ path }} AS page_path,
    visitor
  FROM once
),
followed AS (
  SELECT
    named.*,
    lag(event_time) OVER (PARTITION BY visitor ORDER BY event_time, page_host, page_path) AS time_before,
    lead(event_time) OVER (PARTITION BY visitor ORDER BY event_time, page_host, page_path) AS time_after
  FROM named
),
visited AS (
  SELECT
    followed.*,
    visitor IS NOT NULL AND coalesce(event_time > date_add('minute', 30, time_before), true) AS entry,
    visitor IS NOT NULL AND coalesce(time_after > date_add('minute', 30, event_time), true) AS exit
  FROM followed
),
counted AS (
  SELECT
    page_host,
    page_path,
    count(*) AS events,
    count(DISTINCT visitor) AS visitors,
    count_if(entry) AS entries,
    count_if(exit) AS exits,
    count_if(entry AND exit) AS bounces
  FROM visited
  GROUP BY page_host, page_path
)
SELECT
  page_host,
  page_path,
  events,
  visitors,
  entries,
  exits,
  bounces,
  (1000 * bounces + entries / 2) / nullif(entries, 0) / 1e1 AS bounce_percent
FROM counted
ORDER BY events DESC, page_host, page_path
LIMIT 200
